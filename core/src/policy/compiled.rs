//! The compiled policy.

use std::fmt;
use std::sync::Arc;

use super::plan::Plan;
use crate::error::{Error, ErrorCode, Finding};
use crate::export::conformance::{Conformance, Rules};
use crate::export::coverage::{self, Coverage, Loosened, UndecidedKeyword};
use crate::export::forms;
use crate::export::validity::Validity;
use crate::json::{Pointer, Tape};
use crate::memory::Workspace;
use crate::resolver::automaton::Automaton;
use crate::resolver::place::{Place, VARIES};
use crate::resolver::program::Program;
use crate::resolver::walk::{self, Resolution, Sought, WalkMemory};
use crate::schema::marker::Marker;
use crate::schema::registry::SchemaPointers;

const NO_POINTER: &str = "a place is a JSON pointer: empty, or one that starts with a slash";

/// The plain JSON Schemas of clear and of sealed documents, as JSON texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schemas {
    /// The schema of clear documents, with the markers. It includes its references.
    pub plaintext: String,
    /// The schema of sealed documents. Each marked value is a string of the media type
    /// `application/vnd.fieldseal.sealed`.
    pub sealed: String,
}

/// One compiled schema with its overlay: immutable, reusable, and without keys. Clones share it.
#[derive(Clone)]
pub struct Policy(pub(super) Arc<Compiled>, Option<Workspace>);

/// The parts of a [`Policy`].
pub(super) struct Compiled {
    pub(super) plan: Plan,
    pub(super) findings: Vec<Finding>,
    pub(super) pointers: SchemaPointers,
    pub(super) program: Program,
    pub(super) automaton: Automaton,
    pub(super) conformance: Conformance,
    /// The keywords that the evaluator cannot decide.
    pub(super) undecided: Vec<UndecidedKeyword>,
    pub(super) origin: forms::Origin,
    /// Derived on first use, since few callers need them.
    pub(super) forms: std::sync::OnceLock<Result<forms::Forms, Error>>,
}

impl Policy {
    pub(super) fn new(compiled: Compiled) -> Self {
        Policy(Arc::new(compiled), None)
    }

    /// Returns the same policy with a workspace of its own: each call that seals or opens uses the
    /// memory of the call before. A program that seals many documents calls this once in each
    /// thread.
    ///
    /// ```
    /// use fieldseal::{Context, Keyring, Options, Policy};
    /// # use fieldseal::Entropy;
    /// # struct Counting(u8);
    /// # impl Entropy for Counting {
    /// #     fn fill(&mut self, buffer: &mut [u8]) { self.0 += 1; buffer.fill(self.0) }
    /// # }
    /// # let mut entropy = Counting(0);                   // yours is `fieldseal::entropy::os()`
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {"name": {"type": "string", "x-protection": {}}}
    /// }"#;
    /// let sealer = Policy::compile(schema, Options::default())?.sealer();
    /// let mut keys = Keyring::memory();
    /// for (record, name) in [("order-7", "Ada"), ("order-8", "Ben")] {
    ///     let about = Context {
    ///         record: Some(record.into()),
    ///         subject: Some(name.into()),
    ///         ..Context::default()
    ///     };
    ///     let document = format!(r#"{{"name": "{name}"}}"#);
    ///     let sealed = sealer.seal(document.as_bytes(), &about, &mut keys, &mut entropy)?;
    ///     let opened = sealer.open(&sealed.document, &about, &mut keys)?;
    ///     assert_eq!(opened.document, document.as_bytes());
    /// }
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    #[must_use]
    pub fn sealer(&self) -> Policy {
        self.clone().with_workspace(&Workspace::default())
    }

    /// Returns the same policy whose calls use the memory of this workspace, which several policies
    /// may share.
    #[must_use]
    pub fn with_workspace(self, workspace: &Workspace) -> Policy {
        Policy(self.0, Some(workspace.clone()))
    }

    pub(crate) const fn workspace(&self) -> Option<&Workspace> {
        self.1.as_ref()
    }

    /// Returns the sealed places with their protection, the declared places that stay clear, and
    /// the objects whose undeclared members pass in clear. Each call computes it again.
    pub fn coverage(&self) -> Coverage {
        Coverage::of(
            &self.0.program,
            &self.0.automaton,
            &self.0.plan.retentions,
            &self.0.pointers,
            self.loosened(),
            (self.0.conformance.name(), &self.0.undecided),
        )
    }

    /// Returns the warnings and notes of compiling, about things that compile and are probably a
    /// mistake.
    ///
    /// ```
    /// # use fieldseal::{Options, Policy};
    /// let schema = br#"{"x-schema-family": "urn:example:order"}"#;
    /// let policy = Policy::compile(schema, Options::default())?;
    /// assert_eq!(policy.findings()[0].id, "nothing-marked");
    /// # Ok::<(), fieldseal::CompileError>(())
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// Returns the schemas of clear and of sealed documents as plain JSON Schema. Each is one text
    /// without external references, so a schema registry, a database or any validator can enforce
    /// it without this library.
    ///
    /// ```
    /// # use fieldseal::{Options, Policy};
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {"name": {"type": "string", "x-protection": {}}}
    /// }"#;
    /// let schemas = Policy::compile(schema, Options::default())?.schemas()?;
    /// assert!(schemas.sealed.contains("application/vnd.fieldseal.sealed"));
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `limit` if copying the schema for sealed documents exceeds the steps of
    /// [`Limits::expansions`](crate::Limits::expansions).
    pub fn schemas(&self) -> Result<Schemas, Error> {
        match self.forms() {
            Ok(forms) => {
                Ok(Schemas { plaintext: forms.plaintext.clone(), sealed: forms.sealed.clone() })
            }
            Err(error) => Err(error.clone()),
        }
    }

    fn loosened(&self) -> &[Loosened] {
        self.forms().map_or(&[], |forms| &forms.loosened)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// Returns the markers by the numbers in [`Location::marker`] and [`Dispute::marker`].
    pub(crate) fn markers(&self) -> &[Marker] {
        &self.0.automaton.markers
    }

    /// Finds the marked values of a document.
    pub(crate) fn resolve<'a>(
        &'a self,
        tape: &'a Tape<'a>,
        sought: Sought,
    ) -> Result<Resolution, Error> {
        self.resolve_into(&mut WalkMemory::default(), tape, sought)
    }

    /// Finds the marked values of a document in the memory of earlier traversals.
    pub(crate) fn resolve_into<'a>(
        &'a self,
        memory: &mut WalkMemory,
        tape: &'a Tape<'a>,
        sought: Sought,
    ) -> Result<Resolution, Error> {
        let Compiled { program, automaton, plan, .. } = &*self.0;
        walk::resolve(program, automaton, tape, sought, &plan.limits, memory)
    }

    /// Finds the marked values in the value at a place, which is one itself.
    pub(crate) fn resolve_value<'a>(
        &'a self,
        tape: &'a Tape<'a>,
        place: &Place,
        memory: &mut WalkMemory,
    ) -> Result<Resolution, Error> {
        let Compiled { program, automaton, plan, .. } = &*self.0;
        walk::resolve_value(program, automaton, tape, place, &plan.limits, memory)
    }

    /// Finds the place of a value by a pointer into documents, or else by that of the marked schema
    /// if it describes no other place.
    ///
    /// # Errors
    /// `context` if no value at the place can be sealed; `limit` if it is too deep.
    pub(crate) fn place(&self, text: &str) -> Result<Place, Error> {
        let Compiled { program, automaton, plan, .. } = &*self.0;
        let refused = |code, message: &'static str| Error::new(code, message).at(text);
        let find = |pointer: &str, is_pattern| {
            let pointer = Pointer::parse(pointer).map_err(|_| NO_POINTER)?;
            Place::find(program, automaton, &pointer, is_pattern)
        };
        let place = find(text, false).or_else(|message| {
            let schema_pointer = text.strip_prefix('#').unwrap_or(text);
            match coverage::only_place_of(schema_pointer, program, automaton) {
                None => Err(message),
                Some(pattern) => find(&pattern.ok_or(VARIES)?, true),
            }
        });
        let mut place = place.map_err(|message| refused(ErrorCode::Context, message))?;
        place.is_judged = self.0.conformance.decides(program, &place.certain);
        if place.depth > plan.limits.depth {
            return Err(refused(ErrorCode::Limit, "this place is deeper than the limit allows"));
        }
        Ok(place)
    }

    /// Judges a clear document by the plaintext schema.
    pub(crate) fn is_valid(&self, tape: &Tape<'_>) -> Validity {
        self.is_valid_at(tape, None)
    }

    /// Judges a clear document, or the value at a place by the rules that certainly apply there.
    pub(crate) fn is_valid_at(&self, tape: &Tape<'_>, place: Option<&Place>) -> Validity {
        if place.is_some_and(|place| !place.is_judged) {
            return Validity::Unvalidated;
        }
        match self.0.conformance.judge(self.rules(place), tape) {
            Validity::Valid if place.is_some_and(|place| !place.is_complete) => {
                Validity::Unvalidated
            }
            validity => validity,
        }
    }

    /// Judges a sealed document by the sealed schema.
    pub(crate) fn is_valid_sealed(&self, tape: &Tape<'_>) -> Validity {
        match self.forms() {
            Ok(forms) => forms.is_valid(&self.0.automaton, &self.0.plan.limits, tape),
            Err(_) => Validity::Unvalidated,
        }
    }

    fn rules<'a>(&'a self, place: Option<&'a Place>) -> Rules<'a> {
        let Compiled { program, automaton, plan, .. } = &*self.0;
        let roots = place.map_or(std::slice::from_ref(&program.root), |place| &place.certain);
        Rules { program, automaton, limits: &plan.limits, roots }
    }

    /// Returns the schemas of both forms, and derives them on first use.
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

    /// Returns the error of a document that does not conform: its first fault, described by schema
    /// keywords only. Locating a fault costs far more than the verdict, so the error of a very
    /// large document points to the root.
    pub(crate) fn misfit(&self, tape: &Tape<'_>, place: Option<&Place>) -> Error {
        let message = match place {
            None => "the document does not conform to its schema",
            Some(_) => "the value does not conform to the schemas of its place",
        };
        if let Some(fault) = self.0.conformance.first_fault(self.rules(place), tape) {
            let missing =
                fault.missing.map(|name| format!(", and `{name}` is missing")).unwrap_or_default();
            let expected =
                fault.expected.map(|text| format!(", which is {text}")).unwrap_or_default();
            return Error::new(
                ErrorCode::Invalid,
                format!("{message}: `{}`{expected}{missing}", fault.keyword),
            )
            .at(fault.pointer);
        }
        Error::new(ErrorCode::Invalid, message).at("")
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
