//! Finds the place of a value whose document is not there.
//!
//! The path alone decides here, as phase 1 of docs/what-is-sealed.md does: a place has a marker if
//! some document has a marked value there.

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
    /// True if no other rule may apply to the value: a value that fits the certain rules conforms.
    pub(crate) is_complete: bool,
    /// True if these rules can be decided for every value, and the policy judges values.
    pub(crate) is_judged: bool,
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
        let mut patterns = Patterns::new(program.names.clone(), Vec::new());
        let mut rules = vec![program.root];
        let mut is_complete = true;
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
            rules.clear();
            for rule in around {
                is_complete &= rule.push_below(program, token, &step, &mut rules);
            }
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
            is_complete,
            is_judged: true,
            unbound: may_lead_into_marked(program, automaton, &tokens, &marker.subject),
        })
    }
}

impl Place {
    /// Returns an error about the value with the pointer into its document.
    pub(crate) fn locate(&self, mut error: Error) -> Error {
        if let Some(pointer) = &mut error.pointer {
            pointer.insert_str(0, &self.pointer);
        }
        error
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
    /// Adds the rules that certainly apply to the child at a step.
    ///
    /// Returns false if another rule may apply as well: of a pattern whose match is not known, or of
    /// a keyword for whatever no other evaluates.
    fn push_below(
        &self,
        program: &Program,
        token: &str,
        step: &Step,
        rules: &mut Vec<RuleId>,
    ) -> bool {
        let mut is_known = true;
        let mut others = None;
        match step {
            Step::Member(_) => {
                let id = program.names.id(token);
                let property = id.and_then(|id| self.numbered(key(token), id));
                let mut kept_away = Match::No;
                if let Some(property) = property {
                    kept_away = Match::Yes;
                    rules.push(property.rule);
                }
                for (pattern, target) in &self.patterns {
                    let pattern = program.patterns.get(*pattern as usize);
                    let found = pattern.map_or(Match::Maybe, |pattern| pattern.matches(token));
                    if found == Match::Yes {
                        rules.push(*target);
                    }
                    is_known &= found != Match::Maybe;
                    kept_away = kept_away.or(found);
                }
                if kept_away == Match::No {
                    others = self.additional;
                    is_known &= others.is_some() || self.unevaluated_properties.is_none();
                }
            }
            Step::Element(index) => {
                others = self.prefix.get(*index).copied().or(self.rest);
                is_known &= others.is_some() || self.unevaluated_items.is_none();
            }
        }
        rules.extend(others);
        is_known
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
    let mut tokens: Vec<&str> = Vec::new();
    let shifted;
    match subject {
        SubjectRef::Nobody | SubjectRef::Call => return false,
        SubjectRef::Pointer(pointer) => tokens.extend(pointer.tokens().iter().map(String::as_str)),
        SubjectRef::Relative(relative) => {
            // A name or an index is read from the way to the value, which is never sealed.
            let Some(tail) = relative.tail() else { return false };
            let up = usize::try_from(relative.levels()).unwrap_or(usize::MAX);
            tokens.extend(place.get(..place.len().saturating_sub(up)).unwrap_or_default());
            if let Some(last) = tokens.last_mut().filter(|_| relative.is_shifted())
                && let Some(index) = index(last)
            {
                let shift = isize::try_from(relative.shift()).unwrap_or_default();
                shifted = index.saturating_add_signed(shift).to_string();
                *last = &shifted;
            }
            tokens.extend(tail.tokens().iter().map(String::as_str));
        }
    }
    let mut id = automaton.root;
    let mut on_the_way = true;
    for (reached, token) in tokens.iter().map(Some).chain([None]).enumerate() {
        let Some(state) = automaton.state(id) else { return false };
        on_the_way &= reached == 0 || place.get(reached - 1) == tokens.get(reached - 1);
        // No value around the place is sealed, or the place were not.
        if state.mark != Mark::None && !(on_the_way && reached < place.len()) {
            return true;
        }
        let Some(token) = token else { return false };
        match step(program, state, token) {
            Ok((_, next)) => id = next,
            Err(message) => return message == AMBIGUOUS,
        }
    }
    false
}
