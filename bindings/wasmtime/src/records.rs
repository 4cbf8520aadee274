//! Records as they cross the component's border, where evidence and the owners of keys are text.

use std::fmt;

use fieldseal::{Error, IndexValue, KeyId, KeyKind, KeyOwner, KeyState, Reached, Refusal};

/// A key as a key store sent it, on its way into the component, which judges it. The contract asks
/// for ids of 16 and secrets of 32 bytes. `Debug` shows neither the secret nor the owner.
#[derive(Clone, PartialEq, Eq)]
pub struct RawKey {
    /// The id.
    pub id: Vec<u8>,
    /// The bytes of the key.
    pub secret: Vec<u8>,
    /// The time at and after which the key is not used, milliseconds since 1970-01-01T00:00:00Z.
    pub expires: Option<u64>,
    /// False if nobody can destroy the key; verdicts then warn.
    pub erasable: bool,
    /// The owner's text, where the key store tells it.
    pub reference: Option<String>,
}

impl fmt::Debug for RawKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawKey")
            .field("id_bytes", &self.id.len())
            .field("secret_bytes", &self.secret.len())
            .field("expires", &self.expires)
            .field("erasable", &self.erasable)
            .finish_non_exhaustive()
    }
}

/// An answer of a key store on its way into the component.
pub type RawAnswer = Result<RawKey, Refusal>;

/// A sealed document as it crosses the component's border. `Debug` leaves out the document, whose
/// unmarked values are clear, and the index values.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The text of the document.
    pub document: Vec<u8>,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The index values.
    pub indexes: Vec<IndexValue>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("verdict", &self.verdict).finish_non_exhaustive()
    }
}

/// An opened document as it crosses the component's border. `Debug` leaves the document out.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The text of the document.
    pub document: Vec<u8>,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The access record's RFC 8785 text.
    pub access: String,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("verdict", &self.verdict)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// The envelope of one value as it crosses the component's border. `Debug` leaves out the index
/// values.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// The envelope, or the token that the marker demands.
    pub envelope: String,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The index values.
    pub indexes: Vec<IndexValue>,
}

impl fmt::Debug for SealedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedValue").field("verdict", &self.verdict).finish_non_exhaustive()
    }
}

/// One clear value as it crosses the component's border. `Debug` leaves the value out.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedValue {
    /// The JSON text of the value.
    pub value: Vec<u8>,
    /// The verdict's RFC 8785 text.
    pub verdict: String,
    /// The access record's RFC 8785 text.
    pub access: String,
}

impl fmt::Debug for OpenedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedValue")
            .field("verdict", &self.verdict)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl From<fieldseal::Sealed> for Sealed {
    fn from(sealed: fieldseal::Sealed) -> Self {
        let fieldseal::Sealed { document, verdict, indexes } = sealed;
        Sealed { document, verdict: verdict.to_json(), indexes }
    }
}

impl From<fieldseal::Opened> for Opened {
    fn from(opened: fieldseal::Opened) -> Self {
        let fieldseal::Opened { document, verdict, access } = opened;
        Opened { document, verdict: verdict.to_json(), access: access.to_json() }
    }
}

/// The owner of a key as it crosses the component's border. Not every text names somebody. `Debug`
/// shows the kind alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Owner {
    /// The kind of the key.
    pub kind: KeyKind,
    /// The tenant; empty for none.
    pub tenant: String,
    /// The text that names the owner.
    pub reference: String,
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl From<&KeyOwner> for Owner {
    fn from(owner: &KeyOwner) -> Self {
        Owner {
            kind: owner.kind(),
            tenant: owner.tenant().to_owned(),
            reference: owner.reference().into_owned(),
        }
    }
}

impl From<&str> for Owner {
    fn from(person: &str) -> Self {
        Owner::from(&KeyOwner::person(person))
    }
}

impl TryFrom<&Owner> for KeyOwner {
    type Error = Error;

    fn try_from(owner: &Owner) -> Result<Self, Error> {
        KeyOwner::from_parts(owner.kind, &owner.tenant, &owner.reference)
    }
}

/// The record of an erasure or destruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The state of the owner's key.
    pub state: KeyState,
    /// The ids of the keys that were destroyed, oldest first.
    pub destroyed: Vec<KeyId>,
    /// The time of the first call that erased, milliseconds since 1970-01-01T00:00:00Z, if it had
    /// one.
    pub at: Option<u64>,
    /// The moment that the erasure has reached.
    pub reached: Reached,
    /// The places that still hold copies of the secrets, as text for people.
    pub residue: Vec<String>,
}

impl From<fieldseal::Erased> for Erased {
    fn from(erased: fieldseal::Erased) -> Self {
        Erased {
            state: erased.state,
            destroyed: erased.destroyed,
            at: erased.at,
            reached: erased.reached,
            residue: erased.residue,
        }
    }
}

/// The record of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The number of the new version, which seals from now on. Versions count from 1.
    pub version: u32,
}

impl From<fieldseal::Rotated> for Rotated {
    fn from(rotated: fieldseal::Rotated) -> Self {
        Rotated { version: rotated.version }
    }
}

/// One erasure of an owner. `Debug` leaves out the reason, which people wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The time, milliseconds since 1970-01-01T00:00:00Z, if the call had one.
    pub at: Option<u64>,
    /// The reason as the first call gave it; `None` for a destruction because the time had passed.
    pub reason: Option<String>,
    /// The ids of the keys that were destroyed, oldest first.
    pub destroyed: Vec<KeyId>,
}

impl fmt::Debug for Erasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Erasure")
            .field("at", &self.at)
            .field("destroyed", &self.destroyed)
            .finish_non_exhaustive()
    }
}
