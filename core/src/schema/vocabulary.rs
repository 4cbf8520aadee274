//! Our keywords, besides the marker itself: known and built, known and not built, misspelt.

use serde_json::{Map, Value};

use super::finding::{Findings, below};

/// What `contentMediaType` says of an envelope.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.fieldseal.sealed";

/// The pattern of an envelope without its length.
#[cfg(feature = "validation")]
pub(crate) const CHARACTERS: &str = "^Fs1[B-D][A-Za-z0-9_-]*$";

const BUILT: [&str; 4] =
    ["x-protection", "x-protection-defaults", "x-retention", "x-schema-family"];
const NOT_BUILT: [&str; 1] = ["x-privacy"];

/// Whether the keyword is of our vocabulary. Other `x-…` keywords are everybody's own (V-24).
pub(crate) fn is_ours(keyword: &str) -> bool {
    BUILT.contains(&keyword) || NOT_BUILT.contains(&keyword)
}

/// Looks at one schema's keywords.
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
                findings.error(
                    "defaults-misplaced",
                    place(),
                    "x-protection-defaults counts only at the root of the schema that is compiled",
                );
            }
            "x-retention" if is_main_root => {}
            "x-retention" => {
                findings.error(
                    "retention-misplaced",
                    place(),
                    "x-retention counts only at the root of the schema that is compiled",
                );
            }
            // A reference may be a policy of its own; its family is not this one's.
            "x-schema-family"
                if is_root && value.as_str().is_some_and(|family| !family.is_empty()) => {}
            "x-schema-family" if is_root => findings.error(
                "family-malformed",
                place(),
                "x-schema-family must be a string, and not empty",
            ),
            "x-schema-family" => findings.error(
                "family-misplaced",
                place(),
                "x-schema-family counts only at the root of a schema",
            ),
            name if NOT_BUILT.contains(&name) => {
                findings.error(
                    "not-built",
                    place(),
                    format!("the keyword `{name}` is not built yet"),
                );
            }
            name if is_misspelt(name) => {
                findings.error(
                    "unknown-keyword",
                    place(),
                    "this looks like a keyword of the vocabulary, and is none",
                );
            }
            _ => {}
        }
    }
}

/// A marker that a slip of the pen turns off is the one mistake that nobody would see. One letter
/// for another is no slip: `x-projection` is a word of its own.
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

/// Whether one text is the other but for a letter too few or too many, or two that changed places.
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
