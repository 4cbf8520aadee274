//! The verbs of a policy beside sealing and opening: findings, searches, heads and tables.

use fieldseal::{Context, CoverageFormat, IndexQuery, OpenOptions, Options, Severity};
use fieldseal_wasmtime::{HostState, Instance, Os};
use host_tests::DEFAULTS;
use host_tests::keys::Shared;
use host_tests::modules;
use serde_json::Value;

use crate::support::{BROTHERS, FAMILY, family, over, record, refusal};

const SEARCHED: &str = r#"{
    "x-schema-family": "urn:example:order",
    "properties": {
        "email": {"x-protection": {
            "index": {"name": "email", "bits": 32, "normalize": "email"}
        }},
        "phone": {"x-protection": {
            "index": {"name": "phone", "bits": 32, "normalize": "exact", "per": "subject"}
        }}
    }
}"#;

#[test]
fn a_search_has_the_tokens_that_sealing_gave() {
    for module in [modules::evaluator().unwrap(), modules::full().unwrap()] {
        let (mut instance, source) = over(module, Shared::default());
        let policy = instance.compile(SEARCHED.as_bytes(), DEFAULTS).unwrap().unwrap();
        let call = Context { subject: Some("cust-1".into()), ..record("order-7") };
        let document = br#"{"email":"ada@example.org","phone":null}"#;
        let sealed = instance.seal(policy, document, &call, source).unwrap().unwrap();
        let token = |name: &str| {
            let index = sealed.indexes.iter().find(|index| index.name == name);
            index.map(|index| index.value.clone())
        };
        let nobody = Context::default();
        let mut search = |query: IndexQuery<'_>, call: &Context| {
            instance.index_values(policy, &query, call, source).unwrap()
        };
        let email = search(IndexQuery::new("email", br#" "Ada@Example.ORG" "#), &nobody).unwrap();
        assert_eq!(email, [token("email").unwrap()]);
        let other = search(IndexQuery::new("email", br#""ben@example.org""#), &nobody).unwrap();
        assert!(other.len() == 1 && other != email);

        let null = IndexQuery::new("phone", b"null");
        assert_eq!(search(null, &call).unwrap(), [""; 0]);
        let tokens = search(null.with_null(), &call).unwrap();
        assert_eq!(tokens.len(), 1);
        assert_eq!(token("phone").into_iter().collect::<Vec<_>>(), tokens);

        assert_eq!(refusal(search(null.with_null(), &nobody)).0, "context", "no subject");
        assert_eq!(refusal(search(IndexQuery::new("name", b"1"), &call)).0, "context");
        assert_eq!(refusal(search(IndexQuery::new("email", b"{"), &call)).0, "document");
    }
}

#[test]
fn findings_are_those_of_the_native_core() {
    let schema = FAMILY.replace("\"x-schema-family\"", "\"$id\"");
    let native = fieldseal::Policy::compile(schema.as_bytes(), Options::default()).unwrap();
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::without_keys(Os)).unwrap();
    let policy = instance.compile(schema.as_bytes(), "").unwrap().unwrap();
    let findings = instance.findings(policy).unwrap();
    assert_eq!(findings, native.findings());
    let [finding] = &findings[..] else { panic!("one finding: {findings:?}") };
    assert_eq!(
        (finding.id, finding.severity, &*finding.pointer),
        ("family-by-id", Severity::Warning, "/$id")
    );
    let clean = instance.compile(FAMILY.as_bytes(), "").unwrap().unwrap();
    assert_eq!(instance.findings(clean).unwrap(), []);
}

#[test]
fn the_head_of_an_envelope_is_public() {
    let (mut instance, policy, source, keys) = family();
    let sealed = instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source);
    let sealed: Value = serde_json::from_slice(&sealed.unwrap().unwrap().document).unwrap();
    let envelope = sealed["brothers"][0]["name"].as_str().unwrap();
    let head = instance.inspect_envelope(envelope).unwrap().unwrap();
    assert_eq!(head, fieldseal::inspect_envelope(envelope).unwrap().to_json());
    let head: Value = serde_json::from_str(&head).unwrap();
    assert_eq!(head["version"], 1);
    let id: String = keys.id("cust-1").unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((&head["keys"][0]["kind"], &head["keys"][0]["id"]), (&"subject".into(), &id.into()));

    let cut = &envelope[..envelope.len() - 1];
    for (text, code) in [("Jacob Grimm", "not-sealed"), (cut, "integrity")] {
        assert_eq!(refusal(instance.inspect_envelope(text).unwrap()).0, code);
    }
}

#[test]
fn coverage_is_a_table_in_two_formats() {
    let native = fieldseal::Policy::compile(FAMILY.as_bytes(), Options::default()).unwrap();
    let (mut instance, policy, ..) = family();
    let mut tables = Vec::new();
    for format in [CoverageFormat::Text, CoverageFormat::Markdown] {
        let table = instance.coverage_text(policy, format).unwrap();
        assert_eq!(table, native.coverage().to_text(format));
        assert!(table.contains("/brothers/*/name"), "{table}");
        tables.push(table);
    }
    assert_ne!(tables[0], tables[1]);
    assert!(tables[1].contains("|---") || tables[1].contains("| ---"), "{}", tables[1]);
}

#[test]
fn strict_options_make_the_first_withheld_value_an_error() {
    let (mut instance, policy, source, keys) = family();
    let sealed = instance.seal(policy, BROTHERS.as_bytes(), &record("tale-1"), source);
    let sealed = sealed.unwrap().unwrap().document;
    keys.erase("cust-2").unwrap();
    let (strict, lenient) = (OpenOptions::strict(), OpenOptions::default());
    let items = [fieldseal::BatchItem { document: sealed.clone(), context: record("tale-1") }];
    let withheld = ("erased", Some("/brothers/1/name".to_owned()));
    let one = instance.open(policy, &sealed, &record("tale-1"), strict, source).unwrap();
    assert_eq!(refusal(one), withheld);
    let many = instance.open_many(policy, &items, strict, source).unwrap();
    assert_eq!(many.into_iter().map(refusal).collect::<Vec<_>>(), [withheld]);
    let opened = instance.open(policy, &sealed, &record("tale-1"), lenient, source).unwrap();
    let many = instance.open_many(policy, &items, lenient, source).unwrap();
    assert_eq!(many, [opened]);
}

#[test]
fn a_consent_is_refused_until_consents_are_built() {
    let (mut instance, policy, source, _) = family();
    let consent = fieldseal::Consent { purpose: "newsletter".into(), subject: None, until: None };
    let call = Context { consents: vec![consent], ..record("tale-1") };
    let sealed = instance.seal(policy, BROTHERS.as_bytes(), &call, source).unwrap();
    assert_eq!(refusal(sealed).0, "context");
}
