//! A keyring of the component behind a policy of the component: the life of personal data, without
//! the native core.

use fieldseal::keyring::KeyState;
use fieldseal::keys::Reference;
use fieldseal::{Context, KeyKind, KeyUse, Refusal, Request};
use fieldseal_wasmtime::Os;
use fieldseal_wasmtime::RemoteKeyring;
use fieldseal_wasmtime::{HostState, Instance, Policy};
use host_tests::UNCACHED;
use host_tests::keys::Shared;
use host_tests::modules;

use crate::support::{BROTHERS, FAMILY, record, refusal, text};

/// The family's policy in one instance, its keys in another.
fn family() -> (Instance, Policy, RemoteKeyring) {
    let keys = RemoteKeyring::new(
        Instance::new(modules::lite().unwrap(), HostState::new(Shared::default(), Os)).unwrap(),
    )
    .unwrap();
    let mut instance =
        Instance::new(modules::full().unwrap(), HostState::new(keys.clone(), Os)).unwrap();
    let policy = instance.compile(FAMILY.as_bytes(), UNCACHED).unwrap().unwrap();
    (instance, policy, keys)
}

const NOW: u64 = 1_795_339_800_000;

fn jacob() -> Reference {
    Reference::from("cust-1")
}

fn forgotten() -> String {
    BROTHERS.replace("Jacob Grimm", "(forgotten)")
}

#[test]
fn h28_k10_who_is_forgotten_stays_so_until_they_are_let_back_in() {
    let (mut instance, policy, keys) = family();
    let old =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1")).unwrap().unwrap().document;
    keys.with(|ring| ring.erase(&jacob(), "request of 2026-11-22", NOW)).unwrap().unwrap();
    let read = |instance: &mut Instance, document: &[u8], context: &Context| {
        text(instance.open(policy, document, context, false).unwrap().unwrap().document)
    };
    assert_eq!(read(&mut instance, &old, &record("tale-1")), forgotten());
    let refused = refusal(instance.seal(policy, BROTHERS.as_bytes(), &record("tale-2")).unwrap());
    assert_eq!(refused, ("erased", Some("/brothers/0/name".into())));
    assert_eq!(keys.with(|ring| ring.state(&jacob())).unwrap(), KeyState::Erased);

    keys.with(|ring| ring.reopen(&jacob(), NOW)).unwrap().unwrap();
    let new =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-2")).unwrap().unwrap().document;
    assert_eq!(read(&mut instance, &new, &record("tale-2")), BROTHERS);
    assert_eq!(
        read(&mut instance, &old, &record("tale-1")),
        forgotten(),
        "what was erased stays so"
    );
    assert_eq!(keys.with(|ring| ring.state(&jacob())).unwrap(), KeyState::Reopened);
}

#[test]
fn h30_restricted_data_is_stored_and_not_used() {
    let (mut instance, policy, keys) = family();
    let sealed =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1")).unwrap().unwrap().document;
    keys.with(|ring| ring.restrict(&jacob(), NOW)).unwrap().unwrap();
    for (purpose, opens, seals) in [
        (None, false, false),
        (Some("marketing"), false, false),
        (Some("legal_claims"), true, false),
        (Some("storage"), true, true),
    ] {
        let context = Context { purpose: purpose.map(str::to_owned), ..record("tale-1") };
        let opened =
            text(instance.open(policy, &sealed, &context, false).unwrap().unwrap().document);
        assert_eq!(opened, if opens { BROTHERS.to_owned() } else { forgotten() }, "{purpose:?}");
        assert_eq!(
            instance.seal(policy, BROTHERS.as_bytes(), &context).unwrap().is_ok(),
            seals,
            "{purpose:?}"
        );
    }
    keys.with(|ring| ring.lift(&jacob(), NOW)).unwrap().unwrap();
    assert_eq!(
        text(instance.open(policy, &sealed, &record("tale-1"), true).unwrap().unwrap().document),
        BROTHERS
    );
}

#[test]
fn rotation_seals_under_a_new_key_and_leaves_old_documents_readable() {
    let (mut instance, policy, keys) = family();
    let old = instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1")).unwrap().unwrap();
    keys.with(|ring| ring.rotate(&jacob(), None, NOW)).unwrap().unwrap();
    let new = instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1")).unwrap().unwrap();
    let ids = |verdict: &str| {
        serde_json::from_str::<serde_json::Value>(verdict).unwrap()["sealed"][0]["keyIds"].clone()
    };
    assert_ne!(ids(&old.verdict), ids(&new.verdict));
    for document in [&old.document, &new.document] {
        assert_eq!(
            text(
                instance.open(policy, document, &record("tale-1"), true).unwrap().unwrap().document
            ),
            BROTHERS
        );
    }
    keys.with(|ring| ring.rotate(&jacob(), Some(2), NOW)).unwrap().unwrap();
    assert_eq!(
        refusal(instance.open(policy, &old.document, &record("tale-1"), true).unwrap()),
        ("denied", Some("/brothers/0/name".into()))
    );
    assert_eq!(
        text(
            instance
                .open(policy, &new.document, &record("tale-1"), true)
                .unwrap()
                .unwrap()
                .document
        ),
        BROTHERS
    );
}

#[test]
fn a_refused_verb_is_the_error_record_and_says_nothing_of_the_person() {
    let (_, _, keys) = family();
    keys.with(|ring| ring.erase(&jacob(), "asked", NOW)).unwrap().unwrap();
    let failed = [
        keys.with(|ring| ring.provision(&jacob(), NOW)),
        keys.with(|ring| ring.rotate(&jacob(), None, NOW)),
        keys.with(|ring| ring.restrict(&jacob(), NOW)),
        keys.with(|ring| ring.lift(&jacob(), NOW)),
    ];
    for failed in failed {
        let error = failed.unwrap().unwrap_err();
        assert_eq!(error.code.as_str(), "erased");
        assert!(!error.message.contains("cust-1") && !error.message.is_empty());
    }
    let failed = keys.with(|ring| ring.destroy(&Reference::from(""), NOW)).unwrap().unwrap_err();
    assert_eq!(failed.code.as_str(), "context");
}

#[test]
fn buckets_are_due_when_their_last_day_is_over() {
    let (_, _, keys) = family();
    let bucket = Reference {
        kind: KeyKind::Retention,
        tenant: "acme".into(),
        reference: "contract/2036".into(),
    };
    keys.with(|ring| ring.provision(&bucket, NOW)).unwrap().unwrap();
    assert_eq!(keys.with(|ring| ring.due(2_114_380_799_999)).unwrap(), []);
    assert_eq!(
        keys.with(|ring| ring.due(2_114_380_800_000)).unwrap(),
        std::slice::from_ref(&bucket)
    );
    keys.with(|ring| ring.destroy(&bucket, 2_114_380_800_000)).unwrap().unwrap();
    assert_eq!(keys.with(|ring| ring.due(u64::MAX)).unwrap(), []);
    let request = Request {
        kind: bucket.kind,
        reference: Some(bucket.reference),
        tenant: bucket.tenant,
        operation: KeyUse::Seal,
        purpose: None,
        caller: None,
        id: None,
    };
    let answers = keys.with(|ring| ring.current(&[request], NOW)).unwrap();
    assert_eq!(
        answers.into_iter().map(|answer| answer.err()).collect::<Vec<_>>(),
        [Some(Refusal::Erased)]
    );
}
