//! Records of the contract as wasmtime generates them, and the same records of the core.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use fieldseal::KeyState;

use crate::contract::{GeneratedAnswer, keyring, keys, protect, types};
use crate::records::{
    Erased, Erasure, Opened, OpenedValue, Owner, RawAnswer, RawKey, Sealed, SealedValue,
};

pub(crate) fn context(context: &fieldseal::Context) -> types::Context {
    let fieldseal::Context {
        tenant,
        record,
        revision,
        subject,
        purpose,
        caller,
        origin,
        consents,
        at,
        now,
    } = context.clone();
    types::Context {
        tenant,
        record,
        revision,
        subject,
        purpose,
        caller,
        origin,
        consents: consents.into_iter().map(consent).collect(),
        at,
        now,
    }
}

fn consent(consent: fieldseal::Consent) -> types::Consent {
    let fieldseal::Consent { purpose, subject, until } = consent;
    types::Consent { purpose, subject, until }
}

pub(crate) fn item(item: &fieldseal::BatchItem) -> protect::BatchItem {
    protect::BatchItem { document: item.document.clone(), context: context(&item.context) }
}

pub(crate) fn value_item(item: &fieldseal::ValueItem<'_>) -> protect::ValueItem {
    protect::ValueItem {
        place: item.place.clone().into_owned(),
        value: item.value.clone().into_owned(),
        context: context(&item.context),
        from: item.from.clone().map(Into::into),
    }
}

/// The options of later versions of the core are none of this contract.
pub(crate) fn options(options: fieldseal::OpenOptions) -> protect::OpenOptions {
    protect::OpenOptions { strict: options.strict }
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

pub(crate) fn finding(finding: types::Finding) -> fieldseal::Finding {
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

pub(crate) fn sealed(sealed: protect::Sealed) -> Sealed {
    let protect::Sealed { document, verdict, indexes } = sealed;
    Sealed { document, verdict, indexes: indexes.into_iter().map(index_value).collect() }
}

pub(crate) fn sealed_value(sealed: protect::SealedValue) -> SealedValue {
    let protect::SealedValue { envelope, verdict, indexes } = sealed;
    SealedValue { envelope, verdict, indexes: indexes.into_iter().map(index_value).collect() }
}

fn index_value(index: protect::IndexValue) -> fieldseal::IndexValue {
    let protect::IndexValue { name, pointer, value } = index;
    fieldseal::IndexValue { name, pointer, value }
}

pub(crate) fn opened_value(opened: protect::OpenedValue) -> OpenedValue {
    let protect::OpenedValue { value, verdict, access } = opened;
    OpenedValue { value, verdict, access }
}

pub(crate) fn schemas(schemas: protect::Schemas) -> fieldseal::Schemas {
    let protect::Schemas { plaintext, sealed } = schemas;
    fieldseal::Schemas { plaintext, sealed }
}

pub(crate) fn opened(opened: protect::Opened) -> Opened {
    let protect::Opened { document, verdict, access } = opened;
    Opened { document, verdict, access }
}

/// The bytes of a key as a key store sends them.
pub(crate) fn answer(answer: fieldseal::Answer) -> RawAnswer {
    answer.map(|key| RawKey {
        id: key.id.0.to_vec(),
        secret: key.secret.expose().to_vec(),
        expires: key.expires,
        erasable: key.erasable,
        reference: key.reference.clone(),
    })
}

pub(crate) fn handed_over(answer: RawAnswer) -> GeneratedAnswer {
    let RawKey { id, secret, expires, erasable, reference } =
        answer.map_err(|refusal| keys::Refusal {
            code: refusal.code.into(),
            cause: refusal.cause.and_then(cause),
            ref_: refusal.reference,
        })?;
    Ok(keys::Key { id, secret, expires, erasable, ref_: reference })
}

/// Returns the circumstance of a refusal; `None` for one that the contract does not name.
fn cause(cause: fieldseal::RefusalCause) -> Option<keys::RefusalCause> {
    Some(match cause {
        fieldseal::RefusalCause::MinimumVersion => keys::RefusalCause::MinimumVersion,
        fieldseal::RefusalCause::Expired => keys::RefusalCause::Expired,
        fieldseal::RefusalCause::NoClock => keys::RefusalCause::NoClock,
        _ => return None,
    })
}

/// A guest whose ids or secrets have another length breaks the contract.
pub(crate) fn given(answer: GeneratedAnswer) -> wasmtime::Result<fieldseal::Answer> {
    let keys::Key { id, secret, expires, erasable, ref_: reference } = match answer {
        Ok(key) => key,
        Err(keys::Refusal { code, cause, ref_: reference }) => {
            let mut refusal = fieldseal::Refusal::from(fieldseal::RefusalCode::from(code));
            refusal.cause = cause.map(Into::into);
            refusal.reference = reference;
            return Ok(Err(refusal));
        }
    };
    let (Ok(id), Ok(secret)) = (id.try_into(), secret.try_into()) else {
        return Err(wasmtime::Error::msg(
            "a key whose id is not 16 or whose secret is not 32 bytes long",
        ));
    };
    let mut key = fieldseal::Key::new(fieldseal::KeyId(id), fieldseal::Secret::new(secret));
    (key.expires, key.erasable, key.reference) = (expires, erasable, reference);
    Ok(Ok(key))
}

pub(crate) fn asked(request: &fieldseal::Request) -> keys::Request {
    let fieldseal::Request {
        kind,
        reference,
        tenant,
        operation,
        purpose,
        caller,
        origin,
        consents,
        id,
    } = request.clone();
    keys::Request {
        kind: kind.into(),
        ref_: reference,
        tenant,
        operation: operation.into(),
        purpose,
        caller,
        origin,
        consents: consents.into_iter().map(consent).collect(),
        id: id.map_or_else(Vec::new, |id| id.0.to_vec()),
    }
}

pub(crate) fn owner(of: &Owner) -> keyring::Owner {
    let Owner { kind, tenant, reference } = of.clone();
    keyring::Owner { kind: kind.into(), ref_: reference, tenant }
}

pub(crate) fn owned(of: keyring::Owner) -> Owner {
    let keyring::Owner { kind, ref_: reference, tenant } = of;
    Owner { kind: kind.into(), tenant, reference }
}

/// No state of this release is `revoked`.
pub(crate) fn state(state: keyring::State) -> wasmtime::Result<KeyState> {
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

/// A guest whose ids have another length breaks the contract.
fn ids(ids: Vec<Vec<u8>>) -> wasmtime::Result<Vec<fieldseal::KeyId>> {
    let id = |id: Vec<u8>| {
        let id = id.try_into().map_err(|_| wasmtime::Error::msg("an id that is not 16 bytes long"));
        id.map(fieldseal::KeyId)
    };
    ids.into_iter().map(id).collect()
}

pub(crate) fn erased(erased: keyring::Erased) -> wasmtime::Result<Erased> {
    let keyring::Erased { state, destroyed, at, reached, residue } = erased;
    let destroyed = ids(destroyed)?;
    Ok(Erased { state: self::state(state)?, destroyed, at, reached: reached.into(), residue })
}

pub(crate) fn erasure(erasure: keyring::Erasure) -> wasmtime::Result<Erasure> {
    let keyring::Erasure { at, reason, destroyed } = erasure;
    Ok(Erasure { at, reason, destroyed: ids(destroyed)? })
}

fn given_consent(consent: types::Consent) -> fieldseal::Consent {
    let types::Consent { purpose, subject, until } = consent;
    fieldseal::Consent { purpose, subject, until }
}

impl TryFrom<keys::Request> for fieldseal::Request {
    type Error = wasmtime::Error;

    /// A guest whose ids are neither empty nor 16 bytes breaks the contract.
    fn try_from(request: keys::Request) -> wasmtime::Result<Self> {
        let keys::Request { kind, ref_, tenant, operation, purpose, caller, origin, consents, id } =
            request;
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
            reference: ref_,
            tenant,
            purpose,
            caller,
            origin,
            consents: consents.into_iter().map(given_consent).collect(),
            id,
            ..fieldseal::Request::new(kind.into(), operation.into())
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
same!(fieldseal::RefusalCode => keys::RefusalCode { Erased, Restricted, Denied, NotFound, Unavailable });
same!(keys::RefusalCode => fieldseal::RefusalCode { Erased, Restricted, Denied, NotFound, Unavailable });
same!(keys::RefusalCause => fieldseal::RefusalCause { MinimumVersion, Expired, NoClock });
same!(keyring::Reached => fieldseal::Reached { Committed, Clean, Unreadable });
same!(fieldseal::CoverageFormat => protect::TableFormat { Text, Markdown });
