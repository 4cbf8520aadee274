//! The keyring: every state, verb and purpose in a table. `lives.rs` has the long random lives.
//! V-10, V-13, V-25; scenarios: write after erase, erase where no key existed, erase then allow
//! then write, same id and different kind.

use fieldseal::keyring::{KeyState, Keyring};
use fieldseal::keys::Reference;
use fieldseal::{
    Answer, Entropy, ErrorCode, KeyContext, KeyId, KeyKind, KeySource, KeyUse, Refusal, Request,
};

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

fn request(owner: &Reference, purpose: Option<&str>, id: Option<KeyId>) -> Request {
    Request {
        kind: owner.kind,
        reference: Some(owner.reference.clone()),
        tenant: owner.tenant.clone(),
        operation: if id.is_some() { KeyUse::Open } else { KeyUse::Seal },
        purpose: purpose.map(str::to_owned),
        caller: None,
        id,
    }
}

fn current(keys: &mut Keyring, entropy: &mut dyn Entropy, request: Request) -> Answer {
    let mut answers = keys.current(&[request], &mut KeyContext { now: 0, entropy });
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn by_id(keys: &mut Keyring, request: Request) -> Answer {
    let mut answers = keys.by_id(&[request], 0);
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn seal_as(
    keys: &mut Keyring,
    entropy: &mut Counter,
    who: &Reference,
    purpose: Option<&str>,
) -> Result<KeyId, Refusal> {
    current(keys, entropy, request(who, purpose, None)).map(|key| key.id)
}

fn open_as(
    keys: &mut Keyring,
    who: &Reference,
    id: KeyId,
    purpose: Option<&str>,
) -> Result<KeyId, Refusal> {
    by_id(keys, request(who, purpose, Some(id))).map(|key| key.id)
}

/// A keyring in which `ada` is in a state, and the id of the key that she had first, if she had
/// one.
fn in_state(state: KeyState, with_key: bool) -> (Keyring, Counter, Reference, Option<KeyId>) {
    let (mut keys, mut entropy, ada) =
        (Keyring::memory(), Counter::default(), Reference::from("ada"));
    let id = with_key.then(|| seal_as(&mut keys, &mut entropy, &ada, None).unwrap());
    match state {
        KeyState::Restricted => keys.restrict(&ada).unwrap(),
        KeyState::Erased => keys.erase(&ada, "asked", 5).unwrap(),
        KeyState::Reopened => {
            keys.erase(&ada, "asked", 5).unwrap();
            keys.reopen(&ada, &mut KeyContext { now: 6, entropy: &mut entropy }).unwrap();
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
                (KeyState::Erased, _) => Err(Refusal::Erased),
                (KeyState::Restricted, Some("storage"))
                | (KeyState::Never | KeyState::Live | KeyState::Reopened, _) => Ok(()),
                _ => Err(Refusal::Restricted),
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
                (None, ..) => Err(Refusal::NotFound),
                (_, KeyState::Erased | KeyState::Reopened, _) => Err(Refusal::Erased),
                (_, KeyState::Live, _)
                | (_, KeyState::Restricted, Some("storage" | "legal_claims")) => Ok(()),
                _ => Err(Refusal::Restricted),
            };
            let answer = open_as(&mut keys, &ada, id.unwrap_or(KeyId([9; 16])), purpose);
            assert_eq!(answer.map(drop), expected, "{state:?} {with_key} {purpose:?}");
            assert_eq!(
                open_as(&mut keys, &ada, KeyId([9; 16]), purpose),
                Err(Refusal::NotFound),
                "an unknown id"
            );
        }
    }
}

/// What a verb of a keyring does to a person in a state: its outcome, the state afterwards, and how
/// many keys it made.
fn after(
    (state, with_key): (KeyState, bool),
    verb: impl FnOnce(&mut Keyring, &Reference, &mut KeyContext<'_>) -> Result<(), fieldseal::Error>,
) -> (Result<(), ErrorCode>, KeyState, u64) {
    let (mut keys, mut entropy, ada, _) = in_state(state, with_key);
    let before = entropy.0;
    let outcome = verb(&mut keys, &ada, &mut KeyContext { now: 9, entropy: &mut entropy })
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
            after(start, |keys, ada, host| keys.rotate(ada, None, host)),
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
            after(start, |keys, ada, _| keys.erase(ada, "asked", 9)),
            expected,
            "erase {start:?}"
        );
        assert_eq!(
            after(start, |keys, ada, _| keys.destroy(ada, 9)),
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
        let (mut keys, _, ada, id) = in_state(state, with_key);
        let before = keys.erasures(&ada).len();
        keys.erase(&ada, "later", 6).unwrap();
        keys.erase(&ada, "again", 7).unwrap();
        keys.destroy(&ada, 8).unwrap();
        let erasures = keys.erasures(&ada);
        assert_eq!(
            erasures.len(),
            if state == KeyState::Erased { 1 } else { before + 1 },
            "{state:?}"
        );
        let (first, last) = (erasures.first().unwrap(), erasures.last().unwrap());
        let told = if state == KeyState::Erased { (5, Some("asked")) } else { (6, Some("later")) };
        assert_eq!((last.at, last.reason.as_deref()), told, "{state:?}");
        assert_eq!(
            first.destroyed.first().map(|(id, _)| *id),
            if state == KeyState::Reopened && !with_key { None } else { id },
            "{state:?}"
        );
    }
    let (mut keys, _, ada, id) = in_state(KeyState::Live, true);
    assert!(keys.erasures(&ada).is_empty() && keys.erasures(&Reference::from("bob")).is_empty());
    keys.destroy(&ada, 6).unwrap();
    let erasure = keys.erasures(&ada).first().unwrap();
    assert_eq!((erasure.at, &erasure.reason, erasure.destroyed[0].0), (6, &None, id.unwrap()));
}

#[test]
fn an_empty_reference_is_refused_by_every_verb() {
    let (mut keys, mut entropy, nobody) =
        (Keyring::memory(), Counter::default(), Reference::from(""));
    let mut host = KeyContext { now: 0, entropy: &mut entropy };
    let outcomes = [
        keys.provision(&nobody, &mut host),
        keys.rotate(&nobody, None, &mut host),
        keys.reopen(&nobody, &mut host),
        keys.restrict(&nobody),
        keys.lift(&nobody),
        keys.erase(&nobody, "asked", 0),
        keys.destroy(&nobody, 0),
    ];
    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::Context);
    }
    assert_eq!(keys.state(&nobody), KeyState::Never);
    assert_eq!(
        current(&mut keys, &mut entropy, request(&nobody, None, None)).unwrap_err(),
        Refusal::NotFound
    );
    let unnamed = Request { reference: None, ..request(&nobody, None, None) };
    assert_eq!(current(&mut keys, &mut entropy, unnamed).unwrap_err(), Refusal::NotFound);
    assert_eq!(entropy.0, 0);
}

#[test]
fn a_key_is_found_only_by_its_own_kind_tenant_reference_and_id() {
    for erased in [false, true] {
        let (mut keys, mut entropy, ada) =
            (Keyring::memory(), Counter::default(), Reference::from("ada").of_tenant("acme"));
        let id = seal_as(&mut keys, &mut entropy, &ada, None).unwrap();
        let other =
            seal_as(&mut keys, &mut entropy, &Reference::from("bob").of_tenant("acme"), None)
                .unwrap();
        if erased {
            keys.erase(&ada, "asked", 0).unwrap();
        }
        let own = request(&ada, None, Some(id));
        let expected = if erased { Err(Refusal::Erased) } else { Ok(id) };
        assert_eq!(by_id(&mut keys, own.clone()).map(|key| key.id), expected);
        let unbound = Request { reference: None, ..own.clone() };
        assert_eq!(
            by_id(&mut keys, unbound).map(|key| key.id),
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
            assert_eq!(by_id(&mut keys, stranger).unwrap_err(), Refusal::NotFound);
        }
    }
}

#[test]
fn retention_buckets_open_by_id_alone_and_items_do_not() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    for (kind, found) in [
        (KeyKind::Retention, true),
        (KeyKind::Item, false),
        (KeyKind::Index, false),
        (KeyKind::Pseudonym, false),
    ] {
        let owner = Reference { kind, tenant: String::new(), reference: "x".to_owned() };
        let id = seal_as(&mut keys, &mut entropy, &owner, None).unwrap();
        assert_eq!(open_as(&mut keys, &owner, id, None), Ok(id));
        let unnamed = Request { reference: None, ..request(&owner, None, Some(id)) };
        assert_eq!(by_id(&mut keys, unnamed).is_ok(), found, "{kind:?}");
    }
}

#[test]
fn the_same_reference_under_another_kind_or_tenant_is_another_key() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let kinds =
        [KeyKind::Subject, KeyKind::Retention, KeyKind::Item, KeyKind::Index, KeyKind::Pseudonym];
    let owners: Vec<Reference> = kinds
        .iter()
        .flat_map(|&kind| {
            ["", "acme"].map(|tenant| Reference {
                kind,
                tenant: tenant.to_owned(),
                reference: "x".to_owned(),
            })
        })
        .collect();
    let ids: Vec<KeyId> =
        owners.iter().map(|owner| seal_as(&mut keys, &mut entropy, owner, None).unwrap()).collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 10);
    keys.erase(&owners[0], "asked", 0).unwrap();
    for (owner, id) in owners.iter().zip(&ids).skip(1) {
        assert_eq!(open_as(&mut keys, owner, *id, None), Ok(*id), "v13: nobody else is touched");
    }
}

#[test]
fn one_batch_makes_each_key_once_in_the_order_of_the_requests() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let requests: Vec<Request> = ["b", "a", "b", "c", "a"]
        .iter()
        .map(|who| request(&Reference::from(*who), None, None))
        .collect();
    let answers = keys.current(&requests, &mut KeyContext { now: 0, entropy: &mut entropy });
    let first: Vec<u8> =
        answers.iter().map(|answer| answer.as_ref().unwrap().secret.expose()[7]).collect();
    assert_eq!(first, [1, 2, 1, 3, 2]);
    assert_eq!(entropy.0, 3);
    let key = answers[0].as_ref().unwrap();
    assert!(key.erasable && key.expires.is_none());
}

#[test]
fn a_random_source_that_repeats_itself_gives_nobody_elses_and_no_destroyed_key() {
    let (mut keys, ada, bob) = (Keyring::memory(), Reference::from("ada"), Reference::from("bob"));
    current(&mut keys, &mut Stuck, request(&ada, None, None)).unwrap();
    assert_eq!(
        current(&mut keys, &mut Stuck, request(&bob, None, None)).unwrap_err(),
        Refusal::Unavailable
    );
    keys.erase(&ada, "asked", 0).unwrap();
    assert_eq!(
        current(&mut keys, &mut Stuck, request(&bob, None, None)).unwrap_err(),
        Refusal::Unavailable
    );
    let mut stuck = KeyContext { now: 0, entropy: &mut Stuck };
    for failed in [
        keys.provision(&bob, &mut stuck),
        keys.rotate(&bob, Some(1), &mut stuck),
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
        (Keyring::memory(), Counter::default(), Reference::from("ada-lovelace"));
    let answer = current(&mut keys, &mut entropy, request(&ada, None, None));
    keys.erase(&ada, "letter of ada-lovelace", 1).unwrap();
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
    for _ in 0..4 {
        keys.rotate(&ada, None, &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
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

    let denied = Err(Refusal::Denied);
    keys.rotate(&ada, Some(4), &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
    assert_eq!(opens(&mut keys, None), [denied, denied, denied, Ok(()), Ok(())]);
    // A rotation that names none leaves it as it is; of several that do the last counts.
    keys.rotate(&ada, None, &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
    assert_eq!(opens(&mut keys, None), [denied, denied, denied, Ok(()), Ok(())]);
    keys.rotate(&ada, Some(2), &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
    assert_eq!(opens(&mut keys, None), [denied, Ok(()), Ok(()), Ok(()), Ok(())]);

    // Restriction is told before denial, and its exempt purposes open nothing that is denied.
    keys.restrict(&ada).unwrap();
    assert_eq!(opens(&mut keys, None), [Err(Refusal::Restricted); 5]);
    assert_eq!(opens(&mut keys, Some("legal_claims"))[..2], [denied, Ok(())]);
    keys.erase(&ada, "asked", 0).unwrap();
    assert_eq!(opens(&mut keys, Some("storage")), [Err(Refusal::Erased); 5]);
}

#[test]
fn a_least_version_after_the_new_one_is_refused_and_changes_nothing() {
    let (mut keys, mut entropy, ada, id) = in_state(KeyState::Live, true);
    let failed =
        keys.rotate(&ada, Some(3), &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap_err();
    assert_eq!((failed.code, entropy.0), (ErrorCode::Context, 1));
    assert_eq!(seal_as(&mut keys, &mut entropy, &ada, None).ok(), id);
    keys.rotate(&ada, Some(2), &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
    assert_eq!(open_as(&mut keys, &ada, id.unwrap(), None), Err(Refusal::Denied));
    assert!(seal_as(&mut keys, &mut entropy, &ada, None).is_ok());
}

#[test]
fn who_returns_has_a_new_version_and_an_erasure_reaches_all_of_them() {
    let (mut keys, mut entropy, ada, first) = in_state(KeyState::Live, true);
    let mut gone = vec![first.unwrap()];
    for time in 0..3 {
        keys.rotate(&ada, None, &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
        gone.push(seal_as(&mut keys, &mut entropy, &ada, None).unwrap());
        keys.erase(&ada, "asked", time).unwrap();
        assert_eq!(
            seal_as(&mut keys, &mut entropy, &ada, None),
            Err(Refusal::Erased),
            "reopening is explicit"
        );
        assert_eq!(keys.erasures(&ada)[time as usize].destroyed.len(), 2);

        keys.reopen(&ada, &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
        assert_eq!(keys.state(&ada), KeyState::Reopened);
        let fresh = seal_as(&mut keys, &mut entropy, &ada, None).unwrap();
        assert_eq!(open_as(&mut keys, &ada, fresh, None), Ok(fresh));
        for id in &gone {
            assert_eq!(open_as(&mut keys, &ada, *id, None), Err(Refusal::Erased));
        }
        // As live: restricted and lifted.
        keys.restrict(&ada).unwrap();
        assert_eq!(keys.state(&ada), KeyState::Restricted);
        assert_eq!(
            open_as(&mut keys, &ada, gone[0], None),
            Err(Refusal::Erased),
            "erased is told before restricted"
        );
        assert_eq!(open_as(&mut keys, &ada, fresh, None), Err(Refusal::Restricted));
        keys.lift(&ada).unwrap();
        assert_eq!(keys.state(&ada), KeyState::Reopened);
        gone.push(fresh);
    }
}

fn bucket(tenant: &str, name: &str) -> Reference {
    Reference { kind: KeyKind::Retention, tenant: tenant.to_owned(), reference: name.to_owned() }
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
        &Reference::from("contract/2036"),
    ] {
        seal_as(&mut keys, &mut entropy, used, None).unwrap();
    }
    keys.restrict(&restricted).unwrap();
    keys.restrict(&lifted).unwrap();
    keys.lift(&lifted).unwrap();
    keys.destroy(&destroyed, 0).unwrap();
    keys.erase(&reopened, "a mistake", 0).unwrap();
    keys.reopen(&reopened, &mut KeyContext { now: 0, entropy: &mut entropy }).unwrap();
    let drawn = entropy.0;
    assert_eq!(keys.due(PASSED - 1), []);
    let due = keys.due(PASSED);
    assert!(due == [reopened, restricted, live.clone()], "sorted by tenant and name");
    assert!(
        keys.due(PASSED) == due && keys.state(&live) == KeyState::Live && entropy.0 == drawn,
        "looking changes nothing"
    );
    assert_eq!(keys.due(u64::MAX).len(), 4, "contract/2037, too");
    for bucket in &due {
        keys.destroy(bucket, PASSED).unwrap();
    }
    assert_eq!(keys.due(PASSED), []);
}

#[test]
fn what_was_destroyed_is_erased_for_sealing_and_opening() {
    let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
    let item = Reference { kind: KeyKind::Item, ..Reference::from("[\"orders\",\"7\",\"/note\"]") };
    for owner in [bucket("acme", "contract/2036-10"), item] {
        let id = seal_as(&mut keys, &mut entropy, &owner, None).unwrap();
        keys.destroy(&owner, 7).unwrap();
        assert_eq!(seal_as(&mut keys, &mut entropy, &owner, None), Err(Refusal::Erased));
        assert_eq!(open_as(&mut keys, &owner, id, None), Err(Refusal::Erased));
    }
    assert_eq!(entropy.0, 2, "no silent new key");
}
