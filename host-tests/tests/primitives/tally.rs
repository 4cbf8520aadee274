//! The vectors that were tried, and their expected outcomes.

use std::collections::BTreeMap;
use std::io::Write as _;

use crate::{Aead, Primitives};

/// Vectors run and left out, by primitive.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<&'static str, (usize, usize)>);

impl Tally {
    pub(crate) fn ran(&mut self, primitive: &'static str) {
        self.0.entry(primitive).or_default().0 += 1;
    }

    pub(crate) fn left_out(&mut self, primitive: &'static str) {
        self.0.entry(primitive).or_default().1 += 1;
    }

    pub(crate) fn run(&self) -> Vec<(&'static str, usize, usize)> {
        self.0.iter().map(|(name, (run, left_out))| (*name, *run, *left_out)).collect()
    }

    /// Also where all is well: a test's own output is only shown when it fails.
    pub(crate) fn say(&self, name: &str) {
        for (primitive, run, left_out) in self.run() {
            let _ = writeln!(
                std::io::stderr(),
                "official vectors, {name}: {primitive}: {run} hold, {left_out} of shapes that it does not take"
            );
        }
    }
}

/// A vector of a mode.
pub(crate) struct Enciphered {
    pub(crate) origin: String,
    pub(crate) key: Vec<u8>,
    pub(crate) nonce: Vec<u8>,
    pub(crate) strings: Vec<Vec<u8>>,
    pub(crate) text: Vec<u8>,
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) tag: Vec<u8>,
    /// A ciphertext that is not genuine must be refused.
    pub(crate) genuine: bool,
}

impl Enciphered {
    pub(crate) fn check(&self, aead: Aead, primitives: &mut impl Primitives, tally: &mut Tally) {
        let Enciphered { origin, key, nonce, text, ciphertext, tag, .. } = self;
        let strings: Vec<&[u8]> = self.strings.iter().map(Vec::as_slice).collect();
        let (keys, nonces) = if aead == Aead::Aes256Siv { (64, 0) } else { (32, 12) };
        // A tag cut short is checked while enciphering; nobody deciphers under one.
        if key.len() != keys || nonce.len() != nonces || (tag.len() != 16 && !self.genuine) {
            return tally.left_out(aead.name());
        }
        if self.genuine {
            let (made, whole) = primitives
                .encrypt(aead, key, nonce, &strings, text)
                .unwrap_or_else(|| panic!("{origin}: refused"));
            assert_eq!((&made, &whole[..tag.len()]), (ciphertext, tag.as_slice()), "{origin}");
            assert_eq!(
                primitives.decrypt(aead, key, nonce, &strings, ciphertext, &whole).as_ref(),
                Some(text),
                "{origin}"
            );
        } else {
            assert_eq!(
                primitives.decrypt(aead, key, nonce, &strings, ciphertext, tag),
                None,
                "{origin}"
            );
        }
        tally.ran(aead.name());
    }
}
