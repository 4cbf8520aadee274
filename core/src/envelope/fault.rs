//! The reasons why an envelope does not open.

use std::fmt;

use crate::error::{Error, ErrorCode};

/// The reason why a string does not open as an envelope.
///
/// An integrity fault deliberately carries no detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The string does not begin with `Fs1`.
    NotSealed,
    /// The envelope has an unknown suite or sets a reserved flag.
    Unsupported,
    /// Any other fault.
    Integrity,
}

impl Fault {
    /// Returns the stable error code of the fault.
    pub const fn code(self) -> ErrorCode {
        match self {
            Fault::NotSealed => ErrorCode::NotSealed,
            Fault::Unsupported => ErrorCode::Unsupported,
            Fault::Integrity => ErrorCode::Integrity,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code().fmt(f)
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let message = match fault {
            Fault::NotSealed => "no envelope where one must stand",
            Fault::Unsupported => "an envelope of a suite or with a flag that is not known here",
            Fault::Integrity => "an envelope that does not open here",
        };
        Error::new(fault.code(), message)
    }
}
