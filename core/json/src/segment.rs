//! The tokens of a JSON Pointer (RFC 6901), written.

/// Appends `/` and a token, escaped (RFC 6901 section 3).
pub fn push_token(out: &mut String, token: &str) {
    out.push('/');
    let mut rest = token;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'~' | b'/')) {
        let (plain, special) = rest.split_at_checked(at).unwrap_or_default();
        out.push_str(plain);
        out.push_str(if special.starts_with('~') { "~0" } else { "~1" });
        rest = special.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}
