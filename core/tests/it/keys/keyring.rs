//! The keyring: every state, verb and purpose in a table. `keyring_model.rs` has the long random
//! lives.
//! V-10, V-13, V-25; scenarios: write after erase, erase where no key existed, erase then allow
//! then write, same id and different kind.

use fieldseal::{
    Answer, Destroy, Entropy, Erased, ErrorCode, KeyContext, KeyId, KeyKind, KeyOwner, KeySource,
    KeyState, KeyUse, Keyring, Reached, RefusalCause, RefusalCode, Request,
};

/// 9999-12-31T23:59:59.999Z, the last moment that a clock may show.
const LAST: u64 = 253_402_300_799_999;

/// Never the same bytes twice.
#[derive(Default)]
struct Counter(u64);

impl Entropy for Counter {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0 += 1;
        buffer.fill(0);
        buffer[..8].copy_from_slice(&self.0.to_be_bytes());
    }
}

/// Always the same bytes.
struct Stuck;

impl Entropy for Stuck {
    fn fill(&mut self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

fn request(owner: &KeyOwner, purpose: Option<&str>, id: Option<KeyId>) -> Request {
    Request {
        reference: Some(owner.reference().into_owned()),
        tenant: owner.tenant().to_owned(),
        purpose: purpose.map(str::to_owned),
        id,
        ..Request::new(owner.kind(), if id.is_some() { KeyUse::Open } else { KeyUse::Seal })
    }
}

fn current(keys: &mut Keyring, entropy: &mut dyn Entropy, request: Request) -> Answer {
    let mut answers = keys.current(&[request], &mut KeyContext { now: Some(0), entropy });
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn by_id(keys: &mut Keyring, request: Request) -> Answer {
    let mut answers = keys.by_id(&[request], Some(0));
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn seal_as(
    keys: &mut Keyring,
    entropy: &mut Counter,
    who: &KeyOwner,
    purpose: Option<&str>,
) -> Result<KeyId, RefusalCode> {
    current(keys, entropy, request(who, purpose, None))
        .map(|key| key.id)
        .map_err(|refusal| refusal.code)
}

fn open_as(
    keys: &mut Keyring,
    who: &KeyOwner,
    id: KeyId,
    purpose: Option<&str>,
) -> Result<KeyId, RefusalCode> {
    by_id(keys, request(who, purpose, Some(id))).map(|key| key.id).map_err(|refusal| refusal.code)
}

/// A keyring in which `ada` is in a state, and the id of the key that she had first, if she had
/// one.
fn in_state(state: KeyState, with_key: bool) -> (Keyring, Counter, KeyOwner, Option<KeyId>) {
    owner_in_state(KeyOwner::person("ada"), state, with_key)
}

/// The same of any owner.
fn owner_in_state(
    ada: KeyOwner,
    state: KeyState,
    with_key: bool,
) -> (Keyring, Counter, KeyOwner, Option<KeyId>) {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let id = with_key.then(|| seal_as(&mut keys, &mut entropy, &ada, None).unwrap());
    match state {
        KeyState::Restricted => keys.restrict(&ada).unwrap(),
        KeyState::Erased => drop(keys.erase(&ada, "asked", Some(5)).unwrap()),
        KeyState::Reopened => {
            keys.erase(&ada, "asked", Some(5)).unwrap();
            keys.reopen(&ada, &mut KeyContext { now: Some(6), entropy: &mut entropy }).unwrap();
        }
        KeyState::Never | KeyState::Live => {}
    }
    assert_eq!(keys.state(&ada), state);
    (keys, entropy, ada, id)
}

const STARTS: [(KeyState, bool); 8] = [
    (KeyState::Never, false),
    (KeyState::Live, true),
    (KeyState::Restricted, false),
    (KeyState::Restricted, true),
    (KeyState::Erased, false),
    (KeyState::Erased, true),
    (KeyState::Reopened, false),
    (KeyState::Reopened, true),
];

const PURPOSES: [Option<&str>; 6] = [
    None,
    Some("storage"),
    Some("legal_claims"),
    Some("Storage"),
    Some("storage "),
    Some("marketing"),
];

#[test]
fn v10_sealing_by_state_and_purpose() {
    for (state, with_key) in STARTS {
        for purpose in PURPOSES {
            let (mut keys, mut entropy, ada, id) = in_state(state, with_key);
            let expected = match (state, purpose) {
                (KeyState::Erased, _) => Err(RefusalCode::Erased),
                (KeyState::Restricted, Some("storage"))
                | (KeyState::Never | KeyState::Live | KeyState::Reopened, _) => Ok(()),
                _ => Err(RefusalCode::Restricted),
            };
            let answer = seal_as(&mut keys, &mut entropy, &ada, purpose);
            assert_eq!(answer.map(drop), expected, "{state:?} {with_key} {purpose:?}");
            if let (Ok(sealed), Some(id)) = (answer, id) {
                assert_eq!(
                    sealed == id,
                    state != KeyState::Reopened,
                    "the key that there was, unless it was destroyed"
                );
            }
            let made = if state == KeyState::Reopened {
                1 + u64::from(with_key)
            } else {
                u64::from(with_key || expected.is_ok())
            };
            assert_eq!(entropy.0, made, "32 bytes for a key that is made, none else");
            let after = if state == KeyState::Never { KeyState::Live } else { state };
            assert_eq!(keys.state(&ada), after, "sealing changes no restriction");
        }
    }
}

#[test]
fn opening_by_state_and_purpose() {
    for (state, with_key) in STARTS {
        for purpose in PURPOSES {
            let (mut keys, _, ada, id) = in_state(state, with_key);
            let expected = match (id, state, purpose) {
                (None, ..) => Err(RefusalCode::NotFound),
                (_, KeyState::Erased | KeyState::Reopened, _) => Err(RefusalCode::Erased),
                (_, KeyState::Live, _)
                | (_, KeyState::Restricted, Some("storage" | "legal_claims")) => Ok(()),
                _ => Err(RefusalCode::Restricted),
            };
            let answer = open_as(&mut keys, &ada, id.unwrap_or(KeyId([9; 16])), purpose);
            assert_eq!(answer.map(drop), expected, "{state:?} {with_key} {purpose:?}");
            assert_eq!(
                open_as(&mut keys, &ada, KeyId([9; 16]), purpose),
                Err(RefusalCode::NotFound),
                "an unknown id"
            );
        }
    }
}

/// The effect of a verb on a bucket in a state: the outcome, the state afterwards, and the number
/// of keys that it made.
fn after<T>(
    (state, with_key): (KeyState, bool),
    verb: impl FnOnce(&mut Keyring, &KeyOwner, &mut KeyContext<'_>) -> Result<T, fieldseal::Error>,
) -> (Result<(), ErrorCode>, KeyState, u64) {
    let bucket = KeyOwner::bucket("contract/2036");
    let (mut keys, mut entropy, ada, _) = owner_in_state(bucket, state, with_key);
    let before = entropy.0;
    let outcome = verb(&mut keys, &ada, &mut KeyContext { now: Some(9), entropy: &mut entropy })
        .map(drop)
        .map_err(|error| error.code);
    (outcome, keys.state(&ada), entropy.0 - before)
}

#[test]
fn verbs_by_state() {
    for start in STARTS {
        let (state, with_key) = start;
        let refused = (Err(ErrorCode::Erased), KeyState::Erased, 0);
        let lacking =
            u64::from(state == KeyState::Never || state == KeyState::Restricted && !with_key);

        let with_a_key = if state == KeyState::Never { KeyState::Live } else { state };
        let expected =
            if state == KeyState::Erased { refused } else { (Ok(()), with_a_key, lacking) };
        assert_eq!(
            after(start, |keys, ada, host| keys.provision(ada, host)),
            expected,
            "provision {start:?}"
        );

        let expected = if state == KeyState::Erased { refused } else { (Ok(()), with_a_key, 1) };
        assert_eq!(
            after(start, |keys, ada, host| keys.rotate(ada, None, host).map(drop)),
            expected,
            "rotate {start:?}"
        );

        let expected =
            if state == KeyState::Erased { refused } else { (Ok(()), KeyState::Restricted, 0) };
        assert_eq!(after(start, |keys, ada, _| keys.restrict(ada)), expected, "restrict {start:?}");

        let expected = match state {
            KeyState::Erased => refused,
            KeyState::Restricted if with_key => (Ok(()), KeyState::Live, 0),
            KeyState::Restricted => (Ok(()), KeyState::Never, 0),
            _ => (Ok(()), state, 0),
        };
        assert_eq!(after(start, |keys, ada, _| keys.lift(ada)), expected, "lift {start:?}");

        let expected = (Ok(()), KeyState::Erased, 0);
        assert_eq!(
            after(start, |keys, ada, _| keys.erase(ada, "asked", Some(9))),
            expected,
            "erase {start:?}"
        );
        assert_eq!(
            after(start, |keys, ada, _| keys.destroy(ada, Destroy::Early, Some(9))),
            expected,
            "destroy {start:?}"
        );

        let expected = if state == KeyState::Erased {
            (Ok(()), KeyState::Reopened, 1)
        } else {
            (Ok(()), state, 0)
        };
        assert_eq!(
            after(start, |keys, ada, host| keys.reopen(ada, host)),
            expected,
            "reopen {start:?}"
        );
    }
}

#[test]
fn what_was_restricted_opens_again_when_it_is_lifted() {
    let (mut keys, _, ada, id) = in_state(KeyState::Restricted, true);
    keys.lift(&ada).unwrap();
    assert_eq!(open_as(&mut keys, &ada, id.unwrap(), None).ok(), id);
}

#[test]
fn an_erasure_is_on_record_as_the_first_call_said() {
    for (state, with_key) in STARTS {
        let bucket = KeyOwner::bucket("contract/2036");
        let (mut keys, _, bucket, id) = owner_in_state(bucket, state, with_key);
        let before = keys.erasures(&bucket).len();
        let records = [
            keys.erase(&bucket, "later", Some(6)).unwrap(),
            keys.erase(&bucket, "again", None).unwrap(),
            keys.destroy(&bucket, Destroy::Early, Some(8)).unwrap(),
        ];
        assert!(records.windows(2).all(|pair| pair[0] == pair[1]), "{records:?}");
        let erasures = keys.erasures(&bucket);
        assert_eq!(
            erasures.len(),
            if state == KeyState::Erased { 1 } else { before + 1 },
            "{state:?}"
        );
        let (first, last) = (erasures.first().unwrap(), erasures.last().unwrap());
        let told = if state == KeyState::Erased { (5, "asked") } else { (6, "later") };
        assert_eq!((last.at, last.reason.as_deref()), (Some(told.0), Some(told.1)), "{state:?}");
        assert_eq!(
            first.destroyed.first().map(|(id, _)| *id),
            if state == KeyState::Reopened && !with_key { None } else { id },
            "{state:?}"
        );
        let [record, ..] = records;
        assert_eq!((record.state, record.at), (KeyState::Erased, last.at));
        assert_eq!((record.reached, record.residue.len()), (Reached::Clean, 0));
        assert_eq!(
            record.destroyed,
            last.destroyed.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
            "{state:?}"
        );
    }
    let (mut keys, _, ada, _) = in_state(KeyState::Live, true);
    assert!(keys.erasures(&ada).is_empty() && keys.erasures(&KeyOwner::from("bob")).is_empty());
    let unheard_of = keys.erase(&"bob".into(), "asked before she came", Some(3)).unwrap();
    assert_eq!((unheard_of.at, unheard_of.destroyed.len()), (Some(3), 0));
}

#[test]
fn records_of_erasures_as_text() {
    let (mut keys, _, ada, id) = in_state(KeyState::Live, true);
    let id = id.unwrap();
    let erased = keys.erase(&ada, "case \"7\"", Some(1_790_000_000_000)).unwrap();
    let at = "2026-09-21T14:13:20.000Z";
    assert_eq!(
        erased.to_json(),
        format!(
            r#"{{"at":"{at}","destroyed":["{id}"],"reached":"clean","residue":[],"state":"erased"}}"#
        )
    );
    assert_eq!(
        keys.erasures(&ada)[0].to_json(),
        format!(r#"{{"at":"{at}","destroyed":["{id}"],"reason":"case \"7\""}}"#)
    );
    let bucket = KeyOwner::bucket("contract/2036");
    keys.destroy(&bucket, Destroy::Early, Some(0)).unwrap();
    let text = r#"{"at":"1970-01-01T00:00:00.000Z","destroyed":[]}"#;
    assert_eq!(keys.erasures(&bucket)[0].to_json(), text);
    // Whatever a store reports: every member of the record is in its text.
    let names: Vec<&str> =
        [Reached::Committed, Reached::Clean, Reached::Unreadable].map(Reached::as_str).into();
    assert_eq!(names, ["committed", "clean", "unreadable"]);
    assert!(Reached::Committed < Reached::Clean && Reached::Clean < Reached::Unreadable);
}

#[test]
fn a_bucket_is_destroyed_when_it_has_ended_or_early_on_purpose() {
    // 2037-01-01T00:00:00Z
    const ENDS: u64 = 2_114_380_800_000;
    let name = "contract/2036";
    for (permission, now, destroyed) in [
        (Destroy::WhenDue, None, false),
        (Destroy::WhenDue, Some(0), false),
        (Destroy::WhenDue, Some(ENDS - 1), false),
        (Destroy::WhenDue, Some(ENDS), true),
        (Destroy::WhenDue, Some(LAST), true),
        (Destroy::Early, None, true),
        (Destroy::Early, Some(0), true),
        (Destroy::Early, Some(ENDS), true),
    ] {
        for tenant in ["", "acme"] {
            let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
            let owner = bucket(tenant, name);
            let id = seal_as(&mut keys, &mut entropy, &owner, None).unwrap();
            let outcome = keys.destroy(&owner, permission, now).map_err(|error| error.code);
            let state = if destroyed { KeyState::Erased } else { KeyState::Live };
            assert_eq!(keys.state(&owner), state, "{permission:?} {now:?}");
            match outcome {
                Ok(Erased { destroyed, at, .. }) => {
                    assert_eq!(destroyed, [id], "{permission:?} {now:?}");
                    // Without a time it is the system's, where that can be read.
                    assert_eq!(at.is_some(), now.is_some() || cfg!(feature = "std"), "{now:?}");
                    assert!(now.is_none() || at == now, "{at:?} {now:?}");
                }
                Err(code) => assert_eq!((code, destroyed), (ErrorCode::Context, false)),
            }
        }
    }
    assert_eq!(Destroy::default(), Destroy::WhenDue);
}

/// A bucket that was destroyed early stays so: whoever destroys it again gets the same record,
/// whatever the clock says.
#[test]
fn a_bucket_is_destroyed_once() {
    let bucket = KeyOwner::bucket("contract/2036");
    let mut keys = Keyring::memory();
    let mut entropy = Counter::default();
    keys.provision(&bucket, &mut KeyContext { now: None, entropy: &mut entropy }).unwrap();
    let first = keys.destroy(&bucket, Destroy::Early, Some(7)).unwrap();
    for permission in [Destroy::WhenDue, Destroy::Early] {
        for now in [None, Some(0), Some(LAST)] {
            let again = keys.destroy(&bucket, permission, now).unwrap();
            assert_eq!((&again.destroyed, again.at), (&first.destroyed, Some(7)));
        }
    }
    assert_eq!(keys.erasures(&bucket).len(), 1);
    // A key that was made afterwards is not destroyed before its time.
    keys.reopen(&bucket, &mut KeyContext { now: None, entropy: &mut entropy }).unwrap();
    let error = keys.destroy(&bucket, Destroy::WhenDue, Some(8)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Context);
}

#[test]
fn only_buckets_and_items_are_destroyed() {
    let mut keys = Keyring::memory();
    for name in
        ["", "contract", "2036", "contract/", "/2036", "a/contract/2036", "contract/2036-13", "ada"]
    {
        for permission in [Destroy::WhenDue, Destroy::Early] {
            let bucket = KeyOwner::bucket(name);
            let error = keys.destroy(&bucket, permission, Some(LAST)).unwrap_err();
            assert_eq!(error.code, ErrorCode::Context, "{name}");
            assert_eq!(keys.state(&bucket), KeyState::Never);
        }
    }
    for owner in [
        KeyOwner::person("contract/2036"),
        KeyOwner::index("contract/2036"),
        KeyOwner::index_of("contract/2036", "ada"),
        KeyOwner::domain("contract/2036"),
        KeyOwner::item("", "r", "/f"),
        KeyOwner::item("f", "", "/f"),
    ] {
        let error = keys.destroy(&owner, Destroy::Early, Some(0)).unwrap_err();
        assert_eq!(error.code, ErrorCode::Context, "{owner:?}");
        assert_eq!(keys.state(&owner), KeyState::Never);
    }
    let item = KeyOwner::item("f", "r", "/f");
    keys.destroy(&item, Destroy::WhenDue, None).unwrap();
    assert_eq!(keys.state(&item), KeyState::Erased);
}

/// A token of an erased person cannot be made again, and whoever returns begins anew.
#[test]
fn an_erasure_reaches_the_persons_shares_of_indexes_and_nobody_elses() {
    let tenant = "acme";
    let ada = KeyOwner::person("ada").of_tenant(tenant);
    let share = |name: &str, person: &str| KeyOwner::index_of(name, person).of_tenant(tenant);
    let own = [share("mail", "ada"), share("phone", "ada")];
    let others = [
        share("mail", "bob"),
        KeyOwner::index_of("mail", "ada"),
        KeyOwner::index("mail").of_tenant(tenant),
        KeyOwner::index_of("ada", "mail").of_tenant(tenant),
        KeyOwner::person("ada"),
    ];
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let mut seals = |keys: &mut Keyring, owner: &KeyOwner| seal_as(keys, &mut entropy, owner, None);
    let id = seals(&mut keys, &ada).unwrap();
    // In another order than that of the names; the second version of one of them.
    let phone = seals(&mut keys, &own[1]).unwrap();
    let mail = seals(&mut keys, &own[0]).unwrap();
    keys.restrict(&own[1]).unwrap();
    let unharmed: Vec<KeyId> =
        others.iter().map(|other| seals(&mut keys, other).unwrap()).collect();

    let erased = keys.erase(&ada, "asked", Some(5)).unwrap();
    assert_eq!(erased.destroyed, [id, mail, phone]);
    assert_eq!(keys.erase(&ada, "asked", Some(6)).unwrap(), erased);
    for (own, id) in own.iter().zip([mail, phone]) {
        assert_eq!(keys.state(own), KeyState::Erased);
        assert_eq!(open_as(&mut keys, own, id, Some("storage")), Err(RefusalCode::Erased));
        assert_eq!(seals(&mut keys, own), Err(RefusalCode::Erased));
        assert_eq!(keys.erasures(own)[0].destroyed[0].0, id);
        let mut host = KeyContext { now: None, entropy: &mut Stuck };
        let refused = [
            keys.provision(own, &mut host),
            keys.rotate(own, None, &mut host).map(drop),
            keys.restrict(own),
            keys.lift(own),
            keys.reopen(own, &mut host),
        ];
        assert!(refused.into_iter().all(|verb| verb.unwrap_err().code == ErrorCode::Erased));
    }
    // One that never was is not made either.
    let late = share("late", "ada");
    assert_eq!(seals(&mut keys, &late), Err(RefusalCode::Erased));
    assert_eq!(keys.state(&late), KeyState::Erased);
    for (other, id) in others.iter().zip(&unharmed) {
        assert_eq!(open_as(&mut keys, other, *id, None), Ok(*id), "{other:?}");
    }

    // An erasure of a share is its own, and outlives the person's return.
    keys.erase(&late, "never", None).unwrap();
    let mut counter = Counter(100);
    keys.reopen(&ada, &mut KeyContext { now: None, entropy: &mut counter }).unwrap();
    assert_eq!(keys.state(&own[0]), KeyState::Reopened);
    assert_eq!(keys.state(&own[1]), KeyState::Restricted, "a restriction is not lifted by erasing");
    assert_eq!(keys.state(&late), KeyState::Erased);
    let fresh = seals(&mut keys, &own[0]).unwrap();
    assert!(fresh != mail && open_as(&mut keys, &own[0], fresh, None) == Ok(fresh));
    assert_eq!(open_as(&mut keys, &own[0], mail, None), Err(RefusalCode::Erased));
    let again = keys.erase(&ada, "asked again", Some(7)).unwrap();
    assert_eq!(again.destroyed.len(), 2);
    assert_eq!(again.destroyed[1], fresh);
}

#[test]
fn answers_say_whose_key_it_is_and_why_it_is_denied() {
    let owners = [
        KeyOwner::person("ada"),
        KeyOwner::bucket("contract/2036").of_tenant("acme"),
        KeyOwner::item("f", "r", "/a"),
        KeyOwner::index("mail"),
        KeyOwner::index_of("mail", "ada"),
        KeyOwner::domain("persons"),
    ];
    for owner in owners {
        let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
        let reference = owner.reference().into_owned();
        let key = current(&mut keys, &mut entropy, request(&owner, None, None)).unwrap();
        assert_eq!(key.reference.as_ref(), Some(&reference));
        let ask = request(&owner, None, Some(key.id));
        assert_eq!(by_id(&mut keys, ask.clone()).unwrap().reference.as_ref(), Some(&reference));
        let mut host = KeyContext { now: None, entropy: &mut entropy };
        keys.rotate(&owner, Some(2), &mut host).unwrap();
        let denied = by_id(&mut keys, ask.clone()).unwrap_err();
        assert_eq!(
            (denied.code, denied.cause, denied.reference.as_ref()),
            (RefusalCode::Denied, Some(RefusalCause::MinimumVersion), Some(&reference))
        );
        keys.erase(&owner, "asked", None).unwrap();
        for refused in [
            by_id(&mut keys, ask).unwrap_err(),
            current(&mut keys, &mut entropy, request(&owner, None, None)).unwrap_err(),
        ] {
            assert_eq!(
                (refused.code, refused.cause, refused.reference.as_ref()),
                (RefusalCode::Erased, None, Some(&reference))
            );
        }
    }
}

#[test]
fn an_empty_reference_is_refused_by_every_verb() {
    let (mut keys, mut entropy, nobody) =
        (Keyring::memory(), Counter::default(), KeyOwner::from(""));
    let mut host = KeyContext { now: Some(0), entropy: &mut entropy };
    let outcomes = [
        keys.provision(&nobody, &mut host),
        keys.rotate(&nobody, None, &mut host).map(drop),
        keys.reopen(&nobody, &mut host),
        keys.restrict(&nobody),
        keys.lift(&nobody),
        keys.erase(&nobody, "asked", Some(0)).map(drop),
        keys.destroy(&nobody, Destroy::Early, Some(0)).map(drop),
    ];
    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::Context);
    }
    assert_eq!(keys.state(&nobody), KeyState::Never);
    assert_eq!(
        current(&mut keys, &mut entropy, request(&nobody, None, None)).unwrap_err().code,
        RefusalCode::NotFound
    );
    let unnamed = Request { reference: None, ..request(&nobody, None, None) };
    assert_eq!(current(&mut keys, &mut entropy, unnamed).unwrap_err().code, RefusalCode::NotFound);
    assert_eq!(entropy.0, 0);
}

#[test]
fn a_key_is_found_only_by_its_own_kind_tenant_reference_and_id() {
    for erased in [false, true] {
        let (mut keys, mut entropy, ada) =
            (Keyring::memory(), Counter::default(), KeyOwner::from("ada").of_tenant("acme"));
        let id = seal_as(&mut keys, &mut entropy, &ada, None).unwrap();
        let other =
            seal_as(&mut keys, &mut entropy, &KeyOwner::from("bob").of_tenant("acme"), None)
                .unwrap();
        if erased {
            keys.erase(&ada, "asked", Some(0)).unwrap();
        }
        let own = request(&ada, None, Some(id));
        let expected = if erased { Err(RefusalCode::Erased) } else { Ok(id) };
        assert_eq!(
            by_id(&mut keys, own.clone()).map(|key| key.id).map_err(|refusal| refusal.code),
            expected
        );
        let unbound = Request { reference: None, ..own.clone() };
        assert_eq!(
            by_id(&mut keys, unbound).map(|key| key.id).map_err(|refusal| refusal.code),
            expected,
            "a subject that is not bound"
        );
        let strangers = [
            Request { kind: KeyKind::Retention, ..own.clone() },
            Request { kind: KeyKind::Item, ..own.clone() },
            Request { kind: KeyKind::Retention, reference: None, ..own.clone() },
            Request { tenant: String::new(), ..own.clone() },
            Request { tenant: "acme2".to_owned(), ..own.clone() },
            Request { reference: Some("bob".to_owned()), ..own.clone() },
            Request { reference: Some(String::new()), ..own.clone() },
            Request { id: Some(other), ..own.clone() },
            Request { id: None, ..own.clone() },
        ];
        for stranger in strangers {
            assert_eq!(by_id(&mut keys, stranger).unwrap_err().code, RefusalCode::NotFound);
        }
    }
}

#[test]
fn retention_buckets_open_by_id_alone_and_items_do_not() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    for (owner, found) in [
        (KeyOwner::bucket("x"), true),
        (KeyOwner::item("x", "x", "x"), false),
        (KeyOwner::index("x"), false),
        (KeyOwner::domain("x"), false),
    ] {
        let id = seal_as(&mut keys, &mut entropy, &owner, None).unwrap();
        assert_eq!(open_as(&mut keys, &owner, id, None), Ok(id));
        let unnamed = Request { reference: None, ..request(&owner, None, Some(id)) };
        assert_eq!(by_id(&mut keys, unnamed).is_ok(), found, "{owner:?}");
    }
}

#[test]
fn the_same_reference_under_another_kind_or_tenant_is_another_key() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let owners = [
        KeyOwner::person("x"),
        KeyOwner::bucket("x"),
        KeyOwner::item("x", "x", "x"),
        KeyOwner::index("x"),
        KeyOwner::domain("x"),
    ];
    let owners: Vec<KeyOwner> = owners
        .into_iter()
        .flat_map(|owner| ["", "acme"].map(|tenant| owner.clone().of_tenant(tenant)))
        .collect();
    let ids: Vec<KeyId> =
        owners.iter().map(|owner| seal_as(&mut keys, &mut entropy, owner, None).unwrap()).collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 10);
    keys.erase(&owners[0], "asked", Some(0)).unwrap();
    for (owner, id) in owners.iter().zip(&ids).skip(1) {
        assert_eq!(open_as(&mut keys, owner, *id, None), Ok(*id), "v13: nobody else is touched");
    }
}

#[test]
fn one_batch_makes_each_key_once_in_the_order_of_the_requests() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let requests: Vec<Request> = ["b", "a", "b", "c", "a"]
        .iter()
        .map(|who| request(&KeyOwner::from(*who), None, None))
        .collect();
    let answers = keys.current(&requests, &mut KeyContext { now: Some(0), entropy: &mut entropy });
    let first: Vec<u8> =
        answers.iter().map(|answer| answer.as_ref().unwrap().secret.expose()[7]).collect();
    assert_eq!(first, [1, 2, 1, 3, 2]);
    assert_eq!(entropy.0, 3);
    let key = answers[0].as_ref().unwrap();
    assert!(key.erasable && key.expires.is_none());
}

#[test]
fn a_random_source_that_repeats_itself_gives_nobody_elses_and_no_destroyed_key() {
    let (mut keys, ada, bob) = (Keyring::memory(), KeyOwner::from("ada"), KeyOwner::from("bob"));
    current(&mut keys, &mut Stuck, request(&ada, None, None)).unwrap();
    assert_eq!(
        current(&mut keys, &mut Stuck, request(&bob, None, None)).unwrap_err().code,
        RefusalCode::Unavailable
    );
    keys.erase(&ada, "asked", Some(0)).unwrap();
    assert_eq!(
        current(&mut keys, &mut Stuck, request(&bob, None, None)).unwrap_err().code,
        RefusalCode::Unavailable
    );
    let mut stuck = KeyContext { now: Some(0), entropy: &mut Stuck };
    for failed in [
        keys.provision(&bob, &mut stuck),
        keys.rotate(&bob, Some(1), &mut stuck).map(drop),
        keys.reopen(&ada, &mut stuck),
    ] {
        assert_eq!(failed.unwrap_err().code, ErrorCode::Unavailable);
    }
    assert_eq!((keys.state(&bob), keys.state(&ada)), (KeyState::Never, KeyState::Erased));
    current(&mut keys, &mut Counter(0), request(&bob, None, None)).unwrap();
}

#[test]
fn nothing_printed_names_a_person_or_shows_a_key() {
    let (mut keys, mut entropy, ada) =
        (Keyring::memory(), Counter::default(), KeyOwner::from("ada-lovelace"));
    let answer = current(&mut keys, &mut entropy, request(&ada, None, None));
    keys.erase(&ada, "letter of ada-lovelace", Some(1)).unwrap();
    let (_, fingerprint) = keys.erasures(&ada)[0].destroyed[0];
    let refused = keys.restrict(&ada).unwrap_err();
    let printed =
        format!("{keys:?} {ada:?} {answer:?} {refused:?} {refused} {:?}", keys.erasures(&ada));
    assert!(!printed.contains("lovelace"), "{printed}");
    assert!(!printed.contains("0, 0, 0"), "no bytes of a key: {printed}");
    assert!(
        !printed.contains(&format!("{}, {}, {}", fingerprint[0], fingerprint[1], fingerprint[2])),
        "{printed}"
    );
}

#[test]
fn a_new_version_seals_and_older_ones_open_until_they_are_denied() {
    let (mut keys, mut entropy, ada, first) = in_state(KeyState::Live, true);
    let mut ids = vec![first.unwrap()];
    for version in 2..=5 {
        let mut host = KeyContext { now: Some(0), entropy: &mut entropy };
        let rotated = keys.rotate(&ada, None, &mut host).unwrap();
        assert_eq!(rotated.version, version);
        assert_eq!(rotated.to_json(), format!("{{\"version\":{version}}}"));
        ids.push(seal_as(&mut keys, &mut entropy, &ada, None).unwrap());
    }
    assert_eq!(
        ids.iter().collect::<std::collections::BTreeSet<_>>().len(),
        5,
        "each version has its own key"
    );
    assert_eq!(entropy.0, 5);
    let opens = |keys: &mut Keyring, purpose| -> Vec<_> {
        ids.iter().map(|id| open_as(keys, &ada, *id, purpose).map(drop)).collect()
    };
    assert_eq!(opens(&mut keys, None), [Ok(()); 5]);

    let denied = Err(RefusalCode::Denied);
    keys.rotate(&ada, Some(4), &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    assert_eq!(opens(&mut keys, None), [denied, denied, denied, Ok(()), Ok(())]);
    // A rotation that names none leaves it as it is; of several that do the last counts.
    keys.rotate(&ada, None, &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    assert_eq!(opens(&mut keys, None), [denied, denied, denied, Ok(()), Ok(())]);
    keys.rotate(&ada, Some(2), &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    assert_eq!(opens(&mut keys, None), [denied, Ok(()), Ok(()), Ok(()), Ok(())]);

    // Restriction is told before denial, and its exempt purposes open nothing that is denied.
    keys.restrict(&ada).unwrap();
    assert_eq!(opens(&mut keys, None), [Err(RefusalCode::Restricted); 5]);
    assert_eq!(opens(&mut keys, Some("legal_claims"))[..2], [denied, Ok(())]);
    keys.erase(&ada, "asked", Some(0)).unwrap();
    assert_eq!(opens(&mut keys, Some("storage")), [Err(RefusalCode::Erased); 5]);
}

#[test]
fn a_least_version_after_the_new_one_is_refused_and_changes_nothing() {
    let (mut keys, mut entropy, ada, id) = in_state(KeyState::Live, true);
    let failed = keys
        .rotate(&ada, Some(3), &mut KeyContext { now: Some(0), entropy: &mut entropy })
        .unwrap_err();
    assert_eq!((failed.code, entropy.0), (ErrorCode::Context, 1));
    assert_eq!(seal_as(&mut keys, &mut entropy, &ada, None).ok(), id);
    keys.rotate(&ada, Some(2), &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    assert_eq!(open_as(&mut keys, &ada, id.unwrap(), None), Err(RefusalCode::Denied));
    assert!(seal_as(&mut keys, &mut entropy, &ada, None).is_ok());
}

#[test]
fn who_returns_has_a_new_version_and_an_erasure_reaches_all_of_them() {
    let (mut keys, mut entropy, ada, first) = in_state(KeyState::Live, true);
    let mut gone = vec![first.unwrap()];
    for time in 0..3 {
        keys.rotate(&ada, None, &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
        gone.push(seal_as(&mut keys, &mut entropy, &ada, None).unwrap());
        keys.erase(&ada, "asked", Some(time)).unwrap();
        assert_eq!(
            seal_as(&mut keys, &mut entropy, &ada, None),
            Err(RefusalCode::Erased),
            "reopening is explicit"
        );
        assert_eq!(keys.erasures(&ada)[time as usize].destroyed.len(), 2);

        keys.reopen(&ada, &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
        assert_eq!(keys.state(&ada), KeyState::Reopened);
        let fresh = seal_as(&mut keys, &mut entropy, &ada, None).unwrap();
        assert_eq!(open_as(&mut keys, &ada, fresh, None), Ok(fresh));
        for id in &gone {
            assert_eq!(open_as(&mut keys, &ada, *id, None), Err(RefusalCode::Erased));
        }
        // As live: restricted and lifted.
        keys.restrict(&ada).unwrap();
        assert_eq!(keys.state(&ada), KeyState::Restricted);
        assert_eq!(
            open_as(&mut keys, &ada, gone[0], None),
            Err(RefusalCode::Erased),
            "erased is told before restricted"
        );
        assert_eq!(open_as(&mut keys, &ada, fresh, None), Err(RefusalCode::Restricted));
        keys.lift(&ada).unwrap();
        assert_eq!(keys.state(&ada), KeyState::Reopened);
        gone.push(fresh);
    }
}

fn bucket(tenant: &str, name: &str) -> KeyOwner {
    KeyOwner::bucket(name).of_tenant(tenant)
}

#[test]
fn due_are_the_buckets_in_use_whose_time_has_passed() {
    // 2037-01-01T00:00:00Z
    const PASSED: u64 = 2_114_380_800_000;
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let live = bucket("b", "contract/2036");
    let [restricted, reopened, destroyed, lifted] =
        ["restricted/2036", "reopened/2036", "destroyed/2036", "lifted/2036"]
            .map(|name| bucket("a", name));
    for used in [
        &live,
        &reopened,
        &destroyed,
        &bucket("", "contract/2037"),
        &bucket("", "contract"),
        &KeyOwner::from("contract/2036"),
    ] {
        seal_as(&mut keys, &mut entropy, used, None).unwrap();
    }
    keys.restrict(&restricted).unwrap();
    keys.restrict(&lifted).unwrap();
    keys.lift(&lifted).unwrap();
    keys.destroy(&destroyed, Destroy::Early, Some(0)).unwrap();
    keys.erase(&reopened, "a mistake", Some(0)).unwrap();
    keys.reopen(&reopened, &mut KeyContext { now: Some(0), entropy: &mut entropy }).unwrap();
    let drawn = entropy.0;
    assert_eq!(keys.due(PASSED - 1).unwrap(), []);
    let due = keys.due(PASSED).unwrap();
    assert!(due == [reopened, restricted, live.clone()], "sorted by tenant and name");
    assert!(
        keys.due(PASSED).unwrap() == due
            && keys.state(&live) == KeyState::Live
            && entropy.0 == drawn,
        "looking changes nothing"
    );
    assert_eq!(keys.due(LAST).unwrap().len(), 4, "contract/2037, too");
    for bucket in &due {
        keys.destroy(bucket, Destroy::WhenDue, Some(PASSED)).unwrap();
    }
    assert_eq!(keys.due(PASSED).unwrap(), []);
}

#[test]
fn what_was_destroyed_is_erased_for_sealing_and_opening() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let item = KeyOwner::item("orders", "7", "/note");
    for owner in [bucket("acme", "contract/2036-10"), item] {
        let id = seal_as(&mut keys, &mut entropy, &owner, None).unwrap();
        keys.destroy(&owner, Destroy::Early, Some(7)).unwrap();
        assert_eq!(seal_as(&mut keys, &mut entropy, &owner, None), Err(RefusalCode::Erased));
        assert_eq!(open_as(&mut keys, &owner, id, None), Err(RefusalCode::Erased));
    }
    assert_eq!(entropy.0, 2, "no silent new key");
}

/// A clock that counts microseconds stands 50,000 years from now. It ends no retention.
#[test]
fn a_clock_after_the_year_9999_changes_nothing() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let (contract, item) =
        (bucket("", "contract/9999-12-30"), KeyOwner::item("orders", "7", "/note"));
    for owner in [&contract, &item, &"ada".into()] {
        seal_as(&mut keys, &mut entropy, owner, None).unwrap();
    }
    for late in [LAST + 1, 1_795_339_800_000_000, u64::MAX] {
        let refused = [
            keys.destroy(&contract, Destroy::WhenDue, Some(late)).unwrap_err(),
            keys.destroy(&contract, Destroy::Early, Some(late)).unwrap_err(),
            keys.destroy(&item, Destroy::WhenDue, Some(late)).unwrap_err(),
            keys.erase(&"ada".into(), "case 1", Some(late)).unwrap_err(),
            keys.due(late).unwrap_err(),
            fieldseal::operations::moment(None, Some(late)).unwrap_err(),
        ];
        assert!(refused.iter().all(|error| error.code == ErrorCode::Context), "{refused:?}");
    }
    for owner in [&contract, &item, &"ada".into()] {
        assert_eq!(keys.state(owner), KeyState::Live);
    }
    assert_eq!(keys.due(LAST).unwrap(), std::slice::from_ref(&contract));
    let erased = keys.destroy(&contract, Destroy::WhenDue, Some(LAST)).unwrap();
    assert_eq!((erased.destroyed.len(), erased.at), (1, Some(LAST)));
}

/// A random source that never filled its buffer gives a key that everybody knows.
#[test]
fn zeros_make_no_key() {
    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&mut self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }
    let (mut keys, ada) = (Keyring::memory(), KeyOwner::person("ada"));
    let refusal = current(&mut keys, &mut Zeros, request(&ada, None, None)).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Unavailable);
    let host = &mut KeyContext { now: None, entropy: &mut Zeros };
    assert_eq!(keys.provision(&ada, host).unwrap_err().code, ErrorCode::Unavailable);
    assert_eq!(keys.rotate(&ada, None, host).unwrap_err().code, ErrorCode::Unavailable);
    assert_eq!(keys.state(&ada), KeyState::Never);
    // Nothing was recorded: the next key is the first version.
    seal_as(&mut keys, &mut Counter::default(), &ada, None).unwrap();
    keys.rotate(&ada, Some(3), &mut KeyContext { now: None, entropy: &mut Counter(9) })
        .unwrap_err();
}

/// An erasure without a time has that of the system's clock, if it can be read.
#[cfg(feature = "std")]
#[test]
fn an_erasure_without_a_time_has_that_of_the_systems_clock() {
    let now = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        u64::try_from(since.as_millis()).unwrap()
    };
    let (mut keys, ada, item) =
        (Keyring::memory(), KeyOwner::person("ada"), KeyOwner::item("f", "r", "/f"));
    let before = now();
    let erased = keys.erase(&ada, "asked", None).unwrap();
    let destroyed = keys.destroy(&item, Destroy::WhenDue, None).unwrap();
    // A bucket is due by the same clock.
    keys.destroy(&KeyOwner::bucket("contract/2000"), Destroy::WhenDue, None).unwrap();
    let later = KeyOwner::bucket("contract/9000");
    let refused = keys.destroy(&later, Destroy::WhenDue, None).unwrap_err();
    let after = now();
    for at in [erased.at, destroyed.at, keys.erasures(&ada)[0].at] {
        assert!((before..=after).contains(&at.unwrap()), "{at:?}");
    }
    assert_eq!((refused.code, keys.state(&later)), (ErrorCode::Context, KeyState::Never));
    assert_eq!(keys.erase(&ada, "again", Some(7)).unwrap(), erased);
}
