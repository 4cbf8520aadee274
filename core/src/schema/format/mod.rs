//! Decides whether a text has a `format`, where formats are asserted.
//!
//! Each format follows the specification that JSON Schema names for it, in one pass over the text
//! and without allocation. `regex` allocates for names of groups, and internationalised names for
//! their labels.
//!
//! Names are known per draft as the validator crate knows them, so both builds assert the same
//! formats. The crate has `idn-email` and `idn-hostname` from here.

mod address;
mod calendar;
mod host;
mod label;
mod pointer;
mod reference;
#[cfg(test)]
mod tests;

use crate::schema::draft::Draft;
use crate::schema::pattern_syntax;

/// A format that is asserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Date,
    DateTime,
    Duration,
    Email,
    Hostname,
    /// `hostname` up to draft-06, which does not speak of internationalised names.
    HostnameWithoutLabels,
    IdnEmail,
    IdnHostname,
    Ipv4,
    Ipv6,
    Iri,
    IriReference,
    JsonPointer,
    Regex,
    RelativeJsonPointer,
    Time,
    Uri,
    UriReference,
    UriTemplate,
    Uuid,
}

/// The formats, each with the first draft in which it is one.
const FORMATS: [(&str, Draft, Format); 19] = [
    ("date", Draft::Four, Format::Date),
    ("date-time", Draft::Four, Format::DateTime),
    ("duration", Draft::TwentyNineteen, Format::Duration),
    ("email", Draft::Four, Format::Email),
    ("hostname", Draft::Four, Format::Hostname),
    ("idn-email", Draft::Seven, Format::IdnEmail),
    ("idn-hostname", Draft::Seven, Format::IdnHostname),
    ("ipv4", Draft::Four, Format::Ipv4),
    ("ipv6", Draft::Four, Format::Ipv6),
    ("iri", Draft::Seven, Format::Iri),
    ("iri-reference", Draft::Seven, Format::IriReference),
    ("json-pointer", Draft::Six, Format::JsonPointer),
    ("regex", Draft::Four, Format::Regex),
    ("relative-json-pointer", Draft::Seven, Format::RelativeJsonPointer),
    ("time", Draft::Four, Format::Time),
    ("uri", Draft::Four, Format::Uri),
    ("uri-reference", Draft::Six, Format::UriReference),
    ("uri-template", Draft::Six, Format::UriTemplate),
    ("uuid", Draft::TwentyNineteen, Format::Uuid),
];

impl Format {
    /// Returns the format of that name, or `None` if the name only annotates in the draft: every
    /// value then fits.
    pub(crate) fn named(name: &str, draft: Draft) -> Option<Format> {
        let (_, first, format) = FORMATS.iter().find(|(known, ..)| *known == name)?;
        match format {
            _ if draft < *first => None,
            Format::Hostname if draft <= Draft::Six => Some(Format::HostnameWithoutLabels),
            format => Some(*format),
        }
    }

    /// Returns true if the text has the format. Values other than strings always fit, and need no
    /// call.
    pub(crate) fn accepts(self, text: &str) -> bool {
        match self {
            Format::Date => calendar::is_date(text),
            Format::DateTime => calendar::is_date_time(text),
            Format::Duration => calendar::is_duration(text),
            Format::Email => host::is_mailbox(text),
            Format::Hostname => host::is_hostname(text),
            Format::HostnameWithoutLabels => host::is_plain_hostname(text),
            Format::IdnEmail => host::is_international_mailbox(text),
            Format::IdnHostname => host::is_international_hostname(text),
            Format::Ipv4 => address::is_ipv4(text),
            Format::Ipv6 => address::is_ipv6(text),
            Format::Iri => reference::is_reference(text, true, true),
            Format::IriReference => reference::is_reference(text, false, true),
            Format::JsonPointer => pointer::is_pointer(text),
            Format::Regex => pattern_syntax::is_pattern(text),
            Format::RelativeJsonPointer => pointer::is_relative_pointer(text),
            Format::Time => calendar::is_time(text),
            Format::Uri => reference::is_reference(text, true, false),
            Format::UriReference => reference::is_reference(text, false, false),
            Format::UriTemplate => reference::is_template(text),
            Format::Uuid => is_uuid(text),
        }
    }
}

/// Returns true for the text of a UUID (RFC 4122, section 3), in letters of either case.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
