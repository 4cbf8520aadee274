//! Entropy of the operating system.

use fieldseal::Entropy;

/// The operating system's source of entropy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Os;

impl Entropy for Os {
    /// Fills the buffer.
    ///
    /// # Panics
    /// Panics if the operating system gives no entropy: a host without it must not go on.
    fn fill(&mut self, buffer: &mut [u8]) {
        getrandom::fill(buffer)
            .unwrap_or_else(|error| panic!("the operating system gives no entropy: {error}"));
    }
}
