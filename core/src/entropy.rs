//! The random source of the operating system.

use crate::keys::Entropy;

/// The random source of the operating system; see [`os`].
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy(());

/// Returns the random source of the operating system.
///
/// ```
/// use fieldseal::Entropy;
/// let mut entropy = fieldseal::entropy::os();
/// let (mut one, mut other) = ([0; 32], [0; 32]);
/// entropy.fill(&mut one);
/// entropy.fill(&mut other);
/// assert_ne!(one, other);
/// ```
pub const fn os() -> OsEntropy {
    OsEntropy(())
}

impl Entropy for OsEntropy {
    /// Fills the buffer. Aborts the process if the system has no randomness: anything sealed
    /// without it would have a key that can be guessed.
    fn fill(&mut self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}
