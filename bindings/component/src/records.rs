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

impl From<types::Consent> for fieldseal::Consent {
    fn from(consent: types::Consent) -> Self {
        let types::Consent { purpose, subject, until } = consent;
        fieldseal::Consent { purpose, subject, until }
    }
}

impl From<types::Context> for fieldseal::Context {
    fn from(context: types::Context) -> Self {
        let types::Context {
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
        } = context;
        fieldseal::Context {
            tenant,
            record,
            revision,
            subject,
            purpose,
            caller,
            origin,
            consents: consents.into_iter().map(Into::into).collect(),
            at,
            now,
        }
    }
}

impl From<protect::BatchItem> for fieldseal::BatchItem {
    fn from(item: protect::BatchItem) -> Self {
        fieldseal::BatchItem { document: item.document, context: item.context.into() }
    }
}

impl From<protect::ValueItem> for fieldseal::ValueItem<'static> {
    fn from(item: protect::ValueItem) -> Self {
        let protect::ValueItem { place, value, context, from } = item;
        let item = fieldseal::ValueItem::new(place, value, fieldseal::Context::from(context));
        match from {
            Some(date) => item.with_from(date),
            None => item,
        }
    }
}

impl From<protect::OpenOptions> for fieldseal::OpenOptions {
    fn from(options: protect::OpenOptions) -> Self {
        let protect::OpenOptions { strict } = options;
        let mut read = fieldseal::OpenOptions::default();
        read.strict = strict;
        read
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

impl From<fieldseal::SealedValue> for protect::SealedValue {
    fn from(sealed: fieldseal::SealedValue) -> Self {
        let fieldseal::SealedValue { envelope, verdict, indexes } = sealed;
        protect::SealedValue {
            envelope,
            verdict: verdict.to_json(),
            indexes: indexes.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<fieldseal::OpenedValue> for protect::OpenedValue {
    fn from(opened: fieldseal::OpenedValue) -> Self {
        let fieldseal::OpenedValue { value, verdict, access } = opened;
        protect::OpenedValue { value, verdict: verdict.to_json(), access: access.to_json() }
    }
}

impl From<fieldseal::KeyOwner> for keyring::Owner {
    fn from(owner: fieldseal::KeyOwner) -> Self {
        keyring::Owner {
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

impl From<fieldseal::Rotated> for keyring::Rotated {
    fn from(rotated: fieldseal::Rotated) -> Self {
        keyring::Rotated { version: rotated.version }
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

/// Writes the circumstance of a refusal; `None` for one that this contract does not name.
pub(crate) fn cause(cause: fieldseal::RefusalCause) -> Option<keys::RefusalCause> {
    Some(match cause {
        fieldseal::RefusalCause::MinimumVersion => keys::RefusalCause::MinimumVersion,
        fieldseal::RefusalCause::Expired => keys::RefusalCause::Expired,
        fieldseal::RefusalCause::NoClock => keys::RefusalCause::NoClock,
        _ => return None,
    })
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
same!(keys::RefusalCode => fieldseal::RefusalCode { Erased, Restricted, Denied, NotFound, Unavailable });
same!(fieldseal::RefusalCode => keys::RefusalCode { Erased, Restricted, Denied, NotFound, Unavailable });
same!(keys::RefusalCause => fieldseal::RefusalCause { MinimumVersion, Expired, NoClock });
same!(fieldseal::keyring::KeyState => keyring::State { Never, Live, Restricted, Erased, Reopened });
same!(fieldseal::keyring::Reached => keyring::Reached { Committed, Clean, Unreadable });
same!(protect::TableFormat => fieldseal::CoverageFormat { Text, Markdown });
