//! Mutation of texts as the trees that they are: most bytes that one changes in a schema only make
//! it no schema.

use serde_json::{Map, Value};

use crate::host::Stream;
use crate::input::{join, split};
use crate::words;

/// What a text of the input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    Schema,
    Document,
    /// The compile options.
    Options,
}

/// The changed input's length, for `fuzz_mutator!`; `bytes` is libFuzzer's own mutation, which is
/// called for where there is no tree, and now and then, since only it makes new spellings.
pub fn mutate<const N: usize>(
    texts: [Text; N],
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    bytes: impl FnOnce(&mut [u8], usize, usize) -> usize,
) -> usize {
    let mut random = Stream(seed.into());
    let input = split::<N>(&data[..size]);
    let number = random.below(N);
    let changed = match random.below(4) {
        0 => None,
        _ => change(texts[number], &input, number, &mut random).map(|text| {
            let mut all: Vec<&[u8]> = input.to_vec();
            all[number] = &text;
            join(&all)
        }),
    };
    match changed.filter(|changed| changed.len() <= max_size.min(data.len())) {
        Some(changed) => {
            data[..changed.len()].copy_from_slice(&changed);
            changed.len()
        }
        None => bytes(data, size, max_size),
    }
}

/// One text as a tree with some changes; nothing for one that is no JSON.
fn change(what: Text, input: &[&[u8]], number: usize, random: &mut Stream) -> Option<Vec<u8>> {
    let text = input[number];
    let mut tree: Value = if text.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(text).ok()?
    };
    // Names of all texts, so that a schema's and its document's meet.
    let mut names: Vec<String> = Vec::new();
    let others = input.iter().filter_map(|text| serde_json::from_slice::<Value>(text).ok());
    others.for_each(|other| collect(&other, &mut names));
    for _ in 0..=random.below(3) {
        let donor = nth(&mut tree, random).clone();
        let at = nth(&mut tree, random);
        let name = if names.is_empty() || random.below(2) == 0 {
            words::name(random)
        } else {
            names[random.below(names.len())].clone()
        };
        alter(what, at, donor, name, random);
    }
    if what == Text::Schema && random.below(4) == 0 && names.iter().any(|name| name == "retention")
    {
        // What markers name stands in one place alone, which chance hardly meets.
        tree.as_object_mut()?
            .entry("x-retention")
            .or_insert_with(|| words::value_of("x-retention", random));
    }
    serde_json::to_vec(&tree).ok()
}

fn alter(what: Text, at: &mut Value, donor: Value, name: String, random: &mut Stream) {
    let fresh = |random: &mut Stream| {
        if what == Text::Document { words::scalar(random) } else { words::schema(random) }
    };
    match random.below(12) {
        0 => *at = words::scalar(random),
        1 => *at = fresh(random),
        2 => *at = donor,
        3 => match at {
            Value::Array(elements) if !elements.is_empty() => {
                _ = elements.remove(random.below(elements.len()))
            }
            Value::Object(members) => {
                let gone = members.keys().nth(random.below(members.len())).cloned();
                gone.and_then(|name| members.remove(&name));
            }
            _ => *at = fresh(random),
        },
        4 => {
            if let Value::Array(elements) = at {
                elements.reverse();
            }
        }
        5 if what != Text::Document => {
            let inner = at.take();
            *at = match random.below(6) {
                0 => serde_json::json!({"allOf": [inner]}),
                1 => serde_json::json!({"anyOf": [inner, fresh(random)]}),
                2 => serde_json::json!({"oneOf": [inner, fresh(random)]}),
                3 => serde_json::json!({"if": fresh(random), "then": inner}),
                4 => serde_json::json!({"properties": {name: inner}}),
                _ => serde_json::json!({"items": inner}),
            };
        }
        5 => {
            *at = if random.below(2) == 0 {
                serde_json::json!([at.take()])
            } else {
                serde_json::json!({name: at.take()})
            }
        }
        _ => match at {
            Value::Array(elements) => elements.insert(
                random.below(elements.len() + 1),
                if random.below(2) == 0 { donor } else { fresh(random) },
            ),
            Value::Object(members) if what == Text::Document || random.below(3) == 0 => {
                members.insert(name, if random.below(2) == 0 { donor } else { fresh(random) });
            }
            Value::Object(members) => {
                let keyword = words::keyword(random);
                let value = words::value_of(&keyword, random);
                members.insert(keyword, value);
            }
            _ => *at = fresh(random),
        },
    }
}

/// Some value of the tree.
fn nth<'v>(tree: &'v mut Value, random: &mut Stream) -> &'v mut Value {
    let mut left = random.below(size(tree));
    let mut at = tree;
    while left > 0 {
        left -= 1;
        let below: Vec<&mut Value> = match at {
            Value::Array(elements) => elements.iter_mut().collect(),
            Value::Object(members) => members.values_mut().collect(),
            // Not reached: a value without others in it has the size 1.
            _ => Vec::new(),
        };
        let mut next = None;
        for value in below {
            let within = size(value);
            if left < within {
                next = Some(value);
                break;
            }
            left -= within;
        }
        match next {
            Some(value) => at = value,
            None => unreachable!("a tree is as large as its parts"),
        }
    }
    at
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|value| collect(value, names)),
        Value::Object(members) => {
            names.extend(members.keys().cloned());
            members.values().for_each(|value| collect(value, names));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, mutate};
    use crate::input::split;

    #[test]
    fn most_mutants_of_json_are_json_and_none_is_too_long() {
        let seed = b"{\"x-schema-family\":\"f\",\"properties\":{\"a\":{\"x-protection\":{}}}}\n---\n{\"a\":[1,{\"b\":2}]}";
        let (mut whole, mut distinct) = (0, std::collections::BTreeSet::new());
        for number in 0..2000 {
            let mut data = [0; 160];
            data[..seed.len()].copy_from_slice(seed);
            let length = mutate(
                [Text::Schema, Text::Document],
                &mut data,
                seed.len(),
                160,
                number,
                |_, size, _| size,
            );
            assert!(length <= 160);
            let texts = split::<2>(&data[..length]);
            whole += u32::from(
                texts.iter().all(|text| serde_json::from_slice::<serde_json::Value>(text).is_ok()),
            );
            distinct.insert(data[..length].to_vec());
        }
        assert_eq!(whole, 2000);
        assert!(distinct.len() > 800, "{}", distinct.len());
    }
}
