//! Randomness of the operating system.

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
    /// Fills the buffer. Ends the process where the system has no randomness to give: whatever went
    /// on without it would be sealed under a key that anybody can guess.
    fn fill(&mut self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}
