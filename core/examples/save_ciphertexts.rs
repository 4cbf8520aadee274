//! Writes `core/conformance/vectors/saved-RELEASE.json`.
//!
//! It holds values of many kinds, sealed by policies under every combination of parameters, and
//! tokens of each kind and normalisation, all with their keys and entropy. Every later release must
//! open the envelopes and make the tokens. Run once for each release: existing files never change.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use fieldseal::envelope::Suite;
use fieldseal::{Options, Policy};
use fieldseal_conformance::vectors::{Envelope, Place, Step, Token, folder};
use support::params::{SealParams, all_params};
use support::row_keys::{RowKeys, call_context, token_context};
use support::{Given, Stream, text_at};

/// 0.1 has two files. Its first was written before the format was final, and below every policy.
const RELEASE: &str = "0.1-final";

fn main() {
    let path = folder().join(format!("saved-{RELEASE}.json"));
    assert!(
        !path.exists(),
        "{} is there: what a release sealed is never sealed anew",
        path.display()
    );
    let mut stream = Stream(2);
    let envelopes: Vec<_> = all_params()
        .into_iter()
        .enumerate()
        .map(|(number, params)| envelope(number, params, &mut stream))
        .collect();
    let tokens: Vec<_> = tokens(&mut stream).into_iter().map(token).collect();
    let text = format!(
        "{{\"format\":\"fieldseal saved ciphertexts 1\",\"release\":\"{RELEASE}\",\"envelopes\":[\n{}\n],\"tokens\":[\n{}\n]}}\n",
        lines(&envelopes),
        lines(&tokens)
    );
    std::fs::write(&path, text).unwrap();
    println!("{} envelopes, {} tokens in {}", envelopes.len(), tokens.len(), path.display());
}

fn lines<T: serde::Serialize>(rows: &[T]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
    rows.join(",\n")
}

/// Returns a row with these parameters, sealed by a policy that demands them.
fn envelope(number: usize, params: SealParams, stream: &mut Stream) -> Envelope {
    let SealParams { demand, padded } = params;
    let mut place = place(number);
    let (name, plaintext) = match (demand.subject_bound, number % 20) {
        // A person's reference that is not bound is the value itself.
        (false, _) => {
            let (reference, plaintext) = identity(number);
            place.subject = reference;
            ("identity", plaintext)
        }
        (true, 0) => pick(&long(), number / 20),
        (true, _) => pick(&short(), number),
    };
    let mut digits = |present: bool, bytes: usize| {
        if present { draw(stream, bytes) } else { String::new() }
    };
    let kinds = [demand.subject, demand.retention, demand.item];
    let [subject_key, retention_key, item_key] = kinds.map(|present| digits(present, 32));
    let [subject_key_id, retention_key_id, item_key_id] = kinds.map(|present| digits(present, 16));
    let mut row = Envelope {
        name: format!("{}: {name}", number + 1),
        plaintext,
        suite: demand.suite as u8,
        bind: demand.bind.as_str().to_owned(),
        padded,
        subject_bound: demand.subject_bound,
        subject_key,
        retention_key,
        item_key,
        subject_key_id,
        retention_key_id,
        item_key_id,
        item_ref: String::new(),
        place,
        entropy: digits(!demand.suite.is_deterministic(), 32),
        iv: digits(demand.suite == Suite::Aes256GcmIv, 12),
        envelope: String::new(),
    };
    if demand.item {
        row.item_ref = row.item();
    }
    let sealed = policy(&row.schema())
        .seal(
            row.clear_document().as_bytes(),
            &call_context(&row.place),
            &mut RowKeys::of(&row),
            &mut Given(row.drawn()),
        )
        .unwrap_or_else(|error| panic!("{}: {error}", row.name));
    let document = String::from_utf8(sealed.document).unwrap();
    row.envelope = text_at(&document, &row.place.field("record-path"));
    row
}

/// Returns the row with the token that a policy makes.
fn token(mut row: Token) -> Token {
    let sealed = policy(&row.schema())
        .seal(
            row.clear_document().as_bytes(),
            &token_context(&row),
            &mut RowKeys::of_token(&row),
            &mut Given(vec![1; 32]),
        )
        .unwrap_or_else(|error| panic!("{row:?}: {error}"));
    row.token = match sealed.indexes.into_iter().next() {
        Some(index) => index.value,
        None => text_at(&String::from_utf8(sealed.document).unwrap(), "/v"),
    };
    row
}

/// Returns values under each normalisation that takes them, in turn as index and as pseudonym.
fn tokens(stream: &mut Stream) -> Vec<Token> {
    let mut values = Vec::new();
    for text in TEXTS {
        for normalisation in ["exact/1", "nfkc-casefold/1", "email/1", "digits/1"] {
            if normalisation != "digits/1" || text.chars().any(char::is_numeric) {
                values.push((normalisation, text));
            }
        }
    }
    values.extend(JSON.map(|text| ("json/1", text)));
    let rows = values.into_iter().enumerate().map(|(number, (normalisation, value))| {
        let is_index = number % 2 == 0;
        let of = |names: [&str; 4]| names[number / 2 % 4].to_owned();
        Token {
            kind: if is_index { "index" } else { "pseudonym" }.to_owned(),
            key: draw(stream, 32),
            tenant: of(["", "acme", "Müller & Söhne", "tenant-0001"]),
            domain: of(["email", "urn:example:customer", "例え", "d"]),
            normalisation: normalisation.to_owned(),
            value: value.to_owned(),
            token: String::new(),
            bits: is_index.then(|| BITS[number / 2 % BITS.len()]),
            key_id: (!is_index).then(|| draw(stream, 16)),
        }
    });
    rows.collect()
}

const BITS: [u8; 11] = [8, 9, 12, 16, 20, 31, 32, 33, 48, 63, 64];

const TEXTS: [&str; 18] = [
    "ada@example.org",
    " \u{3000}Ada@Example.ORG\n",
    "",
    "null",
    "1",
    "Straße",
    "ＡＤＡ ﬁ ① Å",
    "e\u{301}a\u{308}",
    "ΑΣ ας ΐ",
    "İstanbul ı",
    "soft\u{ad}hyphen\u{200b}",
    "Bjørn 🧂 Łukasz 東京 עברית",
    "+49 (30) 123-45",
    "٠١٢ १२३ ７",
    "Fs1BB6ChoqOk",
    // White space that only folding brings to an end.
    "x \u{200b}",
    "\u{a8}",
    "a-rather-long-value-that-spans-more-than-one-block-of-the-hash-function-because-it-is-long",
];

/// RFC 8785 texts.
const JSON: [&str; 14] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "7",
    "1.5",
    "1e+21",
    "9007199254740991",
    "[]",
    "{}",
    "[1,\"a\",null,[true]]",
    "{\"a\":1,\"b\":{\"\":\"ü\"}}",
    "{\"1\":[],\"10\":0.001,\"2\":\"\\n\"}",
];

fn policy(schema: &serde_json::Value) -> Policy {
    let text = schema.to_string();
    Policy::compile(text.as_bytes(), Options::default())
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Returns as many random bytes as digits.
fn draw(stream: &mut Stream, bytes: usize) -> String {
    (0..bytes).map(|_| format!("{:02x}", stream.draw() as u8)).collect()
}

fn pick(values: &[(&'static str, String)], number: usize) -> (&'static str, String) {
    values[number % values.len()].clone()
}

/// Returns a person's reference, and a JSON text that it is.
fn identity(number: usize) -> (String, String) {
    let text = |text: &str| (text.to_owned(), serde_json::json!(text).to_string());
    let integer = |digits: &str| (digits.to_owned(), digits.to_owned());
    match number % 7 {
        0 => text("ada@example.org"),
        1 => text("cust-7"),
        2 => text("Bjørn 🧂"),
        3 => text("\"0\"/~1"),
        4 => integer("7"),
        5 => integer("9007199254740991"),
        _ => text(&"x".repeat(number % 40 + 1)),
    }
}

/// Returns tenants, families, records, revisions, persons and locations of many kinds.
fn place(number: usize) -> Place {
    let pick = |of: &[&str]| of[number % of.len()].to_owned();
    let member = |name: &str| Step::Member(name.to_owned());
    let path = match number % 7 {
        0 => vec![],
        1 => vec![member("email")],
        2 => vec![member("contacts"), Step::Element(number as u32 % 5), member("email")],
        3 => vec![member("a/b"), member("~c"), member("")],
        4 => vec![Step::Element(0), Step::Element(1)],
        5 => vec![member("7"), member("~*"), member("Straße 🧂")],
        _ => vec![member("deep"); 12],
    };
    Place {
        tenant: pick(&["", "acme", "Müller & Söhne", "tenant-0001"]),
        family: pick(&[
            "urn:example:customer",
            "https://example.org/schemas/order",
            "f",
            "Löhne \"2026\"",
            "例え",
        ]),
        record: pick(&[
            "rec-42",
            "stream-7@18446744073709551615",
            "ord/2026~11",
            "\\",
            "записи",
            "r",
        ]),
        revision: pick(&["", "3", "2026-11-25T00:00:00Z"]),
        subject: pick(&[
            "cust-7",
            "Bjørn 🧂",
            "0",
            "a-rather-long-reference-of-a-person-that-spans-more-than-one-block-of-the-hash-function",
        ]),
        path,
    }
}

/// Returns JSON texts of many kinds, as they might be received.
fn short() -> Vec<(&'static str, String)> {
    let text = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    let named = |values: &[(&'static str, &str)]| {
        values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>()
    };
    let mut all = named(&[
        ("string", "\"ada@example.org\""),
        ("empty string", "\"\""),
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ("zero", "0"),
        ("minus zero", "-0"),
        ("one digit", "7"),
        ("decimal as written", "1.10"),
        ("2^70", "1180591620717411303424"),
        ("beyond doubles", "-1.5e+400"),
        ("tiny", "0.1E-9999"),
        (
            "a hundred digits",
            "3141592653589793238462643383279502884197169399375105820974944592307816406286208998628034825342117068",
        ),
        ("unicode", "\"Bjørn 🧂 Łukasz 東京 עברית\""),
        ("escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\ud83e\\uddc2\""),
        ("decomposed", "\"e\u{301}a\u{308}\""),
        ("text like an envelope", "\"Fs1BB6ChoqOk\""),
        ("empty array", "[]"),
        ("array", "[1, 2.0,\t\"three\", [null], {}]"),
        ("empty object", "{}"),
        ("object", "{\"street\":\"Main St 1\",\"zip\":\"12345\"}"),
        ("object as written", "{ \"b\" : 1,\n  \"a\" : { \"~/\" : [ ] } }"),
        ("member without a name", "{\"\":\"\"}"),
    ]);
    all.extend([30, 31, 32, 33, 63, 64, 65].map(|length| ("around a block", text(length))));
    all
}

/// Returns such texts of several kilobytes each.
fn long() -> Vec<(&'static str, String)> {
    let paragraph = "Grüße aus Łódź, 東京 und Αθήνα – \\\"zitiert\\\", mit \\\\ und \\u0000. ";
    let numbers: Vec<String> =
        (0..400).map(|n: u64| (n * n * n * 2_654_435_761).to_string()).collect();
    let rows: Vec<String> = (0..60)
        .map(|n| {
            format!("{{\"id\":{n},\"name\":\"person {n}\",\"tags\":[\"a\",null,{}]}}", n % 2 == 0)
        })
        .collect();
    vec![
        ("long text", format!("\"{}\"", paragraph.repeat(60))),
        ("long array", format!("[{}]", numbers.join(","))),
        ("long array of objects", format!("[{}]", rows.join(",\n"))),
        ("deep", format!("{}0{}", "[".repeat(100), "]".repeat(100))),
    ]
}
