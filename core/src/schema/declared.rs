//! The member names that a schema declares. They are public, unlike names that only a document has.

use std::borrow::Cow;

use serde_json::Value;

use crate::json::Name;
use fieldseal_json::sort::sorted;

/// Names under any `properties`, sorted.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    names: Vec<Box<str>>,
    longest: usize,
}

impl Declared {
    /// Collects the names from schemas. Data that looks like a schema may add a name, which the
    /// schema text shows anyway.
    pub(crate) fn collect<'a>(schemas: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut open: Vec<&Value> = schemas.into_iter().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Object(members) => {
                    if let Some(Value::Object(properties)) = members.get("properties") {
                        names.extend(properties.keys().map(String::as_str));
                    }
                    open.extend(members.values());
                }
                Value::Array(elements) => open.extend(elements),
                _ => {}
            }
        }
        let mut names = sorted(names, |a, b| a.cmp(b));
        names.dedup();
        let longest = names.iter().map(|name| name.len()).max().unwrap_or_default();
        Declared { longest, names: names.into_iter().map(Box::from).collect() }
    }

    /// Returns the characters of a declared name. A name longer than every declared one is not
    /// unescaped.
    pub(crate) fn find<'a>(&self, name: Name<'a>) -> Option<Cow<'a, str>> {
        // A byte of a name takes at most six bytes in a document, as in `\u0061`, and two quotes
        // surround it.
        if name.raw().len() > self.longest.saturating_mul(6).saturating_add(2) {
            return None;
        }
        let name = name.unescaped();
        self.names.binary_search_by(|own| (**own).cmp(&*name)).is_ok().then_some(name)
    }
}
