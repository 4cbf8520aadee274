//! Lists the keywords whose outcome evaluation cannot know.

use super::{Applicator, Check, Program, Rule, RuleId, UNKNOWN};
use crate::json::push_token;
use crate::ordered::OrderedSet;
use crate::schema::finding::below;
use crate::schema::registry::{NodeId, Registry};

/// A keyword that needs the validator crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Undecided {
    /// The schema that holds it.
    pub(crate) node: NodeId,
    pub(crate) keyword: &'static str,
    /// The member of `patternProperties`: an index into [`Registry::patterns`].
    pub(crate) pattern: Option<u32>,
}

/// The keywords by which a schema can apply itself to the same value, or a metaschema.
const APPLICATORS: [&str; 12] = [
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependencies",
];

impl Undecided {
    /// Returns the pointer of the keyword, or of the member of `patternProperties`.
    pub(crate) fn pointer(&self, registry: &Registry<'_>) -> String {
        let mut pointer = below(&registry.pointer(self.node), self.keyword);
        if let Some(source) = self.pattern.and_then(|own| registry.patterns.get(own as usize)) {
            push_token(&mut pointer, source);
        }
        pointer
    }
}

impl Program {
    /// Lists the keywords that evaluation cannot decide for every document, in the order of the
    /// schemas. If none is listed, every document conforms or does not.
    pub(crate) fn undecided(&self, registry: &Registry<'_>) -> Vec<Undecided> {
        let mut all = OrderedSet::new();
        for rule in &self.rules {
            let Some(id) = rule.node else { continue };
            let Some(node) = registry.node(id) else { continue };
            let mut add = |keyword, pattern| {
                all.insert(Undecided { node: id, keyword, pattern });
            };
            let is_unknown = |target| target == UNKNOWN && rule.metaschema.is_none();
            if rule.returns || rule.targets().any(is_unknown) {
                let is_held = |keyword: &&&str| node.value.get(**keyword).is_some();
                add(APPLICATORS.iter().find(is_held).unwrap_or(&"$ref"), None);
            }
            let opaque = |pattern: u32| {
                !self.patterns.get(pattern as usize).is_some_and(|own| own.is_searchable())
            };
            for check in &rule.checks {
                if matches!(check, Check::Pattern(pattern) if opaque(*pattern)) {
                    add("pattern", None);
                }
            }
            for (pattern, _) in rule.patterns.iter().filter(|(pattern, _)| opaque(*pattern)) {
                add("patternProperties", Some(*pattern));
            }
            if node.sealed_first || node.is_bare_reference() {
                continue;
            }
            // From 2019-09 on `dependencies` is not a keyword, and validators still evaluate it.
            if !node.dialect.draft.hides_siblings() && node.value.get("dependencies").is_some() {
                add("dependencies", None);
            }
        }
        all.into_iter().collect()
    }
}

#[cfg(feature = "validation")]
impl Program {
    /// Returns true if evaluation decides these rules for every value: none that they apply is of a
    /// schema with an undecided keyword.
    pub(crate) fn decides(&self, rules: &[RuleId], undecided: &[NodeId]) -> bool {
        let mut seen = OrderedSet::new();
        let mut open = rules.to_vec();
        while let Some(id) = open.pop() {
            let Some(rule) = self.rule(id).filter(|_| seen.insert(id)) else { continue };
            if id == UNKNOWN || undecided.iter().any(|own| rule.node == Some(*own)) {
                return false;
            }
            let is_known = |target: &RuleId| *target != UNKNOWN || rule.metaschema.is_none();
            open.extend(rule.targets().filter(is_known));
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
