#![doc = include_str!("../README.md")]

mod casefold;
mod composition;
mod digits;
mod labels;
mod unicode_16;

pub use casefold::{email, nfkc_casefold};
pub use digits::digits;
pub use labels::{LabelCharacter, label_character};

/// The version of the Unicode Character Database that the tables hold. It never changes in a
/// released version of these functions.
pub const UNICODE_VERSION: (u8, u8, u8) = (16, 0, 0);
