//! Key identifiers and key bytes.

use std::fmt;
use std::sync::{Arc, OnceLock};

use zeroize::Zeroize;

use super::Mac;

/// The 16 bytes by which an envelope names a key. Not secret; it links the values of one person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
    /// Its 32 lower-case hexadecimal digits, two of each byte. At once: a verdict writes many, and
    /// formatting each byte was a twentieth of a call.
    pub fn digits(&self) -> [[u8; 2]; 16] {
        let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        self.0.map(|byte| [digit(byte >> 4), digit(byte & 0xF)])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(self.digits().as_flattened()).unwrap_or_default())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// The 32 bytes of a key. Never printed; wiped when the last clone is dropped, since clones share
/// them.
#[derive(Clone)]
pub struct Secret(Arc<Kept>);

struct Kept {
    bytes: [u8; 32],
    prepared: OnceLock<[Mac; 2]>,
}

impl Secret {
    /// Takes the bytes of a key; wipe your own copy.
    pub fn new(bytes: [u8; 32]) -> Self {
        Secret(Arc::new(Kept { bytes, prepared: OnceLock::new() }))
    }

    /// The bytes, for a key store that must keep them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0.bytes
    }
}

/// Returns the product of `prepare` for this key alone, made once. It lives as long as the key and is
/// wiped with it: a caller that keeps a key pays for its first steps once.
///
/// A function, since callers of the product see [`Secret`] and need no such method.
pub fn prepared(secret: &Secret, prepare: impl FnOnce(&[u8; 32]) -> [Mac; 2]) -> &[Mac; 2] {
    secret.0.prepared.get_or_init(|| prepare(&secret.0.bytes))
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.bytes.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
