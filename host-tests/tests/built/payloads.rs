//! GitHub's webhook payloads through the component: back byte for byte, and what the native core
//! makes of them byte for byte.

use fieldseal::{BatchItem, CoverageFormat, OpenOptions, Options, Policy};
use fieldseal_conformance::cases::Stream;
use fieldseal_wasmtime::{HostState, Instance, Os};
use host_tests::keys::Shared;
use host_tests::modules;
use host_tests::payloads::Payloads;
use host_tests::watch::Watch;
use serde_json::Value;
use support::convert::Entropy;

use crate::support::{over, refusal};

#[test]
fn v08_every_payload_comes_back_byte_for_byte_and_both_runtimes_agree() {
    let payloads = Payloads::load().unwrap();
    let options = payloads.options("seal");
    let native =
        Policy::compile(payloads.schema.as_bytes(), Options::from_json(&options).unwrap()).unwrap();
    let (mut keys, mut entropy) = (Shared::default(), Os);
    // Keys first, so that both runtimes draw entropy for values alone.
    for payload in &payloads.documents {
        native.seal(payload.text.as_bytes(), &payload.context(), &mut keys, &mut entropy).unwrap();
    }
    let mut instance = Instance::new(
        modules::evaluator().unwrap(),
        HostState::new(keys.clone(), Entropy(Stream::default())),
    )
    .unwrap();
    let source = instance.host_source().unwrap();
    let policy = instance.compile(payloads.schema.as_bytes(), &options).unwrap().unwrap();
    let mut entropy = Entropy(Stream::default());
    for payload in &payloads.documents {
        let context = payload.context();
        let sealed =
            instance.seal(policy, payload.text.as_bytes(), &context, source).unwrap().unwrap();
        assert_eq!(
            sealed,
            native.seal(payload.text.as_bytes(), &context, &mut keys, &mut entropy).unwrap().into(),
            "{}",
            payload.record
        );
        let opened = instance
            .open(policy, &sealed.document, &context, OpenOptions::strict(), source)
            .unwrap()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&opened.document), payload.text, "{}", payload.record);
        assert_eq!(
            opened,
            native
                .open_with(&sealed.document, &context, &mut keys, OpenOptions::strict())
                .unwrap()
                .into(),
            "{}",
            payload.record
        );
        assert_eq!(
            instance.check(policy, &sealed.document).unwrap().unwrap(),
            native.check(&sealed.document).unwrap().to_json(),
            "{}",
            payload.record
        );
    }
    assert_eq!(payloads.documents.len(), 329);
    assert_eq!(instance.coverage(policy).unwrap(), native.coverage().to_json());
    assert_eq!(
        instance.coverage_text(policy, CoverageFormat::Markdown).unwrap(),
        native.coverage().to_text(CoverageFormat::Markdown)
    );
    let schemas = native.schemas().unwrap();
    assert_eq!(instance.schemas(policy).unwrap().unwrap(), schemas);
}

#[test]
fn v24_githubs_own_schema_is_compiled_unmodified_and_refuses_52_payloads() {
    let payloads = Payloads::load().unwrap();
    let (mut instance, source) = over(modules::evaluator().unwrap(), Shared::default());
    let watch = Watch::on(&mut instance);
    let policy =
        instance.compile(payloads.schema.as_bytes(), &payloads.options("refuse")).unwrap().unwrap();
    let calls: Vec<_> = payloads
        .documents
        .iter()
        .map(|payload| BatchItem {
            document: payload.text.clone().into(),
            context: payload.context(),
        })
        .collect();
    let results = instance.seal_many(policy, &calls, source).unwrap();
    let refused: Vec<_> =
        results.into_iter().filter(Result::is_err).map(|result| refusal(result).0).collect();
    assert_eq!(refused, ["invalid"; 52]);
    assert_eq!(watch.take().len(), 1, "one key request for the batch");
}

/// Both builds judge GitHub's schema by the same evaluator, so both seal the same values.
#[test]
fn both_builds_seal_the_same_bytes_and_say_the_same_of_every_payload() {
    let payloads = Payloads::load().unwrap();
    let options = payloads.options("seal");
    let keys = Shared::default();
    // Keys first, so that both builds draw entropy for values alone.
    let (mut instance, source) = over(modules::evaluator().unwrap(), keys.clone());
    let policy = instance.compile(payloads.schema.as_bytes(), &options).unwrap().unwrap();
    for payload in &payloads.documents {
        let text = payload.text.as_bytes();
        instance.seal(policy, text, &payload.context(), source).unwrap().unwrap();
    }
    let mut instances = Vec::new();
    for module in [modules::evaluator().unwrap(), modules::full().unwrap()] {
        let host = HostState::new(keys.clone(), Entropy(Stream::default()));
        let mut instance = Instance::new(module, host).unwrap();
        let source = instance.host_source().unwrap();
        let policy = instance.compile(payloads.schema.as_bytes(), &options).unwrap().unwrap();
        let coverage: Value = serde_json::from_str(&instance.coverage(policy).unwrap()).unwrap();
        assert_eq!(coverage["validator"], "evaluator");
        instances.push((instance, policy, source));
    }
    let mut values = 0;
    for payload in &payloads.documents {
        let context = payload.context();
        let [small, full] = instances
            .iter_mut()
            .map(|(instance, policy, source)| {
                let text = payload.text.as_bytes();
                instance.seal(*policy, text, &context, *source).unwrap().unwrap()
            })
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        assert_eq!(small, full, "{}", payload.record);
        values += String::from_utf8_lossy(&small.document).matches("\"Fs1B").count();
        for (instance, policy, source) in &mut instances {
            let opened = instance
                .open(*policy, &small.document, &context, OpenOptions::strict(), *source)
                .unwrap()
                .unwrap();
            assert_eq!(
                String::from_utf8_lossy(&opened.document),
                payload.text,
                "{}",
                payload.record
            );
        }
    }
    assert_eq!(values, 18_862);
}
