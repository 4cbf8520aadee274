//! docs/envelope.md: each byte of its worked example, computed anew from what
//! `vectors/envelope-1.json` gives and the page says. HMAC and HKDF are those of the crate `hkdf`,
//! which the core itself does not use.

use std::collections::BTreeMap;

use fieldseal_primitives::aes_256_gcm;
use hkdf::Hkdf;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::wire;

const PAGE: &str = include_str!("../../../../docs/envelope.md");

/// The lines of a fenced block of the page.
fn block(kind: &str) -> Vec<&'static str> {
    let (_, rest) = PAGE.split_once(&format!("\n```{kind}\n")).expect("the page has it");
    rest.split_once("\n```").unwrap().0.lines().collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2));
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// By name what is printed; a line that begins with blanks goes on.
fn printed() -> BTreeMap<&'static str, Vec<u8>> {
    let (mut values, mut name) = (BTreeMap::<_, Vec<u8>>::new(), "");
    for line in block("worked") {
        let (start, hex) = line.split_at(10);
        name = Some(start.trim()).filter(|start| !start.is_empty()).unwrap_or(name);
        values.entry(name).or_default().extend(bytes(hex));
    }
    values
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    Hkdf::<Sha256>::extract(Some(key), &parts.concat()).0.to_vec()
}

fn expand(key: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut okm = vec![0; length];
    Hkdf::<Sha256>::from_prk(key).unwrap().expand(info, &mut okm).unwrap();
    okm
}

fn label(name: &str, context: &[u8], length: u16) -> Vec<u8> {
    let named = [b"fieldseal1 ", name.as_bytes()].concat();
    [&length.to_be_bytes()[..], &[named.len() as u8], &named, &[context.len() as u8], context]
        .concat()
}

fn lv(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_be_bytes()[..], text.as_bytes()].concat()
}

#[test]
fn v08_every_value_of_the_worked_example_is_what_the_format_gives() {
    let file: Value =
        serde_json::from_str(include_str!("../../../conformance/vectors/envelope-1.json")).unwrap();
    let case = &file["envelopes"][0];
    let text = |member: &str| case[member].as_str().unwrap();
    let (key, id, entropy) =
        (bytes(text("subjectKey")), bytes(text("subjectKeyId")), bytes(text("entropy")));
    assert_eq!(
        (&case["suite"], text("bind"), &case["padded"], &case["path"]),
        (&1.into(), "record-field", &true.into(), &serde_json::json!(["email"]))
    );

    let prefix = [&[0x16, 0xcd, 0x41, 0b1_0101][..], &id].concat();
    let context = [
        text("tenant"),
        text("family"),
        text("record"),
        text("revision"),
        text("subject"),
        "/email",
    ]
    .map(lv)
    .concat();
    let h = Sha256::digest([&prefix[..], &context].concat()).to_vec();
    let prk = hmac(b"fieldseal1 value", &[&key]);
    let info_1 = label("hedge", b"", 32);
    let hedge = expand(&prk, &info_1, 32);
    let mut p = text("plaintext").as_bytes().to_vec();
    p.push(0x80);
    p.resize(32, 0);
    let salt = hmac(&hedge, &[&entropy, &h, &p])[..16].to_vec();
    let info_2 = label("gcm", &[&h[..], &salt].concat(), 64);
    let okm = expand(&prk, &info_2, 64);
    let (k, c) = okm.split_at(32);
    let mut body = p.clone();
    let tag = aes_256_gcm::encrypt(k.try_into().unwrap(), &mut body).unwrap();
    body.extend(tag);
    let envelope = wire::encode(&[&prefix[..], &salt, c, &body].concat());

    assert_eq!(envelope, text("envelope"));
    assert_eq!(block("envelope"), [envelope.as_str()]);
    assert!(PAGE.contains(&format!("in {} characters", envelope.len())));
    let computed = [
        ("key", key),
        ("key id", id),
        ("r", entropy),
        ("prefix", prefix),
        ("context", context),
        ("H", h),
        ("PRK", prk),
        ("info 1", info_1),
        ("hedge", hedge),
        ("P", p),
        ("salt", salt),
        ("info 2", info_2),
        ("K", k.to_vec()),
        ("C", c.to_vec()),
        ("body", body),
    ];
    assert_eq!(printed(), BTreeMap::from(computed));
}

/// What the page counts.
#[test]
fn the_page_counts_what_there_is() {
    let file: Value =
        serde_json::from_str(include_str!("../../../conformance/vectors/envelope-1.json")).unwrap();
    let [envelopes, refusals, tokens, keys] = ["envelopes", "refusals", "tokens", "keys"]
        .map(|member| file[member].as_array().unwrap().len());
    let counts =
        format!("{envelopes} envelopes, {refusals} refusals, {tokens} tokens and {keys} key ids");
    assert!(PAGE.contains(&counts), "{counts}");
    let [openings, clear_values] =
        ["openings", "clearValues"].map(|member| file[member].as_array().unwrap().len());
    let counts = format!("{openings} envelopes with more padding and {clear_values} clear values");
    assert!(PAGE.contains(&counts), "{counts}");
    for keys in 1..=3_usize {
        let characters = ((4 + 16 * keys + 48 + 16 + 32) * 4).div_ceil(3);
        assert!(PAGE.contains(&format!("{characters} ")), "{characters}");
    }
}
