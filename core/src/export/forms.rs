//! The schemas of the clear and the sealed form of a document as plain JSON Schema, for readers
//! that have only a validator (docs/what-is-sealed.md, *The sealed schema*).

mod below;
mod body;
mod child_rules;
mod copy;
mod keyword;
mod reach;
mod step;
mod table;

use serde_json::{Value, json};

use super::coverage::Loosened;
use super::plaintext;
use super::validator::{self, Validator};
use super::validity::Validity;
use crate::error::{Error, ErrorCode};
use crate::json::Tape;
use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::schema::base::Base;
use crate::schema::draft::Dialect;
use crate::schema::finding::{Budget, Findings};
use crate::schema::options::Formats;
use crate::schema::registry::{Document, Registry};
use copy::Copier;

/// The sources from which the forms are derived.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The main schema and the schemas that it may refer to, with the overlay applied.
    pub(crate) bases: Vec<Base>,
    pub(crate) media_types: Vec<String>,
    pub(crate) formats: Formats,
}

/// The schemas of both forms, and the validator of the sealed one.
#[derive(Debug)]
pub(crate) struct Forms {
    pub(crate) plaintext: String,
    pub(crate) sealed: String,
    pub(crate) loosened: Vec<Loosened>,
    validator: Validator,
}

/// Writes the schema of clear documents as one schema without references to other texts.
///
/// This is possible even if the author's schema refers to other texts, or through keywords that no
/// draft defines.
///
/// # Errors
/// `limit` if the copies of schemas exceed the budget.
pub(crate) fn bundle(
    registry: &Registry<'_>,
    program: &Program,
    automaton: &Automaton,
    budget: &mut Budget,
) -> Result<Value, Error> {
    Copier::new(registry, program, automaton, budget)?.plain(Program::root_of(registry))
}

impl Forms {
    /// Derives both forms.
    ///
    /// # Errors
    /// `limit` if the copies of schemas, or the steps of checking a value, are more than
    /// `expansions`.
    pub(crate) fn derive(
        origin: &Origin,
        program: &Program,
        automaton: &Automaton,
        limits: &Limits,
    ) -> Result<Forms, Error> {
        let mut budget = Budget::new(limits.expansions);
        let mut findings = Findings::default();
        let registry = Registry::build(
            Document::all(&origin.bases),
            &origin.media_types,
            &mut budget,
            &mut findings,
        )?;
        let root = Program::root_of(&registry);
        let mut plaintext = match origin.bases.as_slice() {
            // Uses the author's own text if it needs no other.
            [only] if !registry.refers_freely() => plaintext::of(only, &registry),
            _ => bundle(&registry, program, automaton, &mut budget)?,
        };
        let (mut sealed, loosened) =
            Copier::new(&registry, program, automaton, &mut budget)?.sealing(root)?;
        // Gives the same text for every order that the maps of a build keep.
        sealed.sort_all_objects();
        plaintext.sort_all_objects();
        let text = sealed.to_string();
        let named = sealed.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let dialect = Dialect::named(named, &[]).ok_or_else(underivable)?;
        let mut bases = [Base { uri: None, value: sealed, dialect }];
        bound(&bases, limits)?;
        // Replaces the count in the pattern of an envelope by `minLength`: such a pattern takes
        // longer to compile than everything else.
        for keyword in ["$defs", "definitions"] {
            if let Some(envelope) =
                bases.iter_mut().find_map(|base| base.value.get_mut(keyword)?.get_mut(copy::SEALED))
            {
                *envelope = json!({"type": "string", "minLength": 114, "pattern": copy::characters(program)});
            }
        }
        let [Base { value: mut sealed, .. }] = bases;
        let draft = dialect.draft;
        validator::dialect::translate(&mut sealed, draft);
        let validator = Validator::build(&sealed, draft, origin.formats, limits, &mut findings)?
            .ok_or_else(underivable)?;
        Ok(Forms { plaintext: plaintext.to_string(), sealed: text, loosened, validator })
    }

    /// Validates a sealed document.
    pub(crate) fn is_valid(&self, tape: &Tape<'_>) -> Validity {
        self.validator.is_valid(tape)
    }
}

/// Checks that the stack has room for the validator of the sealed form, as compiling does for the
/// clear form.
///
/// # Errors
/// `limit` if it has not.
fn bound(bases: &[Base], limits: &Limits) -> Result<(), Error> {
    let (mut budget, mut findings) = (Budget::new(u32::MAX), Findings::default());
    let registry = Registry::build(Document::all(bases), &[], &mut budget, &mut findings)?;
    Program::build(&registry, &[], limits, &mut budget)?;
    findings.into_result().map(|_| ()).map_err(|_| underivable())
}

fn underivable() -> Error {
    Error::new(ErrorCode::Internal, "the sealed schema is none")
}
