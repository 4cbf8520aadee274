//! The schemas of a policy as rules: what each tests of a value, and where it leads, per dynamic
//! scope.

mod bounds;
mod branches;
mod build;
mod checks;
mod indexing;
mod names;
mod scope;

pub(crate) use branches::{BranchSet, Branches, ConstKind, Index, RequiredSet, Values};
pub(crate) use checks::{Bound, Check, types};
pub(crate) use indexing::FOLLOWED;
pub(crate) use names::{NameId, Names, Places, key};

use super::pattern::Pattern;
use crate::json::Name;
use crate::schema::marker::Marker;
use crate::schema::registry::NodeId;

/// An index into [`Program::rules`].
pub(crate) type RuleId = u32;

/// The boolean schemas, and a metaschema that nobody brought: the first three rules of every
/// program.
pub(crate) const TRUE: RuleId = 0;
pub(crate) const FALSE: RuleId = 1;
pub(crate) const UNKNOWN: RuleId = 2;

/// A property: the key and number of its name, and the rule for its value. Sorted by key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    pub(crate) key: u64,
    pub(crate) name: NameId,
    pub(crate) rule: RuleId,
    /// It is required.
    pub(crate) required: bool,
    /// It is one of those that tell branches apart.
    pub(crate) telling: bool,
}

/// What a rule applies to the same value.
#[derive(Clone, Debug)]
pub(crate) enum Applicator {
    /// `allOf`, `$ref` and what became of `$dynamicRef` and `$recursiveRef`.
    Always(RuleId),
    /// `anyOf`.
    Any(Branches),
    /// `oneOf`.
    One(Branches),
    /// `if`; where `then` or `else` is absent, it is [`TRUE`].
    If { test: RuleId, then: RuleId, otherwise: RuleId },
    /// `then` or `else` without `if`: no document makes it apply.
    Idle(RuleId),
    /// `not`.
    Not(RuleId),
    /// `dependentSchemas`, or `dependencies` with a schema: if the object has that member.
    Dependent(NameId, RuleId),
}

impl Applicator {
    /// The rules that it applies, if only perhaps. `not` marks nothing.
    pub(crate) fn marking(&self) -> Vec<(RuleId, bool)> {
        match self {
            Applicator::Always(rule) => vec![(*rule, true)],
            Applicator::Any(rules) | Applicator::One(rules) => {
                rules.iter().map(|rule| (*rule, false)).collect()
            }
            Applicator::If { test, then, otherwise } => {
                vec![(*test, false), (*then, false), (*otherwise, false)]
            }
            Applicator::Dependent(_, rule) | Applicator::Idle(rule) => vec![(*rule, false)],
            Applicator::Not(_) => Vec::new(),
        }
    }
}

/// `contains` with its bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contains {
    pub(crate) rule: RuleId,
    pub(crate) least: u64,
    pub(crate) most: Option<u64>,
    /// Items that fit count as evaluated (2020-12 core, section 10.3.1.3).
    pub(crate) evaluates: bool,
}

/// One schema in one dynamic scope.
#[derive(Debug, Default)]
pub(crate) struct Rule {
    /// The schema in the registry; `None` for the first three.
    pub(crate) node: Option<NodeId>,
    /// An index into [`Program::markers`].
    pub(crate) marker: Option<u32>,
    /// Whether it can return to itself at the same value.
    pub(crate) returns: bool,
    pub(crate) checks: Box<[Check]>,
    pub(crate) here: Box<[Applicator]>,
    pub(crate) properties: Box<[Property]>,
    /// Of the properties.
    pub(crate) places: Places,
    /// How many of them are required, where nothing else is and no other member may be: one look at
    /// the members tells both.
    pub(crate) closed: Option<u32>,
    /// Indices into [`Program::patterns`].
    pub(crate) patterns: Box<[(u32, RuleId)]>,
    pub(crate) additional: Option<RuleId>,
    pub(crate) unevaluated_properties: Option<RuleId>,
    pub(crate) names: Option<RuleId>,
    pub(crate) prefix: Box<[RuleId]>,
    pub(crate) rest: Option<RuleId>,
    pub(crate) unevaluated_items: Option<RuleId>,
    pub(crate) contains: Option<Contains>,
    /// Properties that tell branches apart: those whose rules only look at a scalar.
    pub(crate) telling: Box<[(NameId, RuleId)]>,
}

impl Rule {
    /// Whether it looks at members.
    pub(crate) fn looks_at_members(&self) -> bool {
        !self.properties.is_empty()
            || !self.patterns.is_empty()
            || self.additional.is_some()
            || self.unevaluated_properties.is_some()
            || self.names.is_some()
    }

    /// Whether it looks at elements.
    pub(crate) fn looks_at_elements(&self) -> bool {
        !self.prefix.is_empty()
            || self.rest.is_some()
            || self.unevaluated_items.is_some()
            || self.contains.is_some()
    }

    /// The rule for the member of that name, if `properties` has one.
    #[cfg_attr(feature = "validation", inline(always))]
    pub(crate) fn property(&self, names: &Names, key: u64, name: Name<'_>) -> Option<&Property> {
        let at = self.places.find(
            &self.properties,
            key,
            |own| own.key,
            |own| names.is(own.name, key, name),
        )?;
        self.properties.get(at)
    }

    /// The same for a name whose number is known.
    #[inline]
    pub(crate) fn numbered(&self, key: u64, name: NameId) -> Option<&Property> {
        let at = self.places.find(&self.properties, key, |own| own.key, |own| own.name == name)?;
        self.properties.get(at)
    }
}

/// All rules that a value can meet.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) rules: Vec<Rule>,
    pub(crate) root: RuleId,
    pub(crate) names: Names,
    pub(crate) patterns: Vec<Pattern>,
    /// One for each marked rule, in the order of the schemas.
    pub(crate) markers: Vec<Marker>,
    /// A bit for each rule from which a marker can be reached: asked so often that it stands apart
    /// from the rules.
    leading: Vec<u64>,
}

impl Program {
    pub(crate) fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id as usize)
    }

    #[inline]
    pub(crate) fn leads(&self, id: RuleId) -> bool {
        self.leading.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }
}
