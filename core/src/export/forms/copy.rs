//! Copies of the schemas of a policy, one for each purpose, as one schema that refers to nothing
//! else.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::child_rules::ChildRules;
use super::reach::Reach;
use crate::error::Error;
use crate::export::coverage::Loosened;
use crate::resolver::automaton::{Automaton, SealedShape};
use crate::resolver::program::{FALSE, Program, RuleId, TRUE};
use crate::schema::draft::Draft;
use crate::schema::finding::Budget;
use crate::schema::registry::{NodeId, Registry, SchemaNode};
use fieldseal_json::sort::sorted;

/// What a copy is good for (resolver.md, *The sealed schema*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// As written.
    Plain,
    /// Holds for the sealed form of whatever the schema holds for, and demands envelopes where its
    /// markers stand.
    Sealing,
    /// Holds for the sealed form of whatever the schema holds for.
    Loose,
    /// Holds only for the sealed form of what the schema holds for.
    Tight,
}

impl Mode {
    /// Where the schema's holding makes another fail.
    pub(super) fn opposite(self) -> Mode {
        match self {
            Mode::Plain => Mode::Plain,
            Mode::Sealing | Mode::Loose => Mode::Tight,
            Mode::Tight => Mode::Loose,
        }
    }
}

/// How deep copies stand in one another before one is given a name, so that what is written never
/// nests as deep as a reader would refuse.
const INLINE: u32 = 12;

type Key = (RuleId, Mode);

/// The copies made so far.
pub(super) struct Copier<'a, 's> {
    pub(super) registry: &'a Registry<'s>,
    pub(super) program: &'a Program,
    pub(super) parts: Rc<[ChildRules<'s>]>,
    pub(super) reach: Reach<'a>,
    /// The draft that is written.
    pub(super) draft: Draft,
    /// Whether our own keywords stay.
    pub(super) marked: bool,
    names: BTreeMap<Key, String>,
    taken: BTreeMap<String, u32>,
    open: Vec<(Key, String)>,
    /// Which of the definitions of what stands in place of values are needed.
    used: SealedShape,
    pub(super) loosened: BTreeMap<(NodeId, &'static str), &'static str>,
    pub(super) budget: &'a mut Budget,
}

/// The names of what describes an envelope, and a token, among the definitions.
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
            names: BTreeMap::new(),
            taken: BTreeMap::new(),
            open: Vec::new(),
            used: SealedShape::default(),
            loosened: BTreeMap::new(),
            budget,
        })
    }

    /// The whole schema of the clear form.
    pub(super) fn plain(mut self, root: RuleId) -> Result<Value, Error> {
        self.marked = true;
        self.whole(root, Mode::Plain)
    }

    /// The whole schema of the sealed form, and what it does not demand any more.
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
            definitions.insert(SEALED.to_owned(), envelope());
        }
        if self.used.token {
            definitions.insert(
                PSEUDONYM.to_owned(),
                json!({"type": "string", "pattern": "^Fp1[A-Za-z0-9_-]{32}$"}),
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

    /// What is not touched is the same for every purpose.
    fn key(&self, rule: RuleId, mode: Mode) -> Key {
        (rule, if self.reach.is_touched(rule) { mode } else { Mode::Plain })
    }

    pub(super) fn node(&self, rule: RuleId) -> Option<(NodeId, &'a SchemaNode<'s>)> {
        let id = self.program.rule(rule)?.node?;
        Some((id, self.registry.node(id)?))
    }

    /// A copy where it is needed once.
    pub(super) fn child(&mut self, rule: RuleId, mode: Mode, depth: u32) -> Result<Value, Error> {
        if depth < INLINE {
            self.schema(self.key(rule, mode), depth + 1)
        } else {
            self.named(rule, mode)
        }
    }

    /// A copy that stands in several places: by its name, unless it holds no other.
    pub(super) fn shared(&mut self, rule: RuleId, mode: Mode, depth: u32) -> Result<Value, Error> {
        let is_leaf = self
            .parts
            .get(rule as usize)
            .is_none_or(|parts| parts.here().next().is_none() && parts.below().is_empty());
        if is_leaf { self.child(rule, mode, depth) } else { self.named(rule, mode) }
    }

    /// A reference to a copy.
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
        Ok(json!({"$ref": reference}))
    }

    /// A name that tells where the schema stands, and needs no escapes in a reference.
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
            let count = self.taken.entry(name.clone()).or_insert(0);
            *count += 1;
            if *count == 1 {
                return name;
            }
            name = format!("{name}.{count}");
        }
    }

    /// What the copy demands, if it demands an envelope, or a token, and nothing else.
    fn says_sealed(&self, (rule, mode): Key) -> Option<SealedShape> {
        let marker = self.program.rule(rule).filter(|_| mode == Mode::Sealing)?.marker?;
        let is_token = self
            .program
            .markers
            .get(marker as usize)
            .is_some_and(|marker| marker.pseudonym.is_some());
        Some(SealedShape { envelope: !is_token, token: is_token })
    }

    /// What describes that.
    pub(super) fn standing(&mut self, standing: SealedShape) -> Value {
        self.used |= standing;
        let reference = |name: &str| json!({"$ref": format!("#/{}/{name}", self.definitions())});
        match standing {
            SealedShape { envelope: true, token: true } => {
                json!({"anyOf": [reference(SEALED), reference(PSEUDONYM)]})
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

/// An envelope, by standard keywords alone (V-03).
fn envelope() -> Value {
    json!({
        "type": "string",
        "contentEncoding": "base64url",
        "contentMediaType": "application/vnd.fieldseal.sealed",
        "pattern": "^Fs1[B-D][A-Za-z0-9_-]{110,}$",
    })
}
