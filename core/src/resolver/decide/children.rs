//! What a rule says of the members or elements of a value.

use super::evaluated::ChildKind;
use super::{Depth, Evaluator, OPAQUE, Subject, Truth};
use crate::json::{Node, Shape};
use crate::resolver::automaton::StateId;
use crate::resolver::pattern::Match;
use crate::resolver::program::{Contains, FALSE, Rule, TRUE};

impl<'p> Evaluator<'p> {
    pub(super) fn test_children(
        &mut self,
        rule: &'p Rule,
        subject: Subject<'_>,
        depth: Depth,
    ) -> Truth {
        let (members, elements) = (rule.looks_at_members(), rule.looks_at_elements());
        match subject {
            Subject::Value(_, OPAQUE) if members || elements => Truth::Unknown,
            Subject::Value(node, state) if members && node.shape() == Shape::Object => {
                match depth {
                    Depth::Whole => self.test_members(rule, node, state),
                    Depth::Shallow => self.glance_members(rule, node),
                }
            }
            Subject::Value(node, state) if elements && node.shape() == Shape::Array => {
                match depth {
                    Depth::Whole => self.test_elements(rule, node, state),
                    Depth::Shallow => Truth::Unknown,
                }
            }
            _ => Truth::Pass,
        }
    }

    /// Only whether there is a member that nothing allows.
    fn glance_members(&mut self, rule: &Rule, node: Node<'_>) -> Truth {
        if rule.additional != Some(FALSE) || !rule.patterns.is_empty() {
            return Truth::Unknown;
        }
        for (name, _) in node.members() {
            self.spend(1);
            if rule.property(&self.program.names, name.key(), name).is_none() {
                return Truth::Fail;
            }
        }
        Truth::Unknown
    }

    /// What is required and what is allowed, of an object whose members' names are all known, and
    /// those members that tell branches apart.
    #[inline(never)]
    pub(super) fn glance_closed(
        &mut self,
        rule: &Rule,
        required: u32,
        node: Node<'_>,
        state: StateId,
    ) -> Truth {
        if node.len() < required {
            return Truth::Fail;
        }
        self.spend(1 + node.len() as usize);
        let mut found = 0;
        for (name, value) in node.members() {
            let Some(property) = rule.property(&self.program.names, name.key(), name) else {
                return Truth::Fail;
            };
            found += u32::from(property.required);
            if property.telling {
                self.spend(4);
                let below = self.named_state(state, property.name);
                if self.test(property.rule, Subject::Value(value, below), Depth::Shallow)
                    == Truth::Fail
                {
                    return Truth::Fail;
                }
            }
        }
        Truth::known(found == required)
    }

    fn test_members(&mut self, rule: &'p Rule, node: Node<'_>, state: StateId) -> Truth {
        let mut outcome = Truth::Pass;
        let evaluated = rule
            .unevaluated_properties
            .filter(|target| *target != TRUE)
            .map(|target| (target, self.evaluated(rule, node, state, ChildKind::Members)));
        for (position, (name, value)) in node.members().enumerate() {
            self.spend(1 + rule.patterns.len());
            let below = Subject::Value(value, self.member_state(state, name));
            if let Some(names) = rule.names {
                outcome =
                    outcome.and(self.test(names, Subject::Name(&name.unescaped()), Depth::Whole));
            }
            let mut kept_away = Match::No;
            if let Some(property) = rule.property(&self.program.names, name.key(), name) {
                kept_away = Match::Yes;
                outcome = outcome.and(self.test(property.rule, below, Depth::Whole));
            }
            for (pattern, target) in &rule.patterns {
                let found = self.matches(*pattern, &name.unescaped());
                if outcome != Truth::Fail && found != Match::No {
                    let own = self.test(*target, below, Depth::Whole);
                    outcome = outcome.and(perhaps(own, found == Match::Yes));
                }
                kept_away = kept_away.or(found);
            }
            if let Some(target) = rule.additional.filter(|_| kept_away != Match::Yes) {
                let own = self.test(target, below, Depth::Whole);
                outcome = outcome.and(perhaps(own, kept_away == Match::No));
            }
            if let Some((target, evaluated)) = &evaluated
                && !evaluated.certain.has(position)
            {
                let own = self.test(*target, below, Depth::Whole);
                outcome = outcome.and(perhaps(own, !evaluated.possible.has(position)));
            }
            if outcome == Truth::Fail {
                break;
            }
        }
        outcome
    }

    fn test_elements(&mut self, rule: &'p Rule, node: Node<'_>, state: StateId) -> Truth {
        let mut outcome = Truth::Pass;
        let evaluated = rule
            .unevaluated_items
            .filter(|target| *target != TRUE)
            .map(|target| (target, self.evaluated(rule, node, state, ChildKind::Elements)));
        let (mut fit, mut may_fit) = (0, 0);
        for (index, value) in node.elements().enumerate() {
            self.spend(1);
            let below = Subject::Value(value, self.element_state(state, index));
            if let Some(target) = rule.prefix.get(index).copied().or(rule.rest) {
                outcome = outcome.and(self.test(target, below, Depth::Whole));
            }
            if let Some(contains) = rule.contains {
                match self.test(contains.rule, below, Depth::Whole) {
                    Truth::Pass => (fit, may_fit) = (fit + 1, may_fit + 1),
                    Truth::Unknown => may_fit += 1,
                    Truth::Fail => {}
                }
            }
            if let Some((target, evaluated)) = &evaluated
                && !evaluated.certain.has(index)
            {
                let own = self.test(*target, below, Depth::Whole);
                outcome = outcome.and(perhaps(own, !evaluated.possible.has(index)));
            }
            if outcome == Truth::Fail {
                break;
            }
        }
        rule.contains.map_or(outcome, |contains| outcome.and(contains.evaluator(fit, may_fit)))
    }
}

impl Contains {
    /// How many elements fit for certain, and how many at most.
    fn evaluator(self, fit: u64, may_fit: u64) -> Truth {
        let most = self.most.unwrap_or(u64::MAX);
        if fit > most || may_fit < self.least {
            Truth::Fail
        } else if fit >= self.least && may_fit <= most {
            Truth::Pass
        } else {
            Truth::Unknown
        }
    }
}

/// The outcome of a test that may not apply.
const fn perhaps(own: Truth, applies: bool) -> Truth {
    match own {
        Truth::Fail if !applies => Truth::Unknown,
        own => own,
    }
}
