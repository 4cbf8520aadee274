//! What compiling finds, collected so that one run reports everything.

use std::fmt::Write as _;

use crate::error::{Error, ErrorCode, Finding, Severity};
use crate::json::push_token;

/// All findings of one compilation, in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn error(
        &mut self,
        id: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.push(id, pointer.into(), message.into());
    }

    /// Once for all callers, of whatever types theirs are.
    #[inline(never)]
    fn push(&mut self, id: &'static str, pointer: String, message: String) {
        let finding = Finding { id, severity: Severity::Error, pointer, message, fix: None };
        // Several passes may meet one fault; only neighbours are compared, so that 100,000 findings
        // stay linear.
        if !self
            .0
            .iter()
            .rev()
            .take(4)
            .any(|known| known.id == finding.id && known.pointer == finding.pointer)
        {
            self.0.push(finding);
        }
    }

    #[cfg(feature = "validation")]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_result(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::schema(self.0)) }
    }
}

/// `parent` with one more reference token (RFC 6901, section 4).
pub(crate) fn below(parent: &str, token: &str) -> String {
    let mut pointer = String::with_capacity(parent.len() + token.len() + 1);
    pointer.push_str(parent);
    push_token(&mut pointer, token);
    pointer
}

/// Appends an array index.
pub(crate) fn push_index(pointer: &mut String, index: usize) {
    // Writing to a string cannot fail.
    let _ = write!(pointer, "/{index}");
}

/// The bound of `expansions`, counted down by everything that references can multiply.
#[derive(Debug)]
pub(crate) struct Budget(u32);

impl Budget {
    pub(crate) fn new(steps: u32) -> Self {
        Budget(steps)
    }

    /// Pays for writing a text, which long member names make much longer than the schema is deep.
    pub(crate) fn spend_text(&mut self, text: &str) -> Result<(), Error> {
        self.spend(text.len() / 64)
    }

    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Error> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.0 = self.0.checked_sub(steps).ok_or_else(|| {
            Error::new(
                ErrorCode::Limit,
                "compiling the schema takes more steps than the limit `expansions` allows",
            )
        })?;
        Ok(())
    }
}
