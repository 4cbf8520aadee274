//! A schema under construction.

use serde_json::{Map, Value};

use crate::schema::tree;

/// Keywords, and the schemas whose keyword occurs already, which go to `allOf`.
#[derive(Default)]
pub(super) struct Body {
    members: Map<String, Value>,
    all: Vec<Value>,
}

impl Body {
    /// Adds an assertion, in `allOf` if the keyword occurs already.
    pub(super) fn add(&mut self, keyword: &str, value: Value) {
        if self.members.contains_key(keyword) {
            self.all.push(tree::one(keyword, value));
        } else {
            self.members.insert(keyword.to_owned(), value);
        }
    }

    /// Adds a schema that must hold as well.
    pub(super) fn also(&mut self, schema: Value) {
        self.all.push(schema);
    }

    /// Adds a schema without its annotations about evaluated members and elements.
    pub(super) fn add_silently(&mut self, schema: Value) {
        self.add("not", tree::one("not", schema));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.all.is_empty()
    }

    /// Returns true if the only keyword is a `type` that includes strings.
    pub(super) fn admits_strings(&self) -> bool {
        let admits = match self.members.get("type") {
            Some(Value::String(name)) => name == "string",
            Some(Value::Array(names)) => names.iter().any(|name| name == "string"),
            _ => false,
        };
        admits && self.members.len() == 1 && self.all.is_empty()
    }

    /// Returns the keywords for strings and scalars that occur.
    pub(super) fn keywords(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            "type",
            "const",
            "enum",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "contentEncoding",
            "contentMediaType",
        ];
        all.into_iter().filter(|keyword| self.members.contains_key(*keyword))
    }

    /// Adds everything that another body asserts.
    pub(super) fn extend(&mut self, other: Body) {
        other.members.into_iter().for_each(|(keyword, value)| self.add(&keyword, value));
        self.all.extend(other.all);
    }

    pub(super) fn finish(self) -> Value {
        let mut members = self.members;
        let mut all = self.all;
        // A schema that only refers is equal to its reference.
        if members.is_empty() && all.len() == 1 {
            return all.remove(0);
        }
        if !all.is_empty() {
            members.insert("allOf".to_owned(), Value::Array(all));
        }
        Value::Object(members)
    }
}
