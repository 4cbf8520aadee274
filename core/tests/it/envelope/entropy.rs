//! What envelopes show of their values when the host's random source is stuck, and under the suite
//! that has none: that two values of one place are equal, and nothing else. H-01.

use std::collections::BTreeMap;

use fieldseal::envelope::{Bind, Context};
use support::params::{CONTEXT, RIGHT, SealParams, all_params};
use support::wire;

/// The parts of an envelope that depend on the value.
struct Shown {
    salt: Vec<u8>,
    commitment: Vec<u8>,
    body: Vec<u8>,
}

fn shown(params: SealParams, context: &Context<'_>, keys: [u8; 3], text: &[u8]) -> Shown {
    let bytes =
        wire::decode(&params.seal_under(&params.prk(keys), context, text, &[0; 32])).unwrap();
    let (_, rest) = bytes.split_at(params.prefix());
    let (salt, rest) = rest.split_at(16);
    let (commitment, body) = rest.split_at(32);
    Shown { salt: salt.to_vec(), commitment: commitment.to_vec(), body: body.to_vec() }
}

/// Bytes that are the same at the same place, against bytes compared.
#[derive(Default)]
struct Alike {
    same: usize,
    of: usize,
}

impl Alike {
    fn count(&mut self, one: &[u8], other: &[u8]) {
        self.same += one.iter().zip(other).filter(|(one, other)| one == other).count();
        self.of += one.len().min(other.len());
    }

    /// One in 256, give or take six standard deviations.
    fn is_chance(&self) -> bool {
        let (of, share) = (self.of as f64, 1.0 / 256.0);
        (self.same as f64 - of * share).abs() < 6.0 * (of * share * (1.0 - share)).sqrt()
    }
}

/// Values that differ little, of one length each.
fn values() -> Vec<Vec<u8>> {
    let short = (0..10_u8).map(|n| vec![b'0' + n]);
    let long =
        (0..10_u8).map(|n| format!("\"{}{n}\"", "the same beginning, ".repeat(4)).into_bytes());
    short.chain(long).collect()
}

#[test]
fn h01_the_same_entropy_shows_equality_in_one_place_and_nothing_else() {
    for params in all_params() {
        let deterministic = params.demand.suite.is_deterministic();
        let all: Vec<_> =
            values().iter().map(|value| shown(params, &CONTEXT, RIGHT, value)).collect();
        let mut alike = Alike::default();
        for (at, (one, value)) in all.iter().zip(values()).enumerate() {
            let again = shown(params, &CONTEXT, RIGHT, &value);
            assert_eq!(
                (&again.salt, &again.commitment, &again.body),
                (&one.salt, &one.commitment, &one.body),
                "{params:?}"
            );
            for other in &all[..at] {
                assert_eq!(one.salt == other.salt, deterministic, "{params:?}");
                // Without a salt the commitment is the place's; it says nothing of the value.
                assert_eq!(one.commitment == other.commitment, deterministic, "{params:?}");
                assert_ne!(one.body, other.body, "{params:?}");
                alike.count(&one.body[params.iv()..], &other.body[params.iv()..]);
                if !deterministic {
                    alike.count(&one.salt, &other.salt);
                    alike.count(&one.commitment, &other.commitment);
                }
            }
        }
        assert!(alike.is_chance(), "{} of {} bytes are the same: {params:?}", alike.same, alike.of);
    }
}

#[test]
fn h01_the_same_value_elsewhere_or_under_another_key_looks_like_any_other() {
    let mut by_suite = BTreeMap::new();
    for params in all_params() {
        let deterministic = params.demand.suite.is_deterministic();
        let (bind, demand) = (params.demand.bind, params.demand);
        let record = matches!(bind, Bind::RecordField | Bind::RecordPath);
        let places = [
            (CONTEXT, RIGHT, false),
            (
                Context { subject: "cust-8", ..CONTEXT },
                RIGHT,
                demand.subject && demand.subject_bound,
            ),
            (Context { field: "/contacts/~*/phone", ..CONTEXT }, RIGHT, bind != Bind::None),
            (Context { record: "rec-43", ..CONTEXT }, RIGHT, record),
            (Context { tenant: "other", ..CONTEXT }, RIGHT, true),
            (CONTEXT, [9, 2, 3], demand.subject),
            (CONTEXT, [1, 9, 3], demand.retention),
            (CONTEXT, [1, 2, 9], demand.item),
        ];
        let here = shown(params, &CONTEXT, RIGHT, b"\"the same value\"");
        for (context, keys, counts) in places {
            let there = shown(params, &context, keys, b"\"the same value\"");
            assert_eq!(here.body != there.body, counts, "{params:?} {keys:?}");
            assert_eq!(here.commitment != there.commitment, counts, "{params:?} {keys:?}");
            assert_eq!(here.salt != there.salt, counts && !deterministic, "{params:?} {keys:?}");
            if counts {
                let alike: &mut Alike = by_suite.entry(demand.suite).or_default();
                alike.count(&here.body[params.iv()..], &there.body[params.iv()..]);
                alike.count(&here.commitment, &there.commitment);
            }
        }
    }
    assert_eq!(by_suite.len(), 4);
    for (suite, alike) in by_suite {
        assert!(alike.is_chance(), "{} of {} bytes are the same: {suite:?}", alike.same, alike.of);
    }
}

/// The deterministic suite is equal within one person and field, whatever the host draws, and
/// different across persons and across fields.
#[test]
fn h01_equal_values_are_equal_within_a_person_and_field_only() {
    for params in all_params().into_iter().filter(|params| {
        params.demand.suite.is_deterministic() && params.demand.bind == Bind::Field
    }) {
        let mut seen = BTreeMap::new();
        for person in 0..4 {
            let subject = format!("cust-{person}");
            for field in ["/email", "/phone", "/list/~*"] {
                for value in ["\"a\"", "\"b\"", "1", "1.0", "null"] {
                    for record in ["rec-1", "rec-2"] {
                        let context = Context { subject: &subject, field, record, ..CONTEXT };
                        // Each person has a key.
                        let envelope = params.seal_under(
                            &params.prk([person, 2, 3]),
                            &context,
                            value.as_bytes(),
                            &[0; 32],
                        );
                        seen.entry(envelope).or_insert_with(Vec::new).push((person, field, value));
                    }
                }
            }
        }
        // Neither the key nor the reference tells persons apart where no key is theirs.
        let persons = if params.demand.subject { 4 } else { 1 };
        assert_eq!(seen.len(), persons * 3 * 5, "{params:?}");
        for who in seen.values() {
            assert!(
                who.iter().all(|(_, field, value)| (field, value) == (&who[0].1, &who[0].2)),
                "{who:?}"
            );
            assert!(persons == 1 || who.iter().all(|(person, ..)| *person == who[0].0), "{who:?}");
        }
    }
}
