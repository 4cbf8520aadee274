//! Rewrites `nullable` of OpenAPI 3.0 into draft-04, the base of its Schema Object, so that every
//! later pass reads plain JSON Schema.
//!
//! Only a lone `$ref` moves, so pointers into the schema stay those of its author. `nullable`
//! admits `null` beside `type`, `enum`, `anyOf` and `oneOf`, and through `allOf`, since generators
//! write it there. `not` is unchanged.

mod accepts;

use crate::ordered::OrderedSet;

use fieldseal_json::sort::sorted;
use serde_json::Value;

use super::base::{Base, bare};
use super::finding::{Budget, below, push_index};
use super::tree;
use crate::error::Error;
use crate::json::push_token;
use accepts::{NullTest, is_reference};

/// A change that makes one keyword admit `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// Removes `nullable`, which draft-04 does not define.
    Flag,
    Type,
    Enum,
    AnyOf,
    OneOf,
    /// Wraps a lone `$ref`, since draft-04 ignores the keywords beside one.
    Reference,
}

/// The places at which a lone `$ref` was wrapped.
#[derive(Debug, Default)]
pub(crate) struct Moved(OrderedSet<String>);

impl Moved {
    /// Turns a pointer into the rewritten schema into a pointer into the original one.
    pub(crate) fn undo(&self, pointer: &mut String) {
        const BRANCH: &str = "/anyOf/1";
        let mut from = 0;
        while let Some(at) =
            pointer.get(from..).and_then(|rest| rest.find(BRANCH)).map(|at| at + from)
        {
            from = at + BRANCH.len();
            if pointer.get(..at).is_some_and(|before| self.0.contains(before)) {
                pointer.replace_range(at..from, "");
                return;
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Rewrites all schemas that name no draft.
///
/// # Errors
/// `limit` if the pointers to the changes are longer than the budget.
pub(crate) fn rewrite(bases: &mut [Base], budget: &mut Budget) -> Result<Moved, Error> {
    let mut plan = Plan { changes: Vec::new(), budget, test: NullTest::new(bases) };
    for (number, base) in (0..).zip(bases.iter()) {
        if base.value.get("$schema").is_none() {
            plan.visit(number, &base.value, Reading::Keywords, &mut String::new())?;
        }
    }
    let mut moved = Moved::default();
    // Inner schemas change before outer ones.
    let mut changes = sorted(plan.changes, Ord::cmp);
    changes.dedup();
    for (number, pointer, change) in changes.into_iter().rev() {
        let Some(base) = bases.get_mut(number as usize) else { continue };
        if change == Change::Reference {
            let prefix = base.uri.as_deref().map(|uri| format!("{}#", bare(uri)));
            moved.0.insert(format!("{}{pointer}", prefix.unwrap_or_default()));
        }
        if let Some(schema) = base.value.pointer_mut(&pointer) {
            change.apply(schema);
        }
    }
    Ok(moved)
}

impl Change {
    fn apply(self, schema: &mut Value) {
        let null = || tree::one("enum", Value::Array(vec![Value::Null]));
        if self == Change::Reference {
            *schema = tree::one("anyOf", tree::pair(null(), schema.take()));
            return;
        }
        let Some(members) = schema.as_object_mut() else { return };
        let keyword = match self {
            Change::Flag => {
                members.remove("nullable");
                return;
            }
            Change::Type => "type",
            Change::Enum => "enum",
            Change::AnyOf => "anyOf",
            Change::OneOf => "oneOf",
            Change::Reference => return,
        };
        match (members.get_mut(keyword), self) {
            (Some(name @ Value::String(_)), Change::Type) => {
                *name = Value::Array(vec![name.take(), "null".into()]);
            }
            (Some(Value::Array(names)), Change::Type) => names.push("null".into()),
            (Some(Value::Array(values)), Change::Enum) => values.push(Value::Null),
            (Some(Value::Array(branches)), _) => branches.push(null()),
            _ => {}
        }
    }
}

/// The way in which the members of an object are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Keywords,
    /// The author chose the names.
    Names,
}

/// The keywords of OpenAPI and JSON Schema whose member names the author chooses.
const MAPS: [&str; 14] = [
    "properties",
    "patternProperties",
    "definitions",
    "dependencies",
    "schemas",
    "responses",
    "parameters",
    "requestBodies",
    "headers",
    "content",
    "callbacks",
    "paths",
    "links",
    "securitySchemes",
];

/// The keywords that hold data.
const DATA: [&str; 5] = ["enum", "default", "example", "examples", "const"];

/// The planned changes, and the state of the search for them.
struct Plan<'v, 'b> {
    changes: Vec<(u32, String, Change)>,
    budget: &'b mut Budget,
    test: NullTest<'v>,
}

impl<'v> Plan<'v, '_> {
    /// Visits every object, since references lead to places that no keyword of JSON Schema reaches.
    /// The recursion is as deep as schemas may be nested. One buffer holds the pointer.
    fn visit(
        &mut self,
        base: u32,
        value: &'v Value,
        reading: Reading,
        pointer: &mut String,
    ) -> Result<(), Error> {
        let length = pointer.len();
        match value {
            Value::Object(members) => {
                if reading == Reading::Keywords
                    && members.get("nullable") == Some(&Value::Bool(true))
                    && !is_reference(value)
                {
                    self.add(base, pointer, Change::Flag)?;
                    self.let_null_pass(base, value, pointer)?;
                }
                for (name, value) in members {
                    self.budget.spend(1)?;
                    let is_keyword = reading == Reading::Keywords;
                    if is_keyword && DATA.contains(&name.as_str()) {
                        continue;
                    }
                    let below = if is_keyword && MAPS.contains(&name.as_str()) {
                        Reading::Names
                    } else {
                        Reading::Keywords
                    };
                    push_token(pointer, name);
                    self.visit(base, value, below, pointer)?;
                    pointer.truncate(length);
                }
            }
            Value::Array(elements) => {
                for (index, value) in elements.iter().enumerate() {
                    push_index(pointer, index);
                    self.visit(base, value, Reading::Keywords, pointer)?;
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Plans the changes of one schema and of the schemas in its `allOf`.
    fn let_null_pass(&mut self, base: u32, schema: &'v Value, at: &str) -> Result<(), Error> {
        if is_reference(schema) {
            return if self.test.passes(base, schema) {
                Ok(())
            } else {
                self.add(base, at, Change::Reference)
            };
        }
        let refuses = |names: &Value| match names {
            Value::String(name) => name != "null",
            Value::Array(names) => !names.iter().any(|name| name == "null"),
            _ => false,
        };
        if schema.get("type").is_some_and(refuses) {
            self.add(base, at, Change::Type)?;
        }
        let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        if list("enum").is_some_and(|values| !values.contains(&Value::Null)) {
            self.add(base, at, Change::Enum)?;
        }
        for (keyword, change) in [("anyOf", Change::AnyOf), ("oneOf", Change::OneOf)] {
            if let Some(branches) = list(keyword)
                && !branches.iter().any(|branch| self.test.passes(base, branch))
            {
                self.add(base, at, change)?;
            }
        }
        for (index, schema) in list("allOf").into_iter().flatten().enumerate() {
            self.let_null_pass(base, schema, &below(&below(at, "allOf"), &index.to_string()))?;
        }
        Ok(())
    }

    fn add(&mut self, base: u32, at: &str, change: Change) -> Result<(), Error> {
        self.budget.spend(1)?;
        self.budget.spend_text(at)?;
        self.changes.push((base, at.to_owned(), change));
        Ok(())
    }
}
