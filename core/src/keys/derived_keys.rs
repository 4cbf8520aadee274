//! The keys that are derived from the answers of a key source.

use crate::ordered::OrderedMap;

use super::call_answers::{CallAnswers, KeyNumbers, OF_ENVELOPES};
use super::{KeyKind, Secret};
use crate::envelope::{IndexKey, Prk, PseudonymKey};
use crate::error::{Error, ErrorCode};

/// The derived keys of one call. Each set of keys is derived once, however many values it seals.
#[derive(Default)]
pub(crate) struct DerivedKeys {
    /// Keys that several values share, by the numbers of the requests. Boxed, so that a growing map
    /// leaves no copy of a key behind.
    shared: OrderedMap<DerivedFrom, Box<Derived>>,
    /// The key of the current value, from one key alone, whose first steps the key itself caches,
    /// or from a set that contains an item key, which serves this value only.
    own: Option<Prk>,
}

/// The requests from whose answers a key is derived.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum DerivedFrom {
    /// A person's key and a bucket's key.
    Pair(u32, u32),
    Index(u32),
    Pseudonym(u32),
}

/// A derived key. One map holds all of them, since a call seldom has many.
enum Derived {
    Pair(Prk),
    Index(IndexKey),
    Pseudonym(PseudonymKey),
}

impl DerivedKeys {
    /// Returns the key from which a value's key is derived, for sealing and opening.
    ///
    /// # Errors
    /// `internal` if [`CallAnswers::envelope`] refuses the keys.
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

    /// Returns the key that makes an index's tokens.
    ///
    /// # Errors
    /// `internal` if [`CallAnswers::token`] refuses the key.
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

    /// Returns the key that makes a domain's pseudonyms.
    ///
    /// # Errors
    /// `internal` if [`CallAnswers::token`] refuses the key.
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

    /// Returns the key derived from those requests, and derives it on first use.
    fn once(
        &mut self,
        from: DerivedFrom,
        make: impl FnOnce() -> Result<Derived, Error>,
    ) -> Result<&Derived, Error> {
        let made = self.shared.or_make(from, || make().map(Box::new))?;
        made.map(Box::as_ref).ok_or_else(not_there)
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
