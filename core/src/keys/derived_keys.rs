//! The keys that are derived from the answers of a key source.

use std::collections::BTreeMap;

use super::call_answers::{CallAnswers, KeyNumbers, OF_ENVELOPES};
use super::{KeyKind, Secret};
use crate::envelope::{IndexKey, Prk, PseudonymKey};
use crate::error::{Error, ErrorCode};

/// Derives each set of keys once, however many values it seals.
#[derive(Default)]
pub(crate) struct DerivedKeys {
    /// Derived from more than one key of an envelope, by the numbers of the requests.
    shared: BTreeMap<DerivedFrom, Derived>,
    /// Of the value at hand: of one key alone, which keeps its first steps itself, or with a
    /// value's own key, good for that value only.
    own: Option<Prk>,
}

/// The requests that something is derived from.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum DerivedFrom {
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

impl DerivedKeys {
    /// Returns what a value is sealed and opened with.
    ///
    /// # Errors
    /// `internal` where [`CallAnswers::envelope`] refuses.
    pub(crate) fn prk(
        &mut self,
        answers: &CallAnswers,
        numbers: KeyNumbers,
    ) -> Result<&Prk, Error> {
        match OF_ENVELOPES.map(|kind| numbers.of(kind)) {
            all @ [Some(subject), Some(retention), None] => {
                let from = DerivedFrom::Pair(subject, retention);
                match self.once(from, || Ok(Derived::Pair(derive(answers, all)?)))? {
                    Derived::Pair(prk) => Ok(prk),
                    _ => Err(not_there()),
                }
            }
            all => Ok(self.own.insert(derive(answers, all)?)),
        }
    }

    /// Returns what an index's tokens are made with.
    ///
    /// # Errors
    /// `internal` where [`CallAnswers::token`] refuses.
    pub(crate) fn index(
        &mut self,
        answers: &CallAnswers,
        numbers: KeyNumbers,
    ) -> Result<&IndexKey, Error> {
        let number = numbers.of(KeyKind::Index).ok_or_else(not_there)?;
        let make = || Ok(Derived::Index(IndexKey::derive(secret(answers, number)?)));
        match self.once(DerivedFrom::Index(number), make)? {
            Derived::Index(key) => Ok(key),
            _ => Err(not_there()),
        }
    }

    /// Returns what a domain's pseudonyms are made with.
    ///
    /// # Errors
    /// `internal` where [`CallAnswers::token`] refuses.
    pub(crate) fn pseudonym(
        &mut self,
        answers: &CallAnswers,
        numbers: KeyNumbers,
    ) -> Result<&PseudonymKey, Error> {
        let number = numbers.of(KeyKind::Pseudonym).ok_or_else(not_there)?;
        let make = || {
            let key = answers.key(number).ok_or_else(not_there)?;
            Ok(Derived::Pseudonym(PseudonymKey::derive(&key.secret, key.id)))
        };
        match self.once(DerivedFrom::Pseudonym(number), make)? {
            Derived::Pseudonym(key) => Ok(key),
            _ => Err(not_there()),
        }
    }

    /// Returns what is derived from those requests, made on first use.
    fn once(
        &mut self,
        from: DerivedFrom,
        make: impl FnOnce() -> Result<Derived, Error>,
    ) -> Result<&Derived, Error> {
        use std::collections::btree_map::Entry;
        match self.shared.entry(from) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(make()?)),
        }
    }
}

fn derive(answers: &CallAnswers, numbers: [Option<u32>; 3]) -> Result<Prk, Error> {
    let [subject, retention, item] =
        numbers.map(|number| number.map(|number| secret(answers, number)).transpose());
    Ok(Prk::derive(subject?, retention?, item?))
}

fn secret(answers: &CallAnswers, number: u32) -> Result<&Secret, Error> {
    Ok(&answers.key(number).ok_or_else(not_there)?.secret)
}

fn not_there() -> Error {
    Error::new(ErrorCode::Internal, "a key is used that is not there")
}
