//! The drafts of JSON Schema, and the contents of each keyword in them.

use serde_json::Value;

/// A draft, in the order of their publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Draft {
    /// draft-04.
    Four,
    /// draft-06.
    Six,
    /// draft-07.
    Seven,
    /// 2019-09.
    TwentyNineteen,
    /// 2020-12.
    TwentyTwenty,
}

/// A draft, and the choice of vocabularies that changes the meaning of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) draft: Draft,
    /// `type`, `required` and similar keywords assert (2019-09 and later, core, section 8.1.2).
    pub(crate) asserts: bool,
    /// `format` asserts, as the 2020-12 vocabulary for it demands (validation, section 7.2.2).
    pub(crate) asserts_formats: bool,
}

/// The contents of a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// One schema.
    One,
    /// An array of schemas.
    List,
    /// An object of schemas.
    Map,
    /// `items` up to 2019-09: one schema or an array.
    OneOrList,
    /// `dependencies`: an object of schemas and of arrays of names.
    Dependencies,
    /// Plain data, such as the values of `enum`.
    Data,
    /// No schemas that the draft defines.
    Other,
}

impl From<Draft> for Dialect {
    fn from(draft: Draft) -> Self {
        Dialect { draft, asserts: true, asserts_formats: false }
    }
}

impl Draft {
    /// The spellings of the option `draft`.
    pub(crate) const NAMES: [(&str, Draft); 5] = [
        ("4", Draft::Four),
        ("6", Draft::Six),
        ("7", Draft::Seven),
        ("2019-09", Draft::TwentyNineteen),
        ("2020-12", Draft::TwentyTwenty),
    ];

    /// Returns the draft of the metaschema with that URI.
    pub(crate) fn named(uri: &str) -> Option<Draft> {
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        let path = uri
            .strip_prefix("http://")
            .or_else(|| uri.strip_prefix("https://"))?
            .strip_prefix("json-schema.org/")?;
        Some(match path {
            "draft-04/schema" => Draft::Four,
            "draft-06/schema" => Draft::Six,
            "draft-07/schema" => Draft::Seven,
            "draft/2019-09/schema" => Draft::TwentyNineteen,
            "draft/2020-12/schema" => Draft::TwentyTwenty,
            _ => return None,
        })
    }

    /// Returns the URI of its metaschema, as `$schema` writes it.
    pub(crate) const fn metaschema(self) -> &'static str {
        match self {
            Draft::Four => "http://json-schema.org/draft-04/schema#",
            Draft::Six => "http://json-schema.org/draft-06/schema#",
            Draft::Seven => "http://json-schema.org/draft-07/schema#",
            Draft::TwentyNineteen => "https://json-schema.org/draft/2019-09/schema",
            Draft::TwentyTwenty => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Returns the keyword that names a schema.
    pub(crate) const fn id(self) -> &'static str {
        if let Draft::Four = self { "id" } else { "$id" }
    }

    /// Returns true if a `$ref` hides the keywords beside it.
    pub(crate) fn hides_siblings(self) -> bool {
        self <= Draft::Seven
    }

    /// Returns the contents of a keyword in this draft. `contentSchema` counts in every draft
    /// (docs/marking-a-schema.md), and so does `definitions`, which the metaschema of 2020-12 still
    /// has.
    pub(crate) fn slot(self, keyword: &str) -> Slot {
        use Draft::{Four, Seven, Six, TwentyNineteen, TwentyTwenty};
        match keyword {
            "additionalProperties" | "not" | "contentSchema" => Slot::One,
            "allOf" | "anyOf" | "oneOf" => Slot::List,
            "properties" | "patternProperties" | "definitions" => Slot::Map,
            "enum" | "default" => Slot::Data,
            "const" | "examples" if self >= Six => Slot::Data,
            "contains" | "propertyNames" if self >= Six => Slot::One,
            "if" | "then" | "else" if self >= Seven => Slot::One,
            "items" if self == TwentyTwenty => Slot::One,
            "items" => Slot::OneOrList,
            "prefixItems" if self == TwentyTwenty => Slot::List,
            "additionalItems" if (Four..=TwentyNineteen).contains(&self) => Slot::One,
            "dependencies" if self <= Seven => Slot::Dependencies,
            "unevaluatedItems" | "unevaluatedProperties" if self >= TwentyNineteen => Slot::One,
            "dependentSchemas" | "$defs" if self >= TwentyNineteen => Slot::Map,
            _ => Slot::Other,
        }
    }
}

impl Dialect {
    /// Returns the dialect that a `$schema` names: the metaschema of a draft, or a metaschema among
    /// the `references` (by bare URI) that derives from a draft.
    pub(crate) fn named(uri: &str, references: &[(&str, &Value)]) -> Option<Dialect> {
        let (mut asserts, mut asserts_formats) = (true, false);
        let mut uri = uri;
        // Each metaschema names its own, so a chain is at most as long as the list of references.
        for _ in 0..=references.len() {
            if let Some(draft) = Draft::named(uri) {
                return Some(Dialect { draft, asserts, asserts_formats });
            }
            let bare = uri.strip_suffix('#').unwrap_or(uri);
            let (_, metaschema) = references.iter().find(|(own, _)| *own == bare)?;
            if let Some(Value::Object(vocabularies)) = metaschema.get("$vocabulary") {
                let names = |own: &str| vocabularies.keys().any(|name| name.ends_with(own));
                asserts &= names("/vocab/validation");
                asserts_formats |= names("/vocab/format-assertion");
            }
            uri = metaschema.get("$schema")?.as_str()?;
        }
        None
    }
}
