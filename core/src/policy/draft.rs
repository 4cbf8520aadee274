//! The drafts of JSON Schema, and what the value of each keyword holds in them.

/// A draft that this release compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Draft {
    /// draft-07.
    Seven,
    /// 2020-12.
    TwentyTwenty,
}

/// What a `$schema` names.
pub(crate) enum Named {
    Built(Draft),
    /// A draft of later releases, or a metaschema that nobody knows here.
    NotBuilt,
}

/// What the value of a keyword holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// One schema.
    One,
    /// An array of schemas.
    List,
    /// An object of schemas.
    Map,
    /// `items` of draft-07: one schema or an array.
    OneOrList,
    /// `dependencies`: an object of schemas and of arrays of names.
    Dependencies,
    /// Plain data, such as the values of `enum`.
    Data,
    /// Nothing that the draft defines as schemas.
    Other,
}

impl Draft {
    pub(crate) fn named(uri: &str) -> Named {
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        let path = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
        match path {
            Some("json-schema.org/draft-07/schema") => Named::Built(Draft::Seven),
            Some("json-schema.org/draft/2020-12/schema") => Named::Built(Draft::TwentyTwenty),
            _ => Named::NotBuilt,
        }
    }

    /// Where this draft keeps schemas. `contentSchema` counts in every draft (vocabulary.md), `definitions` too: the metaschema
    /// of 2020-12 still has it.
    pub(crate) fn slot(self, keyword: &str) -> Slot {
        match (self, keyword) {
            (_, "additionalProperties" | "contains" | "propertyNames" | "not" | "if" | "then" | "else" | "contentSchema") => Slot::One,
            (_, "allOf" | "anyOf" | "oneOf") => Slot::List,
            (_, "properties" | "patternProperties" | "definitions") => Slot::Map,
            (_, "const" | "enum" | "default" | "examples") => Slot::Data,
            (Draft::Seven, "additionalItems") => Slot::One,
            (Draft::Seven, "items") => Slot::OneOrList,
            (Draft::Seven, "dependencies") => Slot::Dependencies,
            (Draft::TwentyTwenty, "items" | "unevaluatedItems" | "unevaluatedProperties") => Slot::One,
            (Draft::TwentyTwenty, "prefixItems") => Slot::List,
            (Draft::TwentyTwenty, "dependentSchemas" | "$defs") => Slot::Map,
            _ => Slot::Other,
        }
    }
}

/// The metaschemas, to which a schema may refer without bringing them; no marker is in them.
pub(crate) fn is_metaschema(uri: &str) -> bool {
    let uri = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")).unwrap_or(uri);
    let Some(path) = uri.strip_prefix("json-schema.org/") else { return false };
    matches!(path, "draft-04/schema" | "draft-06/schema" | "draft-07/schema" | "draft/2019-09/schema" | "draft/2020-12/schema")
        || path.strip_prefix("draft/2019-09/meta/").or_else(|| path.strip_prefix("draft/2020-12/meta/")).is_some_and(|name| {
            matches!(name, "core" | "applicator" | "validation" | "meta-data" | "content" | "format" | "unevaluated" | "format-annotation")
        })
}
