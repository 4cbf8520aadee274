//! Entropy that a test gives.

use fieldseal::Entropy;

/// Bytes that a test gives, then zeros.
pub struct Given(pub Vec<u8>);

impl Entropy for Given {
    fn fill(&mut self, buffer: &mut [u8]) {
        let given = self.0.len().min(buffer.len());
        for (byte, fresh) in
            buffer.iter_mut().zip(self.0.drain(..given).chain(std::iter::repeat(0)))
        {
            *byte = fresh;
        }
    }
}
