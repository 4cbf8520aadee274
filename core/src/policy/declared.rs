//! The member names that a schema writes: what everybody may read, unlike the names that only a document has.

use crate::sort::sorted;
use serde_json::Value;

/// Names under any `properties`, sorted.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    names: Vec<Box<str>>,
}

impl Declared {
    /// Collects from schemas; a place that is no schema but looks like one only makes a name less of a secret that the schema tells anyway.
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
        Declared { names: names.into_iter().map(Box::from).collect() }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.binary_search_by(|own| (**own).cmp(name)).is_ok()
    }
}
