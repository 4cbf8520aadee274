//! JSON Pointers (RFC 6901) and relative ones (draft-handrews-relative-json-pointer).

pub(super) fn is_pointer(text: &str) -> bool {
    // Each `~` begins an escape.
    (text.is_empty() || text.starts_with('/'))
        && text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']))
}

pub(super) fn is_relative_pointer(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    digits > 0 && (digits == 1 || !text.starts_with('0')) && (rest == "#" || is_pointer(rest))
}
