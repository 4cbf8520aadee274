//! Random changes of schemas.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::schema::shapes::table::GROUPS;

/// Random numbers that are the same in every run: SplitMix64.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    pub(super) fn pick<'t, T: ?Sized>(&mut self, among: &[&'t T]) -> &'t T {
        among[self.below(among.len())]
    }
}

/// Values of every shape, and at the limits of shapes.
pub(super) static VALUES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut values: Vec<Value> = serde_json::from_str(
        r##"[null, true, false, 0, -0.0, 1, 1.0, 0.5, -1, -0.5, 1e300, 18446744073709551615,
        -9223372036854775808, "", "a", "a b", "#", "#a", "a#", "a#b", "a##", "_a", "1a", "a:b",
        "a.b-c_d", "http://x/y", "//[::1]:80/a?b#c", "//[::1", "//u@h:8a", "a%2", "a%20", "é",
        "1:a", "./1:a", "mailto:a@b", "http://[v1.a:b]/", "http://[1:2::3.4.5.6]", "//a@b@c",
        "string", "integer", "number", "any", "(", "\\d", "[]", [], [[]], {}, [{}], [true],
        [true, true], [1, 1], [1, 1.0], ["a"], ["a", "a"], ["a", 1], ["string"], ["string", "null"],
        ["string", "string"], ["any"], {"a": {}}, {"a": true}, {"a": 1}, {"a": []}, {"a": ["b"]},
        {"a": ["b", "b"]}, {"type": "any"}, {"type": "string"}, {"minimum": 1}, {"(": {}},
        {"items": [{"minimum": "1"}]}, {"exclusiveMinimum": true},
        {"exclusiveMinimum": true, "minimum": 1}, {"exclusiveMaximum": 1}, {"$ref": "a b"},
        {"$ref": "#/definitions/a", "type": 1}, {"pattern": "("}, {"$vocabulary": {"a b": 1}},
        {"$id": "http://x/a", "$schema": "http://json-schema.org/draft-07/schema#", "if": 1},
        {"$id": "http://x/b", "$schema": "https://json-schema.org/draft/2020-12/schema",
         "prefixItems": [], "items": []},
        {"id": "http://x/c", "$schema": "http://json-schema.org/draft-04/schema#",
         "minimum": 1, "exclusiveMinimum": true},
        {"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": true}]"##,
    )
    .unwrap();
    values.sort_by_key(Value::to_string);
    values
});

pub(super) fn keywords() -> Vec<&'static str> {
    let mut names: Vec<&str> = GROUPS
        .iter()
        .copied()
        .flatten()
        .map(|row| row.0)
        .chain(["x", "const", "default"])
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Returns a random value below the root, or the root.
fn choose<'v>(value: &'v mut Value, dice: &mut Dice) -> &'v mut Value {
    let inner = match value {
        Value::Object(members) => members.len(),
        Value::Array(elements) => elements.len(),
        _ => 0,
    };
    if inner == 0 || dice.below(6) == 0 {
        return value;
    }
    let at = dice.below(inner);
    let chosen = match value {
        Value::Object(members) => members.values_mut().nth(at),
        Value::Array(elements) => elements.get_mut(at),
        _ => None,
    };
    choose(chosen.unwrap(), dice)
}

pub(super) fn mutate(
    schema: &mut Value,
    dice: &mut Dice,
    keywords: &[&'static str],
    donor: &Value,
) {
    let value = VALUES[dice.below(VALUES.len())].clone();
    match (dice.below(6), choose(schema, dice)) {
        (0, any) => *any = value,
        (2, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(dice.below(members.len())).unwrap().clone();
            let own = members.remove(&name).unwrap();
            if dice.below(2) == 0 {
                members.insert(dice.pick(keywords).to_owned(), own);
            }
        }
        (3 | 4, Value::Object(members)) => {
            let Value::Object(others) = donor else { return };
            if let Some((name, value)) = others.iter().nth(dice.below(others.len().max(1))) {
                members.insert(name.clone(), value.clone());
            }
        }
        (_, Value::Object(members)) => {
            members.insert(dice.pick(keywords).to_owned(), value);
        }
        (_, Value::Array(elements)) if !elements.is_empty() => {
            let at = dice.below(elements.len());
            let own = if dice.below(2) == 0 { elements[at].clone() } else { value };
            elements.push(own);
        }
        (1, number @ Value::Number(_)) => *number = json!(-number.as_f64().unwrap()),
        (2, any) => *any = json!([any.clone()]),
        (_, any) => *any = value,
    }
}
