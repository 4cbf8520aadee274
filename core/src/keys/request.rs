//! The questions that a call puts to a key source, and the answers to them.

use std::fmt;

use fieldseal_primitives::{KeyId, Secret};

/// The kind of a key. The same reference under another kind is another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// A person's key.
    Subject,
    /// The key of a retention bucket.
    Retention,
    /// The key of one value.
    Item,
    /// The key of a blind index.
    Index,
    /// The key of a pseudonym domain.
    Pseudonym,
}

impl KeyKind {
    /// Returns the name that crosses every border.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyKind::Subject => "subject",
            KeyKind::Retention => "retention",
            KeyKind::Item => "item",
            KeyKind::Index => "index",
            KeyKind::Pseudonym => "pseudonym",
        }
    }
}

/// The operation that keys are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyUse {
    /// To seal a clear document.
    Seal,
    /// To open a sealed one.
    Open,
    /// To seal sealed values anew. A cache never answers such a request.
    Reseal,
}

impl KeyUse {
    /// Returns the name that crosses every border.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyUse::Seal => "seal",
            KeyUse::Open => "open",
            KeyUse::Reseal => "reseal",
        }
    }
}

/// A consent that a call relies on (GDPR Art. 6(1)(a), 7). `Debug` leaves out the person.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Consent {
    /// The purpose that the person agreed to.
    pub purpose: String,
    /// The person; `None` for the subject of the call.
    pub subject: Option<String>,
    /// The end of the consent, RFC 3339; `None` while it is not withdrawn.
    pub until: Option<String>,
}

impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consent")
            .field("purpose", &self.purpose)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

/// One key that a call needs. `Debug` leaves out whatever names a person.
///
/// ```
/// use fieldseal::{KeyKind, KeyUse, Request};
/// let request = Request {
///     reference: Some("cust-1".into()),
///     ..Request::new(KeyKind::Subject, KeyUse::Seal)
/// };
/// assert!(!format!("{request:?}").contains("cust-1"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    /// The kind of the key.
    pub kind: KeyKind,
    /// The person, bucket, item, index or domain. `None` only when opening: an unbound subject, or
    /// a retention key.
    pub reference: Option<String>,
    /// The tenant of the call.
    pub tenant: String,
    /// The operation that the key is wanted for.
    pub operation: KeyUse,
    /// The purpose that the call gave.
    pub purpose: Option<String>,
    /// The caller that the call named.
    pub caller: Option<String>,
    /// The place that the call came from, as the call gave it.
    pub origin: Option<String>,
    /// The consents that the call gave.
    pub consents: Vec<Consent>,
    /// The key that an envelope names, when opening. Answer [`RefusalCode::NotFound`] unless it
    /// belongs to exactly this kind, tenant and (if given) reference.
    pub id: Option<KeyId>,
}

impl Request {
    /// Returns a request that names nobody yet, of no tenant, purpose and caller.
    pub const fn new(kind: KeyKind, operation: KeyUse) -> Self {
        Request {
            kind,
            reference: None,
            tenant: String::new(),
            operation,
            purpose: None,
            caller: None,
            origin: None,
            consents: Vec::new(),
            id: None,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("kind", &self.kind)
            .field("operation", &self.operation)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A key, as a key source answers it. `Debug` shows neither the secret nor the owner.
///
/// ```
/// use fieldseal::{Key, KeyId, Secret};
/// let mut key = Key::new(KeyId([7; 16]), Secret::new([1; 32]));    // random, from a key store
/// key.expires = Some(1_795_000_000_000);
/// assert!(key.erasable && key.reference.is_none());
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Key {
    /// The name of the key.
    pub id: KeyId,
    /// The bytes of the key.
    pub secret: Secret,
    /// Milliseconds since 1970-01-01T00:00:00Z; the key is never used at or after it.
    pub expires: Option<u64>,
    /// `false`: nobody can destroy the key, and verdicts warn.
    pub erasable: bool,
    /// The owner, where the key source tells it: records then name the bucket of a retention key
    /// whose request did not.
    pub reference: Option<String>,
    /// The cache that answered holds another key of the same owner, which it fetched later.
    pub(crate) stale: bool,
}

impl Key {
    /// Returns a key that does not expire, that can be destroyed, and whose owner is not told.
    pub const fn new(id: KeyId, secret: Secret) -> Self {
        Key { id, secret, expires: None, erasable: true, reference: None, stale: false }
    }

    /// Returns the key with its owner.
    #[must_use]
    pub fn of(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("secret", &self.secret)
            .field("expires", &self.expires)
            .field("erasable", &self.erasable)
            .finish_non_exhaustive()
    }
}

/// The reason for which a key source gives no key. When several answers for one value differ, the first in this
/// order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalCode {
    /// The key was destroyed.
    Erased,
    /// The processing of its person's data is restricted (GDPR Art. 18).
    Restricted,
    /// The key is not for this purpose or caller.
    Denied,
    /// No such key exists for that kind, tenant and reference.
    NotFound,
    /// The key cannot be had now.
    Unavailable,
}

impl RefusalCode {
    /// Every code, in the order in which they count.
    pub const ALL: [RefusalCode; 5] = [
        RefusalCode::Erased,
        RefusalCode::Restricted,
        RefusalCode::Denied,
        RefusalCode::NotFound,
        RefusalCode::Unavailable,
    ];

    /// Returns the name that crosses every border.
    pub const fn as_str(self) -> &'static str {
        match self {
            RefusalCode::Erased => "erased",
            RefusalCode::Restricted => "restricted",
            RefusalCode::Denied => "denied",
            RefusalCode::NotFound => "not-found",
            RefusalCode::Unavailable => "unavailable",
        }
    }
}

/// The circumstance behind a refusal, for a message that helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RefusalCause {
    /// With [`RefusalCode::Denied`]: the version of the key lies below the least that may open.
    MinimumVersion,
    /// With [`RefusalCode::Unavailable`]: the key has expired.
    Expired,
    /// With [`RefusalCode::Unavailable`]: the answer depends on the time, and the call gave none.
    /// The error of the call is `context` then.
    NoClock,
}

impl RefusalCause {
    /// Every cause.
    pub const ALL: [RefusalCause; 3] =
        [RefusalCause::MinimumVersion, RefusalCause::Expired, RefusalCause::NoClock];

    /// Returns the name that crosses every border.
    pub const fn as_str(self) -> &'static str {
        match self {
            RefusalCause::MinimumVersion => "minimum-version",
            RefusalCause::Expired => "expired",
            RefusalCause::NoClock => "no-clock",
        }
    }
}

/// An answer without a key. `Debug` does not show the owner.
///
/// ```
/// use fieldseal::{Refusal, RefusalCode};
/// let refusal = Refusal::from(RefusalCode::Erased).of("contract/2036");
/// assert_eq!((refusal.code, refusal.reference.as_deref()), (RefusalCode::Erased, Some("contract/2036")));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The reason.
    pub code: RefusalCode,
    /// The circumstance, where the key source tells it.
    pub cause: Option<RefusalCause>,
    /// The owner of the key, where the key source tells it.
    pub reference: Option<String>,
}

impl Refusal {
    /// Returns the refusal with its circumstance.
    #[must_use]
    pub fn because(mut self, cause: RefusalCause) -> Self {
        self.cause = Some(cause);
        self
    }

    /// Returns the refusal with the owner of the key.
    #[must_use]
    pub fn of(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Refusal { code, cause: None, reference: None }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("code", &self.code)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

/// One answer to one [`Request`].
pub type Answer = Result<Key, Refusal>;
