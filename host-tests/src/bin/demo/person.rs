//! Chooses the person to forget, and finds the places at which the name still stands.

use std::collections::BTreeMap;

use serde_json::Value;

/// The login of the person whose id is `reference`, as an object with both says it.
pub(crate) fn login(document: &Value, reference: &str) -> Option<String> {
    match document {
        Value::Object(members) => {
            let own =
                members.get("id").is_some_and(|id| id.to_string().trim_matches('"') == reference);
            let login =
                members.get("login").and_then(Value::as_str).filter(|_| own).map(str::to_owned);
            login.or_else(|| members.values().find_map(|value| login_below(value, reference)))
        }
        other => login_below(other, reference),
    }
}

fn login_below(value: &Value, reference: &str) -> Option<String> {
    match value {
        Value::Array(elements) => elements.iter().find_map(|element| login(element, reference)),
        Value::Object(_) => login(value, reference),
        _ => None,
    }
}

/// Counts the strings that hold `name`, by their pointers with array indices as `*`.
pub(crate) fn mentions(value: &Value, name: &str, at: &str, found: &mut BTreeMap<String, usize>) {
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(member, value)| mentions(value, name, &format!("{at}/{member}"), found)),
        Value::Array(elements) => {
            elements.iter().for_each(|element| mentions(element, name, &format!("{at}/*"), found))
        }
        Value::String(text) if text.contains(name) => *found.entry(at.to_owned()).or_default() += 1,
        _ => {}
    }
}
