//! Names of hosts, and addresses of mailboxes at them.

use super::address::{is_ipv4, is_ipv6};
use super::label::is_label;

/// Returns true for the name of a host (RFC 1123, section 2.1).
pub(super) fn is_plain_hostname(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_plain_label)
}

/// Returns true for the name of a host whose internationalised labels are well formed (RFC 5891,
/// section 4.4).
pub(super) fn is_hostname(text: &str) -> bool {
    is_plain_hostname(text) && text.split('.').all(is_label)
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
    text.rsplit_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain))
}

fn is_domain(text: &str) -> bool {
    let Some(literal) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) else {
        return is_hostname(text);
    };
    match literal.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => is_ipv6(address),
        _ => is_ipv4(literal),
    }
}

fn is_local_part(text: &str) -> bool {
    text.len() <= 64
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
            byte => byte.is_ascii_alphanumeric(),
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
            byte => matches!(byte, b'\t' | b' '..=b'~'),
        };
        if !fits {
            return false;
        }
    }
    true
}
