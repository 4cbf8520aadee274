//! SHA-256 (FIPS 180-4) over the compression function of the crate `sha2`, which takes the
//! instructions of the machine.
//!
//! Fed and finished here and not by the crate, since a value takes a dozen short messages: the crate
//! wipes their buffers byte by byte, and does not show the words of a midstate.

use std::slice;

use sha2::block_api::compress256;
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Bytes of a block.
pub const BLOCK: usize = 64;

/// Place of the message's length in the last block.
pub(crate) const LENGTH: usize = BLOCK - 8;

/// The first byte after a message.
pub(crate) const END: u8 = 0x80;

/// The eight words between two blocks.
pub(crate) type State = [u32; 8];

/// FIPS 180-4, section 5.3.3.
const START: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A running hash. Wiped when dropped.
#[derive(Clone)]
pub struct Sha256 {
    state: State,
    /// The bytes since the last whole block, with zeros behind them.
    block: [u8; BLOCK],
    /// The number of bytes so far.
    length: u64,
}

impl Sha256 {
    /// Nothing hashed yet.
    #[expect(
        clippy::new_without_default,
        reason = "a hash is begun on purpose, not for want of a value"
    )]
    pub fn new() -> Self {
        Sha256 { state: START, block: [0; BLOCK], length: 0 }
    }

    /// Continues a hash after its first block.
    pub(crate) fn after_block(state: &State) -> Self {
        Sha256 { state: *state, block: [0; BLOCK], length: BLOCK as u64 }
    }

    /// Begins another hash after its first block.
    pub(crate) fn restart(&mut self, state: &State) {
        (self.state, self.length) = (*state, BLOCK as u64);
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let (_, room) = self.block.split_at_mut(self.length as usize % BLOCK);
        self.length = self.length.wrapping_add(bytes.len() as u64);
        match bytes.split_at_checked(room.len()) {
            None => room.split_at_mut(bytes.len()).0.copy_from_slice(bytes),
            Some((first, rest)) => {
                room.copy_from_slice(first);
                compress256(&mut self.state, slice::from_ref(&self.block));
                let (blocks, rest) = rest.as_chunks();
                if !blocks.is_empty() {
                    compress256(&mut self.state, blocks);
                }
                self.block = [0; BLOCK];
                self.block.split_at_mut(rest.len()).0.copy_from_slice(rest);
            }
        }
    }

    /// The hash of all that was taken in.
    pub fn finish(mut self) -> [u8; 32] {
        bytes_of(self.end())
    }

    /// The same as words. The block is empty afterwards.
    pub(crate) fn end(&mut self) -> &State {
        let filled = self.length as usize % BLOCK;
        if let Some(first) = self.block.get_mut(filled) {
            *first = END;
        }
        if filled >= LENGTH {
            self.compress();
        }
        let bits = self.length.wrapping_mul(8);
        self.block.split_at_mut(LENGTH).1.copy_from_slice(&bits.to_be_bytes());
        self.compress();
        &self.state
    }

    /// Takes the block into the state.
    #[inline(always)]
    fn compress(&mut self) {
        compress256(&mut self.state, slice::from_ref(&self.block));
        self.block = [0; BLOCK];
    }
}

/// Hashes one block.
pub(crate) fn of_block(block: &[u8; BLOCK]) -> State {
    let mut state = START;
    compress256(&mut state, slice::from_ref(block));
    state
}

/// Writes words as bytes, the highest first.
pub(crate) fn bytes_of(state: &State) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, word) in bytes.as_chunks_mut().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
    bytes
}

impl Drop for Sha256 {
    fn drop(&mut self) {
        self.state = [0; 8];
        self.block = [0; BLOCK];
        optimization_barrier(self);
    }
}

impl ZeroizeOnDrop for Sha256 {}

#[cfg(test)]
mod tests {
    use sha2::Digest;

    use super::*;
    use crate::testing::hex;

    /// The examples of FIPS 180.
    #[test]
    fn known_answers() {
        for (message, expected) in [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ] {
            let mut hash = Sha256::new();
            hash.update(message.as_bytes());
            assert_eq!(hash.finish(), hex(expected));
        }
    }

    /// Messages of all lengths around the first blocks, each in three pieces of all lengths.
    #[test]
    fn agrees_with_the_crate_however_it_is_fed() {
        let text: Vec<u8> = (0..300_u32).map(|at| (at * 7 % 251) as u8).collect();
        for length in 0..=300 {
            let (message, _) = text.split_at(length);
            let expected: [u8; 32] = sha2::Sha256::digest(message).into();
            for first in 0..=length {
                let (one, rest) = message.split_at(first);
                let (two, three) = rest.split_at(rest.len() / 3);
                let mut hash = Sha256::new();
                [one, two, three].iter().for_each(|piece| hash.update(piece));
                assert_eq!(hash.clone().finish(), expected, "{length} {first}");
            }
        }
    }
}
