//! Decodes and opens envelopes.

use std::fmt;
use std::ops::Range;

use fieldseal_json::base64url;
use fieldseal_primitives::equal;
use fieldseal_primitives::padding::unpadded;
use zeroize::Zeroize;

use super::value_key::ValueKey;
use super::wire::{Head, MARK, NO_SALT, Parts, SHORTEST_LATER};
use super::{Bind, Context, Demand, Fault, KeyIds, Prk, Scratch, Suite};

/// A whole envelope, decoded but not opened.
///
/// It borrows the [`Scratch`] that it was decoded into.
#[derive(Clone, Copy)]
pub struct Envelope<'w> {
    head: Head,
    parts: Parts<'w>,
}

impl<'w> Envelope<'w> {
    /// Decodes an envelope from the content of a JSON string whose escapes are resolved.
    ///
    /// # Errors
    /// In this order: [`Fault::NotSealed`] if the text does not start with `Fs1`;
    /// [`Fault::Integrity`] if it is not canonical base64url; [`Fault::Unsupported`] for an unknown
    /// suite or a reserved flag; [`Fault::Integrity`] if it is shorter than its flags require or
    /// names neither a subject nor a retention key.
    pub fn decode(text: &str, work: &'w mut Scratch) -> Result<Self, Fault> {
        work.bytes.clear();
        let bytes = decoded(text, &mut work.bytes)?;
        Envelope::read(work.bytes.get(bytes).ok_or(Fault::Integrity)?)
    }

    /// Decodes an envelope like [`decode`](Envelope::decode), but appends its bytes to those of
    /// other envelopes. Returns the range of its bytes as well, to [read](Envelope::read) them
    /// later.
    pub(crate) fn decode_after<'b>(
        text: &str,
        bytes: &'b mut Vec<u8>,
    ) -> Result<(Envelope<'b>, (u32, u32)), Fault> {
        let range = decoded(text, bytes)?;
        // The bytes of all envelopes are fewer than those of the document, whose offsets fit 32
        // bits.
        let place = u32::try_from(range.start).ok().zip(u32::try_from(range.end).ok());
        let envelope = Envelope::read(bytes.get(range).ok_or(Fault::Integrity)?)?;
        Ok((envelope, place.ok_or(Fault::Integrity)?))
    }

    /// Splits the decoded bytes of an envelope into its parts.
    ///
    /// # Errors
    /// As [`decode`](Envelope::decode), except for the faults of the text.
    pub(crate) fn read(bytes: &'w [u8]) -> Result<Self, Fault> {
        let head = Head::parse(bytes, bytes.len())?;
        let parts = Parts::split(head, bytes).ok_or(Fault::Integrity)?;
        Ok(Envelope { head, parts })
    }

    /// Returns true if the string is a whole envelope: it is canonical, has a known suite and is as
    /// long as its flags require.
    ///
    /// A string that does not start with `Fs1` costs one comparison. The function never allocates.
    ///
    /// ```
    /// use fieldseal::envelope::Envelope;
    /// assert!(!Envelope::is_whole("Fs1 rocks"));
    /// ```
    pub fn is_whole(text: &str) -> bool {
        Form::of(text) == Form::Whole
    }

    /// Returns the ids of the keys that the envelope names.
    pub const fn ids(&self) -> KeyIds {
        self.parts.ids
    }

    /// Returns the suite that the envelope names.
    pub const fn suite(&self) -> Suite {
        self.head.suite()
    }

    /// Returns the bind profile that the envelope names.
    pub const fn bind(&self) -> Bind {
        self.head.bind()
    }

    /// Returns true if the value was padded.
    pub const fn padded(&self) -> bool {
        self.head.padded()
    }

    /// Returns true if the envelope is bound to the person's reference.
    pub const fn subject_bound(&self) -> bool {
        self.head.subject_bound()
    }

    pub(super) const fn parts(&self) -> &Parts<'w> {
        &self.parts
    }

    /// Returns true if the envelope has the suite, bind profile, kinds of key and subject binding
    /// that the policy demands.
    ///
    /// An envelope that does not meet the demand is an integrity fault, even if it would open.
    pub fn meets(&self, demand: &Demand) -> bool {
        *demand
            == Demand {
                suite: self.head.suite(),
                bind: self.head.bind(),
                subject: self.head.subject(),
                retention: self.head.retention(),
                item: self.head.item(),
                subject_bound: self.head.subject_bound(),
            }
    }

    /// Decrypts the value and appends it to `out`.
    ///
    /// The caller must check that the value is one JSON value, and call [`Envelope::meets`] first:
    /// this function relies on what the envelope states about its suite and binding.
    ///
    /// # Errors
    /// [`Fault::Integrity`] for another key, another context or any change; `out` is then
    /// unchanged.
    pub fn open(&self, prk: &Prk, context: &Context<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.open_in_row(prk, context, &mut Scratch::new(), out)
    }

    /// Opens like [`open`](Envelope::open), with separate scratch memory for consecutive values, whose
    /// contexts share a beginning.
    ///
    /// # Errors
    /// As [`open`](Envelope::open).
    pub(crate) fn open_in_row(
        &self,
        prk: &Prk,
        context: &Context<'_>,
        work: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let Parts { prefix, salt, commitment, iv, text, tag, .. } = self.parts;
        if !prk.fits(&self.parts.ids) {
            return Err(Fault::Integrity);
        }
        if self.suite().is_deterministic() && *salt != NO_SALT {
            return Err(Fault::Integrity);
        }
        let hash =
            context.hash_after(&mut work.beginning, prefix, self.head).ok_or(Fault::Integrity)?;
        let mut key = ValueKey::empty(self.suite());
        prk.fill(&mut key, &hash, salt);
        if !equal(key.commitment(), commitment) {
            return Err(Fault::Integrity);
        }
        let start = out.len();
        out.extend_from_slice(text);
        let opened = out.get_mut(start..).and_then(|text| {
            let genuine = key.decrypt(iv, text, tag);
            match (genuine, self.head.padded()) {
                (true, true) => unpadded(text),
                (true, false) => Some(text.len()),
                (false, _) => None,
            }
        });
        match opened.and_then(|length| start.checked_add(length)) {
            Some(end) => {
                out.truncate(end);
                Ok(())
            }
            None => {
                if let Some(text) = out.get_mut(start..) {
                    text.zeroize();
                }
                out.truncate(start);
                Err(Fault::Integrity)
            }
        }
    }
}

/// The form of a clear text, which decides if it may be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A whole envelope of this release.
    Whole,
    /// The form of an envelope with a suite or flag that this release does not know: a later one
    /// made it.
    Later,
    /// Any other text.
    Ordinary,
}

impl Form {
    /// Returns the form of the content of a JSON string. It never allocates.
    pub(crate) fn of(text: &str) -> Form {
        if !text.starts_with(MARK) {
            return Form::Ordinary;
        }
        // Each piece but the last is a multiple of four characters, so pieces can be checked alone.
        let mut room = [0; 768];
        let mut pieces = text.as_bytes().chunks(1024);
        let mut canonical = |piece: &[u8]| -> Option<Result<Head, Fault>> {
            let bytes =
                base64url::decode(piece, room.get_mut(..base64url::decoded_len(piece.len()))?)?;
            Some(Head::parse(bytes, base64url::decoded_len(text.len())))
        };
        let form = match pieces.next().and_then(&mut canonical) {
            Some(Ok(_)) => Form::Whole,
            Some(Err(Fault::Unsupported)) if text.len() >= SHORTEST_LATER => Form::Later,
            _ => return Form::Ordinary,
        };
        if pieces.all(|piece| canonical(piece).is_some()) { form } else { Form::Ordinary }
    }
}

/// Appends the decoded bytes of an envelope's text and returns their range.
///
/// # Errors
/// The faults of the text, as listed at [`Envelope::decode`]; nothing is appended then.
fn decoded(text: &str, bytes: &mut Vec<u8>) -> Result<Range<usize>, Fault> {
    if !text.starts_with(MARK) {
        return Err(Fault::NotSealed);
    }
    let start = bytes.len();
    bytes.resize(start + base64url::decoded_len(text.len()), 0);
    if bytes.get_mut(start..).and_then(|room| base64url::decode(text.as_bytes(), room)).is_none() {
        bytes.truncate(start);
        return Err(Fault::Integrity);
    }
    Ok(start..bytes.len())
}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("head", &self.head)
            .field("ids", &self.parts.ids)
            .finish_non_exhaustive()
    }
}
