//! One input as several texts.

/// Stands between the texts. No JSON text holds it: a string has no raw line break (RFC 8259,
/// section 7), and `---` is no number.
pub const SEPARATOR: &str = "\n---\n";

/// The first `N` texts of an input; what is not there is empty, and the last takes the rest.
pub fn split<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut rest = Some(input);
    std::array::from_fn(|number| {
        let whole = rest.take().unwrap_or_default();
        match find(whole).filter(|_| number + 1 < N) {
            Some(at) => {
                rest = Some(&whole[at + SEPARATOR.len()..]);
                &whole[..at]
            }
            None => whole,
        }
    })
}

/// The input that is split into these texts.
pub fn join<T: AsRef<[u8]>>(texts: &[T]) -> Vec<u8> {
    texts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(SEPARATOR.as_bytes())
}

fn find(input: &[u8]) -> Option<usize> {
    input.windows(SEPARATOR.len()).position(|window| window == SEPARATOR.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{join, split};

    #[test]
    fn texts_come_apart_as_they_were_put_together() {
        for texts in [["{}", "1", "\n"], ["", "", ""], ["[\n]", "\"-\"", "---"]] {
            assert_eq!(split::<3>(&join(&texts)), texts.map(str::as_bytes));
        }
        assert_eq!(split::<3>(b"{}"), [&b"{}"[..], b"", b""]);
        assert_eq!(split::<2>(b"a\n---\nb\n---\nc"), [&b"a"[..], b"b\n---\nc"]);
    }
}
