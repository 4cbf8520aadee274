//! Texts that the validator crate judges otherwise, each by a specification.

use super::Format;
use crate::schema::format::label::Decoded;

/// Texts about which this room and the crate differ.
pub(super) struct Difference {
    pub(super) formats: &'static [Format],
    /// The specification that decides, and its answer.
    pub(super) specification: &'static str,
    /// The answer of this room.
    pub(super) accepted: bool,
    pub(super) example: &'static str,
    /// Returns true if a text may differ for this reason.
    pub(super) covers: fn(&str) -> bool,
}

/// Returns true if one of the first bytes is no digit, except at these places.
fn has_other_byte(text: &str, first: usize, except: &[usize]) -> bool {
    let mut places = text.bytes().enumerate().take(first);
    places.any(|(at, byte)| !byte.is_ascii_digit() && !except.contains(&at))
}

/// Returns the characters that labels of the text encode.
fn encoded(text: &str) -> String {
    let labels = text.split(['.', '@']).filter_map(|label| label.strip_prefix("xn--"));
    labels.filter_map(Decoded::of).flat_map(|label| label.as_slice().to_vec()).collect()
}

const LABELS: &[Format] = &[Format::Hostname, Format::Email];

/// Every known difference.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        formats: &[Format::Date, Format::DateTime],
        specification: "RFC 3339, 5.6: a date has digits; the crate loses a borrow between bytes",
        accepted: false,
        example: "24-0-11-01",
        covers: |text| has_other_byte(text, 10, &[4, 7]),
    },
    Difference {
        formats: &[Format::Time, Format::DateTime],
        specification: "RFC 3339, 5.6: a time has digits; the crate loses a borrow between bytes",
        accepted: false,
        example: "00:00:0,Z",
        covers: |text| {
            let time = text.split_once(['T', 't']).map_or(text, |(_, time)| time);
            let offset = time.len().checked_sub(5).and_then(|at| time.get(at..));
            has_other_byte(time, 8, &[2, 5])
                || offset.is_some_and(|offset| has_other_byte(offset, 5, &[2]))
        },
    },
    Difference {
        formats: &[Format::Email],
        specification: "RFC 5321, 4.1.2, and RFC 5322, 3.4.1: no name stands before the address",
        accepted: false,
        example: "Ann <ann@example.com>",
        covers: |text| text.contains(" <") && text.trim_end().ends_with('>'),
    },
    Difference {
        formats: &[Format::Email],
        specification: "RFC 5321, 4.1.2, and RFC 5322, 3.2.1: a quoted pair may hold a space",
        accepted: true,
        example: "\"a\\ b\"@example.com",
        covers: |text| text.starts_with('"') && text.contains("\\ "),
    },
    Difference {
        formats: LABELS,
        specification: "RFC 5892, A.2: a joiner may follow every mark of the class Virama",
        accepted: true,
        example: "xn--nid0j299b",
        covers: |text| encoded(text).contains('\u{200D}'),
    },
    Difference {
        formats: LABELS,
        specification: "RFC 5892, 2: symbols and unassigned places among the kana are excluded",
        accepted: false,
        example: "xn--l8j9j",
        covers: |text| {
            let kana = ['\u{3040}', '\u{3097}', '\u{3098}', '\u{309B}', '\u{309C}', '\u{30A0}'];
            encoded(text).contains(kana)
        },
    },
    Difference {
        formats: &[Format::UriTemplate],
        specification: "RFC 6570, 2.1: a literal holds no controls and no noncharacters",
        accepted: false,
        example: "a\u{85}",
        covers: |text| {
            text.chars().any(|c| {
                matches!(c, '\u{80}'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}')
                    || matches!(c, '\u{E0000}'..='\u{E0FFF}')
                    || u32::from(c) & 0xFFFE == 0xFFFE
            })
        },
    },
    Difference {
        formats: &[Format::Regex],
        specification: "ECMA-262, 22.2.1.1: a property that is not in its tables is an error",
        accepted: false,
        example: "\\p{Unheard}",
        covers: |text| text.contains("\\p") || text.contains("\\P"),
    },
    Difference {
        formats: &[Format::Regex],
        specification: "ECMA-262, 22.2.1: only syntax characters escape themselves (flag `u`)",
        accepted: false,
        example: "\\<",
        covers: |text| {
            text.split('\\').skip(1).any(|rest| {
                rest.starts_with(|c: char| c == '<' || c == '>' || c.is_control() || !c.is_ascii())
            })
        },
    },
    Difference {
        formats: &[Format::Regex],
        specification: "ECMA-262, 12.7: a group's name holds marks; neither has the table of them",
        accepted: true,
        example: "(?<a\u{308}>x)",
        covers: |text| text.contains("(?<") && !text.is_ascii(),
    },
    Difference {
        formats: &[Format::Regex],
        specification: "a bound of this library, as for `pattern`: 250 groups in each other",
        accepted: false,
        example: concat!(
            "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
            "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
            "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
            "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
            "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))",
            "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))",
            "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))",
            "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))",
        ),
        covers: |text| text.matches('(').count() >= 250,
    },
];
