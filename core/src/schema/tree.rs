//! Builds and writes schemas as trees. The macro and the serialiser of `serde_json` do the same, and
//! are compiled anew for every place.

use fieldseal_json::canonical;
use serde_json::{Map, Value};

/// Returns an object of these members, whose values are taken.
#[inline(never)]
pub(crate) fn object(members: &mut [(&str, Value)]) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert((*name).to_owned(), value.take());
    }
    Value::Object(object)
}

/// Returns an object of one member.
pub(crate) fn one(name: &str, value: Value) -> Value {
    object(&mut [(name, value)])
}

/// Returns an array of two elements.
pub(crate) fn pair(first: Value, second: Value) -> Value {
    Value::Array(vec![first, second])
}

/// Returns the JSON text of a value, without white space and in the order of its maps.
pub(crate) fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// Recursion is as deep as the value, which intake bounds.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => canonical::string(text, out),
        Value::Array(elements) => {
            let mut mark = '[';
            for element in elements {
                out.push(mark);
                write(element, out);
                mark = ',';
            }
            out.push_str(if mark == '[' { "[]" } else { "]" });
        }
        Value::Object(members) => {
            let mut mark = '{';
            for (name, member) in members {
                out.push(mark);
                canonical::string(name, out);
                out.push(':');
                write(member, out);
                mark = ',';
            }
            out.push_str(if mark == '{' { "{}" } else { "}" });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_written_as_serde_json_writes_it() {
        let control: String = (0..0x90_u8).map(char::from).collect();
        let value = json!({
            "z": [], "a": {}, "\u{fb33}": [null, true, false], "\u{1f600}": {"\"\\/": control},
            "numbers": [0, -1, u64::MAX, i64::MIN, 1.0, -0.0, 0.1, 1e21, 1e-7, 5e-324, 1.5e300],
            "deep": [[[{"a": [{}]}]]],
        });
        assert_eq!(text(&value), value.to_string());
    }

    #[test]
    fn objects_are_built_as_the_macro_builds_them() {
        let both = &mut [("b", pair(1.into(), "x".into())), ("a", Value::Null)];
        assert_eq!(object(both), json!({"a": null, "b": [1, "x"]}));
        assert_eq!(one("not", one("enum", Value::Array(Vec::new()))), json!({"not": {"enum": []}}));
    }
}
