//! The two forms of a document as plain JSON Schema, for whoever has no more than a validator:
//! clear, and sealed (resolver.md, *The sealed schema*).

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
use super::validator::Validator;
use super::validity::Validity;
use crate::error::{Error, ErrorCode};
use crate::json::Tape;
use crate::limits::Limits;
use crate::resolver::automaton::Automaton;
use crate::resolver::program::Program;
use crate::schema::draft::Dialect;
use crate::schema::finding::{Budget, Findings};
use crate::schema::options::Formats;
use crate::schema::overlay::Base;
use crate::schema::registry::{Document, Registry};
use crate::schema::vocabulary::CHARACTERS;
use copy::Copier;

/// What the forms are derived from.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The main schema and those that it may refer to, with the overlay.
    pub(crate) bases: Vec<Base>,
    pub(crate) media_types: Vec<String>,
    pub(crate) formats: Formats,
}

/// Both forms.
#[derive(Debug)]
pub(crate) struct Forms {
    pub(crate) plaintext: String,
    pub(crate) sealed: String,
    pub(crate) loosened: Vec<Loosened>,
    validator: Validator,
}

impl Forms {
    /// Derives them.
    ///
    /// # Errors
    /// `limit` when the copies of schemas, or the steps of checking a value, are more than
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
            // The author's own text, as far as it goes.
            [only] => plaintext::of(only, &registry),
            _ => Copier::new(&registry, program, automaton, &mut budget)?.plain(root)?,
        };
        let (mut sealed, loosened) =
            Copier::new(&registry, program, automaton, &mut budget)?.sealing(root)?;
        // The same text whatever order the maps of this build keep.
        sealed.sort_all_objects();
        plaintext.sort_all_objects();
        let text = sealed.to_string();
        let named = sealed.get("$schema").and_then(Value::as_str).unwrap_or_default();
        let dialect = Dialect::named(named, &[]).ok_or_else(underivable)?;
        let mut bases = [Base { uri: None, value: sealed, dialect }];
        bound(&bases, limits)?;
        // Counting characters is what length is for: as a pattern it takes longer to compile than
        // all the rest.
        for keyword in ["$defs", "definitions"] {
            if let Some(envelope) =
                bases.iter_mut().find_map(|base| base.value.get_mut(keyword)?.get_mut(copy::SEALED))
            {
                *envelope = json!({"type": "string", "minLength": 114, "pattern": CHARACTERS});
            }
        }
        let validator = Validator::build(&bases, origin.formats, limits, &mut findings)?
            .ok_or_else(underivable)?;
        Ok(Forms { plaintext: plaintext.to_string(), sealed: text, loosened, validator })
    }

    /// Whether a sealed document fits.
    pub(crate) fn is_valid(&self, tape: &Tape<'_>) -> Validity {
        self.validator.is_valid(tape)
    }
}

/// The validator of the sealed form must find room on its stack, as that of the clear form does.
fn bound(bases: &[Base], limits: &Limits) -> Result<(), Error> {
    let (mut budget, mut findings) = (Budget::new(u32::MAX), Findings::default());
    let registry = Registry::build(Document::all(bases), &[], &mut budget, &mut findings)?;
    Program::build(&registry, &[], limits, &mut budget)?;
    findings.into_result().map_err(|_| underivable())
}

fn underivable() -> Error {
    Error::new(ErrorCode::Internal, "the sealed schema is none")
}
