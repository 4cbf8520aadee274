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

/// Returns the value to which an RFC 6901 pointer leads. Escapes that the standard does not know
/// stand for themselves.
pub(crate) fn find<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    tokens(pointer)?.iter().try_fold(value, |value, token| match value {
        Value::Object(members) => members.get(token),
        Value::Array(elements) => elements.get(index(token)?),
        _ => None,
    })
}

/// Does what [`find`] does, for a value to change.
pub(crate) fn find_mut<'v>(value: &'v mut Value, pointer: &str) -> Option<&'v mut Value> {
    tokens(pointer)?.iter().try_fold(value, |value, token| match value {
        Value::Object(members) => members.get_mut(token),
        Value::Array(elements) => elements.get_mut(index(token)?),
        _ => None,
    })
}

fn tokens(pointer: &str) -> Option<Vec<String>> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    Some(pointer.split('/').skip(1).map(unescaped).collect())
}

fn unescaped(token: &str) -> String {
    let mut out = String::with_capacity(token.len());
    let mut rest = token.chars();
    while let Some(c) = rest.next() {
        let (meant, skipped) = match (c, rest.clone().next()) {
            ('~', Some('0')) => ('~', true),
            ('~', Some('1')) => ('/', true),
            _ => (c, false),
        };
        out.push(meant);
        if skipped {
            rest.next();
        }
    }
    out
}

fn index(token: &str) -> Option<usize> {
    let is_plain = !token.starts_with('+') && (token.len() == 1 || !token.starts_with('0'));
    if is_plain { token.parse().ok() } else { None }
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
    fn a_pointer_leads_where_serde_json_says() {
        let mut value =
            json!({"a/b": [{"~": 1}, [2, 3]], "": {"~2": 4, "~1": 5, "x~": 6}, "0": [7]});
        for pointer in [
            "",
            "/",
            "x",
            "//",
            "/a~1b",
            "/a~1b/0/~0",
            "/a~1b/1/1",
            "/a~1b/01",
            "/a~1b/+1",
            "/a~1b/",
            "/a~1b/2",
            "/a~1b/-",
            "/~2",
            "//~2",
            "//~01",
            "//~02",
            "//x~",
            "//~~1",
            "/0/0",
            "/0/00",
            "/0/0/0",
            "/a/b",
            "/a~1b/99999999999999999999",
        ] {
            assert_eq!(find(&value, pointer), value.pointer(pointer), "{pointer}");
            let mut other = value.clone();
            assert_eq!(find_mut(&mut value, pointer), other.pointer_mut(pointer), "{pointer}");
        }
    }

    #[test]
    fn objects_are_built_as_the_macro_builds_them() {
        let both = &mut [("b", pair(1.into(), "x".into())), ("a", Value::Null)];
        assert_eq!(object(both), json!({"a": null, "b": [1, "x"]}));
        assert_eq!(one("not", one("enum", Value::Array(Vec::new()))), json!({"not": {"enum": []}}));
    }
}
