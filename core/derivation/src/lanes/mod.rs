//! HMAC-SHA-256 over four messages side by side: each word of all four is in one vector.

mod compress;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

use std::fmt;

use zeroize::optimization_barrier;

use crate::mac::Mac;
use crate::sha_256::{BLOCK, END, LENGTH};
use compress::{Schedule, compress};

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use portable::Lanes;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128::Lanes;

/// Messages that advance together.
pub const LANES: usize = 4;

/// True if four messages side by side take less time than one after the other: where a program
/// reaches vectors, and no instructions for SHA-256.
pub const LANES_PAY: bool = cfg!(all(target_arch = "wasm32", target_feature = "simd128"));

/// The longest message in bytes, with the padding of the hash.
const ROOM: usize = Messages::BLOCKS * BLOCK;

/// Four messages of HMAC with their keys. Wiped when dropped.
pub struct Messages {
    /// The midstates of the keys, word by word.
    inner: [[u32; LANES]; 8],
    outer: [[u32; LANES]; 8],
    bytes: [[u8; ROOM]; LANES],
    lengths: [usize; LANES],
    macs: [[u8; 32]; LANES],
}

impl Messages {
    /// The most blocks of a message.
    pub const BLOCKS: usize = 5;

    /// Returns the number of blocks that a message of that length takes.
    pub const fn blocks(length: usize) -> usize {
        (length + BLOCK - LENGTH) / BLOCK + 1
    }

    /// Four empty messages.
    #[expect(
        clippy::new_without_default,
        reason = "messages are begun on purpose, not for want of a value"
    )]
    pub fn new() -> Self {
        Messages {
            inner: [[0; LANES]; 8],
            outer: [[0; LANES]; 8],
            bytes: [[0; ROOM]; LANES],
            lengths: [0; LANES],
            macs: [[0; 32]; LANES],
        }
    }

    /// Writes the key and the message of a lane. Parts for which no room is left are left out.
    #[inline(never)]
    pub fn write(&mut self, lane: usize, key: &Mac, parts: &[&[u8]]) {
        let words = self.inner.iter_mut().zip(key.inner());
        for (words, word) in words.chain(self.outer.iter_mut().zip(key.outer())) {
            if let Some(to) = words.get_mut(lane) {
                *to = *word;
            }
        }
        let Some((bytes, length)) = self.bytes.get_mut(lane).zip(self.lengths.get_mut(lane)) else {
            return;
        };
        *length = 0;
        for part in parts {
            if let Some(to) = bytes.get_mut(*length..*length + part.len()) {
                to.copy_from_slice(part);
                *length += part.len();
            }
        }
    }

    /// Computes `HMAC(K, message)` of each key and message. It takes as long as the longest message.
    #[inline(never)]
    pub fn authenticate(&mut self) {
        let blocks = self.end();
        let mut schedule = [Lanes::splat(0); 64];
        let mut state = self.inner.map(Lanes::new);
        for at in 0..blocks.into_iter().max().unwrap_or_default() {
            let counts = blocks.map(|blocks| u32::from(at < blocks).wrapping_neg());
            self.read(at, &mut schedule);
            compress(&mut state, &mut schedule, Lanes::new(counts));
        }
        let (zero, end) = (Lanes::splat(0), Lanes::splat(u32::from(END) << 24));
        let bits = Lanes::splat(8 * (BLOCK as u32 + 32));
        let (hash, rest) = schedule.split_at_mut(8);
        hash.copy_from_slice(&state);
        rest.split_at_mut(8).0.copy_from_slice(&[end, zero, zero, zero, zero, zero, zero, bits]);
        state = self.outer.map(Lanes::new);
        compress(&mut state, &mut schedule, Lanes::splat(u32::MAX));
        for (half, words) in state.as_chunks::<4>().0.iter().enumerate() {
            for (mac, row) in self.macs.iter_mut().zip(Lanes::transposed(*words)) {
                if let Some(to) = mac.as_chunks_mut().0.get_mut(half) {
                    *to = row.write();
                }
            }
        }
        (state, schedule) = ([zero; 8], [zero; 64]);
        optimization_barrier(&state);
        optimization_barrier(&schedule);
    }

    /// Returns the MACs that were computed last.
    pub fn macs(&self) -> &[[u8; 32]; LANES] {
        &self.macs
    }

    /// Pads the messages and returns their numbers of blocks.
    #[inline(always)]
    fn end(&mut self) -> [usize; LANES] {
        let mut all = [0; LANES];
        for ((bytes, length), blocks) in self.bytes.iter_mut().zip(self.lengths).zip(&mut all) {
            *blocks = Messages::blocks(length);
            if let Some(padding) = bytes.get_mut(length..*blocks * BLOCK) {
                padding.fill(0);
                // The key's block is a part of the message that is hashed.
                let bits = 8 * (BLOCK + length) as u64;
                let (zeros, end) = padding.split_at_mut(padding.len() - (BLOCK - LENGTH));
                end.copy_from_slice(&bits.to_be_bytes());
                if let Some(first) = zeros.first_mut() {
                    *first = END;
                }
            }
        }
        all
    }

    /// Reads the words of that block of each message.
    #[inline(always)]
    fn read(&self, block: usize, schedule: &mut Schedule) {
        let fours = schedule.as_chunks_mut::<4>().0.iter_mut().take(4);
        for (at, four) in (4 * block..).zip(fours) {
            let rows = self
                .bytes
                .each_ref()
                .map(|bytes| Lanes::read(bytes.as_chunks().0.get(at).unwrap_or(&[0; 16])));
            *four = Lanes::transposed(rows);
        }
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Messages(redacted)")
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        self.inner = [[0; LANES]; 8];
        self.outer = [[0; LANES]; 8];
        self.bytes = [[0; ROOM]; LANES];
        self.macs = [[0; 32]; LANES];
        optimization_barrier(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages of all lengths side by side, whose lanes end at different blocks.
    #[test]
    fn lanes_are_the_same_as_one_message_after_the_other() {
        const LONGEST: usize = ROOM - (BLOCK - LENGTH) - 1;
        let text: Vec<u8> = (0..400_u32).map(|at| (at * 7 % 251) as u8).collect();
        let keys = [1, 2, 3, 4].map(|byte| Mac::new(&[byte; 32]));
        let mut messages = Messages::new();
        for length in 0..=LONGEST {
            let lengths = [length, LONGEST - length, 64, length / 3];
            for (lane, (key, length)) in keys.iter().zip(lengths).enumerate() {
                let (one, other) = text.split_at(length).0.split_at(length / 2);
                messages.write(lane, key, &[one, other]);
            }
            messages.authenticate();
            for ((key, length), made) in keys.iter().zip(lengths).zip(messages.macs()) {
                let mut expected = [0; 32];
                key.compute(&[text.split_at(length).0], &mut expected);
                assert_eq!(*made, expected, "{length} of {lengths:?}");
            }
        }
    }
}
