//! Properties of envelopes, each stated once and shown for every suite, set of keys, bind profile,
//! padding and binding of the person. V-08, V-10.

use fieldseal::envelope::{
    Bind, Context, Demand, Envelope, Fault, KeyIds, Prk, Scratch, Sealer, Suite, sealed_len,
};
use fieldseal::{ErrorCode, KeyId, Secret};
use fieldseal_conformance::counts::SEALED_VALUES;
use proptest::prelude::*;
use support::params::{CONTEXT, RIGHT, SealParams, all_params, open, taken};
use support::wire::{self, Code};

#[test]
fn v08_what_was_sealed_opens_and_says_how_it_was_sealed() {
    for params in all_params() {
        for length in [1, 2, 15, 16, 30, 31, 32, 33, 63, 64, 65, 1_000] {
            let text: Vec<u8> = (0..length).map(|at| (at * 7) as u8).collect();
            let envelope = params.seal(&CONTEXT, &text, 9);
            assert_eq!(
                open(&envelope, &params.prk(RIGHT), &CONTEXT),
                Ok(text.clone()),
                "{params:?}"
            );
            assert_eq!(
                sealed_len(params.demand.suite, &params.ids(), params.padded, length),
                envelope.len(),
                "{params:?} {length}"
            );
            assert_eq!(
                params.seal(&CONTEXT, &text, 9),
                envelope,
                "the same entropy, the same envelope"
            );
            assert_eq!(
                params.seal(&CONTEXT, &text, 8) == envelope,
                params.demand.suite.is_deterministic(),
                "{params:?}"
            );
            assert!(Envelope::is_whole(&envelope));

            let mut work = Scratch::new();
            let decoded = Envelope::decode(&envelope, &mut work).unwrap();
            let Demand { suite, bind, subject_bound, .. } = params.demand;
            assert_eq!(
                (decoded.suite(), decoded.bind(), decoded.subject_bound()),
                (suite, bind, subject_bound)
            );
            assert_eq!((decoded.ids(), decoded.padded()), (params.ids(), params.padded));
        }
    }
}

#[test]
fn an_envelope_meets_its_own_demand_and_no_other() {
    let mut work = Scratch::new();
    for params in all_params() {
        let envelope = params.seal(&CONTEXT, b"true", 0);
        let envelope = Envelope::decode(&envelope, &mut work).unwrap();
        for other in all_params() {
            assert_eq!(
                envelope.meets(&other.demand),
                other.demand == params.demand,
                "{params:?} {other:?}"
            );
        }
    }
}

/// Commitment: of all keys that a policy can have, the right ones alone open an envelope.
#[test]
fn no_two_sets_of_keys_open_one_envelope() {
    let bytes = [1, 2, 3, 9];
    let triples = bytes.into_iter().flat_map(|s| {
        bytes.into_iter().flat_map(move |r| bytes.into_iter().map(move |i| [s, r, i]))
    });
    let triples: Vec<_> = triples.collect();
    // Sets as the demand has them, each with every choice of bytes that makes a difference.
    let kinds =
        |params: SealParams| (params.demand.subject, params.demand.retention, params.demand.item);
    let all = all_params();
    let sets: Vec<(SealParams, [u8; 3], Prk)> = all
        .iter()
        .filter(|params| {
            params.demand
                == Demand {
                    suite: Suite::Aes256Gcm,
                    bind: Bind::None,
                    subject_bound: true,
                    ..params.demand
                }
                && params.padded
        })
        .flat_map(|params| triples.iter().map(|keys| (*params, *keys, params.prk(*keys))))
        .collect();
    assert_eq!(sets.len(), 6 * 64);
    for params in all {
        let envelope = params.seal(&CONTEXT, b"\"x\"", 0);
        for (other, keys, prk) in &sets {
            let Demand { subject, retention, item, .. } = params.demand;
            let counting = [subject, retention, item]
                .into_iter()
                .zip(keys.iter().zip(RIGHT))
                .all(|(counts, (key, right))| !counts || *key == right);
            let expected = if kinds(params) == kinds(*other) && counting {
                Ok(b"\"x\"".to_vec())
            } else {
                Err(Fault::Integrity)
            };
            assert_eq!(open(&envelope, prk, &CONTEXT), expected, "{params:?} {other:?} {keys:?}");
        }
    }
}

#[test]
fn another_context_is_an_integrity_error_where_it_counts() {
    for params in all_params() {
        let Demand { bind, subject, subject_bound, .. } = params.demand;
        let record = matches!(bind, Bind::RecordField | Bind::RecordPath);
        let others = [
            ("tenant", Context { tenant: "acme2", ..CONTEXT }, true),
            ("family", Context { family: "urn:example:order", ..CONTEXT }, true),
            ("record", Context { record: "rec-43", ..CONTEXT }, record),
            ("revision", Context { revision: "", ..CONTEXT }, record),
            ("person", Context { subject: "cust-8", ..CONTEXT }, subject && subject_bound),
            ("field", Context { field: "/contacts/~*/phone", ..CONTEXT }, bind != Bind::None),
            // What ends one part must not begin the next.
            ("seam", Context { tenant: "acmeu", family: "rn:example:customer", ..CONTEXT }, true),
            ("seam of record", Context { record: "rec-423", revision: "", ..CONTEXT }, record),
        ];
        let envelope = params.seal(&CONTEXT, b"\"x\"", 0);
        for (name, other, counts) in others {
            let expected = if counts { Err(Fault::Integrity) } else { Ok(b"\"x\"".to_vec()) };
            assert_eq!(open(&envelope, &params.prk(RIGHT), &other), expected, "{name} {params:?}");
        }
    }
}

/// Salt, commitment, ids, flags, ciphertext, tag: a changed bit has the code of the bytes that it
/// is in.
#[test]
fn every_flipped_bit_has_the_code_of_its_place() {
    for params in all_params() {
        let envelope = params.seal(&CONTEXT, b"\"x\"", 0);
        let bytes = wire::decode(&envelope).unwrap();
        let (prk, suite) = (params.prk(RIGHT), params.demand.suite as u8);
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let expected = match (bit / 8, bit % 8) {
                (0 | 1, _) | (2, 6 | 7) => Fault::NotSealed,
                (2, at) if !wire::is_known(suite ^ 1 << at) => Fault::Unsupported,
                (3, at) if wire::is_reserved(bytes[3] ^ 1 << at) => Fault::Unsupported,
                _ => Fault::Integrity,
            };
            let changed = wire::encode(&changed);
            assert_eq!(wire::code_of(&changed), Code::from(expected), "the classifier, bit {bit}");
            assert_eq!(open(&changed, &prk, &CONTEXT), Err(expected), "bit {bit} {params:?}");
        }
    }
}

/// Each stretch of an envelope, in place of the same stretch of another that differs in nothing but
/// its value.
#[test]
fn parts_of_two_envelopes_make_no_third() {
    for params in all_params() {
        let [one, other] = [1, 2]
            .map(|value| wire::decode(&params.seal(&CONTEXT, &[b'0' + value; 20], value)).unwrap());
        let prk = params.prk(RIGHT);
        let salt = params.prefix();
        let (commitment, body, end) = (salt + 16, salt + 48, one.len());
        let seams = [salt, commitment, body, body + 16, end - 16, end];
        for (at, from) in seams.iter().enumerate() {
            for to in &seams[at + 1..] {
                let mut mixed = one.clone();
                mixed[*from..*to].copy_from_slice(&other[*from..*to]);
                if mixed != one && mixed != other {
                    assert_eq!(
                        open(&wire::encode(&mixed), &prk, &CONTEXT),
                        Err(Fault::Integrity),
                        "{from}..{to} {params:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_truncation_and_extension_has_its_code() {
    for params in all_params() {
        let envelope = params.seal(&CONTEXT, b"\"x\"", 0);
        let prk = params.prk(RIGHT);
        for end in 0..envelope.len() {
            let expected = if end < 3 { Fault::NotSealed } else { Fault::Integrity };
            assert_eq!(open(&envelope[..end], &prk, &CONTEXT), Err(expected), "{end} {params:?}");
        }
        for more in ["A", "AA", "AAA", "AAAA", "=", "==", " ", "\n", "\0", "é", "+", "/", &envelope]
        {
            assert_eq!(
                open(&format!("{envelope}{more}"), &prk, &CONTEXT),
                Err(Fault::Integrity),
                "{more:?}"
            );
        }
        for before in ["A", " ", "=", "\u{feff}"] {
            assert_eq!(
                open(&format!("{before}{envelope}"), &prk, &CONTEXT),
                Err(Fault::NotSealed),
                "{before:?}"
            );
        }
    }
}

#[test]
fn sealing_refuses_keys_that_are_not_the_demanded_ones() {
    let (mut work, all) = (Scratch::new(), all_params());
    let with = |entropy: &[u8],
                prk: &Prk,
                demand: &Demand,
                ids: &KeyIds,
                text: &[u8],
                work: &mut Scratch| {
        let mut out = b"before".to_vec();
        let error = Sealer { prk, demand: *demand, padded: true, ids: *ids, context: CONTEXT }
            .seal(text, entropy, work, &mut out)
            .unwrap_err();
        assert_eq!((error.code, out.as_slice()), (ErrorCode::Internal, b"before".as_slice()));
    };
    let refused = |prk: &Prk, demand: &Demand, ids: &KeyIds, text: &[u8], work: &mut Scratch| {
        with(&taken(demand.suite, &[0; 32]), prk, demand, ids, text, work);
    };
    for params in &all {
        for bytes in [0, 12, 31, 32, 33, 43, 44, 45] {
            if bytes != params.demand.suite.entropy_bytes() {
                let entropy = vec![0; bytes];
                with(&entropy, &params.prk(RIGHT), &params.demand, &params.ids(), b"1", &mut work);
            }
        }
    }
    for (one, two) in all.iter().flat_map(|one| all.iter().map(move |two| (one, two))) {
        if one.ids() != two.ids() {
            refused(&one.prk(RIGHT), &one.demand, &two.ids(), b"1", &mut work);
            refused(&two.prk(RIGHT), &one.demand, &one.ids(), b"1", &mut work);
            refused(&two.prk(RIGHT), &one.demand, &two.ids(), b"1", &mut work);
        }
    }
    let item = Demand { subject: false, retention: false, item: true, ..all[0].demand };
    let ids = KeyIds { item: Some(KeyId([0; 16])), ..KeyIds::default() };
    refused(&Prk::derive(None, None, Some(&Secret::new([1; 32]))), &item, &ids, b"1", &mut work);
    let unbound = Demand { subject_bound: false, retention: true, item: false, ..item };
    let ids = KeyIds { retention: Some(KeyId([0; 16])), ..KeyIds::default() };
    refused(&Prk::derive(None, Some(&Secret::new([1; 32])), None), &unbound, &ids, b"1", &mut work);
    let none = Demand { item: false, ..item };
    refused(&Prk::derive(None, None, None), &none, &KeyIds::default(), b"1", &mut work);
    refused(&all[0].prk(RIGHT), &all[0].demand, &all[0].ids(), b"", &mut work);
}

#[test]
fn lengths_beyond_the_machine_saturate() {
    let ids = all_params()[0].ids();
    for length in [usize::MAX, usize::MAX - 31, usize::MAX - 200, usize::MAX / 4 * 3] {
        for suite in Suite::ALL {
            assert_eq!(sealed_len(suite, &ids, true, length), usize::MAX);
        }
    }
}

#[test]
fn nothing_printed_shows_a_key_or_a_value() {
    let params = all_params()[0];
    let mut work = Scratch::new();
    let envelope = params.seal(&Context { subject: "ada-lovelace", ..CONTEXT }, b"\"secret\"", 0);
    let prk = params.prk([0x77; 3]);
    assert_eq!(format!("{:?}", Secret::new([0x77; 32])), "Secret(redacted)");
    assert!(!format!("{prk:?} {work:?} {CONTEXT:?}").contains("119"), "{prk:?}");
    assert!(!format!("{CONTEXT:?}").contains("cust-7"));
    let decoded = format!("{:?}", Envelope::decode(&envelope, &mut work).unwrap());
    assert!(decoded.len() < 200, "suite, flags and ids only: {decoded}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(SEALED_VALUES.get()) })]

    /// Any value, any context, appended to what is there, in scratch memory that others used.
    #[test]
    fn v08_any_value_in_any_context_comes_back(
        values in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..400), 0..320_usize), 1..5),
        [tenant, family, record, revision, subject, field] in prop::array::uniform6(".{0,20}"),
        entropy in any::<[u8; 32]>(),
    ) {
        let context = Context { tenant: &tenant, family: &family, record: &record, revision: &revision, subject: &subject, field: &field };
        let (mut work, mut out, all) = (Scratch::new(), Vec::new(), all_params());
        for (value, params) in values {
            let SealParams { demand, padded } = all[params];
            let (prk, ids, start) = (all[params].prk(RIGHT), all[params].ids(), out.len());
            Sealer { prk: &prk, demand, padded, ids, context }.seal(&value, &taken(demand.suite, &entropy), &mut work, &mut out).unwrap();
            let envelope = std::str::from_utf8(&out[start..]).unwrap();
            prop_assert_eq!(envelope.len(), sealed_len(demand.suite, &ids, padded, value.len()));
            let mut opened = Vec::new();
            Envelope::decode(envelope, &mut work).unwrap().open(&prk, &context, &mut opened).unwrap();
            prop_assert_eq!(opened, value);
        }
    }

    /// Step 1 of *Opening*, for text of every kind.
    #[test]
    fn any_text_has_the_code_that_its_bytes_give(text in "(Fs1)?[A-Za-z0-9_-]{0,260}|Fs1[A-G][A-Za-z]{100,180}|Fs1.{0,20}|.{0,9}") {
        let mut work = Scratch::new();
        let whole = wire::whole(&text);
        prop_assert_eq!(Envelope::is_whole(&text), whole);
        match Envelope::decode(&text, &mut work) {
            Ok(_) => prop_assert!(whole),
            Err(fault) => prop_assert_eq!(Code::from(fault), wire::code_of(&text)),
        }
    }

    /// Long text goes through in pieces.
    #[test]
    fn long_envelopes_are_whole_until_a_character_is_not_of_the_alphabet(length in 700..4_000_usize, at in any::<prop::sample::Index>()) {
        let envelope = all_params()[0].seal(&CONTEXT, &vec![b'7'; length], 0);
        prop_assert!(Envelope::is_whole(&envelope));
        let mut broken = envelope.into_bytes();
        let at = at.index(broken.len());
        broken[at] = b'=';
        prop_assert!(!Envelope::is_whole(std::str::from_utf8(&broken).unwrap()));
    }
}

/// Schemas and verdicts name suites and bind profiles by one list of names each.
#[test]
fn every_suite_and_bind_profile_is_found_by_its_own_name_alone() {
    for bind in Bind::ALL {
        assert_eq!(Bind::named(bind.as_str()), Some(bind));
        assert_eq!(Suite::named(bind.as_str()), None);
    }
    for suite in Suite::ALL {
        assert_eq!(Suite::named(suite.as_str()), Some(suite));
        assert_eq!(Bind::named(suite.as_str()), None);
    }
    for other in ["", "NONE", "record", "record-path ", "fields"] {
        assert_eq!((Bind::named(other), Suite::named(other)), (None, None), "{other}");
    }
}
