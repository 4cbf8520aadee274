//! SHA-256 (FIPS 180-4), fed in pieces.

use sha2::Digest;

/// A running hash. Wiped when dropped.
#[derive(Clone)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Nothing hashed yet.
    #[expect(
        clippy::new_without_default,
        reason = "a hash is begun on purpose, not for want of a value"
    )]
    pub fn new() -> Self {
        Sha256(sha2::Sha256::new())
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all that was taken in.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
