//! The two-function key source: what is asked and what may be answered.

use std::fmt;

use fieldseal_primitives::{KeyId, Secret};

/// What a key is for. The same reference under another kind is another key.
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
    /// The name that crosses every border.
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

/// What the keys are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyUse {
    /// To seal a clear document.
    Seal,
    /// To open a sealed one.
    Open,
    /// To seal sealed values anew.
    Reseal,
}

impl KeyUse {
    /// The name that crosses every border.
    pub const fn as_str(self) -> &'static str {
        match self {
            KeyUse::Seal => "seal",
            KeyUse::Open => "open",
            KeyUse::Reseal => "reseal",
        }
    }
}

/// One key that a call needs. Its `Debug` leaves out what names a person.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    /// What the key is for.
    pub kind: KeyKind,
    /// The person, bucket or item. `None` only when opening: an unbound subject, or a retention
    /// key.
    pub reference: Option<String>,
    /// The tenant of the call.
    pub tenant: String,
    /// What the key is wanted for.
    pub operation: KeyUse,
    /// The purpose that the call gave.
    pub purpose: Option<String>,
    /// Who asks, as the call gave it.
    pub caller: Option<String>,
    /// The key that an envelope names, when opening. Answer [`Refusal::NotFound`] unless it belongs
    /// to exactly this kind, tenant and (if given) reference.
    pub id: Option<KeyId>,
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

/// A key, as a host answers it.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name.
    pub id: KeyId,
    /// Its bytes.
    pub secret: Secret,
    /// Milliseconds since 1970-01-01T00:00:00Z; the key is never used at or after it.
    pub expires: Option<u64>,
    /// `false`: it cannot be destroyed, and verdicts warn.
    pub erasable: bool,
}

/// Why a host gives no key. When several answers for one value differ, the first in this order
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// It was destroyed.
    Erased,
    /// Its person's data is restricted.
    Restricted,
    /// Not for this purpose or caller.
    Denied,
    /// No such key for that kind, tenant and reference.
    NotFound,
    /// It cannot be had now.
    Unavailable,
}

/// One answer to one [`Request`].
pub type Answer = Result<Key, Refusal>;

/// Random bytes of the host. Exactly 32 are drawn for every value sealed, in document order.
pub trait Entropy {
    /// Fills the buffer from a cryptographically secure source.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// What a key source may need of the host besides the requests.
pub struct KeyContext<'a> {
    /// The host's clock, milliseconds since 1970-01-01T00:00:00Z.
    pub now: u64,
    /// For sources that create keys: 32 bytes a key, in request order, before any value draws.
    pub entropy: &'a mut dyn Entropy,
}

/// Where keys come from. Answers come in the order of the requests, one each; a wrong number is
/// `internal`.
pub trait KeySource {
    /// Keys to seal with.
    fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer>;
    /// Keys to open with. `now`: the host's clock, milliseconds since 1970-01-01T00:00:00Z.
    fn by_id(&mut self, requests: &[Request], now: u64) -> Vec<Answer>;
    /// Whether it holds the keys itself, so that asking costs nothing and what it forgets must be
    /// forgotten at once: a policy then keeps none of them in its cache.
    fn holds_keys(&self) -> bool {
        false
    }
}
