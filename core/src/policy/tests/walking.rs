//! Single properties of the traversal: patterns, disputes, conflicts, the clear form, and limits of
//! regular expressions.

use crate::Limits;
#[cfg(feature = "validation")]
use crate::export::validity::Validity;
use crate::json::Tape;
#[cfg(feature = "validation")]
use crate::policy::Formats;
use crate::policy::{Options, Policy};
use crate::resolver::walk::Sought;

fn policy(members: &str) -> Policy {
    let schema = format!(r#"{{"x-schema-family":"f",{members}}}"#);
    Policy::compile(schema.as_bytes(), Options::default())
        .unwrap_or_else(|error| panic!("{schema}: {:?}", error.record()))
}

/// Returns pointer and pattern of each location, then the pointers of disputes and of conflicts.
fn found(policy: &Policy, document: &str) -> (Vec<(String, String)>, Vec<String>, Vec<String>) {
    let tape = Tape::parse(document.as_bytes(), &Limits::default()).unwrap();
    let found = policy.resolve(&tape, Sought::All).unwrap();
    let pointer = |node: u32| tape.node(node).unwrap().pointer();
    let locations = found.locations.iter().map(|location| {
        let mut pattern = String::new();
        found.patterns.write(location.pattern, &mut pattern);
        (pointer(location.node), pattern)
    });
    let disputes = found.disputes.iter().map(|dispute| pointer(dispute.node)).collect();
    let conflicts = found
        .locations
        .iter()
        .filter(|location| location.disputed)
        .map(|location| pointer(location.node))
        .collect();
    (locations.collect(), disputes, conflicts)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(pointer, pattern)| ((*pointer).to_owned(), (*pattern).to_owned()))
        .collect()
}

#[test]
fn patterns_name_only_what_the_schema_names() {
    let policy = policy(
        r#""properties":{"a/b":{"items":{"properties":{"n":{"x-protection":{}}}}},"o":{"additionalProperties":{"x-protection":{}}},"p":{"patternProperties":{"^x-":{"x-protection":{}}}}}"#,
    );
    let document =
        r#"{"a/b":[{"n":1},{"n":2}],"o":{"ann@example.org":1,"o":2},"p":{"x-1":1,"y":2}}"#;
    let expected = [
        ("/a~1b/0/n", "/a~1b/*/n"),
        ("/a~1b/1/n", "/a~1b/*/n"),
        ("/o/ann@example.org", "/o/*"),
        ("/o/o", "/o/*"),
        ("/p/x-1", "/p/*"),
    ];
    assert_eq!(found(&policy, document).0, pairs(&expected));
    let tape = Tape::parse(document.as_bytes(), &Limits::default()).unwrap();
    let resolution = policy.resolve(&tape, Sought::All).unwrap();
    assert_eq!(
        resolution.locations[0].pattern, resolution.locations[1].pattern,
        "one pattern, one number"
    );
}

#[test]
fn escaped_member_names_are_names() {
    let policy = policy(r#""properties":{"name":{"x-protection":{}}}"#);
    assert_eq!(found(&policy, r#"{"n\u0061me":1}"#).0, pairs(&[("/name", "/name")]));
}

#[test]
fn the_root_can_be_marked() {
    assert_eq!(found(&policy(r#""x-protection":{}"#), "[1]").0, pairs(&[("", "")]));
}

#[test]
fn conditional_disagreement_is_met_in_the_document() {
    let policy = policy(
        r#""anyOf":[{"properties":{"a":{"x-protection":{"pad":true}}}},{"properties":{"a":{"x-protection":{"pad":false}}}}]"#,
    );
    assert_eq!(found(&policy, r#"{"a":1}"#).2, ["/a"]);
    assert_eq!(found(&policy, r#"{"b":1}"#).2, Vec::<String>::new());
}

#[test]
fn an_ancestor_absorbs_the_same_subject_and_disputes_another() {
    let marked = |inner: &str| {
        policy(&format!(
            r#""anyOf":[{{"properties":{{"a":{{"x-protection":{{"subject":"1/id"}},"items":{{"properties":{{"n":{{"x-protection":{{"subject":"{inner}"}}}}}}}}}}}}}}]"#
        ))
    };
    let document = r#"{"id":1,"a":[{"n":1},{"n":2}]}"#;
    let (locations, disputes, _) = found(&marked("3/id"), document);
    assert_eq!((locations.len(), disputes.len()), (1, 0));
    let (locations, disputes, _) = found(&marked("1/id"), document);
    assert_eq!(locations, pairs(&[("/a", "/a")]));
    assert_eq!(disputes, ["/a/0/n", "/a/1/n"]);
}

/// Uses more patterns than are combined: a name that matches one pattern is exact, a name that
/// matches several counts as matching all.
#[test]
fn many_patterns_in_one_state() {
    let patterns: Vec<String> = (0..9)
        .map(|n| format!(r#""^{n}":{{"properties":{{"p{n}":{{"x-protection":{{}}}}}}}}"#))
        .collect();
    let policy = policy(&format!(
        r#""patternProperties":{{{}, "0$":{{"x-protection":{{}}}}}}"#,
        patterns.join(",")
    ));
    let all: String = (0..9).map(|n| format!(r#""p{n}":1,"#)).collect();
    let members = |name: &str| found(&policy, &format!(r#"{{"{name}":{{{all}"z":1}}}}"#)).0.len();
    assert_eq!(found(&policy, r#"{"3":{"p3":1,"p4":1}}"#).0, pairs(&[("/3/p3", "/*/p3")]));
    assert_eq!(members("x"), 0);
    assert_eq!(found(&policy, r#"{"30":1}"#).0, pairs(&[("/30", "/*")]));
}

/// The placeholder is `null` unless the clear schema excludes it, also through `$ref` and `allOf`.
#[test]
fn v25_placeholders_follow_from_the_type() {
    for (schema, erased) in [
        (r#"{}"#, "null"),
        (r#"{"type":"string"}"#, r#""""#),
        (r#"{"type":["integer","string"]}"#, r#""""#),
        (r#"{"type":"integer"}"#, "0"),
        (r#"{"type":["null","string"]}"#, "null"),
        (r#"{"type":"array"}"#, "[]"),
        (r#"{"type":"object"}"#, "{}"),
        (r##"{"$ref":"#/$defs/s"}"##, r#""""#),
        (r#"{"allOf":[{"type":["boolean","null"]},{"type":["boolean","string"]}]}"#, "false"),
        (r#"{"anyOf":[{"type":"string"}]}"#, "null"),
        (
            r#"{"contentEncoding":"base64url","contentMediaType":"application/vnd.fieldseal.sealed","type":"string","contentSchema":{"type":"number"}}"#,
            "0",
        ),
    ] {
        let rest = schema.strip_prefix('{').unwrap();
        let comma = if rest == "}" { "" } else { "," };
        let marked = format!(r#"{{"x-protection":{{}}{comma}{rest}"#);
        let policy = policy(&format!(
            r#""properties":{{"a":{marked}}},"$defs":{{"s":{{"type":"string"}}}}"#
        ));
        assert_eq!(policy.markers()[0].erased().text, erased, "{schema}");
    }
}

#[cfg(feature = "validation")]
mod validation {
    use super::*;

    fn validity(policy: &Policy, document: &str) -> Validity {
        policy.is_valid(&Tape::parse(document.as_bytes(), &Limits::default()).unwrap())
    }

    /// If a schema describes an envelope, its `contentSchema` validates the clear document.
    #[test]
    fn v03_clear_values_are_judged_by_content_schema() {
        for draft in [
            "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2020-12/schema",
        ] {
            let sealed = r#"{"type":"string","contentEncoding":"base64url","contentMediaType":"application/vnd.fieldseal.sealed","contentSchema":{"type":"integer","maximum":9}}"#;
            let policy = policy(&format!(
                r##""$schema":"{draft}","properties":{{"a":{sealed},"b":{{"$ref":"#/properties/a/contentSchema"}}}}"##
            ));
            assert_eq!(validity(&policy, r#"{"a":7,"b":7}"#), Validity::Valid);
            for invalid in [r#"{"a":"text"}"#, r#"{"a":10}"#, r#"{"b":10}"#] {
                assert_eq!(validity(&policy, invalid), Validity::Invalid, "{draft} {invalid}");
            }
        }
    }

    #[test]
    fn a_pattern_that_reaches_its_limit_is_no_verdict() {
        let policy = policy(r#""properties":{"a":{"pattern":"^(a|a)*\\1b"}}"#);
        let document = format!(r#"{{"a":"{}"}}"#, "a".repeat(64));
        assert_eq!(validity(&policy, &document), Validity::Limit);
        assert_eq!(validity(&policy, r#"{"a":"aab"}"#), Validity::Valid);
    }

    #[test]
    fn formats_decide_when_asked() {
        let schema = br#"{"x-schema-family":"f","properties":{"a":{"format":"ipv4"}}}"#;
        for (formats, expected) in
            [(Formats::Annotate, Validity::Valid), (Formats::Assert, Validity::Invalid)]
        {
            let policy =
                Policy::compile(schema, Options { formats, ..Options::default() }).unwrap();
            assert_eq!(validity(&policy, r#"{"a":"no"}"#), expected);
        }
    }

    #[test]
    fn a_fault_has_a_place_and_references_are_given() {
        let options =
            Options::from_json(r#"{"references":{"https://example.org/n":{"type":"integer"}}}"#)
                .unwrap();
        let schema = br#"{"x-schema-family":"f","properties":{"a":{"items":{"$ref":"https://example.org/n"}}}}"#;
        let policy = Policy::compile(schema, options).unwrap();
        let tape = Tape::parse(&br#"{"a":[1,"x"]}"#[..], &Limits::default()).unwrap();
        assert_eq!(policy.is_valid(&tape), Validity::Invalid);
        let fault = policy.misfit(&tape, None);
        assert_eq!(
            (fault.pointer.as_deref(), &*fault.message),
            (Some("/a/1"), "the document does not conform to its schema: `type`, which is integer")
        );

        let policy =
            Policy::compile(br#"{"x-schema-family":"f","required":["a"]}"#, Options::default())
                .unwrap();
        let fault = policy.misfit(&Tape::parse(&b"{}"[..], &Limits::default()).unwrap(), None);
        assert_eq!(
            (fault.pointer.as_deref(), &*fault.message),
            (
                Some(""),
                "the document does not conform to its schema: `required`, and `a` is missing"
            )
        );

        for (schema, document, expected) in [
            (r#"{"type":["string","null"]}"#, "[7]", "`type`, which is null or string"),
            (r#"{"minimum":18}"#, "[17]", "`minimum`, which is 18"),
            (r#"{"exclusiveMaximum":1.5}"#, "[2]", "`exclusiveMaximum`, which is 1.5"),
            (r#"{"maxLength":3}"#, r#"["Ada L"]"#, "`maxLength`, which is 3"),
            (r#"{"minItems":2}"#, "[[]]", "`minItems`, which is 2"),
            (r#"{"const":"Ada"}"#, r#"["Bob"]"#, "`const`"),
            (r#"{"pattern":"^A"}"#, r#"["Bob"]"#, "`pattern`"),
        ] {
            let schema = format!(r#"{{"x-schema-family":"f","items":{schema}}}"#);
            let policy = Policy::compile(schema.as_bytes(), Options::default()).unwrap();
            let tape = Tape::parse(document.as_bytes(), &Limits::default()).unwrap();
            let message = policy.misfit(&tape, None).message;
            let prefix = "the document does not conform to its schema: ";
            assert_eq!(&*message, format!("{prefix}{expected}"), "{schema}");
        }
    }
}
