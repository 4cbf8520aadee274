//! From an envelope to a clear value.

use std::fmt;
use std::ops::Range;

use fieldseal_primitives::equal;
use fieldseal_primitives::padding::unpadded;
use zeroize::Zeroize;

use crate::error::{Error, ErrorCode};

use super::value_key::ValueKey;
use super::wire::{Head, MARK, NO_SALT, Parts, VERSION};
use super::{Bind, Context, Demand, EnvelopeHead, KeyIds, Prk, Suite, Workspace, base64url};

/// Why a string does not open here. Says nothing more on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// It does not start as an envelope does.
    NotSealed,
    /// A suite that the format does not know, or the reserved bit.
    Unsupported,
    /// Anything else.
    Integrity,
}

impl Fault {
    /// The code that crosses every border.
    pub const fn code(self) -> ErrorCode {
        match self {
            Fault::NotSealed => ErrorCode::NotSealed,
            Fault::Unsupported => ErrorCode::Unsupported,
            Fault::Integrity => ErrorCode::Integrity,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().fmt(f)
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let message = match fault {
            Fault::NotSealed => "no envelope where one must stand",
            Fault::Unsupported => "an envelope of a suite or with a flag that is not known here",
            Fault::Integrity => "an envelope that does not open here",
        };
        Error::new(fault.code(), message)
    }
}

/// A whole envelope, decoded and not yet opened. Lives in the [`Workspace`] that it was decoded
/// into.
#[derive(Clone, Copy)]
pub struct Envelope<'w> {
    head: Head,
    parts: Parts<'w>,
}

impl<'w> Envelope<'w> {
    /// Decodes the content of a JSON string, its escapes resolved.
    ///
    /// # Errors
    /// In this order: [`Fault::NotSealed`] if it does not start with `Fs1`; [`Fault::Integrity`] if
    /// it is not canonical base64url; [`Fault::Unsupported`] for an unknown suite or the reserved
    /// bit; [`Fault::Integrity`] if it is shorter than its flags need or names neither a subject
    /// nor a retention key.
    pub fn decode(text: &str, work: &'w mut Workspace) -> Result<Self, Fault> {
        work.bytes.clear();
        let bytes = decoded(text, &mut work.bytes)?;
        Envelope::read(work.bytes.get(bytes).ok_or(Fault::Integrity)?)
    }

    /// The same, its bytes after those of others, with the place of its own, to be
    /// [read](Envelope::read) again.
    pub(crate) fn decode_after<'b>(
        text: &str,
        bytes: &'b mut Vec<u8>,
    ) -> Result<(Envelope<'b>, (u32, u32)), Fault> {
        let range = decoded(text, bytes)?;
        // All bytes together are fewer than the document's, which 32 bits can count.
        let place = u32::try_from(range.start).ok().zip(u32::try_from(range.end).ok());
        let envelope = Envelope::read(bytes.get(range).ok_or(Fault::Integrity)?)?;
        Ok((envelope, place.ok_or(Fault::Integrity)?))
    }

    /// Takes the bytes of an envelope apart; the rest of what [`Envelope::decode`] does.
    pub(crate) fn read(bytes: &'w [u8]) -> Result<Self, Fault> {
        let head = Head::parse(bytes, bytes.len())?;
        let parts = Parts::split(head, bytes).ok_or(Fault::Integrity)?;
        Ok(Envelope { head, parts })
    }

    /// Whether a string is a whole envelope: of a suite that the format knows, canonical, as long
    /// as its flags need. Costs a comparison for a string that does not start with `Fs1`, and never
    /// allocates.
    ///
    /// ```
    /// use fieldseal::envelope::Envelope;
    /// assert!(!Envelope::is_whole("Fs1 rocks"));
    /// ```
    pub fn is_whole(text: &str) -> bool {
        if !text.starts_with(MARK) {
            return false;
        }
        // In quanta of four characters, so that every piece but the last is canonical for itself.
        let mut room = [0; 768];
        let mut pieces = text.as_bytes().chunks(1024);
        let mut canonical = |piece: &[u8]| -> Option<Result<Head, Fault>> {
            let bytes =
                base64url::decode(piece, room.get_mut(..base64url::decoded_len(piece.len()))?)?;
            Some(Head::parse(bytes, base64url::decoded_len(text.len())))
        };
        let head = pieces.next().and_then(&mut canonical);
        matches!(head, Some(Ok(_))) && pieces.all(|piece| canonical(piece).is_some())
    }

    /// The keys that it names.
    pub const fn ids(&self) -> KeyIds {
        self.parts.ids
    }

    /// The suite that it names.
    pub const fn suite(&self) -> Suite {
        self.head.suite()
    }

    /// The bind profile that it names.
    pub const fn bind(&self) -> Bind {
        self.head.bind()
    }

    /// Whether the value was padded.
    pub const fn padded(&self) -> bool {
        self.head.padded()
    }

    /// Whether the person's reference is bound.
    pub const fn subject_bound(&self) -> bool {
        self.head.subject_bound()
    }

    /// Returns the part that everybody can read.
    pub(super) fn head(&self) -> EnvelopeHead {
        let Parts { prefix, salt, commitment, text, tag, ids } = self.parts;
        let overhead = prefix.len() + salt.len() + commitment.len() + tag.len();
        EnvelopeHead {
            version: VERSION,
            suite: self.suite(),
            bind: self.bind(),
            padded: self.padded(),
            subject_bound: self.subject_bound(),
            keys: ids,
            bytes: overhead + text.len(),
            text_bytes: text.len(),
        }
    }

    /// Whether it is what the policy demands here: suite, bind profile, which keys, and whether the
    /// subject is bound. One that does not is an integrity error, whether or not it would open.
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

    /// Opens and appends what was sealed to `out`. Whether that is one JSON value is for the caller
    /// to find out.
    ///
    /// Ask [`Envelope::meets`] first: this goes by what the envelope says of itself.
    ///
    /// # Errors
    /// [`Fault::Integrity`] for another key, another context or any change; `out` is as it was.
    pub fn open(&self, prk: &Prk, context: &Context<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Parts { prefix, salt, commitment, text, tag, .. } = self.parts;
        if !prk.fits(&self.parts.ids) {
            return Err(Fault::Integrity);
        }
        if self.suite().is_deterministic() && *salt != NO_SALT {
            return Err(Fault::Integrity);
        }
        let hash = context.hash(prefix, self.head).ok_or(Fault::Integrity)?;
        let mut key = ValueKey::empty(self.suite());
        prk.fill(&mut key, &hash, salt);
        if !equal(key.commitment(), commitment) {
            return Err(Fault::Integrity);
        }
        let start = out.len();
        out.extend_from_slice(text);
        let opened = out.get_mut(start..).and_then(|text| {
            let genuine = key.decrypt(text, tag);
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

/// Appends the bytes of an envelope's text; nothing, if it has no such form.
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
