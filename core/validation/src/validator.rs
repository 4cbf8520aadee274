//! A compiled schema. All of the validator crate that is generic over documents is compiled here,
//! and with this crate's level.

use std::sync::Arc;

use fieldseal_json::Tape;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Retrieve, ValidationError, ValidationOptions};
use serde_json::Value;

use super::{TapeJson, TapeNode};

/// The judgement of a schema about a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It fits.
    Valid,
    /// It does not.
    Invalid,
    /// A regular expression took more steps than it may, so that nothing is known.
    Limit,
}

/// The place where a document does not fit, in words of the schema alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// RFC 6901 pointer into the document.
    pub pointer: String,
    /// The keyword that refuses the value there; `falseSchema` where the schema is `false`.
    pub keyword: String,
    /// The member that `required` misses.
    pub missing: Option<String>,
    /// The text of the schema that the keyword expects, if it is short: names of types, or a bound.
    pub expected: Option<String>,
}

/// The options that a schema is compiled with.
pub type Options<'r> = ValidationOptions<'r, Arc<dyn Retrieve>, TapeJson>;

/// A schema, ready for any number of documents.
#[derive(Debug)]
pub struct Validator {
    inner: jsonschema::Validator<TapeJson>,
    /// True if a pattern may be matched by backtracking, which has a limit.
    backtracks: bool,
}

impl Validator {
    /// Compiles `schema`. `backtracks`: a pattern in it, or in what it refers to, may reach the
    /// limit that `options` set.
    ///
    /// # Errors
    /// What the validator crate finds wrong with the schema.
    pub fn build(
        options: &Options<'_>,
        schema: &Value,
        backtracks: bool,
    ) -> Result<Validator, Box<ValidationError<'static>>> {
        options.build(schema).map(|inner| Validator { inner, backtracks }).map_err(Box::new)
    }

    /// Judges a document. A schema that refers to itself is asked once about each value, however often
    /// it is applied there.
    pub fn judge(&self, tape: &Tape<'_>) -> Outcome {
        let document = TapeNode::from(tape.root());
        if self.inner.is_valid(document) {
            Outcome::Valid
        } else if self.backtracks
            && self.inner.validate(document).is_err_and(|error| is_limit(&error))
        {
            Outcome::Limit
        } else {
            Outcome::Invalid
        }
    }

    /// One fault of a document, if it has any. Two hundred times slower than [`Validator::judge`].
    pub fn first_fault(&self, tape: &Tape<'_>) -> Option<Misfit> {
        let error = self.inner.validate(TapeNode::from(tape.root())).err()?;
        let missing = match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        };
        // Never its text, which holds values of the document.
        Some(Misfit {
            pointer: error.instance_path().to_string(),
            keyword: error.kind().keyword().to_owned(),
            missing,
            expected: expected(error.kind()),
        })
    }
}

/// Returns the expectation of a keyword. Only the schema's text is used, never the document's.
fn expected(kind: &ValidationErrorKind) -> Option<String> {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::Type { kind: TypeKind::Single(name) } => Some(name.to_string()),
        Kind::Type { kind: TypeKind::Multiple(names) } => {
            let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
            Some(names.join(" or "))
        }
        Kind::Minimum { limit }
        | Kind::Maximum { limit }
        | Kind::ExclusiveMinimum { limit }
        | Kind::ExclusiveMaximum { limit } => {
            // A number of a schema may be as long as the schema.
            Some(limit.to_string()).filter(|text| text.len() <= LONGEST)
        }
        Kind::MinLength { limit }
        | Kind::MaxLength { limit }
        | Kind::MinItems { limit }
        | Kind::MaxItems { limit }
        | Kind::MinProperties { limit }
        | Kind::MaxProperties { limit } => Some(limit.to_string()),
        _ => None,
    }
}

/// Bytes of a number that is repeated.
const LONGEST: usize = 40;

fn is_limit(error: &ValidationError<'_>) -> bool {
    matches!(
        error.kind(),
        ValidationErrorKind::BacktrackLimitExceeded { .. }
            | ValidationErrorKind::RegexEngineFailure { .. }
    )
}
