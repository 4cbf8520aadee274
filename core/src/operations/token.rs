//! Texts that keys and tokens are named and made by.

use fieldseal_json::canonical;
use zeroize::Zeroizing;

use crate::envelope::{Normalisation, TokenValue};
use crate::error::{Error, ErrorCode};
use crate::json::{Node, Shape};

/// Returns the RFC 8785 text of an array of strings: the name of an item's key (family, record,
/// field), or of the key of a person's index.
pub(super) fn listed(parts: &[&str]) -> String {
    let mut text =
        String::with_capacity(parts.iter().map(|part| part.len() + 3).sum::<usize>() + 2);
    canonical::strings(parts, &mut text);
    text
}

/// The clear text that a token is made of, wiped when dropped.
pub(super) struct TokenText {
    text: Zeroizing<String>,
    is_string: bool,
}

impl TokenText {
    /// Takes a string's value, or the RFC 8785 text of another value.
    ///
    /// # Errors
    /// `limit` for a number that no double holds exactly: RFC 8785 (section 3.2.2.3) cannot write
    /// it, or would round it.
    pub(super) fn of(node: Node<'_>) -> Result<Self, Error> {
        if let Some(text) = node.as_str() {
            return Ok(TokenText { text: Zeroizing::new(text.into_owned()), is_string: true });
        }
        // Numbers and escapes can become longer; growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(6 * node.raw().len() + 32));
        canonical::write(node, &mut text).map_err(|number| {
            let message = "a number that no double holds exactly, so that no token can be made of it: write it as a string";
            Error::new(ErrorCode::Limit, message).at(number.pointer())
        })?;
        Ok(TokenText { text, is_string: false })
    }

    pub(super) fn value(&self) -> TokenValue<'_> {
        if self.is_string { TokenValue::Text(&self.text) } else { TokenValue::Json(&self.text) }
    }
}

/// Checks that a token can be made of a value, without making it.
///
/// # Errors
/// As [`TokenText::of`]; `invalid` for a value of which the normalisation leaves nothing.
pub(super) fn check_token(node: Node<'_>, normalisation: Normalisation) -> Result<(), Error> {
    // Only `digits` leaves nothing of some strings.
    if node.shape() == Shape::String && normalisation != Normalisation::Digits {
        return Ok(());
    }
    let text = TokenText::of(node)?;
    normalisation.check(text.value()).map_err(|error| error.at(node.pointer()))
}
