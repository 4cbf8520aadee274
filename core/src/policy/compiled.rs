//! The compiled policy.

use std::fmt;
use std::sync::Arc;

use super::compile;
use super::plan::Plan;
use crate::error::{CompileError, Error, ErrorCode};
use crate::export::coverage;
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
use crate::schema::options::Options;

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
    /// Compiles a schema.
    ///
    /// ```
    /// use fieldseal::policy::{Options, Policy};
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {"customer": {"x-protection": {"subject": "/customerId"}}}
    /// }"#;
    /// let policy = Policy::compile(schema, Options::default())?;
    /// assert!(policy.coverage().contains("/properties/customer"));
    /// # Ok::<(), fieldseal::CompileError>(())
    /// ```
    ///
    /// # Errors
    /// `schema` with every finding (RFC 6901 pointers into the schema; `uri#pointer` into a
    /// reference, `overlay#pointer` into the overlay), `limit` over
    /// [`Limits::schema_bytes`](crate::Limits::schema_bytes), nesting of 128, or
    /// [`Limits::expansions`](crate::Limits::expansions).
    pub fn compile(schema: &[u8], options: Options) -> Result<Policy, CompileError> {
        Ok(compile::compile(schema, options)?)
    }

    /// Which schema locations are sealed, where documents have them, and how: JSON text with sorted
    /// members (RFC 8785), of the shape `Coverage`. A `subject` of `call` is the one that the call
    /// gives; others are pointers. `loosened` lists what the sealed schema does not demand as the
    /// schema does; the lite build has none.
    pub fn coverage(&self) -> String {
        coverage::json(&self.0.automaton.coverage, &self.0.plan.retentions, self.loosened())
    }

    /// The same as a table for people; `markdown` or plain text.
    pub fn coverage_text(&self, markdown: bool) -> String {
        coverage::table(
            &self.0.automaton.coverage,
            &self.0.plan.retentions,
            self.loosened(),
            markdown,
        )
    }

    /// The schemas of the clear and of the sealed form as plain JSON Schema, each one text that
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

    fn loosened(&self) -> &[coverage::Loosened] {
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

    /// Whether a clear document fits the plaintext schema.
    pub(crate) fn is_valid(&self, tape: &Tape<'_>) -> Validity {
        #[cfg(feature = "validation")]
        if let Some(validator) = &self.0.validator {
            return validator.is_valid(tape);
        }
        let _ = tape;
        Validity::Unvalidated
    }

    /// Whether a sealed document fits the sealed schema.
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

    /// Why a document does not fit: its first fault, in words of the schema alone; the root if none
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
