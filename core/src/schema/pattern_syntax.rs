//! Checks the regular expressions of a schema.

mod property;
mod reader;

use serde_json::{Map, Value};

pub(crate) use reader::is_pattern;

use super::finding::{Findings, below};

/// Refuses a pattern that is no regular expression of ECMA-262 with the flag `u` (JSON Schema core,
/// section 6.4).
pub(crate) fn check(schema: &Map<String, Value>, at: &str, findings: &mut Findings) {
    let mut judge = |pattern: &str, place: String| {
        if !is_pattern(pattern) {
            findings.error("pattern-malformed", place, MESSAGE);
        }
    };
    if let Some(Value::String(pattern)) = schema.get("pattern") {
        judge(pattern, below(at, "pattern"));
    }
    if let Some(Value::Object(patterns)) = schema.get("patternProperties") {
        for pattern in patterns.keys() {
            judge(pattern, below(&below(at, "patternProperties"), pattern));
        }
    }
}

const MESSAGE: &str = "this is not a regular expression of ECMA-262 with the flag `u`, which JSON \
                       Schema asks for; other languages write some things otherwise";
