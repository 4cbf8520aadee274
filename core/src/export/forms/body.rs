//! A schema in the making.

use serde_json::{Map, Value, json};

/// Keywords, and what could not be said by a keyword that is there already.
#[derive(Default)]
pub(super) struct Body {
    members: Map<String, Value>,
    all: Vec<Value>,
}

impl Body {
    /// One more assertion: beside the others, or in `allOf` if the keyword is taken.
    pub(super) fn add(&mut self, keyword: &str, value: Value) {
        if self.members.contains_key(keyword) {
            self.all.push(json!({keyword: value}));
        } else {
            self.members.insert(keyword.to_owned(), value);
        }
    }

    /// One more schema that must hold.
    pub(super) fn also(&mut self, schema: Value) {
        self.all.push(schema);
    }

    /// Asserts without what it says of evaluated members and elements.
    pub(super) fn add_silently(&mut self, schema: Value) {
        self.add("not", json!({"not": schema}));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty() && self.all.is_empty()
    }

    /// Whether nothing is said but a type, and strings are of it.
    pub(super) fn admits_strings(&self) -> bool {
        let admits = match self.members.get("type") {
            Some(Value::String(name)) => name == "string",
            Some(Value::Array(names)) => names.iter().any(|name| name == "string"),
            _ => false,
        };
        admits && self.members.len() == 1 && self.all.is_empty()
    }

    /// The keywords of strings and scalars that are here.
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

    /// Takes over what another says.
    pub(super) fn extend(&mut self, other: Body) {
        other.members.into_iter().for_each(|(keyword, value)| self.add(&keyword, value));
        self.all.extend(other.all);
    }

    pub(super) fn finish(self) -> Value {
        let mut members = self.members;
        let mut all = self.all;
        // A schema that only refers is said by the reference.
        if members.is_empty() && all.len() == 1 {
            return all.remove(0);
        }
        if !all.is_empty() {
            members.insert("allOf".to_owned(), Value::Array(all));
        }
        Value::Object(members)
    }
}
