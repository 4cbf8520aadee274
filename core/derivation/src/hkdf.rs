//! HKDF-SHA-256 (RFC 5869) with the labels of RFC 8446 §7.1.
//!
//! ```text
//! PRK  = HMAC(salt, IKM)
//! T(0) = ""          T(i) = HMAC(PRK, T(i-1) ‖ info ‖ u8(i))          OKM = T(1) ‖ T(2) ‖ …
//! info = u16(L) ‖ u8(len) ‖ "fieldseal1 " ‖ label ‖ u8(len context) ‖ context
//! ```
//!
//! Written over [`Mac`] and not with the crate `hkdf`, because that one leaves T(i) behind on the
//! stack, and T(1) of a value is its key. The crate is this module's oracle in the tests.

use zeroize::Zeroizing;

use super::Mac;

/// The beginning of every label.
const FAMILY: &[u8] = b"fieldseal1 ";

/// Bytes of one T(i).
const BLOCK: usize = 32;

/// Room for everything of `info` before the context.
const HEAD: usize = 32;

/// Names a derived key of `L` bytes that depends on a context of `CONTEXT` bytes.
pub struct Label<const CONTEXT: usize, const L: usize> {
    /// `u16(L) ‖ u8(len) ‖ "fieldseal1 " ‖ label ‖ u8(CONTEXT)`.
    head: [u8; HEAD],
    length: usize,
}

impl<const CONTEXT: usize, const L: usize> Label<CONTEXT, L> {
    /// For constants: a label without the common beginning, checked when compiling.
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated in constants, where a wrong index does not compile"
    )]
    pub const fn new(label: &[u8]) -> Self {
        assert!(L > 0 && L <= 255 * BLOCK, "RFC 5869 §2.3");
        assert!(CONTEXT <= 255, "the context's length is one byte");
        let length = 4 + FAMILY.len() + label.len();
        assert!(length <= HEAD, "no label is that long");
        let mut head = [0; HEAD];
        [head[0], head[1]] = (L as u16).to_be_bytes();
        head[2] = (FAMILY.len() + label.len()) as u8;
        let (mut at, mut from) = (3, 0);
        while from < FAMILY.len() + label.len() {
            head[at] = if from < FAMILY.len() { FAMILY[from] } else { label[from - FAMILY.len()] };
            (at, from) = (at + 1, from + 1);
        }
        head[at] = CONTEXT as u8;
        Label { head, length }
    }

    /// Returns `info` up to the context.
    pub fn as_bytes(&self) -> &[u8] {
        self.head.split_at(self.length).0
    }
}

/// HKDF-Extract. Answers the pseudorandom key absorbed, ready for [`expand`].
pub fn extract<const N: usize>(salt: &[u8; N], ikm: &[&[u8]]) -> Mac {
    extract_with(&Mac::new(salt), ikm)
}

/// The same with a salt that is absorbed already.
pub fn extract_with(salt: &Mac, ikm: &[&[u8]]) -> Mac {
    let mut prk = Zeroizing::new([0; BLOCK]);
    salt.compute(ikm, &mut prk);
    Mac::new(&prk)
}

/// HKDF-Expand. If `L` is no multiple of 32, only the first bytes of the last block belong to the
/// key.
pub fn expand<const CONTEXT: usize, const L: usize, const BLOCKS: usize>(
    prk: &Mac,
    label: &Label<CONTEXT, L>,
    context: &[u8; CONTEXT],
    okm: &mut [[u8; BLOCK]; BLOCKS],
) {
    const { assert!(BLOCKS == L.div_ceil(BLOCK), "the blocks that the label speaks of") };
    expand_with(prk, [label.as_bytes(), context], okm);
}

/// The same of any information in two pieces, up to 255 blocks.
#[inline(always)]
pub fn expand_with(prk: &Mac, [first, rest]: [&[u8]; 2], okm: &mut [[u8; BLOCK]]) {
    let mut previous: &[u8] = &[];
    for (counter, block) in (1_u8..=255).zip(okm) {
        prk.compute(&[previous, first, rest, &[counter]], block);
        previous = block;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::testing::hex;

    #[test]
    fn extract_of_rfc_5869_case_1() {
        let prk: [u8; 32] = hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        let salt: [u8; 13] = hex("000102030405060708090a0b0c");
        let (mut ours, mut theirs) = ([0; 32], [0; 32]);
        extract(&salt, &[&[0x0b; 20], &[], &[0x0b; 2]]).compute(&[b"probe"], &mut ours);
        Mac::new(&prk).compute(&[b"probe"], &mut theirs);
        assert_eq!(ours, theirs);
    }

    fn agrees<const CONTEXT: usize, const L: usize, const BLOCKS: usize>(name: &str) {
        for byte in (0..=255_u8).step_by(17) {
            let (prk, context) = ([byte; 32], [byte.wrapping_mul(31); CONTEXT]);
            let mut ours = [[0; BLOCK]; BLOCKS];
            expand(
                &Mac::new(&prk),
                &Label::<CONTEXT, L>::new(name.as_bytes()),
                &context,
                &mut ours,
            );

            let label = format!("fieldseal1 {name}");
            let mut info = u16::try_from(L).unwrap().to_be_bytes().to_vec();
            info.push(u8::try_from(label.len()).unwrap());
            info.extend_from_slice(label.as_bytes());
            info.push(u8::try_from(CONTEXT).unwrap());
            info.extend_from_slice(&context);
            let mut theirs = [0; L];
            ::hkdf::Hkdf::<sha2::Sha256>::from_prk(&prk)
                .unwrap()
                .expand(&info, &mut theirs)
                .unwrap();
            assert!(ours.as_flattened().starts_with(&theirs), "{name}");
        }
    }

    #[test]
    fn expand_agrees_with_the_crate() {
        agrees::<0, 32, 1>("hedge");
        agrees::<48, 64, 2>("gcm");
        agrees::<32, 16, 1>("id");
        agrees::<0, 32, 1>("fingerprint");
        agrees::<255, 1, 1>("");
        agrees::<48, 96, 3>("siv");
        agrees::<7, 8160, 255>("the longest");
    }
}
