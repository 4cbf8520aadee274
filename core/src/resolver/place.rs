//! Finds the place of a value whose document is not there.
//!
//! The path alone decides here, as phase 1 of docs/what-is-sealed.md does: a place has a marker if
//! some document has a marked value there.

use std::borrow::Cow;
use std::sync::Arc;

use super::automaton::{Automaton, DEAD, Mark, State, StateId};
use super::pattern::Match;
use super::patterns::{PatternId, Patterns, ROOT};
use super::program::{Applicator, NameId, Program, Rule, RuleId, key};
use crate::envelope::Bind;
use crate::error::Error;
use crate::json::{Pointer, push_token};
use crate::ordered::OrderedSet;
use crate::schema::subject::SubjectRef;
use fieldseal_json::sort::sorted;

const UNMARKED: &str = "no value at this place can be marked";
const WITHIN: &str = "this place is within a value that is sealed as a whole";
const AMBIGUOUS: &str =
    "this place may be a member of an object or an element of an array, and both can be marked";
pub(crate) const VARIES: &str =
    "the marked schema describes more places than one: give a document pointer";

/// One place of documents at which a value may be marked.
#[derive(Debug)]
pub(crate) struct Place {
    /// The RFC 6901 pointer, with `*` for any element if the place was found by its schema.
    pub(crate) pointer: String,
    /// The pointer with `~*` for array indices (docs/envelope.md, *Context*).
    pub(crate) field: String,
    /// The number of objects and arrays around it.
    pub(crate) depth: u32,
    pub(crate) state: StateId,
    pub(crate) pattern: PatternId,
    pub(crate) patterns: Arc<Patterns>,
    /// The rules that apply to the value in every document.
    pub(crate) certain: Vec<RuleId>,
    /// True if the subject pointer of its marker leads to a place that may be marked, so that the
    /// reference is not bound (flag b6).
    pub(crate) unbound: bool,
}

/// One step on the way to a place.
enum Step {
    Member(Option<NameId>),
    Element(usize),
}

impl Place {
    /// Finds the place at a pointer. `is_pattern` is true for a pattern of the coverage, in which
    /// `*` stands for elements or members.
    ///
    /// # Errors
    /// The message that states why no value there can be sealed.
    pub(crate) fn find(
        program: &Program,
        automaton: &Automaton,
        pointer: &Pointer,
        is_pattern: bool,
    ) -> Result<Place, &'static str> {
        let (mut field, mut is_exact) = (String::new(), true);
        let (mut state, mut pattern) = (automaton.root, ROOT);
        let mut patterns = Patterns::new(program.names.clone());
        let mut rules = vec![program.root];
        let mut tokens: Vec<&str> = Vec::with_capacity(pointer.tokens().len());
        for token in pointer.tokens() {
            let around = certain(program, &rules);
            if around.iter().any(|rule| rule.marker.is_some()) {
                return Err(WITHIN);
            }
            let own = automaton.state(state).ok_or(UNMARKED)?;
            let mut token = token.as_str();
            if is_pattern && token.starts_with('*') {
                if token != "*" || !own.has_elements_alone() {
                    return Err(VARIES);
                }
                // All elements are alike.
                (token, is_exact) = ("0", false);
            }
            let (step, next) = step(program, own, token)?;
            let mut below = OrderedSet::new();
            for rule in around {
                rule.below(program, token, &step, |rule| {
                    below.insert(rule);
                });
            }
            rules = below.into_iter().collect();
            let known = match step {
                Step::Member(known) => {
                    push_token(&mut field, token);
                    known
                }
                Step::Element(_) => {
                    field.push_str("/~*");
                    None
                }
            };
            patterns.enter(pattern);
            pattern = patterns.child(pattern, known);
            state = next;
            tokens.push(token);
        }
        let own = automaton.state(state).filter(|state| state.mark != Mark::None);
        let (marker, _) = automaton.merged_of(&own.ok_or(UNMARKED)?.mark);
        let marker = automaton.markers.get(marker as usize).ok_or(UNMARKED)?;
        let mut binds = marker.accept.iter().filter_map(|accept| accept.bind).chain([marker.bind]);
        if !is_exact && binds.any(|bind| bind == Bind::RecordPath) {
            return Err(VARIES);
        }
        Ok(Place {
            pointer: pointer.to_string(),
            field,
            depth: u32::try_from(tokens.len()).unwrap_or(u32::MAX),
            state,
            pattern,
            patterns: Arc::new(patterns),
            certain: rules,
            unbound: may_lead_into_marked(program, automaton, &tokens, &marker.subject),
        })
    }
}

impl Place {
    /// Returns an error about the value with the pointer into its document.
    pub(crate) fn locate(&self, error: Error) -> Error {
        let pointer = error.pointer.as_ref().map(|own| format!("{}{own}", self.pointer));
        Error { pointer, ..error }
    }
}

/// Returns the step of a token, and the state that it leads to.
fn step(program: &Program, state: &State, token: &str) -> Result<(Step, StateId), &'static str> {
    let (member, known) = Automaton::spelt(program, state, token);
    let element = index(token).map(|index| (index, Automaton::element(state, index)));
    match (member, element.filter(|(_, element)| *element != DEAD)) {
        (DEAD, None) => Err(UNMARKED),
        (member, None) => Ok((Step::Member(known), member)),
        (DEAD, Some((index, element))) => Ok((Step::Element(index), element)),
        _ => Err(AMBIGUOUS),
    }
}

/// Returns the array index that a reference token denotes (RFC 6901, section 4).
fn index(token: &str) -> Option<usize> {
    let is_index = token == "0" || !token.starts_with('0') && !token.starts_with('+');
    token.parse().ok().filter(|_| is_index)
}

/// Returns the rules that apply to a value in every document if these do.
fn certain<'p>(program: &'p Program, rules: &[RuleId]) -> Vec<&'p Rule> {
    let mut seen = OrderedSet::new();
    let mut open = rules.to_vec();
    let mut all = Vec::new();
    while let Some(id) = open.pop() {
        let Some(rule) = program.rule(id).filter(|_| seen.insert(id)) else { continue };
        all.push(rule);
        open.extend(rule.here.iter().filter_map(|here| match here {
            Applicator::Always(target) => Some(*target),
            _ => None,
        }));
    }
    all
}

impl Rule {
    /// Hands over the rules that certainly apply to the child at a step.
    fn below(&self, program: &Program, token: &str, step: &Step, mut each: impl FnMut(RuleId)) {
        match step {
            Step::Member(_) => {
                let id = program.names.id(token);
                let property = id.and_then(|id| self.numbered(key(token), id));
                let mut kept_away = Match::No;
                if let Some(property) = property {
                    kept_away = Match::Yes;
                    each(property.rule);
                }
                for (pattern, target) in &self.patterns {
                    let pattern = program.patterns.get(*pattern as usize);
                    let found = pattern.map_or(Match::Maybe, |pattern| pattern.matches(token));
                    if found == Match::Yes {
                        each(*target);
                    }
                    kept_away = kept_away.or(found);
                }
                if kept_away == Match::No {
                    self.additional.into_iter().for_each(each);
                }
            }
            Step::Element(index) => {
                self.prefix.get(*index).copied().or(self.rest).into_iter().for_each(each);
            }
        }
    }
}

/// Returns true if the target of a subject pointer may lie at or in a marked value of a document in
/// which the place itself is marked.
fn may_lead_into_marked(
    program: &Program,
    automaton: &Automaton,
    place: &[&str],
    subject: &SubjectRef,
) -> bool {
    let mut tokens: Vec<Cow<'_, str>> = Vec::new();
    match subject {
        SubjectRef::Nobody | SubjectRef::Call => return false,
        SubjectRef::Pointer(pointer) => tokens.extend(pointer.tokens().iter().map(Cow::from)),
        SubjectRef::Relative(relative) => {
            // A name or an index is read from the way to the value, which is never sealed.
            let Some(tail) = relative.tail() else { return false };
            let up = usize::try_from(relative.levels()).unwrap_or(usize::MAX);
            let kept = place.len().saturating_sub(up);
            tokens.extend(place.iter().take(kept).map(|token| Cow::from(*token)));
            if let Some(last) = tokens.last_mut().filter(|_| relative.is_shifted())
                && let Some(index) = index(last)
            {
                let shift = isize::try_from(relative.shift()).unwrap_or_default();
                *last = index.saturating_add_signed(shift).to_string().into();
            }
            tokens.extend(tail.tokens().iter().map(Cow::from));
        }
    }
    let mut states = vec![automaton.root];
    let mut on_the_way = 0;
    for reached in 0..=tokens.len() {
        // No value around the place is sealed, or the place were not.
        let is_around = reached < place.len() && on_the_way == reached;
        let is_marked =
            |id: &StateId| automaton.state(*id).is_some_and(|state| state.mark != Mark::None);
        if !is_around && states.iter().any(is_marked) {
            return true;
        }
        let Some(token) = tokens.get(reached) else { return false };
        if on_the_way == reached && place.get(reached).is_some_and(|own| *own == &**token) {
            on_the_way += 1;
        }
        let mut next = Vec::with_capacity(2 * states.len());
        for state in states.iter().filter_map(|id| automaton.state(*id)) {
            next.push(Automaton::spelt(program, state, token).0);
            next.extend(index(token).map(|index| Automaton::element(state, index)));
        }
        next = sorted(next, Ord::cmp);
        next.dedup();
        states = next;
        states.retain(|id| *id != DEAD);
    }
    false
}
