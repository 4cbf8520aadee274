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
        let previous: &[u8] = if counter == 1 { &[] } else { &last.clone()[..] };
        let mut block = Zeroizing::new([0; 32]);
        prk.compute(&[previous, head, FAMILY, label, &length, context, &[counter]], &mut block);
        chunk.iter_mut().zip(block.iter()).for_each(|(to, from)| *to = *from);
        last = block;
    }
}
