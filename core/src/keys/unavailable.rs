//! The refusal of a value's key as the error of a call.

use super::{KeyKind, RefusalCause, RefusalCode};
use crate::error::{Error, ErrorCode};

/// The reason why the keys of a value are incomplete, and the kind of the key that decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyUnavailable {
    pub(crate) code: RefusalCode,
    pub(crate) cause: Option<RefusalCause>,
    pub(crate) kind: KeyKind,
}

impl KeyUnavailable {
    /// Returns the error of a call. `bucket` is the name of the retention bucket, if the refused
    /// key belongs to one and its name is known. It names no person.
    pub(crate) fn error(self, bucket: Option<&str>) -> Error {
        let key = match (self.kind, bucket) {
            (KeyKind::Subject, _) => "the key of this value's person".to_owned(),
            (KeyKind::Retention, Some(name)) => format!("the key of the retention bucket `{name}`"),
            (KeyKind::Retention, None) => "the key of this value's retention bucket".to_owned(),
            (KeyKind::Item, _) => "this value's own key".to_owned(),
            (KeyKind::Index, _) => "the key of this value's index".to_owned(),
            (KeyKind::Pseudonym, _) => "the key of this value's pseudonym domain".to_owned(),
        };
        let (code, message) = match (self.code, self.cause) {
            (RefusalCode::Erased, _) => (ErrorCode::Erased, format!("{key} was destroyed")),
            (RefusalCode::Restricted, _) => {
                (ErrorCode::Restricted, format!("{key} is restricted (GDPR Art. 18)"))
            }
            (RefusalCode::Denied, Some(RefusalCause::MinimumVersion)) => (
                ErrorCode::Denied,
                format!(
                    "{key} is of a version below the least that opens: the value was to be sealed anew"
                ),
            ),
            (RefusalCode::Denied, _) => (
                ErrorCode::Denied,
                format!("{key} is denied: the key source refuses this purpose or caller"),
            ),
            (RefusalCode::NotFound, _) => {
                (ErrorCode::NotFound, format!("{key} is unknown to the key source"))
            }
            (RefusalCode::Unavailable, Some(RefusalCause::NoClock)) => (
                ErrorCode::Context,
                format!("{key} is cached or expires, and the call has no time: give `now`"),
            ),
            (RefusalCode::Unavailable, Some(RefusalCause::Expired)) => {
                (ErrorCode::Unavailable, format!("{key} has expired"))
            }
            (RefusalCode::Unavailable, _) => (
                ErrorCode::Unavailable,
                format!("{key} cannot be had: the key source cannot answer now"),
            ),
        };
        Error::new(code, message)
    }
}
