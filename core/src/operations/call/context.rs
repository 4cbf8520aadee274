//! The context of a call, and the names of its members.

use std::borrow::Cow;
use std::fmt;

use crate::envelope;
use crate::error::{Error, ErrorCode};
use crate::keys::{Consent, KeyKind, KeyUse, Request};
use crate::limits::CONTEXT_TEXT_BYTES;
use crate::time::date::Date;
use crate::time::instant::{Instant, utc_date};

/// The context of a call: the record and the person of its values, its purpose and its time.
/// Strings are compared byte by byte and never normalised; one of more than 16 MiB is `limit`.
/// `Debug` shows only the presence of members.
///
/// ```
/// use fieldseal::Context;
/// let context = Context {
///     record: Some("order-7".into()),
///     subject: Some("cust-1".into()),
///     purpose: Some("essential.service".into()),
///     ..Context::default()
/// };
/// assert!(!format!("{context:?}").contains("cust-1"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The tenant of all values and keys. Empty by default.
    pub tenant: String,
    /// The record to which values are bound under the profiles `record-field` and `record-path`. An
    /// empty text counts as missing.
    pub record: Option<String>,
    /// The revision of the record. Empty by default.
    pub revision: String,
    /// The data subject of values whose marker names none. An empty text counts as missing.
    pub subject: Option<String>,
    /// The purpose of the call, for the key source and the evidence.
    pub purpose: Option<String>,
    /// The caller, an opaque text for the key source and the evidence.
    pub caller: Option<String>,
    /// The origin of the call, an opaque text for the key source.
    pub origin: Option<String>,
    /// The consents on which the call relies, for the key source. This release does not implement
    /// them: a call that gives one fails with `context`.
    pub consents: Vec<Consent>,
    /// The business time of the data, RFC 3339. `None` means `now`.
    pub at: Option<String>,
    /// The host's clock in milliseconds since 1970-01-01T00:00:00Z. If it is `None`, the one-step
    /// verbs of [`Policy`](crate::Policy) read the system's clock (feature `std`). A call that
    /// needs the time and has none fails with `context`, and records omit it.
    pub now: Option<u64>,
}

const TOO_LONG: &str = "a text of the context is longer than 16 MiB";

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("record", &self.record.is_some())
            .field("subject", &self.subject.is_some())
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl<'a> From<Context> for Cow<'a, Context> {
    fn from(context: Context) -> Self {
        Cow::Owned(context)
    }
}

impl<'a> From<&'a Context> for Cow<'a, Context> {
    fn from(context: &'a Context) -> Self {
        Cow::Borrowed(context)
    }
}

impl Context {
    /// Refuses a context that no document can use. The requirements of single values are checked at
    /// each value. `now` is the call's time or was read from the clock.
    ///
    /// # Errors
    /// `context`, and `limit` for a text of more than 16 MiB.
    pub(crate) fn examine(&self, now: Option<u64>) -> Result<Option<Instant>, Error> {
        let refused = |message: &'static str| Err(Error::new(ErrorCode::Context, message));
        // The texts of consents are refused with them.
        let Context { tenant, record, revision, subject, purpose, caller, origin, at, .. } = self;
        let optional = [record, subject, purpose, caller, origin, at];
        let optional = optional.map(|text| text.as_ref().map_or(0, String::len));
        if optional.into_iter().fold(tenant.len().max(revision.len()), usize::max)
            > CONTEXT_TEXT_BYTES
        {
            return Err(Error::new(ErrorCode::Limit, TOO_LONG));
        }
        if self.at.as_deref().is_some_and(|at| Instant::parse(at).is_none()) {
            return refused("`at` is not an RFC 3339 date-time");
        }
        if !self.consents.is_empty() {
            return refused("`consents` is not built yet");
        }
        now.map(Instant::of_clock).transpose()
    }

    /// Returns the day from which a retention counts if it starts with the call: the day of `at`,
    /// or else of the host's clock.
    pub(crate) fn created(&self, now: Option<Instant>) -> Option<Date> {
        match &self.at {
            Some(at) => utc_date(at),
            None => now?.date(),
        }
    }

    /// Returns a request of this call without a reference.
    pub(crate) fn request(&self, kind: KeyKind, operation: KeyUse) -> Request {
        Request {
            tenant: self.tenant.clone(),
            purpose: self.purpose.clone(),
            caller: self.caller.clone(),
            origin: self.origin.clone(),
            consents: self.consents.clone(),
            ..Request::new(kind, operation)
        }
    }

    /// Returns the context to which the call's envelopes are bound, without subject and field.
    pub(crate) fn binding<'a>(&'a self, family: &'a str) -> envelope::Context<'a> {
        envelope::Context {
            tenant: &self.tenant,
            family,
            record: self.record.as_deref().unwrap_or_default(),
            revision: &self.revision,
            subject: "",
            field: "",
        }
    }

    /// Returns the record, or `None` if it is missing or empty.
    pub(crate) fn named_record(&self) -> Option<&str> {
        self.record.as_deref().filter(|record| !record.is_empty())
    }

    /// Returns the default data subject, or `None` if it is missing or empty.
    pub(crate) fn named_subject(&self) -> Option<&str> {
        self.subject.as_deref().filter(|subject| !subject.is_empty())
    }
}

/// The members of a context, as languages that use maps write them.
pub const MEMBERS: [&str; 10] = [
    "tenant", "record", "revision", "subject", "purpose", "caller", "origin", "consents", "at",
    "now",
];

/// Returns the member of a context that the author of a misspelt `name` probably meant. Bindings
/// that take maps refuse an unknown member (`context`) and suggest this one.
///
/// ```
/// use fieldseal::context::nearest;
/// assert_eq!(nearest("tennant"), Some("tenant"));
/// assert_eq!(nearest("Subject"), Some("subject"));
/// assert_eq!(nearest("weather"), None);
/// ```
pub fn nearest(name: &str) -> Option<&'static str> {
    crate::schema::nearest::nearest(name, &MEMBERS)
}

#[cfg(test)]
mod tests {
    use super::{MEMBERS, nearest};

    #[test]
    fn a_slip_of_the_pen_is_named_and_another_word_is_not() {
        for (given, meant) in [
            ("tenantId", Some("tenant")),
            ("Tenant", Some("tenant")),
            ("tennant", Some("tenant")),
            ("reciord", Some("record")),
            ("recrod", Some("record")),
            ("consent", Some("consents")),
            ("not", Some("now")),
            ("a", None),
            ("x", None),
            ("", None),
            ("strict", None),
            ("organisation", None),
            (&"subject".repeat(100), None),
        ] {
            assert_eq!(nearest(given), meant, "{given}");
        }
        for name in MEMBERS {
            assert_eq!(nearest(name), Some(name));
        }
    }
}
