//! The module derives the keys of four values side by side, the native core one after the other:
//! equal entropy gives equal documents.

use fieldseal::{BatchItem, Context, Options, Policy};
use fieldseal_conformance::cases::Stream;
use fieldseal_conformance::counts::DOCUMENTS_OF_LANES;
use fieldseal_wasmtime::{HostState, Instance, Os};
use host_tests::keys::Shared;
use host_tests::modules;
use support::convert::Entropy;

/// Values of every suite, padded and not; values of two people, and of one with a bucket.
const SCHEMA: &str = r#"{
    "$schema": "http://json-schema.org/draft-07/schema#",
    "x-schema-family": "urn:example:lanes",
    "type": "object",
    "patternProperties": {
        "^gcm": { "x-protection": {} },
        "^short": { "x-protection": { "pad": false } },
        "^iv": { "x-protection": { "suite": "aes-256-gcm-iv" } },
        "^chacha": { "x-protection": { "suite": "chacha20-poly1305" } },
        "^twin": { "x-protection": { "mode": "deterministic" } },
        "^list": { "items": { "x-protection": { "subject": "/other" } } }
    }
}"#;

const OPTIONS: &str = r#"{"nonconforming":"seal"}"#;

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    /// Mostly short, some of several blocks of the hash.
    fn text(&mut self) -> String {
        let longest = if self.below(8) == 0 { 600 } else { 70 };
        let length = self.below(longest);
        let letters = (0..length).map(|_| char::from(b'a' + self.below(26) as u8));
        format!("\"{}\"", letters.collect::<String>())
    }

    fn document(&mut self) -> String {
        let mostly = self.below(5);
        let members = (0..self.below(12)).map(|at| {
            let kind = if self.below(3) == 0 { self.below(6) } else { mostly };
            match kind {
                0 => format!("\"gcm{at}\":{}", self.text()),
                1 => format!("\"short{at}\":{}", self.text()),
                2 => format!("\"iv{at}\":{}", self.text()),
                3 => format!("\"chacha{at}\":{}", self.text()),
                4 => format!("\"twin{at}\":{}", self.text()),
                _ => {
                    let values: Vec<String> = (0..self.below(9)).map(|_| self.text()).collect();
                    format!("\"list{at}\":[{}]", values.join(","))
                }
            }
        });
        let members: Vec<String> = members.collect();
        format!("{{\"other\":\"grace\",{}}}", members.join(",")).replace(",}", "}")
    }
}

#[test]
fn four_values_side_by_side_are_what_the_native_core_seals() {
    let native = Policy::compile(SCHEMA.as_bytes(), Options::from_json(OPTIONS).unwrap()).unwrap();
    let context = Context {
        record: Some("r".into()),
        subject: Some("ada".into()),
        now: Some(1_795_339_800_000),
        ..Context::default()
    };
    let mut keys = Shared::default();
    let all = r#"{"other":"grace","gcm":"","list":[""]}"#;
    native.seal(all.as_bytes(), &context, &mut keys, &mut Os).unwrap();
    let state = HostState::new(keys.clone(), Entropy(Stream::default()));
    let mut instance = Instance::new(modules::evaluator().unwrap(), state).unwrap();
    let source = instance.host_source().unwrap();
    let policy = instance.compile(SCHEMA.as_bytes(), OPTIONS).unwrap().unwrap();
    let mut entropy = Entropy(Stream::default());
    let mut random = Random(1);
    let mut envelopes = 0;
    for _ in 0..DOCUMENTS_OF_LANES.get() {
        let document = random.document();
        let expected = native.seal(document.as_bytes(), &context, &mut keys, &mut entropy).unwrap();
        let sealed = instance.seal(policy, document.as_bytes(), &context, source).unwrap().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&sealed.document),
            String::from_utf8_lossy(&expected.document),
            "{document}"
        );
        envelopes += String::from_utf8_lossy(&sealed.document).matches("\"Fs1").count();
    }
    assert!(envelopes > 2 * DOCUMENTS_OF_LANES.get() as usize, "{envelopes}");

    let batch: Vec<BatchItem> = (0..40)
        .map(|_| BatchItem { document: random.document().into(), context: context.clone() })
        .collect();
    let expected = native.seal_many(&batch, &mut keys, &mut entropy);
    let sealed = instance.seal_many(policy, &batch, source).unwrap();
    for (sealed, expected) in sealed.into_iter().zip(expected) {
        assert_eq!(sealed.unwrap().document, expected.unwrap().document);
    }
}
