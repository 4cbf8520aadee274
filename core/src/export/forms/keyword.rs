//! The keywords of JSON Schema that hold no schemas, and the draft that introduced each.

use crate::schema::draft::{Draft, Slot};

/// The effect of a keyword that holds no schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeywordClass {
    /// Identifies the schema or refers to another one.
    Identity,
    /// Asserts something about strings or any value, so it would be applied to an envelope in place
    /// of the clear value.
    Judging,
    /// Asserts something about numbers, arrays or objects only.
    Passing,
    /// Contains a clear value.
    Example,
    /// Informs people or tools.
    Annotation,
    /// Holds schemas, or is a keyword of another draft only.
    Elsewhere,
}

const DRAFTS: [Draft; 5] =
    [Draft::Four, Draft::Six, Draft::Seven, Draft::TwentyNineteen, Draft::TwentyTwenty];

/// Returns the draft that introduced an asserting keyword.
fn since(keyword: &str) -> Option<(Draft, KeywordClass)> {
    use Draft::{Four, Six, TwentyNineteen};
    Some(match keyword {
        "type" | "enum" | "minLength" | "maxLength" | "pattern" | "format" => {
            (Four, KeywordClass::Judging)
        }
        "const" => (Six, KeywordClass::Judging),
        "multipleOf" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"
        | "minItems" | "maxItems" | "uniqueItems" | "minProperties" | "maxProperties"
        | "required" => (Four, KeywordClass::Passing),
        "dependentRequired" => (TwentyNineteen, KeywordClass::Passing),
        _ => return None,
    })
}

pub(super) fn kind(keyword: &str, draft: Draft) -> KeywordClass {
    match keyword {
        "id" if draft == Draft::Four => return KeywordClass::Identity,
        "$comment" => return KeywordClass::Annotation,
        "default" | "examples" => return KeywordClass::Example,
        // The first two belong to `contains`; the content of a string is described in the clear
        // form only.
        "minContains" | "maxContains" | "contentSchema" => return KeywordClass::Elsewhere,
        // Later drafts only annotate. Up to draft-07 (validation, section 8) validators may assert
        // them, and the one used here does.
        "contentEncoding" | "contentMediaType" if draft.hides_siblings() => {
            return KeywordClass::Judging;
        }
        keyword if keyword.starts_with('$') => return KeywordClass::Identity,
        _ => {}
    }
    match since(keyword) {
        Some((since, kind)) if since <= draft => kind,
        Some(_) => KeywordClass::Elsewhere,
        None if DRAFTS.iter().any(|draft| draft.slot(keyword) != Slot::Other) => {
            KeywordClass::Elsewhere
        }
        None => KeywordClass::Annotation,
    }
}
