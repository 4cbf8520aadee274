//! The values that still have to be scanned, and the settings that a schema passes to its
//! subschemas.

use serde_json::Value;

use super::{KeywordLocation, Link, NodeId};
use crate::schema::draft::Dialect;

/// A value to be registered as a schema.
pub(super) struct Visit<'s> {
    pub(super) value: &'s Value,
    pub(super) parent: Option<NodeId>,
    pub(super) way: KeywordLocation<'s>,
    pub(super) link: Option<Link<'s>>,
    pub(super) document: usize,
    pub(super) dialect: Dialect,
    pub(super) resource: usize,
    pub(super) misplaced: bool,
    pub(super) shadowed: bool,
}

/// The settings that a schema passes to its subschemas.
pub(super) struct Scope {
    pub(super) id: NodeId,
    pub(super) document: usize,
    pub(super) dialect: Dialect,
    pub(super) resource: usize,
    pub(super) misplaced: bool,
    pub(super) shadowed: bool,
    pub(super) bare_reference: bool,
    pub(super) sealed_first: bool,
    pub(super) list_items: bool,
    /// True if the schema has `if`, without which `then` and `else` are ignored.
    pub(super) conditional: bool,
}

impl Scope {
    pub(super) fn visit<'s>(
        &self,
        value: &'s Value,
        way: KeywordLocation<'s>,
        link: Link<'s>,
    ) -> Visit<'s> {
        let keyword = match &way {
            KeywordLocation::Keyword(keyword)
            | KeywordLocation::Member(keyword, _)
            | KeywordLocation::Index(keyword, _) => *keyword,
            KeywordLocation::Root | KeywordLocation::Free(_) => "",
        };
        // The clear schema drops the keywords that describe the envelope; `contentSchema` alone
        // takes their place.
        let clear = self.sealed_first && keyword == "contentSchema";
        let ignored = self.bare_reference
            || (self.sealed_first && !clear)
            || (keyword == "additionalItems" && !self.list_items)
            || (matches!(keyword, "then" | "else") && !self.conditional);
        let link = if clear { Link::Reference } else { link };
        Visit {
            value,
            parent: Some(self.id),
            way,
            link: Some(if ignored { Link::Held } else { link }),
            document: self.document,
            dialect: self.dialect,
            resource: self.resource,
            misplaced: self.misplaced
                || matches!(keyword, "if" | "not" | "propertyNames" | "contentSchema"),
            shadowed: self.shadowed || ignored,
        }
    }

    pub(super) fn link<'s>(&self, keyword: &str, index: Option<u32>) -> Link<'s> {
        match keyword {
            "allOf" => Link::AllOf,
            "anyOf" => Link::AnyOf,
            "oneOf" => Link::OneOf,
            "if" => Link::If,
            "then" => Link::Then,
            "else" => Link::Else,
            "not" => Link::Not,
            "additionalProperties" => Link::Additional,
            "unevaluatedProperties" => Link::UnevaluatedProperties,
            "propertyNames" => Link::PropertyNames,
            "unevaluatedItems" => Link::UnevaluatedItems,
            "contains" => Link::Contains,
            "prefixItems" | "items" => index.map_or(Link::Rest, Link::Prefix),
            "additionalItems" => Link::Rest,
            _ => Link::Held,
        }
    }
}
