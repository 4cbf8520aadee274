//! Derives facts about schemas: whether a valid value may hold data itself, and may have members
//! that no schema declares.

use crate::ordered::OrderedSet;

use crate::resolver::program::{Applicator, Branches, Check, FALSE, Program, Rule, RuleId, types};
use crate::schema::finding::Budget;

/// The keyword by which undeclared members pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Passing {
    /// No keyword refuses them.
    Absent,
    AdditionalProperties,
    UnevaluatedProperties,
}

impl Passing {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Passing::Absent => "absent",
            Passing::AdditionalProperties => "additionalProperties",
            Passing::UnevaluatedProperties => "unevaluatedProperties",
        }
    }
}

/// The facts about one rule.
#[derive(Clone, Copy, Debug)]
struct Fact {
    /// True if a valid value may hold data outside declared members and elements.
    is_leaf: bool,
    /// True if the schema describes objects.
    describes_objects: bool,
    /// `None` if undeclared members are refused.
    passing: Option<Passing>,
}

/// The facts about `true`.
const ANYTHING: Fact =
    Fact { is_leaf: true, describes_objects: false, passing: Some(Passing::Absent) };

/// The facts of each rule, derived on demand.
pub(super) struct Facts<'p> {
    program: &'p Program,
    known: Vec<Option<Fact>>,
}

/// The greatest nesting of schemas at one value. Deeper schemas count as `true`.
const NESTING: u32 = 200;

impl<'p> Facts<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        Facts { program, known: vec![None; program.rules.len()] }
    }

    /// Returns all rules that apply together with these, except for conditions and `not`. Returns
    /// `None` if that takes too many steps.
    pub(super) fn closure(
        &self,
        rules: &[RuleId],
        budget: &mut Budget,
    ) -> Option<OrderedSet<RuleId>> {
        let mut seen = OrderedSet::new();
        let mut open = rules.to_vec();
        while let Some(id) = open.pop() {
            budget.spend(1).ok()?;
            if !seen.insert(id) {
                continue;
            }
            for applied in self.program.rule(id).into_iter().flat_map(|rule| &rule.here) {
                match applied {
                    Applicator::Always(rule) | Applicator::Dependent(_, rule) => open.push(*rule),
                    Applicator::Any(branches) | Applicator::One(branches) => {
                        open.extend(branches.iter());
                    }
                    Applicator::If { then, otherwise, .. } => open.extend([*then, *otherwise]),
                    Applicator::Idle(_) | Applicator::Not(_) => {}
                }
            }
        }
        Some(seen)
    }

    /// Returns the first of the rules that declares a value with data.
    pub(super) fn leaf(&mut self, rules: &[RuleId]) -> Option<RuleId> {
        rules.iter().copied().find(|rule| *rule != FALSE && self.fact(*rule, 0).is_leaf)
    }

    /// Returns the first of the rules that describes an object with passing undeclared members, and
    /// the keyword by which they pass.
    pub(super) fn passing(&mut self, rules: &[RuleId]) -> Option<(RuleId, Passing)> {
        rules.iter().find_map(|rule| {
            let fact = self.fact(*rule, 0);
            Some((*rule, fact.passing.filter(|_| fact.describes_objects)?))
        })
    }

    fn fact(&mut self, id: RuleId, depth: u32) -> Fact {
        let Some(rule) = self.program.rule(id).filter(|_| depth < NESTING && id > FALSE) else {
            return match id {
                FALSE => Fact { is_leaf: false, passing: None, ..ANYTHING },
                _ => ANYTHING,
            };
        };
        if let Some(known) = self.known.get(id as usize).copied().flatten() {
            return known;
        }
        // A rule that applies itself again adds nothing.
        self.keep(id, ANYTHING);
        let fact = self.derive(rule, depth);
        self.keep(id, fact);
        fact
    }

    fn keep(&mut self, id: RuleId, fact: Fact) {
        if let Some(known) = self.known.get_mut(id as usize) {
            *known = Some(fact);
        }
    }

    fn derive(&mut self, rule: &Rule, depth: u32) -> Fact {
        let mut fact = own(rule);
        for applied in &rule.here {
            match applied {
                Applicator::Always(target) => {
                    let other = self.fact(*target, depth + 1);
                    fact.join(other);
                }
                Applicator::Any(branches) | Applicator::One(branches) => {
                    let other = self.any(branches, depth);
                    fact.join(other);
                }
                Applicator::If { then, otherwise, .. } => {
                    let (then, otherwise) =
                        (self.fact(*then, depth + 1), self.fact(*otherwise, depth + 1));
                    fact.join(then.or(otherwise));
                }
                // These add to the declarations of other keywords.
                Applicator::Dependent(..) | Applicator::Idle(_) | Applicator::Not(_) => {}
            }
        }
        if has_scalar_type(rule) {
            fact.is_leaf = true;
        }
        fact
    }

    fn any(&mut self, branches: &Branches, depth: u32) -> Fact {
        let mut all = Fact { is_leaf: false, describes_objects: false, passing: None };
        for branch in branches.iter() {
            all = all.or(self.fact(*branch, depth + 1));
        }
        all
    }
}

impl Fact {
    /// Combines the facts of two schemas that both apply.
    fn join(&mut self, other: Fact) {
        self.is_leaf &= other.is_leaf;
        self.describes_objects |= other.describes_objects;
        self.passing = match (self.passing, other.passing) {
            (Some(own), Some(other)) => Some(own.max(other)),
            _ => None,
        };
    }

    /// Combines the facts of two schemas of which one applies.
    fn or(self, other: Fact) -> Fact {
        Fact {
            is_leaf: self.is_leaf || other.is_leaf,
            describes_objects: self.describes_objects || other.describes_objects,
            passing: self.passing.max(other.passing),
        }
    }
}

/// Returns the facts that follow from the keywords of the schema itself.
fn own(rule: &Rule) -> Fact {
    let has_children = rule.looks_at_members() || rule.looks_at_elements();
    let names_object = rule
        .checks
        .iter()
        .any(|check| matches!(check, Check::Types { allowed, .. } if allowed & types::OBJECT != 0));
    let refuses_objects = rule.checks.iter().any(|check| match check {
        Check::Types { allowed, .. } => allowed & types::OBJECT == 0,
        Check::OneOf(values, _) => !values.iter().any(serde_json::Value::is_object),
        _ => false,
    });
    let passing = match (rule.additional, rule.unevaluated_properties) {
        _ if refuses_objects => None,
        (Some(FALSE), _) | (None, Some(FALSE)) => None,
        (Some(_), _) => Some(Passing::AdditionalProperties),
        (None, Some(_)) => Some(Passing::UnevaluatedProperties),
        (None, None) => Some(Passing::Absent),
    };
    Fact {
        is_leaf: !has_children,
        describes_objects: rule.looks_at_members() || names_object,
        passing,
    }
}

/// Returns true if the `type` of the schema itself names a scalar.
fn has_scalar_type(rule: &Rule) -> bool {
    const SCALARS: u8 = types::STRING | types::NUMBER | types::INTEGER | types::BOOLEAN;
    rule.checks
        .iter()
        .any(|check| matches!(check, Check::Types { allowed, .. } if allowed & SCALARS != 0))
}
