//! Compares the cache with a plain list, and tests the reach of evictions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::keys::{Key, KeyKind, KeyUse, Secret};

fn request(number: u8) -> Request {
    let text = |bit: u8, text: &str| (number >> bit & 1 == 1).then(|| text.to_owned());
    Request {
        kind: if number & 1 == 1 { KeyKind::Subject } else { KeyKind::Retention },
        reference: text(1, "r"),
        tenant: text(2, "t").unwrap_or_default(),
        operation: match number >> 3 & 0b10001 {
            0 => KeyUse::Open,
            1 => KeyUse::Seal,
            _ => KeyUse::Reseal,
        },
        purpose: text(4, "p"),
        caller: text(5, "c"),
        origin: None,
        consents: Vec::new(),
        id: (number & 64 == 64).then_some(KeyId([number; 16])),
    }
}

fn key(number: u64, expires: Option<u64>) -> Key {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Key { expires, ..Key::new(KeyId(id), Secret::new([1; 32])) }
}

#[derive(Clone, Debug)]
enum Step {
    Get(u8, u64),
    /// Time since the question, and remaining lifetime of the key.
    Put(u8, u64, u64, Option<u64>),
    Evict(bool),
    /// The clock of a call lies back by this time.
    Back(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<u8>(), 0_u64..40).prop_map(|(request, pause)| Step::Get(request, pause)),
        4 => (any::<u8>(), 0_u64..40, prop_oneof![Just(0), 0_u64..130], prop::option::of(0_u64..200))
            .prop_map(|(request, pause, ago, lives)| Step::Put(request, pause, ago, lives)),
        1 => any::<bool>().prop_map(Step::Evict),
        1 => (1_u64..200).prop_map(Step::Back),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: fieldseal_conformance::counts::CACHE_STEPS.get(), failure_persistence: None, ..ProptestConfig::default() })]

    /// The cache agrees with a list that is searched from its end, for any sequence of steps.
    #[test]
    fn k03_agrees_with_a_list(steps in prop::collection::vec(step(), 1..120)) {
        let bounds = Caching { entries: 7, max_age_ms: 100 };
        let mut cache = Entries::new(bounds);
        let mut list: Vec<(Request, Key, u64)> = Vec::new();
        let (mut now, mut made) = (1_000_000, 0);
        for step in steps {
            match step {
                Step::Get(number, pause) => {
                    now += pause;
                    cache.advance(now);
                    list.retain(|(_, _, fetched)| now - fetched <= 100);
                    let expected = list.iter().find(|(own, _, _)| *own == request(number)).map(|(_, key, _)| key);
                    let expected = expected.filter(|key| key.expires.is_none_or(|expires| expires > now));
                    let expected = expected.filter(|_| request(number).operation != KeyUse::Reseal);
                    let hit = cache.get(&request(number)).map(|hit| cache.held(hit, cache.generation()).unwrap());
                    prop_assert_eq!(hit.as_ref().map(|key| key.id), expected.map(|key| key.id));
                    // The last answer to a request for a sealing key is the owner's newest key.
                    let owner = |request: &Request| (request.kind, request.tenant.clone(), request.reference.clone());
                    let newest = list.iter().rev().find(|(own, _, _)| own.id.is_none() && owner(own) == owner(&request(number)));
                    let is_stale = request(number).id.is_none() && newest.is_some_and(|(_, key, _)| expected.is_some_and(|own| own.id != key.id));
                    prop_assert_eq!(hit.is_some_and(|key| key.stale), is_stale);
                }
                Step::Put(number, pause, ago, lives) => {
                    now += pause;
                    made += 1;
                    let (key, asked) = (key(made, lives.map(|lives| now + lives)), now - ago);
                    cache.advance(now);
                    cache.put(&request(number), &key, asked, cache.generation());
                    list.retain(|(_, _, fetched)| now - fetched <= 100);
                    let is_newer = |(own, _, fetched): &(Request, Key, u64)| *own == request(number) && *fetched > asked;
                    if lives != Some(0) && ago <= 100 && !list.iter().any(is_newer) {
                        list.retain(|(own, _, _)| *own != request(number));
                        list.push((request(number), key, asked));
                        list.sort_by_key(|(_, _, fetched)| *fetched);
                        if list.len() > 7 {
                            list.remove(0);
                        }
                    }
                }
                Step::Evict(all) => {
                    cache.evict(if all { None } else { Some("r") });
                    list.retain(|(own, _, _)| !all && own.reference.as_deref().is_some_and(|own| own != "r"));
                }
                Step::Back(millis) => {
                    cache.advance(now - millis);
                    // A slower call changes nothing.
                    if millis > 100 {
                        now -= millis;
                        list.clear();
                    }
                }
            }
            prop_assert!(cache.sizes()[0] <= 7 && cache.sizes()[1] == cache.sizes()[0] && cache.sizes()[2] <= cache.sizes()[0]);
        }
    }
}

/// An eviction cannot recall a question under way, so the answer to it must not be kept.
#[test]
fn k03_what_was_asked_before_an_eviction_is_not_kept() {
    for reference in [Some("r"), Some("somebody else"), None] {
        let mut cache = Entries::new(Caching::default());
        cache.advance(1);
        let generation = cache.generation();
        cache.evict(reference);
        cache.put(&request(3), &key(1, None), 1, generation);
        assert!(cache.get(&request(3)).is_none());
        cache.put(&request(3), &key(1, None), 1, cache.generation());
        assert!(cache.get(&request(3)).is_some());
    }
}

/// A call holds a key while it waits for another one. An eviction and an age that another call
/// shows both reach the held key.
#[test]
fn k03_a_key_that_a_call_holds_is_gone_with_its_person() {
    let filled = || {
        let mut cache = Entries::new(Caching { entries: 2, max_age_ms: 100 });
        cache.advance(1000);
        cache.put(&request(3), &key(1, None), 1000, cache.generation());
        let (hit, generation) = (cache.get(&request(3)).unwrap(), cache.generation());
        (cache, hit, generation)
    };
    for (evicted, gone) in [(Some("r"), true), (Some("somebody else"), false), (None, true)] {
        let (mut cache, hit, generation) = filled();
        assert!(!cache.is_gone(&hit, generation));
        cache.evict(evicted);
        assert_eq!(cache.is_gone(&hit, generation), gone, "{evicted:?}");
        // An eviction does not reach keys that are found after it.
        assert!(!cache.is_gone(&hit, cache.generation()));
    }
    // Other entries that come and go in a small cache do not affect the key. After many evictions,
    // all held keys count as evicted.
    let (mut cache, hit, generation) = filled();
    for number in [1, 5, 7] {
        cache.put(&request(number), &key(2, None), 1000, cache.generation());
    }
    assert!(cache.get(&request(3)).is_none() && !cache.is_gone(&hit, generation));
    (0..REMEMBERED).for_each(|_| cache.evict(Some("somebody else")));
    assert!(!cache.is_gone(&hit, generation));
    cache.evict(Some("somebody else"));
    assert!(cache.is_gone(&hit, generation) && cache.sizes()[3] == REMEMBERED);
    // The age of the key counts, as far as calls have advanced the clock. A clock that goes back
    // counts as well.
    let (mut cache, hit, generation) = filled();
    cache.advance(1100);
    assert!(!cache.is_gone(&hit, generation));
    cache.advance(1101);
    assert!(cache.is_gone(&hit, generation));
    let (mut cache, hit, generation) = filled();
    cache.advance(900);
    assert!(!cache.is_gone(&hit, generation), "a slower call");
    cache.advance(899);
    assert!(cache.is_gone(&hit, generation), "the clock went back");
}

#[test]
fn what_did_not_open_is_forgotten_for_sealing_too() {
    let mut cache = Entries::new(Caching::default());
    cache.advance(1);
    let sealing = Request { operation: KeyUse::Seal, id: None, ..request(3) };
    let other = Request { reference: Some("o".to_owned()), ..sealing.clone() };
    cache.put(&sealing, &key(1, None), 1, cache.generation());
    cache.put(&other, &key(2, None), 1, cache.generation());
    cache.forget(&[key(0, None).id, key(1, None).id]);
    assert!(cache.get(&sealing).is_none() && cache.get(&other).is_some());
    assert_eq!(cache.sizes(), [1, 1, 1, 0]);
}

#[test]
fn is_off_without_entries_or_age() {
    for bounds in [
        Caching { entries: 0, ..Caching::default() },
        Caching { max_age_ms: 0, ..Caching::default() },
    ] {
        let mut cache = Entries::new(bounds);
        cache.advance(1);
        cache.put(&request(3), &key(1, None), 1, cache.generation());
        assert!(!bounds.is_on() && cache.get(&request(3)).is_none());
    }
    assert_eq!(Caching::default(), Caching { entries: 10_000, max_age_ms: 300_000 });
}
