//! The context of a call from positional strings.

use fieldseal::json::Tape;
use fieldseal::{Consent, Context, Error, ErrorCode, Limits};
use wasm_bindgen::JsValue;

use crate::requests::consents;
use crate::results::thrown;

/// Exports methods whose last parameters are a context, as positional strings. `fn name as jsName`
/// gives both names, and `[…]` the parameters before the context, which the body finds under the
/// name that follows.
macro_rules! with_context {
    ($of:ident; $(
        $(#[doc = $doc:literal])+
        fn $name:ident as $js:ident($self:ident, [$($parameters:tt)*], $context:ident, $now:ident)
            -> $result:ty $body:block
    )+) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        #[expect(
            clippy::too_many_arguments,
            reason = "a context crosses as positional strings; see context.rs"
        )]
        impl $of {
            $(
                $(#[doc = $doc])+
                #[wasm_bindgen(js_name = $js)]
                pub fn $name(
                    &$self,
                    $($parameters)*,
                    record: Option<String>,
                    subject: Option<String>,
                    purpose: Option<String>,
                    caller: Option<String>,
                    origin: Option<String>,
                    consents: Option<String>,
                    tenant: Option<String>,
                    revision: Option<String>,
                    at: Option<String>,
                    $now: f64,
                ) -> Result<$result, JsValue> {
                    let $context = $crate::context::context(
                        record, subject, purpose, caller, origin, consents, tenant, revision, at,
                        $now,
                    )?;
                    $body
                }
            )+
        }
    };
}
pub(crate) use with_context;

/// Puts a context together. The order is that of every export that takes one. `consents` is JSON
/// text, absent where the call has none.
#[expect(
    clippy::too_many_arguments,
    reason = "one crossing instead of an object: absent strings cost nothing"
)]
pub(crate) fn context(
    record: Option<String>,
    subject: Option<String>,
    purpose: Option<String>,
    caller: Option<String>,
    origin: Option<String>,
    consents: Option<String>,
    tenant: Option<String>,
    revision: Option<String>,
    at: Option<String>,
    now: f64,
) -> Result<Context, JsValue> {
    Ok(Context {
        tenant: tenant.unwrap_or_default(),
        record,
        revision: revision.unwrap_or_default(),
        subject,
        purpose,
        caller,
        origin,
        consents: match consents {
            Some(json) => read(&json).map_err(thrown)?,
            None => Vec::new(),
        },
        at,
        // The facade lets whole numbers from 0 to 2^53 - 1 through.
        now: Some(now as u64),
    })
}

fn read(json: &str) -> Result<Vec<Consent>, Error> {
    let malformed = || Error::new(ErrorCode::Context, "`consents` is malformed");
    let tape = Tape::parse(json.as_bytes(), &Limits::default()).map_err(|_| malformed())?;
    consents(tape.root()).ok_or_else(malformed)
}
