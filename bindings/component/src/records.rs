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
        fieldseal::Context { tenant, record, revision, subject, purpose, caller, at, now }
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
            verdict,
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
        protect::Opened { document, verdict, access }
    }
}

impl From<keyring::Reference> for fieldseal::Reference {
    fn from(who: keyring::Reference) -> Self {
        let keyring::Reference { kind, ref_: reference, tenant } = who;
        fieldseal::Reference { kind: kind.into(), tenant, reference }
    }
}

impl From<fieldseal::Reference> for keyring::Reference {
    fn from(who: fieldseal::Reference) -> Self {
        let fieldseal::Reference { kind, tenant, reference } = who;
        keyring::Reference { kind: kind.into(), ref_: reference, tenant }
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
same!(keys::Refusal => fieldseal::Refusal { Erased, Restricted, Denied, NotFound, Unavailable });
same!(fieldseal::Refusal => keys::Refusal { Erased, Restricted, Denied, NotFound, Unavailable });
same!(fieldseal::keyring::KeyState => keyring::State { Never, Live, Restricted, Erased, Reopened });
