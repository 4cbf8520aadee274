//! What schemas, documents and options are made of.

use serde_json::{Map, Value, json};

use crate::host::Stream;

/// The dictionary that libFuzzer has, too: every string in it is a keyword, or a value that a
/// keyword takes.
const DICTIONARY: &str = include_str!("../dictionaries/schema.dict");

/// Few, so that schemas and documents meet.
const NAMES: [&str; 6] = ["a", "b", "c", "id", "a/b", "é~"];

/// A member name.
pub fn name(random: &mut Stream) -> String {
    NAMES[random.below(NAMES.len())].to_owned()
}

/// A keyword of the dictionary, or whatever else stands in it.
pub fn keyword(random: &mut Stream) -> String {
    let words = || {
        DICTIONARY.lines().filter_map(|line| line.strip_prefix("\"\\\"")?.strip_suffix("\\\"\""))
    };
    words().nth(random.below(words().count())).unwrap_or_default().to_owned()
}

/// A value without others in it, or nearly so.
pub fn scalar(random: &mut Stream) -> Value {
    let all = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(2),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("a"),
        json!("ada"),
        json!("ada@example.org"),
        json!("ADA@Example.org "),
        json!("2024-02-29"),
        json!("Fs1"),
        json!([]),
        json!({}),
    ];
    all[random.below(all.len())].clone()
}

/// A small schema.
pub fn schema(random: &mut Stream) -> Value {
    match random.below(8) {
        0 => json!(true),
        1 => json!(false),
        2 => json!({"x-protection": marker(random)}),
        3 => json!({"type": kind(random), "x-protection": marker(random)}),
        4 => json!({"const": scalar(random)}),
        5 => json!({"properties": {name(random): {"x-protection": marker(random)}}}),
        _ => {
            let keyword = keyword(random);
            let value = value_of(&keyword, random);
            json!({keyword: value})
        }
    }
}

/// A value that a keyword takes, mostly.
pub fn value_of(keyword: &str, random: &mut Stream) -> Value {
    match keyword {
        "properties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies" => {
            json!({name(random): schema(random)})
        }
        "patternProperties" => json!({pattern(random): schema(random)}),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
            (0..=random.below(3)).map(|_| schema(random)).collect()
        }
        "additionalProperties"
        | "propertyNames"
        | "unevaluatedProperties"
        | "items"
        | "additionalItems"
        | "contains"
        | "unevaluatedItems"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contentSchema" => schema(random),
        "required" => (0..=random.below(2)).map(|_| name(random)).collect(),
        "dependentRequired" => json!({name(random): [name(random)]}),
        "type" => kind(random),
        "enum" => (0..=random.below(3)).map(|_| scalar(random)).collect(),
        "const" | "default" | "erased" => scalar(random),
        "pattern" => pattern(random).into(),
        "format" => pick(random, &["date", "email", "uri", "regex"]).into(),
        "uniqueItems" | "pad" | "subjectBound" | "rectifiable" | "$recursiveAnchor" => {
            (random.below(2) == 0).into()
        }
        "x-protection" | "x-protection-defaults" => marker(random),
        "x-schema-family" => pick(random, &["f", "g"]).into(),
        "$ref" | "$dynamicRef" | "$recursiveRef" => pick(
            random,
            &[
                "#",
                "#/$defs/a",
                "#/definitions/a",
                "#/properties/a",
                "#a",
                "a",
                "b#",
                "urn:b",
                "http://h/a#/$defs/a",
            ],
        )
        .into(),
        "$id" | "id" => pick(random, &["a", "b", "#a", "urn:b", "http://h/a"]).into(),
        "$anchor" | "$dynamicAnchor" => pick(random, &["a", "b"]).into(),
        "$schema" => DRAFTS[random.below(DRAFTS.len())].into(),
        "contentEncoding" => "base64url".into(),
        "contentMediaType" => "application/vnd.fieldseal.sealed".into(),
        "subject" => pick(random, &["/id", "1/id", "0", "1/a", "/a/id", "1/b/0"]).into(),
        "bind" => pick(random, &["record-field", "record-path", "field", "none"]).into(),
        "suite" => pick(random, &["aes-256-gcm", "chacha20-poly1305", "aes-256-gcm-iv"]).into(),
        "mode" => pick(random, &["sealed", "deterministic", "pseudonym"]).into(),
        "accept" => {
            json!([{"bind": "none"}, {"subjectBound": random.below(2) == 0}, {"keys": kinds(random)}, {"suite": value_of("suite", random)}])
        }
        "keys" => kinds(random),
        "retention" => pick(random, &["r", "s"]).into(),
        "x-retention" => json!({"r": retention(random), "s": retention(random)}),
        "period" => pick(random, &["P1Y", "P6M", "P2Y3M4D", "P1W"]).into(),
        "bucket" => pick(random, &["P1Y", "P1M", "P3M", "P1D", "P2W"]).into(),
        "from" => pick(random, &["created", "/a", "/b"]).into(),
        "index" => {
            json!({"name": name(random), "bits": 8 + random.below(57), "normalize": value_of("normalize", random), "per": value_of("per", random)})
        }
        "normalize" => pick(random, &["exact", "nfkc-casefold", "email", "digits"]).into(),
        "per" => pick(random, &["domain", "subject"]).into(),
        "domain" => pick(random, &["d", "e"]).into(),
        "overlay" => {
            json!({format!("/properties/{}", name(random).replace('~', "~0").replace('/', "~1")): {"x-protection": marker(random)}})
        }
        "references" => json!({"urn:b": schema(random)}),
        "draft" => pick(random, &["4", "6", "7", "2019-09", "2020-12"]).into(),
        "mediaTypes" => json!(["application/x"]),
        "nonconforming" => pick(random, &["seal", "refuse"]).into(),
        "clear" => pick(random, &["pass", "refuse"]).into(),
        "formats" => pick(random, &["assert", "annotate"]).into(),
        "limits" => {
            json!({"expansions": 1 + random.below(1000), "values": 1 + random.below(20), "depth": 1 + random.below(6)})
        }
        name if name.starts_with("min")
            || name.starts_with("max")
            || name.starts_with("excl")
            || name == "multipleOf" =>
        {
            random.below(4).into()
        }
        _ => scalar(random),
    }
}

fn marker(random: &mut Stream) -> Value {
    let sealed = [
        "subject",
        "bind",
        "pad",
        "erased",
        "accept",
        "suite",
        "retention",
        "rectifiable",
        "index",
    ];
    let (mode, members): (&str, &[&str]) = match random.below(6) {
        0 => ("pseudonym", &["domain", "normalize"]),
        1 => ("deterministic", &sealed),
        _ => ("sealed", &sealed),
    };
    let chosen: Vec<&str> =
        (0..random.below(3)).map(|_| members[random.below(members.len())]).collect();
    let mode = Some(("mode".to_owned(), mode.into())).filter(|(_, mode)| mode != "sealed");
    let members = chosen.into_iter().map(|member| (member.to_owned(), value_of(member, random)));
    mode.into_iter().chain(members).collect::<Map<_, _>>().into()
}

fn retention(random: &mut Stream) -> Value {
    json!({"period": value_of("period", random), "bucket": value_of("bucket", random), "from": value_of("from", random)})
}

fn kinds(random: &mut Stream) -> Value {
    let kinds = ["subject", "retention", "item"];
    kinds.into_iter().filter(|_| random.below(2) == 0).collect()
}

fn kind(random: &mut Stream) -> Value {
    let kinds = ["null", "boolean", "integer", "number", "string", "array", "object"];
    let one = kinds[random.below(kinds.len())];
    if random.below(3) == 0 { json!([one, kinds[random.below(kinds.len())]]) } else { json!(one) }
}

fn pattern(random: &mut Stream) -> String {
    pick(random, &["a", "^a$", "[a-c]", "^.{2,}$", "^(?=a)", "\\d+", ""]).to_owned()
}

fn pick<'a>(random: &mut Stream, from: &[&'a str]) -> &'a str {
    from[random.below(from.len())]
}

const DRAFTS: [&str; 5] = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];
