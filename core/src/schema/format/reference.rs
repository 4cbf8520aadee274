//! References to resources: URIs (RFC 3986), IRIs (RFC 3987) and templates of URIs (RFC 6570).

use std::net::Ipv6Addr;
use std::str::Chars;

/// Returns true for a URI or an IRI, and for a relative reference unless one with a scheme is asked
/// for.
pub(super) fn is_reference(text: &str, absolute: bool, iri: bool) -> bool {
    let letters: fn(char) -> bool = if iri { is_ucschar } else { |_| false };
    let (text, fragment) = cut(text, '#');
    let (text, query) = cut(text, '?');
    let queries = |c: char| letters(c) || iri && is_iprivate(c);
    let ends = is_part(fragment, ":@/?", &letters) && is_part(query, ":@/?", &queries);
    let rest = match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        // A colon in the first segment would end a scheme.
        Some((segment, _)) if !segment.contains('/') => return false,
        _ if absolute => return false,
        _ => text,
    };
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => {
            let (authority, path) = cut(rest, '/');
            if !is_authority(authority, &letters) {
                return false;
            }
            path
        }
    };
    ends && is_part(path, ":@/", &letters)
}

/// Splits a text before the first such character, and leaves the character out.
fn cut(text: &str, at: char) -> (&str, &str) {
    text.split_once(at).unwrap_or((text, ""))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_authority(text: &str, letters: &dyn Fn(char) -> bool) -> bool {
    let (user, place) = text.split_once('@').unwrap_or(("", text));
    let (host, port) = match place.strip_prefix('[') {
        None => {
            let (host, port) = place.split_once(':').unwrap_or((place, ""));
            (is_part(host, "", letters), port)
        }
        Some(literal) => {
            let Some((literal, port)) = literal.split_once(']') else {
                return false;
            };
            match port.strip_prefix(':') {
                None if !port.is_empty() => return false,
                port => (is_ip_literal(literal), port.unwrap_or_default()),
            }
        }
    };
    host && is_part(user, ":", letters) && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_ip_literal(text: &str) -> bool {
    let Some(future) = text.strip_prefix(['v', 'V']) else {
        return text.parse::<Ipv6Addr>().is_ok();
    };
    future.split_once('.').is_some_and(|(version, address)| {
        let digits = version.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fits = address.chars().all(|c| is_plain(c) || c == ':');
        digits && fits && !version.is_empty() && !address.is_empty()
    })
}

/// Returns true for `unreserved` and `sub-delims`, which every part may hold.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=".contains(c)
}

/// Returns true if a part holds plain characters, these others, such letters beyond ASCII, and
/// octets in hexadecimal digits.
fn is_part(text: &str, others: &str, letters: &dyn Fn(char) -> bool) -> bool {
    is_encoded(text, &|c| if c.is_ascii() { is_plain(c) || others.contains(c) } else { letters(c) })
}

/// Returns true if a text holds such characters, and octets in hexadecimal digits.
fn is_encoded(text: &str, fits: &dyn Fn(char) -> bool) -> bool {
    let digit = |rest: &mut Chars<'_>| rest.next().is_some_and(|c| c.is_ascii_hexdigit());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let right = if c == '%' { digit(&mut rest) && digit(&mut rest) } else { fits(c) };
        if !right {
            return false;
        }
    }
    true
}

fn is_ucschar(c: char) -> bool {
    match u32::from(c) {
        code @ 0x1_0000.. => code < 0xF_0000 && code & 0xFFFF < 0xFFFE && code >> 12 != 0xE0,
        code => matches!(code, 0xA0..=0xD7FF | 0xF900..=0xFDCF | 0xFDF0..=0xFFEF),
    }
}

fn is_iprivate(c: char) -> bool {
    let code = u32::from(c);
    (0xE000..0xF900).contains(&code) || code >= 0xF_0000 && code & 0xFFFF < 0xFFFE
}

/// Returns true for a template of URIs.
pub(super) fn is_template(text: &str) -> bool {
    let mut literal = text;
    while let Some((before, rest)) = literal.split_once('{') {
        match rest.split_once('}') {
            Some((expression, rest)) if is_literal(before) && is_expression(expression) => {
                literal = rest;
            }
            _ => return false,
        }
    }
    is_literal(literal)
}

/// The apostrophe fits: the examples of the RFC have it, and erratum 6937 adds it to the grammar.
fn is_literal(text: &str) -> bool {
    is_encoded(text, &|c| match c {
        '\0'..=' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\x7F' => false,
        c => c.is_ascii() || is_ucschar(c) || is_iprivate(c),
    })
}

fn is_expression(text: &str) -> bool {
    let operator = |c: char| "+#./;?&=,!@|".contains(c);
    text.strip_prefix(operator).unwrap_or(text).split(',').all(is_variable)
}

fn is_variable(text: &str) -> bool {
    let name = match text.split_once(':') {
        None => text.strip_suffix('*').unwrap_or(text),
        Some((name, length)) => {
            let digits = length.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || !(1..=4).contains(&length.len()) || length.starts_with('0') {
                return false;
            }
            name
        }
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.split('.').all(|part| !part.is_empty() && is_encoded(part, &fits))
}
