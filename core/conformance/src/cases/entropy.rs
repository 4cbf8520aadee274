//! Entropy of a case.

/// Gives byte n of a case's entropy: n mod 251.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    next: usize,
}

impl Stream {
    /// Takes the next bytes.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = (self.next % 251) as u8;
            self.next += 1;
        }
    }
}
