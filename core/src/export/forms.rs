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

use serde_json::Value;

use super::conformance::{Conformance, Rules, is_evaluator_first};
use super::coverage::Loosened;
use super::plaintext;
use super::validity::Validity;
use crate::error::{Error, ErrorCode};
use crate::json::Tape;
use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::schema::base::Base;
use crate::schema::draft::Dialect;
use crate::schema::finding::{Budget, Findings};
use crate::schema::options::{Formats, ValidationMode};
use crate::schema::registry::{Document, Registry};
use crate::schema::tree;
use copy::Copier;

/// The sources from which the forms are derived.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The main schema and the schemas that it may refer to, with the overlay applied.
    pub(crate) bases: Vec<Base>,
    pub(crate) media_types: Vec<String>,
    pub(crate) formats: Formats,
    pub(crate) validation: ValidationMode,
}

/// The schemas of both forms, and the validator of the sealed one.
#[derive(Debug)]
pub(crate) struct Forms {
    pub(crate) plaintext: String,
    pub(crate) sealed: String,
    pub(crate) loosened: Vec<Loosened>,
    conformance: Conformance,
    program: Program,
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
        let text = tree::text(&sealed);
        let named = sealed.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let dialect = Dialect::named(named, &[]).ok_or_else(underivable)?;
        let mut bases = [Base { uri: None, value: sealed, dialect }];
        // Replaces the count in the pattern of an envelope by `minLength`: such a pattern takes
        // longer to compile than everything else.
        for keyword in ["$defs", "definitions"] {
            if let Some(envelope) =
                bases.iter_mut().find_map(|base| base.value.get_mut(keyword)?.get_mut(copy::SEALED))
            {
                *envelope = tree::object(&mut [
                    ("type", "string".into()),
                    ("minLength", 114.into()),
                    ("pattern", copy::characters(program).into()),
                ]);
            }
        }
        let (program, is_decided) = rules(&bases, origin.formats, limits)?;
        let conformance = match origin.validation {
            ValidationMode::Off => Conformance::Off,
            ValidationMode::On if is_decided && is_evaluator_first() => Conformance::Evaluator,
            #[cfg(feature = "validation")]
            ValidationMode::On => {
                let [Base { value: mut sealed, .. }] = bases;
                super::validator::dialect::translate(&mut sealed, dialect.draft);
                let built = super::validator::Validator::build(
                    &sealed,
                    dialect.draft,
                    origin.formats,
                    limits,
                    &mut findings,
                )?;
                Conformance::Crate(Box::new(built.ok_or_else(underivable)?), Box::default())
            }
            // Compiling has refused a schema with such a keyword, and the sealed form has no others.
            #[cfg(not(feature = "validation"))]
            ValidationMode::On => return Err(underivable()),
        };
        Ok(Forms {
            plaintext: tree::text(&plaintext),
            sealed: text,
            loosened,
            conformance,
            program,
        })
    }

    /// Validates a sealed document. Any automaton will do.
    pub(crate) fn is_valid(
        &self,
        automaton: &Automaton,
        limits: &Limits,
        tape: &Tape<'_>,
    ) -> Validity {
        let roots = std::slice::from_ref(&self.program.root);
        self.conformance.judge(Rules { program: &self.program, automaton, limits, roots }, tape)
    }
}

/// Compiles the rules of the sealed form, and returns true beside them if they decide every
/// document.
///
/// # Errors
/// `limit` if the stack has no room for them, as compiling checks for the clear form.
fn rules(bases: &[Base], formats: Formats, limits: &Limits) -> Result<(Program, bool), Error> {
    let (mut budget, mut findings) = (Budget::new(u32::MAX), Findings::default());
    let registry = Registry::build(Document::all(bases), &[], &mut budget, &mut findings)?;
    let program = Program::build(&registry, &[], formats, limits, &mut budget)?;
    let is_decided = program.undecided(&registry).is_empty();
    findings.into_result().map_err(|_| underivable())?;
    Ok((program, is_decided))
}

fn underivable() -> Error {
    Error::new(ErrorCode::Internal, "the sealed schema is none")
}
