//! The keys of a value, joined.

use fieldseal_primitives::{Label, Mac, Secret, expand, extract};
use zeroize::Zeroizing;

use super::KeyIds;
use super::wire::{COMMITMENT, SALT};

const EXTRACT: &[u8; 16] = b"fieldseal1 value";
const HEDGE: Label<0, 32> = Label::new(b"hedge");
const GCM: Label<{ 32 + SALT }, { 32 + COMMITMENT }> = Label::new(b"gcm");

/// `HKDF-Extract(salt = "fieldseal1 value", IKM = Ks ‖ Kr ‖ Ki)`: any of the keys gone, value gone.
///
/// Depends on the keys alone, so derive it once per set of keys and call, never per value; of one key alone it stays with the key. Keeps the HMAC midstates of the
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
        let [value, hedge] = match (subject, retention, item) {
            (Some(only), None, None) | (None, Some(only), None) => only.prepared(|key| join(&[key])).clone(),
            _ => {
                let keys = [subject, retention, item].map(|key| key.map_or([].as_slice(), |key| key.expose()));
                join(&keys)
            }
        };
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
        salt.copy_from_slice(full.split_at(SALT).0);
        salt
    }

    /// Key and commitment of one value.
    pub(super) fn value_key(&self, context: &[u8; 32], salt: &[u8; SALT]) -> ValueKey {
        let mut info = [0; 32 + SALT];
        let (hash, rest) = info.split_at_mut(32);
        hash.copy_from_slice(context);
        rest.copy_from_slice(salt);
        let mut okm = Zeroizing::new([[0; 32]; 2]);
        expand(&self.value, &GCM, &info, &mut okm);
        ValueKey(okm)
    }
}

/// The pseudorandom key of keys in a row, and the hedge key below it.
fn join(keys: &[&[u8]]) -> [Mac; 2] {
    let value = extract(EXTRACT, keys);
    let mut okm = Zeroizing::new([[0; 32]]);
    expand(&value, &HEDGE, &[], &mut okm);
    let [hedge] = &*okm;
    let hedge = Mac::new(hedge);
    [value, hedge]
}

/// `K ‖ C`, derived for one value. Wiped when dropped.
pub(super) struct ValueKey(Zeroizing<[[u8; 32]; 2]>);

impl ValueKey {
    /// For this one value only.
    pub(super) fn key(&self) -> &[u8; 32] {
        let [key, _] = &*self.0;
        key
    }

    /// Commits to keys and context, so that no ciphertext opens under two of them.
    pub(super) fn commitment(&self) -> &[u8; COMMITMENT] {
        let [_, commitment] = &*self.0;
        commitment
    }
}
