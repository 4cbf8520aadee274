//! A compiled schema. All of the validator crate that is generic over documents is compiled here, and with this crate's level.

use std::sync::Arc;

use fieldseal_json::Tape;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Retrieve, ValidationError, ValidationOptions};
use serde_json::Value;

use super::{TapeJson, TapeNode};

/// What a document is to a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It fits.
    Valid,
    /// It does not.
    Invalid,
    /// A regular expression took more steps than it may, so that nothing is known.
    Limit,
}

/// How a schema is compiled.
pub type Options<'r> = ValidationOptions<'r, Arc<dyn Retrieve>, TapeJson>;

/// A schema, ready for any number of documents.
#[derive(Debug)]
pub struct Validator {
    inner: jsonschema::Validator<TapeJson>,
    /// Whether a pattern may be matched by backtracking, which has a limit.
    backtracks: bool,
}

impl Validator {
    /// Compiles `schema`. `backtracks`: a pattern in it, or in what it refers to, may reach the limit that `options` set.
    ///
    /// # Errors
    /// What the validator crate finds wrong with the schema.
    pub fn build(options: &Options<'_>, schema: &Value, backtracks: bool) -> Result<Validator, Box<ValidationError<'static>>> {
        options.build(schema).map(|inner| Validator { inner, backtracks }).map_err(Box::new)
    }

    /// Whether the document fits. What refers to itself is asked once about each value, however often it is applied there.
    pub fn judge(&self, tape: &Tape<'_>) -> Outcome {
        let document = TapeNode::from(tape.root());
        if self.inner.is_valid(document) {
            Outcome::Valid
        } else if self.backtracks && self.inner.validate(document).is_err_and(|error| is_limit(&error)) {
            Outcome::Limit
        } else {
            Outcome::Invalid
        }
    }

    /// The place of one fault of a document, an RFC 6901 pointer; the root where there is none.
    /// Two hundred times slower than [`Validator::judge`].
    pub fn first_fault(&self, tape: &Tape<'_>) -> String {
        match self.inner.validate(TapeNode::from(tape.root())) {
            Ok(()) => String::new(),
            // Never its text, which holds values of the document.
            Err(error) => error.instance_path().to_string(),
        }
    }
}

fn is_limit(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::BacktrackLimitExceeded { .. } | ValidationErrorKind::RegexEngineFailure { .. })
}
