//! The context of a call from positional strings.

use fieldseal::Context;

/// Puts a context together. The order is that of every export that takes one.
#[expect(
    clippy::too_many_arguments,
    reason = "one crossing instead of an object: absent strings cost nothing"
)]
pub(crate) fn context(
    record: Option<String>,
    subject: Option<String>,
    purpose: Option<String>,
    caller: Option<String>,
    tenant: Option<String>,
    revision: Option<String>,
    at: Option<String>,
    now: f64,
) -> Context {
    Context {
        tenant: tenant.unwrap_or_default(),
        record,
        revision: revision.unwrap_or_default(),
        subject,
        purpose,
        caller,
        at,
        // The facade lets whole numbers from 0 to 2^53 - 1 through.
        now: Some(now as u64),
        ..Context::default()
    }
}
