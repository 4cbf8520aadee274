//! Plain records: the contract's on one side, the core's on the other, the same members in both.

use crate::contract::exports::fieldseal::core::{keyring, protect};
use crate::contract::fieldseal::core::{keys, types};

/// The record of any family of failures.
pub(crate) fn error(error: impl Into<fieldseal::Error>) -> types::Error {
    let fieldseal::Error { code, message, pointer, offset, findings } = error.into();
    types::Error {
        code: code.into(),
        message: message.into_owned(),
        pointer,
        offset,
        findings: findings.into_iter().map(Into::into).collect(),
    }
}

impl From<fieldseal::Finding> for types::Finding {
    fn from(finding: fieldseal::Finding) -> Self {
        let fieldseal::Finding { id, severity, pointer, message, fix } = finding;
        types::Finding { id: id.to_owned(), severity: severity.into(), pointer, message, fix }
    }
}

impl From<types::Context> for fieldseal::Context {
    fn from(context: types::Context) -> Self {
        let types::Context { tenant, record, revision, subject, purpose, caller, at, now } =
            context;
        fieldseal::Context {
            tenant,
            record,
            revision,
            subject,
            purpose,
            caller,
            at,
            now: Some(now),
            ..fieldseal::Context::default()
        }
    }
}

impl From<protect::Call> for fieldseal::BatchItem {
    fn from(call: protect::Call) -> Self {
        fieldseal::BatchItem { document: call.document, context: call.context.into() }
    }
}

impl From<fieldseal::Sealed> for protect::Sealed {
    fn from(sealed: fieldseal::Sealed) -> Self {
        let fieldseal::Sealed { document, verdict, indexes } = sealed;
        protect::Sealed {
            document,
            verdict: verdict.to_json(),
            indexes: indexes.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<fieldseal::IndexValue> for protect::IndexValue {
    fn from(index: fieldseal::IndexValue) -> Self {
        let fieldseal::IndexValue { name, pointer, value } = index;
        protect::IndexValue { name, pointer, value }
    }
}

impl From<fieldseal::Schemas> for protect::Schemas {
    fn from(schemas: fieldseal::Schemas) -> Self {
        let fieldseal::Schemas { plaintext, sealed } = schemas;
        protect::Schemas { plaintext, sealed }
    }
}

impl From<fieldseal::Opened> for protect::Opened {
    fn from(opened: fieldseal::Opened) -> Self {
        let fieldseal::Opened { document, verdict, access } = opened;
        protect::Opened { document, verdict: verdict.to_json(), access: access.to_json() }
    }
}

/// Returns the owner of a key.
///
/// # Errors
/// `context` for a text that names nobody.
pub(crate) fn owner(who: &keyring::Reference) -> Result<fieldseal::KeyOwner, fieldseal::Error> {
    fieldseal::KeyOwner::from_parts(who.kind.into(), &who.tenant, &who.ref_)
}

impl From<&fieldseal::KeyOwner> for keyring::Reference {
    fn from(owner: &fieldseal::KeyOwner) -> Self {
        keyring::Reference {
            kind: owner.kind().into(),
            ref_: owner.reference().into_owned(),
            tenant: owner.tenant().to_owned(),
        }
    }
}

impl From<fieldseal::Erased> for keyring::Erased {
    fn from(erased: fieldseal::Erased) -> Self {
        keyring::Erased {
            state: erased.state.into(),
            destroyed: erased.destroyed.iter().map(|id| id.0.to_vec()).collect(),
            at: erased.at,
            reached: erased.reached.into(),
            residue: erased.residue,
        }
    }
}

impl From<&fieldseal::Erasure> for keyring::Erasure {
    fn from(erasure: &fieldseal::Erasure) -> Self {
        keyring::Erasure {
            at: erasure.at,
            reason: erasure.reason.clone(),
            destroyed: erasure.destroyed.iter().map(|(id, _)| id.0.to_vec()).collect(),
        }
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

same!(fieldseal::ErrorCode => types::ErrorCode {
    Schema, Document, Limit, Context, Invalid, Conflict, NotSealed, AlreadySealed, Unsupported, Integrity,
    NotFound, Erased, Restricted, Denied, Unavailable, Internal,
});
same!(fieldseal::Severity => types::Severity { Error, Warning, Note });
same!(fieldseal::KeyKind => keys::Kind { Subject, Retention, Item, Index, Pseudonym });
same!(keys::Kind => fieldseal::KeyKind { Subject, Retention, Item, Index, Pseudonym });
same!(fieldseal::KeyUse => keys::Operation { Seal, Open, Reseal });
same!(keys::Operation => fieldseal::KeyUse { Seal, Open, Reseal });
same!(keys::Refusal => fieldseal::RefusalCode { Erased, Restricted, Denied, NotFound, Unavailable });
same!(fieldseal::RefusalCode => keys::Refusal { Erased, Restricted, Denied, NotFound, Unavailable });
same!(fieldseal::KeyState => keyring::State { Never, Live, Restricted, Erased, Reopened });
same!(fieldseal::Reached => keyring::Reached { Committed, Clean, Unreadable });
