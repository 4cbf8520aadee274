//! Copies the schemas of a policy, once for each mode, into one schema without references to other
//! texts.

use crate::ordered::OrderedMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::child_rules::ChildRules;
use super::reach::Reach;
use crate::envelope::Suite;
use crate::error::Error;
use crate::export::coverage::Loosened;
use crate::resolver::automaton::{Automaton, SealedShape};
use crate::resolver::program::{FALSE, Program, RuleId, TRUE};
use crate::schema::draft::Draft;
use crate::schema::finding::Budget;
use crate::schema::registry::{NodeId, Registry, SchemaNode};
use crate::schema::tree;
use crate::schema::vocabulary::{AFTER_SUITES, BEFORE_SUITES};
use fieldseal_json::sort::sorted;

/// The guarantee of a copy (docs/what-is-sealed.md, *The sealed schema*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// A copy of the schema as written.
    Plain,
    /// Accepts the sealed form of every value that the schema accepts, and requires envelopes at
    /// its markers.
    Sealing,
    /// Accepts the sealed form of every value that the schema accepts.
    Loose,
    /// Accepts no sealed form of a value that the schema refuses.
    Tight,
}

impl Mode {
    /// Returns the mode for a schema whose success makes the schema around it fail.
    pub(super) fn opposite(self) -> Mode {
        match self {
            Mode::Plain => Mode::Plain,
            Mode::Sealing | Mode::Loose => Mode::Tight,
            Mode::Tight => Mode::Loose,
        }
    }
}

/// The greatest nesting of copies without a name. It keeps the output within the nesting that
/// readers accept.
const INLINE: u32 = 12;

type Key = (RuleId, Mode);

/// The copies made so far.
pub(super) struct Copier<'a, 's> {
    pub(super) registry: &'a Registry<'s>,
    pub(super) program: &'a Program,
    pub(super) parts: Rc<[ChildRules<'s>]>,
    pub(super) reach: Reach<'a>,
    /// The draft of the output.
    pub(super) draft: Draft,
    /// True if the keywords of the vocabulary are kept.
    pub(super) marked: bool,
    names: OrderedMap<Key, String>,
    taken: OrderedMap<String, u32>,
    open: Vec<(Key, String)>,
    /// The definitions of envelope and token that are needed.
    used: SealedShape,
    pub(super) loosened: OrderedMap<(NodeId, &'static str), &'static str>,
    pub(super) budget: &'a mut Budget,
}

/// The names of the definitions of an envelope and a token.
pub(super) const SEALED: &str = "sealed";
const PSEUDONYM: &str = "pseudonym";

impl<'a, 's> Copier<'a, 's> {
    pub(super) fn new(
        registry: &'a Registry<'s>,
        program: &'a Program,
        automaton: &'a Automaton,
        budget: &'a mut Budget,
    ) -> Result<Self, Error> {
        let parts: Rc<[ChildRules<'s>]> =
            Program::links(registry, budget)?.iter().map(|links| ChildRules::of(links)).collect();
        let used =
            (0..).zip(parts.iter()).filter_map(|(id, _)| registry.node(program.rule(id)?.node?));
        let draft = used.map(|node| node.dialect.draft).max().unwrap_or(Draft::TwentyTwenty);
        Ok(Copier {
            registry,
            program,
            parts,
            reach: Reach::nowhere(program, automaton),
            draft,
            marked: false,
            names: OrderedMap::new(),
            taken: OrderedMap::new(),
            open: Vec::new(),
            used: SealedShape::default(),
            loosened: OrderedMap::new(),
            budget,
        })
    }

    /// Returns the schema of the clear form.
    ///
    /// # Errors
    /// `limit` if the copies exceed the budget.
    pub(super) fn plain(mut self, root: RuleId) -> Result<Value, Error> {
        self.marked = true;
        self.whole(root, Mode::Plain)
    }

    /// Returns the schema of the sealed form and its loosened keywords.
    ///
    /// # Errors
    /// `limit` if the copies exceed the budget.
    pub(super) fn sealing(mut self, root: RuleId) -> Result<(Value, Vec<Loosened>), Error> {
        self.reach.find(self.registry, &self.parts, root, self.budget)?;
        let schema = self.whole(root, Mode::Sealing)?;
        let loosened = std::mem::take(&mut self.loosened);
        let loosened = loosened.into_iter().map(|((node, keyword), reason)| Loosened {
            schema_pointer: self.registry.pointer(node),
            keyword,
            reason,
        });
        let by_place = |a: &Loosened, b: &Loosened| {
            (&a.schema_pointer, a.keyword).cmp(&(&b.schema_pointer, b.keyword))
        };
        Ok((schema, sorted(loosened.collect(), by_place)))
    }

    fn whole(&mut self, root: RuleId, mode: Mode) -> Result<Value, Error> {
        let key = self.key(root, mode);
        self.names.insert(key, "#".to_owned());
        self.taken.extend([SEALED, PSEUDONYM].map(|name| (name.to_owned(), 1)));
        let mut members = match self.schema(key, 0)? {
            Value::Object(members)
                if !(members.contains_key("$ref") && self.draft.hides_siblings()) =>
            {
                members
            }
            Value::Bool(true) => Map::new(),
            other => {
                let mut members = Map::new();
                members.insert("allOf".to_owned(), Value::Array(vec![other]));
                members
            }
        };
        let mut definitions = Map::new();
        while let Some((key, name)) = self.open.pop() {
            let schema = self.schema(key, 0)?;
            definitions.insert(name, schema);
        }
        if self.used.envelope {
            definitions.insert(SEALED.to_owned(), envelope(self.program));
        }
        if self.used.token {
            definitions.insert(
                PSEUDONYM.to_owned(),
                tree::object(&mut [
                    ("type", "string".into()),
                    ("pattern", "^Fp1[A-Za-z0-9_-]{32}$".into()),
                ]),
            );
        }
        members.insert("$schema".to_owned(), self.draft.metaschema().into());
        if !definitions.is_empty() {
            members.insert(self.definitions().to_owned(), Value::Object(definitions));
        }
        Ok(Value::Object(members))
    }

    fn definitions(&self) -> &'static str {
        if self.draft.hides_siblings() { "definitions" } else { "$defs" }
    }

    /// Returns the key of a copy. An untouched schema has the same copy in every mode.
    fn key(&self, rule: RuleId, mode: Mode) -> Key {
        (rule, if self.reach.is_touched(rule) { mode } else { Mode::Plain })
    }

    pub(super) fn node(&self, rule: RuleId) -> Option<(NodeId, &'a SchemaNode<'s>)> {
        let id = self.program.rule(rule)?.node?;
        Some((id, self.registry.node(id)?))
    }

    /// Copies a schema that is needed at one place.
    pub(super) fn child(&mut self, rule: RuleId, mode: Mode, depth: u32) -> Result<Value, Error> {
        if depth < INLINE {
            self.schema(self.key(rule, mode), depth + 1)
        } else {
            self.named(rule, mode)
        }
    }

    /// Copies a schema that is needed at several places: by name, unless it contains no other.
    pub(super) fn shared(&mut self, rule: RuleId, mode: Mode, depth: u32) -> Result<Value, Error> {
        let is_leaf = self
            .parts
            .get(rule as usize)
            .is_none_or(|parts| parts.here().next().is_none() && parts.below().is_empty());
        if is_leaf { self.child(rule, mode, depth) } else { self.named(rule, mode) }
    }

    /// Returns a reference to the named copy of a schema.
    pub(super) fn named(&mut self, rule: RuleId, mode: Mode) -> Result<Value, Error> {
        let key = self.key(rule, mode);
        let Some((id, _)) = self.node(rule) else { return self.schema(key, 0) };
        if let Some(standing) = self.says_sealed(key) {
            return Ok(self.standing(standing));
        }
        let reference = match self.names.get(&key) {
            Some(known) => known.clone(),
            None => {
                let name = self.name(id, key.1);
                let reference = format!("#/{}/{name}", self.definitions());
                self.budget.spend_text(&reference)?;
                self.names.insert(key, reference.clone());
                self.open.push((key, name));
                reference
            }
        };
        Ok(tree::one("$ref", reference.into()))
    }

    /// Returns a name that indicates the place of the schema and needs no escapes in a reference.
    fn name(&mut self, id: NodeId, mode: Mode) -> String {
        let pointer = self.registry.pointer(id);
        let token = pointer.rsplit('/').next().unwrap_or_default();
        let kept = token
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            .take(48);
        let mut name: String = kept.collect();
        if name.is_empty() {
            name.push_str("root");
        }
        name.push_str(match mode {
            Mode::Plain => "",
            Mode::Sealing => ".sealed",
            Mode::Loose => ".loose",
            Mode::Tight => ".tight",
        });
        loop {
            let count = self.taken.get(&name).map_or(1, |count| count + 1);
            self.taken.insert(name.clone(), count);
            if count == 1 {
                return name;
            }
            name = format!("{name}.{count}");
        }
    }

    /// Returns the form that the copy demands if it demands only an envelope or a token.
    fn says_sealed(&self, (rule, mode): Key) -> Option<SealedShape> {
        let marker = self.program.rule(rule).filter(|_| mode == Mode::Sealing)?.marker?;
        let is_token = self
            .program
            .markers
            .get(marker as usize)
            .is_some_and(|marker| marker.pseudonym.is_some());
        Some(SealedShape { envelope: !is_token, token: is_token })
    }

    /// Returns a schema for these forms.
    pub(super) fn standing(&mut self, standing: SealedShape) -> Value {
        self.used |= standing;
        let reference =
            |name: &str| tree::one("$ref", format!("#/{}/{name}", self.definitions()).into());
        match standing {
            SealedShape { envelope: true, token: true } => {
                tree::one("anyOf", tree::pair(reference(SEALED), reference(PSEUDONYM)))
            }
            SealedShape { token: true, .. } => reference(PSEUDONYM),
            _ => reference(SEALED),
        }
    }

    fn schema(&mut self, key: Key, depth: u32) -> Result<Value, Error> {
        self.budget.spend(1)?;
        match key.0 {
            TRUE => Ok(Value::Bool(true)),
            FALSE => Ok(Value::Bool(false)),
            _ => match self.says_sealed(key) {
                Some(standing) => Ok(self.standing(standing)),
                None => self.copy(key, depth),
            },
        }
    }
}

/// Returns the letters of the suites that the policy takes, as they stand in a pattern: those that
/// its markers seal under, and those of their `accept` lists.
fn suites(program: &Program) -> String {
    let is_taken = |suite: &Suite| {
        let mut markers = program.markers.iter().filter(|marker| marker.pseudonym.is_none());
        markers.any(|marker| marker.suites().any(|taken| taken == *suite))
    };
    let letters: String = Suite::ALL.into_iter().filter(is_taken).map(Suite::letter).collect();
    if letters.len() == 1 { letters } else { format!("[{letters}]") }
}

/// Returns the pattern of the envelopes that a policy takes, without their length.
pub(super) fn characters(program: &Program) -> String {
    format!("{BEFORE_SUITES}{}{AFTER_SUITES}", suites(program))
}

/// Returns the description of an envelope by standard keywords alone (V-03).
fn envelope(program: &Program) -> Value {
    let pattern = format!("{BEFORE_SUITES}{}[A-Za-z0-9_-]{{110,}}$", suites(program));
    tree::object(&mut [
        ("type", "string".into()),
        ("contentEncoding", "base64url".into()),
        ("contentMediaType", "application/vnd.fieldseal.sealed".into()),
        ("pattern", pattern.into()),
    ])
}
