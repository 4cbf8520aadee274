//! Seals a clear value into an envelope.

use fieldseal_json::base64url;
use fieldseal_primitives::padding;

use crate::error::{Error, ErrorCode};

use super::header::ENTROPY;
use super::value_key::ValueKey;
use super::wire::{COMMITMENT, Head, NO_IV, NO_SALT, Prefix, SALT, TAG, iv_len};
use super::{Context, Demand, KeyIds, Prk, Suite, Workspace};

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
        work: &mut Workspace,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
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
        let too_long =
            || Error::new(ErrorCode::Limit, "a value, or its context, is too long for an envelope");
        let characters = sealed_len(demand.suite, ids, padded, plaintext.len());
        let end = out
            .len()
            .checked_add(characters)
            .filter(|end| *end < isize::MAX as usize)
            .ok_or_else(too_long)?;

        let head = Head::new(demand, padded, ids);
        let prefix = Prefix::new(head, ids);
        let hash = context
            .hash_after(&mut work.beginning, prefix.as_bytes(), head)
            .ok_or_else(too_long)?;
        let padding = padding(padded, plaintext.len());
        if entropy.len() != demand.suite.entropy_bytes() {
            return Err(Error::new(
                ErrorCode::Internal,
                "entropy that the suite does not take, or too little of it",
            ));
        }
        let (salt, iv) = match entropy.split_first_chunk::<ENTROPY>() {
            Some((random, iv)) => (prk.salt(random, &hash, plaintext, padding), iv),
            None => (NO_SALT, [].as_slice()),
        };
        let mut key = ValueKey::empty(demand.suite);
        prk.fill(&mut key, &hash, &salt);

        // Reserves all memory before the clear text enters, since a vector that grows leaves its
        // old bytes behind.
        let bytes = &mut work.bytes;
        bytes.clear();
        bytes.reserve(base64url::decoded_len(characters));
        for part in [prefix.as_bytes(), &salt, key.commitment()] {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(iv);
        let iv = iv.first_chunk().unwrap_or(&NO_IV);
        let body = bytes.len();
        bytes.extend_from_slice(plaintext);
        bytes.extend_from_slice(padding);
        let Some(tag) = bytes.get_mut(body..).and_then(|text| key.encrypt(iv, text)) else {
            // The mode's bound, which no document reaches. The bytes are still clear here.
            zeroize::Zeroize::zeroize(bytes);
            return Err(too_long());
        };
        bytes.extend_from_slice(&tag);
        if head.tag_leads()
            && let Some(body) = bytes.get_mut(body..)
        {
            body.rotate_right(TAG);
        }

        let start = out.len();
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

fn padding(padded: bool, plaintext: usize) -> &'static [u8] {
    if padded { padding::padding(plaintext) } else { &[] }
}
