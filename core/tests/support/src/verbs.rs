//! Short ways to call the verbs.

use fieldseal::{Context, Options, Policy};

use crate::{Store, Stream};

/// Compiles a schema without options.
///
/// # Panics
/// Where it does not compile.
pub fn compile(schema: &str) -> Policy {
    Policy::compile(schema.as_bytes(), Options::default()).expect("the schema compiles")
}

/// Returns the context of a call: a record and its data subject.
pub fn context(record: &str, subject: &str) -> Context {
    Context {
        record: Some(record.to_owned()),
        subject: Some(subject.to_owned()),
        now: Some(1_795_000_000_000),
        ..Context::default()
    }
}

/// Seals with keys of `store` and a stream that begins at the same place for every call.
///
/// # Panics
/// Where sealing fails.
pub fn seal(policy: &Policy, document: &str, context: &Context, store: &mut Store) -> String {
    let sealed = policy.seal(document.as_bytes(), context, store, &mut Stream(1)).expect("seals");
    String::from_utf8(sealed.document).unwrap()
}

/// Opens with keys of `store`, not strictly.
///
/// # Panics
/// Where opening fails.
pub fn open(policy: &Policy, document: &str, context: &Context, store: &mut Store) -> String {
    let opened = policy.open(document.as_bytes(), context, store).expect("opens");
    String::from_utf8(opened.document).unwrap()
}

/// Returns the text of the string at an RFC 6901 pointer.
///
/// # Panics
/// Where no string stands there.
pub fn text_at(document: &str, pointer: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(document).unwrap();
    value
        .pointer(pointer)
        .and_then(|value| value.as_str())
        .expect("a string stands there")
        .to_owned()
}
