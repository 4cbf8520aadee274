//! The keywords of a schema that hold other schemas, each with the rules that they lead to.

use super::step::ChildStep;
use crate::resolver::program::RuleId;
use crate::schema::registry::Link;
use fieldseal_json::sort::sorted;

#[derive(Default)]
pub(super) struct ChildRules<'s> {
    /// `$ref` and its dynamic kin, and the `contentSchema` that stands in for what describes an
    /// envelope.
    pub(super) references: Vec<RuleId>,
    pub(super) all: Vec<RuleId>,
    pub(super) any: Vec<RuleId>,
    pub(super) one: Vec<RuleId>,
    pub(super) test: Option<RuleId>,
    pub(super) then: Option<RuleId>,
    pub(super) otherwise: Option<RuleId>,
    pub(super) not: Option<RuleId>,
    pub(super) dependents: Vec<(&'s str, RuleId)>,
    pub(super) properties: Vec<(&'s str, RuleId)>,
    /// By the number of the pattern.
    pub(super) patterns: Vec<(u32, RuleId)>,
    pub(super) additional: Option<RuleId>,
    pub(super) unevaluated_properties: Option<RuleId>,
    pub(super) names: Option<RuleId>,
    pub(super) prefix: Vec<RuleId>,
    pub(super) rest: Option<RuleId>,
    pub(super) unevaluated_items: Option<RuleId>,
    pub(super) contains: Option<RuleId>,
}

impl<'s> ChildRules<'s> {
    pub(super) fn of(links: &[(Link<'s>, RuleId)]) -> Self {
        let mut parts = ChildRules::default();
        for (link, to) in links.iter().copied() {
            match link {
                Link::Reference | Link::Dynamic(_) | Link::Recursive => parts.references.push(to),
                Link::AllOf => parts.all.push(to),
                Link::AnyOf => parts.any.push(to),
                Link::OneOf => parts.one.push(to),
                Link::If => parts.test = Some(to),
                Link::Then => parts.then = Some(to),
                Link::Else => parts.otherwise = Some(to),
                Link::Not => parts.not = Some(to),
                Link::Dependent(name) => parts.dependents.push((name, to)),
                Link::Property(name) => parts.properties.push((name, to)),
                Link::Pattern(pattern) => parts.patterns.push((pattern, to)),
                Link::Additional => parts.additional = Some(to),
                Link::UnevaluatedProperties => parts.unevaluated_properties = Some(to),
                Link::PropertyNames => parts.names = Some(to),
                Link::Prefix(_) => parts.prefix.push(to),
                Link::Rest => parts.rest = Some(to),
                Link::UnevaluatedItems => parts.unevaluated_items = Some(to),
                Link::Contains => parts.contains = Some(to),
                Link::Held => {}
            }
        }
        // `then` and `else` say nothing without `if`.
        if parts.test.is_none() {
            (parts.then, parts.otherwise) = (None, None);
        }
        // Whatever order a reader of JSON keeps, copies get the same names.
        parts.properties = sorted(parts.properties, Ord::cmp);
        parts.dependents = sorted(parts.dependents, Ord::cmp);
        parts
    }

    /// What applies to the same value. Names are no values: what `propertyNames` holds is not among
    /// it.
    pub(super) fn here(&self) -> impl Iterator<Item = RuleId> {
        let lists =
            [&self.references, &self.all, &self.any, &self.one].into_iter().flatten().copied();
        let single = [self.test, self.then, self.otherwise, self.not].into_iter().flatten();
        lists.chain(single).chain(self.dependents.iter().map(|(_, rule)| *rule))
    }

    /// What applies to members and elements, with the step to them.
    pub(super) fn below(&self) -> Vec<(RuleId, ChildStep<'s>)> {
        let mut below: Vec<(RuleId, ChildStep<'s>)> =
            self.properties.iter().map(|(name, rule)| (*rule, ChildStep::Member(name))).collect();
        below.extend(
            self.patterns.iter().map(|(pattern, rule)| (*rule, ChildStep::Matching(*pattern))),
        );
        below.extend(
            [self.additional, self.unevaluated_properties]
                .into_iter()
                .flatten()
                .map(|rule| (rule, self.others())),
        );
        below.extend(
            self.prefix.iter().enumerate().map(|(index, rule)| (*rule, ChildStep::Element(index))),
        );
        below.extend(
            [self.rest, self.unevaluated_items]
                .into_iter()
                .flatten()
                .map(|rule| (rule, self.after_prefix())),
        );
        below.extend(self.contains.map(|rule| (rule, ChildStep::ElementsFrom(0))));
        below
    }

    pub(super) fn others(&self) -> ChildStep<'s> {
        let names = self.properties.iter().map(|(name, _)| *name).collect();
        ChildStep::Others(names, self.patterns.iter().map(|(pattern, _)| *pattern).collect())
    }

    pub(super) fn after_prefix(&self) -> ChildStep<'s> {
        ChildStep::ElementsFrom(self.prefix.len())
    }
}
