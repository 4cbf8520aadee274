//! `x-protection`: reading it, its defaults, and what several of them on one value mean together.

use serde_json::{Map, Value};

use super::canonical;
use super::finding::{Findings, below};
use super::subject::SubjectRef;
use crate::envelope::{Bind, Suite};

/// The members of one `x-protection` or `x-protection-defaults`, as far as they are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    subject: Option<SubjectRef>,
    bind: Option<Bind>,
    suite: Option<Suite>,
    pad: Option<bool>,
    accept: Option<Vec<Accept>>,
    erased: Option<Placeholder>,
}

/// What opening also takes at a location, while old envelopes are being moved. What is left out is as demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accept {
    pub(crate) suite: Option<Suite>,
    pub(crate) bind: Option<Bind>,
    pub(crate) subject_bound: Option<bool>,
}

/// Members of vocabulary.md that later releases build.
const NOT_BUILT: [&str; 6] = ["retention", "rectifiable", "index", "domain", "normalize", "mask"];

impl Written {
    /// Reads the members; each fault is a finding at its member.
    pub(crate) fn read(value: &Value, at: &str, findings: &mut Findings) -> Written {
        let mut written = Written::default();
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| written.set(name, value, members, &below(at, name), findings)),
            _ => findings.error("marker-malformed", at, "this keyword must be an object"),
        }
        written
    }

    fn set(&mut self, name: &str, value: &Value, members: &Map<String, Value>, at: &str, findings: &mut Findings) {
        let mut malformed = |message: &str| findings.error("marker-malformed", at, message);
        match (name, value) {
            ("mode", Value::String(mode)) => match mode.as_str() {
                "sealed" => {}
                "deterministic" | "pseudonym" => findings.error("not-built", at, format!("the mode `{mode}` is not built yet")),
                _ => malformed("`mode` must be \"sealed\""),
            },
            ("mode", _) => malformed("`mode` must be \"sealed\""),
            ("subject", Value::String(text)) => match SubjectRef::parse(text) {
                Some(subject) => self.subject = Some(subject),
                None => malformed("`subject` must be a JSON Pointer or a Relative JSON Pointer"),
            },
            ("subject", Value::Bool(false)) => {
                if !members.contains_key("retention") {
                    findings.error("retention-missing", at, "without a person and without a retention, no key could ever be destroyed");
                }
            }
            ("subject", _) => malformed("`subject` must be a JSON Pointer or a Relative JSON Pointer"),
            ("bind", Value::String(text)) => match bind(text) {
                Some(bind) => self.bind = Some(bind),
                None => malformed("`bind` must be one of record-field, record-path, field, none"),
            },
            ("bind", _) => malformed("`bind` must be one of record-field, record-path, field, none"),
            ("suite", Value::String(text)) if text == Suite::Aes256Gcm.as_str() => self.suite = Some(Suite::Aes256Gcm),
            ("suite", Value::String(text)) if text == "chacha20-poly1305" => {
                findings.error("not-built", at, "the suite chacha20-poly1305 is not built yet");
            }
            ("suite", _) => malformed("`suite` must be \"aes-256-gcm\""),
            ("pad", Value::Bool(pad)) => self.pad = Some(*pad),
            ("pad", _) => malformed("`pad` must be true or false"),
            ("accept", Value::Array(list)) => {
                let entries = list.iter().enumerate().filter_map(|(index, entry)| Accept::read(entry, &below(at, &index.to_string()), findings));
                self.accept = Some(entries.collect());
            }
            ("accept", _) => malformed("`accept` must be an array of objects"),
            ("erased", value) => self.erased = Some(Placeholder::of(value)),
            (name, _) if NOT_BUILT.contains(&name) => findings.error("not-built", at, format!("the member `{name}` is not built yet")),
            _ => findings.error("unknown-member", at, "x-protection has no such member"),
        }
    }

    /// The marker that these members make: its own, else the defaults', else the compile option's, else the built-in.
    pub(crate) fn effective(self, defaults: &Written, suite: Option<Suite>, placeholder: &'static str) -> Marker {
        let defaults = defaults.clone();
        let erased = match self.erased.or(defaults.erased) {
            Some(placeholder) => Erased::Chosen(placeholder),
            None => Erased::Default(placeholder),
        };
        Marker {
            subject: self.subject.or(defaults.subject).unwrap_or(SubjectRef::Call),
            bind: self.bind.or(defaults.bind).unwrap_or(Bind::RecordField),
            suite: self.suite.or(defaults.suite).or(suite).unwrap_or(Suite::Aes256Gcm),
            pad: self.pad.or(defaults.pad).unwrap_or(true),
            accept: self.accept.or(defaults.accept).unwrap_or_default(),
            erased,
            schema_pointer: String::new(),
        }
    }
}

impl Accept {
    fn read(value: &Value, at: &str, findings: &mut Findings) -> Option<Accept> {
        let Value::Object(members) = value else {
            findings.error("marker-malformed", at, "an entry of `accept` must be an object");
            return None;
        };
        let mut accept = Accept { suite: None, bind: None, subject_bound: None };
        for (name, value) in members {
            let at = below(at, name);
            match (name.as_str(), value) {
                ("suite", Value::String(text)) if text == Suite::Aes256Gcm.as_str() => accept.suite = Some(Suite::Aes256Gcm),
                ("suite", Value::String(text)) if matches!(text.as_str(), "chacha20-poly1305" | "aes-256-siv") => {
                    findings.error("not-built", at, format!("the suite {text} is not built yet"));
                }
                ("bind", Value::String(text)) if bind(text).is_some() => accept.bind = bind(text),
                ("subjectBound", Value::Bool(bound)) => accept.subject_bound = Some(*bound),
                ("keys", Value::Array(kinds)) => read_keys(kinds, &at, findings),
                ("suite" | "bind" | "subjectBound" | "keys", _) => {
                    findings.error("marker-malformed", at, "`accept` takes a suite, a bind profile, a list of key kinds, true or false");
                }
                _ => findings.error("unknown-member", at, "an entry of `accept` has no such member"),
            }
        }
        Some(accept)
    }
}

/// Only envelopes under a person's key alone can be opened yet.
fn read_keys(kinds: &[Value], at: &str, findings: &mut Findings) {
    let known = ["subject", "retention", "item"];
    if kinds.is_empty() || !kinds.iter().all(|kind| kind.as_str().is_some_and(|kind| known.contains(&kind))) {
        findings.error("marker-malformed", at, "`keys` must list some of subject, retention, item");
    } else if !kinds.iter().all(|kind| kind == "subject") {
        findings.error("not-built", at, "only keys of kind subject are built yet");
    }
}

fn bind(text: &str) -> Option<Bind> {
    [Bind::RecordField, Bind::RecordPath, Bind::Field, Bind::None].into_iter().find(|bind| bind.as_str() == text)
}

/// What readers get when a value's key is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Erased {
    /// A marker or the defaults say it.
    Chosen(Placeholder),
    /// It follows from the clear schema's `type`.
    Default(&'static str),
}

/// The value that stands in for one withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placeholder<T = String> {
    /// Its JSON text.
    pub(crate) text: T,
    /// The values that it holds, itself included.
    pub(crate) values: u32,
    /// The objects and arrays in one another that it consists of.
    pub(crate) depth: u32,
}

impl Placeholder {
    fn of(value: &Value) -> Placeholder {
        let (mut values, mut depth) = (0, 0);
        let mut open = vec![(value, 0)];
        while let Some((value, around)) = open.pop() {
            values += 1;
            let inside = around + u32::from(value.is_array() || value.is_object());
            depth = depth.max(inside);
            match value {
                Value::Array(elements) => open.extend(elements.iter().map(|value| (value, inside))),
                Value::Object(members) => open.extend(members.values().map(|value| (value, inside))),
                _ => {}
            }
        }
        Placeholder { text: canonical::text(value), values, depth }
    }
}

/// What is demanded of the values at a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// Whose key.
    pub(crate) subject: SubjectRef,
    /// What besides tenant, family and subject the value is bound to.
    pub(crate) bind: Bind,
    /// How it is enciphered.
    pub(crate) suite: Suite,
    /// Whether its length is hidden.
    pub(crate) pad: bool,
    /// What opening also takes.
    pub(crate) accept: Vec<Accept>,
    erased: Erased,
    /// Where in the schema it is written (the first in text order, where several were merged).
    pub(crate) schema_pointer: String,
}

impl Marker {
    /// What stands in for a value withheld.
    pub(crate) fn erased(&self) -> Placeholder<&str> {
        match &self.erased {
            Erased::Chosen(Placeholder { text, values, depth }) => Placeholder { text, values: *values, depth: *depth },
            Erased::Default(text) => Placeholder { text, values: 1, depth: u32::from(text.starts_with(['[', '{'])) },
        }
    }

    /// The same with `null` for a placeholder that follows from the type.
    pub(crate) fn with_null(&self) -> Option<Marker> {
        match self.erased {
            Erased::Default(text) if text != "null" => Some(Marker { erased: Erased::Default("null"), ..self.clone() }),
            _ => None,
        }
    }

    fn agrees(&self, other: &Marker) -> bool {
        (&self.subject, self.bind, self.suite, self.pad, &self.accept) == (&other.subject, other.bind, other.suite, other.pad, &other.accept)
    }

    /// Several markers on one value as one, or the first that disagrees with those before it.
    /// Placeholders that only follow from types and differ become `null`; one that is written must be met by all others.
    pub(crate) fn merge<'m>(markers: &[&'m Marker]) -> Result<Option<Marker>, &'m Marker> {
        let Some((first, rest)) = markers.split_first() else { return Ok(None) };
        if let Some(other) = rest.iter().find(|other| !first.agrees(other)) {
            return Err(other);
        }
        let mut default: Option<&'static str> = None;
        for marker in markers {
            if let Erased::Default(text) = marker.erased {
                default = Some(if default.is_some_and(|known| known != text) { "null" } else { text });
            }
        }
        let mut merged = (*first).clone();
        merged.erased = Erased::Default(default.unwrap_or("null"));
        let mut written: Option<&str> = default;
        for marker in markers {
            if let Erased::Chosen(chosen) = &marker.erased {
                if written.is_some_and(|known| known != chosen.text) {
                    return Err(marker);
                }
                written = Some(&chosen.text);
                merged.erased = marker.erased.clone();
            }
        }
        if let Some(pointer) = markers.iter().map(|marker| &marker.schema_pointer).min() {
            merged.schema_pointer.clone_from(pointer);
        }
        Ok(Some(merged))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn marker(value: Value, placeholder: &'static str) -> Marker {
        let mut findings = Findings::default();
        let marker = Written::read(&value, "", &mut findings).effective(&Written::default(), None, placeholder);
        findings.into_result().unwrap();
        marker
    }

    #[test]
    fn placeholders_of_merged_markers() {
        let (null, text, zero) = (marker(json!({}), "null"), marker(json!({}), "\"\""), marker(json!({}), "0"));
        let chosen = marker(json!({"erased": null}), "\"\"");
        assert_eq!(Marker::merge(&[&text, &text]).unwrap().unwrap().erased().text, "\"\"");
        assert_eq!(Marker::merge(&[&text, &zero]).unwrap().unwrap().erased().text, "null");
        assert_eq!(Marker::merge(&[&text, &zero, &chosen]).unwrap().unwrap().erased().text, "null");
        assert_eq!(Marker::merge(&[&chosen, &null]).unwrap().unwrap().erased().text, "null");
        for order in [[&text, &chosen], [&chosen, &text]] {
            assert!(Marker::merge(&order).is_err());
        }
        assert!(Marker::merge(&[&marker(json!({"erased": 1}), "null"), &marker(json!({"erased": 2}), "null")]).is_err());
        assert!(Marker::merge(&[&marker(json!({"pad": false}), "null"), &null]).is_err());
    }
}
