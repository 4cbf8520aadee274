//! Names of hosts, and addresses of mailboxes at them.

use super::address::{is_ipv4, is_ipv6};
use super::label::{is_label, octets_of_unicode_label};

/// The most octets of a name with its dots (RFC 1035, section 2.3.4).
const LONGEST: usize = 253;

/// Returns true for the name of a host (RFC 1123, section 2.1).
pub(super) fn is_plain_hostname(text: &str) -> bool {
    text.len() <= LONGEST && text.split('.').all(is_plain_label)
}

/// Returns true for the name of a host whose internationalised labels are well formed (RFC 5891,
/// section 4.4).
pub(super) fn is_hostname(text: &str) -> bool {
    is_plain_hostname(text) && text.split('.').all(is_label)
}

/// Returns true for the name of a host whose labels may be internationalised ones (RFC 5890,
/// section 2.3.2.3). The dots are those of RFC 3490, section 3.1.
pub(super) fn is_international_hostname(text: &str) -> bool {
    let mut octets = 0;
    let mut labels = text.split(['.', '\u{3002}', '\u{FF0E}', '\u{FF61}']);
    labels.all(|label| {
        let own = if label.is_ascii() {
            (is_plain_label(label) && is_label(label)).then_some(label.len())
        } else {
            octets_of_unicode_label(label)
        };
        octets += 1 + own.unwrap_or_default();
        own.is_some() && octets <= LONGEST + 1
    })
}

fn is_plain_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Returns true for a `Mailbox` (RFC 5321, section 4.1.2): an address without a name before it and
/// without comments.
pub(super) fn is_mailbox(text: &str) -> bool {
    is_address(text, false)
}

/// Returns true for a `Mailbox` that may have characters other than those of ASCII (RFC 6531,
/// section 3.3).
pub(super) fn is_international_mailbox(text: &str) -> bool {
    is_address(text, true)
}

fn is_address(text: &str, is_international: bool) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        is_local_part(local, is_international) && is_domain(domain, is_international)
    })
}

fn is_domain(text: &str, is_international: bool) -> bool {
    let Some(literal) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return if is_international { is_international_hostname(text) } else { is_hostname(text) };
    };
    match literal.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => is_ipv6(address),
        _ => is_ipv4(literal),
    }
}

/// Characters other than those of ASCII may stand where letters do, if they may occur.
fn is_local_part(text: &str, is_international: bool) -> bool {
    text.len() <= 64
        && (is_international || text.is_ascii())
        && match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(quoted) => is_quoted(quoted),
            None => is_dot_string(text),
        }
}

/// Returns true for atoms with a dot between each two.
fn is_dot_string(text: &str) -> bool {
    let mut last = b'.';
    for byte in text.bytes() {
        let fits = match byte {
            b'.' => last != b'.',
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'/' | b'=' | b'?' | b'^'..=b'`' => true,
            b'{'..=b'~' => true,
            byte => byte.is_ascii_alphanumeric() || !byte.is_ascii(),
        };
        if !fits {
            return false;
        }
        last = byte;
    }
    last != b'.'
}

/// Returns true for a text that may stand between quotes. It may hold a tab, as in RFC 5322, which
/// the drafts before 2020-12 name.
fn is_quoted(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'\\' => matches!(bytes.next(), Some(b' '..=b'~')),
            b'"' => false,
            byte => matches!(byte, b'\t' | b' '..=b'~') || !byte.is_ascii(),
        };
        if !fits {
            return false;
        }
    }
    true
}
