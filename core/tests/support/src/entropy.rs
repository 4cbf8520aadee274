//! Entropy that is the same in every run.

use fieldseal::Entropy;

/// A stream of bytes that is the same in every run: SplitMix64.
pub struct Stream(pub u64);

impl Stream {
    /// Returns the next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() % bound as u64) as usize
    }
}

impl Entropy for Stream {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.draw() as u8;
        }
    }
}

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
