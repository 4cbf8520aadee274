//! Decides whether a schema of OpenAPI 3.0 admits `null`.

use crate::ordered::OrderedMap;

use serde_json::Value;

use crate::schema::base::{Base, bare};
use crate::schema::uri;

/// The depth below which a schema counts as refusing `null`. It keeps the recursion within a small
/// stack.
const NESTING: u32 = 64;

/// The schema texts, and the results for their schemas by address.
pub(super) struct NullTest<'v> {
    texts: Vec<&'v Value>,
    uris: Vec<String>,
    by_uri: OrderedMap<String, u32>,
    /// 1 if the schema admits `null`.
    known: OrderedMap<usize, u32>,
}

impl<'v> NullTest<'v> {
    pub(super) fn new(bases: &'v [Base]) -> Self {
        let uri = |base: &Base| {
            let own = base.uri.as_deref().map(bare);
            own.map_or_else(|| uri::BASE.to_owned(), |own| uri::resolve(uri::BASE, own))
        };
        let uris: Vec<String> = bases.iter().map(uri).collect();
        let mut by_uri = OrderedMap::new();
        by_uri.extend(uris.iter().cloned().zip(0..));
        NullTest {
            texts: bases.iter().map(|base| &base.value).collect(),
            uris,
            by_uri,
            known: OrderedMap::new(),
        }
    }

    /// Returns true if the schema certainly admits `null`. A reference without a target, or back to
    /// itself, admits nothing.
    pub(super) fn passes(&mut self, base: u32, schema: &'v Value) -> bool {
        self.test(base, schema, 0)
    }

    fn test(&mut self, base: u32, schema: &'v Value, depth: u32) -> bool {
        let Value::Object(members) = schema else { return schema == &Value::Bool(true) };
        let address = std::ptr::from_ref(schema).addr();
        if let Some(known) = self.known.get(&address) {
            return *known == 1;
        }
        if depth >= NESTING {
            return false;
        }
        self.known.insert(address, 0);
        let passes = if is_reference(schema) {
            self.target(base, schema)
                .is_some_and(|(base, target)| self.test(base, target, depth + 1))
        } else {
            members.get("nullable") == Some(&Value::Bool(true))
                || self.test_keywords(base, schema, depth)
        };
        self.known.insert(address, passes.into());
        passes
    }

    fn test_keywords(&mut self, base: u32, schema: &'v Value, depth: u32) -> bool {
        let names_null = match schema.get("type") {
            Some(Value::String(name)) => name == "null",
            Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
            _ => true,
        };
        let mut list = |keyword: &str, holds: &dyn Fn(usize, usize) -> bool| {
            let Some(schemas) = schema.get(keyword).and_then(Value::as_array) else { return true };
            let passing =
                schemas.iter().filter(|schema| self.test(base, schema, depth + 1)).count();
            holds(passing, schemas.len())
        };
        let is_listed = |values: &Vec<Value>| values.contains(&Value::Null);
        names_null
            && schema.get("enum").and_then(Value::as_array).is_none_or(is_listed)
            && list("allOf", &|passing, all| passing == all)
            && list("anyOf", &|passing, _| passing > 0)
            && list("oneOf", &|passing, _| passing == 1)
            && schema.get("not").is_none_or(|schema| !self.test(base, schema, depth + 1))
    }

    fn target(&self, base: u32, schema: &'v Value) -> Option<(u32, &'v Value)> {
        let text = schema.get("$ref")?.as_str()?;
        let (before, fragment) = uri::fragment(text);
        let base = if before.is_empty() {
            base
        } else {
            *self.by_uri.get(&uri::resolve(self.uris.get(base as usize)?, before))?
        };
        Some((base, self.texts.get(base as usize)?.pointer(&uri::decode(fragment)?)?))
    }
}

/// Returns true for a Reference Object, in which keywords beside `$ref` are ignored.
pub(super) fn is_reference(schema: &Value) -> bool {
    schema.get("$ref").is_some_and(Value::is_string)
}
