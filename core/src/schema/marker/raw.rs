//! Reading `x-protection` and its defaults.

use serde_json::Value;

use super::accept::Accept;
use super::token::{Index, Pseudonym, normalisation};
use super::{Erased, Marker, Mode, Placeholder};
use crate::envelope::{Bind, Normalisation, Suite};
use crate::schema::finding::{Findings, below};
use crate::schema::retention::Retention;
use crate::schema::subject::SubjectRef;

/// The members of one `x-protection` or `x-protection-defaults`, as far as they are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawMarker {
    /// Where it is written.
    at: String,
    mode: Option<Mode>,
    subject: Option<SubjectRef>,
    retention: Option<WrittenRetention>,
    bind: Option<Bind>,
    suite: Option<Suite>,
    pad: Option<bool>,
    rectifiable: Option<bool>,
    accept: Option<Vec<Accept>>,
    index: Option<Index>,
    domain: Option<String>,
    normalise: Option<Normalisation>,
    erased: Option<Placeholder>,
}

/// How long, as it is written.
#[derive(Clone, Debug)]
enum WrittenRetention {
    /// `false`: beside a default that says otherwise.
    Unlimited,
    /// A name in `x-retention`.
    For(String),
}

/// What markers are completed with.
pub(crate) struct MarkerDefaults<'a> {
    pub(crate) defaults: RawMarker,
    /// The compile option.
    pub(crate) suite: Option<Suite>,
    pub(crate) family: &'a str,
    pub(crate) retentions: &'a [Retention],
}

/// Members of vocabulary.md that later releases build.
const NOT_BUILT: [&str; 1] = ["mask"];

impl RawMarker {
    /// Reads the members; each fault is a finding at its member.
    pub(crate) fn read(value: &Value, at: &str, findings: &mut Findings) -> RawMarker {
        let mut written = RawMarker { at: at.to_owned(), ..RawMarker::default() };
        match value {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| written.set(name, value, &below(at, name), findings)),
            _ => findings.error("marker-malformed", at, "this keyword must be an object"),
        }
        written
    }

    fn set(&mut self, name: &str, value: &Value, at: &str, findings: &mut Findings) {
        let mut malformed = |message: &str| findings.error("marker-malformed", at, message);
        match (name, value) {
            ("mode", Value::String(text)) if Mode::named(text).is_some() => {
                self.mode = Mode::named(text)
            }
            ("mode", _) => malformed("`mode` must be one of sealed, deterministic, pseudonym"),
            ("subject", Value::String(text)) => match SubjectRef::parse(text) {
                Some(subject) => self.subject = Some(subject),
                None => {
                    malformed("`subject` must be a JSON Pointer, a Relative JSON Pointer, or false")
                }
            },
            ("subject", Value::Bool(false)) => self.subject = Some(SubjectRef::Nobody),
            ("subject", _) => {
                malformed("`subject` must be a JSON Pointer, a Relative JSON Pointer, or false")
            }
            ("retention", Value::String(name)) => {
                self.retention = Some(WrittenRetention::For(name.clone()))
            }
            ("retention", Value::Bool(false)) => self.retention = Some(WrittenRetention::Unlimited),
            ("retention", _) => malformed("`retention` must be a name in x-retention, or false"),
            ("bind", Value::String(text)) if Bind::named(text).is_some() => {
                self.bind = Bind::named(text)
            }
            ("bind", _) => {
                malformed("`bind` must be one of record-field, record-path, field, none")
            }
            ("suite", Value::String(text)) if chosen(text).is_some() => self.suite = chosen(text),
            ("suite", _) => malformed("`suite` must be aes-256-gcm or chacha20-poly1305"),
            ("pad", Value::Bool(pad)) => self.pad = Some(*pad),
            ("pad", _) => malformed("`pad` must be true or false"),
            ("rectifiable", Value::Bool(rectifiable)) => self.rectifiable = Some(*rectifiable),
            ("rectifiable", _) => malformed("`rectifiable` must be true or false"),
            ("accept", Value::Array(list)) => {
                let entries = list.iter().enumerate().filter_map(|(index, entry)| {
                    Accept::read(entry, &below(at, &index.to_string()), findings)
                });
                self.accept = Some(entries.collect());
            }
            ("accept", _) => malformed("`accept` must be an array of objects"),
            ("index", value) => self.index = Index::read(value, at, findings),
            ("domain", Value::String(domain)) if !domain.is_empty() => {
                self.domain = Some(domain.clone())
            }
            ("domain", _) => malformed("`domain` must be a string, and not empty"),
            ("normalize", value) if normalisation(value).is_some() => {
                self.normalise = normalisation(value)
            }
            ("normalize", _) => {
                malformed("`normalize` must be one of exact, nfkc-casefold, email, digits")
            }
            ("erased", value) => self.erased = Some(Placeholder::of(value)),
            (name, _) if NOT_BUILT.contains(&name) => {
                findings.error("not-built", at, format!("the member `{name}` is not built yet"))
            }
            _ => findings.error("unknown-member", at, "x-protection has no such member"),
        }
    }

    /// The marker that these members make: its own, else the defaults', else the compile option's,
    /// else the built-in.
    pub(crate) fn effective(
        self,
        setting: &MarkerDefaults<'_>,
        placeholder: &'static str,
        findings: &mut Findings,
    ) -> Marker {
        let defaults = setting.defaults.clone();
        let mode = self.mode.or(defaults.mode).unwrap_or(Mode::Sealed);
        self.refuse_idle(mode, findings);
        let retention = match self.retention.as_ref().or(defaults.retention.as_ref()) {
            Some(WrittenRetention::For(name)) if mode != Mode::Pseudonym => {
                let known = setting.retentions.iter().position(|retention| retention.name == *name);
                if known.is_none() {
                    findings.error(
                        "retention-unknown",
                        below(&self.at, "retention"),
                        "x-retention has no such name",
                    );
                }
                known.and_then(|number| u32::try_from(number).ok())
            }
            _ => None,
        };
        let subject = match mode {
            Mode::Pseudonym => SubjectRef::Nobody,
            _ => self.subject.clone().or(defaults.subject).unwrap_or(SubjectRef::Call),
        };
        if mode != Mode::Pseudonym && subject == SubjectRef::Nobody && retention.is_none() {
            let at =
                if self.subject.is_some() { below(&self.at, "subject") } else { self.at.clone() };
            findings.error(
                "retention-missing",
                at,
                "without a person and without a retention, no key could ever be destroyed",
            );
        }
        let suite = match mode {
            Mode::Deterministic => Suite::Aes256Siv,
            _ => self.suite.or(defaults.suite).or(setting.suite).unwrap_or(Suite::Aes256Gcm),
        };
        let is_own = self.accept.is_some();
        let mut accept = self.accept.or(defaults.accept).unwrap_or_default();
        if subject == SubjectRef::Nobody {
            let count = accept.len();
            accept.retain(|accept| !accept.keys.is_some_and(|keys| keys.subject));
            // Of the defaults each marker takes what can be meant for it.
            if is_own && mode != Mode::Pseudonym && accept.len() < count {
                findings.error(
                    "marker-malformed",
                    below(&self.at, "accept"),
                    "with `subject: false` nobody could say whose envelopes these are",
                );
            }
        }
        let index = self.index.or(defaults.index).filter(|_| mode != Mode::Pseudonym);
        if subject == SubjectRef::Nobody && index.as_ref().is_some_and(|index| index.per_subject) {
            findings.error(
                "marker-malformed",
                below(&self.at, "index"),
                "with `subject: false` there is no person to have an index of",
            );
        }
        let erased = match self.erased.or(defaults.erased) {
            Some(placeholder) => Erased::Chosen(placeholder),
            None => Erased::Default(placeholder),
        };
        let bind = self.bind.or(defaults.bind).unwrap_or(if mode == Mode::Deterministic {
            Bind::Field
        } else {
            Bind::RecordField
        });
        let pseudonym = (mode == Mode::Pseudonym).then(|| Pseudonym {
            domain: self.domain.or(defaults.domain).unwrap_or_else(|| setting.family.to_owned()),
            normalisation: self.normalise.or(defaults.normalise).unwrap_or(Normalisation::Exact),
        });
        let is_sealed = pseudonym.is_none();
        Marker {
            subject,
            retention,
            bind: if is_sealed { bind } else { Bind::None },
            suite,
            pad: self.pad.or(defaults.pad).unwrap_or(true),
            rectifiable: is_sealed && self.rectifiable.or(defaults.rectifiable).unwrap_or(false),
            accept: if is_sealed { accept } else { Vec::new() },
            index,
            pseudonym,
            erased,
            schema_pointer: String::new(),
        }
    }

    /// Members that mean nothing under the mode that the marker itself is in: somebody believes
    /// that they do.
    fn refuse_idle(&self, mode: Mode, findings: &mut Findings) {
        let mut idle = |written: bool, member: &str, message: &str| {
            if written {
                findings.error("marker-malformed", below(&self.at, member), message);
            }
        };
        match mode {
            Mode::Pseudonym => {
                const IDLE: &str = "means nothing for a pseudonym, which nobody opens";
                idle(self.subject.is_some(), "subject", IDLE);
                idle(matches!(self.retention, Some(WrittenRetention::For(_))), "retention", IDLE);
                idle(self.bind.is_some(), "bind", IDLE);
                idle(self.suite.is_some(), "suite", IDLE);
                idle(self.pad.is_some(), "pad", IDLE);
                idle(self.rectifiable == Some(true), "rectifiable", IDLE);
                idle(self.accept.is_some(), "accept", IDLE);
                idle(self.index.is_some(), "index", IDLE);
                idle(self.erased.is_some(), "erased", IDLE);
            }
            Mode::Sealed | Mode::Deterministic => {
                const IDLE: &str = "is for the mode `pseudonym` only";
                idle(
                    mode == Mode::Deterministic && self.suite.is_some(),
                    "suite",
                    "`deterministic` has a suite of its own, aes-256-siv",
                );
                idle(self.domain.is_some(), "domain", IDLE);
                idle(self.normalise.is_some(), "normalize", IDLE);
            }
        }
    }
}

/// A suite that a marker or an option may name: the third is what `deterministic` means.
pub(crate) fn chosen(text: &str) -> Option<Suite> {
    Suite::named(text).filter(|suite| !suite.is_deterministic())
}
