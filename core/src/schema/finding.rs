//! Collects findings, so that one compilation reports all of them.

use std::fmt::Write as _;

use crate::error::{Error, ErrorCode, Finding, Severity};
use crate::json::push_token;
use crate::schema::nearest::nearest;

/// All findings of one compilation, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
    has_errors: bool,
}

impl Findings {
    /// Adds an error. A schema with an error does not compile.
    pub(crate) fn error(
        &mut self,
        id: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.push(Severity::Error, id, pointer.into(), message.into(), None);
    }

    /// Adds an error and the one change that mends it.
    pub(crate) fn error_with_fix(
        &mut self,
        id: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(Severity::Error, id, pointer.into(), message.into(), Some(fix.into()));
    }

    /// Adds a warning about something that compiles and is probably a mistake, with the one change
    /// that mends it.
    pub(crate) fn warning_with_fix(
        &mut self,
        id: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.push(Severity::Warning, id, pointer.into(), message.into(), Some(fix.into()));
    }

    /// Adds a note.
    pub(crate) fn note(
        &mut self,
        id: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.push(Severity::Note, id, pointer.into(), message.into(), None);
    }

    /// Adds an error about an unknown name, and suggests the nearest known name. A name that is
    /// near to none is left out of the message, since the pointer shows it.
    pub(crate) fn unknown(
        &mut self,
        id: &'static str,
        pointer: impl Into<String>,
        kind: &str,
        name: &str,
        known: &[&str],
    ) {
        let (message, fix) = match nearest(name, known) {
            Some(meant) => (
                format!("unknown {kind} `{name}`: did you mean `{meant}`?"),
                Some(format!("write `{meant}`")),
            ),
            None => (format!("unknown {kind}; known are {}", known.join(", ")), None),
        };
        self.push(Severity::Error, id, pointer.into(), message, fix);
    }

    /// Adds a finding. This part is compiled once for callers of all types.
    #[inline(never)]
    fn push(
        &mut self,
        severity: Severity,
        id: &'static str,
        pointer: String,
        message: String,
        fix: Option<String>,
    ) {
        // Several passes may find one fault. Only neighbours are compared, so 100,000 findings take
        // linear time.
        let is_known = |known: &Finding| known.id == id && known.pointer == pointer;
        if self.all.iter().rev().take(4).any(is_known) {
            return;
        }
        self.has_errors |= severity == Severity::Error;
        self.all.push(Finding { id, severity, pointer, message, fix });
    }

    /// Returns true if a finding is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// Appends the findings of a later pass.
    pub(crate) fn append(&mut self, later: Findings) {
        self.has_errors |= later.has_errors;
        self.all.extend(later.all);
    }

    /// Changes every pointer.
    pub(crate) fn rename(&mut self, rename: impl Fn(&mut String)) {
        self.all.iter_mut().for_each(|finding| rename(&mut finding.pointer));
    }

    /// Returns true if a finding points to that place.
    pub(crate) fn knows(&self, pointer: &str) -> bool {
        self.all.iter().any(|finding| finding.pointer == pointer)
    }

    /// Returns the warnings and notes of a schema that compiles.
    ///
    /// # Errors
    /// `schema` with all findings, if one of them is an error.
    pub(crate) fn into_result(self) -> Result<Vec<Finding>, Error> {
        if self.has_errors { Err(Error::schema(self.all)) } else { Ok(self.all) }
    }
}

/// Returns `parent` with one more reference token (RFC 6901, section 4).
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

/// The steps that `expansions` allows, shared by all work that references can multiply.
#[derive(Debug)]
pub(crate) struct Budget(u32);

impl Budget {
    pub(crate) fn new(steps: u32) -> Self {
        Budget(steps)
    }

    /// Pays for writing a text. Long member names make long texts.
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
