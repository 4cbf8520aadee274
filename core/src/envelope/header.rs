//! What an envelope says of itself, and what a policy demands of it.

use fieldseal_primitives::KeyId;

/// How a value is enciphered. The number is the wire's. Of each the key comes from HKDF-SHA-256
/// (RFC 5869), one per value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Suite {
    /// AES-256-GCM (NIST SP 800-38D), the default.
    Aes256Gcm = 1,
    /// AES-256-SIV (RFC 5297): equal values under equal keys in equal contexts give equal
    /// envelopes, and it draws no entropy.
    Aes256Siv = 2,
    /// ChaCha20-Poly1305 (RFC 8439), for hosts without instructions for AES.
    ChaCha20Poly1305 = 3,
}

impl Suite {
    /// All that the format knows.
    pub const ALL: [Suite; 3] = [Suite::Aes256Gcm, Suite::Aes256Siv, Suite::ChaCha20Poly1305];

    /// The name in schemas, options and verdicts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Suite::Aes256Gcm => "aes-256-gcm",
            Suite::Aes256Siv => "aes-256-siv",
            Suite::ChaCha20Poly1305 => "chacha20-poly1305",
        }
    }

    /// The suite of that name.
    ///
    /// ```
    /// use fieldseal::envelope::Suite;
    /// assert_eq!(Suite::named("chacha20-poly1305"), Some(Suite::ChaCha20Poly1305));
    /// assert_eq!(Suite::named("AES-256-GCM"), None);
    /// ```
    pub fn named(name: &str) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.as_str() == name)
    }

    /// The suite of that number on the wire.
    pub(super) fn numbered(number: u8) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| *suite as u8 == number)
    }

    /// Whether equal values become equal envelopes. Such a suite takes no entropy.
    pub const fn is_deterministic(self) -> bool {
        matches!(self, Suite::Aes256Siv)
    }
}

/// What of the context a value is bound to, besides tenant, schema family and subject. The number
/// is the wire's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bind {
    /// Nothing more.
    None = 0,
    /// Record, revision and field; the elements of an array share a field. The default.
    RecordField = 1,
    /// Record, revision and exact location.
    RecordPath = 2,
    /// The field.
    Field = 3,
}

impl Bind {
    /// All of them.
    pub const ALL: [Bind; 4] = [Bind::None, Bind::RecordField, Bind::RecordPath, Bind::Field];

    /// The profile that schemas call so.
    ///
    /// ```
    /// use fieldseal::envelope::Bind;
    ///
    /// assert_eq!(Bind::named("record-path"), Some(Bind::RecordPath));
    /// assert_eq!(Bind::named("path"), None);
    /// ```
    pub fn named(name: &str) -> Option<Bind> {
        Bind::ALL.into_iter().find(|bind| bind.as_str() == name)
    }

    /// The name in schemas and verdicts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Bind::None => "none",
            Bind::RecordField => "record-field",
            Bind::RecordPath => "record-path",
            Bind::Field => "field",
        }
    }

    /// Whether the call must name a record.
    pub const fn needs_record(self) -> bool {
        matches!(self, Bind::RecordField | Bind::RecordPath)
    }
}

/// What the policy demands of the envelope at a location. The policy rules, not the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Demand {
    /// The suite.
    pub suite: Suite,
    /// The bind profile.
    pub bind: Bind,
    /// Sealed under a person's key.
    pub subject: bool,
    /// Sealed under a retention bucket's key.
    pub retention: bool,
    /// Sealed under a key of its own.
    pub item: bool,
    /// The person's reference is bound (flag b6 clear).
    pub subject_bound: bool,
}

/// The keys that an envelope names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyIds {
    /// The person's.
    pub subject: Option<KeyId>,
    /// The retention bucket's.
    pub retention: Option<KeyId>,
    /// The value's own.
    pub item: Option<KeyId>,
}

impl KeyIds {
    /// Returns the ids, in the order of the envelope.
    pub fn all(&self) -> impl Iterator<Item = KeyId> + use<> {
        [self.subject, self.retention, self.item].into_iter().flatten()
    }
}
