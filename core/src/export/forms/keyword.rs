//! The keywords of JSON Schema that hold no schemas, and since when each is one.

use crate::schema::draft::{Draft, Slot};

/// What a keyword that holds no schema does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeywordClass {
    /// Names the schema or leads elsewhere.
    Identity,
    /// Judges strings or any value: an envelope would be judged as what it is not.
    Judging,
    /// Judges numbers, arrays or objects only.
    Passing,
    /// Shows a clear value.
    Example,
    /// Says something to people or tools.
    Annotation,
    /// Holds schemas, or is a keyword of another draft only.
    Elsewhere,
}

const DRAFTS: [Draft; 5] =
    [Draft::Four, Draft::Six, Draft::Seven, Draft::TwentyNineteen, Draft::TwentyTwenty];

/// The draft in which an asserting keyword came up.
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
        // They belong to `contains`, and what a text holds is told in clear only.
        "minContains" | "maxContains" | "contentSchema" => return KeywordClass::Elsewhere,
        // Later drafts only annotate; up to draft-07 (validation, section 8) validators may assert
        // them, and ours does.
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
