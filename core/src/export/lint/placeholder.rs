//! Compares placeholders with the schemas of their values: after an erasure a reader would get a
//! value that no program expects.

use fieldseal_json::sort::sorted;

use super::linted::Linted;
use crate::json::Tape;
use crate::resolver::automaton::DEAD;
use crate::resolver::decide::{Depth, Evaluator, Subject, Truth};
use crate::resolver::program::{Program, RuleId};
use crate::schema::finding::{Findings, below};
use crate::schema::registry::NodeId;
use crate::schema::types;

/// Refuses an `erased` of a marker that its schema refuses, and warns of such defaults. The
/// evaluator of the resolver judges, so that both builds agree; a placeholder that it cannot decide
/// passes.
pub(super) fn check(linted: &Linted<'_, '_>, findings: &mut Findings, warnings: &mut Findings) {
    let mut judge = Judge { linted, steps: linted.limits.expansions.into() };
    let all = marked_rules(linted.program);
    for rules in all.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((id, _)) = rules.first().copied() else { continue };
        let Some(marker) = linted.markers.get(id as usize).and_then(Option::as_ref) else {
            continue;
        };
        let text = marker.erased().text;
        if marker.pseudonym.is_some() || !judge.refuses(rules, text) {
            continue;
        }
        let at = marker.schema_pointer.as_str();
        let node = linted.registry.node(id);
        let is_own = node
            .and_then(|node| node.marker.as_ref())
            .is_some_and(|written| written.writes_placeholder());
        if !is_own {
            warnings.warning_with_fix(
                "placeholder-refused",
                at,
                format!(
                    "the default placeholder{} does not fit the schema of its value: readers who \
                     validate would refuse it",
                    shown(text)
                ),
                "write `erased` with a value that the schema allows",
            );
            continue;
        }
        let at = below(&below(at, "x-protection"), "erased");
        let message = "`erased` does not fit the schema of its own value: after an erasure readers \
            would get a value that is invalid";
        let default = types::placeholder(linted.registry, id);
        if judge.refuses(rules, default) {
            findings.error("erased-refused", at, message);
        } else {
            let fix = format!("write `{default}`, which the schema allows");
            findings.error_with_fix("erased-refused", at, message, fix);
        }
    }
    if judge.steps == 0 {
        warnings.note(
            "placeholders-unjudged",
            "",
            "not all placeholders were compared with their schemas: that takes more steps than the \
             limit `expansions` allows",
        );
    }
}

/// Quotes a short placeholder. A long one of `x-protection-defaults` would be repeated for each
/// marker.
fn shown(text: &str) -> String {
    if text.len() <= 40 { format!(" `{text}`") } else { String::new() }
}

/// Returns the rules of marked schemas, sorted by schema: one for each dynamic scope that leads to
/// it.
fn marked_rules(program: &Program) -> Vec<(NodeId, RuleId)> {
    let mut rules: Vec<(NodeId, RuleId)> = Vec::new();
    for (id, rule) in (0..).zip(&program.rules) {
        if let (Some(node), Some(_)) = (rule.node, rule.marker) {
            rules.push((node, id));
        }
    }
    sorted(rules, Ord::cmp)
}

struct Judge<'l, 'a, 's> {
    linted: &'l Linted<'a, 's>,
    /// Steps left for all placeholders of the policy.
    steps: u64,
}

impl Judge<'_, '_, '_> {
    /// Returns true if every one of the rules certainly fails.
    fn refuses(&mut self, rules: &[(NodeId, RuleId)], text: &str) -> bool {
        rules.iter().all(|(_, rule)| self.fails(*rule, text))
    }

    fn fails(&mut self, rule: RuleId, text: &str) -> bool {
        let Linted { program, automaton, limits, .. } = *self.linted;
        let Ok(tape) = Tape::parse(text.as_bytes(), limits) else { return false };
        self.steps = self.steps.saturating_sub(text.len() as u64);
        let mut evaluator = Evaluator::new(program, automaton, self.steps);
        // Nothing in a placeholder is sealed, so all of it is read.
        let outcome = evaluator.test(rule, Subject::Value(tape.root(), DEAD), Depth::Whole);
        self.steps = evaluator.steps();
        outcome == Truth::Fail
    }
}
