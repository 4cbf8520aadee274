//! Phase 2 of resolver.md: which branches certainly do not apply to a document, judged by what no marker could seal.
//!
//! Three-valued, and blind where a value may be marked: so the clear and the sealed document are judged alike, and opening finds
//! what sealing marked. What is unknown is never left out.

mod check;
mod equal;
mod evaluated;
mod glances;
mod number;
mod survivors;
#[cfg(test)]
pub(in crate::policy) mod trap;

pub(super) use evaluated::{Bits, Kind};

use glances::Glances;

use super::automaton::{Automaton, DEAD, Mark, StateId};
use super::pattern::Match;
use super::program::{Check, Contains, FALSE, Here, Program, Rule, RuleId, TRUE, UNKNOWN, key};
use crate::json::{Node, Shape};

/// What is known of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tri {
    Pass,
    Fail,
    Unknown,
}

impl Tri {
    const fn known(passes: bool) -> Tri {
        if passes { Tri::Pass } else { Tri::Fail }
    }

    const fn and(self, other: Tri) -> Tri {
        match (self, other) {
            (Tri::Fail, _) | (_, Tri::Fail) => Tri::Fail,
            (Tri::Pass, Tri::Pass) => Tri::Pass,
            _ => Tri::Unknown,
        }
    }

    const fn not(self) -> Tri {
        match self {
            Tri::Pass => Tri::Fail,
            Tri::Fail => Tri::Pass,
            Tri::Unknown => Tri::Unknown,
        }
    }
}

/// The state of a value at or below a place that may be marked: nothing of it is read.
pub(super) const HOLE: StateId = StateId::MAX;

/// Schemas in schemas that are still judged; deeper ones are unknown, which keeps the recursion within a small stack.
const NESTING: u32 = 512;

/// What a schema is asked about.
#[derive(Clone, Copy)]
pub(super) enum Subject<'t> {
    Value(Node<'t>, StateId),
    /// A member's name, for `propertyNames`.
    Name(&'t str),
}

/// How far a test goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// The value itself, and those of its members that tell branches apart.
    Glance,
    /// All of it.
    Whole,
}

/// Tests of one document.
pub(super) struct Judge<'p> {
    pub(super) program: &'p Program,
    pub(super) automaton: &'p Automaton,
    /// What is left of the steps that a document may take.
    steps: u64,
    nesting: u32,
    /// The greatest nesting since it was set back.
    deepest: u32,
    /// The rules that can return to themselves, with the values at which they are being tested.
    around: Vec<(RuleId, usize)>,
    glances: Glances,
}

impl<'p> Judge<'p> {
    pub(super) fn new(program: &'p Program, automaton: &'p Automaton, steps: u64) -> Self {
        Judge { program, automaton, steps, nesting: 0, deepest: 0, around: Vec::new(), glances: Glances::default() }
    }

    /// Whether the steps were enough; what was asked after the last one is unknown.
    pub(super) fn is_within(&self) -> bool {
        self.steps > 0
    }

    pub(super) fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps as u64);
    }

    /// The state of a member below a value of that state.
    pub(super) fn member_state(&self, state: StateId, name: &str) -> StateId {
        match self.automaton.state(state) {
            _ if state == DEAD || state == HOLE => state,
            Some(own) => self.below(Automaton::member(self.program, own, name, key(name)).0),
            None => DEAD,
        }
    }

    /// The state of an element below a value of that state.
    pub(super) fn element_state(&self, state: StateId, index: usize) -> StateId {
        match self.automaton.state(state) {
            _ if state == DEAD || state == HOLE => state,
            Some(own) => self.below(Automaton::element(own, index)),
            None => DEAD,
        }
    }

    /// A state, or that it is not to be read.
    pub(super) fn below(&self, state: StateId) -> StateId {
        #[cfg(test)]
        if trap::is_set(trap::Trap::ReadsClearValues) {
            return state;
        }
        if self.automaton.state(state).is_some_and(|own| own.mark != Mark::None) { HOLE } else { state }
    }

    /// Whether the value passes.
    pub(super) fn test(&mut self, id: RuleId, subject: Subject<'_>, depth: Depth) -> Tri {
        match id {
            TRUE => return Tri::Pass,
            FALSE => return Tri::Fail,
            UNKNOWN => return Tri::Unknown,
            _ => {}
        }
        let program = self.program;
        let Some(rule) = program.rule(id).filter(|_| self.nesting < NESTING && self.steps > 0) else { return Tri::Unknown };
        // Branches are glanced at again further in, and what they have in common by each of them. Within a rule that can return to
        // itself the outcome depends on the way, as it does far down.
        if depth == Depth::Glance
            && let Subject::Value(node, state) = subject
            && state != HOLE
            && node.shape() == Shape::Object
            && self.around.is_empty()
            && self.nesting < NESTING / 2
        {
            self.spend(1);
            if let Some(known) = self.glances.find(id, node.index()) {
                return known;
            }
            let above = std::mem::replace(&mut self.deepest, self.nesting);
            let outcome = self.enter(id, rule, subject, depth);
            // Half of the nesting below and half above: so the same whoever asks.
            if self.deepest - self.nesting < NESTING / 2 {
                self.glances.keep(id, node.index(), outcome);
            }
            self.deepest = self.deepest.max(above);
            return outcome;
        }
        self.enter(id, rule, subject, depth)
    }

    fn enter(&mut self, id: RuleId, rule: &'p Rule, subject: Subject<'_>, depth: Depth) -> Tri {
        self.spend(1 + rule.checks.len() + rule.here.len());
        let place = match subject {
            Subject::Value(node, _) => node.index() as usize,
            Subject::Name(name) => name.as_ptr().addr(),
        };
        if rule.returns {
            if self.around.contains(&(id, place)) {
                return Tri::Unknown;
            }
            self.around.push((id, place));
        }
        self.nesting += 1;
        self.deepest = self.deepest.max(self.nesting);
        let outcome = self.judge(rule, subject, depth);
        self.nesting -= 1;
        if rule.returns {
            self.around.pop();
        }
        outcome
    }

    fn judge(&mut self, rule: &'p Rule, subject: Subject<'_>, depth: Depth) -> Tri {
        let mut outcome = Tri::Pass;
        let mut looked = false;
        for check in &rule.checks {
            outcome = outcome.and(match (check, rule.closed, subject) {
                (Check::Required(_), Some(required), Subject::Value(node, state))
                    if depth == Depth::Glance && state != HOLE && node.shape() == Shape::Object =>
                {
                    looked = true;
                    self.glance_closed(rule, required, node)
                }
                _ => self.check(check, subject),
            });
            if outcome == Tri::Fail {
                return outcome;
            }
        }
        if let Subject::Value(node, state) = subject
            && state != HOLE
            && node.shape() == Shape::Object
        {
            for (name, target) in &rule.telling {
                let name = program_name(self.program, *name);
                let Some(member) = node.member(name) else { continue };
                self.spend(4);
                let state = self.member_state(state, name);
                if self.test(*target, Subject::Value(member, state), Depth::Glance) == Tri::Fail {
                    return Tri::Fail;
                }
            }
        }
        for here in &rule.here {
            outcome = outcome.and(self.test_here(here, subject, depth));
            if outcome == Tri::Fail {
                return outcome;
            }
        }
        if looked {
            return Tri::Unknown;
        }
        outcome.and(self.test_children(rule, subject, depth))
    }

    fn test_here(&mut self, here: &'p Here, subject: Subject<'_>, depth: Depth) -> Tri {
        match here {
            Here::Always(target) => self.test(*target, subject, depth),
            Here::Not(target) => match depth {
                Depth::Whole => self.test(*target, subject, depth).not(),
                Depth::Glance => Tri::Unknown,
            },
            Here::Any(branches) => {
                let mut all = Tri::Fail;
                let mut survivors = self.survivors(branches, subject);
                while let Some(branch) = self.next_of(&mut survivors, subject) {
                    match self.test(branch, subject, depth) {
                        Tri::Pass => return Tri::Pass,
                        Tri::Unknown => all = Tri::Unknown,
                        Tri::Fail => {}
                    }
                    if depth == Depth::Glance && all == Tri::Unknown {
                        return all;
                    }
                }
                all
            }
            Here::One(branches) => {
                let (mut passed, mut unknown) = (0, 0);
                let mut survivors = self.survivors(branches, subject);
                while let Some(branch) = self.next_of(&mut survivors, subject) {
                    match self.test(branch, subject, depth) {
                        Tri::Pass => passed += 1,
                        Tri::Unknown => unknown += 1,
                        Tri::Fail => {}
                    }
                    if passed > 1 {
                        return Tri::Fail;
                    }
                    if depth == Depth::Glance && passed + unknown > 0 {
                        return Tri::Unknown;
                    }
                }
                match (passed, unknown) {
                    (0, 0) => Tri::Fail,
                    (1, 0) => Tri::Pass,
                    _ => Tri::Unknown,
                }
            }
            Here::If { test, then, otherwise } => {
                if depth == Depth::Glance {
                    return Tri::Unknown;
                }
                match self.test(*test, subject, depth) {
                    Tri::Pass => self.test(*then, subject, depth),
                    Tri::Fail => self.test(*otherwise, subject, depth),
                    Tri::Unknown => match (self.test(*then, subject, depth), self.test(*otherwise, subject, depth)) {
                        (Tri::Pass, Tri::Pass) => Tri::Pass,
                        (Tri::Fail, Tri::Fail) => Tri::Fail,
                        _ => Tri::Unknown,
                    },
                }
            }
            Here::Idle(_) => Tri::Pass,
            Here::Dependent(name, target) => match self.presence(subject, program_name(self.program, *name)) {
                Some(false) => Tri::Pass,
                Some(true) => self.test(*target, subject, depth),
                None if self.test(*target, subject, depth) == Tri::Pass => Tri::Pass,
                None => Tri::Unknown,
            },
        }
    }

    /// Whether the value is an object with that member; `None` if that is not to be read.
    pub(super) fn presence(&mut self, subject: Subject<'_>, name: &str) -> Option<bool> {
        match subject {
            Subject::Value(_, HOLE) => None,
            Subject::Value(node, _) if node.shape() == Shape::Object => {
                self.spend(node.len() as usize / 8);
                Some(node.member(name).is_some())
            }
            _ => Some(false),
        }
    }

    fn test_children(&mut self, rule: &'p Rule, subject: Subject<'_>, depth: Depth) -> Tri {
        let (members, elements) = (rule.looks_at_members(), rule.looks_at_elements());
        match subject {
            Subject::Value(_, HOLE) if members || elements => Tri::Unknown,
            Subject::Value(node, state) if members && node.shape() == Shape::Object => match depth {
                Depth::Whole => self.test_members(rule, node, state),
                Depth::Glance => self.glance_members(rule, node),
            },
            Subject::Value(node, state) if elements && node.shape() == Shape::Array => match depth {
                Depth::Whole => self.test_elements(rule, node, state),
                Depth::Glance => Tri::Unknown,
            },
            _ => Tri::Pass,
        }
    }

    /// Only whether there is a member that nothing allows.
    fn glance_members(&mut self, rule: &Rule, node: Node<'_>) -> Tri {
        if rule.additional != Some(FALSE) || !rule.patterns.is_empty() {
            return Tri::Unknown;
        }
        for (name, _) in node.members() {
            self.spend(1);
            let name = name.unescaped();
            let key = key(&name);
            if rule.property(key, |id| self.program.names.is(id, key, &name)).is_none() {
                return Tri::Fail;
            }
        }
        Tri::Unknown
    }

    /// What is required and what is allowed, of an object whose members' names are all known.
    fn glance_closed(&mut self, rule: &Rule, required: u32, node: Node<'_>) -> Tri {
        if node.len() < required {
            return Tri::Fail;
        }
        self.spend(1 + node.len() as usize);
        let mut found = 0;
        for (name, _) in node.members() {
            let name = name.unescaped();
            let key = key(&name);
            match rule.property(key, |id| self.program.names.is(id, key, &name)) {
                Some(property) => found += u32::from(property.required),
                None => return Tri::Fail,
            }
        }
        Tri::known(found == required)
    }

    fn test_members(&mut self, rule: &'p Rule, node: Node<'_>, state: StateId) -> Tri {
        let mut outcome = Tri::Pass;
        let evaluated =
            rule.unevaluated_properties.filter(|target| *target != TRUE).map(|target| (target, self.evaluated(rule, node, state, Kind::Members)));
        for (position, (name, value)) in node.members().enumerate() {
            self.spend(1 + rule.patterns.len());
            let name = name.unescaped();
            let below = Subject::Value(value, self.member_state(state, &name));
            if let Some(names) = rule.names {
                outcome = outcome.and(self.test(names, Subject::Name(&name), Depth::Whole));
            }
            let mut kept_away = Match::No;
            let key = key(&name);
            if let Some(property) = rule.property(key, |id| self.program.names.is(id, key, &name)) {
                kept_away = Match::Yes;
                outcome = outcome.and(self.test(property.rule, below, Depth::Whole));
            }
            for (pattern, target) in &rule.patterns {
                let found = self.matches(*pattern, &name);
                if outcome != Tri::Fail && found != Match::No {
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
            if outcome == Tri::Fail {
                break;
            }
        }
        outcome
    }

    fn test_elements(&mut self, rule: &'p Rule, node: Node<'_>, state: StateId) -> Tri {
        let mut outcome = Tri::Pass;
        let evaluated =
            rule.unevaluated_items.filter(|target| *target != TRUE).map(|target| (target, self.evaluated(rule, node, state, Kind::Elements)));
        let (mut fit, mut may_fit) = (0, 0);
        for (index, value) in node.elements().enumerate() {
            self.spend(1);
            let below = Subject::Value(value, self.element_state(state, index));
            if let Some(target) = rule.prefix.get(index).copied().or(rule.rest) {
                outcome = outcome.and(self.test(target, below, Depth::Whole));
            }
            if let Some(contains) = rule.contains {
                match self.test(contains.rule, below, Depth::Whole) {
                    Tri::Pass => (fit, may_fit) = (fit + 1, may_fit + 1),
                    Tri::Unknown => may_fit += 1,
                    Tri::Fail => {}
                }
            }
            if let Some((target, evaluated)) = &evaluated
                && !evaluated.certain.has(index)
            {
                let own = self.test(*target, below, Depth::Whole);
                outcome = outcome.and(perhaps(own, !evaluated.possible.has(index)));
            }
            if outcome == Tri::Fail {
                break;
            }
        }
        rule.contains.map_or(outcome, |contains| outcome.and(contains.judge(fit, may_fit)))
    }

    pub(super) fn matches(&mut self, pattern: u32, text: &str) -> Match {
        self.spend(text.len() / 16);
        self.program.patterns.get(pattern as usize).map_or(Match::Maybe, |own| own.matches(text))
    }
}

impl Contains {
    /// How many elements fit for certain, and how many at most.
    fn judge(self, fit: u64, may_fit: u64) -> Tri {
        let most = self.most.unwrap_or(u64::MAX);
        if fit > most || may_fit < self.least {
            Tri::Fail
        } else if fit >= self.least && may_fit <= most {
            Tri::Pass
        } else {
            Tri::Unknown
        }
    }
}

pub(super) fn program_name(program: &Program, name: u32) -> &str {
    program.names.text(name)
}

/// The outcome of a test that may not apply.
const fn perhaps(own: Tri, applies: bool) -> Tri {
    match own {
        Tri::Fail if !applies => Tri::Unknown,
        own => own,
    }
}
