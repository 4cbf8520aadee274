//! Translates regular expressions of ECMA-262 for the engine of the validator crate.
//!
//! The engine lacks a few forms that the flag `u` allows: `\0`, `\b` in a class, `[]`, `[^]`,
//! surrogate pairs, and back references by name. For each of them it has an equivalent.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::schema::draft::{Draft, Slot};

/// Returns true if a pattern of the schema must be translated. Considers every `pattern` and
/// `patternProperties`, at any place.
pub(crate) fn is_needed(schema: &Value) -> bool {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let differs = |pattern: &str| matches!(translated(pattern), Cow::Owned(_));
                if members.get("pattern").and_then(Value::as_str).is_some_and(differs) {
                    return true;
                }
                if let Some(Value::Object(patterns)) = members.get("patternProperties")
                    && patterns.keys().any(|pattern| differs(pattern))
                {
                    return true;
                }
                open.extend(members.values());
            }
            Value::Array(elements) => open.extend(elements),
            _ => {}
        }
    }
    false
}

/// Translates the patterns of a schema in which no reference leads below `patternProperties`.
///
/// Recurses as deep as schemas may be nested.
pub(crate) fn translate(schema: &mut Value, draft: Draft) {
    let Value::Object(members) = schema else { return };
    if let Some(Value::String(pattern)) = members.get_mut("pattern")
        && let Cow::Owned(other) = translated(pattern)
    {
        *pattern = other;
    }
    if let Some(Value::Object(patterns)) = members.get_mut("patternProperties")
        && patterns.keys().any(|pattern| matches!(translated(pattern), Cow::Owned(_)))
    {
        let mut renamed = Map::new();
        for (pattern, schema) in std::mem::take(patterns) {
            let name = translated(&pattern).into_owned();
            // Two spellings of one pattern: both schemas hold.
            match renamed.remove(&name) {
                Some(other) => renamed.insert(name, serde_json::json!({"allOf": [other, schema]})),
                None => renamed.insert(name, schema),
            };
        }
        *patterns = renamed;
    }
    for (keyword, value) in members.iter_mut() {
        match (draft.slot(keyword), value) {
            (Slot::Data | Slot::Other, _) => {}
            (Slot::List | Slot::OneOrList, Value::Array(schemas)) => {
                schemas.iter_mut().for_each(|schema| translate(schema, draft));
            }
            (Slot::Map | Slot::Dependencies, Value::Object(schemas)) => {
                schemas.values_mut().for_each(|schema| translate(schema, draft));
            }
            (_, value) => translate(value, draft),
        }
    }
}

/// Returns the pattern in the form that the engine supports.
pub(super) fn translated(pattern: &str) -> Cow<'_, str> {
    let mut out = String::new();
    // Everything before `kept` is in `out`.
    let (mut kept, mut at, mut in_class) = (0, 0, false);
    while let Some(rest) = pattern.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, other) = match form(rest, in_class, pattern) {
            Form::Same(length) => (length, None),
            Form::Other(length, text) => (length, Some(text)),
        };
        match rest.as_bytes() {
            [b'[', ..] if !in_class => in_class = other.is_none(),
            [b']', ..] => in_class = false,
            _ => {}
        }
        if let Some(text) = other {
            out.push_str(pattern.get(kept..at).unwrap_or_default());
            out.push_str(&text);
            kept = at + length;
        }
        at += length;
    }
    if kept == 0 {
        return Cow::Borrowed(pattern);
    }
    out.push_str(pattern.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

/// The length of one form in bytes, and its replacement if the engine lacks it.
enum Form {
    Same(usize),
    Other(usize, Cow<'static, str>),
}

fn form(rest: &str, in_class: bool, pattern: &str) -> Form {
    let other = |length, text: &'static str| Form::Other(length, Cow::Borrowed(text));
    if !in_class && rest.starts_with("[^]") {
        return other(3, r"[\s\S]");
    }
    if !in_class && rest.starts_with("[]") {
        return other(2, r"[^\s\S]");
    }
    if rest.starts_with(r"\0") {
        return other(2, r"\x00");
    }
    if in_class && rest.starts_with(r"\b") {
        return other(2, r"\x08");
    }
    if !in_class && let Some(name) = rest.strip_prefix(r"\k<").and_then(|rest| rest.split_once('>'))
    {
        let (name, _) = name;
        if let Some(number) = group_number(pattern, name) {
            // A digit after the reference belongs to the text, not to the number.
            return Form::Other(name.len() + 4, Cow::Owned(format!(r"(?:\{number})")));
        }
    }
    if let Some(unit) = unit(rest) {
        return match (unit, rest.get(6..).and_then(self::unit)) {
            (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) => {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                Form::Other(12, Cow::Owned(format!(r"\u{{{code:x}}}")))
            }
            // Half a surrogate pair, which never occurs in a JSON text in UTF-8.
            (0xd800..0xe000, _) if in_class => other(6, r"\u{10ffff}"),
            (0xd800..0xe000, _) => other(6, r"[^\s\S]"),
            _ => Form::Same(6),
        };
    }
    let length = rest.chars().take(if rest.starts_with('\\') { 2 } else { 1 }).map(char::len_utf8);
    Form::Same(length.sum())
}

/// Reads `\uHHHH`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix(r"\u")?.get(..4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

/// Returns the number of the named group among all capturing groups.
fn group_number(pattern: &str, name: &str) -> Option<u32> {
    let (mut number, mut in_class, mut escaped) = (0, false, false);
    for (at, c) in pattern.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let inside = pattern.get(at + 1..)?;
                let named = inside.strip_prefix("?<").filter(|name| !name.starts_with(['=', '!']));
                if named.is_some() || !inside.starts_with('?') {
                    number += 1;
                }
                if named.and_then(|own| own.split_once('>')).is_some_and(|(own, _)| own == name) {
                    return Some(number);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn forms_that_the_engine_lacks_have_their_equals() {
        for (pattern, expected) in [
            (r"^[^\0]+$", r"^[^\x00]+$"),
            (r"\0", r"\x00"),
            (r"[\b]", r"[\x08]"),
            (r"\bword\b", r"\bword\b"),
            ("a[^]b", r"a[\s\S]b"),
            ("[]", r"[^\s\S]"),
            (r"\ud83d\ude00", r"\u{1f600}"),
            (r"[\ud83c\udf00-\ud83c\udfff]", r"[\u{1f300}-\u{1f3ff}]"),
            (r"\ud83dx", r"[^\s\S]x"),
            (r#"(?<quote>["']).*\k<quote>"#, r#"(?<quote>["']).*(?:\1)"#),
            (r"(a)(?:b)(?<=c)(?<n>d)\k<n>1", r"(a)(?:b)(?<=c)(?<n>d)(?:\2)1"),
            (r"\\0\\[\]]é[^\]]", r"\\0\\[\]]é[^\]]"),
            (r"\u00e9", r"\u00e9"),
        ] {
            assert_eq!(translated(pattern), expected, "{pattern}");
        }
    }
}
