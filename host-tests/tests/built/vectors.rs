//! The known answers of the envelope through the component, its entropy and keys given by the host: byte for byte.

use fieldseal::{Context, Key, KeyId, Secret};
use host_tests::UNCACHED;
use host_tests::entropy::Given;
use host_tests::keys::Always;
use host_tests::{Desk, Instance, Module, artefacts};
use serde_json::{Value, json};

fn bytes<const N: usize>(hex: &Value) -> [u8; N] {
    let hex = hex.as_str().unwrap();
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
}

#[test]
fn known_answers_come_out_of_the_component_byte_for_byte() {
    let vectors: Value = serde_json::from_str(&artefacts::source("core/tests/vectors/envelope-1.json").unwrap()).unwrap();
    let mut through = 0;
    for vector in vectors["envelopes"].as_array().unwrap() {
        // No schema of this release asks for retention or item keys; the core's own tests cover those.
        if vector["suite"] != 1 || vector["subjectKey"] == "" || vector["retentionKey"] != "" || vector["itemKey"] != "" {
            continue;
        }
        let member = |name: &str| vector[name].as_str().unwrap().to_owned();
        // A reference that is not bound comes from the sealed value itself.
        let subject = if vector["subjectBound"] == true { json!({}) } else { json!({"subject": "0"}) };
        let mut marker = json!({"bind": vector["bind"], "pad": vector["padded"]});
        marker.as_object_mut().unwrap().extend(subject.as_object().unwrap().clone());
        let [field] = vector["path"].as_array().unwrap().as_slice() else { panic!("a path of one member") };
        let field = field.as_str().unwrap();
        let schema = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "x-schema-family": vector["family"],
            "properties": { field: { "x-protection": marker } },
        });
        let key = Key { id: KeyId(bytes(&vector["subjectKeyId"])), secret: Secret::new(bytes(&vector["subjectKey"])), expires: None, erasable: true };
        let entropy = Given(bytes::<32>(&vector["entropy"]).to_vec());
        let mut instance = Instance::new(Module::full().unwrap(), Desk::new(Always::Key(key), entropy)).unwrap();
        let policy = instance.compile(schema.to_string().as_bytes(), UNCACHED).unwrap().unwrap();
        let context = Context {
            tenant: member("tenant"),
            record: Some(member("record")),
            revision: member("revision"),
            subject: Some(member("subject")),
            ..Context::default()
        };
        let clear = format!("{{\"{field}\":{}}}", member("plaintext"));
        let sealed = instance.seal(policy, clear.as_bytes(), &context).unwrap().unwrap();
        assert_eq!(String::from_utf8_lossy(&sealed.document), format!("{{\"{field}\":\"{}\"}}", member("envelope")), "{}", vector["name"]);
        let opened = instance.open(policy, &sealed.document, &context, true).unwrap().unwrap();
        assert_eq!(String::from_utf8_lossy(&opened.document), clear, "{}", vector["name"]);
        through += 1;
    }
    assert_eq!(through, 3, "known answers under a person's key alone");
}
