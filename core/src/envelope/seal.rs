//! Seals a clear value into an envelope.

use fieldseal_json::base64url;
use fieldseal_primitives::padding;

use crate::error::{Error, ErrorCode};

use super::bound_value::{BoundValue, too_long};
use super::wire::{COMMITMENT, Head, Prefix, SALT, TAG, iv_len};
use super::{Context, Demand, KeyIds, Prk, Scratch, Suite};

/// Returns the length in characters of the envelope of a value whose JSON text has `plaintext`
/// bytes.
///
/// Returns `usize::MAX` if the machine cannot address that many; [`Sealer::seal`] refuses such a value.
///
/// ```
/// use fieldseal::envelope::{KeyIds, Suite, sealed_len};
/// use fieldseal::KeyId;
/// let ids = KeyIds { subject: Some(KeyId([0; 16])), ..KeyIds::default() };
/// assert_eq!(sealed_len(Suite::Aes256Gcm, &ids, true, "\"Steve\"".len()), 155);
/// assert_eq!(sealed_len(Suite::Aes256GcmIv, &ids, true, "\"Steve\"".len()), 171);
/// ```
pub fn sealed_len(suite: Suite, ids: &KeyIds, padded: bool, plaintext: usize) -> usize {
    let keys = [ids.subject, ids.retention, ids.item].iter().flatten().count();
    let around = 4 + 16 * keys + SALT + COMMITMENT + iv_len(suite) + TAG;
    plaintext
        .checked_add(padding(padded, plaintext).len())
        .and_then(|text| text.checked_add(around))
        .and_then(base64url::encoded_len)
        .unwrap_or(usize::MAX)
}

/// The keys and parameters with which a value is sealed, and the context to which it is bound.
#[derive(Clone, Copy, Debug)]
pub struct Sealer<'a> {
    /// The key that was derived from the keys of `ids`.
    pub prk: &'a Prk,
    /// The suite, the bind profile and the kinds of key.
    pub demand: Demand,
    /// True if padding hides the length of the value.
    pub padded: bool,
    /// The ids of the keys that the envelope names.
    pub ids: KeyIds,
    /// The context to which the value is bound.
    pub context: Context<'a>,
}

impl Sealer<'_> {
    /// Appends the envelope of one value to `out`: base64url, without the quotes of a JSON string.
    ///
    /// `plaintext` is the value's JSON text exactly as received. `entropy` holds as many fresh bytes
    /// from the host as the suite [takes](super::Suite::entropy_bytes). The same entropy, value,
    /// keys and context give the same envelope.
    ///
    /// # Errors
    /// `limit` if the value or a part of the context is too long for the format or this machine;
    /// `internal` if ids, keys and demand name different keys, or neither a subject nor a retention
    /// key, or a reference that is not bound of nobody; `internal` for more or less entropy than
    /// the suite takes. Nothing is appended then.
    pub fn seal(
        &self,
        plaintext: &[u8],
        entropy: &[u8],
        work: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut value = self.bind(plaintext, entropy, work)?;
        value.derive();
        value.write(work, out)
    }

    /// Binds a value to its context: the part of sealing that needs no key of its own.
    ///
    /// # Errors
    /// As [`seal`](Sealer::seal), except for a value that is too long for its mode.
    pub(crate) fn bind<'v>(
        &self,
        plaintext: &'v [u8],
        entropy: &'v [u8],
        work: &mut Scratch,
    ) -> Result<BoundValue<'v>, Error> {
        let Sealer { prk, demand, padded, ids, context } = self;
        let padded = *padded;
        let demanded = (demand.subject, demand.retention, demand.item);
        if !prk.fits(ids)
            || demanded != (ids.subject.is_some(), ids.retention.is_some(), ids.item.is_some())
            || !(demand.subject || demand.subject_bound)
        {
            return Err(Error::new(
                ErrorCode::Internal,
                "keys that do not fit the policy's demand",
            ));
        }
        if plaintext.is_empty() {
            return Err(Error::new(ErrorCode::Internal, "an empty text is no JSON value"));
        }
        let characters = sealed_len(demand.suite, ids, padded, plaintext.len());
        if characters >= isize::MAX as usize {
            return Err(too_long());
        }
        if entropy.len() != demand.suite.entropy_bytes() {
            return Err(Error::new(
                ErrorCode::Internal,
                "entropy that the suite does not take, or too little of it",
            ));
        }
        let head = Head::new(demand, padded, ids);
        let prefix = Prefix::new(head, ids);
        let hash = context
            .hash_after(&mut work.beginning, prefix.as_bytes(), head)
            .ok_or_else(too_long)?;
        let padding = padding(padded, plaintext.len());
        Ok(BoundValue::new(Prk::clone(prk), prefix, head, hash, (plaintext, padding), entropy))
    }
}

fn padding(padded: bool, plaintext: usize) -> &'static [u8] {
    if padded { padding::padding(plaintext) } else { &[] }
}
