//! Formats against examples, the official suite, and the validator crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(feature = "validation")]
mod differences;
mod examples;
#[cfg(feature = "validation")]
mod oracle;
#[cfg(feature = "validation")]
mod texts;

use examples::EXAMPLES;

use super::{FORMATS, Format};
use crate::schema::draft::Draft;

#[test]
fn each_format_accepts_and_refuses_its_examples() {
    for (format, accepted, refused) in EXAMPLES {
        assert!(accepted.len() >= 2 && refused.len() >= 5, "{format:?}");
        for text in *accepted {
            assert!(format.accepts(text), "{format:?} refuses {text:?}");
        }
        for text in *refused {
            assert!(!format.accepts(text), "{format:?} accepts {text:?}");
        }
    }
}

#[test]
fn every_format_has_examples() {
    let drafts = Draft::NAMES.map(|(_, draft)| draft);
    for (name, ..) in FORMATS {
        for format in drafts.into_iter().filter_map(|draft| Format::named(name, draft)) {
            assert!(EXAMPLES.iter().any(|(of, ..)| *of == format), "{name}");
        }
    }
}

/// A name begins to count with its draft, and no spelling of it counts but its own.
#[test]
fn names_belong_to_drafts() {
    for (name, first, _) in FORMATS {
        for (_, draft) in Draft::NAMES {
            assert_eq!(Format::named(name, draft).is_some(), draft >= first, "{name}");
        }
        let capitals = name.to_uppercase();
        for other in [capitals.as_str(), &name[1..], &format!("{name} ")] {
            assert_eq!(Format::named(other, Draft::TwentyTwenty), None, "{other}");
        }
    }
    assert_eq!(Format::named("hostname", Draft::Six), Some(Format::HostnameWithoutLabels));
    assert_eq!(Format::named("hostname", Draft::Seven), Some(Format::Hostname));
    for name in ["", "color", "phone", "ip-address", "unknown"] {
        assert_eq!(Format::named(name, Draft::TwentyTwenty), None, "{name}");
    }
}

/// The table of `docs/marking-a-schema.md` holds each format with its first draft, and no other.
#[test]
fn the_page_lists_the_formats() {
    let page = include_str!("../../../../../docs/marking-a-schema.md");
    let (_, section) = page.split_once("\n## Formats\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<(&str, &str)> = rows
        .map(|row| row.split_once("` | ").unwrap())
        .map(|(name, rest)| (name, rest.split_once(" |").unwrap().0))
        .collect();
    let spelled = |of: Draft| Draft::NAMES.iter().find(|(_, draft)| *draft == of).unwrap().0;
    let known: Vec<(&str, &str)> =
        FORMATS.iter().map(|(name, first, _)| (*name, spelled(*first))).collect();
    assert_eq!(listed, known);
}

/// The names of hosts are bounded in octets of the DNS.
#[test]
fn long_names_of_hosts_are_refused() {
    let label = "bücher-bücher-bücher";
    let octets = "xn--bcher-bcher-bcher-tzbif".len() + 1;
    let name = |labels: usize, rest: usize| {
        format!("{}{}", format!("{label}.").repeat(labels), "a".repeat(rest))
    };
    assert_eq!(octets * 8 + 29, 253);
    assert!(Format::IdnHostname.accepts(&name(8, 29)));
    assert!(!Format::IdnHostname.accepts(&name(8, 30)));
}

/// A megabyte of one character, or of two in turn, ends in an answer without a recursion per
/// character.
#[test]
fn long_texts_end_in_an_answer() {
    for (format, accepted, _) in EXAMPLES {
        for unit in ["a", "0", ".", ":", "/a", "%41", "{a}", "a,", "[", "~0", "-", "@", "\\", "é"]
        {
            let long = unit.repeat(1_000_000 / unit.len());
            format.accepts(&long);
            format.accepts(&format!("{}{long}", accepted[0]));
            format.accepts(&format!("{long}{}", accepted[0]));
        }
    }
}
