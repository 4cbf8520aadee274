//! Records of the contract as wasmtime generates them, and the same records of the core.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::contract::{RawAnswer, keyring, keys, protect, types};

pub(crate) fn context(context: &fieldseal::Context) -> types::Context {
    let fieldseal::Context { tenant, record, revision, subject, purpose, caller, at, now } =
        context.clone();
    types::Context { tenant, record, revision, subject, purpose, caller, at, now }
}

pub(crate) fn call(call: &fieldseal::BatchItem) -> protect::Call {
    protect::Call { document: call.document.clone(), context: context(&call.context) }
}

pub(crate) fn error(error: types::Error) -> fieldseal::Error {
    let types::Error { code, message, pointer, offset, findings } = error;
    fieldseal::Error {
        code: code.into(),
        message: message.into(),
        pointer,
        offset,
        findings: findings.into_iter().map(finding).collect(),
    }
}

fn finding(finding: types::Finding) -> fieldseal::Finding {
    let types::Finding { id, severity, pointer, message, fix } = finding;
    fieldseal::Finding { id: constant(id), severity: severity.into(), pointer, message, fix }
}

/// The core names findings by constants; what came over the border is text. Each name is kept once,
/// for the rest of the process: the component has a fixed list of them.
fn constant(id: String) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(id.as_str()) {
        return known;
    }
    let kept: &'static str = Box::leak(id.into_boxed_str());
    names.insert(kept);
    kept
}

pub(crate) fn sealed(sealed: protect::Sealed) -> fieldseal::Sealed {
    let protect::Sealed { document, verdict, indexes } = sealed;
    let indexes = indexes
        .into_iter()
        .map(|protect::IndexValue { name, pointer, value }| fieldseal::IndexValue {
            name,
            pointer,
            value,
        })
        .collect();
    fieldseal::Sealed { document, verdict, indexes }
}

pub(crate) fn schemas(schemas: protect::Schemas) -> fieldseal::Schemas {
    let protect::Schemas { plaintext, sealed } = schemas;
    fieldseal::Schemas { plaintext, sealed }
}

pub(crate) fn opened(opened: protect::Opened) -> fieldseal::Opened {
    let protect::Opened { document, verdict, access } = opened;
    fieldseal::Opened { document, verdict, access }
}

pub(crate) fn answer(answer: fieldseal::Answer) -> RawAnswer {
    let key = answer.map_err(keys::Refusal::from)?;
    Ok(keys::Key {
        id: key.id.0.to_vec(),
        secret: key.secret.expose().to_vec(),
        expires: key.expires,
        erasable: key.erasable,
    })
}

/// A guest whose ids or secrets have another length breaks the contract.
pub(crate) fn given(answer: RawAnswer) -> wasmtime::Result<fieldseal::Answer> {
    let keys::Key { id, secret, expires, erasable } = match answer {
        Ok(key) => key,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let (Ok(id), Ok(secret)) = (id.try_into(), secret.try_into()) else {
        return Err(wasmtime::Error::msg(
            "a key whose id is not 16 or whose secret is not 32 bytes long",
        ));
    };
    Ok(Ok(fieldseal::Key {
        id: fieldseal::KeyId(id),
        secret: fieldseal::Secret::new(secret),
        expires,
        erasable,
    }))
}

pub(crate) fn asked(request: &fieldseal::Request) -> keys::Request {
    let fieldseal::Request { kind, reference, tenant, operation, purpose, caller, id } =
        request.clone();
    let id = id.map_or_else(Vec::new, |id| id.0.to_vec());
    keys::Request {
        kind: kind.into(),
        ref_: reference,
        tenant,
        operation: operation.into(),
        purpose,
        caller,
        id,
    }
}

pub(crate) fn reference(who: &fieldseal::Reference) -> keyring::Reference {
    let fieldseal::Reference { kind, tenant, reference } = who.clone();
    keyring::Reference { kind: kind.into(), ref_: reference, tenant }
}

pub(crate) fn owner(who: keyring::Reference) -> fieldseal::Reference {
    let keyring::Reference { kind, ref_: reference, tenant } = who;
    fieldseal::Reference { kind: kind.into(), tenant, reference }
}

/// No state of this release is `revoked`.
pub(crate) fn state(state: keyring::State) -> wasmtime::Result<fieldseal::keyring::KeyState> {
    use fieldseal::keyring::KeyState;
    Ok(match state {
        keyring::State::Never => KeyState::Never,
        keyring::State::Live => KeyState::Live,
        keyring::State::Restricted => KeyState::Restricted,
        keyring::State::Erased => KeyState::Erased,
        keyring::State::Reopened => KeyState::Reopened,
        keyring::State::Revoked => {
            return Err(wasmtime::Error::msg(
                "the state `revoked`, which this version does not know",
            ));
        }
    })
}

impl TryFrom<keys::Request> for fieldseal::Request {
    type Error = wasmtime::Error;

    /// A guest whose ids are neither empty nor 16 bytes breaks the contract.
    fn try_from(request: keys::Request) -> wasmtime::Result<Self> {
        let keys::Request { kind, ref_, tenant, operation, purpose, caller, id } = request;
        let id = match <[u8; 16]>::try_from(id.as_slice()) {
            Ok(id) => Some(fieldseal::KeyId(id)),
            Err(_) if id.is_empty() => None,
            Err(_) => {
                return Err(wasmtime::Error::msg(
                    "a request whose id is neither empty nor 16 bytes long",
                ));
            }
        };
        Ok(fieldseal::Request {
            kind: kind.into(),
            reference: ref_,
            tenant,
            operation: operation.into(),
            purpose,
            caller,
            id,
        })
    }
}

/// Two enums with the same cases.
macro_rules! same {
    ($from:ty => $to:ty { $($case:ident),+ $(,)? }) => {
        impl From<$from> for $to {
            fn from(case: $from) -> Self {
                match case { $(<$from>::$case => <$to>::$case),+ }
            }
        }
    };
}

same!(types::ErrorCode => fieldseal::ErrorCode {
    Schema, Document, Limit, Context, Invalid, Conflict, NotSealed, AlreadySealed, Unsupported, Integrity,
    NotFound, Erased, Restricted, Denied, Unavailable, Internal,
});
same!(types::Severity => fieldseal::Severity { Error, Warning, Note });
same!(keys::Kind => fieldseal::KeyKind { Subject, Retention, Item, Index, Pseudonym });
same!(fieldseal::KeyKind => keys::Kind { Subject, Retention, Item, Index, Pseudonym });
same!(keys::Operation => fieldseal::KeyUse { Seal, Open, Reseal });
same!(fieldseal::KeyUse => keys::Operation { Seal, Open, Reseal });
same!(fieldseal::Refusal => keys::Refusal { Erased, Restricted, Denied, NotFound, Unavailable });
same!(keys::Refusal => fieldseal::Refusal { Erased, Restricted, Denied, NotFound, Unavailable });
