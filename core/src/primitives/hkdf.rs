//! HKDF-SHA-256 (RFC 5869) with the labels of RFC 8446 §7.1.
//!
//! ```text
//! PRK  = HMAC(salt, IKM)
//! T(0) = ""          T(i) = HMAC(PRK, T(i-1) ‖ info ‖ u8(i))          OKM = T(1) ‖ T(2) ‖ …
//! info = u16(L) ‖ u8(len) ‖ "fieldseal1 " ‖ label ‖ u8(len context) ‖ context
//! ```
//!
//! Written over [`Mac`] and not with the crate `hkdf`, because that one leaves T(i) behind on the stack, and T(1) of a
//! value is its key. The crate is this module's oracle in the tests.

use zeroize::Zeroizing;

use super::Mac;

/// What every label begins with.
const FAMILY: &[u8] = b"fieldseal1 ";

/// The longest label and context: their lengths are one byte each on the wire.
const LONGEST: usize = 255;

/// Names a derived key. Checked when it is made, and it is made in constants only.
#[derive(Clone, Copy)]
pub(crate) struct Label(&'static str);

impl Label {
    /// A label without the common beginning.
    pub(crate) const fn new(label: &'static str) -> Self {
        assert!(FAMILY.len() + label.len() <= LONGEST, "the label's length is one byte");
        Label(label)
    }
}

/// HKDF-Extract. Answers the pseudorandom key absorbed, ready for [`expand`].
pub(crate) fn extract<const N: usize>(salt: &[u8; N], ikm: &[&[u8]]) -> Mac {
    let mut prk = Zeroizing::new([0; 32]);
    Mac::new(salt).compute(ikm, &mut prk);
    Mac::new(&prk)
}

/// HKDF-Expand to exactly `L` bytes.
pub(crate) fn expand<const CONTEXT: usize, const L: usize>(
    prk: &Mac,
    label: Label,
    context: &[u8; CONTEXT],
    okm: &mut [u8; L],
) {
    const { assert!(L > 0 && L <= 255 * 32, "RFC 5869 §2.3") };
    const { assert!(CONTEXT <= LONGEST, "the context's length is one byte") };
    let [.., high, low] = (L as u64).to_be_bytes();
    let [.., labelled] = (FAMILY.len() as u64 + label.0.len() as u64).to_be_bytes();
    let [.., contextual] = (CONTEXT as u64).to_be_bytes();
    let head = [high, low, labelled];
    let (head, label, length) = (head.as_slice(), label.0.as_bytes(), [contextual]);

    let mut last = Zeroizing::new([0; 32]);
    for (counter, chunk) in (1_u8..).zip(okm.chunks_mut(32)) {
        let previous: &[u8] = if counter == 1 { &[] } else { &last[..] };
        let mut block = Zeroizing::new([0; 32]);
        prk.compute(&[previous, head, FAMILY, label, &length, context, &[counter]], &mut block);
        chunk.iter_mut().zip(block.iter()).for_each(|(to, from)| *to = *from);
        last = block;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::primitives::testing::hex;

    #[test]
    fn extract_of_rfc_5869_case_1() {
        let prk: [u8; 32] = hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        let salt: [u8; 13] = hex("000102030405060708090a0b0c");
        let (mut ours, mut theirs) = ([0; 32], [0; 32]);
        extract(&salt, &[&[0x0b; 20], &[], &[0x0b; 2]]).compute(&[b"probe"], &mut ours);
        Mac::new(&prk).compute(&[b"probe"], &mut theirs);
        assert_eq!(ours, theirs);
    }

    fn agrees<const CONTEXT: usize, const L: usize>(label: &'static str) {
        for byte in 0..=255_u8 {
            let (prk, context) = ([byte; 32], [byte.wrapping_mul(31); CONTEXT]);
            let mut ours = [0; L];
            expand(&Mac::new(&prk), Label::new(label), &context, &mut ours);

            let name = format!("fieldseal1 {label}");
            let mut info = u16::try_from(L).unwrap().to_be_bytes().to_vec();
            info.push(u8::try_from(name.len()).unwrap());
            info.extend_from_slice(name.as_bytes());
            info.push(u8::try_from(CONTEXT).unwrap());
            info.extend_from_slice(&context);
            let mut theirs = [0; L];
            ::hkdf::Hkdf::<sha2::Sha256>::from_prk(&prk).unwrap().expand(&info, &mut theirs).unwrap();
            assert_eq!(ours, theirs, "{L} bytes");
        }
    }

    #[test]
    fn expand_agrees_with_the_crate() {
        agrees::<0, 32>("hedge");
        agrees::<48, 64>("gcm");
        agrees::<32, 16>("id");
        agrees::<255, 1>("");
        agrees::<48, 96>("siv");
        agrees::<7, 257>("longer than a block of counters needs");
    }
}
