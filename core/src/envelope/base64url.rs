//! base64url without padding, canonical (RFC 4648 §5 and §3.5).
//!
//! The crate `base64` and not `base64ct`: an envelope is public, so constant time buys nothing here, and the tables decode
//! four times as fast. Clear text never goes through this file.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Characters that stand for three bytes.
const QUANTUM: usize = 4;

/// Characters that `bytes` bytes become. `None` beyond what this machine can address.
pub(super) const fn encoded_len(bytes: usize) -> Option<usize> {
    let rest = match bytes % 3 {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    match (bytes / 3).checked_mul(QUANTUM) {
        Some(whole) => whole.checked_add(rest),
        None => None,
    }
}

/// Bytes that canonical text of this length stands for. Less than the length, so that it cannot overflow.
pub(super) const fn decoded_len(characters: usize) -> usize {
    let rest = match characters % QUANTUM {
        0 | 1 => 0,
        2 => 1,
        _ => 2,
    };
    characters / QUANTUM * 3 + rest
}

/// Writes the text of `bytes` over `out`, whose length must be [`encoded_len`]. `false` if it is not.
#[must_use]
pub(super) fn encode(bytes: &[u8], out: &mut [u8]) -> bool {
    URL_SAFE_NO_PAD.encode_slice(bytes, out) == Ok(out.len())
}

/// Writes the bytes of `text` over `out`, whose length must be [`decoded_len`]. `None` unless the text is canonical: no
/// padding, no other character, no bit set that stands for nothing.
pub(super) fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Option<&'o [u8]> {
    match URL_SAFE_NO_PAD.decode_slice(text, out) {
        Ok(written) => out.get(..written),
        Err(_) => None,
    }
}
