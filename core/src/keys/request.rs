//! The requests of a call to a key source, and the answers to them.

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
    /// The key of an index.
    Index,
    /// The key of a pseudonym domain.
    Pseudonym,
}

impl KeyKind {
    /// Returns the name that all language bindings use.
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

/// The operation for which a key is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyUse {
    /// Sealing a clear document.
    Seal,
    /// Opening a sealed document.
    Open,
    /// Sealing sealed values again under the newest keys. A cache never answers such a request.
    Reseal,
}

impl KeyUse {
    /// Returns the name that all language bindings use.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyUse::Seal => "seal",
            KeyUse::Open => "open",
            KeyUse::Reseal => "reseal",
        }
    }
}

/// A consent on which a call relies (GDPR Art. 6(1)(a), 7). `Debug` omits the person.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Consent {
    /// The purpose that the person agreed to.
    pub purpose: String,
    /// The person; `None` for the subject of the call.
    pub subject: Option<String>,
    /// The end of the consent, RFC 3339, or `None` if it is not withdrawn.
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

/// One key that a call needs. `Debug` omits everything that names a person.
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
    /// The person, bucket, item, index or domain. `None` only when opening, for a subject that is
    /// not bound or a retention key.
    pub reference: Option<String>,
    /// The tenant of the call.
    pub tenant: String,
    /// The operation for which the key is requested.
    pub operation: KeyUse,
    /// The purpose of the call.
    pub purpose: Option<String>,
    /// The caller that the call names.
    pub caller: Option<String>,
    /// The origin of the call, as the call gave it.
    pub origin: Option<String>,
    /// The consents of the call.
    pub consents: Vec<Consent>,
    /// The key that an envelope names, when opening. Answer [`RefusalCode::NotFound`] unless the
    /// key belongs to exactly this kind, tenant and (if given) reference.
    pub id: Option<KeyId>,
}

impl Request {
    /// Returns a request without reference, tenant, purpose and caller.
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

/// A key in the answer of a key source. `Debug` shows neither the secret nor the owner.
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
    /// The id of the key.
    pub id: KeyId,
    /// The bytes of the key.
    pub secret: Secret,
    /// The time at and after which the key is not used, in milliseconds since 1970-01-01T00:00:00Z.
    pub expires: Option<u64>,
    /// `false` if the key cannot be destroyed. Verdicts then warn.
    pub erasable: bool,
    /// The owner, if the key source gives it. Records then name the bucket of a retention key that
    /// the request did not name.
    pub reference: Option<String>,
    /// True if the cache that answered holds a newer sealing key of the same owner.
    pub(crate) stale: bool,
}

impl Key {
    /// Returns a key that does not expire, can be destroyed, and has no owner given.
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

/// The reason why a key source gives no key. If the keys of one value are refused for different
/// reasons, the first in this order counts.
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
    /// The key is not available now.
    Unavailable,
}

impl RefusalCode {
    /// Every code, in order of precedence.
    pub const ALL: [RefusalCode; 5] = [
        RefusalCode::Erased,
        RefusalCode::Restricted,
        RefusalCode::Denied,
        RefusalCode::NotFound,
        RefusalCode::Unavailable,
    ];

    /// Returns the name that all language bindings use.
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

/// The circumstance behind a refusal, which makes the message more precise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RefusalCause {
    /// With [`RefusalCode::Denied`]: the version of the key is below the minimum version.
    MinimumVersion,
    /// With [`RefusalCode::Unavailable`]: the key has expired.
    Expired,
    /// With [`RefusalCode::Unavailable`]: the answer depends on the time, and the call has no
    /// clock. The call then fails with `context`.
    NoClock,
}

impl RefusalCause {
    /// Every cause.
    pub const ALL: [RefusalCause; 3] =
        [RefusalCause::MinimumVersion, RefusalCause::Expired, RefusalCause::NoClock];

    /// Returns the name that all language bindings use.
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
/// assert_eq!(refusal.code, RefusalCode::Erased);
/// assert_eq!(refusal.reference.as_deref(), Some("contract/2036"));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The reason.
    pub code: RefusalCode,
    /// The circumstance, if the key source gives it.
    pub cause: Option<RefusalCause>,
    /// The owner of the key, if the key source gives it.
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
