//! A keyring of the component behind a policy of the same instance: the life of personal data,
//! without the native core.

use fieldseal::{
    Context, Destroy, KeyKind, KeyOwner, KeyState, KeyUse, OpenOptions, Reached, RefusalCode,
    Request,
};
use fieldseal_wasmtime::{
    Erased, Erasure, HostState, Instance, KeySource, Keyring, Os, Owner, Policy,
};
use host_tests::DEFAULTS;
use host_tests::modules;

use crate::support::{BROTHERS, FAMILY, record, refusal, text};

/// The family's policy and its keys in one instance, whose host has no key store.
fn family() -> (Instance, Policy, KeySource, Keyring) {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    let keyring = instance.keyring().unwrap();
    let source = instance.keyring_source(keyring).unwrap();
    (instance, policy, source, keyring)
}

const NOW: Option<u64> = Some(1_795_339_800_000);

fn jacob() -> Owner {
    Owner::from("cust-1")
}

fn forgotten() -> String {
    BROTHERS.replace("Jacob Grimm", "(forgotten)")
}

#[test]
fn h28_k10_who_is_forgotten_stays_so_until_they_are_let_back_in() {
    let (mut instance, policy, source, keys) = family();
    let old = instance
        .seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source)
        .unwrap()
        .unwrap()
        .document;
    instance.keyring_calls(keys).erase(&jacob(), "request of 2026-11-22", NOW).unwrap().unwrap();
    let read = |instance: &mut Instance, document: &[u8], context: &Context| {
        text(
            instance
                .open(policy, document, context, OpenOptions::default(), source)
                .unwrap()
                .unwrap()
                .document,
        )
    };
    assert_eq!(read(&mut instance, &old, &record("tale-1")), forgotten());
    let refused =
        refusal(instance.seal(policy, BROTHERS.as_bytes(), &record("tale-2"), source).unwrap());
    assert_eq!(refused, ("erased", Some("/brothers/0/name".into())));
    assert_eq!(instance.keyring_calls(keys).state(&jacob()).unwrap().unwrap(), KeyState::Erased);

    instance.keyring_calls(keys).reopen(&jacob()).unwrap().unwrap();
    let new = instance
        .seal(policy, BROTHERS.as_bytes(), &record("tale-2"), source)
        .unwrap()
        .unwrap()
        .document;
    assert_eq!(read(&mut instance, &new, &record("tale-2")), BROTHERS);
    assert_eq!(
        read(&mut instance, &old, &record("tale-1")),
        forgotten(),
        "what was erased stays so"
    );
    assert_eq!(instance.keyring_calls(keys).state(&jacob()).unwrap().unwrap(), KeyState::Reopened);
}

#[test]
fn h30_restricted_data_is_stored_and_not_used() {
    let (mut instance, policy, source, keys) = family();
    let sealed = instance
        .seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source)
        .unwrap()
        .unwrap()
        .document;
    instance.keyring_calls(keys).restrict(&jacob()).unwrap().unwrap();
    for (purpose, opens, seals) in [
        (None, false, false),
        (Some("marketing"), false, false),
        (Some("legal_claims"), true, false),
        (Some("storage"), true, true),
    ] {
        let context = Context { purpose: purpose.map(str::to_owned), ..record("tale-1") };
        let opened = text(
            instance
                .open(policy, &sealed, &context, OpenOptions::default(), source)
                .unwrap()
                .unwrap()
                .document,
        );
        assert_eq!(opened, if opens { BROTHERS.to_owned() } else { forgotten() }, "{purpose:?}");
        assert_eq!(
            instance.seal(policy, BROTHERS.as_bytes(), &context, source).unwrap().is_ok(),
            seals,
            "{purpose:?}"
        );
    }
    instance.keyring_calls(keys).lift(&jacob()).unwrap().unwrap();
    assert_eq!(
        text(
            instance
                .open(policy, &sealed, &record("tale-1"), OpenOptions::strict(), source)
                .unwrap()
                .unwrap()
                .document
        ),
        BROTHERS
    );
}

#[test]
fn rotation_seals_under_a_new_key_and_leaves_old_documents_readable() {
    let (mut instance, policy, source, keys) = family();
    let old =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let rotated = instance.keyring_calls(keys).rotate(&jacob(), None).unwrap().unwrap();
    assert_eq!(rotated.version, 2);
    let new =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let ids = |verdict: &str| {
        serde_json::from_str::<serde_json::Value>(verdict).unwrap()["sealed"][0]["keyIds"].clone()
    };
    assert_ne!(ids(&old.verdict), ids(&new.verdict));
    for document in [&old.document, &new.document] {
        assert_eq!(
            text(
                instance
                    .open(policy, document, &record("tale-1"), OpenOptions::strict(), source)
                    .unwrap()
                    .unwrap()
                    .document
            ),
            BROTHERS
        );
    }
    instance.keyring_calls(keys).rotate(&jacob(), Some(2)).unwrap().unwrap();
    assert_eq!(
        refusal(
            instance
                .open(policy, &old.document, &record("tale-1"), OpenOptions::strict(), source)
                .unwrap()
        ),
        ("denied", Some("/brothers/0/name".into()))
    );
    assert_eq!(
        text(
            instance
                .open(policy, &new.document, &record("tale-1"), OpenOptions::strict(), source)
                .unwrap()
                .unwrap()
                .document
        ),
        BROTHERS
    );
}

#[test]
fn a_refused_verb_is_the_error_record_and_says_nothing_of_the_person() {
    let (mut instance, _, _, keys) = family();
    instance.keyring_calls(keys).erase(&jacob(), "asked", NOW).unwrap().unwrap();
    let failed = [
        instance.keyring_calls(keys).provision(&jacob()),
        instance.keyring_calls(keys).rotate(&jacob(), None).map(|rotated| rotated.map(drop)),
        instance.keyring_calls(keys).restrict(&jacob()),
        instance.keyring_calls(keys).lift(&jacob()),
    ];
    for failed in failed {
        let error = failed.unwrap().unwrap_err();
        assert_eq!(error.code.as_str(), "erased");
        assert!(!error.message.contains("cust-1") && !error.message.is_empty());
    }
    let nobody = Owner::from("");
    let item = Owner { kind: KeyKind::Item, tenant: String::new(), reference: "/phone".into() };
    for nameless in [nobody, item] {
        let failed =
            instance.keyring_calls(keys).erase(&nameless, "asked", NOW).unwrap().unwrap_err();
        assert_eq!(failed.code.as_str(), "context");
        let state = instance.keyring_calls(keys).state(&nameless).unwrap();
        assert_eq!(refusal(state).0, "context");
        let erasures = instance.keyring_calls(keys).erasures(&nameless).unwrap();
        assert_eq!(refusal(erasures).0, "context");
    }
    let failed =
        instance.keyring_calls(keys).destroy(&jacob(), Destroy::Early, NOW).unwrap().unwrap_err();
    assert_eq!(failed.code.as_str(), "context");
}

#[test]
fn buckets_are_due_when_their_last_day_is_over() {
    const ENDS: u64 = 2_114_380_800_000;
    let (mut instance, _, _, keys) = family();
    let bucket = Owner::from(&KeyOwner::bucket("contract/2036").of_tenant("acme"));
    instance.keyring_calls(keys).provision(&bucket).unwrap().unwrap();
    assert_eq!(instance.keyring_calls(keys).due(ENDS - 1).unwrap().unwrap(), []);
    assert_eq!(
        instance.keyring_calls(keys).due(ENDS).unwrap().unwrap(),
        std::slice::from_ref(&bucket)
    );
    for now in [None, Some(ENDS - 1)] {
        let failed = instance
            .keyring_calls(keys)
            .destroy(&bucket, Destroy::WhenDue, now)
            .unwrap()
            .unwrap_err();
        assert_eq!(failed.code.as_str(), "context");
    }
    let erased = instance
        .keyring_calls(keys)
        .destroy(&bucket, Destroy::WhenDue, Some(ENDS))
        .unwrap()
        .unwrap();
    assert_eq!((erased.destroyed.len(), erased.at), (1, Some(ENDS)));
    assert_eq!(instance.keyring_calls(keys).due(ENDS).unwrap().unwrap(), []);
    // A clock that counts microseconds ends nothing.
    let late = [u64::MAX, 1_795_339_800_000_000];
    for late in late {
        let mut calls = instance.keyring_calls(keys);
        assert_eq!(refusal(calls.due(late).unwrap()).0, "context");
        let next = Owner::from(&KeyOwner::bucket("contract/2099"));
        calls.provision(&next).unwrap().unwrap();
        let destroyed = calls.destroy(&next, Destroy::WhenDue, Some(late)).unwrap();
        assert_eq!(refusal(destroyed).0, "context");
        assert_eq!(refusal(calls.erase(&next, "asked", Some(late)).unwrap()).0, "context");
        assert_eq!(calls.state(&next).unwrap().unwrap(), KeyState::Live);
    }
    let request = Request {
        reference: Some(bucket.reference),
        tenant: bucket.tenant,
        ..Request::new(bucket.kind, KeyUse::Seal)
    };
    let answers = instance.keyring_calls(keys).current(&[request], NOW).unwrap();
    assert_eq!(
        answers
            .into_iter()
            .map(|answer| answer.err().map(|refusal| refusal.code))
            .collect::<Vec<_>>(),
        [Some(RefusalCode::Erased)]
    );
    let later = Owner::from(&KeyOwner::bucket("contract/2037"));
    let early =
        instance.keyring_calls(keys).destroy(&later, Destroy::Early, None).unwrap().unwrap();
    assert_eq!((early.destroyed.len(), early.at), (0, None));
}

#[test]
fn an_erasure_is_a_record_and_stays_on_record() {
    let (mut instance, policy, source, keys) = family();
    instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let erased = instance.keyring_calls(keys).erase(&jacob(), "case 7", NOW).unwrap().unwrap();
    let [id] = erased.destroyed[..] else { panic!("one key: {erased:?}") };
    let expected = Erased {
        state: KeyState::Erased,
        destroyed: vec![id],
        at: NOW,
        reached: Reached::Clean,
        residue: Vec::new(),
    };
    assert_eq!(erased, expected);
    let again = instance.keyring_calls(keys).erase(&jacob(), "again", None).unwrap().unwrap();
    assert_eq!(again, expected);
    assert_eq!(
        instance.keyring_calls(keys).erasures(&jacob()).unwrap().unwrap(),
        [Erasure { at: NOW, reason: Some("case 7".into()), destroyed: vec![id] }]
    );
}
