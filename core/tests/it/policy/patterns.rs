//! `patternProperties` whose patterns meet in no member name, or in some, and the regular
//! expressions that compile.

use fieldseal::{ErrorCode, Options, Policy};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context};

/// Marks each pattern with the members of its own `x-protection`.
fn schema(patterns: &[(&str, Value)]) -> String {
    let patterns: serde_json::Map<String, Value> = patterns
        .iter()
        .map(|(pattern, marker)| ((*pattern).to_owned(), json!({"x-protection": marker})))
        .collect();
    json!({"x-schema-family": "urn:example:patterns", "patternProperties": patterns}).to_string()
}

fn sealed(policy: &Policy, document: &Value) -> Result<usize, ErrorCode> {
    let (text, here) = (document.to_string(), context("r", "s"));
    let mut store = Store::default();
    match policy.seal(text.as_bytes(), &here, &mut store, &mut Stream(1)) {
        Ok(sealed) => {
            let text = String::from_utf8(sealed.document).unwrap();
            Ok(text.matches("\"Fs1").count() + text.matches("\"Fp1").count())
        }
        Err(error) => Err(error.record().code),
    }
}

#[test]
fn patterns_that_no_name_matches_together_do_not_conflict() {
    let (field, none) = (json!({"bind": "field"}), json!({"bind": "none"}));
    let (token, partner) = (json!({"mode": "pseudonym"}), json!({"subject": "/partner"}));
    for (patterns, document, count) in [
        ([("^mother$", &field), ("^father$", &none)], json!({"mother": "A", "father": "B"}), 2),
        (
            [("^own_", &json!({})), ("^partner_", &partner)],
            json!({"partner": "p", "own_m": 1, "partner_m": 2}),
            2,
        ),
        ([("^id_", &token), ("^txt_", &json!({}))], json!({"id_a": "7", "txt_a": "seven"}), 2),
        ([("^\\d+$", &field), ("^[a-z]+$", &none)], json!({"12": 1, "ab": 2, "A": 3}), 2),
        ([("^a{2}$", &field), ("^a{3}$", &none)], json!({"aa": 1, "aaa": 2, "aaaa": 3}), 2),
    ] {
        let patterns = patterns.map(|(pattern, marker)| (pattern, marker.clone()));
        assert_eq!(sealed(&compile(&schema(&patterns)), &document), Ok(count), "{document}");
    }
}

#[test]
fn patterns_that_meet_conflict_only_in_a_document_whose_names_match_both() {
    for patterns in [
        [("a", json!({"bind": "field"})), ("b", json!({"bind": "none"}))],
        [("^a", json!({})), ("b$", json!({"mode": "pseudonym"}))],
        [("^.*a", json!({"subject": "/p"})), ("b", json!({}))],
    ] {
        let policy = compile(&schema(&patterns));
        assert_eq!(sealed(&policy, &json!({"a": 1, "b": "x", "p": "q"})), Ok(2), "{patterns:?}");
        assert_eq!(sealed(&policy, &json!({"ab": 1, "p": "q"})), Err(ErrorCode::Conflict));
    }
}

/// Patterns that agree, or that a name which the schema writes matches, stay what they were.
#[test]
fn patterns_that_agree_and_named_members_are_decided_while_compiling() {
    let agreeing = compile(&schema(&[("a", json!({})), ("b", json!({}))]));
    assert_eq!(sealed(&agreeing, &json!({"ab": 1, "a": 2, "c": 3})), Ok(2));
    let named = r#"{"x-schema-family": "f", "properties": {"ab": {"x-protection": {}}},
        "patternProperties": {"^a": {"x-protection": {"bind": "none"}}}}"#;
    let error = Policy::compile(named.as_bytes(), Options::default()).unwrap_err();
    assert_eq!(error.record().findings[0].id, "conflict");
    // One pattern whose own schema contradicts itself is the schema's fault.
    let own = r#"{"x-schema-family": "f", "patternProperties": {"^a": {"allOf": [
        {"x-protection": {}}, {"x-protection": {"bind": "none"}}]}, "b": {"x-protection": {}}}}"#;
    let error = Policy::compile(own.as_bytes(), Options::default()).unwrap_err();
    assert_eq!(error.record().findings[0].id, "conflict");
}

fn with_pattern(keyword: &str, pattern: &str) -> String {
    let path = match keyword {
        "pattern" => json!({"pattern": pattern}),
        _ => json!({"patternProperties": {pattern: {"type": "string"}}}),
    };
    let properties = json!({"path": path, "name": {"x-protection": {}}});
    json!({"x-schema-family": "urn:case", "properties": properties}).to_string()
}

/// ECMA-262 with the flag `u`, as JSON Schema asks for.
#[test]
fn regular_expressions_of_ecma_262_compile_and_judge() {
    for (pattern, yes, no) in [
        (r"^[^\0]+$", "a", "\0"),
        (r"\0", "a\0", "a"),
        (r"^[\b]$", "\u{8}", "b"),
        ("^a[^]b$", "a\nb", "ab"),
        ("^a([]|b)$", "ab", "a"),
        (r"^\ud83d\ude00$", "\u{1f600}", "x"),
        (r"^[\ud83c\udf00-\ud83c\udfff]$", "\u{1f300}", "\u{1f600}"),
        (r#"^(?<quote>["']).*\k<quote>$"#, "'a'", "'a\""),
        (r"^\u{1F600}$", "\u{1f600}", "u"),
        (r"^\cJ$", "\n", "J"),
        (r"^\p{L}+$", "é", "1"),
        (r"^(?<!a)b", "b", "ab"),
        (r"^\d{4}\-\d{2}$", "2026-11", "2026/11"),
        (r"^[\w\-]+\/$", "a-b/", "a b"),
    ] {
        for keyword in ["pattern", "patternProperties"] {
            let text = with_pattern(keyword, pattern);
            let compiled = Policy::compile(text.as_bytes(), Options::default());
            let policy = match compiled {
                Err(error) if cfg!(not(feature = "validation")) => {
                    assert_eq!(error.record().findings[0].id, "validator-needed", "{pattern}");
                    continue;
                }
                compiled => compiled.unwrap(),
            };
            for (text, fits) in [(yes, true), (no, keyword == "patternProperties")] {
                let path = if keyword == "pattern" { json!(text) } else { json!({text: 7}) };
                let fits = if keyword == "pattern" { fits } else { text == no };
                let outcome = sealed(&policy, &json!({"path": path, "name": "n"}));
                let expected = if fits { Ok(1) } else { Err(ErrorCode::Invalid) };
                assert_eq!(outcome, expected, "{keyword} {pattern} {text:?}");
                assert!(policy.schemas().is_ok());
            }
        }
    }
}

/// The validator's engine may lack some. It then says so, and never that they are malformed.
#[test]
fn regular_expressions_that_the_validator_cannot_run_are_findings_of_their_own() {
    for pattern in [
        "(?:)+",
        "(?:(?=a))*",
        r"\p{CWKCF}",
        r"\p{Script=Unknown}",
        r"\p{sc=Zzzz}",
        r"\P{scx=Qaac}",
        "(a{1000}){1000}",
        "a{2147483648}",
        "(?i:a)(?-s:.)(?im-s:b)",
        "(?<a>x)|(?<a>y)",
        r"(?<\u{61}b>x)\k<ab>",
    ] {
        for (keyword, place) in [
            ("pattern", "/properties/path/pattern"),
            ("patternProperties", "/properties/path/patternProperties"),
        ] {
            let text = with_pattern(keyword, pattern);
            let compiled = Policy::compile(text.as_bytes(), Options::default());
            let Err(error) = compiled else { continue };
            if error.record().code == ErrorCode::Limit {
                continue;
            }
            let full = cfg!(feature = "validation");
            let expected = if full { "pattern-unsupported" } else { "validator-needed" };
            let finding = &error.record().findings[0];
            assert_eq!(finding.id, expected, "{pattern}");
            assert!(finding.pointer.starts_with(place), "{pattern}: {}", finding.pointer);
        }
    }
}

/// The place is one of the author's texts, though the crate validates all of them as one.
#[test]
fn a_regular_expression_of_a_reference_has_its_place_there() {
    let schema = r#"{"x-schema-family": "f", "$ref": "urn:other"}"#;
    let other = json!({"properties": {"a": {"pattern": r"^\p{CWKCF}$"}}});
    let options = json!({"references": {"urn:other": other}}).to_string();
    let options = Options::from_json(&options).unwrap();
    let error = Policy::compile(schema.as_bytes(), options).unwrap_err();
    let full = cfg!(feature = "validation");
    let id = if full { "pattern-unsupported" } else { "validator-needed" };
    let finding = &error.record().findings[0];
    assert_eq!((finding.id, finding.pointer.as_str()), (id, "urn:other#/properties/a/pattern"));
}

/// Backslashes before punctuation are needless, and every engine that takes them reads them alike.
#[test]
fn a_needless_backslash_leaves_the_character_after_it() {
    for character in " !\"#$%&'()*+,-./:;=?@[\\]^_`{|}~".chars() {
        for (pattern, yes, no) in [
            (format!(r"^\{character}$"), character.to_string(), "a".to_owned()),
            (format!(r"^[\{character}b]+$"), format!("b{character}"), format!("a{character}")),
        ] {
            let policy = compile(&with_pattern("pattern", &pattern));
            assert_eq!(policy.coverage().validator, "evaluator", "{pattern}");
            let judge = |text: &str| sealed(&policy, &json!({"path": text, "name": "n"}));
            assert_eq!(judge(&yes), Ok(1), "{pattern}");
            assert_eq!(judge(&no), Err(ErrorCode::Invalid), "{pattern}");
        }
    }
}

#[test]
fn regular_expressions_of_other_languages_are_findings_that_say_so() {
    let none = "(".repeat(251) + &")".repeat(251);
    for pattern in [
        r"^a\Z",
        "[a-",
        "(?P<x>a)",
        "a**",
        "(",
        r"\k<x>",
        r"[\d-z]",
        r"\1",
        "a{2,1}",
        "a{10,9}",
        "{",
        "[z-a]",
        "(?=a)*",
        "(?i-i:a)",
        "(?-:a)",
        "(?<a>.)(?<a>.)",
        "(?:(?<a>.)|b)(?<a>.)",
        r"\u{110000}",
        r"\p{Greek}",
        r"\p{IsGreek}",
        r"\p{l}",
        r"\p{Block=Greek}",
        r"\p{Line_Break=Alphabetic}",
        r"\p{Script=Greeks}",
        r"\p{RGI_Emoji}",
        r"\p{}",
        &none,
    ] {
        for (keyword, place) in [
            ("pattern", "pattern".to_owned()),
            ("patternProperties", {
                format!("patternProperties/{}", pattern.replace('~', "~0").replace('/', "~1"))
            }),
        ] {
            let text = with_pattern(keyword, pattern);
            let error = Policy::compile(text.as_bytes(), Options::default());
            let error = error.expect_err(pattern);
            let finding = &error.record().findings[0];
            assert_eq!(finding.id, "pattern-malformed", "{pattern}");
            assert_eq!(finding.pointer, format!("/properties/path/{place}"));
            assert!(finding.message.contains("regular expression"), "{}", finding.message);
        }
    }
}
