//! Tokens beside a sealed value (`index`) or in place of a value (`pseudonym`).

use serde_json::Value;

use crate::envelope::{Bits, Normalisation};
use crate::schema::finding::{Findings, below};

/// An index: a token returned beside the document, by which the sealed value is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) normalisation: Normalisation,
    pub(crate) bits: Bits,
    /// True if each data subject has an index key, so that erasing the subject shreds the index.
    pub(crate) per_subject: bool,
}

const MEMBERS: [&str; 4] = ["name", "normalize", "bits", "per"];

/// A keyed one-way token in place of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pseudonym {
    pub(crate) domain: String,
    pub(crate) normalisation: Normalisation,
}

impl Index {
    /// Reads the members. Each fault is a finding at its member.
    pub(super) fn read(value: &Value, at: &str, findings: &mut Findings) -> Option<Index> {
        let Value::Object(members) = value else {
            findings.error("marker-malformed", at, "`index` must be an object");
            return None;
        };
        let (mut index, mut has_bits) = (
            Index {
                name: String::new(),
                normalisation: Normalisation::Exact,
                bits: Bits::MAX,
                per_subject: false,
            },
            false,
        );
        for (name, value) in members {
            let at = below(at, name);
            match (name.as_str(), value) {
                ("name", Value::String(text)) if !text.is_empty() => index.name.clone_from(text),
                ("name", _) => {
                    findings.error("marker-malformed", at, "`name` must be a string, and not empty")
                }
                ("normalize", value) => match normalisation(value) {
                    Some(normalisation) => index.normalisation = normalisation,
                    None => findings.error(
                        "marker-malformed",
                        at,
                        "`normalize` must be one of exact, nfkc-casefold, email, digits",
                    ),
                },
                ("bits", value) => {
                    has_bits = true;
                    match value.as_u64().and_then(|bits| Bits::new(u8::try_from(bits).ok()?)) {
                        Some(bits) => index.bits = bits,
                        None => findings.error(
                            "marker-malformed",
                            at,
                            "`bits` must be a whole number from 8 to 64",
                        ),
                    }
                }
                ("per", value) if value == "domain" => index.per_subject = false,
                ("per", value) if value == "subject" => index.per_subject = true,
                ("per", _) => {
                    findings.error("marker-malformed", at, "`per` must be domain or subject")
                }
                (name, _) => findings.unknown("unknown-member", at, "member", name, &MEMBERS),
            }
        }
        for (is_there, member) in
            [(!index.name.is_empty() || members.contains_key("name"), "name"), (has_bits, "bits")]
        {
            if !is_there {
                findings.error("marker-malformed", at, format!("`index` needs `{member}`"));
            }
        }
        Some(index)
    }
}

pub(super) fn normalisation(value: &Value) -> Option<Normalisation> {
    Normalisation::named(value.as_str()?)
}
