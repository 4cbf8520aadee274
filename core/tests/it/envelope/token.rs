//! Properties of tokens: what they are bound to, what they show, and what a string must be to be
//! one.

use std::collections::BTreeSet;

use fieldseal::envelope::{Bits, Domain, IndexKey, Normalisation, PseudonymKey, is_pseudonym};
use fieldseal::{KeyId, Secret};
use support::wire;

const DOMAIN: Domain<'static> =
    Domain { tenant: "acme", name: "email", normalisation: Normalisation::Exact };

fn index(key: u8) -> IndexKey {
    IndexKey::derive(&Secret::new([key; 32]))
}

fn pseudonym(key: u8, id: u8) -> PseudonymKey {
    PseudonymKey::derive(&Secret::new([key; 32]), KeyId([id; 16]))
}

/// The bytes of a token after its mark.
fn bytes(token: &str) -> Vec<u8> {
    wire::decode(&token[3..]).unwrap()
}

#[test]
fn an_index_has_its_bits_and_no_more() {
    let key = index(1);
    for n in 0..100 {
        let value = format!("value {n}");
        let whole = bytes(&key.token(&DOMAIN, &value, Bits::MAX).unwrap());
        assert_eq!((whole.len(), whole[0]), (9, 64));
        let t = u64::from_be_bytes(whole[1..].try_into().unwrap());
        for bits in 8..=64 {
            let token = key.token(&DOMAIN, &value, Bits::new(bits).unwrap()).unwrap();
            assert!(token.starts_with("Fi1"));
            let some = bytes(&token);
            assert_eq!((some.len(), some[0]), (1 + usize::from(bits).div_ceil(8), bits));
            let mut kept = [0; 8];
            kept[..some.len() - 1].copy_from_slice(&some[1..]);
            assert_eq!(u64::from_be_bytes(kept), t >> (64 - bits) << (64 - bits), "{bits}");
        }
    }
}

#[test]
fn bits_are_8_to_64() {
    assert!(
        (0..=u8::MAX).all(
            |bits| Bits::new(bits).map(Bits::count) == (8..=64).contains(&bits).then_some(bits)
        )
    );
    assert_eq!((Bits::MIN.count(), Bits::MAX.count()), (8, 64));
}

/// Another key, tenant, domain, normalisation or value, and what ends one part and begins the next:
/// all tokens differ.
#[test]
fn everything_that_counts_changes_a_token() {
    let domains = [
        DOMAIN,
        Domain { tenant: "acm", name: "eemail", ..DOMAIN },
        Domain { tenant: "", name: "acmeemail", ..DOMAIN },
        Domain { tenant: "other", ..DOMAIN },
        Domain { name: "phone", ..DOMAIN },
        Domain { normalisation: Normalisation::NfkcCasefold, ..DOMAIN },
        Domain { normalisation: Normalisation::Email, ..DOMAIN },
        Domain { normalisation: Normalisation::Digits, ..DOMAIN },
    ];
    let mut seen = BTreeSet::new();
    for (key, domain, value) in (1..=2).flat_map(|key| {
        domains.iter().flat_map(move |domain| ["", "1", "12"].map(|value| (key, domain, value)))
    }) {
        let token = index(key).token(domain, value, Bits::MAX).unwrap();
        assert_eq!(index(key).token(domain, value, Bits::MAX).unwrap(), token, "the same again");
        let name = pseudonym(key, 7).token(domain, value).unwrap();
        assert_eq!(pseudonym(key, 7).token(domain, value).unwrap(), name, "the same again");
        // Of one key, too, an index says nothing of a pseudonym: both begin with T.
        assert!(
            seen.insert(bytes(&token)[1..].to_vec()) && seen.insert(bytes(&name)[4..12].to_vec()),
            "{value:?} under {domain:?}"
        );
    }
    assert_eq!(seen.len(), 2 * 2 * 8 * 3);
}

#[test]
fn values_that_count_as_equal_share_a_token() {
    for (normalisation, one, other) in [
        (Normalisation::NfkcCasefold, "STRASSE", "Stra\u{df}e"),
        (Normalisation::Email, " Ada@Example.ORG\n", "ada@example.org"),
        (Normalisation::Digits, "+49 (471) 23-45", "4947\u{2460}2345"),
    ] {
        for all in Normalisation::ALL {
            let domain = Domain { normalisation: all, ..DOMAIN };
            let equal = normalisation == all
                || (normalisation == Normalisation::NfkcCasefold && all == Normalisation::Email)
                || (normalisation != Normalisation::Digits && all == Normalisation::Digits);
            assert_eq!(
                index(1).token(&domain, one, Bits::MAX).unwrap()
                    == index(1).token(&domain, other, Bits::MAX).unwrap(),
                equal,
                "{one} {all:?}"
            );
            assert_eq!(
                pseudonym(1, 1).token(&domain, one).unwrap()
                    == pseudonym(1, 1).token(&domain, other).unwrap(),
                equal,
                "{one} {all:?}"
            );
        }
    }
}

#[test]
fn a_pseudonym_names_its_key_by_four_bytes() {
    let (one, other) = (
        pseudonym(1, 0xA0).token(&DOMAIN, "x").unwrap(),
        pseudonym(1, 0xB0).token(&DOMAIN, "x").unwrap(),
    );
    assert_eq!(
        (&bytes(&one)[..4], &bytes(&other)[..4]),
        ([0xA0; 4].as_slice(), [0xB0; 4].as_slice())
    );
    assert_eq!(bytes(&one)[4..], bytes(&other)[4..]);
}

#[test]
fn a_string_is_a_pseudonym_if_it_is_one_exactly() {
    let token = pseudonym(1, 1).token(&DOMAIN, "x").unwrap();
    assert!(is_pseudonym(&token));
    for at in 0..token.len() {
        for byte in 0..=0x7F_u8 {
            let mut changed = token.clone().into_bytes();
            changed[at] = byte;
            let changed = String::from_utf8(changed).unwrap();
            let expected = if at < 3 {
                byte == token.as_bytes()[at]
            } else {
                byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
            };
            assert_eq!(is_pseudonym(&changed), expected, "{changed:?}");
            // Every such string is canonical: it is what its bytes become.
            if expected {
                assert_eq!(format!("Fp1{}", wire::encode(&bytes(&changed))), changed);
            }
        }
        assert!(!is_pseudonym(&token[..at]));
    }
    let index = index(1).token(&DOMAIN, "x", Bits::MAX).unwrap();
    for other in [
        format!("{token}A"),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}\n"),
        format!("Fp1{}", "é".repeat(16)),
        index,
    ] {
        assert!(!is_pseudonym(&other), "{other:?}");
    }
}

/// Half of all bits differ between tokens of neighbouring values, give or take six standard
/// deviations.
#[test]
fn tokens_of_like_values_are_not_alike() {
    let (key, mut differing, rounds) = (index(3), 0, 10_000_u64);
    let t = |n: u64| {
        u64::from_be_bytes(
            bytes(&key.token(&DOMAIN, &n.to_string(), Bits::MAX).unwrap())[1..].try_into().unwrap(),
        )
    };
    for n in 0..rounds {
        differing += u64::from((t(n) ^ t(n + 1)).count_ones());
    }
    let (expected, deviation) = ((rounds * 32) as f64, ((rounds * 64) as f64 / 4.0).sqrt());
    assert!((differing as f64 - expected).abs() < 6.0 * deviation, "{differing}");
}

#[test]
fn nothing_printed_shows_a_key_or_a_tenant() {
    let secret = [0x77; 32];
    let printed = format!(
        "{:?} {:?} {DOMAIN:?}",
        IndexKey::derive(&Secret::new(secret)),
        PseudonymKey::derive(&Secret::new(secret), KeyId([1; 16]))
    );
    assert!(
        printed.contains("redacted") && !printed.contains("119") && !printed.contains("acme"),
        "{printed}"
    );
}
