//! The same operations word by word, for targets without these vectors: tests run the lanes there.

/// One word of each of four messages.
#[derive(Clone, Copy)]
pub(crate) struct Lanes([u32; 4]);

impl Lanes {
    /// Makes a vector of these words.
    pub(crate) fn new(words: [u32; 4]) -> Self {
        Lanes(words)
    }

    /// Makes a vector of one word.
    pub(crate) fn splat(word: u32) -> Self {
        Lanes([word; 4])
    }

    /// Reads four big-endian words.
    pub(crate) fn read(bytes: &[u8; 16]) -> Self {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        Lanes(words)
    }

    /// Returns the words as big-endian bytes.
    pub(crate) fn write(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        for (to, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *to = word.to_be_bytes();
        }
        bytes
    }

    /// Makes rows of columns.
    pub(crate) fn transposed([one, two, three, four]: [Self; 4]) -> [Self; 4] {
        let mut rows = [Lanes([0; 4]); 4];
        let columns = one.0.iter().zip(two.0).zip(three.0.iter().zip(four.0));
        for (row, ((one, two), (three, four))) in rows.iter_mut().zip(columns) {
            *row = Lanes([*one, two, *three, four]);
        }
        rows
    }

    pub(crate) fn add(self, other: Self) -> Self {
        self.zip(other, u32::wrapping_add)
    }

    pub(crate) fn xor(self, other: Self) -> Self {
        self.zip(other, |one, other| one ^ other)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        self.zip(other, |one, other| one & other)
    }

    pub(crate) fn shift_right<const BITS: u32>(self) -> Self {
        Lanes(self.0.map(|word| word >> BITS))
    }

    pub(crate) fn rotate_right<const BITS: u32>(self) -> Self {
        Lanes(self.0.map(|word| word.rotate_right(BITS)))
    }

    fn zip(mut self, other: Self, of: impl Fn(u32, u32) -> u32) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word = of(*word, other);
        }
        self
    }
}
