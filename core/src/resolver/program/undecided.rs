//! Lists the keywords whose outcome evaluation cannot know.

use crate::ordered::OrderedSet;

use super::{Applicator, Check, Program, Rule, RuleId, UNKNOWN};
use crate::schema::registry::{NodeId, Registry};

/// A keyword that needs the validator crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Undecided {
    /// The schema that holds it.
    pub(crate) node: NodeId,
    pub(crate) keyword: &'static str,
}

impl Program {
    /// Lists the keywords that evaluation cannot decide for every document, in the order of the
    /// schemas. If none is listed, every document conforms or does not.
    pub(crate) fn undecided(&self, registry: &Registry<'_>) -> Vec<Undecided> {
        let mut all = OrderedSet::new();
        for rule in &self.rules {
            let Some(id) = rule.node else { continue };
            let Some(node) = registry.node(id) else { continue };
            let mut add = |keyword| {
                all.insert(Undecided { node: id, keyword });
            };
            if rule.returns || rule.targets().any(|target| target == UNKNOWN) {
                add("$ref");
            }
            let opaque = |pattern: u32| {
                !self.patterns.get(pattern as usize).is_some_and(|own| own.is_searchable())
            };
            for check in &rule.checks {
                if matches!(check, Check::Pattern(pattern) if opaque(*pattern)) {
                    add("pattern");
                }
            }
            if rule.patterns.iter().any(|(pattern, _)| opaque(*pattern)) {
                add("patternProperties");
            }
            if node.sealed_first || node.is_bare_reference() {
                continue;
            }
            // From 2019-09 on `dependencies` is not a keyword, and validators still evaluate it.
            if !node.dialect.draft.hides_siblings() && node.value.get("dependencies").is_some() {
                add("dependencies");
            }
        }
        if let (UNKNOWN, Some(node)) = (self.root, registry.root().schema()) {
            all.insert(Undecided { node, keyword: "$ref" });
        }
        all.into_iter().collect()
    }
}

#[cfg(feature = "validation")]
impl Program {
    /// Returns true if evaluation decides these rules for every value: none that they apply is of a
    /// schema with an undecided keyword.
    pub(crate) fn decides(&self, rules: &[RuleId], undecided: &[Undecided]) -> bool {
        let mut seen = OrderedSet::new();
        let mut open = rules.to_vec();
        while let Some(id) = open.pop() {
            let Some(rule) = self.rule(id).filter(|_| seen.insert(id)) else { continue };
            if id == UNKNOWN || undecided.iter().any(|own| rule.node == Some(own.node)) {
                return false;
            }
            open.extend(rule.targets());
        }
        true
    }
}

impl Rule {
    /// Lists every rule that this one applies.
    fn targets(&self) -> impl Iterator<Item = RuleId> {
        let here = self.here.iter().flat_map(|here| match here {
            Applicator::Not(rule) => vec![*rule],
            other => other.marking().into_iter().map(|(rule, _)| rule).collect(),
        });
        here.chain(self.children()).chain(self.names)
    }
}
