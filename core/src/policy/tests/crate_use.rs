//! The validator crate is asked only for what the evaluator cannot decide, and then judges alike.

use serde_json::{Value, json};

use crate::Limits;
use crate::export::conformance::peer;
use crate::export::validator::BUILT;
use crate::export::validity::Validity;
use crate::internal::compile_without_crate;
use crate::json::Tape;
use crate::policy::{Options, Policy};

fn options(options: &Value) -> Options {
    Options::from_json(&options.to_string()).unwrap()
}

fn text(schema: &Value) -> String {
    let mut schema = schema.clone();
    schema["x-schema-family"] = json!("f");
    schema.to_string()
}

/// Runs, and returns the number of validators that were built meanwhile.
fn built(run: impl FnOnce()) -> u32 {
    let before = BUILT.get();
    run();
    BUILT.get() - before
}

fn use_everything(policy: &Policy) {
    policy.schemas().unwrap();
    policy.coverage();
    let tape = Tape::parse(br#"{"a": 1}"#, &Limits::default()).unwrap();
    policy.is_valid(&tape);
    policy.is_valid_sealed(&tape);
    policy.misfit(&tape, None);
}

#[test]
fn a_schema_that_the_evaluator_decides_asks_the_crate_for_nothing() {
    for (schema, given) in [
        (json!({"properties": {"a": {"type": "string", "x-protection": {}}}}), json!({})),
        (
            json!({"$ref": "urn:other", "patternProperties": {"^(?!x)b": {"x-protection": {}}}}),
            json!({"references": {"urn:other": {"properties": {"c": {"pattern": "^a$"}}}},
                "formats": "assert", "verify": "sealed"}),
        ),
        (json!({"items": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}), json!({})),
    ] {
        let count = built(|| {
            let policy = Policy::compile(text(&schema).as_bytes(), options(&given)).unwrap();
            use_everything(&policy);
        });
        assert_eq!(count, 0, "{schema}");
    }
}

/// A host without random bytes compiles without the crate, whose maps draw some.
#[test]
fn compiling_without_the_crate_names_each_keyword_that_needs_it() {
    let schema = text(&json!({"properties": {"a": {"pattern": "^(.)\\1$"}}}));
    let asked = built(|| {
        let policy = Policy::compile(schema.as_bytes(), Options::default()).unwrap();
        use_everything(&policy);
    });
    assert!(asked > 0);
    let asked = built(|| {
        let error = compile_without_crate(schema.as_bytes(), Options::default()).unwrap_err();
        let finding = &error.record().findings[0];
        assert_eq!((finding.id, &*finding.pointer), ("validator-needed", "/properties/a/pattern"));
        let decided = text(&json!({"properties": {"a": {"x-protection": {}}}}));
        let policy = compile_without_crate(decided.as_bytes(), Options::default()).unwrap();
        use_everything(&policy);
    });
    assert_eq!(asked, 0);
}

/// Judges strings by both engines, which agree, and returns the verdicts.
fn judge(schema: &Value, given: &Value, texts: &[&str]) -> Vec<bool> {
    let schema = text(schema);
    let compile = || Policy::compile(schema.as_bytes(), options(given)).unwrap();
    let (evaluator, validator) = (compile(), peer::with(compile));
    assert_eq!(evaluator.coverage().validator, "evaluator", "{schema}");
    assert_eq!(validator.coverage().validator, "crate", "{schema}");
    let verdict = |text: &&str| {
        let text = json!(text).to_string();
        let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
        let own = evaluator.is_valid(&tape);
        assert_eq!(own, validator.is_valid(&tape), "{schema} {text}");
        own == Validity::Valid
    };
    texts.iter().map(verdict).collect()
}

/// The crate lacks these formats, and has them from here.
#[test]
fn international_formats_are_the_same_in_both_engines() {
    for (draft, asserts) in [("6", false), ("7", true), ("2019-09", true), ("2020-12", true)] {
        let given = json!({"formats": "assert", "draft": draft});
        let hosts = ["bücher.example", "-a.example", "", "Bücher.example"];
        let verdicts = judge(&json!({"format": "idn-hostname"}), &given, &hosts);
        assert_eq!(verdicts, [true, !asserts, !asserts, !asserts], "{draft}");
        let addresses = ["é@bücher.example", "2962", "é@-a.example"];
        let verdicts = judge(&json!({"format": "idn-email"}), &given, &addresses);
        assert_eq!(verdicts, [true, !asserts, !asserts], "{draft}");
    }
    let verdicts = judge(&json!({"format": "idn-hostname"}), &json!({}), &["-a.example"]);
    assert_eq!(verdicts, [true]);
}

#[test]
fn needless_backslashes_are_the_same_in_both_engines() {
    for character in " !\"#$%&'()*+,-./:;=?@[\\]^_`{|}~".chars() {
        let own = character.to_string();
        let texts = [own.as_str(), "a", "\\", "aa", ""];
        for pattern in [format!(r"^\{character}$"), format!(r"^[\{character}]+$")] {
            let verdicts = judge(&json!({"pattern": pattern}), &json!({}), &texts);
            assert_eq!(verdicts[..2], [true, false], "{pattern}");
        }
    }
}
