//! The same operations byte by byte, for targets without these vectors: tests run the cipher there.

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(crate) struct Vector([u8; 16]);

impl Vector {
    /// Makes a vector of these bytes.
    pub(crate) const fn new(bytes: [u8; 16]) -> Self {
        Vector(bytes)
    }

    /// Returns the bytes.
    pub(crate) fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// Adds byte to byte in GF(2^8).
    pub(crate) fn xor(self, other: Self) -> Self {
        let mut sum = self;
        for (byte, other) in sum.0.iter_mut().zip(other.0) {
            *byte ^= other;
        }
        sum
    }

    /// Returns the low nibbles.
    pub(crate) fn low(self) -> Self {
        Vector(self.0.map(|byte| byte & 0xF))
    }

    /// Returns the high nibbles.
    pub(crate) fn high(self) -> Self {
        Vector(self.0.map(|byte| byte >> 4))
    }

    /// Returns the low nibbles as high ones.
    pub(crate) fn raised(self) -> Self {
        Vector(self.0.map(|byte| byte << 4))
    }

    /// Moves each byte up by one place. The last byte of `before` becomes the first.
    pub(crate) fn after(self, before: Self) -> Self {
        let shifted = u128::from_le_bytes(self.0) << 8 | u128::from_le_bytes(before.0) >> 120;
        Vector(shifted.to_le_bytes())
    }

    /// Returns the bytes of both in turn: those of the first halves, and those of the second.
    pub(crate) fn interleaved(self, other: Self) -> [Self; 2] {
        let mut halves = [[0; 16]; 2];
        let pairs = halves.as_flattened_mut().as_chunks_mut::<2>().0;
        for (pair, bytes) in pairs.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            *pair = bytes.into();
        }
        halves.map(Vector)
    }

    /// Looks up the bytes at these indices; an index beyond 15 gives 0. Every look-up reads all
    /// sixteen bytes, since an address may not depend on an index.
    pub(crate) fn at(self, indices: Self) -> Self {
        Vector(indices.0.map(|index| {
            (0..).zip(self.0).fold(0, |found, (at, byte)| found | byte & ones_if_equal(index, at))
        }))
    }

    /// Takes the words of four bytes at these indices, which are constants; an index beyond 3
    /// gives 0.
    pub(crate) fn words<const A: usize, const B: usize, const C: usize, const D: usize>(
        self,
    ) -> Self {
        let words = self.0.as_chunks::<4>().0;
        let [a, b, c, d] = [A, B, C, D].map(|at| words.get(at).copied().unwrap_or_default());
        let mut bytes = [0; 16];
        for (to, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip([a, b, c, d]) {
            *to = word;
        }
        Vector(bytes)
    }

    /// Returns the same vector.
    pub(crate) fn hidden(self) -> Self {
        self
    }
}

/// Returns `0xFF` for two equal bytes, else 0, without a branch.
fn ones_if_equal(one: u8, other: u8) -> u8 {
    (u16::from(one ^ other).wrapping_sub(1) >> 8) as u8
}
