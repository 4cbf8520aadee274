//! The compile options.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::draft::Draft;
use super::finding::{Findings, below};
use super::{intake, marker};
use crate::envelope::Suite;
use crate::error::CompileError;
use crate::limits::Limits;

/// The treatment of a document that does not conform to its schema, by `seal`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nonconforming {
    /// Refuses it (`invalid`).
    #[default]
    Refuse,
    /// Seals every location that may be marked, with a verdict that warns.
    Seal,
}

/// The treatment of clear text in place of an envelope, by `open`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnCleartext {
    /// Refuses it (`not-sealed`).
    #[default]
    Refuse,
    /// Passes it with a warning, while old data is being migrated.
    Pass,
}

/// The effect of the keyword `format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Formats {
    /// It only annotates.
    #[default]
    Annotate,
    /// A value that fails its format fails the schema.
    Assert,
}

/// The check of a sealed document before `seal` returns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// No check: a document that conforms to the clear schema conforms to the sealed one when
    /// sealed.
    #[default]
    Nothing,
    /// Validates the output against the sealed schema, and records in the verdict that it fits.
    Sealed,
}

/// The validation of documents against their schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValidationMode {
    /// Every document is validated.
    #[default]
    On,
    /// No document is validated, and verdicts say `unvalidated`. The evaluator build then compiles
    /// schemas with keywords that only the full build can validate.
    Off,
}

/// The language of schemas without `$schema`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchemaDialect {
    /// JSON Schema, of the draft that [`Options::draft`] names.
    #[default]
    JsonSchema,
    /// The Schema Object of OpenAPI 3.0: JSON Schema draft-04 in which `nullable: true` admits
    /// `null`. `discriminator` only annotates.
    OpenApi30,
}

/// The compile options. [`Options::default`] is right for most schemas.
///
/// ```
/// use fieldseal::policy::{Nonconforming, Options};
/// let options = Options::from_json(r#"{"nonconforming": "seal", "limits": {"values": 1000}}"#)?;
/// assert_eq!((options.nonconforming, options.limits.values), (Nonconforming::Seal, 1000));
/// # Ok::<(), fieldseal::CompileError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Keywords to add to a schema that may not be edited: RFC 6901 pointer to a schema → keywords.
    /// `""` is the root, and `uri#pointer` leads into a reference.
    pub overlay: BTreeMap<String, Map<String, Value>>,
    /// Schemas to which the schema may refer, by URI. Nothing is ever fetched.
    pub references: BTreeMap<String, Value>,
    /// The draft of schemas without `$schema` or with an unknown one. Default 2020-12.
    pub draft: Option<Draft>,
    /// The language of schemas without `$schema`. Default JSON Schema. OpenAPI 3.0 fixes the draft,
    /// so `draft` must not be given beside it.
    pub dialect: SchemaDialect,
    /// Values of `contentMediaType` that denote an envelope, besides
    /// `application/vnd.fieldseal.sealed`.
    pub media_types: Vec<String>,
    /// The treatment of a document that does not conform to its schema, by `seal`.
    pub nonconforming: Nonconforming,
    /// The treatment of clear text in place of an envelope, by `open`.
    pub clear: OnCleartext,
    /// The suite if neither a marker nor `x-protection-defaults` names one. Default `aes-256-gcm`.
    pub suite: Option<Suite>,
    /// The effect of the keyword `format`.
    pub formats: Formats,
    /// The check of a sealed document before `seal` returns it.
    pub verify: Verify,
    /// The validation of documents against their schema.
    pub validation: ValidationMode,
    /// Bounds on schemas and documents.
    pub limits: Limits,
}

impl Options {
    /// Reads the options in the JSON form that the other languages use (`CompileOptions`). The
    /// empty text gives the defaults.
    ///
    /// # Errors
    /// `schema` with every finding: `not-json`, `option-unknown`, `option-malformed`,
    /// `overlay-malformed`, `reference-malformed`. Their pointers are `options#` followed by an RFC
    /// 6901 pointer into this text. `limit` for nesting above 128.
    pub fn from_json(text: &str) -> Result<Options, CompileError> {
        let mut options = Options::default();
        if text.is_empty() {
            return Ok(options);
        }
        let mut findings = Findings::default();
        let value = intake::read(text.as_bytes(), u32::MAX, u32::MAX, PLACE, &mut findings)?;
        match value {
            Some(Value::Object(members)) => {
                for (name, value) in members {
                    options.set(&name, value, &below(PLACE, &name), &mut findings);
                }
            }
            Some(_) => findings.error("option-malformed", PLACE, "the options must be an object"),
            None => {}
        }
        findings.into_result()?;
        Ok(options)
    }

    fn set(&mut self, name: &str, value: Value, at: &str, findings: &mut Findings) {
        let malformed = |findings: &mut Findings, message: &str| {
            findings.error("option-malformed", at, message)
        };
        match (name, value) {
            ("overlay", Value::Object(entries)) => {
                for (pointer, keywords) in entries {
                    match keywords {
                        Value::Object(keywords) => {
                            self.overlay.insert(pointer, keywords);
                        }
                        _ => findings.error(
                            "overlay-malformed",
                            below(at, &pointer),
                            "an overlay entry must be an object of keywords",
                        ),
                    }
                }
            }
            ("overlay", _) => findings.error(
                "overlay-malformed",
                at,
                "`overlay` must be an object: JSON Pointer into the schema → keywords",
            ),
            ("references", Value::Object(entries)) => self.references.extend(entries),
            ("references", _) => {
                malformed(findings, "`references` must be an object: uri → schema")
            }
            ("draft", Value::String(choice)) => {
                match Draft::NAMES.into_iter().find(|(name, _)| *name == choice) {
                    Some((_, draft)) => self.draft = Some(draft),
                    None => malformed(findings, DRAFTS),
                }
            }
            ("draft", _) => malformed(findings, DRAFTS),
            ("dialect", Value::String(choice)) if choice == OPENAPI => {
                self.dialect = SchemaDialect::OpenApi30
            }
            ("dialect", _) => findings.error_with_fix(
                "option-malformed",
                at,
                "`dialect` must be \"openapi-3.0\"; JSON Schema needs no option",
                "write \"openapi-3.0\", or leave `dialect` out",
            ),
            ("mediaTypes", Value::Array(types)) => {
                for (index, media) in types.into_iter().enumerate() {
                    match media {
                        Value::String(media) if media.contains('/') => self.media_types.push(media),
                        _ => findings.error(
                            "option-malformed",
                            format!("{at}/{index}"),
                            "a media type is a string such as application/vnd.example.sealed",
                        ),
                    }
                }
            }
            ("mediaTypes", _) => malformed(findings, "`mediaTypes` must be an array of strings"),
            ("clear", Value::String(choice)) if choice == "refuse" => {
                self.clear = OnCleartext::Refuse
            }
            ("clear", Value::String(choice)) if choice == "pass" => self.clear = OnCleartext::Pass,
            ("clear", _) => malformed(findings, "`clear` must be \"refuse\" or \"pass\""),
            ("nonconforming", Value::String(choice)) if choice == "refuse" => {
                self.nonconforming = Nonconforming::Refuse
            }
            ("nonconforming", Value::String(choice)) if choice == "seal" => {
                self.nonconforming = Nonconforming::Seal
            }
            ("nonconforming", _) => {
                malformed(findings, "`nonconforming` must be \"refuse\" or \"seal\"")
            }
            ("suite", Value::String(choice)) if marker::chosen(&choice).is_some() => {
                self.suite = marker::chosen(&choice)
            }
            ("suite", _) => {
                let message = "`suite` must be \"aes-256-gcm\", \"chacha20-poly1305\" or \
                               \"aes-256-gcm-iv\"";
                malformed(findings, message)
            }
            ("formats", Value::String(choice)) if choice == "annotate" => {
                self.formats = Formats::Annotate
            }
            ("formats", Value::String(choice)) if choice == "assert" => {
                self.formats = Formats::Assert
            }
            ("formats", _) => malformed(findings, "`formats` must be \"annotate\" or \"assert\""),
            ("verify", Value::String(choice)) if choice == "sealed" => self.verify = Verify::Sealed,
            ("verify", _) => malformed(findings, "`verify` must be \"sealed\""),
            ("validation", Value::String(choice)) if choice == "off" => {
                self.validation = ValidationMode::Off
            }
            ("validation", _) => malformed(findings, "`validation` must be \"off\""),
            ("limits", Value::Object(entries)) => {
                for (name, value) in entries {
                    set_limit(&mut self.limits, &name, &value, &below(at, &name), findings);
                }
            }
            ("limits", _) => malformed(findings, "`limits` must be an object of numbers"),
            ("cache", _) => {
                findings.error_with_fix("option-unknown", at, CACHE, "leave `cache` out")
            }
            (name, _) => findings.unknown("option-unknown", at, "option", name, &NAMES),
        }
    }
}

const NAMES: [&str; 12] = [
    "overlay",
    "references",
    "draft",
    "dialect",
    "mediaTypes",
    "clear",
    "nonconforming",
    "suite",
    "formats",
    "verify",
    "validation",
    "limits",
];

const DRAFTS: &str = "`draft` must be one of \"4\", \"6\", \"7\", \"2019-09\", \"2020-12\"";

/// The spelling of the option `dialect`.
pub(crate) const OPENAPI: &str = "openapi-3.0";

/// The prefix that tells pointers into the options from pointers into the schema.
pub(crate) const PLACE: &str = "options#";

/// The message about the option `cache`: a policy holds no keys.
const CACHE: &str = "there is no such option: a cache of keys is a thing of its own \
    (`cacheKeys(source, { entries, maxAgeMs })` in JavaScript, `KeyCache` in Rust)";

const LIMITS: [&str; 7] = [
    "documentBytes",
    "depth",
    "values",
    "schemaBytes",
    "expansions",
    "regexBytes",
    "regexBacktracks",
];

fn set_limit(limits: &mut Limits, name: &str, value: &Value, at: &str, findings: &mut Findings) {
    let (bound, most) = match name {
        "documentBytes" => (&mut limits.document_bytes, u32::MAX),
        "depth" => (&mut limits.depth, intake::DEPTH),
        "values" => (&mut limits.values, u32::MAX),
        "schemaBytes" => (&mut limits.schema_bytes, u32::MAX),
        "expansions" => (&mut limits.expansions, u32::MAX),
        "regexBytes" => (&mut limits.regex_bytes, u32::MAX),
        "regexBacktracks" => (&mut limits.regex_backtracks, u32::MAX),
        _ => return findings.unknown("option-unknown", at, "limit", name, &LIMITS),
    };
    match value.as_u64().and_then(|number| u32::try_from(number).ok()) {
        Some(number) if (1..=most).contains(&number) => *bound = number,
        _ => findings.error(
            "option-malformed",
            at,
            format!("a limit must be a whole number from 1 to {most}"),
        ),
    }
}
