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

pub use keys::{
    Key as RawKey, Refusal as RawRefusal, RefusalCause as RawRefusalCause,
    RefusalCode as RawRefusalCode,
};

/// An answer of a key store as it goes into the component. The contract asks for ids of 16 and
/// secrets of 32 bytes.
pub type RawAnswer = Result<RawKey, RawRefusal>;
