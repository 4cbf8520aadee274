//! The schemas of a policy as rules, one for each dynamic scope in which a schema applies.

mod bounds;
mod branches;
mod build;
mod checks;
mod divisor;
mod indexing;
mod metaschemas;
mod names;
mod scope;
mod undecided;

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

/// The boolean schemas, and a metaschema that was not supplied: the first three rules of every
/// program.
pub(crate) const TRUE: RuleId = 0;
pub(crate) const FALSE: RuleId = 1;
pub(crate) const UNKNOWN: RuleId = 2;

/// A property: the key and number of its name, and the rule for its value. Properties are sorted by
/// key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    pub(crate) key: u64,
    pub(crate) name: NameId,
    pub(crate) rule: RuleId,
    /// True if the property is required.
    pub(crate) required: bool,
    /// True if the property is one of [`Rule::telling`].
    pub(crate) telling: bool,
}

/// An in-place applicator (2020-12 core, section 10.2), which applies rules to the same value.
#[derive(Clone, Debug)]
pub(crate) enum Applicator {
    /// `allOf`, `$ref`, and resolved `$dynamicRef` and `$recursiveRef`.
    Always(RuleId),
    /// `anyOf`.
    Any(Branches),
    /// `oneOf`.
    One(Branches),
    /// `if`, with [`TRUE`] for an absent `then` or `else`.
    If { test: RuleId, then: RuleId, otherwise: RuleId },
    /// `then` or `else` without `if`, which never applies.
    Idle(RuleId),
    /// `not`.
    Not(RuleId),
    /// `dependentSchemas`, or `dependencies` with a schema: applies if the object has the member.
    Dependent(NameId, RuleId),
}

impl Applicator {
    /// Lists the rules that may mark the value, each with true if it certainly applies. `not` marks
    /// nothing.
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
    /// True if items that match count as evaluated (2020-12 core, section 10.3.1.3).
    pub(crate) evaluates: bool,
}

/// One schema in one dynamic scope.
#[derive(Debug, Default)]
pub(crate) struct Rule {
    /// The schema in the registry; `None` for the first three rules.
    pub(crate) node: Option<NodeId>,
    /// An index into [`Program::markers`].
    pub(crate) marker: Option<u32>,
    /// An index into [`Program::metaschemas`]: the target of the rule's reference to [`UNKNOWN`].
    pub(crate) metaschema: Option<u32>,
    /// True if the rule can return to itself at the same value.
    pub(crate) returns: bool,
    pub(crate) checks: Box<[Check]>,
    pub(crate) here: Box<[Applicator]>,
    pub(crate) properties: Box<[Property]>,
    /// An index of the properties by key.
    pub(crate) places: Places,
    /// Number of required members, if all required names are distinct properties. One pass over the
    /// members then counts them.
    pub(crate) needed: Option<u32>,
    /// Number of required properties of a closed object: all required names are distinct
    /// properties, and no other member is allowed. One pass over the members evaluates both
    /// keywords.
    pub(crate) closed: Option<u32>,
    /// Pairs of an index into [`Program::patterns`] and a rule.
    pub(crate) patterns: Box<[(u32, RuleId)]>,
    pub(crate) additional: Option<RuleId>,
    pub(crate) unevaluated_properties: Option<RuleId>,
    pub(crate) names: Option<RuleId>,
    pub(crate) prefix: Box<[RuleId]>,
    pub(crate) rest: Option<RuleId>,
    pub(crate) unevaluated_items: Option<RuleId>,
    pub(crate) contains: Option<Contains>,
    /// The properties that distinguish branches: their rules read scalars only.
    pub(crate) telling: Box<[(NameId, RuleId)]>,
}

impl Rule {
    /// Returns true if the rule has keywords for members.
    pub(crate) fn looks_at_members(&self) -> bool {
        !self.properties.is_empty()
            || !self.patterns.is_empty()
            || self.additional.is_some()
            || self.unevaluated_properties.is_some()
            || self.names.is_some()
    }

    /// Returns true if the rule has keywords for elements.
    pub(crate) fn looks_at_elements(&self) -> bool {
        !self.prefix.is_empty()
            || self.rest.is_some()
            || self.unevaluated_items.is_some()
            || self.contains.is_some()
    }

    /// Returns the property with this name, if `properties` has one.
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

    /// Returns the property with this name, whose number is known.
    #[inline]
    pub(crate) fn numbered(&self, key: u64, name: NameId) -> Option<&Property> {
        let at = self.places.find(&self.properties, key, |own| own.key, |own| own.name == name)?;
        self.properties.get(at)
    }
}

/// All rules that can apply to the values of a document.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) rules: Vec<Rule>,
    pub(crate) root: RuleId,
    pub(crate) names: Names,
    pub(crate) patterns: Vec<Pattern>,
    /// The markers of the marked rules, each once, in the order of the schemas.
    pub(crate) markers: Vec<Marker>,
    /// The metaschemas to which schemas refer without supplying them. Validation alone knows them.
    pub(crate) metaschemas: Vec<Program>,
    /// One bit for each rule: set if a marker can be reached from it. Stored apart from the rules,
    /// since it is read very often.
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
