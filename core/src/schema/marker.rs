//! Markers (`x-protection`): the demands of one marker, and the merged demands of several.

mod accept;
mod raw;
mod token;

use std::sync::Arc;

use serde_json::Value;

use super::canonical;
use super::subject::{Same, SubjectRef};
use crate::envelope::{Bind, Suite};

pub(crate) use accept::{Accept, Kinds};
pub(crate) use raw::{MarkerDefaults, RawMarker, chosen};
pub(crate) use token::{Index, Pseudonym};

/// The form that a value takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// An envelope.
    Sealed,
    /// An envelope. Equal values under one key give equal envelopes.
    Deterministic,
    /// A keyed one-way token.
    Pseudonym,
}

impl Mode {
    /// Returns the name in schemas and in the coverage.
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

/// The source of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Erased {
    /// A marker or the defaults choose it.
    Chosen(Placeholder),
    /// It follows from the clear schema's `type`.
    Default(&'static str),
}

/// The value that stands in for a withheld one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placeholder<T = Arc<str>> {
    /// Its JSON text.
    pub(crate) text: T,
    /// The number of values in it, itself included.
    pub(crate) values: u32,
    /// Its depth of nested objects and arrays.
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
        Placeholder { text: canonical::text(value).into(), values, depth }
    }
}

/// The demands on the values at a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// The data subject whose key seals the value.
    pub(crate) subject: SubjectRef,
    /// The retention whose bucket key also seals the value: an index into the policy's retentions.
    pub(crate) retention: Option<u32>,
    /// The part of the context to which the envelope is bound, besides tenant, family and subject.
    pub(crate) bind: Bind,
    /// The cipher suite.
    pub(crate) suite: Suite,
    /// True if the length of the value is hidden.
    pub(crate) pad: bool,
    /// True if an item key also seals the value, so that this value can be destroyed alone.
    pub(crate) rectifiable: bool,
    /// The weaker envelopes that `open` accepts as well.
    pub(crate) accept: Vec<Accept>,
    /// The index whose token is returned beside the document.
    pub(crate) index: Option<Index>,
    /// The token that replaces the value; such a value has no envelope.
    pub(crate) pseudonym: Option<Pseudonym>,
    erased: Erased,
    /// The schema that holds the marker. Of several merged markers, the first in text order.
    pub(crate) schema_pointer: String,
}

/// The demands of an inner marker that the marker around it does not meet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lost {
    retention: bool,
    rectifiable: bool,
    index: bool,
    suite: bool,
    /// True if the value would be sealed under fewer keys.
    pub(crate) keys: bool,
}

impl Lost {
    /// Returns the members that are lost, for a message.
    pub(crate) fn members(self) -> String {
        let members = [
            (self.retention, "`retention`"),
            (self.rectifiable, "`rectifiable`"),
            (self.index, "`index`"),
            (self.suite, "the suite"),
        ];
        let lost: Vec<&str> =
            members.iter().filter(|(is_lost, _)| *is_lost).map(|(_, member)| *member).collect();
        lost.join(" and ")
    }
}

impl Marker {
    /// Returns the placeholder of a withheld value.
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

    /// Returns the suites of the envelopes that opening takes.
    pub(crate) fn suites(&self) -> impl Iterator<Item = Suite> + '_ {
        std::iter::once(self.suite).chain(self.accept.iter().filter_map(|accept| accept.suite))
    }

    /// Returns the steps that a copy costs. Long parts are shared or counted here.
    pub(crate) fn weight(&self) -> usize {
        self.accept.len() + self.pseudonym.as_ref().map_or(0, |own| own.domain.len() / 64)
    }

    /// Returns the marker with the placeholder `null`, if its placeholder follows from another
    /// type.
    pub(crate) fn with_null(&self) -> Option<Marker> {
        match self.erased {
            Erased::Default(text) if text != "null" => {
                Some(Marker { erased: Erased::Default("null"), ..self.clone() })
            }
            _ => None,
        }
    }

    /// Returns the form that a value takes.
    pub(crate) const fn mode(&self) -> Mode {
        match (&self.pseudonym, self.suite.is_deterministic()) {
            (Some(_), _) => Mode::Pseudonym,
            (None, true) => Mode::Deterministic,
            (None, false) => Mode::Sealed,
        }
    }

    /// Compares with the marker of a value `depth` levels below, which this marker would absorb.
    /// `way` holds the member names between the two, if they are known. Returns [`Same::No`] for
    /// another data subject, and if only one of the two makes a pseudonym.
    pub(crate) fn absorbs(&self, inner: &Marker, depth: u32, way: Option<&[&str]>) -> Same {
        if self.pseudonym.is_some() != inner.pseudonym.is_some() {
            Same::No
        } else {
            self.subject.same_below(&inner.subject, depth, way)
        }
    }

    /// Returns the demands of `inner` that this marker, which absorbs it, does not meet.
    pub(crate) fn loses(&self, inner: &Marker) -> Option<Lost> {
        let retention = inner.retention.is_some() && inner.retention != self.retention;
        let lost = Lost {
            retention,
            rectifiable: inner.rectifiable && !self.rectifiable,
            index: inner.index.is_some(),
            suite: inner.suite != self.suite,
            keys: (retention && self.retention.is_none())
                || (inner.rectifiable && !self.rectifiable),
        };
        let is_any = lost.retention || lost.rectifiable || lost.index || lost.suite;
        // A token replaces the whole value, so no demand on an envelope remains.
        (is_any && self.pseudonym.is_none()).then_some(lost)
    }

    /// Returns true if `inner`, which this marker absorbs, asks for keys that this marker does not
    /// ask for.
    pub(crate) fn loses_keys(&self, inner: &Marker) -> bool {
        self.loses(inner).is_some_and(|lost| lost.keys)
    }

    /// Returns true if both make the same demands, apart from the placeholder.
    fn agrees(&self, other: &Marker) -> bool {
        let marker = |marker: &Marker| Marker {
            erased: Erased::Default("null"),
            schema_pointer: String::new(),
            ..marker.clone()
        };
        marker(self) == marker(other)
    }

    /// Merges the markers of one value. Placeholders that follow from types and differ become
    /// `null`. A chosen placeholder must equal all others.
    ///
    /// # Errors
    /// The first marker that conflicts with those before it.
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
                if written.is_some_and(|known| *known != *chosen.text) {
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
