//! What a call is about.

use std::fmt;

use crate::envelope;
use crate::error::{Error, ErrorCode};
use crate::time::instant::Instant;

/// What a call is about. Strings are compared byte for byte and never normalised. `Debug` tells
/// only which members are there.
///
/// ```
/// use fieldseal::Context;
/// let context = Context { record: Some("order-7".into()), subject: Some("cust-1".into()), ..Context::default() };
/// assert!(!format!("{context:?}").contains("cust-1"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The tenant that every value and key belongs to; empty by default.
    pub tenant: String,
    /// The id that values are bound to under the profiles `record-field` and `record-path`. Empty
    /// counts as lacking.
    pub record: Option<String>,
    /// The revision of the record; empty by default.
    pub revision: String,
    /// The person of values whose marker names none. Empty counts as lacking.
    pub subject: Option<String>,
    /// The purpose of the call, for the key source and the evidence.
    pub purpose: Option<String>,
    /// Who calls, opaque, for the key source and the evidence.
    pub caller: Option<String>,
    /// Business time of the data, RFC 3339; `None`: `now`.
    pub at: Option<String>,
    /// The host's clock, milliseconds since 1970-01-01T00:00:00Z. Yours to give: at 0 no key is
    /// cached, and a retention that counts from the call's time counts from 1970.
    pub now: u64,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("record", &self.record.is_some())
            .field("subject", &self.subject.is_some())
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// Refuses what no document could mend; what single values need is asked at their place.
    pub(super) fn examine(&self) -> Result<Instant, Error> {
        if let Some(at) = &self.at
            && Instant::parse(at).is_none()
        {
            return Err(Error::new(ErrorCode::Context, "`at` is not an RFC 3339 date-time"));
        }
        Instant::from_millis(self.now).ok_or_else(|| {
            Error::new(
                ErrorCode::Context,
                "`now` lies after the year 9999: it counts milliseconds since 1970",
            )
        })
    }

    /// What envelopes of this call are bound to, before subject and field.
    pub(super) fn binding<'a>(&'a self, family: &'a str) -> envelope::Context<'a> {
        envelope::Context {
            tenant: &self.tenant,
            family,
            record: self.record.as_deref().unwrap_or_default(),
            revision: &self.revision,
            subject: "",
            field: "",
        }
    }

    /// The record, unless it is lacking.
    pub(super) fn named_record(&self) -> Option<&str> {
        self.record.as_deref().filter(|record| !record.is_empty())
    }

    /// The default data subject, unless it is lacking.
    pub(super) fn named_subject(&self) -> Option<&str> {
        self.subject.as_deref().filter(|subject| !subject.is_empty())
    }
}
