//! Schemas made to cost more than they are worth: each ends in a code and a place, or compiles, by
//! counting and not by hope (H-39). How long it takes is printed; that it is bounded is shown by
//! growing each schema until it is refused.

use std::fmt::Write as _;
use std::time::Instant;

use fieldseal::{Error, ErrorCode, Options, Policy};
use serde_json::json;
use support::{Store, Stream, context, say};

/// Compiles, and uses what compiles: coverage, both schemas, and one document sealed.
fn all(title: &str, schema: &str, options: &str, document: &str) -> Result<(), Error> {
    let began = Instant::now();
    let outcome = (|| {
        let policy = Policy::compile(schema.as_bytes(), Options::from_json(options)?)?;
        let _ = (policy.coverage(), policy.schemas());
        let sealed = policy.seal(
            document.as_bytes(),
            &context("r", "s"),
            &mut Store::default(),
            &mut Stream(1),
        )?;
        policy.check(&sealed.document)?;
        Ok(())
    })();
    say!(
        "{title}, {} bytes: {:?}, {} ms",
        schema.len() + options.len(),
        outcome.as_ref().map_err(|error: &Error| error.code),
        began.elapsed().as_millis()
    );
    outcome
}

fn code(outcome: Result<(), Error>) -> Option<ErrorCode> {
    outcome.err().map(|error| error.code)
}

#[test]
fn h39_references_that_lead_nowhere_or_round_in_a_circle_are_findings_with_a_place() {
    let findings = |schema: &str| match Policy::compile(schema.as_bytes(), Options::default()) {
        Ok(_) => Vec::new(),
        Err(error) => error
            .record()
            .findings
            .iter()
            .map(|finding| (finding.id, finding.pointer.clone()))
            .collect::<Vec<_>>(),
    };
    let at = |id, pointers: &[&str]| {
        pointers.iter().map(|pointer| (id, (*pointer).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(findings(r##"{"x-schema-family":"f","$ref":"#"}"##), at("endless-reference", &[""]));
    let circle = r##"{"x-schema-family":"f","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/c"}]},"c":{"$ref":"#/$defs/a","type":"string"},"d":{"$ref":"#/$defs/a"}}}"##;
    let found = findings(circle);
    assert!(
        !found.is_empty()
            && found
                .iter()
                .all(|(id, pointer)| *id == "endless-reference" && pointer.starts_with("/$defs/")),
        "{found:?}"
    );
    assert!(
        !found.iter().any(|(_, pointer)| pointer == "/$defs/d"),
        "d is not on the circle: {found:?}"
    );
    // One with a way out is nobody's fault: the branches decide.
    let found = findings(r##"{"x-schema-family":"f","anyOf":[{"type":"string"},{"$ref":"#"}]}"##);
    assert!(found.iter().all(|(id, _)| *id == "validator-needed"), "{found:?}");
    assert_eq!(found.is_empty(), cfg!(feature = "validation"));
    assert!(findings(r##"{"x-schema-family":"f","properties":{"next":{"$ref":"#"}}}"##).is_empty());
    assert_eq!(
        findings(r##"{"x-schema-family":"f","$ref":"#/$defs/none"}"##),
        at("unresolvable-ref", &["/$ref"])
    );
    assert_eq!(
        findings(r##"{"x-schema-family":"f","items":{"$ref":"https://example.org/none"}}"##),
        at("unresolvable-ref", &["/items/$ref"])
    );
}

/// Each definition applies the next one twice.
fn doubling(keyword: &str, length: u32) -> String {
    let mut schema = String::from(
        r##"{"x-schema-family":"f","properties":{"a":{"$ref":"#/$defs/d0"},"n":{"x-protection":{}}},"$defs":{"##,
    );
    for number in 0..length {
        let next = format!(r##"{{"$ref":"#/$defs/d{}"}}"##, number + 1);
        let pair = match keyword {
            "properties" => format!(r#"{{"x":{next},"y":{next}}}"#),
            _ => format!("[{next},{next}]"),
        };
        write!(schema, r##""d{number}":{{"{keyword}":{pair}}},"##).unwrap();
    }
    write!(schema, r##""d{length}":{{"properties":{{"m":{{"x-protection":{{}}}}}}}}}}}}"##)
        .unwrap();
    schema
}

#[test]
fn h39_references_that_double_are_counted() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        assert_eq!(
            code(all(
                &format!("{keyword} doubling 12 times"),
                &doubling(keyword, 12),
                "",
                r#"{"n":1}"#
            )),
            None
        );
        assert_eq!(
            code(all(&format!("{keyword} doubling 60 times"), &doubling(keyword, 60), "", "{}")),
            Some(ErrorCode::Limit)
        );
    }
    // Below members, doubling costs nothing: the value is another each time.
    assert_eq!(
        code(all("properties doubling 60 times", &doubling("properties", 60), "", r#"{"n":1}"#)),
        None
    );
}

#[test]
fn h39_nesting_size_and_number_are_bounded() {
    let deep = |levels: usize| {
        format!(
            r#"{{"x-schema-family":"f","allOf":[{}{{}}{}]}}"#,
            r#"{"not":"#.repeat(levels),
            "}".repeat(levels)
        )
    };
    assert_eq!(code(all("nested 120 deep", &deep(120), "", "1")), None);
    assert_eq!(code(all("nested 100,000 deep", &deep(100_000), "", "1")), Some(ErrorCode::Limit));
    // Ten megabytes of one enum, of many enums, and more than a schema may have.
    let values = |bytes: usize| {
        (0..bytes / 11).map(|number| format!("\"v{number:07}\"")).collect::<Vec<_>>().join(",")
    };
    let one = format!(
        r#"{{"x-schema-family":"f","properties":{{"a":{{"enum":[{}]}},"n":{{"x-protection":{{}}}}}}}}"#,
        values(10 << 20)
    );
    assert_eq!(code(all("an enum of 10 MB", &one, "", r#"{"a":"v0000007","n":1}"#)), None);
    let many = (0..1000)
        .map(|number| format!(r#""p{number}":{{"enum":[{}]}}"#, values(10 << 10)))
        .collect::<Vec<_>>()
        .join(",");
    let many = format!(r#"{{"x-schema-family":"f","properties":{{{many}}}}}"#);
    assert_eq!(code(all("a thousand enums of 10 KB", &many, "", "{}")), None);
    let over = format!(r#"{{"x-schema-family":"f","enum":[{}]}}"#, values(17 << 20));
    assert_eq!(code(all("a schema of 17 MB", &over, "", "1")), Some(ErrorCode::Limit));
}

#[test]
fn h39_overlays_of_a_hundred_thousand_entries() {
    let properties =
        (0..100_000).map(|number| format!(r#""p{number}":{{}}"#)).collect::<Vec<_>>().join(",");
    let schema = format!(r#"{{"x-schema-family":"f","properties":{{{properties}}}}}"#);
    let entries = |prefix: &str| {
        (0..100_000)
            .map(|number| format!(r#""/properties/{prefix}{number}":{{"x-protection":{{}}}}"#))
            .collect::<Vec<_>>()
            .join(",")
    };
    let good = format!(r#"{{"overlay":{{{}}}}}"#, entries("p"));
    assert_eq!(code(all("100,000 entries", &schema, &good, r#"{"p7":1,"p99999":2}"#)), None);
    let bad = format!(r#"{{"overlay":{{{}}}}}"#, entries("q"));
    let error = all("100,000 entries that lead nowhere", &schema, &bad, "{}").unwrap_err();
    assert_eq!((error.code, error.findings.len()), (ErrorCode::Schema, 100_000));
    assert!(
        error.findings.iter().all(|finding| finding.id == "overlay-not-a-schema"
            && finding.pointer.starts_with("overlay#/"))
    );
}

#[test]
fn h39_hostile_patterns_end_in_limit() {
    let schema = |pattern: &str| {
        json!({"x-schema-family": "f", "properties": {"a": {"pattern": pattern}, "n": {"x-protection": {}}}}).to_string()
    };
    let document = format!(r#"{{"a":"{}!","n":1}}"#, "a".repeat(30_000));
    // The evaluator searches within its steps, also with look-around.
    assert_eq!(
        code(all("nested repetition", &schema("^(a+)+$"), "", &document)),
        Some(ErrorCode::Invalid)
    );
    assert_eq!(
        code(all(
            "nested repetition before a look-ahead",
            &schema("^(?:(?=a)(a+))+(?<!b)$"),
            "",
            &document
        )),
        Some(ErrorCode::Invalid)
    );
    assert_eq!(
        code(all("a look-ahead that sees it all", &schema("^(?:(?=a*!)a)*$"), "", &document)),
        Some(ErrorCode::Limit)
    );
    // Only the crate runs a back-reference, or repetitions as wide.
    let full = cfg!(feature = "validation");
    assert_eq!(
        code(all("a back-reference", &schema(r"^(a*)*\1$"), "", &document)),
        Some(if full { ErrorCode::Limit } else { ErrorCode::Schema })
    );
    assert_eq!(
        code(all("repetition of repetitions", &schema("^(((a{60}){60}){60})$"), "", &document)),
        Some(if full { ErrorCode::Limit } else { ErrorCode::Schema })
    );
    assert_eq!(
        code(all(
            "more than the engine itself allows",
            &schema("^((((a{99}){99}){99}){99})$"),
            "",
            &document
        )),
        Some(ErrorCode::Schema)
    );
}
