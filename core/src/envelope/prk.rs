//! The pseudorandom key that is derived from all keys of a value.

use std::sync::Arc;

use fieldseal_primitives::{Label, Mac, Secret, expand, extract, prepared};
use zeroize::{Zeroize, Zeroizing};

use super::KeyIds;
use super::value_key::ValueKey;
use super::wire::SALT;

const EXTRACT: &[u8; 16] = b"fieldseal1 value";
const HEDGE: Label<0, 32> = Label::new(b"hedge");

/// The pseudorandom key of a value: `HKDF-Extract(salt = "fieldseal1 value", IKM = Ks ‖ Kr ‖ Ki)`.
///
/// The value is lost as soon as one of the keys is destroyed. The pseudorandom key depends on the
/// keys alone, so derive it once per set of keys and call, not per value; for a single key it is
/// cached in the [`Secret`]. Holds the HMAC midstates of the pseudorandom key and of the hedge key.
/// Both are as secret as the keys, wiped when dropped and never printed.
#[derive(Clone, Debug)]
pub struct Prk {
    macs: Macs,
    subject: bool,
    retention: bool,
    item: bool,
}

impl Prk {
    /// Derives the pseudorandom key from the keys that protect a value.
    ///
    /// Without a subject or retention key the result neither seals nor opens anything.
    pub fn derive(
        subject: Option<&Secret>,
        retention: Option<&Secret>,
        item: Option<&Secret>,
    ) -> Self {
        let macs = match (subject, retention, item) {
            (Some(only), None, None) | (None, Some(only), None) => Macs::OfOne(only.clone()),
            _ => {
                let keys = [subject, retention, item]
                    .map(|key| key.map_or([].as_slice(), |key| key.expose()));
                Macs::Joined(Arc::new(join(&keys)))
            }
        };
        Prk {
            macs,
            subject: subject.is_some(),
            retention: retention.is_some(),
            item: item.is_some(),
        }
    }

    /// Returns true if this was derived from the kinds of key that `ids` names, and one of them is
    /// a subject or retention key.
    pub(super) const fn fits(&self, ids: &KeyIds) -> bool {
        self.subject == ids.subject.is_some()
            && self.retention == ids.retention.is_some()
            && self.item == ids.item.is_some()
            && (self.subject || self.retention)
    }

    /// Returns the HMAC midstates of the pseudorandom key and of the hedge key.
    pub(super) fn macs(&self) -> &[Mac; 2] {
        self.macs.get()
    }

    /// Derives the salt of a value: a PRF of the host's randomness, the context and the padded
    /// text.
    ///
    /// With a stuck random source it reveals at most that the same value was sealed again in the
    /// same place.
    pub(super) fn salt(
        &self,
        entropy: &[u8; 32],
        context: &[u8; 32],
        text: &[u8],
        padding: &[u8],
    ) -> [u8; SALT] {
        let mut full = [0; 32];
        let [_, hedge] = self.macs.get();
        hedge.compute(&[entropy, context, text, padding], &mut full);
        let mut salt = [0; SALT];
        salt.copy_from_slice(full.split_at(SALT).0);
        full.as_mut_slice().zeroize();
        salt
    }

    /// Derives the key and the commitment of one value.
    pub(super) fn fill(&self, key: &mut ValueKey, context: &[u8; 32], salt: &[u8; SALT]) {
        let [value, _] = self.macs.get();
        key.derive(value, context, salt);
    }
}

/// The HMAC midstates of the pseudorandom key and of the hedge key.
#[derive(Clone, Debug)]
enum Macs {
    /// The midstates of a single key, cached in that key.
    OfOne(Secret),
    Joined(Arc<[Mac; 2]>),
}

impl Macs {
    fn get(&self) -> &[Mac; 2] {
        match self {
            Macs::OfOne(only) => prepared(only, |key| join(&[key])),
            Macs::Joined(macs) => macs,
        }
    }
}

/// Derives the pseudorandom key of concatenated keys, and the hedge key below it.
fn join(keys: &[&[u8]]) -> [Mac; 2] {
    let value = extract(EXTRACT, keys);
    let mut okm = Zeroizing::new([[0; 32]]);
    expand(&value, &HEDGE, &[], &mut okm);
    let [hedge] = &*okm;
    let hedge = Mac::new(hedge);
    [value, hedge]
}
