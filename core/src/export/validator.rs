//! Whether a clear document fits the plaintext schema: the validator crate on the tape. Nothing is
//! ever fetched.

mod apart;

use fieldseal_validation::{Misfit, Outcome};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, Registry, Retrieve, Uri, ValidationError};
use serde_json::Value;

use super::validity::Validity;
use crate::error::{Error, ErrorCode};
use crate::json::Tape;
use crate::schema::draft::Draft;
use crate::schema::finding::Findings;
use crate::schema::options::Formats;
use crate::schema::overlay::{Base, bare};

use crate::limits::Limits;

/// Documents of more values than this are not searched for their first fault: that search is two
/// hundred times slower than asking whether there is one.
const SEARCHED: u32 = 10_000;

/// The compiled plaintext schema.
#[derive(Debug)]
pub(crate) struct Validator(fieldseal_validation::Validator);

/// References are given when compiling, or not at all.
struct Refuse;

impl Retrieve for Refuse {
    fn retrieve(&self, _: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err("nothing is fetched".into())
    }
}

impl Validator {
    /// Compiles the main schema of `bases`, the others being what it may refer to.
    pub(crate) fn build(
        bases: &[Base],
        formats: Formats,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<Option<Validator>, Error> {
        let Some((main, references)) = bases.split_first() else { return Ok(None) };
        let apart = |base: &Base| apart::apart(&base.value, base.dialect.draft);
        let main_apart = apart(main);
        let schema = main_apart.as_ref().unwrap_or(&main.value);
        let references: Vec<(&Base, Option<Value>)> =
            references.iter().map(|base| (base, apart(base))).collect();
        let mut registry = Registry::new().retriever(Refuse).draft(draft(main.dialect.draft));
        for (base, apart) in &references {
            let Some(uri) = base.uri.as_deref() else { continue };
            let uri = crate::schema::uri::resolve(crate::schema::uri::BASE, bare(uri));
            registry = match registry.add(
                &uri,
                draft(base.dialect.draft)
                    .create_resource_ref(apart.as_ref().unwrap_or(&base.value)),
            ) {
                Ok(registry) => registry,
                Err(_) => {
                    findings.error(
                        "reference-malformed",
                        crate::schema::finding::below("references#", &uri),
                        "this is no uri",
                    );
                    return Ok(None);
                }
            };
        }
        let Ok(registry) = registry.prepare() else {
            // What cannot be resolved was found before, with its place.
            if findings.is_empty() {
                findings.error(
                    "schema-invalid",
                    "",
                    "the references cannot be made ready: a uri is malformed or leads nowhere",
                );
            }
            return Ok(None);
        };
        let patterns =
            || PatternOptions::fancy_regex().backtrack_limit(limits.regex_backtracks as usize);
        let bounded = patterns().size_limit(limits.regex_bytes as usize);
        let options = annotated(fieldseal_validation::Options::default())
            .with_draft(draft(main.dialect.draft))
            .with_base_uri(crate::schema::uri::BASE)
            .with_registry(&registry)
            .with_retriever(Refuse)
            .should_validate_formats(formats == Formats::Assert);
        let backtracks = bases.iter().any(|base| holds_pattern(&base.value));
        let build = |patterns| {
            fieldseal_validation::Validator::build(
                &options.clone().with_pattern_options(patterns),
                schema,
                backtracks,
            )
        };
        match build(bounded) {
            Ok(inner) => Ok(Some(Validator(inner))),
            // A pattern that is only too large compiles under the engine's own bound.
            Err(_) if build(patterns()).is_ok() => Err(Error::new(
                ErrorCode::Limit,
                "a regular expression of the schema is over the limit `regex_bytes`",
            )),
            Err(error)
                if matches!(error.kind(), ValidationErrorKind::Referencing(_))
                    && !findings.is_empty() =>
            {
                Ok(None)
            }
            Err(error) => {
                findings.error("schema-invalid", place(&error), message(&error));
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

    /// One fault of an invalid document; `None` where it was not looked for.
    pub(crate) fn first_fault(&self, tape: &Tape<'_>) -> Option<Misfit> {
        if tape.values() > SEARCHED { None } else { self.0.first_fault(tape) }
    }
}

/// What a string holds is annotated, as it is from 2019-09 on: in draft-07 it may be asserted
/// (validation, section 8.2), and who does so refuses an envelope where a clear value was
/// described, and without padding even as the `base64url` that it is.
fn annotated(options: fieldseal_validation::Options<'_>) -> fieldseal_validation::Options<'_> {
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

/// A fault of the schema is found by validating it: its place is an instance's.
fn place(error: &ValidationError<'_>) -> String {
    error.instance_path().to_string()
}

fn message(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Referencing(_) => "a reference cannot be followed".to_owned(),
        kind => format!(
            "the schema is not one of its draft: `{}` of the metaschema fails here",
            kind.keyword()
        ),
    }
}

/// Whether any pattern is there, but for that of an envelope; only then the slow search for a
/// reached limit is worth its time.
fn holds_pattern(schema: &Value) -> bool {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let pattern = members
                    .get("pattern")
                    .is_some_and(|pattern| pattern != crate::schema::vocabulary::CHARACTERS);
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
