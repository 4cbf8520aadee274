//! The keys of one call: the answers of the key source, and the keys derived from them.

use super::call_answers::CallAnswers;
use super::derived_keys::DerivedKeys;
use super::{Answers, KeyId, Request};
use crate::error::Error;

/// The keys of one call, or of a batch.
pub(crate) struct CallKeys {
    pub(crate) answers: CallAnswers,
    pub(crate) derived: DerivedKeys,
    /// The keys with which a value did not open. The source may have given a wrong one, so it is
    /// asked again, and a cache does not keep them.
    pub(crate) suspects: Vec<KeyId>,
}

impl CallKeys {
    /// Takes the answers to all requests.
    ///
    /// # Errors
    /// `internal` for answers that a key source must not give.
    pub(crate) fn new(requests: Vec<Request>, answers: Answers) -> Result<Self, Error> {
        Ok(CallKeys {
            answers: CallAnswers::new(requests, answers)?,
            derived: DerivedKeys::default(),
            suspects: Vec::new(),
        })
    }
}
