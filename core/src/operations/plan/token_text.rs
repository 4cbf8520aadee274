//! The texts that name index keys and of which tokens are made.

use fieldseal_json::canonical;
use zeroize::Zeroizing;

use crate::envelope::TokenValue;
use crate::error::{Error, ErrorCode};
use crate::json::Node;
use crate::keys::listed;

/// Returns the name of an index's key. For an index `per` subject, each person has a separate key.
pub(crate) fn index_owner(name: &str, person: Option<&str>) -> String {
    person.map_or_else(|| name.to_owned(), |person| listed(&[name, person]))
}

/// The clear text of which a token is made. It is wiped when dropped.
pub(crate) struct TokenText {
    text: Zeroizing<String>,
    is_string: bool,
}

impl TokenText {
    /// Takes a string's value, or the RFC 8785 text of another value.
    ///
    /// # Errors
    /// `limit` for a number that no double holds exactly, since RFC 8785 (section 3.2.2.3) cannot
    /// write it without rounding.
    pub(crate) fn of(node: Node<'_>) -> Result<Self, Error> {
        if let Some(text) = node.as_str() {
            return Ok(TokenText { text: Zeroizing::new(text.into_owned()), is_string: true });
        }
        // Numbers and escapes can become longer, and growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(6 * node.raw().len() + 32));
        canonical::write(node, &mut text).map_err(|number| {
            let message = "a number that no double holds exactly, so that no token can be made of it: write it as a string";
            Error::new(ErrorCode::Limit, message).at(number.pointer())
        })?;
        Ok(TokenText { text, is_string: false })
    }

    pub(crate) fn value(&self) -> TokenValue<'_> {
        if self.is_string { TokenValue::Text(&self.text) } else { TokenValue::Json(&self.text) }
    }
}
