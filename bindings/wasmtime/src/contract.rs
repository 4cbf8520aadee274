//! The contract in `wit/`, as wasmtime generates it.

#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "generated from wit/, which holds the documentation"
)]
mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "fieldseal:core/fieldseal",
        imports: { default: trappable },
    });
}

pub(crate) use generated::exports::fieldseal::core::{keyring, protect, sources};
pub(crate) use generated::fieldseal::core::{keys, types};
pub(crate) use generated::wasi::random::random;
pub(crate) use generated::{Fieldseal, FieldsealPre};

/// An answer as wasmtime generates it. Its `Debug` shows everything, so it stays in this crate.
pub(crate) type GeneratedAnswer = Result<keys::Key, keys::Refusal>;
