//! Reads `x-protection` and its defaults.

use serde_json::Value;

use super::accept::Accept;
use super::token::{Index, Pseudonym, normalisation};
use super::{Erased, Marker, Mode, Placeholder};
use crate::envelope::{Bind, Normalisation, Suite};
use crate::schema::finding::{Findings, below};
use crate::schema::nearest::nearest;
use crate::schema::retention::Retention;
use crate::schema::subject::SubjectRef;

/// The members of one `x-protection` or `x-protection-defaults`, as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawMarker {
    /// The pointer of the keyword.
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

/// The member `retention`, as written.
#[derive(Clone, Debug)]
enum WrittenRetention {
    /// `false`, which overrides a default.
    Unlimited,
    /// A name in `x-retention`.
    For(String),
}

/// The values that complete a marker.
pub(crate) struct MarkerDefaults<'a> {
    pub(crate) defaults: RawMarker,
    /// The compile option `suite`.
    pub(crate) suite: Option<Suite>,
    pub(crate) family: &'a str,
    pub(crate) retentions: &'a [Retention],
}

/// The members that this release implements.
const MEMBERS: [&str; 12] = [
    "mode",
    "subject",
    "retention",
    "bind",
    "suite",
    "pad",
    "rectifiable",
    "accept",
    "index",
    "domain",
    "normalize",
    "erased",
];

/// Members of the vocabulary that this release does not implement.
const NOT_BUILT: [&str; 1] = ["mask"];

impl RawMarker {
    /// Reads the members. Each fault is a finding at its member.
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
            ("suite", _) => {
                malformed("`suite` must be aes-256-gcm, chacha20-poly1305 or aes-256-gcm-iv")
            }
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
            (name, _) if NOT_BUILT.contains(&name) => findings.error_with_fix(
                "not-built",
                at,
                format!(
                    "the vocabulary has `{name}`, and this release does not build it yet: the \
                     value would not be masked"
                ),
                format!("leave `{name}` out; `erased` says what stands in for a withheld value"),
            ),
            (name, _) => findings.unknown("unknown-member", at, "member", name, &MEMBERS),
        }
    }

    /// Returns true if the marker itself writes the placeholder.
    pub(crate) fn writes_placeholder(&self) -> bool {
        self.erased.is_some()
    }

    /// Completes the marker. Its own members take precedence over the defaults, these over the
    /// compile option, and that over the built-in value.
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
                    // Every marker may report this, so a long list would be slow to search.
                    let names: Vec<&str> =
                        setting.retentions.iter().take(64).map(|own| own.name.as_str()).collect();
                    let at = below(&self.at, "retention");
                    match nearest(name, &names) {
                        Some(meant) => findings.error_with_fix(
                            "retention-unknown",
                            at,
                            format!("`x-retention` has no such name: did you mean `{meant}`?"),
                            format!("write `{meant}`"),
                        ),
                        None => findings.error_with_fix(
                            "retention-unknown",
                            at,
                            "`x-retention` at the root has no such name",
                            "add a rule of that name to `x-retention`",
                        ),
                    }
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
            findings.error_with_fix(
                "retention-missing",
                at,
                "without a data subject and without a retention, no key could ever be destroyed",
                "add `retention` with a name from `x-retention`",
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
            // Defaults that cannot apply to a marker are dropped without a finding.
            if is_own && mode != Mode::Pseudonym && accept.len() < count {
                findings.error(
                    "marker-malformed",
                    below(&self.at, "accept"),
                    "`subject: false` names no data subject, so no key of a data subject can be \
                     accepted",
                );
            }
        }
        let index = self.index.or(defaults.index).filter(|_| mode != Mode::Pseudonym);
        if subject == SubjectRef::Nobody && index.as_ref().is_some_and(|index| index.per_subject) {
            findings.error(
                "marker-malformed",
                below(&self.at, "index"),
                "`subject: false` names no data subject, so no index can be kept per data subject",
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

    /// Refuses members that have no effect in the mode of the marker, since their author expects
    /// one.
    fn refuse_idle(&self, mode: Mode, findings: &mut Findings) {
        let mut idle = |written: bool, member: &str, message: &str| {
            if written {
                let fix = format!("leave `{member}` out");
                findings.error_with_fix("marker-malformed", below(&self.at, member), message, fix);
            }
        };
        match mode {
            Mode::Pseudonym => {
                const IDLE: &str =
                    "this member has no meaning for a pseudonym, which is never opened";
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
                const IDLE: &str = "this member belongs to the mode `pseudonym` only";
                idle(
                    mode == Mode::Deterministic && self.suite.is_some(),
                    "suite",
                    "`deterministic` has one suite, aes-256-siv",
                );
                idle(self.domain.is_some(), "domain", IDLE);
                idle(self.normalise.is_some(), "normalize", IDLE);
            }
        }
    }
}

/// Returns the suite that a marker or an option names. The suite of `deterministic` cannot be
/// named.
pub(crate) fn chosen(text: &str) -> Option<Suite> {
    Suite::named(text).filter(|suite| !suite.is_deterministic())
}
