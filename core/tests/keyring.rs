//! The keyring: every state, verb and purpose in a table, and long random lives against a naive model.
//! V-10, V-13, V-25; scenarios: write after erase, erase where no key existed, same id and different kind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;

use fieldseal::keys::{Keyring, Reference, State};
use fieldseal::{Answer, Entropy, ErrorCode, Host, KeyId, KeySource, Kind, Operation, Refusal, Request};

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
        operation: if id.is_some() { Operation::Open } else { Operation::Seal },
        purpose: purpose.map(str::to_owned),
        caller: None,
        id,
    }
}

fn current(keys: &mut Keyring, entropy: &mut dyn Entropy, request: Request) -> Answer {
    let mut answers = keys.current(&[request], &mut Host { now: 0, entropy });
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn by_id(keys: &mut Keyring, request: Request) -> Answer {
    let mut answers = keys.by_id(&[request], 0);
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn seal_as(keys: &mut Keyring, entropy: &mut Counter, who: &Reference, purpose: Option<&str>) -> Result<KeyId, Refusal> {
    current(keys, entropy, request(who, purpose, None)).map(|key| key.id)
}

fn open_as(keys: &mut Keyring, who: &Reference, id: KeyId, purpose: Option<&str>) -> Result<KeyId, Refusal> {
    by_id(keys, request(who, purpose, Some(id))).map(|key| key.id)
}

/// A keyring in which `ada` is in a state, and the id of the key that she had first, if she had one.
fn in_state(state: State, with_key: bool) -> (Keyring, Counter, Reference, Option<KeyId>) {
    let (mut keys, mut entropy, ada) = (Keyring::memory(), Counter::default(), Reference::from("ada"));
    let id = with_key.then(|| seal_as(&mut keys, &mut entropy, &ada, None).unwrap());
    match state {
        State::Restricted => keys.restrict(&ada).unwrap(),
        State::Erased => keys.erase(&ada, "asked", 5).unwrap(),
        _ => {}
    }
    assert_eq!(keys.state(&ada), state);
    (keys, entropy, ada, id)
}

const STARTS: [(State, bool); 6] = [
    (State::Never, false),
    (State::Live, true),
    (State::Restricted, false),
    (State::Restricted, true),
    (State::Erased, false),
    (State::Erased, true),
];

const PURPOSES: [Option<&str>; 6] = [None, Some("storage"), Some("legal_claims"), Some("Storage"), Some("storage "), Some("marketing")];

#[test]
fn v10_sealing_by_state_and_purpose() {
    for (state, with_key) in STARTS {
        for purpose in PURPOSES {
            let (mut keys, mut entropy, ada, id) = in_state(state, with_key);
            let expected = match (state, purpose) {
                (State::Erased, _) => Err(Refusal::Erased),
                (State::Restricted, Some("storage")) | (State::Never | State::Live, _) => Ok(()),
                _ => Err(Refusal::Restricted),
            };
            let answer = seal_as(&mut keys, &mut entropy, &ada, purpose);
            assert_eq!(answer.map(drop), expected, "{state:?} {with_key} {purpose:?}");
            if let (Ok(sealed), Some(id)) = (answer, id) {
                assert_eq!(sealed, id, "the key that there was");
            }
            let made = u64::from(with_key || expected.is_ok());
            assert_eq!(entropy.0, made, "32 bytes for a key that is made, none else");
            let after = if state == State::Never { State::Live } else { state };
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
                (_, State::Erased, _) => Err(Refusal::Erased),
                (_, State::Live, _) | (_, State::Restricted, Some("storage" | "legal_claims")) => Ok(()),
                _ => Err(Refusal::Restricted),
            };
            let answer = open_as(&mut keys, &ada, id.unwrap_or(KeyId([9; 16])), purpose);
            assert_eq!(answer.map(drop), expected, "{state:?} {with_key} {purpose:?}");
            assert_eq!(open_as(&mut keys, &ada, KeyId([9; 16]), purpose), Err(Refusal::NotFound), "an unknown id");
        }
    }
}

#[test]
fn verbs_by_state() {
    let erased = Err(ErrorCode::Erased);
    for (state, with_key) in STARTS {
        let case = format!("{state:?} {with_key}");

        let (mut keys, mut entropy, ada, _) = in_state(state, with_key);
        let outcome = keys.provision(&ada, &mut Host { now: 0, entropy: &mut entropy }).map_err(|error| error.code);
        let (expected, after) = match state {
            State::Erased => (erased, State::Erased),
            State::Restricted => (Ok(()), State::Restricted),
            _ => (Ok(()), State::Live),
        };
        assert_eq!((outcome, keys.state(&ada)), (expected, after), "provision {case}");
        assert_eq!(entropy.0, u64::from(with_key || expected.is_ok()), "provision {case}");

        let (mut keys, _, ada, _) = in_state(state, with_key);
        let outcome = keys.restrict(&ada).map_err(|error| error.code);
        let (expected, after) = match state {
            State::Erased => (erased, State::Erased),
            _ => (Ok(()), State::Restricted),
        };
        assert_eq!((outcome, keys.state(&ada)), (expected, after), "restrict {case}");

        let (mut keys, _, ada, id) = in_state(state, with_key);
        let outcome = keys.lift(&ada).map_err(|error| error.code);
        let (expected, after) = match state {
            State::Erased => (erased, State::Erased),
            _ if with_key => (Ok(()), State::Live),
            _ => (Ok(()), State::Never),
        };
        assert_eq!((outcome, keys.state(&ada)), (expected, after), "lift {case}");
        if let (Some(id), Ok(())) = (id, expected) {
            assert_eq!(open_as(&mut keys, &ada, id, None), Ok(id), "lift {case}: what was sealed opens again");
        }

        let (mut keys, _, ada, id) = in_state(state, with_key);
        keys.erase(&ada, "later", 6).unwrap();
        keys.erase(&ada, "again", 7).unwrap();
        assert_eq!(keys.state(&ada), State::Erased, "erase {case}");
        let erasure = keys.erasure(&ada).unwrap();
        let first = if state == State::Erased { (5, "asked") } else { (6, "later") };
        assert_eq!((erasure.at, erasure.reason.as_str()), first, "erase {case}: the first counts");
        assert_eq!(erasure.destroyed.map(|(id, _)| id), id, "erase {case}");
    }
}

#[test]
fn an_empty_reference_is_refused_by_every_verb() {
    let (mut keys, mut entropy, nobody) = (Keyring::memory(), Counter::default(), Reference::from(""));
    let mut host = Host { now: 0, entropy: &mut entropy };
    let outcomes = [keys.provision(&nobody, &mut host), keys.restrict(&nobody), keys.lift(&nobody), keys.erase(&nobody, "asked", 0)];
    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::Context);
    }
    assert_eq!(keys.state(&nobody), State::Never);
    assert_eq!(current(&mut keys, &mut entropy, request(&nobody, None, None)).unwrap_err(), Refusal::NotFound);
    let unnamed = Request { reference: None, ..request(&nobody, None, None) };
    assert_eq!(current(&mut keys, &mut entropy, unnamed).unwrap_err(), Refusal::NotFound);
    assert_eq!(entropy.0, 0);
}

#[test]
fn a_key_is_found_only_by_its_own_kind_tenant_reference_and_id() {
    for erased in [false, true] {
        let (mut keys, mut entropy, ada) = (Keyring::memory(), Counter::default(), Reference::from("ada").of_tenant("acme"));
        let id = seal_as(&mut keys, &mut entropy, &ada, None).unwrap();
        let other = seal_as(&mut keys, &mut entropy, &Reference::from("bob").of_tenant("acme"), None).unwrap();
        if erased {
            keys.erase(&ada, "asked", 0).unwrap();
        }
        let own = request(&ada, None, Some(id));
        let expected = if erased { Err(Refusal::Erased) } else { Ok(id) };
        assert_eq!(by_id(&mut keys, own.clone()).map(|key| key.id), expected);
        let unbound = Request { reference: None, ..own.clone() };
        assert_eq!(by_id(&mut keys, unbound).map(|key| key.id), expected, "a subject that is not bound");
        let strangers = [
            Request { kind: Kind::Retention, ..own.clone() },
            Request { kind: Kind::Item, ..own.clone() },
            Request { kind: Kind::Retention, reference: None, ..own.clone() },
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
    for (kind, found) in [(Kind::Retention, true), (Kind::Item, false), (Kind::Index, false), (Kind::Pseudonym, false)] {
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
    let kinds = [Kind::Subject, Kind::Retention, Kind::Item, Kind::Index, Kind::Pseudonym];
    let owners: Vec<Reference> =
        kinds.iter().flat_map(|&kind| ["", "acme"].map(|tenant| Reference { kind, tenant: tenant.to_owned(), reference: "x".to_owned() })).collect();
    let ids: Vec<KeyId> = owners.iter().map(|owner| seal_as(&mut keys, &mut entropy, owner, None).unwrap()).collect();
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
    let requests: Vec<Request> = ["b", "a", "b", "c", "a"].iter().map(|who| request(&Reference::from(*who), None, None)).collect();
    let answers = keys.current(&requests, &mut Host { now: 0, entropy: &mut entropy });
    let first: Vec<u8> = answers.iter().map(|answer| answer.as_ref().unwrap().secret.expose()[7]).collect();
    assert_eq!(first, [1, 2, 1, 3, 2]);
    assert_eq!(entropy.0, 3);
    let key = answers[0].as_ref().unwrap();
    assert!(key.erasable && key.expires.is_none());
}

#[test]
fn a_random_source_that_repeats_itself_gives_nobody_elses_and_no_destroyed_key() {
    let (mut keys, ada, bob) = (Keyring::memory(), Reference::from("ada"), Reference::from("bob"));
    current(&mut keys, &mut Stuck, request(&ada, None, None)).unwrap();
    assert_eq!(current(&mut keys, &mut Stuck, request(&bob, None, None)).unwrap_err(), Refusal::Unavailable);
    keys.erase(&ada, "asked", 0).unwrap();
    assert_eq!(current(&mut keys, &mut Stuck, request(&bob, None, None)).unwrap_err(), Refusal::Unavailable);
    let failed = keys.provision(&bob, &mut Host { now: 0, entropy: &mut Stuck }).unwrap_err();
    assert_eq!(failed.code, ErrorCode::Unavailable);
    assert_eq!(keys.state(&bob), State::Never);
    current(&mut keys, &mut Counter(0), request(&bob, None, None)).unwrap();
}

#[test]
fn nothing_printed_names_a_person_or_shows_a_key() {
    let (mut keys, mut entropy, ada) = (Keyring::memory(), Counter::default(), Reference::from("ada-lovelace"));
    let answer = current(&mut keys, &mut entropy, request(&ada, None, None));
    keys.erase(&ada, "letter of ada-lovelace", 1).unwrap();
    let (_, fingerprint) = keys.erasure(&ada).unwrap().destroyed.unwrap();
    let refused = keys.restrict(&ada).unwrap_err();
    let printed = format!("{keys:?} {ada:?} {answer:?} {refused:?} {refused} {:?}", keys.erasure(&ada));
    assert!(!printed.contains("lovelace"), "{printed}");
    assert!(!printed.contains("0, 0, 0"), "no bytes of a key: {printed}");
    assert!(!printed.contains(&format!("{}, {}, {}", fingerprint[0], fingerprint[1], fingerprint[2])), "{printed}");
}

/// What the states mean, as flags that a reader can check: no state machine, no shared code.
#[derive(Clone, Default)]
struct Naive {
    key: Option<KeyId>,
    restricted: bool,
    erased: bool,
}

#[test]
fn v13_long_random_lives_agree_with_a_naive_model() {
    let purposes = [None, Some("storage"), Some("legal_claims"), Some("billing")];
    let owners: Vec<Reference> = (0..24)
        .map(|n| Reference {
            kind: [Kind::Subject, Kind::Retention][n % 2],
            tenant: ["", "t"][n / 2 % 2].to_owned(),
            reference: format!("{}", n / 4),
        })
        .collect();
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for life in 0..40_u64 {
        let mut random = 0x9e37_79b9_7f4a_7c15 ^ life.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mut draw = |below: usize| {
            // xorshift64*
            random ^= random >> 12;
            random ^= random << 25;
            random ^= random >> 27;
            (random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
        };
        let (mut keys, mut entropy) = (Keyring::memory(), Counter::default());
        let mut model = vec![Naive::default(); owners.len()];
        for step in 0..1_000 {
            let who = draw(owners.len());
            let (owner, purpose) = (&owners[who], purposes[draw(purposes.len())]);
            let drawn = entropy.0;
            let naive = &mut model[who];
            let outcome = match draw(12) {
                0..4 => {
                    let expected = if naive.erased {
                        Err(Refusal::Erased)
                    } else if naive.restricted && purpose != Some("storage") {
                        Err(Refusal::Restricted)
                    } else {
                        Ok(())
                    };
                    let answer = seal_as(&mut keys, &mut entropy, owner, purpose);
                    assert_eq!(answer.map(drop), expected, "life {life} step {step}");
                    assert_eq!(entropy.0 - drawn, u64::from(expected.is_ok() && naive.key.is_none()));
                    if let Ok(id) = answer {
                        assert_eq!(*naive.key.get_or_insert(id), id, "one key for ever");
                    }
                    if expected.is_ok() { "sealed" } else { "refused to seal" }
                }
                4..8 => {
                    // The key of anybody, asked for as `owner`.
                    let whose = if draw(3) == 0 { draw(owners.len()) } else { who };
                    let Some(id) = model[whose].key else { continue };
                    let naive = &model[whose];
                    let expected = if whose != who {
                        Err(Refusal::NotFound)
                    } else if naive.erased {
                        Err(Refusal::Erased)
                    } else if naive.restricted && !matches!(purpose, Some("storage" | "legal_claims")) {
                        Err(Refusal::Restricted)
                    } else {
                        Ok(id)
                    };
                    assert_eq!(open_as(&mut keys, owner, id, purpose), expected, "life {life} step {step}");
                    if expected.is_ok() { "opened" } else { "refused to open" }
                }
                8 => {
                    let expected = if naive.erased { Err(ErrorCode::Erased) } else { Ok(()) };
                    assert_eq!(keys.restrict(owner).map_err(|error| error.code), expected);
                    naive.restricted |= !naive.erased;
                    "restricted"
                }
                9 => {
                    let expected = if naive.erased { Err(ErrorCode::Erased) } else { Ok(()) };
                    assert_eq!(keys.lift(owner).map_err(|error| error.code), expected);
                    naive.restricted &= naive.erased;
                    "lifted"
                }
                10 => {
                    let expected = if naive.erased { Err(ErrorCode::Erased) } else { Ok(()) };
                    let mut host = Host { now: 0, entropy: &mut entropy };
                    assert_eq!(keys.provision(owner, &mut host).map_err(|error| error.code), expected);
                    if !naive.erased && naive.key.is_none() {
                        naive.key = Some(seal_as(&mut keys, &mut entropy, owner, Some("storage")).unwrap());
                        assert_eq!(entropy.0 - drawn, 1);
                    }
                    "provisioned"
                }
                // Rare, or nobody would live long.
                _ if draw(4) == 0 => {
                    keys.erase(owner, "asked", step).unwrap();
                    naive.erased = true;
                    "erased"
                }
                _ => "idle",
            };
            *seen.entry(outcome).or_default() += 1;
            let naive = &model[who];
            let state = match (naive.erased, naive.restricted, naive.key) {
                (true, ..) => State::Erased,
                (_, true, _) => State::Restricted,
                (_, _, Some(_)) => State::Live,
                _ => State::Never,
            };
            assert_eq!(keys.state(owner), state, "life {life} step {step}");
        }
    }
    for outcome in ["sealed", "refused to seal", "opened", "refused to open", "restricted", "lifted", "provisioned", "erased"] {
        assert!(seen.get(outcome).is_some_and(|times| *times > 100), "{outcome}: {seen:?}");
    }
}
