//! The rules by which values count as equal.

use std::fmt;

use fieldseal_normalisation as unicode;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode};

/// The change that a text undergoes before a token is made of it.
///
/// The versioned names are hashed, since another table would make other tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Normalisation {
    /// No change. A string is its value; any other value is its RFC 8785 text, and its token
    /// differs from the token of a string with that text.
    #[default]
    Exact,
    /// toNFKC_Casefold of Unicode 16 (section 3.13 of the standard, R5): removes differences of
    /// case and presentation, and default-ignorable characters.
    NfkcCasefold,
    /// [`NfkcCasefold`](Self::NfkcCasefold) without White_Space at both ends.
    Email,
    /// The decimal digits of all scripts by value, after NFKC (`4`, `٤`, `४`, `４` and `④` are one
    /// digit), for telephone and account numbers. A number equals the text of its digits.
    Digits,
}

/// The value from which a token is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TokenValue<'v> {
    /// A string, by its value.
    Text(&'v str),
    /// Any other value, by its RFC 8785 text.
    Json(&'v str),
}

/// The normalisation name that is hashed for a value other than a string under
/// [`Normalisation::Exact`], and for `null` under every normalisation.
const JSON: &str = "json/1";

/// The text to hash, with the name of its normalisation.
pub(super) struct Normalised<'v> {
    pub(super) name: &'static str,
    text: Text<'v>,
}

enum Text<'v> {
    Given(&'v str),
    Made(Zeroizing<String>),
}

impl Normalised<'_> {
    pub(super) fn text(&self) -> &str {
        match &self.text {
            Text::Given(text) => text,
            Text::Made(text) => text,
        }
    }
}

impl Normalisation {
    /// All normalisations of the format.
    pub const ALL: [Normalisation; 4] = [
        Normalisation::Exact,
        Normalisation::NfkcCasefold,
        Normalisation::Email,
        Normalisation::Digits,
    ];

    /// Returns the name in schemas.
    pub const fn as_str(self) -> &'static str {
        match self {
            Normalisation::Exact => "exact",
            Normalisation::NfkcCasefold => "nfkc-casefold",
            Normalisation::Email => "email",
            Normalisation::Digits => "digits",
        }
    }

    /// Returns the versioned name to which the tokens of strings are bound.
    pub const fn version(self) -> &'static str {
        match self {
            Normalisation::Exact => "exact/1",
            Normalisation::NfkcCasefold => "nfkc-casefold/1",
            Normalisation::Email => "email/1",
            Normalisation::Digits => "digits/1",
        }
    }

    /// Returns the normalisation with this name in schemas.
    pub fn named(name: &str) -> Option<Normalisation> {
        Normalisation::ALL.into_iter().find(|normalisation| normalisation.as_str() == name)
    }

    /// Normalises a text. Returns `None` if nothing is left to make a token from: for `Digits`, a
    /// text without a digit.
    ///
    /// ```
    /// use fieldseal::envelope::Normalisation;
    /// let of =
    ///     |normalisation: Normalisation, text| normalisation.apply(text).unwrap().to_string();
    /// assert_eq!(of(Normalisation::NfkcCasefold, "Straße №\u{a0}５"), "strasse no 5");
    /// assert_eq!(of(Normalisation::Email, "\tAda@EXAMPLE.org "), "ada@example.org");
    /// assert_eq!(of(Normalisation::Digits, "+49 (0) 30 / ١٢-३४"), "490301234");
    /// assert!(Normalisation::Digits.apply("n/a").is_none());
    /// ```
    pub fn apply(self, text: &str) -> Option<Zeroizing<String>> {
        match self {
            Normalisation::Exact => Some(Zeroizing::new(text.to_owned())),
            Normalisation::NfkcCasefold => Some(unicode::nfkc_casefold(text)),
            Normalisation::Email => Some(unicode::email(text)),
            Normalisation::Digits => unicode::digits(text),
        }
    }

    /// Returns the text to hash for a value.
    ///
    /// # Errors
    /// `invalid` for a value without a digit under `Digits`.
    pub(super) fn normalise(self, value: TokenValue<'_>) -> Result<Normalised<'_>, Error> {
        let (name, text) = match (self, value) {
            (Normalisation::Exact, TokenValue::Text(text)) => (self.version(), Text::Given(text)),
            (Normalisation::Exact, TokenValue::Json(text)) => (JSON, Text::Given(text)),
            (_, TokenValue::Json(text)) if value.is_null() => (JSON, Text::Given(text)),
            (_, TokenValue::Text(text) | TokenValue::Json(text)) => {
                (self.version(), Text::Made(self.apply(text).ok_or_else(no_digit)?))
            }
        };
        Ok(Normalised { name, text })
    }
}

fn no_digit() -> Error {
    Error::new(
        ErrorCode::Invalid,
        "a value without a decimal digit, of which `digits` can make no token",
    )
}

impl TokenValue<'_> {
    fn is_null(self) -> bool {
        self == TokenValue::Json("null")
    }
}

impl<'v> From<&'v str> for TokenValue<'v> {
    fn from(text: &'v str) -> Self {
        TokenValue::Text(text)
    }
}

impl<'v> From<&'v String> for TokenValue<'v> {
    fn from(text: &'v String) -> Self {
        TokenValue::Text(text)
    }
}

impl fmt::Debug for TokenValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TokenValue::Text(_) => "Text(redacted)",
            TokenValue::Json(_) => "Json(redacted)",
        })
    }
}
