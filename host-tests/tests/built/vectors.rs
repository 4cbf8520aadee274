//! The known answers and what releases sealed, through the component, its entropy and keys given by
//! the host: byte for byte.

use fieldseal::OpenOptions;
use fieldseal_conformance::vectors::{Envelope, Token, known_answers, released_by_policies};
use fieldseal_wasmtime::{HostState, Instance, KeySource, Policy};
use host_tests::DEFAULTS;
use host_tests::modules;
use serde_json::Value;
use support::Given;
use support::row_keys::{RowKeys, call_context, token_context};

fn compiled(keys: RowKeys, entropy: Vec<u8>, schema: &Value) -> (Instance, Policy, KeySource) {
    let mut instance =
        Instance::new(modules::evaluator().unwrap(), HostState::new(keys, Given(entropy))).unwrap();
    let policy = instance.compile(schema.to_string().as_bytes(), DEFAULTS).unwrap().unwrap();
    let source = instance.host_source().unwrap();
    (instance, policy, source)
}

/// Asserts that the component seals a row's value to its envelope, and opens it to its value.
fn assert_holds(row: &Envelope) {
    let (name, clear, sealed) = (&row.name, row.clear_document(), row.sealed_document());
    let (mut instance, policy, source) = compiled(RowKeys::of(row), row.drawn(), &row.schema());
    let context = call_context(&row.place);
    let again = instance.seal(policy, clear.as_bytes(), &context, source).unwrap().unwrap();
    assert_eq!(String::from_utf8_lossy(&again.document), sealed, "{name}");
    let opened = instance
        .open(policy, sealed.as_bytes(), &context, OpenOptions::strict(), source)
        .unwrap()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&opened.document), clear, "{name}");
}

/// Asserts that the component makes a row's token of its value.
fn assert_made(row: &Token) {
    let (mut instance, policy, source) =
        compiled(RowKeys::of_token(row), vec![1; 32], &row.schema());
    let sealed = instance
        .seal(policy, row.clear_document().as_bytes(), &token_context(row), source)
        .unwrap()
        .unwrap();
    let token = match sealed.indexes.as_slice() {
        [] => serde_json::from_slice::<Value>(&sealed.document).unwrap()["v"].clone(),
        [index] => {
            assert_eq!((index.name.as_str(), index.pointer.as_str()), (row.domain.as_str(), "/v"));
            index.value.as_str().into()
        }
        _ => panic!("one value, one token"),
    };
    assert_eq!(token, row.token.as_str(), "{row:?}");
}

#[test]
fn known_answers_come_out_of_the_component_byte_for_byte() {
    let known = known_answers();
    // Every schema has a family.
    let through = known.envelopes.iter().filter(|row| !row.place.family.is_empty());
    assert_eq!(through.inspect(|row| assert_holds(row)).count(), 27, "known answers with a family");
    assert_eq!(known.tokens.iter().inspect(|row| assert_made(row)).count(), 16);
}

/// The first file was made below every policy, so it is the core's alone.
#[test]
fn v08_what_policies_sealed_comes_out_of_the_component_byte_for_byte() {
    for file in released_by_policies() {
        assert_eq!(file.envelopes.iter().inspect(|row| assert_holds(row)).count(), 320);
        assert_eq!(file.tokens.iter().inspect(|row| assert_made(row)).count(), 73);
    }
}
