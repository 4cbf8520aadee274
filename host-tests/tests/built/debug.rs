//! `Debug` of the public types prints no key, no person and no clear value.

use fieldseal::{
    IndexValue, KeyId, KeyKind, KeyOwner, KeyState, KeyUse, Reached, Refusal, RefusalCode, Request,
};
use fieldseal_wasmtime::{
    Broken, Erased, Erasure, HostState, Instance, KeyCall, Opened, Os, Owner, RawAnswer, RawKey,
    Sealed,
};
use host_tests::DEFAULTS;
use host_tests::modules;

use crate::support::FAMILY;

const PERSON: &str = "ada@example.org";
const REASON: &str = "Ada Lovelace asked by letter";
const CLEAR: &str = "tell-nobody";
const SECRET: [u8; 32] = [0xAB; 32];

#[test]
fn no_type_of_the_host_library_prints_a_key_a_person_or_a_clear_value() {
    let of = || Some(PERSON.to_owned());
    let key = RawKey {
        id: vec![1; 16],
        secret: SECRET.to_vec(),
        expires: Some(7),
        erasable: true,
        reference: of(),
    };
    let answers: [RawAnswer; 2] =
        [Ok(key.clone()), Err(Refusal::from(RefusalCode::Erased).of(PERSON))];
    let request = Request {
        reference: of(),
        caller: of(),
        purpose: of(),
        origin: of(),
        ..Request::new(KeyKind::Subject, KeyUse::Seal)
    };
    let document = CLEAR.as_bytes().to_vec();
    let value = CLEAR.to_owned();
    let index = IndexValue { name: "i".to_owned(), pointer: "/a".to_owned(), value };
    let (verdict, access) = (String::from("{}"), String::from("{}"));
    let sealed =
        Sealed { document: document.clone(), verdict: verdict.clone(), indexes: vec![index] };
    let opened = Opened { document, verdict, access };
    let erasure = Erasure { at: Some(7), reason: Some(REASON.to_owned()), destroyed: Vec::new() };
    let erased = Erased {
        state: KeyState::Erased,
        destroyed: vec![KeyId([1; 16])],
        at: Some(7),
        reached: Reached::Clean,
        residue: Vec::new(),
    };
    let owners =
        [Owner::from(PERSON), Owner::from(&KeyOwner::index_of("mail", PERSON).of_tenant(PERSON))];
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let ring = instance.keyring().unwrap();
    let source = instance.keyring_source(ring).unwrap();
    let cache = instance.key_cache(source, fieldseal::Caching::default()).unwrap();
    instance.keyring_calls(ring).erase(&owners[0], REASON, Some(7)).unwrap().unwrap();
    let recorded = instance.keyring_calls(ring).erasures(&owners[0]).unwrap().unwrap();
    assert_eq!(recorded[0].reason.as_deref(), Some(REASON));
    let debug: [&dyn std::fmt::Debug; 15] = [
        &key,
        &answers,
        &KeyCall { current: true, requests: vec![request] },
        &sealed,
        &opened,
        &erasure,
        &recorded,
        &erased,
        &owners,
        &policy,
        &ring,
        &source,
        &cache,
        &Broken::Trapped("a cause".to_owned()),
        &Os,
    ];
    for debug in debug {
        // In one line, and in the many lines of a log; bytes as a list of numbers, or in hex.
        for text in [format!("{debug:?}"), format!("{debug:#?}"), format!("{debug:x?}")] {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let list = |bytes: &[u8]| {
                let lists = [format!("{bytes:?}"), format!("{bytes:x?}")];
                lists.map(|list| list.trim_matches(['[', ']']).to_owned())
            };
            for said in [PERSON, REASON, CLEAR] {
                assert!(!line.contains(said), "{line}");
                assert!(!list(said.as_bytes()).iter().any(|list| line.contains(list)), "{line}");
            }
            let pair = list(&SECRET[..2]);
            assert!(!pair.iter().any(|pair| line.contains(pair)), "a key in {line}");
            assert!(!line.contains("abab"), "a key in {line}");
        }
    }
}
