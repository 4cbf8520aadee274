//! The answers of a key source, as one call uses them.

use std::collections::BTreeMap;

use super::wanted::Keys;
use crate::envelope::{IndexKey, KeyIds, Prk, PseudonymKey};
use crate::error::{Error, ErrorCode};
use crate::keys::{Answer, Key, KeyId, KeyKind, Refusal, Request, Secret};
use fieldseal_json::sort::sorted;
use fieldseal_primitives::equal;

/// Checked answers with what is derived from them: each set of keys once, however many values it
/// seals.
pub(super) struct Ring {
    answers: Vec<Answer>,
    /// Of what is more than one key of an envelope, by the numbers.
    others: BTreeMap<Source, Derived>,
    /// Of the value at hand: of one key alone, which keeps its first steps itself, or with a
    /// value's own key, good for that value only.
    own: Option<Prk>,
}

/// What something is derived from.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// A person's key and a bucket's.
    Pair(u32, u32),
    Index(u32),
    Pseudonym(u32),
}

/// One map for all: they are seldom many.
enum Derived {
    Pair(Prk),
    Index(IndexKey),
    Pseudonym(PseudonymKey),
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
    pub(super) kind: KeyKind,
}

/// The kinds that envelopes name.
const OF_ENVELOPES: [KeyKind; 3] = [KeyKind::Subject, KeyKind::Retention, KeyKind::Item];

impl Ring {
    /// One answer per request, no key under another id, and no two keys under one; anything else is
    /// `internal`.
    pub(super) fn check(requests: &[Request], answers: &[Answer]) -> Result<(), Error> {
        if answers.len() != requests.len() {
            let message = format!(
                "the key source gave {} answers to {} requests",
                answers.len(),
                requests.len()
            );
            return Err(Error::new(ErrorCode::Internal, message));
        }
        let internal = |message| Err(Error::new(ErrorCode::Internal, message));
        let mut known: Vec<(KeyId, &Secret)> = Vec::with_capacity(answers.len());
        for (request, answer) in requests.iter().zip(answers) {
            let Ok(key) = answer else { continue };
            if request.id.is_some_and(|id| id != key.id) {
                return internal("the key source answered with another key than was asked for");
            }
            known.push((key.id, &key.secret));
        }
        if known.len() > 1 {
            known = sorted(known, |(one, _), (other, _)| one.cmp(other));
        }
        // What one of them seals, the other would be asked to open.
        let is_another = |pair: &[(KeyId, &Secret)]| matches!(pair, [(one, a), (other, b)] if one == other && !equal(a.expose(), b.expose()));
        if known.windows(2).any(is_another) {
            return internal("the key source answered with two keys of one id");
        }
        Ok(())
    }

    /// Takes answers that are in order.
    pub(super) fn new(requests: &[Request], answers: Vec<Answer>) -> Result<Self, Error> {
        Ring::check(requests, &answers)?;
        Ok(Ring { answers, others: BTreeMap::new(), own: None })
    }

    /// One key, unless it is at or past its expiry by the clock of the document that wants it.
    fn answer(&self, number: u32, now: u64) -> Result<&Key, Refusal> {
        let key =
            self.answers.get(number as usize).map_or(Err(Refusal::Unavailable), |answer| {
                answer.as_ref().map_err(|refusal| *refusal)
            })?;
        if key.expires.is_some_and(|expires| expires <= now) {
            Err(Refusal::Unavailable)
        } else {
            Ok(key)
        }
    }

    /// What an envelope's keys come to. Where several are refused the first of `erased`,
    /// `restricted`, `denied`, `not-found`, `unavailable` counts (envelope.md, *Opening*, 3).
    pub(super) fn joined(&self, keys: Keys, now: u64) -> Result<Joined, Refused> {
        let mut joined = Joined { ids: KeyIds::default(), erasable: true };
        let mut refused: Option<Refused> = None;
        for kind in OF_ENVELOPES {
            let Some(number) = keys.of(kind) else { continue };
            match self.answer(number, now) {
                Ok(key) => {
                    joined.erasable &= key.erasable;
                    match kind {
                        KeyKind::Subject => joined.ids.subject = Some(key.id),
                        KeyKind::Retention => joined.ids.retention = Some(key.id),
                        _ => joined.ids.item = Some(key.id),
                    }
                }
                Err(refusal) if refused.is_none_or(|first| refusal < first.refusal) => {
                    refused = Some(Refused { refusal, kind })
                }
                Err(_) => {}
            }
        }
        refused.map_or(Ok(joined), Err)
    }

    /// The key of an index or pseudonym, as [`Ring::joined`] gives an envelope's.
    pub(super) fn token(&self, keys: Keys, kind: KeyKind, now: u64) -> Result<&Key, Refused> {
        let number = keys.of(kind).unwrap_or(u32::MAX);
        self.answer(number, now).map_err(|refusal| Refused { refusal, kind })
    }

    fn key(&self, number: Option<u32>) -> Result<Option<&Key>, Refusal> {
        let Some(number) = number else { return Ok(None) };
        self.answers.get(number as usize).map_or(Err(Refusal::Unavailable), |answer| {
            answer.as_ref().map(Some).map_err(|refusal| *refusal)
        })
    }

    fn derive(&self, keys: [Option<u32>; 3]) -> Result<Prk, Refusal> {
        let [subject, retention, item] = keys.map(|number| self.key(number));
        let [subject, retention, item] =
            [subject?, retention?, item?].map(|key| key.map(|key| &key.secret));
        Ok(Prk::derive(subject, retention, item))
    }

    /// What values are sealed and opened with; derived on first use.
    pub(super) fn derived(&mut self, keys: Keys) -> Result<&Prk, Refusal> {
        let numbers = OF_ENVELOPES.map(|kind| keys.of(kind));
        match numbers {
            [Some(subject), Some(retention), None] => {
                match self.other(Source::Pair(subject, retention), |ring| {
                    Ok(Derived::Pair(ring.derive(numbers)?))
                })? {
                    Derived::Pair(prk) => Ok(prk),
                    _ => Err(Refusal::Unavailable),
                }
            }
            _ => {
                let derived = self.derive(numbers)?;
                Ok(self.own.insert(derived))
            }
        }
    }

    /// What an index's tokens are made with.
    pub(super) fn index(&mut self, keys: Keys) -> Result<&IndexKey, Refusal> {
        let number = keys.of(KeyKind::Index).ok_or(Refusal::Unavailable)?;
        let make = |ring: &Ring| {
            Ok(Derived::Index(IndexKey::derive(
                &ring.key(Some(number))?.ok_or(Refusal::Unavailable)?.secret,
            )))
        };
        match self.other(Source::Index(number), make)? {
            Derived::Index(key) => Ok(key),
            _ => Err(Refusal::Unavailable),
        }
    }

    /// What a domain's pseudonyms are made with.
    pub(super) fn pseudonym(&mut self, keys: Keys) -> Result<&PseudonymKey, Refusal> {
        let number = keys.of(KeyKind::Pseudonym).ok_or(Refusal::Unavailable)?;
        let make = |ring: &Ring| {
            let key = ring.key(Some(number))?.ok_or(Refusal::Unavailable)?;
            Ok(Derived::Pseudonym(PseudonymKey::derive(&key.secret, key.id)))
        };
        match self.other(Source::Pseudonym(number), make)? {
            Derived::Pseudonym(key) => Ok(key),
            _ => Err(Refusal::Unavailable),
        }
    }

    /// What is derived from that, made on first use.
    fn other(
        &mut self,
        source: Source,
        make: impl FnOnce(&Ring) -> Result<Derived, Refusal>,
    ) -> Result<&Derived, Refusal> {
        if !self.others.contains_key(&source) {
            let made = make(self)?;
            return Ok(self.others.entry(source).or_insert(made));
        }
        self.others.get(&source).ok_or(Refusal::Unavailable)
    }
}

/// A refusal as the error of a call.
pub(super) fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Erased => Error::new(ErrorCode::Erased, "the key of this value was destroyed"),
        Refusal::Restricted => {
            Error::new(ErrorCode::Restricted, "this value's person is restricted (GDPR Art. 18)")
        }
        Refusal::Denied => {
            Error::new(ErrorCode::Denied, "the key source refuses this purpose or caller")
        }
        Refusal::NotFound => Error::new(ErrorCode::NotFound, "the key source knows no such key"),
        Refusal::Unavailable => Error::new(
            ErrorCode::Unavailable,
            "the key source cannot answer now, or its key has expired",
        ),
    }
}
