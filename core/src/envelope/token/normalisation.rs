//! Which values count as equal.

use fieldseal_normalisation as unicode;
use zeroize::Zeroizing;

/// What is done to a text before a token is made of it. The names carry a version: a table that
/// changed would make other tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Normalisation {
    /// Nothing.
    #[default]
    Exact,
    /// toNFKC_Casefold of Unicode 16 (section 3.13 of the standard, R5): without differences of
    /// case and of presentation, and without default-ignorable characters.
    NfkcCasefold,
    /// The same without White_Space at both ends.
    Email,
    /// The ASCII digits that NFKC leaves or makes (`٤` is none of them, `④` and `４` are): for
    /// telephone and account numbers.
    Digits,
}

impl Normalisation {
    /// All that the format knows.
    pub const ALL: [Normalisation; 4] = [
        Normalisation::Exact,
        Normalisation::NfkcCasefold,
        Normalisation::Email,
        Normalisation::Digits,
    ];

    /// The name in schemas.
    pub const fn as_str(self) -> &'static str {
        match self {
            Normalisation::Exact => "exact",
            Normalisation::NfkcCasefold => "nfkc-casefold",
            Normalisation::Email => "email",
            Normalisation::Digits => "digits",
        }
    }

    /// The name with its version, as tokens are bound to it.
    pub const fn version(self) -> &'static str {
        match self {
            Normalisation::Exact => "exact/1",
            Normalisation::NfkcCasefold => "nfkc-casefold/1",
            Normalisation::Email => "email/1",
            Normalisation::Digits => "digits/1",
        }
    }

    /// The normalisation that schemas call so.
    pub fn named(name: &str) -> Option<Normalisation> {
        Normalisation::ALL.into_iter().find(|normalisation| normalisation.as_str() == name)
    }

    /// The text that counts, wiped when dropped.
    ///
    /// ```
    /// use fieldseal::envelope::Normalisation;
    /// assert_eq!(*Normalisation::NfkcCasefold.apply("Straße №\u{a0}５"), "strasse no 5");
    /// assert_eq!(*Normalisation::Email.apply("\tAda@EXAMPLE.org "), "ada@example.org");
    /// assert_eq!(*Normalisation::Digits.apply("+49 (0) 30 / 12-34"), "490301234");
    /// ```
    pub fn apply(self, text: &str) -> Zeroizing<String> {
        match self {
            Normalisation::Exact => Zeroizing::new(text.to_owned()),
            Normalisation::NfkcCasefold => unicode::nfkc_casefold(text),
            Normalisation::Email => unicode::email(text),
            Normalisation::Digits => unicode::digits(text),
        }
    }
}
