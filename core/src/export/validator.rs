//! Validates documents on the tape with the validator crate.
//!
//! The crate receives one schema without references to other texts. For schema files that refer to
//! one another its time and memory grow exponentially, and it does not follow references through
//! keywords that no draft defines. Nothing is ever fetched.

mod apart;
pub(crate) mod dialect;

use fieldseal_validation::{Misfit, Options, Outcome};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{FancyRegex, PatternOptions, Retrieve, Uri, ValidationError};
use serde_json::Value;

use super::validity::Validity;
use crate::error::{Error, ErrorCode};
use crate::json::Tape;
use crate::schema::draft::Draft;
use crate::schema::finding::Findings;
use crate::schema::format::Format;
use crate::schema::options::Formats;
use crate::schema::{shapes, tree, uri};

use crate::limits::Limits;

/// The greatest number of values in a document that is searched for its first fault. The search
/// takes two hundred times longer than validation.
const SEARCHED: u32 = 10_000;

/// The formats that the crate does not have.
const OWN_FORMATS: [&str; 2] = ["idn-email", "idn-hostname"];

/// The compiled schema of one form of a document.
#[derive(Debug)]
pub(crate) struct Validator(fieldseal_validation::Validator);

#[cfg(test)]
thread_local! {
    /// The number of validators that this thread has asked the crate for.
    pub(crate) static BUILT: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Refuses to fetch: references are part of the schema, or lead to metaschemas that the crate
/// includes.
struct Refuse;

impl Retrieve for Refuse {
    fn retrieve(&self, _: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err("nothing is fetched".into())
    }
}

/// Returns true if the crate has an engine for a regular expression.
pub(crate) fn runs(pattern: &str, limits: &Limits) -> bool {
    let options = Options::default().with_retriever(Refuse).with_pattern_options(engine(limits));
    let schema = tree::one("pattern", dialect::translated(pattern).into());
    fieldseal_validation::Validator::build(&options, &schema, false).is_ok()
}

/// Reports a regular expression that the crate cannot run.
pub(crate) fn refuse_pattern(pointer: String, findings: &mut Findings) {
    findings.error("pattern-unsupported", pointer, UNSUPPORTED);
}

fn engine(limits: &Limits) -> PatternOptions<FancyRegex> {
    PatternOptions::fancy_regex().backtrack_limit(limits.regex_backtracks as usize)
}

impl Validator {
    /// Compiles a schema that refers only to itself and to metaschemas.
    ///
    /// A fault of the schema is a finding, and the result is then `None`.
    ///
    /// # Errors
    /// `limit` if a regular expression is too large.
    pub(crate) fn build(
        schema: &Value,
        written: Draft,
        formats: Formats,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Option<Validator>, Error> {
        #[cfg(test)]
        BUILT.set(BUILT.get() + 1);
        let apart = apart::apart(schema, written);
        let schema = apart.as_ref().unwrap_or(schema);
        let patterns = || engine(limits);
        let bounded = patterns().size_limit(limits.regex_bytes as usize);
        let options = annotated(Options::default())
            .with_draft(draft(written))
            .with_base_uri(uri::BASE)
            .with_retriever(Refuse)
            .should_validate_formats(formats == Formats::Assert);
        let options = OWN_FORMATS.into_iter().fold(options, |options, name| {
            match Format::named(name, written) {
                Some(own) => options.with_format(name, move |text| own.accepts(text)),
                None => options,
            }
        });
        let backtracks = holds_pattern(schema);
        let build = |patterns| {
            let options = options.clone().with_pattern_options(patterns);
            fieldseal_validation::Validator::build(&options, schema, backtracks)
        };
        match build(bounded) {
            Ok(inner) => Ok(Some(Validator(inner))),
            // A pattern that is only too large compiles under the engine's own bound.
            Err(_) if build(patterns()).is_ok() => Err(Error::new(
                ErrorCode::Limit,
                "a regular expression of the schema is over the limit `regex_bytes`",
            )),
            // References that lead nowhere were reported before, with their places.
            Err(error)
                if matches!(error.kind(), ValidationErrorKind::Referencing(_))
                    && findings.has_errors() =>
            {
                Ok(None)
            }
            Err(error) => {
                refuse(place(&error), &error, findings);
                Ok(None)
            }
        }
    }

    pub(crate) fn is_valid(&self, tape: &Tape<'_>) -> Validity {
        match self.0.judge(tape) {
            Outcome::Valid => Validity::Valid,
            Outcome::Invalid => Validity::Invalid,
            Outcome::Limit => Validity::Limit,
        }
    }

    /// Returns the first fault of an invalid document, or `None` if the document is too large to be
    /// searched.
    pub(crate) fn first_fault(&self, tape: &Tape<'_>) -> Option<Misfit> {
        if tape.values() > SEARCHED { None } else { self.0.first_fault(tape) }
    }
}

/// Turns content keywords into annotations, as they are from 2019-09 on.
///
/// In draft-07 validators may assert them (validation, section 8.2). They would then refuse an
/// envelope in place of a clear value with an encoding, and even, without padding, an envelope as
/// the `base64url` that it is.
fn annotated(options: Options<'_>) -> Options<'_> {
    let encodings = ["base16", "base32", "base32hex", "base64", "base64url"];
    let options = encodings
        .into_iter()
        .fold(options, |options, encoding| options.without_content_encoding_support(encoding));
    options.without_content_media_type_support("application/json")
}

fn draft(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Four => jsonschema::Draft::Draft4,
        Draft::Six => jsonschema::Draft::Draft6,
        Draft::Seven => jsonschema::Draft::Draft7,
        Draft::TwentyNineteen => jsonschema::Draft::Draft201909,
        Draft::TwentyTwenty => jsonschema::Draft::Draft202012,
    }
}

/// Reports a fault that the crate finds in a schema, unless a finding already names its place.
fn refuse(pointer: String, error: &ValidationError<'_>, findings: &mut Findings) {
    if findings.knows(&pointer) {
        return;
    }
    // The reader of schemas took the pattern, so it is one of ECMA-262.
    if matches!(error.kind(), ValidationErrorKind::Format { format } if format == "regex") {
        refuse_pattern(pointer, findings);
    } else {
        findings.error("schema-invalid", pointer, message(error));
    }
}

const UNSUPPORTED: &str = "the validator of this build cannot run this regular expression, though \
                           ECMA-262 takes it: a property, a repetition or a size that its engine \
                           does not have";

/// Returns the place of a fault. The schema is the validated instance here.
fn place(error: &ValidationError<'_>) -> String {
    error.instance_path().to_string()
}

fn message(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Referencing(_) => "a reference cannot be followed".to_owned(),
        kind => shapes::message(kind.keyword()),
    }
}

/// Returns true if the schema has a pattern other than that of envelopes. Only then is the slow
/// check for a reached limit worth its time.
fn holds_pattern(schema: &Value) -> bool {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let pattern = members
                    .get("pattern")
                    .is_some_and(|pattern| !crate::schema::vocabulary::is_of_envelopes(pattern));
                if pattern || members.contains_key("patternProperties") {
                    return true;
                }
                open.extend(members.values());
            }
            Value::Array(elements) => open.extend(elements),
            _ => {}
        }
    }
    false
}
