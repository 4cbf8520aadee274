//! The layout of an envelope's bytes.
//!
//! ```text
//! 0  3   0x16CD40 | suite, big-endian: base64url `Fs1` and one character for the suite
//! 3  1   b0 subject key, b1 retention key, b2 padded, b3 item key, b4-5 bind profile,
//!        b6 subject not bound (only with b0), b7 reserved
//! 4  16  ids of the subject, retention and item key, each only if its flag is set
//! .  16  salt
//! .  32  commitment
//! .  n   body: ciphertext and 16 bytes of tag; in suite 2 the tag stands first, in suite 5 an IV
//!        of 12 bytes
//! ```

pub(super) use fieldseal_primitives::aes_256_gcm::IV;
use fieldseal_primitives::{KeyId, padding};

use super::{Bind, Demand, Fault, KeyIds, Suite};

/// The version of the wire format.
pub(crate) const VERSION: u32 = 1;

/// The first characters of every envelope.
pub(crate) const MARK: &str = "Fs1";

/// The first characters of every envelope, as bytes.
pub(crate) const MARK_BYTES: [u8; 3] = *b"Fs1";

/// The fewest characters of a whole envelope, with one key, one byte of text and no padding.
pub(crate) const SHORTEST: u32 = 114;

pub(super) const SALT: usize = 16;

/// The salt under a deterministic suite.
pub(super) const NO_SALT: [u8; SALT] = [0; SALT];

pub(super) const COMMITMENT: usize = 32;

/// Length of the tag in bytes, the same in every suite.
pub(super) const TAG: usize = 16;

/// The IV of a suite that stores none.
pub(super) const NO_IV: [u8; IV] = [0; IV];

/// The fewest characters of a clear value that counts as the work of a later release.
pub(super) const SHORTEST_LATER: usize = 64;

/// Length of suite and flags in bytes.
const HEAD: usize = 4;
const ID: usize = 16;

/// The greatest length of the prefix, which ends before the salt.
const LONGEST: usize = HEAD + 3 * ID;

const SUBJECT: u8 = 1 << 0;
const RETENTION: u8 = 1 << 1;
const PADDED: u8 = 1 << 2;
const ITEM: u8 = 1 << 3;
const BIND: u8 = 3 << 4;
const UNBOUND: u8 = 1 << 6;
const RESERVED: u8 = 1 << 7;

/// Suite and flags of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    suite: Suite,
    flags: u8,
}

impl Head {
    pub(super) fn new(demand: &Demand, padded: bool, ids: &KeyIds) -> Self {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = flag(ids.subject.is_some(), SUBJECT)
            | flag(ids.retention.is_some(), RETENTION)
            | flag(padded, PADDED)
            | flag(ids.item.is_some(), ITEM)
            | (demand.bind as u8) << 4
            | flag(!demand.subject_bound, UNBOUND);
        Head { suite: demand.suite, flags }
    }

    /// Reads the first bytes of an envelope of `length` bytes.
    ///
    /// # Errors
    /// The faults of step 1 of *Opening* (docs/envelope.md) that follow decoding, in that order.
    pub(super) fn parse(start: &[u8], length: usize) -> Result<Self, Fault> {
        let [_, _, third, rest @ ..] = start else { return Err(Fault::Integrity) };
        let suite = Suite::numbered(third & 0x3f).ok_or(Fault::Unsupported)?;
        let flags = rest.first().copied();
        if flags.is_some_and(is_reserved) {
            return Err(Fault::Unsupported);
        }
        let head = Head { suite, flags: flags.ok_or(Fault::Integrity)? };
        if length < head.prefix() + SALT + COMMITMENT + head.shortest_body() {
            return Err(Fault::Integrity);
        }
        if head.flags & (SUBJECT | RETENTION) == 0 {
            return Err(Fault::Integrity);
        }
        Ok(head)
    }

    pub(super) const fn suite(self) -> Suite {
        self.suite
    }

    /// Returns true if 12 bytes of IV stand before the ciphertext.
    pub(super) const fn stores_iv(self) -> bool {
        stores_iv(self.suite)
    }

    /// Returns true if the tag stands before the ciphertext, as in RFC 5297.
    pub(super) const fn tag_leads(self) -> bool {
        matches!(self.suite, Suite::Aes256Siv)
    }

    pub(super) const fn bind(self) -> Bind {
        match (self.flags & BIND) >> 4 {
            0 => Bind::None,
            1 => Bind::RecordField,
            2 => Bind::RecordPath,
            _ => Bind::Field,
        }
    }

    pub(super) const fn padded(self) -> bool {
        self.flags & PADDED != 0
    }

    pub(super) const fn subject(self) -> bool {
        self.flags & SUBJECT != 0
    }

    pub(super) const fn retention(self) -> bool {
        self.flags & RETENTION != 0
    }

    pub(super) const fn item(self) -> bool {
        self.flags & ITEM != 0
    }

    pub(super) const fn subject_bound(self) -> bool {
        self.flags & UNBOUND == 0
    }

    /// Returns the length of the prefix in bytes.
    const fn prefix(self) -> usize {
        HEAD + ID * (self.flags & (SUBJECT | RETENTION | ITEM)).count_ones() as usize
    }

    const fn shortest_body(self) -> usize {
        iv_len(self.suite) + TAG + if self.padded() { padding::BLOCK } else { 1 }
    }
}

/// Returns true for flags that this release does not know: b7, and b6 without b0.
const fn is_reserved(flags: u8) -> bool {
    flags & RESERVED != 0 || flags & (SUBJECT | UNBOUND) == UNBOUND
}

/// Returns the bytes of the IV that an envelope of this suite stores.
pub(super) const fn iv_len(suite: Suite) -> usize {
    if stores_iv(suite) { IV } else { 0 }
}

const fn stores_iv(suite: Suite) -> bool {
    matches!(suite, Suite::Aes256GcmIv)
}

/// The bytes of an envelope before its salt.
pub(super) struct Prefix {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Prefix {
    pub(super) fn new(head: Head, ids: &KeyIds) -> Self {
        let mut prefix = Prefix { bytes: [0; LONGEST], length: head.prefix() };
        let (start, rest) = prefix.bytes.split_at_mut(HEAD);
        start.copy_from_slice(&[0x16, 0xcd, 0x40 | head.suite as u8, head.flags]);
        for (to, id) in
            rest.chunks_exact_mut(ID).zip([ids.subject, ids.retention, ids.item].iter().flatten())
        {
            to.copy_from_slice(&id.0);
        }
        prefix
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&self.bytes)
    }
}

/// The parts of an envelope.
#[derive(Clone, Copy)]
pub(super) struct Parts<'e> {
    pub(super) prefix: &'e [u8],
    pub(super) ids: KeyIds,
    pub(super) salt: &'e [u8; SALT],
    pub(super) commitment: &'e [u8; COMMITMENT],
    /// Zeros under a suite that stores none.
    pub(super) iv: &'e [u8; IV],
    pub(super) text: &'e [u8],
    pub(super) tag: &'e [u8; TAG],
}

impl<'e> Parts<'e> {
    /// Splits an envelope. Returns `None` only if it is shorter than [`Head::parse`] ensured.
    pub(super) fn split(head: Head, envelope: &'e [u8]) -> Option<Self> {
        let (prefix, rest) = envelope.split_at_checked(head.prefix())?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (commitment, body) = rest.split_first_chunk()?;
        let (iv, body) = if head.stores_iv() { body.split_first_chunk()? } else { (&NO_IV, body) };
        let (text, tag) = if head.tag_leads() {
            let (tag, text) = body.split_first_chunk()?;
            (text, tag)
        } else {
            body.split_last_chunk()?
        };

        let (_, mut keys) = prefix.split_at_checked(HEAD)?;
        let mut id = |present: bool| -> Option<Option<KeyId>> {
            if !present {
                return Some(None);
            }
            let (id, rest) = keys.split_first_chunk()?;
            keys = rest;
            Some(Some(KeyId(*id)))
        };
        let ids = KeyIds {
            subject: id(head.subject())?,
            retention: id(head.retention())?,
            item: id(head.item())?,
        };
        Some(Parts { prefix, ids, salt, commitment, iv, text, tag })
    }
}

#[cfg(test)]
mod tests {
    use super::{MARK, MARK_BYTES, SHORTEST};
    use crate::envelope::{KeyIds, Suite, sealed_len};
    use crate::keys::KeyId;

    #[test]
    fn the_shortest_envelope_has_one_key_and_one_byte() {
        let ids = KeyIds { subject: Some(KeyId([7; 16])), ..KeyIds::default() };
        for suite in Suite::ALL {
            let length = sealed_len(suite, &ids, false, 1);
            assert_eq!(
                length,
                SHORTEST as usize + if suite == Suite::Aes256GcmIv { 16 } else { 0 }
            );
        }
        assert_eq!(MARK.as_bytes(), MARK_BYTES);
    }
}
