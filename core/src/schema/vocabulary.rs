//! The keywords of the vocabulary: implemented, not yet implemented, and misspelt.

use serde_json::{Map, Value};

use super::finding::{Findings, below};
use super::nearest::nearest;

/// The `contentMediaType` of an envelope.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.fieldseal.sealed";

/// The pattern of an envelope, up to the letters of its suites.
pub(crate) const BEFORE_SUITES: &str = "^Fs1";

/// The pattern of an envelope, without its length, from the letters of its suites on.
pub(crate) const AFTER_SUITES: &str = "[A-Za-z0-9_-]*$";

/// Returns true for the pattern of an envelope without its length, whatever suites it takes.
#[cfg(feature = "validation")]
pub(crate) fn is_of_envelopes(pattern: &Value) -> bool {
    let suites = pattern
        .as_str()
        .and_then(|text| text.strip_prefix(BEFORE_SUITES)?.strip_suffix(AFTER_SUITES));
    suites.is_some_and(|suites| {
        let letters = suites.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let letters = letters.unwrap_or(suites).as_bytes();
        !letters.is_empty() && letters.iter().all(u8::is_ascii_uppercase)
    })
}

const BUILT: [&str; 4] =
    ["x-protection", "x-protection-defaults", "x-retention", "x-schema-family"];
const NOT_BUILT: [&str; 1] = ["x-privacy"];

/// Returns true for a keyword of the vocabulary. Other `x-…` keywords belong to the schema's
/// authors (V-24).
pub(crate) fn is_ours(keyword: &str) -> bool {
    BUILT.contains(&keyword) || NOT_BUILT.contains(&keyword)
}

/// Returns true if a value holds a keyword of the vocabulary at any depth.
pub(crate) fn holds_ours(value: &Value) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) if members.keys().any(|keyword| is_ours(keyword)) => {
                return true;
            }
            Value::Object(members) => open.extend(members.values()),
            Value::Array(elements) => open.extend(elements),
            _ => {}
        }
    }
    false
}

/// Checks the keywords of one schema.
pub(crate) fn check(
    schema: &Map<String, Value>,
    is_main_root: bool,
    is_root: bool,
    at: &str,
    findings: &mut Findings,
) {
    for (keyword, value) in schema {
        let place = || below(at, keyword);
        match keyword.as_str() {
            "x-protection" => {}
            "x-protection-defaults" if is_main_root => {}
            "x-protection-defaults" => {
                findings.error_with_fix(
                    "defaults-misplaced",
                    place(),
                    "`x-protection-defaults` counts only at the root of the schema that is \
                     compiled",
                    "move it to the root, or write its members in each marker",
                );
            }
            "x-retention" if is_main_root => {}
            "x-retention" => {
                findings.error_with_fix(
                    "retention-misplaced",
                    place(),
                    "`x-retention` counts only at the root of the schema that is compiled",
                    "move its rules to the root",
                );
            }
            // A reference may also be compiled as a policy, with its own family.
            "x-schema-family"
                if is_root && value.as_str().is_some_and(|family| !family.is_empty()) => {}
            "x-schema-family" if is_root => findings.error(
                "family-malformed",
                place(),
                "`x-schema-family` must be a string that is not empty",
            ),
            "x-schema-family" => findings.error_with_fix(
                "family-misplaced",
                place(),
                "`x-schema-family` counts only at the root of a schema",
                "move it to the root",
            ),
            name if NOT_BUILT.contains(&name) => {
                findings.error_with_fix(
                    "not-built",
                    place(),
                    format!(
                        "the vocabulary has `{name}`, and this release does not build it yet: the \
                         facts in it would not be checked"
                    ),
                    format!("leave `{name}` out until a release builds it"),
                );
            }
            name if is_misspelt(name) => misspelt(name, place(), findings),
            _ => {}
        }
    }
}

fn misspelt(name: &str, at: String, findings: &mut Findings) {
    const ID: &str = "unknown-keyword";
    match nearest(name, &BUILT) {
        Some(meant) => findings.error_with_fix(
            ID,
            at,
            format!("unknown keyword `{name}`: did you mean `{meant}`?"),
            format!("write `{meant}`"),
        ),
        None => findings.error(
            ID,
            at,
            format!(
                "this looks like a keyword of the vocabulary and is not one; known are {}",
                BUILT.join(", ")
            ),
        ),
    }
}

/// Returns true for a typing error in a keyword of the vocabulary, since such a marker would
/// silently mark nothing. A replaced letter does not count: `x-projection` is a word.
fn is_misspelt(keyword: &str) -> bool {
    let starts = |prefix: &str| {
        keyword.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    ["x-protect", "x_protect", "x-schema-fam"].into_iter().any(starts)
        || BUILT
            .iter()
            .chain(&NOT_BUILT)
            .any(|ours| is_slip(keyword.to_ascii_lowercase().as_bytes(), ours.as_bytes()))
}

/// Returns true if the texts differ by one inserted or missing letter, or by two swapped ones.
fn is_slip(written: &[u8], meant: &[u8]) -> bool {
    let same = written.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (Some(written), Some(meant)) = (written.get(same..), meant.get(same..)) else {
        return false;
    };
    match (written, meant) {
        ([], []) | ([_], []) | ([], [_]) => true,
        ([a, b, rest @ ..], [c, d, others @ ..]) if a == d && b == c && rest == others => true,
        ([_, rest @ ..], meant) if rest == meant => true,
        (written, [_, others @ ..]) => written == others,
        _ => false,
    }
}
