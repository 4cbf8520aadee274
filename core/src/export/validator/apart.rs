//! A fault of the validator crate (0.60 and 0.61), kept away from: to know what is evaluated it
//! compiles the schemas below `patternProperties`, throws them away, and later may look for what
//! they alone held. It then panics, on schemas that combine `unevaluatedProperties`, references
//! below `patternProperties` and loops of references. Said within `not not`, those schemas evaluate
//! the same values and are never thrown away.

use serde_json::{Map, Value, json};

use crate::schema::draft::{Draft, Slot};

/// The schema as it can be compiled, if it has to be another.
pub(super) fn apart(schema: &Value, draft: Draft) -> Option<Value> {
    let signs = Signs::of(schema);
    if draft < Draft::TwentyNineteen || !signs.unevaluated || !signs.patterned || signs.pointed {
        return None;
    }
    let mut schema = schema.clone();
    visit(&mut schema, draft);
    Some(schema)
}

/// The recursion is as deep as schemas may be nested.
fn visit(schema: &mut Value, draft: Draft) {
    let Value::Object(members) = schema else { return };
    for (keyword, value) in members.iter_mut() {
        match (draft.slot(keyword), value) {
            (Slot::Data | Slot::Other, _) => {}
            (Slot::List | Slot::OneOrList, Value::Array(schemas)) => {
                schemas.iter_mut().for_each(|schema| visit(schema, draft))
            }
            (Slot::Map | Slot::Dependencies, Value::Object(schemas)) => {
                schemas.values_mut().for_each(|schema| visit(schema, draft))
            }
            (_, value) => visit(value, draft),
        }
    }
    rewrite(members);
}

fn rewrite(members: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = members.get_mut("patternProperties") else { return };
    if !patterns.values().any(|schema| Signs::of(schema).refers) {
        return;
    }
    let mut evaluated = Map::new();
    for pattern in patterns.keys() {
        evaluated.insert(pattern.clone(), Value::Bool(true));
    }
    let own = std::mem::replace(patterns, evaluated);
    let silent = json!({"not": {"not": {"patternProperties": own}}});
    // Anything else is no schema of its draft, as whoever compiles it finds out.
    if let Value::Array(all) = members.entry("allOf").or_insert_with(|| Value::Array(Vec::new())) {
        all.push(silent);
    }
}

/// What a text holds, be it schema or not.
#[derive(Default)]
struct Signs {
    unevaluated: bool,
    /// References stand below `patternProperties`.
    patterned: bool,
    /// A reference leads below `patternProperties`.
    pointed: bool,
    refers: bool,
}

impl Signs {
    fn of(value: &Value) -> Signs {
        let mut signs = Signs::default();
        let mut open = vec![(value, false)];
        while let Some((value, below)) = open.pop() {
            match value {
                Value::Object(members) => {
                    for (name, value) in members {
                        match (name.as_str(), value) {
                            ("unevaluatedProperties", _) => signs.unevaluated = true,
                            ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(text)) => {
                                signs.refers = true;
                                signs.patterned |= below;
                                signs.pointed |= text.contains("/patternProperties/");
                            }
                            _ => {}
                        }
                        open.push((value, below || name == "patternProperties"));
                    }
                }
                Value::Array(elements) => open.extend(elements.iter().map(|value| (value, below))),
                _ => {}
            }
        }
        signs
    }
}
