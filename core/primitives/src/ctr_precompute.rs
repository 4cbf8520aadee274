//! AES-256 as GCM uses it under one nonce, with the first counter blocks enciphered together.

use aes_gcm::KeyInit;
use aes_gcm::aes::Block;
use aes_gcm::aes::cipher::consts::U16;
use aes_gcm::aes::cipher::{
    BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, InOut,
    ParBlocks, ParBlocksSizeUser,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::aes::Aes256;

/// The most blocks that are precomputed: the hash key, the tag's mask and the key stream of 224
/// bytes.
const MOST: usize = 16;

/// Blocks that AES without instructions of its own enciphers in little more than the time of one.
const BATCH: usize = 4;

/// A key whose first counter blocks are precomputed together. GCM asks for the hash key, for the
/// tag's mask and, for a short text, for each block of key stream in a call of its own, which
/// repeats most of the work where blocks go side by side.
///
/// The look-up depends on public values alone: on the counter, and on the number of blocks, which
/// follows from the length of the text.
pub(super) struct PrecomputedCtr {
    cipher: Aes256,
    nonce: [u8; 12],
    /// Each block under the counter that is its index. Under the nonce 0^96 counter 0 is all zero
    /// and thus gives the hash key (NIST SP 800-38D, section 7.1).
    made: [Block; MOST],
    count: usize,
}

impl PrecomputedCtr {
    /// Precomputes what a text of that many bytes takes.
    pub(super) fn new(key: &[u8; 32], nonce: [u8; 12], text: usize) -> Self {
        let cipher = Aes256::new(key.into());
        let mut made = [Block::default(); MOST];
        for (counter, block) in (0_u32..).zip(&mut made) {
            block.0 = counter_block(nonce, counter);
        }
        let count = text.div_ceil(16).saturating_add(2).next_multiple_of(BATCH).min(MOST);
        if let Some(blocks) = made.get_mut(..count) {
            cipher.encrypt_blocks(blocks);
        }
        PrecomputedCtr { cipher, nonce, made, count }
    }

    fn made(&self, block: &Block) -> Option<&Block> {
        let (nonce, counter) = block.0.split_last_chunk::<4>()?;
        if *nonce != self.nonce {
            return None;
        }
        self.made.get(..self.count)?.get(usize::try_from(u32::from_be_bytes(*counter)).ok()?)
    }
}

fn counter_block(nonce: [u8; 12], counter: u32) -> [u8; 16] {
    let mut block = [0; 16];
    let (first, last) = block.split_at_mut(12);
    first.copy_from_slice(&nonce);
    last.copy_from_slice(&counter.to_be_bytes());
    block
}

impl Drop for PrecomputedCtr {
    fn drop(&mut self) {
        self.made.iter_mut().for_each(|block| block.0.as_mut_slice().zeroize());
    }
}

/// The cipher wipes itself.
impl ZeroizeOnDrop for PrecomputedCtr where Aes256: ZeroizeOnDrop {}

impl BlockSizeUser for PrecomputedCtr {
    type BlockSize = U16;
}

impl BlockCipherEncrypt for PrecomputedCtr {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = U16>) {
        f.call(self);
    }
}

impl ParBlocksSizeUser for PrecomputedCtr {
    type ParBlocksSize = U16;
}

impl BlockCipherEncBackend for PrecomputedCtr {
    fn encrypt_block(&self, mut block: InOut<'_, '_, Block>) {
        match self.made(block.get_in()) {
            Some(made) => *block.get_out() = *made,
            None => self.cipher.encrypt_block_inout(block),
        }
    }

    fn encrypt_par_blocks(&self, blocks: InOut<'_, '_, ParBlocks<Self>>) {
        self.cipher.encrypt_blocks_inout(blocks.into_buf());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use aes_gcm::aes::Aes256Enc;

    use super::*;

    #[test]
    fn precomputed_blocks_are_those_of_the_cipher() {
        for (text, nonce) in [0, 1, 16, 32, 33, 96, 97, 224, 225, usize::MAX]
            .into_iter()
            .flat_map(|text| [(text, [0; 12]), (text, [9; 12])])
        {
            let (precomputed, plain) =
                (PrecomputedCtr::new(&[5; 32], nonce, text), Aes256Enc::new(&[5; 32].into()));
            let counters = (0..40).flat_map(|counter| {
                [counter_block(nonce, counter), counter_block([0; 12], counter)]
            });
            for input in counters.chain([
                [1; 16],
                u128::MAX.to_be_bytes(),
                (1_u128 << 32).to_be_bytes(),
                (1_u128 << 127).to_be_bytes(),
            ]) {
                let (mut one, mut other) = (Block::from(input), Block::from(input));
                BlockCipherEncrypt::encrypt_block(&precomputed, &mut one);
                plain.encrypt_block(&mut other);
                assert_eq!(one, other, "{text} {input:?}");
            }
        }
    }
}
