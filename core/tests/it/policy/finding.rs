//! Every way a schema, an overlay or an option can be wrong, with the finding's name and place.

use fieldseal::policy::{Options, Policy};
use fieldseal::{CompileError, ErrorCode};

/// Findings as `id pointer`, sorted.
fn findings(error: &CompileError) -> Vec<String> {
    let record = error.record();
    assert_eq!(record.code, ErrorCode::Schema, "{record}");
    let mut all: Vec<String> = record
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.id, finding.pointer))
        .collect();
    all.sort();
    all
}

fn compile(schema: &str, options: &str) -> Result<Policy, CompileError> {
    Policy::compile(schema.as_bytes(), Options::from_json(options)?)
}

#[track_caller]
fn refused(schema: &str, options: &str, expected: &[&str]) {
    match compile(schema, options) {
        Ok(_) => panic!("compiled: {schema} {options}"),
        Err(error) => assert_eq!(findings(&error), expected, "{schema} {options}"),
    }
}

/// In an object with a family, so that only what is tested is wrong.
#[track_caller]
fn schema_refused(members: &str, expected: &[&str]) {
    refused(&format!(r#"{{"x-schema-family":"f",{members}}}"#), "", expected);
}

#[track_caller]
fn draft_7_refused(members: &str, expected: &[&str]) {
    schema_refused(
        &format!(r#""$schema":"http://json-schema.org/draft-07/schema#",{members}"#),
        expected,
    );
}

#[track_caller]
fn compiles(schema: &str, options: &str) {
    if let Err(error) = compile(schema, options) {
        panic!("{schema} {options}: {:?}", error.record());
    }
}

#[test]
fn texts() {
    refused("", "", &["not-json "]);
    refused("{", "", &["not-json "]);
    refused(r#"{"a":1,"a":2}"#, "", &["not-json /a"]);
    refused(
        r#"{"properties":{"a":{"const":1e400}},"x-schema-family":"f"}"#,
        "",
        &["number-out-of-range /properties/a/const"],
    );
    refused("[]", "", &["family-missing ", "schema-invalid "]);
    refused("true", "", &["family-missing "]);
    refused("{}", "", &["family-missing "]);
    refused(
        r#"{"x-schema-family":""}"#,
        "",
        &["family-malformed /x-schema-family", "family-missing "],
    );
    refused(
        r#"{"x-schema-family":7}"#,
        "",
        &["family-malformed /x-schema-family", "family-missing "],
    );
    compiles(r#"{"$id":"urn:example:f"}"#, "");
    compiles(r#"{"x-schema-family":"f","const":12345678901234567890123456789}"#, "");
}

#[test]
fn limits() {
    let code = |schema: &str, options: &str| compile(schema, options).unwrap_err().record().code;
    assert_eq!(
        code(r#"{"x-schema-family":"f"}"#, r#"{"limits":{"schemaBytes":10}}"#),
        ErrorCode::Limit
    );
    let overlay = r#"{"overlay":{"":{"x-a":"0123456789012345678901234567890123456789"}},"limits":{"schemaBytes":50}}"#;
    assert_eq!(code(r#"{"x-schema-family":"f"}"#, overlay), ErrorCode::Limit);
    let deep = format!("{}{}{}", r#"{"not":"#.repeat(200), "{}", "}".repeat(200));
    assert_eq!(code(&deep, ""), ErrorCode::Limit);
    assert_eq!(code("{}", &deep), ErrorCode::Limit);
    // Each level is two ways to the next: 2^40 ways, but only 40 schemas.
    let doubling: String = (0..40)
        .map(|n| {
            format!(
                r##""d{n}":{{"allOf":[{{"$ref":"#/$defs/d{m}"}},{{"$ref":"#/$defs/d{m}"}}]}},"##,
                m = n + 1
            )
        })
        .collect();
    let members = format!(
        r##"{{"x-schema-family":"f","$ref":"#/$defs/d0","$defs":{{{doubling}"d40":{{"properties":{{"a":{{"x-protection":{{}}}}}}}}}}}}"##
    );
    assert_eq!(code(&members, ""), ErrorCode::Limit);
    // A state for each subset of n properties: the nth letter from the end, as in the classic
    // automaton.
    let chain: String = (0..40)
        .map(|n| format!(r##""s{n}":{{"properties":{{"a":{{"$ref":"#/$defs/s{m}"}},"b":{{"$ref":"#/$defs/s{m}"}}}}}},"##, m = n + 1))
        .collect();
    let explosive = format!(
        r##"{{"x-schema-family":"f","$defs":{{{chain}"s40":{{"x-protection":{{}}}},"any":{{"properties":{{"a":{{"anyOf":[{{"$ref":"#/$defs/any"}},{{"$ref":"#/$defs/s0"}}]}},"b":{{"$ref":"#/$defs/any"}}}}}}}},"anyOf":[{{"$ref":"#/$defs/any"}}]}}"##
    );
    assert_eq!(code(&explosive, r#"{"limits":{"expansions":100000}}"#), ErrorCode::Limit);
}

#[test]
fn options() {
    for (text, expected) in [
        ("[]", &["option-malformed options#"][..]),
        ("{", &["not-json options#"]),
        (r#"{"overlay":{},"overlay":{}}"#, &["not-json options#/overlay"]),
        (r#"{"overlay":[]}"#, &["overlay-malformed options#/overlay"]),
        (r#"{"overlay":null}"#, &["overlay-malformed options#/overlay"]),
        (r#"{"overlay":"/a"}"#, &["overlay-malformed options#/overlay"]),
        (r#"{"dialect":"openapi-3.1"}"#, &["option-malformed options#/dialect"]),
        (r#"{"dialect":3}"#, &["option-malformed options#/dialect"]),
        (r#"{"overlay":{"/a":1}}"#, &["overlay-malformed options#/overlay/~1a"]),
        (r#"{"references":1}"#, &["option-malformed options#/references"]),
        (r#"{"nonconforming":"maybe"}"#, &["option-malformed options#/nonconforming"]),
        (r#"{"nonconforming":true}"#, &["option-malformed options#/nonconforming"]),
        (r#"{"suite":"aes-256-siv"}"#, &["option-malformed options#/suite"]),
        (r#"{"suite":"rot13"}"#, &["option-malformed options#/suite"]),
        (r#"{"formats":"no"}"#, &["option-malformed options#/formats"]),
        (r#"{"limits":{"values":0}}"#, &["option-malformed options#/limits/values"]),
        (r#"{"limits":{"depth":129}}"#, &["option-malformed options#/limits/depth"]),
        (r#"{"limits":{"values":1.5}}"#, &["option-malformed options#/limits/values"]),
        (r#"{"limits":{"values":4294967296}}"#, &["option-malformed options#/limits/values"]),
        (r#"{"limits":{"vales":1}}"#, &["option-unknown options#/limits/vales"]),
        (r#"{"limits":7}"#, &["option-malformed options#/limits"]),
        (r#"{"draft":"5"}"#, &["option-malformed options#/draft"]),
        (r#"{"draft":7}"#, &["option-malformed options#/draft"]),
        (r#"{"clear":"maybe"}"#, &["option-malformed options#/clear"]),
        (r#"{"mediaTypes":"a/b"}"#, &["option-malformed options#/mediaTypes"]),
        (
            r#"{"mediaTypes":["a/b","none",1]}"#,
            &["option-malformed options#/mediaTypes/1", "option-malformed options#/mediaTypes/2"],
        ),
        (r#"{"cache":{"entries":0}}"#, &["option-unknown options#/cache"]),
        (r#"{"Overlay":{}}"#, &["option-unknown options#/Overlay"]),
        (
            r#"{"Overlay":{},"suite":1}"#,
            &["option-malformed options#/suite", "option-unknown options#/Overlay"],
        ),
    ] {
        assert_eq!(findings(&Options::from_json(text).unwrap_err()), expected, "{text}");
    }
}

#[test]
fn overlays() {
    let schema = r#"{"x-schema-family":"f","properties":{"a":{"type":"string"},"t":true,"f":false},"items":{},"allOf":[{}],"x-my":{"b":{}},"const":{"c":{}}}"#;
    let with = |entry: &str| {
        format!(r#"{{"overlay":{{{entry}}},"references":{{"urn:r":{{"$defs":{{"d":{{}}}}}}}}}}"#)
    };
    for entry in [
        r#""":{"x-a":1}"#,
        r#""/properties/a":{"x-protection":{}}"#,
        r#""/properties/a":{"type":"string"}"#,
        r#""/properties/t":{"x-protection":{}}"#,
        r#""/items":{"x-protection":{}}"#,
        r#""/allOf/0":{"x-protection":{}}"#,
        r#""urn:r#/$defs/d":{"x-protection":{}}"#,
        r#""urn:r#":{"x-a":1}"#,
    ] {
        compiles(schema, &with(entry));
    }
    for (entry, expected) in [
        (r#""properties":{}"#, "overlay-malformed overlay#/properties"),
        (r#""/properties/a~2":{}"#, "overlay-malformed overlay#/~1properties~1a~02"),
        (r#""/properties":{}"#, "overlay-not-a-schema overlay#/~1properties"),
        (r#""/properties/z":{}"#, "overlay-not-a-schema overlay#/~1properties~1z"),
        (r#""/properties/f":{}"#, "overlay-not-a-schema overlay#/~1properties~1f"),
        (r#""/allOf/00":{}"#, "overlay-not-a-schema overlay#/~1allOf~100"),
        (r#""/allOf/1":{}"#, "overlay-not-a-schema overlay#/~1allOf~11"),
        (r#""/x-my/b":{}"#, "overlay-not-a-schema overlay#/~1x-my~1b"),
        (r#""/const/c":{}"#, "overlay-not-a-schema overlay#/~1const~1c"),
        (r#""/const":{}"#, "overlay-not-a-schema overlay#/~1const"),
        (r#""urn:other#":{}"#, "overlay-not-a-schema overlay#/urn:other#"),
        (r#""/properties/a":{"type":"number"}"#, "overlay-conflict overlay#/~1properties~1a/type"),
    ] {
        refused(schema, &with(entry), &[expected]);
    }
}

#[test]
fn drafts_and_references() {
    for draft in ["draft-04", "draft-06", "draft-07", "draft/2019-09", "draft/2020-12"] {
        compiles(
            &format!(
                r#"{{"$schema":"http://json-schema.org/{draft}/schema","x-schema-family":"f"}}"#
            ),
            "",
        );
    }
    let own = r#"{"$schema":"https://example.org/own","x-schema-family":"f"}"#;
    refused(own, "", &["draft-unknown /$schema"]);
    compiles(own, r#"{"draft":"7"}"#);
    let metaschema = |named: &str| {
        format!(r#"{{"references":{{"https://example.org/own":{{"$schema":"{named}"}}}}}}"#)
    };
    compiles(own, &metaschema("https://json-schema.org/draft/2019-09/schema"));
    // It names itself, and so no draft.
    refused(
        own,
        &metaschema("https://example.org/own"),
        &["draft-unknown /$schema", "draft-unknown https://example.org/own#/$schema"],
    );
    refused(r#"{"$schema":1,"x-schema-family":"f"}"#, "", &["schema-invalid /$schema"]);
    schema_refused(r##""$ref":"#/$defs/none""##, &["unresolvable-ref /$ref"]);
    schema_refused(r##""$ref":"#none""##, &["unresolvable-ref /$ref"]);
    schema_refused(r#""$ref":"http://example.org/other""#, &["unresolvable-ref /$ref"]);
    refused(
        r#"{"x-schema-family":"f","$ref":"urn:r"}"#,
        r##"{"references":{"urn:r":{"properties":{"a":{"$ref":"#/x"}}}}}"##,
        &["unresolvable-ref urn:r#/properties/a/$ref"],
    );
    compiles(
        r#"{"x-schema-family":"f","$ref":"urn:r#/$defs/d"}"#,
        r#"{"references":{"urn:r":{"$defs":{"d":{"x-protection":{}}}}}}"#,
    );
    // Metaschemas are at hand in every build.
    compiles(
        r#"{"x-schema-family":"f","$ref":"https://json-schema.org/draft/2020-12/schema"}"#,
        "",
    );
    compiles(r##"{"x-schema-family":"f","$ref":"#/x-my/d","x-my":{"d":{"x-protection":{}}}}"##, "");
}

#[test]
fn what_is_sealed_and_what_lies_in_it_disagree() {
    let sealed = |inside: &str| {
        format!(
            r#"{{"type":"string","contentEncoding":"base64url","contentMediaType":"application/vnd.fieldseal.sealed","contentSchema":{inside}}}"#
        )
    };
    let with = |bind: &str| {
        format!(
            r##"{{"x-schema-family":"f","properties":{{"a":{}}},"$defs":{{"p":{{"type":"string","x-protection":{{"bind":"{bind}"}}}}}}}}"##,
            sealed(r##"{"$ref":"#/$defs/p"}"##)
        )
    };
    // The marker that the clear value's schema carries is one of the value's own.
    compiles(&with("record-field"), "");
    refused(&with("none"), "", &["conflict /$defs/p"]);
}

/// The build without the crate names each keyword that needs it, and the other lists them.
#[test]
fn every_keyword_that_the_evaluator_cannot_decide_is_named() {
    let schema = r##"{"x-schema-family":"f","properties":{
        "a":{"pattern":"^(.)\\1$"},
        "b":{"patternProperties":{"^(.)\\1$":{},"^a":{},"/(.)\\1":{}}},
        "c":{"dependencies":{"x":["y"]}},
        "d":{"anyOf":[{"type":"string"},{"$ref":"#/properties/d"}]}}}"##;
    let expected = [
        ("/properties/a/pattern", "pattern"),
        ("/properties/b/patternProperties/~1(.)\\1", "patternProperties"),
        ("/properties/b/patternProperties/^(.)\\1$", "patternProperties"),
        ("/properties/c/dependencies", "dependencies"),
        ("/properties/d/anyOf", "anyOf"),
        ("/properties/d/anyOf/1/$ref", "$ref"),
    ];
    let mut named: Vec<String> =
        expected.iter().map(|(pointer, _)| format!("validator-needed {pointer}")).collect();
    named.sort();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let (options, validator) = if cfg!(feature = "validation") {
        ("", "crate")
    } else {
        refused(schema, "", &named);
        (r#"{"validation":"off"}"#, "off")
    };
    let coverage = compile(schema, options).unwrap().coverage();
    let undecided: Vec<(&str, &str)> =
        coverage.undecided.iter().map(|own| (own.schema_pointer.as_str(), own.keyword)).collect();
    assert_eq!(undecided, expected);
    assert_eq!(coverage.validator, validator);
    let text = coverage.to_text(fieldseal::CoverageFormat::Text);
    let json = coverage.to_json();
    for (pointer, keyword) in expected {
        let is_row = |line: &str| line.starts_with(pointer) && line.ends_with(keyword);
        assert!(text.lines().any(is_row), "{pointer} in {text}");
        let pointer = pointer.replace('\\', "\\\\");
        let entry = format!(r#"{{"keyword":"{keyword}","schemaPointer":"{pointer}"}}"#);
        assert!(json.contains(&entry), "{entry} in {json}");
    }
}

#[test]
fn placement() {
    let marked = r#"{"properties":{"a":{"x-protection":{}}}}"#;
    for keyword in ["if", "not", "propertyNames", "contentSchema"] {
        schema_refused(
            &format!(r#""{keyword}":{marked}"#),
            &[&format!("marker-misplaced /{keyword}/properties/a/x-protection")],
        );
    }
    draft_7_refused(
        r##""properties":{"p":{"$ref":"#/definitions/d","x-protection":{}}},"definitions":{"d":{}}"##,
        &["marker-without-effect /properties/p/x-protection"],
    );
    draft_7_refused(
        &format!(
            r##""properties":{{"p":{{"$ref":"#/definitions/d","allOf":[{marked}]}}}},"definitions":{{"d":{{}}}}"##
        ),
        &["marker-without-effect /properties/p/allOf/0/properties/a"],
    );
    for keyword in ["dependentSchemas", "prefixItems", "unevaluatedProperties", "$defs", "x-my"] {
        draft_7_refused(
            &format!(r#""{keyword}":{marked}"#),
            &[&format!("marker-without-effect /{keyword}/properties/a")],
        );
    }
    for keyword in ["dependencies", "additionalItems"] {
        schema_refused(
            &format!(r#""{keyword}":{marked}"#),
            &[&format!("marker-without-effect /{keyword}/properties/a")],
        );
    }
    draft_7_refused(
        &format!(r#""items":{{}},"additionalItems":{marked}"#),
        &["marker-without-effect /additionalItems/properties/a"],
    );
    for keyword in ["then", "else"] {
        schema_refused(
            &format!(r#""{keyword}":{marked}"#),
            &[&format!("marker-without-effect /{keyword}/properties/a")],
        );
    }
    // Reached by a reference all the same, or a definition that nobody refers to.
    compiles(
        &format!(
            r##"{{"$schema":"http://json-schema.org/draft-07/schema#","x-schema-family":"f","properties":{{"p":{{"$ref":"#/$defs"}}}},"$defs":{marked}}}"##
        ),
        "",
    );
    compiles(&format!(r#"{{"x-schema-family":"f","$defs":{{"d":{marked}}}}}"#), "");
    // Reached by a reference from there.
    for keyword in ["if", "not", "propertyNames"] {
        compiles(
            &format!(
                r##"{{"x-schema-family":"f","{keyword}":{{"$ref":"#/$defs/d"}},"$defs":{{"d":{marked}}}}}"##
            ),
            "",
        );
    }
}

#[test]
fn conflicts() {
    schema_refused(
        r#""allOf":[{"properties":{"a":{"x-protection":{"pad":true}}}},{"properties":{"a":{"x-protection":{"pad":false}}}}]"#,
        &["conflict /allOf/1/properties/a"],
    );
    schema_refused(
        r#""properties":{"a":{"x-protection":{"subject":"1/id"},"properties":{"b":{"x-protection":{"subject":"1/id"}}}}}"#,
        &["conflict /properties/a/properties/b"],
    );
    for fine in [
        r#""allOf":[{"properties":{"a":{"x-protection":{"pad":true}}}},{"properties":{"a":{"x-protection":{}}}}]"#,
        r#""anyOf":[{"properties":{"a":{"x-protection":{"pad":true}}}},{"properties":{"a":{"x-protection":{"pad":false}}}}]"#,
        r#""properties":{"a":{"x-protection":{"subject":"1/id"},"properties":{"b":{"x-protection":{"subject":"2/id"}}}}}"#,
        r#""properties":{"a":{"x-protection":{"subject":"0/email"},"properties":{"email":{"x-protection":{"subject":"0"}}}}}"#,
    ] {
        compiles(&format!(r#"{{"x-schema-family":"f",{fine}}}"#), "");
    }
}

#[test]
fn shapes_of_keywords() {
    for (members, expected) in [
        (r#""properties":[]"#, "schema-invalid /properties"),
        (r#""properties":{"a":7}"#, "schema-invalid /properties/a"),
        (r#""allOf":{}"#, "schema-invalid /allOf"),
        (r#""items":[]"#, "schema-invalid /items"),
        (r#""$ref":7"#, "schema-invalid /$ref"),
        (r##""$id":"#a""##, "schema-invalid /$id"),
    ] {
        schema_refused(members, &[expected]);
    }
    let envelope = format!("Fs1B{}", "A".repeat(110));
    for members in [
        format!(r#""const":"{envelope}""#),
        format!(r#""enum":[1,{{"a":["{envelope}"]}}]"#),
        format!(r#""default":"{envelope}""#),
    ] {
        let keyword = members.split('"').nth(1).unwrap();
        schema_refused(&members, &[&format!("envelope-in-schema /{keyword}")]);
    }
    schema_refused(
        r#""$defs":{"a":{"$id":"urn:x"},"b":{"$id":"urn:x"}}"#,
        &["duplicate-id /$defs/b/$id"],
    );
}

/// Both builds refuse what the metaschema of the draft refuses.
#[test]
fn schemas_that_their_draft_refuses() {
    schema_refused(r#""properties":{"a":{"type":"text"}}"#, &["schema-invalid /properties/a/type"]);
    schema_refused(r#""pattern":"(""#, &["pattern-malformed /pattern"]);
    schema_refused(r#""$defs":{"a":{"maxLength":-1}}"#, &["schema-invalid /$defs/a/maxLength"]);
    schema_refused(r#""exclusiveMinimum":true"#, &["schema-invalid /exclusiveMinimum"]);
    draft_7_refused(r#""$comment":1"#, &["schema-invalid /$comment"]);
    draft_7_refused(r#""items":[{"required":["a","a"]}]"#, &["schema-invalid /items"]);
    draft_7_refused(r#""definitions":{"a":{"$id":"a b"}}"#, &["schema-invalid /definitions/a/$id"]);
    refused(
        r#"{"x-schema-family":"f","$ref":"urn:r"}"#,
        r#"{"references":{"urn:r":{"properties":{"a":{"enum":1}}}}}"#,
        &["schema-invalid urn:r#/properties/a/enum"],
    );
    // A resource of another draft in a text that refers to others, and alone.
    let old = r#""$defs":{"a":{"$schema":"http://json-schema.org/draft-04/schema#","id":"urn:a",
        "exclusiveMinimum":true,"minimum":1}}"#;
    compiles(&format!(r#"{{"x-schema-family":"f",{old}}}"#), "");
    compiles(
        &format!(r#"{{"x-schema-family":"f","$ref":"urn:r",{old}}}"#),
        r#"{"references":{"urn:r":{}}}"#,
    );
}

#[cfg(feature = "validation")]
#[test]
fn a_pattern_that_is_too_large_for_the_validator() {
    let code = |options: &str| {
        compile(r#"{"x-schema-family":"f","pattern":"^\\p{Lu}{20}x{20}$"}"#, options)
            .err()
            .map(|error| error.record().code)
    };
    assert_eq!(code(r#"{"limits":{"regexBytes":100}}"#), Some(ErrorCode::Limit));
    assert_eq!(code(""), None);
}

#[test]
fn all_findings_are_reported_at_once() {
    refused(
        r##"{"properties":{"a":{"x-protection":{"mask":{},"colour":1}},"b":{"$ref":"#/x"}},"not":{"x-protection":{}}}"##,
        r#"{"overlay":{"/nowhere":{}}}"#,
        &[
            "family-missing ",
            "marker-misplaced /not/x-protection",
            "not-built /properties/a/x-protection/mask",
            "overlay-not-a-schema overlay#/~1nowhere",
            "unknown-member /properties/a/x-protection/colour",
            "unresolvable-ref /properties/b/$ref",
        ],
    );
}

/// 100,000 entries take a walk each, and as many findings are no slower.
#[test]
fn large_overlays() {
    let properties: Vec<String> = (0..100_000).map(|n| format!(r#""p{n}":{{}}"#)).collect();
    let entries = |first: &str| {
        (0..100_000)
            .map(|n| format!(r#""/{first}/p{n}":{{"x-a":1}}"#))
            .collect::<Vec<_>>()
            .join(",")
    };
    let schema = format!(r#"{{"x-schema-family":"f","properties":{{{}}}}}"#, properties.join(","));
    let wrong =
        Options::from_json(&format!(r#"{{"overlay":{{{}}}}}"#, entries("nowhere"))).unwrap();
    assert_eq!(
        Policy::compile(br#"{"x-schema-family":"f"}"#, wrong).unwrap_err().record().findings.len(),
        100_000
    );
    compiles(&schema, &format!(r#"{{"overlay":{{{}}}}}"#, entries("properties")));
}
