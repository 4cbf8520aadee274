//! The syntax of URIs (RFC 3986, appendix A).

use std::net::Ipv6Addr;

use super::is_scheme;

/// Returns true for a URI, which has a scheme.
pub(crate) fn is_uri(text: &str) -> bool {
    matches!(text.split_once(':'), Some((scheme, _)) if is_scheme(scheme)) && is_uri_reference(text)
}

/// Returns true for a URI or a relative reference.
pub(crate) fn is_uri_reference(text: &str) -> bool {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (text, query) = text.split_once('?').unwrap_or((text, ""));
    let (has_scheme, rest) = match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (true, rest),
        _ => (false, text),
    };
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !is_authority(authority) {
                return false;
            }
            path
        }
        // A colon in the first segment would end a scheme.
        None if !has_scheme && rest.split('/').next().is_some_and(|part| part.contains(':')) => {
            return false;
        }
        None => rest,
    };
    consists_of(path, b":@/") && consists_of(query, b":@/?") && consists_of(fragment, b":@/?")
}

fn is_authority(text: &str) -> bool {
    let (user, host) = text.split_once('@').unwrap_or(("", text));
    let (is_host, port) = match host.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(None) => return false,
        Some(Some((literal, rest))) => match rest.strip_prefix(':') {
            None if !rest.is_empty() => return false,
            port => (is_ip_literal(literal), port.unwrap_or_default()),
        },
        None => {
            let (name, port) = host.split_once(':').unwrap_or((host, ""));
            (consists_of(name, b""), port)
        }
    };
    is_host && consists_of(user, b":") && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_ip_literal(text: &str) -> bool {
    match text.strip_prefix(['v', 'V']).map(|rest| rest.split_once('.')) {
        Some(Some((version, address))) => {
            !version.is_empty()
                && version.bytes().all(|byte| byte.is_ascii_hexdigit())
                && !address.is_empty()
                && address.bytes().all(|byte| is_allowed(byte, b":"))
        }
        Some(None) => false,
        None => text.parse::<Ipv6Addr>().is_ok(),
    }
}

/// Returns true if the text has only the characters of names, percent-encoded bytes, and those of
/// `others`.
fn consists_of(text: &str, others: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let holds = match byte {
            b'%' => {
                let mut is_digit = || bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
                is_digit() && is_digit()
            }
            _ => is_allowed(byte, others),
        };
        if !holds {
            return false;
        }
    }
    true
}

fn is_allowed(byte: u8, others: &[u8]) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) || others.contains(&byte)
}
