//! The answers of a key source, as one call uses them.

use crate::envelope::Prk;
use crate::error::{Error, ErrorCode};
use crate::keys::{Answer, Key, Refusal, Request};

/// Checked answers with what is derived from them: each key's secrets once, however many values it seals.
pub(super) struct Ring {
    answers: Vec<Answer>,
    derived: Vec<Option<Prk>>,
}

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
        let derived = answers.iter().map(|_| None).collect();
        Ok(Ring { answers, derived })
    }

    /// The key, unless it is at or past its expiry by the clock of the document that wants it.
    pub(super) fn answer(&self, number: u32, now: u64) -> Result<&Key, Refusal> {
        let key = self.answers.get(number as usize).map_or(Err(Refusal::Unavailable), |answer| answer.as_ref().map_err(|refusal| *refusal))?;
        if key.expires.is_some_and(|expires| expires <= now) { Err(Refusal::Unavailable) } else { Ok(key) }
    }

    /// What values are sealed and opened with; derived on first use.
    pub(super) fn derived(&mut self, number: u32) -> Result<&Prk, Refusal> {
        let key = self.answers.get(number as usize).map_or(Err(Refusal::Unavailable), |answer| answer.as_ref().map_err(|refusal| *refusal))?;
        let slot = self.derived.get_mut(number as usize).ok_or(Refusal::Unavailable)?;
        Ok(slot.get_or_insert_with(|| Prk::derive(Some(&key.secret), None, None)))
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
