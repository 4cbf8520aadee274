//! Writes `core/conformance/vectors/saved-0.1.json`, or the file of another release.
//!
//! It holds values of many kinds, sealed with all parameters, with their keys and entropy. Every
//! later release must open them. Run once for each release: existing files never change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use fieldseal::envelope::{Suite, Workspace};
use fieldseal_conformance::vectors::{Envelope, Place, Step, folder};
use support::Stream;
use support::params::all_params;
use support::vectors::sealed;

const SUITES: usize = Suite::ALL.len();

fn main() {
    let [major, minor] = [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")];
    let path = folder().join(format!("saved-{major}.{minor}.json"));
    assert!(
        !path.exists(),
        "{} is there: what a release sealed is never sealed anew",
        path.display()
    );
    let (short, long, mut stream, mut work) = (short(), long(), Stream(1), Workspace::new());
    // Every combination of parameters with a short value, then every long value under every suite.
    let every = (0..all_params().len()).map(|at| (at, &short[at % short.len()]));
    let more = (0..SUITES * long.len()).map(|at| (at * 80, &long[at / SUITES]));
    let cases = every.chain(more).enumerate().map(|(number, (params, value))| {
        let mut case = case(number, params, value, &mut stream);
        case.envelope = sealed(&case, &mut work);
        serde_json::to_string(&case).unwrap()
    });
    let lines: Vec<String> = cases.collect();
    let text = format!(
        "{{\"format\":\"fieldseal saved ciphertexts 1\",\"release\":\"{major}.{minor}\",\"envelopes\":[\n{}\n]}}\n",
        lines.join(",\n")
    );
    std::fs::write(&path, text).unwrap();
    println!("{} envelopes in {}", lines.len(), path.display());
}

fn case(
    number: usize,
    params: usize,
    (name, plaintext): &(&str, String),
    stream: &mut Stream,
) -> Envelope {
    let all = all_params();
    let (demand, padded) = (all[params % all.len()].demand, all[params % all.len()].padded);
    let mut digits = |present: bool, bytes: usize| {
        (0..bytes)
            .filter(|_| present)
            .map(|_| format!("{:02x}", stream.draw() as u8))
            .collect::<String>()
    };
    let [subject_key, retention_key, item_key] =
        [demand.subject, demand.retention, demand.item].map(|present| digits(present, 32));
    let [subject_key_id, retention_key_id, item_key_id] =
        [demand.subject, demand.retention, demand.item].map(|present| digits(present, 16));
    let entropy = digits(!demand.suite.is_deterministic(), 32);
    let iv = digits(demand.suite == Suite::Aes256GcmIv, 12);
    Envelope {
        name: format!("{}: {name}", number + 1),
        plaintext: plaintext.clone(),
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
        place: place(number),
        entropy,
        iv,
        envelope: String::new(),
    }
}

/// Returns tenants, families, records, revisions, persons and locations of many kinds.
fn place(number: usize) -> Place {
    let pick = |of: &[&str]| of[number % of.len()].to_owned();
    let member = |name: &str| Step::Member(name.to_owned());
    let path = match number % 7 {
        0 => vec![],
        1 => vec![member("email")],
        2 => vec![member("contacts"), Step::Element(number as u32), member("email")],
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
            "",
            "例え",
        ]),
        record: pick(&[
            "rec-42",
            "stream-7@18446744073709551615",
            "ord/2026~11",
            "",
            "записи",
            "r",
        ]),
        revision: pick(&["", "3", "2026-11-25T00:00:00Z"]),
        subject: pick(&[
            "cust-7",
            "",
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
