//! What a policy exports is plain JSON Schema that means the same to whoever reads it.

use fieldseal::{Error, ErrorCode, Options, Policy, Schemas};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context};

fn exported(schema: &str, options: &str) -> Schemas {
    Policy::compile(schema.as_bytes(), Options::from_json(options).unwrap())
        .unwrap()
        .schemas()
        .unwrap()
}

/// The pattern of the sealed schema admits the suites that markers seal under or accept, and no
/// other: neither one that only a token's marker could have nor one that nobody names.
#[test]
fn the_pattern_of_an_envelope_has_the_suites_that_the_policy_takes() {
    for (markers, options, suites) in [
        (r#"{}"#, "", "B"),
        (r#"{}"#, r#"{"suite":"aes-256-gcm-iv"}"#, "F"),
        (r#"{"suite":"aes-256-gcm"}"#, r#"{"suite":"aes-256-gcm-iv"}"#, "B"),
        (r#"{"mode":"deterministic"}"#, r#"{"suite":"chacha20-poly1305"}"#, "C"),
        (r#"{"accept":[{"suite":"aes-256-gcm-iv"},{"bind":"none"}]}"#, "", "[BF]"),
        (r#"{"suite":"chacha20-poly1305","accept":[{"suite":"aes-256-siv"}]}"#, "", "[CD]"),
    ] {
        let schema = format!(
            r#"{{"x-schema-family":"f","properties":{{
                "a":{{"x-protection":{markers}}},
                "t":{{"x-protection":{{"mode":"pseudonym"}}}}}}}}"#
        );
        let sealed: Value = serde_json::from_str(&exported(&schema, options).sealed).unwrap();
        let pattern = format!("^Fs1{suites}[A-Za-z0-9_-]{{110,}}$");
        assert_eq!(sealed["$defs"]["sealed"]["pattern"], pattern, "{markers} {options}");

        for letter in ["B", "C", "D", "E", "F"] {
            let document = format!(r#"{{"a":"Fs1{letter}{}"}}"#, "A".repeat(110));
            let document = serde_json::from_str(&document).unwrap();
            let is_valid = jsonschema::is_valid(&sealed, &document);
            assert_eq!(is_valid, suites.contains(letter), "{markers} {options} {letter}");
        }

        // The core's own judgement of what it seals agrees.
        let mut verified: Value =
            if options.is_empty() { json!({}) } else { serde_json::from_str(options).unwrap() };
        verified["verify"] = "sealed".into();
        let options = Options::from_json(&verified.to_string()).unwrap();
        let policy = Policy::compile(schema.as_bytes(), options).unwrap();
        let sealed = policy
            .seal(br#"{"a":1}"#, &context("r", "p"), &mut Store::default(), &mut Stream(1))
            .unwrap();
        assert_eq!(sealed.verdict.verified(), Some("sealed"));
    }
}

fn draft_of(schema: &str) -> Value {
    serde_json::from_str::<Value>(schema).unwrap()["$schema"].take()
}

#[test]
fn both_forms_name_the_draft_that_only_an_option_chose() {
    let drafts = [
        ("7", "http://json-schema.org/draft-07/schema#"),
        ("2020-12", "https://json-schema.org/draft/2020-12/schema"),
    ];
    for (option, draft) in drafts {
        for own in [r#""$schema":"urn:unknown","#, ""] {
            let schema = format!(
                r#"{{{own}"x-schema-family":"f","properties":{{"a":{{"x-protection":{{}}}}}}}}"#
            );
            let schemas = exported(&schema, &format!(r#"{{"draft":"{option}"}}"#));
            // No draft means the newest to everybody.
            let unsaid = own.is_empty() && option == "2020-12";
            assert_eq!(
                draft_of(&schemas.plaintext),
                if unsaid { Value::Null } else { draft.into() },
                "{own} {option}"
            );
            assert_eq!(draft_of(&schemas.sealed), draft);
        }
    }
}

#[test]
fn the_clear_form_keeps_the_authors_spelling_of_its_draft() {
    let schema = r#"{"$schema":"https://json-schema.org/draft-07/schema","x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#;
    assert_eq!(
        draft_of(&exported(schema, "").plaintext),
        "https://json-schema.org/draft-07/schema"
    );
}

#[test]
fn a_draft_that_is_named_where_it_does_not_count_means_nothing_to_anybody() {
    // In draft-04 there is no `unevaluatedProperties`, so `if` would hold; and an unknown draft has
    // every keyword to some.
    for stray in ["http://json-schema.org/draft-04/schema#", "urn:unknown"] {
        let within = format!(r#"{{"$schema":"{stray}","unevaluatedProperties":false}}"#);
        let schema = format!(
            r#"{{"x-schema-family":"f","properties":{{"a":{{"x-protection":{{}}}}}},"if":{within},"else":false}}"#
        );
        let policy = compile(&schema);
        let seal = |document: &str| {
            policy.seal(
                document.as_bytes(),
                &context("r", "ada"),
                &mut Store::default(),
                &mut Stream(1),
            )
        };
        assert_eq!(
            Error::from(seal(r#"{"a":1}"#).unwrap_err()).code,
            ErrorCode::Invalid,
            "{stray}"
        );
        let sealed = seal("{}").unwrap();
        assert!(
            policy.check(&sealed.document).unwrap().to_json().contains(r#""codes":["conforming"]"#),
            "{stray}"
        );
        assert!(!policy.schemas().unwrap().plaintext.contains(stray));
    }
    // In draft-07 neither.
    let schema = r#"{"$schema":"http://json-schema.org/draft-07/schema#","x-schema-family":"f","not":{"$schema":"https://json-schema.org/draft/2020-12/schema","unevaluatedProperties":false}}"#;
    let sealed =
        compile(schema).seal(b"{}", &context("r", "ada"), &mut Store::default(), &mut Stream(1));
    assert_eq!(Error::from(sealed.unwrap_err()).code, ErrorCode::Invalid);
}

#[test]
fn what_a_string_holds_is_annotated_in_every_draft() {
    for draft in ["draft-06/schema#", "draft-07/schema#", "draft/2019-09/schema"] {
        // What describes the clear value applies to the envelope, too: the marker stands elsewhere.
        let content = r#""contentEncoding":"base64","contentMediaType":"application/json""#;
        let schema = format!(
            r##"{{"$schema":"http://json-schema.org/{draft}","x-schema-family":"f","properties":{{"a":{{{content},"allOf":[{{"x-protection":{{}}}}]}}}}}}"##
        );
        let policy = compile(&schema);
        for value in ["e30=", "no base64"] {
            let document = format!(r#"{{"a":"{value}"}}"#);
            let sealed = policy
                .seal(
                    document.as_bytes(),
                    &context("r", "ada"),
                    &mut Store::default(),
                    &mut Stream(1),
                )
                .unwrap();
            assert!(
                policy
                    .check(&sealed.document)
                    .unwrap()
                    .to_json()
                    .contains(r#""codes":["conforming"]"#),
                "{draft} {value}"
            );
        }
    }
}
