//! The keys of a value, joined.

use zeroize::Zeroizing;

use crate::primitives::{Label, Mac, Secret, expand, extract};

use super::KeyIds;
use super::wire::{COMMITMENT, SALT};

const EXTRACT: &[u8; 16] = b"fieldseal1 value";
const HEDGE: Label = Label::new("hedge");
const GCM: Label = Label::new("gcm");

/// `HKDF-Extract(salt = "fieldseal1 value", IKM = Ks ‖ Kr ‖ Ki)`: any of the keys gone, value gone.
///
/// Depends on the keys alone, so derive it once per set of keys and call, never per value. Keeps the HMAC midstates of the
/// pseudorandom key and of the hedge key; both are as secret as the keys, wiped when dropped and never printed.
#[derive(Debug)]
pub struct Prk {
    value: Mac,
    hedge: Mac,
    subject: bool,
    retention: bool,
    item: bool,
}

impl Prk {
    /// Joins the keys that a value is under. What lacks both a subject and a retention key seals and opens nothing.
    pub fn derive(subject: Option<&Secret>, retention: Option<&Secret>, item: Option<&Secret>) -> Self {
        let [ks, kr, ki] = [subject, retention, item].map(|key| key.map_or([].as_slice(), |key| key.expose()));
        let value = extract(EXTRACT, &[ks, kr, ki]);
        let mut hedge = Zeroizing::new([0; 32]);
        expand(&value, HEDGE, &[], &mut hedge);
        let hedge = Mac::new(&hedge);
        Prk { value, hedge, subject: subject.is_some(), retention: retention.is_some(), item: item.is_some() }
    }

    /// Whether it was derived from the kinds of key that the ids name, of which one must be a subject or retention key.
    pub(super) const fn fits(&self, ids: &KeyIds) -> bool {
        self.subject == ids.subject.is_some()
            && self.retention == ids.retention.is_some()
            && self.item == ids.item.is_some()
            && (self.subject || self.retention)
    }

    /// The salt of a value: a PRF of the host's randomness, the context and the padded text, so that a stuck random source
    /// shows at most that the same value was sealed again in the same place.
    pub(super) fn salt(&self, entropy: &[u8; 32], context: &[u8; 32], text: &[u8], padding: &[u8]) -> [u8; SALT] {
        let mut full = Zeroizing::new([0; 32]);
        self.hedge.compute(&[entropy, context, text, padding], &mut full);
        let mut salt = [0; SALT];
        salt.iter_mut().zip(full.iter()).for_each(|(to, from)| *to = *from);
        salt
    }

    /// Key and commitment of one value.
    pub(super) fn value_key(&self, context: &[u8; 32], salt: &[u8; SALT]) -> ValueKey {
        let mut info = [0; 32 + SALT];
        info.iter_mut().zip(context.iter().chain(salt)).for_each(|(to, from)| *to = *from);
        let mut okm = Zeroizing::new([0; 32 + COMMITMENT]);
        expand(&self.value, GCM, &info, &mut okm);
        let mut split = ValueKey { key: Zeroizing::new([0; 32]), commitment: Zeroizing::new([0; COMMITMENT]) };
        split.key.iter_mut().chain(split.commitment.iter_mut()).zip(okm.iter()).for_each(|(to, from)| *to = *from);
        split
    }
}

/// What is derived for one value. Wiped when dropped.
pub(super) struct ValueKey {
    /// For this one value only.
    pub(super) key: Zeroizing<[u8; 32]>,
    /// Commits to keys and context, so that no ciphertext opens under two of them.
    pub(super) commitment: Zeroizing<[u8; COMMITMENT]>,
}
