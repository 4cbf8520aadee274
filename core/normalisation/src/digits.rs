//! Digits.

use zeroize::Zeroizing;

use crate::casefold::fold;

/// Returns the ASCII digits that NFKC leaves or makes.
pub fn digits(text: &str) -> Zeroizing<String> {
    // The digits of the folded text are those of NFKC: folding makes none and takes none, and
    // nothing joins a digit, so that the text need not be composed.
    if text.is_ascii() {
        let mut kept = Zeroizing::new(String::with_capacity(text.len()));
        kept.extend(text.chars().filter(char::is_ascii_digit));
        return kept;
    }
    let mut count = 0;
    fold(text, &mut |c, _| count += usize::from(c.is_ascii_digit()));
    let mut kept = Zeroizing::new(String::with_capacity(count));
    fold(text, &mut |c, _| kept.extend(Some(c).filter(char::is_ascii_digit)));
    kept
}
