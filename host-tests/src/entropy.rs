//! Sources of entropy.

use fieldseal::Entropy;

/// The operating system's.
pub struct Os;

impl Entropy for Os {
    fn fill(&mut self, buffer: &mut [u8]) {
        // A host without entropy must not go on.
        getrandom::fill(buffer).unwrap_or_else(|error| panic!("the operating system gives no entropy: {error}"));
    }
}

/// The stream of the case files: byte n is n mod 251, a prime, so that no two values draw the same 32 bytes.
#[derive(Default)]
pub struct Counted {
    next: usize,
}

impl Counted {
    /// How many bytes were drawn.
    #[must_use]
    pub fn drawn(&self) -> usize {
        self.next
    }
}

impl Entropy for Counted {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = (self.next % 251) as u8;
            self.next += 1;
        }
    }
}

/// Bytes that a test gives, then zeros.
pub struct Given(pub Vec<u8>);

impl Entropy for Given {
    fn fill(&mut self, buffer: &mut [u8]) {
        let given = self.0.len().min(buffer.len());
        for (byte, fresh) in buffer.iter_mut().zip(self.0.drain(..given).chain(std::iter::repeat(0))) {
            *byte = fresh;
        }
    }
}
