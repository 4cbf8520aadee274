//! A keyring of the component behind a policy of the component: the life of personal data, without
//! the native core.

use fieldseal::{Context, KeyKind, KeyOwner, KeyState, KeyUse, RefusalCode, Request};
use fieldseal_wasmtime::{Erased, Erasure, HostState, Instance, Os, Owner, Policy, RemoteKeyring};
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

const NOW: Option<u64> = Some(1_795_339_800_000);

fn jacob() -> Owner {
    Owner::from("cust-1")
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
    let nobody = Owner::from("");
    let item = Owner { kind: KeyKind::Item, tenant: String::new(), reference: "/phone".into() };
    for nameless in [nobody, item] {
        let failed = keys.with(|ring| ring.erase(&nameless, "asked", NOW)).unwrap().unwrap_err();
        assert_eq!(failed.code.as_str(), "context");
        assert_eq!(keys.with(|ring| ring.state(&nameless)).unwrap(), KeyState::Never);
        assert_eq!(keys.with(|ring| ring.erasures(&nameless)).unwrap(), []);
    }
    let failed = keys.with(|ring| ring.destroy(&jacob(), true, NOW)).unwrap().unwrap_err();
    assert_eq!(failed.code.as_str(), "context");
}

#[test]
fn buckets_are_due_when_their_last_day_is_over() {
    const ENDS: u64 = 2_114_380_800_000;
    let (_, _, keys) = family();
    let bucket = Owner::from(&KeyOwner::bucket("contract/2036").of_tenant("acme"));
    keys.with(|ring| ring.provision(&bucket, NOW)).unwrap().unwrap();
    assert_eq!(keys.with(|ring| ring.due(ENDS - 1)).unwrap(), []);
    assert_eq!(keys.with(|ring| ring.due(ENDS)).unwrap(), std::slice::from_ref(&bucket));
    for now in [None, Some(ENDS - 1)] {
        let failed = keys.with(|ring| ring.destroy(&bucket, false, now)).unwrap().unwrap_err();
        assert_eq!(failed.code.as_str(), "context");
    }
    let erased = keys.with(|ring| ring.destroy(&bucket, false, Some(ENDS))).unwrap().unwrap();
    assert_eq!((erased.destroyed.len(), erased.at), (1, Some(ENDS)));
    assert_eq!(keys.with(|ring| ring.due(u64::MAX)).unwrap(), []);
    let request = Request {
        reference: Some(bucket.reference),
        tenant: bucket.tenant,
        ..Request::new(bucket.kind, KeyUse::Seal)
    };
    let answers = keys.with(|ring| ring.current(&[request], NOW)).unwrap();
    assert_eq!(
        answers
            .into_iter()
            .map(|answer| answer.err().map(|refusal| refusal.code))
            .collect::<Vec<_>>(),
        [Some(RefusalCode::Erased)]
    );
    let later = Owner::from(&KeyOwner::bucket("contract/2037"));
    let early = keys.with(|ring| ring.destroy(&later, true, None)).unwrap().unwrap();
    assert_eq!((early.destroyed.len(), early.at), (0, None));
}

#[test]
fn an_erasure_is_a_record_and_stays_on_record() {
    let (mut instance, policy, keys) = family();
    instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1")).unwrap().unwrap();
    let erased = keys.with(|ring| ring.erase(&jacob(), "case 7", NOW)).unwrap().unwrap();
    let [id] = erased.destroyed[..] else { panic!("one key: {erased:?}") };
    let expected = Erased {
        state: "erased".into(),
        destroyed: vec![id],
        at: NOW,
        reached: "clean".into(),
        residue: Vec::new(),
    };
    assert_eq!(erased, expected);
    let again = keys.with(|ring| ring.erase(&jacob(), "again", None)).unwrap().unwrap();
    assert_eq!(again, expected);
    assert_eq!(
        keys.with(|ring| ring.erasures(&jacob())).unwrap(),
        [Erasure { at: NOW, reason: Some("case 7".into()), destroyed: vec![id] }]
    );
}
