//! The compiled policy.

use std::fmt;
use std::sync::Arc;

use super::plan::Plan;
use crate::error::{Error, ErrorCode, Finding};
use crate::export::coverage::{Coverage, Loosened};
#[cfg(feature = "validation")]
use crate::export::forms;
#[cfg(feature = "validation")]
use crate::export::validator;
use crate::export::validity::Validity;
use crate::json::Tape;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::resolver::walk::{self, Resolution, Sought};
use crate::schema::marker::Marker;
use crate::schema::registry::SchemaPointers;

/// The schemas of both forms of a document, JSON texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schemas {
    /// Of clear documents, with the markers; references are part of it.
    pub plaintext: String,
    /// Of sealed documents: each marked value is a string of the media type
    /// `application/vnd.fieldseal.sealed`.
    pub sealed: String,
}

/// One compiled schema with its overlay: immutable, reusable, and without keys. Clones share it.
#[derive(Clone)]
pub struct Policy(pub(super) Arc<Compiled>);

/// The parts of a [`Policy`].
pub(super) struct Compiled {
    pub(super) plan: Plan,
    pub(super) findings: Vec<Finding>,
    pub(super) pointers: SchemaPointers,
    pub(super) program: Program,
    pub(super) automaton: Automaton,
    #[cfg(feature = "validation")]
    pub(super) validator: Option<validator::Validator>,
    #[cfg(feature = "validation")]
    pub(super) origin: forms::Origin,
    /// Made when first asked for: few who seal need them.
    #[cfg(feature = "validation")]
    pub(super) forms: std::sync::OnceLock<Result<forms::Forms, Error>>,
}

impl Policy {
    /// Returns the places that are sealed and the way in which they are, the declared places that
    /// stay clear, and the objects whose undeclared members pass. It is made anew by each call.
    pub fn coverage(&self) -> Coverage {
        Coverage::of(
            &self.0.program,
            &self.0.automaton,
            &self.0.plan.retentions,
            &self.0.pointers,
            self.loosened(),
        )
    }

    /// Returns the warnings and notes of compiling: what compiles, and probably not as meant.
    ///
    /// ```
    /// # use fieldseal::{Options, Policy};
    /// let policy = Policy::compile(br#"{"x-schema-family": "urn:example:order"}"#, Options::default())?;
    /// assert_eq!(policy.findings()[0].id, "nothing-marked");
    /// # Ok::<(), fieldseal::CompileError>(())
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// Returns the schemas of the clear and of the sealed form as plain JSON Schema, each one text that
    /// refers to nothing else, so that a schema registry, a database or any validator enforces them
    /// without this library.
    ///
    /// ```
    /// # use fieldseal::{Options, Policy};
    /// let schema = br#"{"x-schema-family": "urn:example:order", "properties": {"name": {"type": "string", "x-protection": {}}}}"#;
    /// let schemas = Policy::compile(schema, Options::default())?.schemas()?;
    /// assert!(schemas.sealed.contains("application/vnd.fieldseal.sealed"));
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `limit` where the schema takes so many steps that copying it for sealed documents is over
    /// [`Limits::expansions`](crate::Limits::expansions); `unsupported` in the lite build.
    pub fn schemas(&self) -> Result<Schemas, Error> {
        #[cfg(feature = "validation")]
        return match self.forms() {
            Ok(forms) => {
                Ok(Schemas { plaintext: forms.plaintext.clone(), sealed: forms.sealed.clone() })
            }
            Err(error) => Err(error.clone()),
        };
        #[cfg(not(feature = "validation"))]
        Err(Error::new(
            crate::error::ErrorCode::Unsupported,
            "the lite build has no validator, and derives no schemas",
        ))
    }

    fn loosened(&self) -> &[Loosened] {
        #[cfg(feature = "validation")]
        if let Ok(forms) = self.forms() {
            return &forms.loosened;
        }
        &[]
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// The demands that [`Location::marker`] and [`Dispute::marker`] number.
    pub(crate) fn markers(&self) -> &[Marker] {
        &self.0.automaton.markers
    }

    /// The marked values of a document.
    pub(crate) fn resolve<'a>(
        &'a self,
        tape: &'a Tape<'a>,
        sought: Sought,
    ) -> Result<Resolution, Error> {
        walk::resolve(&self.0.program, &self.0.automaton, tape, sought, &self.0.plan.limits)
    }

    /// Judges a clear document by the plaintext schema.
    pub(crate) fn is_valid(&self, tape: &Tape<'_>) -> Validity {
        #[cfg(feature = "validation")]
        if let Some(validator) = &self.0.validator {
            return validator.is_valid(tape);
        }
        let _ = tape;
        Validity::Unvalidated
    }

    /// Judges a sealed document by the sealed schema.
    pub(crate) fn is_valid_sealed(&self, tape: &Tape<'_>) -> Validity {
        #[cfg(feature = "validation")]
        if let Ok(forms) = self.forms() {
            return forms.is_valid(tape);
        }
        let _ = tape;
        Validity::Unvalidated
    }

    /// The schemas of both forms.
    #[cfg(feature = "validation")]
    pub(super) fn forms(&self) -> Result<&forms::Forms, &Error> {
        self.0
            .forms
            .get_or_init(|| {
                forms::Forms::derive(
                    &self.0.origin,
                    &self.0.program,
                    &self.0.automaton,
                    &self.0.plan.limits,
                )
            })
            .as_ref()
    }

    /// Returns the error of a document that does not fit: its first fault, in words of the schema alone; the root if none
    /// was looked for, since that costs far more than the answer that there is one.
    pub(crate) fn misfit(&self, tape: &Tape<'_>) -> Error {
        const MESSAGE: &str = "the document does not conform to its schema";
        #[cfg(feature = "validation")]
        if let Some(fault) =
            self.0.validator.as_ref().and_then(|validator| validator.first_fault(tape))
        {
            let missing =
                fault.missing.map(|name| format!(", and `{name}` is missing")).unwrap_or_default();
            return Error::new(
                ErrorCode::Invalid,
                format!("{MESSAGE}: `{}`{missing}", fault.keyword),
            )
            .at(fault.pointer);
        }
        let _ = tape;
        Error::new(ErrorCode::Invalid, MESSAGE).at("")
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("family", &self.0.plan.family)
            .field("digest", &self.0.plan.schema.digest())
            .finish_non_exhaustive()
    }
}
