//! An erasure leaves nothing of a key in the module's memory. The core module is driven as
//! hosts without components drive it, by the canonical ABI, because nobody else sees that memory.

use host_tests::artefacts;
use wasmtime::{Caller, Engine, Extern, Instance, Linker, Memory, Module, Store, Val};

const KEYRING: &str = "fieldseal:core/keyring@0.1.0";

/// The module and its memory.
struct Core {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

/// Returns bytes of xorshift64*: in a pool's worth nowhere the same 16 bytes twice.
fn bytes(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

impl Core {
    fn new(name: &str) -> Core {
        let engine = Engine::default();
        let module = Module::new(&engine, artefacts::read(name).unwrap()).unwrap();
        let (mut store, mut linker) = (Store::new(&engine, ()), Linker::new(&engine));
        for resource in ["keyring", "policy"] {
            let interface =
                if resource == "keyring" { KEYRING } else { "fieldseal:core/protect@0.1.0" };
            linker
                .func_wrap(
                    &format!("[export]{interface}"),
                    &format!("[resource-new]{resource}"),
                    |handle: i32| handle,
                )
                .unwrap();
        }
        linker.func_wrap("wasi:random/random@0.2.0", "get-random-bytes", random).unwrap();
        linker.define_unknown_imports_as_traps(&module).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        Core { store, instance, memory }
    }

    /// Calls an export that returns one number.
    fn call(&mut self, name: &str, given: &[Val]) -> i32 {
        let function = self.instance.get_func(&mut self.store, name).unwrap();
        let mut results = [Val::I32(0)];
        function.call(&mut self.store, given, &mut results).unwrap();
        results[0].unwrap_i32()
    }

    /// A method of the keyring: `read` sees what it returned, then the module takes that back.
    fn method<T>(&mut self, name: &str, given: &[Val], read: impl FnOnce(&Core, usize) -> T) -> T {
        let place = self.call(&format!("{KEYRING}#[method]keyring.{name}"), given);
        let result = read(self, place as usize);
        let post = self
            .instance
            .get_func(&mut self.store, &format!("cabi_post_{KEYRING}#[method]keyring.{name}"))
            .unwrap();
        post.call(&mut self.store, &[Val::I32(place)], &mut []).unwrap();
        result
    }

    /// Puts an argument where the module owns it: pointer and length.
    fn place(&mut self, align: i32, bytes: &[u8]) -> [Val; 2] {
        let length = bytes.len() as i32;
        let at = self
            .call("cabi_realloc", &[Val::I32(0), Val::I32(0), Val::I32(align), Val::I32(length)]);
        self.memory.write(&mut self.store, at as usize, bytes).unwrap();
        [Val::I32(at), Val::I32(length)]
    }

    fn word(&self, at: usize) -> usize {
        let mut word = [0; 4];
        self.memory.read(&self.store, at, &mut word).unwrap();
        u32::from_le_bytes(word) as usize
    }

    fn times(&self, needle: &[u8]) -> usize {
        self.memory
            .data(&self.store)
            .windows(needle.len())
            .filter(|window| *window == needle)
            .count()
    }
}

/// A list of bytes, written through the module's own allocator.
fn random(mut caller: Caller<'_, ()>, length: i64, place: i32) {
    let length = length as usize;
    let Some(Extern::Func(realloc)) = caller.get_export("cabi_realloc") else {
        panic!("no cabi_realloc")
    };
    let mut at = [Val::I32(0)];
    realloc
        .call(
            &mut caller,
            &[Val::I32(0), Val::I32(0), Val::I32(1), Val::I32(length as i32)],
            &mut at,
        )
        .unwrap();
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else { panic!("no memory") };
    memory.write(&mut caller, at[0].unwrap_i32() as usize, &bytes(length)).unwrap();
    let list = [at[0].unwrap_i32().to_le_bytes(), (length as i32).to_le_bytes()].concat();
    memory.write(&mut caller, place as usize, &list).unwrap();
}

#[test]
fn h42_nothing_of_a_key_is_left_in_memory_after_its_erasure() {
    for name in ["fieldseal.core.wasm", "fieldseal-full.core.wasm"] {
        let mut core = Core::new(name);
        let keyring = core.call(&format!("{KEYRING}#[static]keyring.memory"), &[]);
        // `list<request>` of one, with kind `subject`, ref `ada`, no tenant, operation `seal`; the
        // rest is absent. The pointer of an empty list is its alignment.
        let [reference, length] = core.place(1, b"ada").map(|value| value.unwrap_i32());
        let mut request = [0_i32; 20];
        request[1..4].copy_from_slice(&[1, reference, length]);
        let (tenant, consents, id) = (4, 16, 18);
        (request[tenant], request[consents], request[id]) = (1, 4, 1);
        let request: Vec<u8> = request.iter().flat_map(|word| word.to_le_bytes()).collect();
        let [at, _] = core.place(4, &request);
        let secret = core.method(
            "current",
            &[Val::I32(keyring), at, Val::I32(1), Val::I32(1), Val::I64(0)],
            |core, place| {
                // The answer is `ok`; a key's secret is its second list.
                let answer = core.word(place);
                assert_eq!(
                    (core.word(place + 4), core.word(answer) & 0xff, core.word(answer + 20)),
                    (1, 0, 32),
                    "{name}"
                );
                let mut secret = [0; 32];
                core.memory.read(&core.store, core.word(answer + 16), &mut secret).unwrap();
                secret
            },
        );
        assert_eq!(secret[..], bytes(32), "{name}: the first 32 bytes of the host");
        assert!(core.times(&secret) >= 1, "{name}: the keyring has it");

        let [[reference, length], [tenant, none], [reason, words]] =
            [&b"ada"[..], b"", b"asked"].map(|text| core.place(1, text));
        let given = [
            Val::I32(keyring),
            Val::I32(0),
            reference,
            length,
            tenant,
            none,
            reason,
            words,
            Val::I32(1),
            Val::I64(0),
        ];
        let outcome = core.method("erase", &given, |core, place| core.word(place) & 0xff);
        assert_eq!(outcome, 0, "{name}: ok");
        assert_eq!(core.times(&secret), 0, "{name}: places of the key after its erasure");
        // Nor a half of it.
        assert_eq!((core.times(&secret[..16]), core.times(&secret[16..])), (0, 0), "{name}");
    }
}
