//! The answers of a key source, as one call uses them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::wanted::Keys;
use crate::envelope::{IndexKey, KeyIds, Prk, PseudonymKey};
use crate::error::{Error, ErrorCode};
use crate::keys::{Answer, Key, Kind, Refusal, Request, Secret};

/// Checked answers with what is derived from them: each set of keys once, however many values it seals.
pub(super) struct Ring {
    answers: Vec<Answer>,
    /// Of one key alone, by its number: a person's, or a bucket's.
    single: Vec<Option<Prk>>,
    /// Of a person's and a bucket's, by their numbers.
    pairs: BTreeMap<(u32, u32), Prk>,
    /// With a value's own key: good for that value only.
    own: Option<Prk>,
    indexes: BTreeMap<u32, IndexKey>,
    pseudonyms: BTreeMap<u32, PseudonymKey>,
}

/// The keys of one value, all there.
pub(super) struct Joined {
    pub(super) ids: KeyIds,
    /// Each of them can be destroyed.
    pub(super) erasable: bool,
}

/// Why a value's keys are not all there, and which one it is.
#[derive(Clone, Copy)]
pub(super) struct Refused {
    pub(super) refusal: Refusal,
    pub(super) kind: Kind,
}

/// The kinds that envelopes name.
const OF_ENVELOPES: [Kind; 3] = [Kind::Subject, Kind::Retention, Kind::Item];

impl Ring {
    /// Takes one answer per request; anything else is `internal`.
    pub(super) fn new(requests: &[Request], answers: Vec<Answer>) -> Result<Self, Error> {
        if answers.len() != requests.len() {
            let message = format!("the key source gave {} answers to {} requests", answers.len(), requests.len());
            return Err(Error::new(ErrorCode::Internal, message));
        }
        for (request, answer) in requests.iter().zip(&answers) {
            let Ok(key) = answer else { continue };
            if request.id.is_some_and(|id| id != key.id) {
                return Err(Error::new(ErrorCode::Internal, "the key source answered with another key than was asked for"));
            }
        }
        let single = answers.iter().map(|_| None).collect();
        Ok(Ring { answers, single, pairs: BTreeMap::new(), own: None, indexes: BTreeMap::new(), pseudonyms: BTreeMap::new() })
    }

    /// One key, unless it is at or past its expiry by the clock of the document that wants it.
    fn answer(&self, number: u32, now: u64) -> Result<&Key, Refusal> {
        let key = self.answers.get(number as usize).map_or(Err(Refusal::Unavailable), |answer| answer.as_ref().map_err(|refusal| *refusal))?;
        if key.expires.is_some_and(|expires| expires <= now) { Err(Refusal::Unavailable) } else { Ok(key) }
    }

    /// What an envelope's keys come to. Where several are refused the first of `erased`, `restricted`, `denied`, `not-found`,
    /// `unavailable` counts (envelope.md, *Opening*, 3).
    pub(super) fn joined(&self, keys: Keys, now: u64) -> Result<Joined, Refused> {
        let mut joined = Joined { ids: KeyIds::default(), erasable: true };
        let mut refused: Option<Refused> = None;
        for kind in OF_ENVELOPES {
            let Some(number) = keys.of(kind) else { continue };
            match self.answer(number, now) {
                Ok(key) => {
                    joined.erasable &= key.erasable;
                    match kind {
                        Kind::Subject => joined.ids.subject = Some(key.id),
                        Kind::Retention => joined.ids.retention = Some(key.id),
                        _ => joined.ids.item = Some(key.id),
                    }
                }
                Err(refusal) if refused.is_none_or(|first| refusal < first.refusal) => refused = Some(Refused { refusal, kind }),
                Err(_) => {}
            }
        }
        refused.map_or(Ok(joined), Err)
    }

    /// The key of an index or pseudonym, as [`Ring::joined`] gives an envelope's.
    pub(super) fn token(&self, keys: Keys, kind: Kind, now: u64) -> Result<&Key, Refused> {
        let number = keys.of(kind).unwrap_or(u32::MAX);
        self.answer(number, now).map_err(|refusal| Refused { refusal, kind })
    }

    /// What values are sealed and opened with; derived on first use.
    pub(super) fn derived(&mut self, keys: Keys) -> Result<&Prk, Refusal> {
        let [subject, retention, item] = OF_ENVELOPES.map(|kind| keys.of(kind));
        let answers = &self.answers;
        let secret = |number: Option<u32>| -> Result<Option<&Secret>, Refusal> {
            let Some(number) = number else { return Ok(None) };
            answers
                .get(number as usize)
                .map_or(Err(Refusal::Unavailable), |answer| answer.as_ref().map(|key| Some(&key.secret)).map_err(|refusal| *refusal))
        };
        let derive = || Ok(Prk::derive(secret(subject)?, secret(retention)?, secret(item)?));
        Ok(match (subject, retention, item) {
            (Some(only), None, None) | (None, Some(only), None) => {
                let slot = self.single.get_mut(only as usize).ok_or(Refusal::Unavailable)?;
                if slot.is_none() {
                    *slot = Some(derive()?);
                }
                slot.as_ref().ok_or(Refusal::Unavailable)?
            }
            (Some(subject), Some(retention), None) => match self.pairs.entry((subject, retention)) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(derive()?),
            },
            _ => self.own.insert(derive()?),
        })
    }

    /// What an index's tokens are made with.
    pub(super) fn index(&mut self, keys: Keys) -> Result<&IndexKey, Refusal> {
        let number = keys.of(Kind::Index).ok_or(Refusal::Unavailable)?;
        let key = self.answers.get(number as usize).map_or(Err(Refusal::Unavailable), |answer| answer.as_ref().map_err(|refusal| *refusal))?;
        Ok(self.indexes.entry(number).or_insert_with(|| IndexKey::derive(&key.secret)))
    }

    /// What a domain's pseudonyms are made with.
    pub(super) fn pseudonym(&mut self, keys: Keys) -> Result<&PseudonymKey, Refusal> {
        let number = keys.of(Kind::Pseudonym).ok_or(Refusal::Unavailable)?;
        let key = self.answers.get(number as usize).map_or(Err(Refusal::Unavailable), |answer| answer.as_ref().map_err(|refusal| *refusal))?;
        Ok(self.pseudonyms.entry(number).or_insert_with(|| PseudonymKey::derive(&key.secret, key.id)))
    }
}

/// A refusal as the error of a call.
pub(super) fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Erased => Error::new(ErrorCode::Erased, "the key of this value was destroyed"),
        Refusal::Restricted => Error::new(ErrorCode::Restricted, "this value's person is restricted (GDPR Art. 18)"),
        Refusal::Denied => Error::new(ErrorCode::Denied, "the key host refuses this purpose or caller"),
        Refusal::NotFound => Error::new(ErrorCode::NotFound, "the key host knows no such key"),
        Refusal::Unavailable => Error::new(ErrorCode::Unavailable, "the key host cannot answer now, or its key has expired"),
    }
}
