//! The properties that an envelope states and a policy demands: suite, bind profile and keys.

use fieldseal_primitives::KeyId;
use fieldseal_primitives::aes_256_gcm::IV;

/// The bytes of entropy in a salt.
pub(super) const ENTROPY: usize = 32;

/// The algorithm that encrypts a value, with its number on the wire.
///
/// Each value has a separate key, derived with HKDF-SHA-256 (RFC 5869).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Suite {
    /// AES-256-GCM (NIST SP 800-38D), the default.
    Aes256Gcm = 1,
    /// AES-256-SIV (RFC 5297). Equal values under equal keys in equal contexts give equal
    /// envelopes, and sealing draws no entropy.
    Aes256Siv = 2,
    /// ChaCha20-Poly1305 (RFC 8439), for hosts without AES instructions.
    ChaCha20Poly1305 = 3,
    /// AES-256-GCM with an IV that is drawn for each value and stored, for users who need an
    /// approved mode of sealing. 4 is kept for a service that encrypts.
    Aes256GcmIv = 5,
}

impl Suite {
    /// All suites of the format.
    pub const ALL: [Suite; 4] =
        [Suite::Aes256Gcm, Suite::Aes256Siv, Suite::ChaCha20Poly1305, Suite::Aes256GcmIv];

    /// Returns the name in schemas, options and verdicts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Suite::Aes256Gcm => "aes-256-gcm",
            Suite::Aes256Siv => "aes-256-siv",
            Suite::ChaCha20Poly1305 => "chacha20-poly1305",
            Suite::Aes256GcmIv => "aes-256-gcm-iv",
        }
    }

    /// Returns the suite with this name.
    ///
    /// ```
    /// use fieldseal::envelope::Suite;
    /// assert_eq!(Suite::named("chacha20-poly1305"), Some(Suite::ChaCha20Poly1305));
    /// assert_eq!(Suite::named("AES-256-GCM"), None);
    /// ```
    pub fn named(name: &str) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.as_str() == name)
    }

    /// Returns the character after `Fs1` in the envelopes of this suite.
    pub(crate) const fn letter(self) -> char {
        (b'A' + self as u8) as char
    }

    /// Returns the suite with this number on the wire.
    pub(super) fn numbered(number: u8) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| *suite as u8 == number)
    }

    /// Returns true if equal values give equal envelopes. Such a suite takes no entropy.
    pub const fn is_deterministic(self) -> bool {
        matches!(self, Suite::Aes256Siv)
    }

    /// Returns the bytes of entropy that sealing one value takes: 32 for the salt, after them 12
    /// for an IV that the envelope stores, and none under a deterministic suite.
    ///
    /// ```
    /// use fieldseal::envelope::Suite;
    /// assert_eq!(Suite::ALL.map(Suite::entropy_bytes), [32, 0, 32, 44]);
    /// ```
    pub const fn entropy_bytes(self) -> usize {
        match self {
            Suite::Aes256Siv => 0,
            Suite::Aes256Gcm | Suite::ChaCha20Poly1305 => ENTROPY,
            Suite::Aes256GcmIv => ENTROPY + IV,
        }
    }
}

/// The part of the context to which a value is bound, besides tenant, schema family and subject.
///
/// The discriminant is the number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bind {
    /// No further part.
    None = 0,
    /// Record, revision and field, where the elements of an array share a field. The default.
    RecordField = 1,
    /// Record, revision and exact location.
    RecordPath = 2,
    /// The field alone.
    Field = 3,
}

impl Bind {
    /// All bind profiles of the format.
    pub const ALL: [Bind; 4] = [Bind::None, Bind::RecordField, Bind::RecordPath, Bind::Field];

    /// Returns the bind profile with this name in schemas.
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

    /// Returns the name in schemas and verdicts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Bind::None => "none",
            Bind::RecordField => "record-field",
            Bind::RecordPath => "record-path",
            Bind::Field => "field",
        }
    }

    /// Returns true if the call must name a record.
    pub const fn needs_record(self) -> bool {
        matches!(self, Bind::RecordField | Bind::RecordPath)
    }
}

/// The properties that the policy demands of the envelope at a location.
///
/// The policy decides them, never the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Demand {
    /// The suite to use.
    pub suite: Suite,
    /// The bind profile to use.
    pub bind: Bind,
    /// True if the value is sealed under a person's key.
    pub subject: bool,
    /// True if the value is sealed under a retention bucket's key.
    pub retention: bool,
    /// True if the value is sealed under an item key.
    pub item: bool,
    /// True if the value is bound to the person's reference (flag b6 is clear).
    pub subject_bound: bool,
}

/// The ids of the keys that an envelope names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyIds {
    /// The id of the person's key.
    pub subject: Option<KeyId>,
    /// The id of the retention bucket's key.
    pub retention: Option<KeyId>,
    /// The id of the item key.
    pub item: Option<KeyId>,
}

impl KeyIds {
    /// Returns the ids, in the order of the envelope.
    pub fn all(&self) -> impl Iterator<Item = KeyId> + use<> {
        [self.subject, self.retention, self.item].into_iter().flatten()
    }
}
