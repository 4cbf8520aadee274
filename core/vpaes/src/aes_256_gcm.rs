//! AES-256-GCM (NIST SP 800-38D) of one text under a key that is used for it alone.

use cipher::KeyInit;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::aes_256::Aes256Enc;
use crate::ghash::Ghash;
use crate::vector::Vector;

/// Bytes of the tag.
pub const TAG: usize = 16;

/// Bytes of the nonce.
pub const NONCE: usize = 12;

/// The longest text: 2^32 - 2 blocks.
const LONGEST: u64 = (1 << 36) - 32;

/// The longest associated data, whose bits 64 bits count.
const LONGEST_ASSOCIATED: u64 = (1 << 61) - 1;

/// Enciphers in place and returns the tag. `None` if a text is longer than the mode allows, which
/// stays as it is.
///
/// ```
/// use fieldseal_vpaes::aes_256_gcm::{decrypt, encrypt};
///
/// let mut text = *b"attack at dawn";
/// let tag = encrypt(&[7; 32], &[0; 12], b"", &mut text).unwrap();
/// assert!(decrypt(&[7; 32], &[0; 12], b"", &mut text, &tag));
/// assert_eq!(&text, b"attack at dawn");
/// ```
pub fn encrypt(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    associated: &[u8],
    text: &mut [u8],
) -> Option<[u8; TAG]> {
    if is_too_long(associated, text) {
        return None;
    }
    let mut mode = Mode::new(key, nonce);
    mode.add_stream(text);
    Some(mode.tag(associated, text))
}

/// Deciphers in place. Returns false if the tag is wrong, or a text longer than the mode allows; the
/// text stays as it is then.
#[must_use]
pub fn decrypt(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    associated: &[u8],
    text: &mut [u8],
    tag: &[u8; TAG],
) -> bool {
    if is_too_long(associated, text) {
        return false;
    }
    let mut mode = Mode::new(key, nonce);
    let genuine = mode.tag(associated, text).ct_eq(tag).into();
    if genuine {
        mode.add_stream(text);
    }
    genuine
}

fn is_too_long(associated: &[u8], text: &[u8]) -> bool {
    text.len() as u64 > LONGEST || associated.len() as u64 > LONGEST_ASSOCIATED
}

/// A key and a nonce, ready for one text. Wiped when dropped.
struct Mode {
    cipher: Aes256Enc,
    nonce: [u8; NONCE],
    ghash: Ghash,
    /// What masks the tag.
    mask: Vector,
    /// The first two blocks of the key stream.
    first: [Vector; 2],
}

impl Mode {
    /// Enciphers the four blocks that every text needs: one for the hash key, one for the mask, and
    /// the stream for the shortest texts.
    #[inline(never)]
    fn new(key: &[u8; 32], nonce: &[u8; NONCE]) -> Self {
        let cipher = Aes256Enc::new(key.into());
        let [_, one, two, three] = counters(nonce, 0);
        let mut blocks = [Vector::default(), one, two, three];
        cipher.encrypt_four(&mut blocks);
        let [hash_key, mask, first, second] = blocks;
        blocks.zeroize();
        Mode { cipher, nonce: *nonce, ghash: Ghash::with(hash_key), mask, first: [first, second] }
    }

    /// Adds the key stream to a text.
    #[inline(never)]
    fn add_stream(&mut self, text: &mut [u8]) {
        let (start, rest) = text.split_at_mut(text.len().min(32));
        add(start, &self.first);
        for (four, text) in (1..).zip(rest.chunks_mut(64)) {
            let mut blocks = counters(&self.nonce, 4 * four);
            self.cipher.encrypt_four(&mut blocks);
            add(text, &blocks);
            blocks.zeroize();
        }
    }

    /// Returns the tag of a ciphertext.
    #[inline(never)]
    fn tag(&mut self, associated: &[u8], text: &[u8]) -> [u8; TAG] {
        self.ghash.update_padded(associated);
        self.ghash.update_padded(text);
        let bits = |bytes: &[u8]| u128::from(8 * bytes.len() as u64);
        self.ghash.update(&[(bits(associated) << 64 | bits(text)).to_be_bytes()]);
        self.ghash.sum().xor(self.mask).bytes()
    }
}

/// Returns four counter blocks, from this counter on.
#[inline(always)]
fn counters(nonce: &[u8; NONCE], from: u32) -> [Vector; 4] {
    let mut counter = from;
    [(); 4].map(|()| {
        let mut block = [0; 16];
        let (start, end) = block.split_at_mut(NONCE);
        start.copy_from_slice(nonce);
        end.copy_from_slice(&counter.to_be_bytes());
        counter = counter.wrapping_add(1);
        Vector::new(block)
    })
}

/// Adds blocks to a text, which may end before them and within one.
#[inline(always)]
fn add(text: &mut [u8], blocks: &[Vector]) {
    let (whole, rest) = text.as_chunks_mut();
    let mut blocks = blocks.iter();
    for (text, block) in whole.iter_mut().zip(&mut blocks) {
        *text = Vector::new(*text).xor(*block).bytes();
    }
    if let Some(last) = blocks.next() {
        for (byte, mask) in rest.iter_mut().zip(last.bytes()) {
            *byte ^= mask;
        }
    }
}

/// Cipher and GHASH wipe themselves.
impl Drop for Mode {
    #[inline]
    fn drop(&mut self) {
        self.mask.zeroize();
        self.first.zeroize();
    }
}
