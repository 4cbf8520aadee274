//! `x-protection`: what it means for a value, and what several of them on one value mean together.

mod accept;
mod raw;
mod token;

use serde_json::Value;

use super::canonical;
use super::subject::{Same, SubjectRef};
use crate::envelope::{Bind, Suite};

pub(crate) use accept::{Accept, Kinds};
pub(crate) use raw::{MarkerDefaults, RawMarker, chosen};
pub(crate) use token::{Index, Pseudonym};

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// An envelope.
    Sealed,
    /// An envelope; equal values under one key give equal ones.
    Deterministic,
    /// A keyed one-way token.
    Pseudonym,
}

impl Mode {
    /// The name in schemas and in the coverage.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Mode::Sealed => "sealed",
            Mode::Deterministic => "deterministic",
            Mode::Pseudonym => "pseudonym",
        }
    }

    fn named(name: &str) -> Option<Mode> {
        [Mode::Sealed, Mode::Deterministic, Mode::Pseudonym]
            .into_iter()
            .find(|mode| mode.as_str() == name)
    }
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
                Value::Object(members) => {
                    open.extend(members.values().map(|value| (value, inside)))
                }
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
    /// Under a bucket's key, too: a number among the policy's retentions.
    pub(crate) retention: Option<u32>,
    /// What besides tenant, family and subject the value is bound to.
    pub(crate) bind: Bind,
    /// How it is enciphered.
    pub(crate) suite: Suite,
    /// Whether its length is hidden.
    pub(crate) pad: bool,
    /// Under a key of its own, too, so that it alone can be destroyed when it is corrected.
    pub(crate) rectifiable: bool,
    /// What opening also takes.
    pub(crate) accept: Vec<Accept>,
    /// The token handed back beside the document.
    pub(crate) index: Option<Index>,
    /// The token that stands in place of the value, which then is in no envelope.
    pub(crate) pseudonym: Option<Pseudonym>,
    erased: Erased,
    /// Where in the schema it is written (the first in text order, where several were merged).
    pub(crate) schema_pointer: String,
}

impl Marker {
    /// What stands in for a value withheld.
    pub(crate) fn erased(&self) -> Placeholder<&str> {
        match &self.erased {
            Erased::Chosen(Placeholder { text, values, depth }) => {
                Placeholder { text, values: *values, depth: *depth }
            }
            Erased::Default(text) => {
                Placeholder { text, values: 1, depth: u32::from(text.starts_with(['[', '{'])) }
            }
        }
    }

    /// The same with `null` for a placeholder that follows from the type.
    pub(crate) fn with_null(&self) -> Option<Marker> {
        match self.erased {
            Erased::Default(text) if text != "null" => {
                Some(Marker { erased: Erased::Default("null"), ..self.clone() })
            }
            _ => None,
        }
    }

    /// What becomes of a value.
    pub(crate) const fn mode(&self) -> Mode {
        match (&self.pseudonym, self.suite.is_deterministic()) {
            (Some(_), _) => Mode::Pseudonym,
            (None, true) => Mode::Deterministic,
            (None, false) => Mode::Sealed,
        }
    }

    /// Whether a value that this one seals as a whole absorbs what `inner` demands of a value
    /// `depth` levels further down, by the names of `way` where they are known: for the same
    /// person, and not in place of a token, which an envelope is none of.
    pub(crate) fn absorbs(&self, inner: &Marker, depth: u32, way: Option<&[&str]>) -> Same {
        if self.pseudonym.is_some() != inner.pseudonym.is_some() {
            Same::No
        } else {
            self.subject.same_below(&inner.subject, depth, way)
        }
    }

    /// Whether both demand the same, but for the placeholder.
    fn agrees(&self, other: &Marker) -> bool {
        let marker = |marker: &Marker| Marker {
            erased: Erased::Default("null"),
            schema_pointer: String::new(),
            ..marker.clone()
        };
        marker(self) == marker(other)
    }

    /// Several markers on one value as one, or the first that disagrees with those before it.
    /// Placeholders that only follow from types and differ become `null`; one that is written must
    /// be met by all others.
    pub(crate) fn merge<'m>(markers: &[&'m Marker]) -> Result<Option<Marker>, &'m Marker> {
        let Some((first, rest)) = markers.split_first() else { return Ok(None) };
        if let Some(other) = rest.iter().find(|other| !first.agrees(other)) {
            return Err(other);
        }
        let mut default: Option<&'static str> = None;
        for marker in markers {
            if let Erased::Default(text) = marker.erased {
                default =
                    Some(if default.is_some_and(|known| known != text) { "null" } else { text });
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
    use crate::schema::finding::Findings;
    use serde_json::json;

    fn marker(value: Value, placeholder: &'static str) -> Marker {
        let mut findings = Findings::default();
        let setting = MarkerDefaults {
            defaults: RawMarker::default(),
            suite: None,
            family: "f",
            retentions: &[],
        };
        let marker = RawMarker::read(&value, "", &mut findings).effective(
            &setting,
            placeholder,
            &mut findings,
        );
        findings.into_result().unwrap();
        marker
    }

    #[test]
    fn placeholders_of_merged_markers() {
        let (null, text, zero) =
            (marker(json!({}), "null"), marker(json!({}), "\"\""), marker(json!({}), "0"));
        let chosen = marker(json!({"erased": null}), "\"\"");
        assert_eq!(Marker::merge(&[&text, &text]).unwrap().unwrap().erased().text, "\"\"");
        assert_eq!(Marker::merge(&[&text, &zero]).unwrap().unwrap().erased().text, "null");
        assert_eq!(Marker::merge(&[&text, &zero, &chosen]).unwrap().unwrap().erased().text, "null");
        assert_eq!(Marker::merge(&[&chosen, &null]).unwrap().unwrap().erased().text, "null");
        for order in [[&text, &chosen], [&chosen, &text]] {
            assert!(Marker::merge(&order).is_err());
        }
        assert!(
            Marker::merge(&[
                &marker(json!({"erased": 1}), "null"),
                &marker(json!({"erased": 2}), "null")
            ])
            .is_err()
        );
        assert!(Marker::merge(&[&marker(json!({"pad": false}), "null"), &null]).is_err());
    }
}
