//! Step 1 of *Opening* written a second time, from the format and not from the code: base64url bit
//! by bit, and the code that a string which is not a genuine envelope must be refused with.

use fieldseal::envelope::Fault;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The codes of refused strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// `not-sealed`
    NotSealed,
    /// `unsupported`
    Unsupported,
    /// `integrity`
    Integrity,
}

impl From<Fault> for Code {
    fn from(fault: Fault) -> Self {
        let codes = [
            ("not-sealed", Code::NotSealed),
            ("unsupported", Code::Unsupported),
            ("integrity", Code::Integrity),
        ];
        let known = codes.into_iter().find(|(name, _)| *name == fault.code().as_str());
        known.expect("a code of an envelope").1
    }
}

/// Canonical base64url, or nothing.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for character in text.bytes() {
        let sextet = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(sextet);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (held < 6 && bits == 0).then_some(bytes)
}

/// Returns canonical base64url.
pub fn encode(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut held) = (String::new(), 0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 6 {
            held -= 6;
            text.push(char::from(ALPHABET[(bits >> held) as usize & 63]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(ALPHABET[(bits << (6 - held)) as usize & 63]));
    }
    text
}

/// Returns true for the numbers of suites.
pub fn is_known(suite: u8) -> bool {
    [1, 2, 3, 5].contains(&suite)
}

/// Returns true for flags that nobody may set: b7, and b6 without b0.
pub fn is_reserved(flags: u8) -> bool {
    flags >= 0x80 || (flags & 0x41) == 0x40
}

/// The code of a string that must not open.
pub fn code_of(text: &str) -> Code {
    if !text.starts_with("Fs1") {
        return Code::NotSealed;
    }
    let Some(bytes) = decode(text) else { return Code::Integrity };
    let suite = bytes[2] & 0b11_1111;
    let reserved = bytes.get(3).is_some_and(|flags| is_reserved(*flags));
    if !is_known(suite) || reserved { Code::Unsupported } else { Code::Integrity }
}

/// Returns true if a string passes step 1.
pub fn whole(text: &str) -> bool {
    let Some(bytes) = decode(text).filter(|_| text.starts_with("Fs1")) else { return false };
    let Some(flags) = bytes.get(3) else { return false };
    let keys = [1, 2, 8].iter().filter(|bit| flags & **bit != 0).count();
    let iv = if bytes[2] & 63 == 5 { 12 } else { 0 };
    let body = iv + if flags & 4 != 0 { 48 } else { 17 };
    let known = is_known(bytes[2] & 63) && !is_reserved(*flags);
    known && flags & 3 != 0 && bytes.len() >= 52 + 16 * keys + body
}
