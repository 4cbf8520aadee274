//! References of markers to the data subject.

use crate::json::{Pointer, Relative};

/// The data subject whose key seals a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SubjectRef {
    /// No subject: only a retention key seals the value.
    Nobody,
    /// The subject of the call.
    Call,
    /// At a pointer from the root.
    Pointer(Pointer),
    /// At a pointer from the marked value.
    Relative(Relative),
}

/// The relation of the data subjects of two nested markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Same {
    Yes,
    No,
    /// The inner pointer leads into the outer value through names that are not known here.
    Unknown,
}

impl SubjectRef {
    /// Parses a JSON Pointer (RFC 6901) or a Relative JSON Pointer.
    pub(crate) fn parse(text: &str) -> Option<SubjectRef> {
        if text.is_empty() || text.starts_with('/') {
            Pointer::parse(text).ok().map(SubjectRef::Pointer)
        } else {
            Relative::parse(text).ok().map(SubjectRef::Relative)
        }
    }

    /// Compares with the subject of a value `depth` levels below, by text: `1/id` outside is `3/id`
    /// two levels below. `way` holds the names between the two, outermost first, if they are known.
    pub(crate) fn same_below(&self, inner: &SubjectRef, depth: u32, way: Option<&[&str]>) -> Same {
        let (SubjectRef::Relative(outer), SubjectRef::Relative(inner)) = (self, inner) else {
            return if self == inner && !matches!(self, SubjectRef::Relative(_)) {
                Same::Yes
            } else {
                Same::No
            };
        };
        if let Some(levels) = inner.levels().checked_sub(depth) {
            let same = (levels, inner.shift(), inner.tail())
                == (outer.levels(), outer.shift(), outer.tail());
            return if same { Same::Yes } else { Same::No };
        }
        // The inner pointer leads into the outer value. Only an outer pointer that also does can be
        // equal.
        let (Some(outer_tail), Some(inner_tail)) = (outer.tail(), inner.tail()) else {
            return Same::No;
        };
        if outer.levels() != 0 || outer.shift() != 0 {
            return Same::No;
        }
        let Some(way) = way.filter(|_| inner.shift() == 0) else { return Same::Unknown };
        let kept = way.len().saturating_sub(usize::try_from(inner.levels()).unwrap_or(usize::MAX));
        let names =
            way.iter().take(kept).copied().chain(inner_tail.tokens().iter().map(String::as_str));
        if names.eq(outer_tail.tokens().iter().map(String::as_str)) { Same::Yes } else { Same::No }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_same_place_from_further_down() {
        let subject = |text: &str| SubjectRef::parse(text).unwrap();
        for (outer, inner, way, same) in [
            ("1/id", "3/id", &["a", "b"][..], Same::Yes),
            ("1/id", "2/id", &["a"], Same::Yes),
            ("1/id", "1/id", &["a"], Same::No),
            ("/id", "/id", &["a"], Same::Yes),
            ("/id", "/other", &["a"], Same::No),
            ("0", "1", &["a"], Same::Yes),
            ("0/email", "1/email", &["name"], Same::Yes),
            ("0/email", "0", &["email"], Same::Yes),
            ("0/a/email", "0", &["a", "email"], Same::Yes),
            ("0/email", "0", &["other"], Same::No),
            ("1/id", "0", &["email"], Same::No),
            ("/id", "1/id", &["a"], Same::No),
            ("0#", "1#", &["a"], Same::Yes),
            ("0#", "0#", &["a"], Same::No),
        ] {
            let depth = u32::try_from(way.len()).unwrap();
            assert_eq!(
                subject(outer).same_below(&subject(inner), depth, Some(way)),
                same,
                "{outer} {inner} {way:?}"
            );
        }
        assert_eq!(subject("0/email").same_below(&subject("0"), 1, None), Same::Unknown);
        assert_eq!(SubjectRef::Call.same_below(&SubjectRef::Call, 1, None), Same::Yes);
        assert_eq!(SubjectRef::Call.same_below(&subject("/id"), 1, None), Same::No);
        assert_eq!(SubjectRef::parse("01/id"), None);
        assert_eq!(SubjectRef::parse("id"), None);
        assert_eq!(SubjectRef::parse("/a~2"), None);
    }
}
