//! The answers of a key source to the requests of one call.

use super::unavailable::KeyUnavailable;
use super::{Answer, Answers, Key, KeyKind, RefusalCause, RefusalCode, Request, source};
use crate::envelope::KeyIds;
use crate::error::Error;

/// The request numbers of one value's keys, by kind.
#[derive(Clone, Copy)]
pub(crate) struct KeyNumbers([u32; 5]);

const UNWANTED: u32 = u32::MAX;

impl KeyNumbers {
    pub(crate) const NONE: KeyNumbers = KeyNumbers([UNWANTED; 5]);

    /// Returns the number of the request for a key of that kind.
    pub(crate) fn of(&self, kind: KeyKind) -> Option<u32> {
        self.0.get(kind as usize).copied().filter(|number| *number != UNWANTED)
    }

    pub(crate) fn set(&mut self, kind: KeyKind, number: u32) {
        if let Some(slot) = self.0.get_mut(kind as usize) {
            *slot = number;
        }
    }

    /// Replaces each number by that of the same request in another list.
    pub(crate) fn renumber(&mut self, numbers: &[u32]) {
        for slot in self.0.iter_mut().filter(|slot| **slot != UNWANTED) {
            *slot = numbers.get(*slot as usize).copied().unwrap_or(UNWANTED);
        }
    }
}

/// The kinds of key that envelopes name.
pub(super) const OF_ENVELOPES: [KeyKind; 3] = [KeyKind::Subject, KeyKind::Retention, KeyKind::Item];

/// The requests of one call with their checked answers.
pub(crate) struct CallAnswers {
    requests: Vec<Request>,
    answers: Vec<Answer>,
    shred_latency_ms: u64,
    needs_clock: bool,
}

/// The keys of one envelope, all of them available.
#[derive(Clone, Copy)]
pub(crate) struct EnvelopeKeys {
    pub(crate) ids: KeyIds,
    /// True if each of them can be destroyed.
    pub(crate) erasable: bool,
    /// True if one of them is cached and its owner has a newer one.
    pub(crate) stale: bool,
}

/// 2^53 − 1, the greatest integer that RFC 8785 writes as it is. It is longer than any key lives.
const GREATEST_INTEGER: u64 = (1 << 53) - 1;

/// The refusal of a key whose kind the caller adds.
type Refused = (RefusalCode, Option<RefusalCause>);

impl CallAnswers {
    /// Takes the answers to all requests.
    ///
    /// # Errors
    /// `internal` for answers that a key source must not give.
    pub(super) fn new(requests: Vec<Request>, answers: Answers) -> Result<Self, Error> {
        let needs_clock = answers.needs_clock();
        let (answers, shred_latency_ms) = answers.into_parts();
        source::check(&requests, &answers)?;
        let shred_latency_ms = shred_latency_ms.min(GREATEST_INTEGER);
        Ok(CallAnswers { requests, answers, shred_latency_ms, needs_clock })
    }

    /// Returns the milliseconds for which the source may still supply a key that was destroyed
    /// elsewhere.
    pub(crate) const fn shred_latency_ms(&self) -> u64 {
        self.shred_latency_ms
    }

    /// Returns the owner that the request for a value's key of that kind names.
    pub(crate) fn named(&self, numbers: KeyNumbers, kind: KeyKind) -> Option<&str> {
        self.requests.get(numbers.of(kind)? as usize)?.reference.as_deref()
    }

    /// Returns the owner of a value's key of that kind, from the request or else from the answer.
    pub(crate) fn owner(&self, numbers: KeyNumbers, kind: KeyKind) -> Option<&str> {
        let number = numbers.of(kind)? as usize;
        self.named(numbers, kind).or_else(|| match self.answers.get(number)? {
            Ok(key) => key.reference.as_deref(),
            Err(refusal) => refusal.reference.as_deref(),
        })
    }

    /// Returns a refusal as the error of a call, with the name of a bucket if it is known.
    pub(crate) fn error(&self, numbers: KeyNumbers, refused: KeyUnavailable) -> Error {
        let is_bucket = refused.kind == KeyKind::Retention;
        refused.error(is_bucket.then(|| self.owner(numbers, refused.kind)).flatten())
    }

    /// Returns the keys of an envelope. If several are refused, the first of `erased`,
    /// `restricted`, `denied`, `not-found`, `unavailable` counts (docs/envelope.md, *Opening*, step
    /// 3). `now` is the clock of the document that needs them: a key at or past its expiry is
    /// refused.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) fn envelope(
        &self,
        numbers: KeyNumbers,
        now: Option<u64>,
    ) -> Result<EnvelopeKeys, KeyUnavailable> {
        let mut keys = EnvelopeKeys { ids: KeyIds::default(), erasable: true, stale: false };
        let mut refused: Option<KeyUnavailable> = None;
        for kind in OF_ENVELOPES {
            let Some(number) = numbers.of(kind) else { continue };
            match self.usable(number, now) {
                Ok(key) => {
                    keys.erasable &= key.erasable;
                    keys.stale |= key.stale;
                    match kind {
                        KeyKind::Subject => keys.ids.subject = Some(key.id),
                        KeyKind::Retention => keys.ids.retention = Some(key.id),
                        _ => keys.ids.item = Some(key.id),
                    }
                }
                Err((code, cause)) if refused.is_none_or(|first| code < first.code) => {
                    refused = Some(KeyUnavailable { code, cause, kind });
                }
                Err(_) => {}
            }
        }
        refused.map_or(Ok(keys), Err)
    }

    /// Returns the key of an index or a pseudonym domain.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) fn token(
        &self,
        numbers: KeyNumbers,
        kind: KeyKind,
        now: Option<u64>,
    ) -> Result<&Key, KeyUnavailable> {
        let number = numbers.of(kind).unwrap_or(UNWANTED);
        self.usable(number, now).map_err(|(code, cause)| KeyUnavailable { code, cause, kind })
    }

    fn usable(&self, number: u32, now: Option<u64>) -> Result<&Key, Refused> {
        let Some(answer) = self.answers.get(number as usize) else {
            return Err((RefusalCode::Unavailable, None));
        };
        // In a batch, another document's clock may have let a cache answer.
        if self.needs_clock && now.is_none() {
            return Err((RefusalCode::Unavailable, Some(RefusalCause::NoClock)));
        }
        let key = answer.as_ref().map_err(|refusal| (refusal.code, refusal.cause))?;
        match (key.expires, now) {
            (None, _) => Ok(key),
            (Some(expires), Some(now)) if now < expires => Ok(key),
            (Some(_), Some(_)) => Err((RefusalCode::Unavailable, Some(RefusalCause::Expired))),
            (Some(_), None) => Err((RefusalCode::Unavailable, Some(RefusalCause::NoClock))),
        }
    }

    /// Returns the key of that number, if it was not refused.
    pub(super) fn key(&self, number: u32) -> Option<&Key> {
        self.answers.get(number as usize)?.as_ref().ok()
    }
}
