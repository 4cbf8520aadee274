//! Rules of retention, and the buckets that they lead to.

use fieldseal::{Context, ErrorCode, KeyKind, KeyUse, Policy};
use serde_json::json;

use crate::compile;

/// Compiles a rule `r` that counts from `from`, and a value that is kept by it.
///
/// # Panics
/// Where it does not compile.
pub fn ruled(period: &str, bucket: &str, from: &str) -> Policy {
    compile(
        &json!({
            "x-schema-family": "f",
            "x-retention": {"r": {"period": period, "bucket": bucket, "from": from}},
            "properties": {"start": {}, "v": {"x-protection": {"retention": "r"}}},
        })
        .to_string(),
    )
}

/// Returns the reference of the one bucket that the document asks for when it is sealed.
///
/// # Errors
/// The code and the pointer of a document that is refused.
///
/// # Panics
/// Where it asks for no bucket, or for more than one.
pub fn bucket(
    policy: &Policy,
    document: &str,
    call: &Context,
) -> Result<String, (ErrorCode, Option<String>)> {
    let requests = policy
        .required_keys(document.as_bytes(), call, KeyUse::Seal)
        .map_err(|error| (error.code, error.pointer))?;
    let mut buckets = requests.into_iter().filter(|request| request.kind == KeyKind::Retention);
    let reference = buckets.next().expect("a bucket").reference.expect("its name");
    assert!(buckets.next().is_none());
    Ok(reference)
}

/// Returns the refusal of a value whose bucket has no end that a date can name.
///
/// # Errors
/// Always: `context` at this pointer.
pub fn nowhere(pointer: &str) -> Result<String, (ErrorCode, Option<String>)> {
    Err((ErrorCode::Context, Some(pointer.to_owned())))
}
