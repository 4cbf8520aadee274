//! The requirements, each shown on the built component. Ids: V and H of the project's requirements.

use fieldseal::{KeyState, OpenOptions};
use host_tests::DEFAULTS;
use host_tests::watch::Watch;
use serde_json::Value;

use crate::support::{BROTHERS, FAMILY, family, record, refusal, text};

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

fn verdict(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn v01_what_is_stored_holds_no_marked_value_in_clear() {
    let (mut instance, policy, source, _) = family();
    let stored =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    for personal in ["Jacob", "Wilhelm", "Grimm"] {
        assert!(contains(BROTHERS.as_bytes(), personal));
        assert!(
            !contains(&stored.document, personal) && !stored.verdict.contains(personal),
            "{personal}"
        );
    }
    for unmarked in ["Hanau", "cust-1", "cust-2", "town"] {
        assert!(contains(&stored.document, unmarked), "{unmarked}");
    }
}

#[test]
fn v02_sealing_and_opening_take_schema_context_and_data() {
    let (mut instance, policy, source, _) = family();
    let context = record("tale-1");
    let sealed = instance.seal(policy, BROTHERS.as_bytes(), &context, source).unwrap().unwrap();
    let again = instance.compile(FAMILY.as_bytes(), DEFAULTS).unwrap().unwrap();
    assert_eq!(
        text(
            instance
                .open(again, &sealed.document, &context, OpenOptions::strict(), source)
                .unwrap()
                .unwrap()
                .document
        ),
        BROTHERS
    );
}

#[test]
fn v05_a_conforming_document_is_info_and_another_a_warning() {
    let (mut instance, policy, source, _) = family();
    let fine =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let fine = verdict(&fine.verdict);
    assert_eq!(
        (&fine["level"], &fine["codes"]),
        (&Value::from("info"), &serde_json::json!(["conforming"]))
    );
    let tolerant =
        instance.compile(FAMILY.as_bytes(), r#"{"nonconforming":"seal"}"#).unwrap().unwrap();
    let odd = BROTHERS.replace("\"Jacob Grimm\"", "7");
    assert_eq!(
        refusal(instance.seal(policy, odd.as_bytes(), &record("tale-1"), source).unwrap()).0,
        "invalid"
    );
    let odd = verdict(
        &instance
            .seal(tolerant, odd.as_bytes(), &record("tale-1"), source)
            .unwrap()
            .unwrap()
            .verdict,
    );
    assert_eq!(
        (&odd["level"], &odd["codes"]),
        (&Value::from("warn"), &serde_json::json!(["nonconforming"]))
    );
    assert_eq!(odd["sealed"][0]["count"], 2, "and it is sealed all the same");
}

#[test]
fn v06_the_verdict_alone_tells_whether_every_marked_field_was_sealed() {
    let (mut instance, policy, source, _) = family();
    let sealed =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let all = verdict(&instance.check(policy, &sealed.document).unwrap().unwrap());
    assert_eq!(
        (all["sealed"][0]["pointer"].as_str(), all["sealed"][0]["count"].as_u64()),
        (Some("/brothers/*/name"), Some(2))
    );
    assert_eq!(all["faults"], serde_json::json!([]));
    let mut document: Value = serde_json::from_slice(&sealed.document).unwrap();
    document["brothers"][1]["name"] = "Wilhelm Grimm".into();
    let one = verdict(&instance.check(policy, document.to_string().as_bytes()).unwrap().unwrap());
    assert_eq!(one["level"], "warn");
    assert_eq!(
        one["faults"],
        serde_json::json!([{"code": "not-sealed", "count": 1, "pointer": "/brothers/*/name"}])
    );
}

#[test]
fn v07_the_verdict_names_schema_paths_keys_and_outcome_and_nothing_personal() {
    let (mut instance, policy, source, _) = family();
    let sealed =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let said = verdict(&sealed.verdict);
    assert_eq!(said["schema"]["family"], "urn:example:family");
    assert_eq!(said["schema"]["digest"].as_str().unwrap().len(), 64);
    assert_eq!(said["sealed"][0]["keyIds"].as_array().unwrap().len(), 2);
    assert_eq!(said["at"], "2026-11-22T09:30:00.000Z");
    for personal in ["Grimm", "cust-1", "cust-2", "tale-1"] {
        assert!(!sealed.verdict.contains(personal), "{personal}");
    }
}

#[test]
fn v10_one_key_for_each_person() {
    let (mut instance, policy, source, _) = family();
    let mut ids = std::collections::BTreeSet::new();
    for n in 0..3 {
        let sealed = instance
            .seal(policy, BROTHERS.as_bytes(), &record(&format!("tale-{n}")), source)
            .unwrap()
            .unwrap();
        ids.insert(verdict(&sealed.verdict)["sealed"][0]["keyIds"].to_string());
    }
    assert_eq!(ids.len(), 1, "the same two keys in every document: {ids:?}");
}

#[test]
fn v13_v25_one_of_two_brothers_is_forgotten() {
    let (mut instance, policy, source, keys) = family();
    let stored: Vec<_> = (0..5)
        .map(|n| {
            instance
                .seal(policy, BROTHERS.as_bytes(), &record(&format!("tale-{n}")), source)
                .unwrap()
                .unwrap()
                .document
        })
        .collect();
    keys.erase("cust-1").unwrap();
    for (n, document) in stored.iter().enumerate() {
        let opened = instance
            .open(policy, document, &record(&format!("tale-{n}")), OpenOptions::default(), source)
            .unwrap()
            .unwrap();
        assert_eq!(
            text(opened.document),
            BROTHERS.replace("Jacob Grimm", "(forgotten)"),
            "his name alone is missing"
        );
        let access = verdict(&opened.access);
        assert_eq!(access["withheld"][0]["reason"], "erased");
        assert_eq!(
            (access["withheld"][0]["count"].as_u64(), access["revealed"][0]["count"].as_u64()),
            (Some(1), Some(1))
        );
    }
    // Nothing of his is written again, and no new key is made in silence.
    assert_eq!(
        refusal(instance.seal(policy, BROTHERS.as_bytes(), &record("tale-6"), source).unwrap()),
        ("erased", Some("/brothers/0/name".into()))
    );
    assert_eq!(keys.state("cust-1"), KeyState::Erased);
    assert_eq!(keys.state("cust-2"), KeyState::Live);
}

#[test]
fn v17_v20_who_reads_without_keys_gets_ciphertext_and_every_unmarked_value() {
    let (mut instance, policy, source, _) = family();
    let sealed =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    let watch = Watch::on(&mut instance);
    let read: Value = serde_json::from_slice(&sealed.document).unwrap();
    assert_eq!(
        (&read["town"], &read["brothers"][1]["id"]),
        (&Value::from("Hanau"), &Value::from("cust-2"))
    );
    assert!(read["brothers"][0]["name"].as_str().unwrap().starts_with("Fs1B"));
    instance.check(policy, &sealed.document).unwrap().unwrap();
    assert_eq!(watch.take(), [], "looking needs no key");
    instance
        .open(policy, &sealed.document, &record("tale-1"), OpenOptions::default(), source)
        .unwrap()
        .unwrap();
    assert_eq!(watch.take().len(), 1, "opening is a call of its own, and asks");
}

#[test]
fn v27_what_is_stored_is_plain_json_of_the_same_shape() {
    fn shape(clear: &Value, sealed: &Value, at: &str) {
        match (clear, sealed) {
            (Value::Object(a), Value::Object(b)) => {
                assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{at}");
                a.iter().for_each(|(name, value)| shape(value, &b[name], &format!("{at}/{name}")));
            }
            (Value::Array(a), Value::Array(b)) => {
                assert_eq!(a.len(), b.len(), "{at}");
                a.iter().zip(b).for_each(|(a, b)| shape(a, b, at));
            }
            (_, Value::String(text)) if at.ends_with("/name") => {
                assert!(text.starts_with("Fs1"), "{at}")
            }
            _ => assert_eq!(clear, sealed, "{at}"),
        }
    }
    let (mut instance, policy, source, _) = family();
    let sealed =
        instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source).unwrap().unwrap();
    shape(
        &serde_json::from_str(BROTHERS).unwrap(),
        &serde_json::from_slice(&sealed.document).unwrap(),
        "",
    );
}

#[test]
fn h01_the_same_value_sealed_twice_is_stored_as_two_that_cannot_be_compared() {
    let (mut instance, policy, source, _) = family();
    let mut sealed = || {
        text(
            instance
                .seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source)
                .unwrap()
                .unwrap()
                .document,
        )
    };
    assert_ne!(sealed(), sealed());
}

#[test]
fn h44_a_replay_after_forgetting_somebody_is_the_same_for_everybody_else() {
    let (mut instance, policy, source, keys) = family();
    let tale = |person: &str| {
        format!(r#"{{"brothers":[{{"id":"{person}","name":"the name of {person}"}}]}}"#)
    };
    let stored: Vec<_> = (0..20)
        .map(|n| {
            let document = tale(&format!("cust-{}", n % 4));
            instance
                .seal(policy, document.as_bytes(), &record(&format!("tale-{n}")), source)
                .unwrap()
                .unwrap()
                .document
        })
        .collect();
    let mut replay = |stored: &[Vec<u8>]| -> Vec<Vec<u8>> {
        stored
            .iter()
            .enumerate()
            .map(|(n, document)| {
                instance
                    .open(
                        policy,
                        document,
                        &record(&format!("tale-{n}")),
                        OpenOptions::default(),
                        source,
                    )
                    .unwrap()
                    .unwrap()
                    .document
            })
            .collect()
    };
    let before = replay(&stored);
    keys.erase("cust-1").unwrap();
    keys.restrict("cust-2").unwrap();
    let after = replay(&stored);
    for (n, (before, after)) in before.iter().zip(&after).enumerate() {
        assert_eq!(before != after, matches!(n % 4, 1 | 2), "document {n}");
    }
    keys.lift("cust-2").unwrap();
    let lifted = replay(&stored);
    assert!(
        before
            .iter()
            .zip(&lifted)
            .enumerate()
            .all(|(n, (before, lifted))| (before != lifted) == (n % 4 == 1))
    );
}
