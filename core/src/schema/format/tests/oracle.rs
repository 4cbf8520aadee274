//! Formats against the validator crate and the official suite.

use std::collections::BTreeSet;

use fieldseal_conformance::counts::FORMATTED_TEXTS;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::differences::DIFFERENCES;
use super::examples::EXAMPLES;
use super::texts::{Dice, Texts, punycode};
use super::{FORMATS, Format};
use crate::schema::draft::Draft;
use crate::schema::format::label::octets_of_unicode_label;

/// Names that some draft, some older draft or some other product has.
const OTHERS: &str = "color phone style ip-address host-name utc-millisec \
                      unknown int32 double byte binary password Date DATE-TIME uuid4 \
                      iri-template \u{20}date";

/// The formats that the crate does not have.
const OWN: [&str; 2] = ["idn-email", "idn-hostname"];

fn of_the_crate(name: &str, draft: Draft) -> Validator {
    let draft = match draft {
        Draft::Four => jsonschema::Draft::Draft4,
        Draft::Six => jsonschema::Draft::Draft6,
        Draft::Seven => jsonschema::Draft::Draft7,
        Draft::TwentyNineteen => jsonschema::Draft::Draft201909,
        Draft::TwentyTwenty => jsonschema::Draft::Draft202012,
    };
    jsonschema::options()
        .with_draft(draft)
        .should_validate_formats(true)
        .build(&json!({ "format": name }))
        .unwrap()
}

/// Returns each format once, with a name and a draft under which the crate judges it.
fn formats() -> Vec<(Format, &'static str, Draft)> {
    let shared = FORMATS.iter().filter(|(name, ..)| !OWN.contains(name));
    let mut formats: Vec<_> =
        shared.map(|(name, _, format)| (*format, *name, Draft::TwentyTwenty)).collect();
    formats.push((Format::HostnameWithoutLabels, "hostname", Draft::Four));
    formats
}

#[test]
fn drafts_know_the_names_that_the_crate_knows() {
    let refused: BTreeSet<&str> =
        EXAMPLES.iter().flat_map(|(_, _, refused)| *refused).copied().collect();
    for (_, draft) in Draft::NAMES {
        for name in
            FORMATS.iter().map(|(name, ..)| *name).chain(OTHERS.split(' ')).chain(["", " date"])
        {
            let oracle = of_the_crate(name, draft);
            // A name that the crate does not know passes all of them.
            let knows = refused.iter().any(|text| !oracle.is_valid(&json!(text)));
            let is_own = OWN.contains(&name);
            assert!(!(is_own && knows), "the crate knows {name}");
            assert!(is_own || Format::named(name, draft).is_some() == knows, "{name} in {draft:?}");
        }
    }
}

/// The examples are the same in every draft that has the format, and so is the crate's opinion.
#[test]
fn examples_are_judged_as_the_crate_judges_them_in_every_draft() {
    for (name, ..) in FORMATS.iter().filter(|(name, ..)| !OWN.contains(name)) {
        for (_, draft) in Draft::NAMES {
            let Some(format) = Format::named(name, draft) else {
                continue;
            };
            let oracle = of_the_crate(name, draft);
            for (_, accepted, refused) in EXAMPLES {
                for text in accepted.iter().chain(*refused) {
                    agree(format, &oracle, text);
                }
            }
        }
    }
}

/// Compares both answers. Returns the answer of this room.
fn agree(format: Format, oracle: &Validator, text: &str) -> bool {
    let (own, other) = (format.accepts(text), oracle.is_valid(&Value::from(text)));
    if own != other {
        let mut known = DIFFERENCES.iter().filter(|row| row.formats.contains(&format));
        assert!(
            known.any(|row| row.accepted == own && (row.covers)(text)),
            "{format:?}: {text:?} is {own} here and {other} for the crate"
        );
    }
    own
}

/// A row that no text bears out would hide another difference.
#[test]
fn every_known_difference_is_one() {
    for row in DIFFERENCES {
        for (format, name, draft) in formats().iter().filter(|(of, ..)| row.formats.contains(of)) {
            let text = match format {
                Format::Email if row.formats.len() > 1 => format!("a@{}", row.example),
                Format::DateTime if row.example.ends_with('Z') => {
                    format!("2024-01-01T{}", row.example)
                }
                Format::DateTime => format!("{}T00:00:00Z", row.example),
                _ => row.example.to_owned(),
            };
            assert!((row.covers)(&text), "{}", row.specification);
            assert_eq!(format.accepts(&text), row.accepted, "{}", row.specification);
            let other = of_the_crate(name, *draft).is_valid(&Value::from(text));
            assert_eq!(other, !row.accepted, "{}", row.specification);
        }
    }
}

#[test]
fn random_texts_are_judged_as_the_crate_judges_them() {
    let count = FORMATTED_TEXTS.get() / formats().len() as u32;
    for (at, (format, name, draft)) in formats().into_iter().enumerate() {
        let oracle = of_the_crate(name, draft);
        let (mut texts, mut accepted) = (Texts::new(format, at as u64), 0);
        for _ in 0..count {
            accepted += u32::from(agree(format, &oracle, &texts.next()));
        }
        let share = f64::from(accepted) / f64::from(count);
        assert!((0.02..0.98).contains(&share), "{name}: {share} of the texts fit");
    }
}

/// The encoder of the tests is the inverse of the decoder: examples of RFC 3492, section 7.1.
#[test]
fn labels_are_encoded_as_the_rfc_does() {
    for (label, encoded) in [
        ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
        ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
    ] {
        assert_eq!(punycode(&label.chars().collect::<Vec<_>>()), encoded);
        assert!(Format::Hostname.accepts(&format!("xn--{encoded}")));
    }
}

/// A label takes as many octets as its encoding has, up to 63.
#[test]
fn labels_take_the_octets_of_their_encoding() {
    let letters: Vec<char> =
        "abcdefghijklmnopqrstuvwxyz0123456789-äöüßéñčłωжд中文說日本語한국어กขค".chars().collect();
    let (mut dice, mut long) = (Dice(7), 0);
    for _ in 0..20_000 {
        let count = 1 + dice.roll(70);
        let most = if dice.roll(2) == 0 { letters.len() } else { 40 };
        let label: String = (0..count).map(|_| letters[dice.roll(most)]).collect();
        let octets = octets_of_unicode_label(&label);
        let bytes = 4 + punycode(&label.chars().collect::<Vec<_>>()).len();
        let is_other = label.starts_with('-') || label.ends_with('-') || label.is_ascii();
        if is_other || label.chars().skip(2).take(2).eq("--".chars()) {
            assert_eq!(octets, None, "{label}");
        } else {
            assert_eq!(octets, (bytes <= 63).then_some(bytes), "{label}");
            long += u32::from(bytes > 63);
        }
    }
    assert!((2_000..18_000).contains(&long), "{long}");
}

/// Every answer of the official suite on formats, in all drafts.
#[test]
#[ignore = "reads what the oracle writes: `cargo xtask test` runs it"]
fn the_official_suite_is_judged_as_it_says() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/oracle/formats.ndjson");
    let suite = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask test` has it written", path.display())
    });
    let (mut judged, mut annotated) = (0, 0);
    for line in suite.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let draft = Draft::NAMES.iter().find(|(name, _)| line["draft"] == *name).unwrap().1;
        let Some(name) = line["schema"]["format"].as_str() else {
            assert!(line["origin"].as_str().unwrap().contains("ecmascript-regex"), "{line}");
            continue;
        };
        let format = Format::named(name, draft);
        for case in line["tests"].as_array().unwrap() {
            let Some(text) = case["data"].as_str() else {
                continue;
            };
            match format {
                Some(format) => {
                    judged += 1;
                    assert_eq!(format.accepts(text), case["valid"], "{}: {case}", line["origin"]);
                }
                None => {
                    annotated += 1;
                    assert_eq!(name, "unknown");
                }
            }
        }
    }
    assert!(judged > 1_000 && annotated < 200, "{judged} judged, {annotated} only annotated");
}
