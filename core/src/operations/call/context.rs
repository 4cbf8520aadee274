//! The circumstances of a call, and the names of their members.

use std::borrow::Cow;
use std::fmt;

use crate::envelope;
use crate::error::{Error, ErrorCode};
use crate::keys::{Consent, KeyKind, KeyUse, Request};
use crate::time::date::Date;
use crate::time::instant::{Instant, utc_date};

/// The circumstances of a call: where the values stand, whose they are, and for what they are
/// used. Strings are compared byte for byte and never normalised. `Debug` tells only which members
/// are there.
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
    /// The caller, opaque, for the key source and the evidence.
    pub caller: Option<String>,
    /// The place that the call came from, opaque, for the key source.
    pub origin: Option<String>,
    /// The consents that the call relies on, for the key source. This release builds nothing on
    /// them yet: a call that gives one is `context`.
    pub consents: Vec<Consent>,
    /// Business time of the data, RFC 3339; `None`: `now`.
    pub at: Option<String>,
    /// The host's clock, milliseconds since 1970-01-01T00:00:00Z. `None`: the verbs of
    /// [`Policy`](crate::Policy) that do all of a call read the system's clock (feature `std`); a
    /// call that needs the time and has none is `context`, and records leave it out.
    pub now: Option<u64>,
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
    /// Refuses what no document could mend; what single values need is asked at their place. `now`
    /// is the call's own, or was read from the clock.
    ///
    /// # Errors
    /// `context`.
    pub(crate) fn examine(&self, now: Option<u64>) -> Result<Option<Instant>, Error> {
        let refused = |message: &'static str| Err(Error::new(ErrorCode::Context, message));
        if self.at.as_deref().is_some_and(|at| Instant::parse(at).is_none()) {
            return refused("`at` is not an RFC 3339 date-time");
        }
        if !self.consents.is_empty() {
            return refused("`consents` is not built yet");
        }
        match now.map(Instant::from_millis) {
            Some(None) => {
                refused("`now` lies after the year 9999: it counts milliseconds since 1970")
            }
            now => Ok(now.flatten()),
        }
    }

    /// Returns the day that retentions count from when they count from the call: that of `at`, else
    /// of the host's clock.
    pub(crate) fn created(&self, now: Option<Instant>) -> Option<Date> {
        match &self.at {
            Some(at) => utc_date(at),
            None => now?.date(),
        }
    }

    /// Returns a request of this call that names nobody yet.
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

    /// Returns the context that the call's envelopes are bound to, without subject and field.
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

    /// Returns the record, unless it is lacking.
    pub(crate) fn named_record(&self) -> Option<&str> {
        self.record.as_deref().filter(|record| !record.is_empty())
    }

    /// Returns the default data subject, unless it is lacking.
    pub(crate) fn named_subject(&self) -> Option<&str> {
        self.subject.as_deref().filter(|subject| !subject.is_empty())
    }
}

/// The members of a context, as languages write them that take maps.
pub const MEMBERS: [&str; 10] = [
    "tenant", "record", "revision", "subject", "purpose", "caller", "origin", "consents", "at",
    "now",
];

/// Returns the member of a context that a slip of the pen would turn into `name`. Bindings that
/// take maps refuse an unknown member (`context`) and name this one.
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
