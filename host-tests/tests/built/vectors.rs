//! The known answers of envelopes and tokens through the component, its entropy and keys given by
//! the host: byte for byte.

use fieldseal::{
    Answer, Context, Key, KeyContext, KeyId, KeyKind, KeySource, OpenOptions, RefusalCode, Request,
    Secret,
};
use fieldseal_wasmtime::{HostState, Instance, Policy};
use host_tests::DEFAULTS;
use host_tests::entropy::Given;
use host_tests::modules;
use serde_json::{Value, json};

fn bytes<const N: usize>(hex: &Value) -> [u8; N] {
    let hex = hex.as_str().unwrap();
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

/// One key of each kind, for whoever asks.
#[derive(Default)]
struct OfKinds(Vec<(KeyKind, Key)>);

impl OfKinds {
    fn with(mut self, kind: KeyKind, id: [u8; 16], secret: &Value) -> Self {
        self.0.push((kind, Key::new(KeyId(id), Secret::new(bytes(secret)))));
        self
    }

    fn answers(&self, requests: &[Request]) -> Vec<Answer> {
        let key = |request: &Request| {
            self.0.iter().find(|(kind, _)| *kind == request.kind).map(|(_, key)| key.clone())
        };
        requests
            .iter()
            .map(|request| key(request).ok_or_else(|| RefusalCode::NotFound.into()))
            .collect()
    }
}

impl KeySource for OfKinds {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.answers(requests)
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        self.answers(requests)
    }
}

/// A schema that marks one place.
fn schema(family: &Value, path: &[Value], marker: Value) -> Value {
    let mut schema = path.iter().rev().fold(json!({ "x-protection": marker }), |inner, token| {
        match token.as_str() {
            Some(name) => json!({ "properties": { name: inner } }),
            None => json!({ "items": inner }),
        }
    });
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["x-schema-family"] = family.clone();
    schema["x-retention"] = json!({ "r": { "period": "P1Y", "from": "created", "bucket": "P1Y" } });
    schema
}

/// A document with one value, given as text.
fn document(path: &[Value], text: &str) -> String {
    path.iter().rev().fold(text.to_owned(), |inner, token| match token.as_str() {
        Some(_) => format!("{{{token}:{inner}}}"),
        None => format!("[{inner}]"),
    })
}

fn compiled(
    keys: OfKinds,
    entropy: Vec<u8>,
    schema: &Value,
) -> (Instance, Policy, fieldseal_wasmtime::KeySource) {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::new(keys, Given(entropy))).unwrap();
    let policy = instance.compile(schema.to_string().as_bytes(), DEFAULTS).unwrap().unwrap();
    let source = instance.host_source().unwrap();
    (instance, policy, source)
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../core/conformance/vectors/envelope-1.json")).unwrap()
}

#[test]
fn known_answers_come_out_of_the_component_byte_for_byte() {
    let mut through = 0;
    // Every schema has a family.
    for vector in
        vectors()["envelopes"].as_array().unwrap().iter().filter(|vector| vector["family"] != "")
    {
        let (path, name) = (vector["path"].as_array().unwrap(), &vector["name"]);
        let member = |name: &str| vector[name].as_str().unwrap().to_owned();
        let mut keys = OfKinds::default();
        for (kind, secret, id) in [
            (KeyKind::Subject, "subjectKey", "subjectKeyId"),
            (KeyKind::Retention, "retentionKey", "retentionKeyId"),
            (KeyKind::Item, "itemKey", "itemKeyId"),
        ] {
            if vector[secret] != "" {
                keys = keys.with(kind, bytes(&vector[id]), &vector[secret]);
            }
        }
        let mut marker = json!({"bind": vector["bind"], "pad": vector["padded"], "rectifiable": vector["itemKey"] != ""});
        match vector["suite"].as_u64() {
            Some(2) => marker["mode"] = "deterministic".into(),
            Some(3) => marker["suite"] = "chacha20-poly1305".into(),
            _ => {}
        }
        if vector["retentionKey"] != "" {
            marker["retention"] = "r".into();
        }
        if vector["subjectKey"] == "" {
            marker["subject"] = false.into();
        } else if vector["subjectBound"] == false {
            // A reference that is not bound comes from the sealed value itself.
            marker["subject"] = "0".into();
        }
        let entropy = if vector["suite"] == 2 {
            Vec::new()
        } else {
            bytes::<32>(&vector["entropy"]).to_vec()
        };
        let (mut instance, policy, source) =
            compiled(keys, entropy, &schema(&vector["family"], path, marker));
        let context = Context {
            tenant: member("tenant"),
            record: Some(member("record")),
            revision: member("revision"),
            subject: Some(member("subject")),
            now: Some(1_795_339_800_000),
            ..Context::default()
        };
        let clear = document(path, &member("plaintext"));
        let sealed = instance.seal(policy, clear.as_bytes(), &context, source).unwrap().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&sealed.document),
            document(path, &format!("\"{}\"", member("envelope"))),
            "{name}"
        );
        let opened = instance
            .open(policy, &sealed.document, &context, OpenOptions::strict(), source)
            .unwrap()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&opened.document), clear, "{name}");
        through += 1;
    }
    assert_eq!(through, 25, "known answers with a family");
}

#[test]
fn known_tokens_come_out_of_the_component() {
    let path = [json!("v")];
    let mut through = 0;
    for vector in vectors()["tokens"].as_array().unwrap() {
        // A value that is not a string has the normalisation `json/1`, and stands here as its text.
        let value = &vector["value"];
        let (normalize, value) =
            match vector["normalisation"].as_str().unwrap().trim_end_matches("/1") {
                "json" => ("exact", value.as_str().unwrap().to_owned()),
                named => (named, value.to_string()),
            };
        let (keys, marker) = if vector["kind"] == "index" {
            let index =
                json!({"name": vector["domain"], "bits": vector["bits"], "normalize": normalize});
            let person = json!("1".repeat(64));
            (
                OfKinds::default().with(KeyKind::Subject, [1; 16], &person).with(
                    KeyKind::Index,
                    [2; 16],
                    &vector["key"],
                ),
                json!({ "index": index }),
            )
        } else {
            let keys = OfKinds::default().with(
                KeyKind::Pseudonym,
                bytes(&vector["keyId"]),
                &vector["key"],
            );
            (keys, json!({"mode": "pseudonym", "domain": vector["domain"], "normalize": normalize}))
        };
        let (mut instance, policy, source) =
            compiled(keys, vec![1; 32], &schema(&json!("f"), &path, marker));
        let tenant = vector["tenant"].as_str().unwrap().to_owned();
        let context = Context {
            tenant,
            record: Some("r".to_owned()),
            subject: Some("p".to_owned()),
            ..Context::default()
        };
        let sealed = instance
            .seal(policy, document(&path, &value).as_bytes(), &context, source)
            .unwrap()
            .unwrap();
        let token = match sealed.indexes.as_slice() {
            [] => serde_json::from_slice::<Value>(&sealed.document).unwrap()["v"].clone(),
            [index] => {
                assert_eq!(
                    (index.name.as_str(), index.pointer.as_str()),
                    (vector["domain"].as_str().unwrap(), "/v")
                );
                index.value.as_str().into()
            }
            _ => panic!("one value, one token"),
        };
        assert_eq!(token, vector["token"], "{vector}");
        through += 1;
    }
    assert_eq!(through, 16);
}
