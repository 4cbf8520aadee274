//! Addresses of hosts. `std::net`, which makes numbers of them, takes four times the code.

/// Returns true for an IPv4 address: four decimal numbers without leading zeros (RFC 2673, section
/// 3.2).
pub(super) fn is_ipv4(text: &str) -> bool {
    let mut count = 0;
    text.split('.').all(|part| {
        count += 1;
        is_octet(part)
    }) && count == 4
}

fn is_octet(text: &str) -> bool {
    let mut value = 0;
    for byte in text.bytes() {
        // No digit follows a zero at the beginning.
        if !byte.is_ascii_digit() || value == 0 && text.len() > 1 && byte == b'0' {
            return false;
        }
        value = value * 10 + u32::from(byte - b'0');
        if value > 255 {
            return false;
        }
    }
    !text.is_empty()
}

/// Returns true for an IPv6 address without a zone (RFC 4291, section 2.2).
pub(super) fn is_ipv6(text: &str) -> bool {
    let gap = text.as_bytes().windows(2).position(|pair| pair == b"::");
    match gap.and_then(|gap| Some((text.get(..gap)?, text.get(gap + 2..)?))) {
        None => groups(text, true) == Some(8),
        // A gap stands for one group or more.
        Some((before, after)) => groups(before, false)
            .zip(groups(after, true))
            .is_some_and(|(before, after)| before + after < 8),
    }
}

/// Returns the count of groups of 16 bits. The last two may be an IPv4 address.
fn groups(text: &str, may_end_in_ipv4: bool) -> Option<usize> {
    let mut count = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (group, after) = rest.split_once(':').unwrap_or((rest, ""));
        // A colon at the end has no group after it.
        if after.is_empty() && group.len() < rest.len() {
            return None;
        }
        if (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            count += 1;
        } else if may_end_in_ipv4 && after.is_empty() && is_ipv4(group) {
            count += 2;
        } else {
            return None;
        }
        rest = after;
    }
    Some(count)
}
