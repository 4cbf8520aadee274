//! The result of a call as one text: a line for each record, then the document. RFC 8785 text has
//! no line breaks, so the first ones found are these.

use fieldseal::{Error, ErrorCode, Opened, Sealed};
use wasm_bindgen::JsValue;

use crate::text;

/// Writes verdict, index values and document.
pub(crate) fn sealed(sealed: Sealed) -> Result<String, Error> {
    let mut head = sealed.verdict.to_json();
    head.push_str("\n[");
    for index in &sealed.indexes {
        head.push('{');
        text::push_member(&mut head, "name", Some(&index.name));
        text::push_member(&mut head, "pointer", Some(&index.pointer));
        text::push_member(&mut head, "value", Some(&index.value));
        text::close(&mut head, '}');
        head.push(',');
    }
    text::close(&mut head, ']');
    append(head, sealed.document)
}

/// Writes verdict, access record and document.
pub(crate) fn opened(opened: Opened) -> Result<String, Error> {
    let mut head = opened.verdict.to_json();
    head.push('\n');
    head.push_str(&opened.access.to_json());
    append(head, opened.document)
}

/// Writes the head in front of the document, in the document's own memory: there is one copy of a
/// large document.
fn append(mut head: String, mut document: Vec<u8>) -> Result<String, Error> {
    head.push('\n');
    document.reserve_exact(head.len());
    document.splice(0..0, head.into_bytes());
    String::from_utf8(document)
        .map_err(|_| Error::new(ErrorCode::Internal, "the document that came out is not UTF-8"))
}

/// Returns the value that is thrown for a failure of the core: the record's JSON text.
pub(crate) fn thrown(error: impl Into<Error>) -> JsValue {
    JsValue::from_str(&text::error(&error.into()))
}
