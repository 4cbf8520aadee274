//! A value that is bound to its context, derives its key and becomes an envelope.

use fieldseal_json::base64url;
use fieldseal_primitives::{LANES, LANES_PAY, Messages};
use zeroize::Zeroize;

use crate::error::{Error, ErrorCode};

use super::header::ENTROPY;
use super::value_key::ValueKey;
use super::wire::{Head, IV, NO_IV, NO_SALT, Prefix, SALT, TAG};
use super::{Prk, Scratch};

/// A value on its way into an envelope. Several values can derive their keys together. The key is
/// wiped where it lies when the value is dropped, so a value with a key must not be moved.
pub(crate) struct BoundValue<'v> {
    prk: Prk,
    prefix: Prefix,
    head: Head,
    /// The hash of the context.
    hash: [u8; 32],
    plaintext: &'v [u8],
    padding: &'static [u8],
    /// `None` under a deterministic suite.
    entropy: Option<&'v [u8; ENTROPY]>,
    /// `None` under a suite that stores none.
    iv: Option<&'v [u8; IV]>,
    salt: [u8; SALT],
    key: ValueKey,
}

impl<'v> BoundValue<'v> {
    /// `entropy` has the length that the suite takes.
    pub(super) fn new(
        prk: Prk,
        prefix: Prefix,
        head: Head,
        hash: [u8; 32],
        (plaintext, padding): (&'v [u8], &'static [u8]),
        entropy: &'v [u8],
    ) -> Self {
        let (entropy, iv) = match entropy.split_first_chunk() {
            Some((entropy, iv)) => (Some(entropy), iv.first_chunk()),
            None => (None, None),
        };
        let key = ValueKey::empty(head.suite());
        BoundValue { prk, prefix, head, hash, plaintext, padding, entropy, iv, salt: NO_SALT, key }
    }

    /// Derives salt, key and commitment.
    pub(crate) fn derive(&mut self) {
        let BoundValue { prk, hash, plaintext, padding, entropy, salt, key, .. } = self;
        if let Some(entropy) = entropy {
            *salt = prk.salt(entropy, hash, plaintext, padding);
        }
        prk.fill(key, hash, salt);
    }

    /// Returns the number of blocks that the salt hashes.
    fn blocks(&self) -> usize {
        Messages::blocks(ENTROPY + 32 + self.plaintext.len() + self.padding.len())
    }

    /// Derives salt, key and commitment of several values, four at a time where that takes less
    /// time.
    pub(crate) fn derive_all<'b>(mut values: impl Iterator<Item = &'b mut BoundValue<'v>>)
    where
        'v: 'b,
    {
        loop {
            let mut lanes: [_; LANES] = std::array::from_fn(|_| values.next());
            if lanes.first().is_none_or(Option::is_none) {
                return;
            }
            if !(LANES_PAY && side_by_side(&mut lanes)) {
                lanes.into_iter().flatten().for_each(BoundValue::derive);
            }
        }
    }

    /// Appends the envelope to `out`: base64url, without the quotes of a JSON string.
    ///
    /// # Errors
    /// `limit` if the value is too long for its mode or for this machine. Nothing is appended then.
    pub(crate) fn write(&self, work: &mut Scratch, out: &mut Vec<u8>) -> Result<(), Error> {
        let BoundValue { prefix, head, plaintext, padding, iv, salt, key, .. } = self;
        let iv_bytes = iv.map_or([].as_slice(), |iv| iv.as_slice());
        let head_parts = [prefix.as_bytes(), salt, key.commitment(), iv_bytes];

        // Reserves all memory before the clear text enters, since a vector that grows leaves its
        // old bytes behind.
        let bytes = &mut work.bytes;
        bytes.clear();
        let length = head_parts.iter().map(|part| part.len()).sum::<usize>();
        bytes.reserve(length + plaintext.len() + padding.len() + TAG);
        for part in head_parts {
            bytes.extend_from_slice(part);
        }
        let body = bytes.len();
        bytes.extend_from_slice(plaintext);
        bytes.extend_from_slice(padding);
        let iv = iv.unwrap_or(&NO_IV);
        let Some(tag) = bytes.get_mut(body..).and_then(|text| key.encrypt(iv, text)) else {
            // The mode's bound, which no document reaches. The bytes are still clear here.
            bytes.zeroize();
            return Err(too_long());
        };
        bytes.extend_from_slice(&tag);
        if head.tag_leads()
            && let Some(body) = bytes.get_mut(body..)
        {
            body.rotate_right(TAG);
        }

        let start = out.len();
        let end = base64url::encoded_len(bytes.len()).and_then(|length| start.checked_add(length));
        let end = end.filter(|end| *end < isize::MAX as usize).ok_or_else(too_long)?;
        out.resize(end, 0);
        if !out.get_mut(start..).is_some_and(|text| base64url::encode(bytes, text)) {
            out.truncate(start);
            return Err(Error::new(
                ErrorCode::Internal,
                "an envelope of another length than was computed",
            ));
        }
        Ok(())
    }
}

/// Derives four values side by side. Returns false, and leaves them as they are, unless there are
/// four, all randomised and about as long: short ones wait for long ones.
#[inline(never)]
fn side_by_side(lanes: &mut [Option<&mut BoundValue<'_>>; LANES]) -> bool {
    let [Some(one), Some(two), Some(three), Some(four)] = lanes else { return false };
    let mut values: [&mut BoundValue<'_>; LANES] = [one, two, three, four];
    let blocks = values.iter().map(|value| value.blocks());
    let most = blocks.clone().max().unwrap_or_default();
    if most > Messages::BLOCKS || LANES * most - blocks.sum::<usize>() > MOST_IDLE {
        return false;
    }
    let mut messages = Messages::new();
    for (lane, value) in values.iter().enumerate() {
        let BoundValue { prk, entropy: Some(entropy), hash, plaintext, padding, .. } = &**value
        else {
            return false;
        };
        let [_, hedge] = prk.macs();
        messages.write(lane, hedge, &[*entropy, hash, plaintext, padding]);
    }
    messages.authenticate();
    for (value, mac) in values.iter_mut().zip(messages.macs()) {
        value.salt.copy_from_slice(mac.split_at(SALT).0);
    }
    // HKDF-Expand: T(1) is the key and T(2) the commitment.
    for counter in [1, 2] {
        for (lane, value) in values.iter_mut().enumerate() {
            let BoundValue { prk, hash, salt, key, .. } = &mut **value;
            let Some((label, [key, _])) = key.of_one_key() else { return false };
            let previous = if counter == 1 { &[] } else { key.as_slice() };
            let [value, _] = prk.macs();
            let parts = [previous, label.as_bytes(), hash, salt, &[counter]];
            messages.write(lane, value, &parts);
        }
        messages.authenticate();
        for (value, mac) in values.iter_mut().zip(messages.macs()) {
            if let Some((_, [key, commitment])) = value.key.of_one_key() {
                *(if counter == 1 { key } else { commitment }) = *mac;
            }
        }
    }
    true
}

/// The most blocks that lanes may wait for one another, of some forty that all four take: four
/// blocks side by side take the time of 3.3.
const MOST_IDLE: usize = 6;

pub(super) fn too_long() -> Error {
    Error::new(ErrorCode::Limit, "a value, or its context, is too long for an envelope")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use fieldseal_primitives::{KeyId, Secret};

    use super::*;
    use crate::envelope::{Bind, Context, Demand, KeyIds, Sealer, Suite};

    const TEXT: [u8; 700] = [b'7'; 700];
    const RANDOM: [u8; 44] = [3; 44];

    /// Binds a value whose key, suite, padding, context and length follow from a number.
    fn bound(number: usize, length: usize) -> BoundValue<'static> {
        let suite = Suite::ALL[if number.is_multiple_of(5) { number / 5 % 4 } else { 0 }];
        let prk = Prk::derive(Some(&Secret::new([number as u8; 32])), None, None);
        let demand = Demand {
            suite,
            bind: Bind::RecordField,
            subject: true,
            retention: false,
            item: false,
            subject_bound: true,
        };
        let sealer = Sealer {
            prk: &prk,
            demand,
            padded: !number.is_multiple_of(3),
            ids: KeyIds { subject: Some(KeyId([number as u8; 16])), ..KeyIds::default() },
            context: Context { record: &"record"[..number % 7], ..Context::default() },
        };
        let (text, entropy) = (&TEXT[..length], &RANDOM[..suite.entropy_bytes()]);
        sealer.bind(text, entropy, &mut Scratch::new()).unwrap()
    }

    fn written(value: &BoundValue<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        value.write(&mut Scratch::new(), &mut out).unwrap();
        out
    }

    /// Four values side by side become what each becomes alone, or are left to be derived alone:
    /// lengths that are alike and those that are not, all suites, a key and a context each.
    #[test]
    fn side_by_side_is_the_same_as_alone() {
        let (mut together, mut alone) = (0, 0);
        for number in 0..4_000_usize {
            let lengths = [1, number % 40, number / 7 % 100, number / 50 % 330];
            let make = |lane: usize| bound(number + 11 * lane, 1 + lengths[lane]);
            let mut four: [_; LANES] = std::array::from_fn(make);
            if !side_by_side(&mut four.each_mut().map(Some)) {
                alone += 1;
                continue;
            }
            together += 1;
            for (lane, value) in four.iter().enumerate() {
                let mut expected = make(lane);
                expected.derive();
                assert_eq!(written(value), written(&expected), "{number} {lengths:?} {lane}");
            }
        }
        assert!(together > 500 && alone > 500, "{together} {alone}");
    }

    /// Any number of values, of which some wait for nobody.
    #[test]
    fn all_values_of_a_slice_are_derived() {
        for count in 0..12 {
            let make = |at: usize| bound(at * 7, 1 + at * 31 % 90);
            let mut values: Vec<_> = (0..count).map(make).collect();
            BoundValue::derive_all(values.iter_mut());
            for (at, value) in values.iter().enumerate() {
                let mut expected = make(at);
                expected.derive();
                assert_eq!(written(value), written(&expected), "{at} of {count}");
            }
        }
    }
}
