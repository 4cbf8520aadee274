//! Compares random schemas and documents with a second implementation of phase 1
//! (docs/what-is-sealed.md), written in the plainest way: by recursion over schema and document,
//! without graph, sets or states.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use crate::Limits;
use crate::json::Tape;
use crate::policy::{Options, Policy, ValidationMode};
use crate::resolver::walk::Sought;

/// A small linear congruential generator, which gives the same cases in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }
}

const NAMES: [&str; 6] = ["a", "b", "ab", "x-a", "x-b", "é"];
const PATTERNS: [&str; 4] = ["^x-", "^[ab]+$", "a$", "(?=b)"];

/// Returns true if a name matches the pattern, written by hand; `None` means that it might.
fn matches(pattern: &str, name: &str) -> Option<bool> {
    match pattern {
        "^x-" => Some(name.starts_with("x-")),
        "^[ab]+$" => Some(!name.is_empty() && name.chars().all(|c| c == 'a' || c == 'b')),
        "a$" => Some(name.ends_with('a')),
        _ => None,
    }
}

fn schema(dice: &mut Dice, depth: u32, seven: bool, marks: bool) -> Value {
    let definitions = if seven { "definitions" } else { "$defs" };
    let mut out = Map::new();
    if dice.roll(12) == 0 {
        return Value::Bool(dice.roll(4) != 0);
    }
    if dice.roll(4) == 0 {
        out.insert("$ref".into(), format!("#/{definitions}/d{}", dice.roll(3)).into());
        if seven {
            return Value::Object(out);
        }
    }
    if marks && dice.roll(5) == 0 {
        out.insert("x-protection".into(), json!({}));
    }
    if depth == 0 {
        return Value::Object(out);
    }
    for _ in 0..dice.roll(4) {
        let one = |dice: &mut Dice| schema(dice, depth - 1, seven, marks);
        let list = |dice: &mut Dice| {
            Value::Array(
                (0..1 + dice.roll(2)).map(|_| schema(dice, depth - 1, seven, marks)).collect(),
            )
        };
        let map = |dice: &mut Dice, names: &[&str]| {
            Value::Object(
                (0..1 + dice.roll(3))
                    .map(|_| (dice.pick(names).to_owned(), schema(dice, depth - 1, seven, marks)))
                    .collect(),
            )
        };
        let (keyword, value) = match dice.roll(13) {
            0..=2 => ("properties", map(dice, &NAMES)),
            3 => ("patternProperties", map(dice, &PATTERNS)),
            4 => ("additionalProperties", one(dice)),
            5 if seven && dice.roll(2) == 0 => ("items", list(dice)),
            5 => ("items", one(dice)),
            6 => (
                if seven { "additionalItems" } else { "prefixItems" },
                if seven { one(dice) } else { list(dice) },
            ),
            7 => ("contains", one(dice)),
            8 => ("allOf", list(dice)),
            9 => (dice.pick(&["anyOf", "oneOf"]), list(dice)),
            10 => ("if", schema(dice, depth - 1, seven, false)),
            11 => (dice.pick(&["then", "else"]), one(dice)),
            _ => (if seven { "dependencies" } else { "dependentSchemas" }, map(dice, &NAMES)),
        };
        out.insert(keyword.into(), value);
    }
    if !out.contains_key("if") {
        // A marker in `then` or `else` without `if` would be a finding.
        out.remove("then");
        out.remove("else");
    }
    if seven
        && out.contains_key("additionalItems")
        && !out.get("items").is_some_and(Value::is_array)
    {
        // A marker in an `additionalItems` without effect would be a finding.
        out.remove("additionalItems");
    }
    Value::Object(out)
}

fn document(dice: &mut Dice, depth: u32) -> Value {
    match dice.roll(if depth == 0 { 2 } else { 6 }) {
        0 => json!(1),
        1 => json!("s"),
        2 | 3 => Value::Array((0..dice.roll(4)).map(|_| document(dice, depth - 1)).collect()),
        _ => Value::Object(
            (0..dice.roll(5))
                .map(|_| (dice.pick(&NAMES).to_owned(), document(dice, depth - 1)))
                .collect(),
        ),
    }
}

/// The second implementation, which collects the may-mark set.
struct Oracle<'a> {
    root: &'a Value,
    seven: bool,
    seen: HashSet<(usize, String)>,
    marked: BTreeSet<String>,
}

impl<'a> Oracle<'a> {
    fn apply(&mut self, schema: &'a Value, value: &Value, at: &str) {
        let Some(members) = schema.as_object() else { return };
        if !self.seen.insert((std::ptr::from_ref(schema).addr(), at.to_owned())) {
            return;
        }
        if let Some(Value::String(reference)) = members.get("$ref") {
            let target = self.root.pointer(reference.strip_prefix('#').unwrap()).unwrap();
            self.apply(target, value, at);
            if self.seven {
                return;
            }
        }
        if members.contains_key("x-protection") {
            self.marked.insert(at.to_owned());
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for branch in members.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.apply(branch, value, at);
            }
        }
        for keyword in ["if", "then", "else"] {
            members.get(keyword).into_iter().for_each(|branch| self.apply(branch, value, at));
        }
        let dependent = if self.seven { "dependencies" } else { "dependentSchemas" };
        members
            .get(dependent)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .for_each(|(_, branch)| self.apply(branch, value, at));
        match value {
            Value::Object(own) => own.iter().for_each(|(name, child)| {
                self.member(members, name, child, &format!("{at}/{name}"))
            }),
            Value::Array(own) => own.iter().enumerate().for_each(|(index, child)| {
                self.element(members, index, child, &format!("{at}/{index}"))
            }),
            _ => {}
        }
    }

    fn member(&mut self, schema: &'a Map<String, Value>, name: &str, value: &Value, at: &str) {
        let mut evaluated = false;
        if let Some(property) = schema.get("properties").and_then(|properties| properties.get(name))
        {
            evaluated = true;
            self.apply(property, value, at);
        }
        for (pattern, branch) in
            schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            let found = matches(pattern, name);
            evaluated |= found == Some(true);
            if found != Some(false) {
                self.apply(branch, value, at);
            }
        }
        if !evaluated {
            schema
                .get("additionalProperties")
                .into_iter()
                .for_each(|branch| self.apply(branch, value, at));
        }
    }

    fn element(&mut self, schema: &'a Map<String, Value>, index: usize, value: &Value, at: &str) {
        schema.get("contains").into_iter().for_each(|branch| self.apply(branch, value, at));
        let (prefix, rest) = match (self.seven, schema.get("items")) {
            (true, Some(Value::Array(prefix))) => {
                (prefix.as_slice(), schema.get("additionalItems"))
            }
            (true, items) => (&[][..], items),
            (false, items) => (
                schema
                    .get("prefixItems")
                    .and_then(Value::as_array)
                    .map(Vec::as_slice)
                    .unwrap_or_default(),
                items,
            ),
        };
        prefix.get(index).or(rest).into_iter().for_each(|branch| self.apply(branch, value, at));
    }
}

/// Checks that everything in the may-mark set is sealed, and nothing else.
#[test]
fn random_schemas_mark_what_the_text_of_phase_1_marks() {
    let mut dice = Dice(20_261_122);
    let (mut compiled, mut sealed) = (0, 0);
    for case in 0..1_500 {
        let seven = case % 2 == 0;
        let mut root = schema(&mut dice, 3, seven, true);
        let Some(members) = root.as_object_mut() else { continue };
        if seven && members.contains_key("$ref") {
            continue;
        }
        let (definitions, named) = if seven {
            ("definitions", "http://json-schema.org/draft-07/schema#")
        } else {
            ("$defs", "https://json-schema.org/draft/2020-12/schema")
        };
        let own = (0..3).map(|n| (format!("d{n}"), schema(&mut dice, 2, seven, true)));
        members.insert(definitions.into(), Value::Object(own.collect()));
        members.insert("$schema".into(), named.into());
        members.insert("x-schema-family".into(), "f".into());
        // The marks are judged here, and a build may need another one for what a schema asserts.
        let options = Options { validation: ValidationMode::Off, ..Options::default() };
        let policy = match Policy::compile(root.to_string().as_bytes(), options) {
            Ok(policy) => policy,
            // The generator also makes definitions that only refer to one another.
            Err(error)
                if error
                    .record()
                    .findings
                    .iter()
                    .all(|finding| finding.id == "endless-reference") =>
            {
                continue;
            }
            Err(error) => panic!("{root}: {:?}", error.record()),
        };
        compiled += 1;
        for _ in 0..6 {
            let document = document(&mut dice, 4);
            let mut oracle =
                Oracle { root: &root, seven, seen: HashSet::new(), marked: BTreeSet::new() };
            oracle.apply(&root, &document, "");
            let outermost: BTreeSet<&str> = oracle
                .marked
                .iter()
                .map(String::as_str)
                .filter(|at| {
                    !at.match_indices('/').any(|(end, _)| oracle.marked.contains(&at[..end]))
                })
                .collect();
            let text = document.to_string();
            let tape = Tape::parse(text.as_bytes(), &Limits::default()).unwrap();
            let found = policy.resolve(&tape, Sought::All).unwrap();
            let pointers: Vec<String> = found
                .locations
                .iter()
                .map(|location| tape.node(location.node).unwrap().pointer())
                .collect();
            assert_eq!(
                pointers.iter().map(String::as_str).collect::<BTreeSet<_>>(),
                outermost,
                "{root}\n{document}"
            );
            assert_eq!(pointers.len(), outermost.len());
            assert!(
                found.disputes.is_empty()
                    && !found.locations.iter().any(|location| location.disputed)
            );
            sealed += pointers.len();
            for (location, pointer) in found.locations.iter().zip(&pointers) {
                let mut pattern = String::new();
                found.patterns.write(location.pattern, &mut pattern);
                assert_eq!(pattern.split('/').count(), pointer.split('/').count());
                assert!(
                    pattern
                        .split('/')
                        .zip(pointer.split('/'))
                        .all(|(pattern, token)| pattern == "*" || pattern == token),
                    "{pattern} {pointer}"
                );
            }
        }
    }
    assert!(
        compiled > 500 && sealed > 1_000,
        "{compiled} schemas, {sealed} values: the cases must not become trivial"
    );
}
