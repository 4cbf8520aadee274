//! Finds the first place at which a document does not conform, in words of the schema alone.

use std::borrow::Cow;

use super::{Instance, Validation};
use crate::json::{Node, Shape, Tape, push_token};
use crate::resolver::program::{Applicator, Bound, Check, FALSE, Rule, RuleId, types};

/// The greatest number of bytes of a schema's number that is repeated in a message.
const LONGEST: usize = 40;

/// The place where a document does not conform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// RFC 6901 pointer into the document.
    pub(crate) pointer: String,
    /// The keyword that refuses the value; `falseSchema` if the schema is `false`.
    pub(crate) keyword: Cow<'static, str>,
    /// The member that `required` misses.
    pub(crate) missing: Option<String>,
    /// The schema's own text that the keyword expects, if it is short: names of types, or a bound.
    pub(crate) expected: Option<String>,
}

impl Fault {
    fn of(keyword: &'static str, pointer: &str) -> Fault {
        Fault {
            pointer: pointer.to_owned(),
            keyword: Cow::Borrowed(keyword),
            missing: None,
            expected: None,
        }
    }
}

impl<'p> Validation<'p> {
    /// Returns the first fault of a document that does not conform, or `None` if finding it takes
    /// too many steps.
    pub(crate) fn first_fault(&mut self, tape: &Tape<'_>) -> Option<Fault> {
        let fault = self.fault(self.program.root, Instance::Value(tape.root()), &mut String::new());
        fault.filter(|_| self.steps > 0)
    }

    /// Returns the first fault of a value that fails the rule.
    fn fault(&mut self, id: RuleId, instance: Instance<'_>, at: &mut String) -> Option<Fault> {
        if id == FALSE {
            return Some(Fault::of("falseSchema", at));
        }
        let program = self.program;
        let rule = program.rule(id)?;
        self.fault_of_checks(rule, instance, at)
            .or_else(|| match instance {
                Instance::Value(node) if node.shape() == Shape::Object => {
                    self.fault_of_members(rule, node, at)
                }
                Instance::Value(node) if node.shape() == Shape::Array => {
                    self.fault_of_elements(rule, node, at)
                }
                _ => None,
            })
            .or_else(|| self.fault_here(rule, instance, at))
            .or_else(|| self.fault_of_the_rest(rule, instance, at))
    }

    fn fault_of_checks(&mut self, rule: &Rule, instance: Instance<'_>, at: &str) -> Option<Fault> {
        for check in &rule.checks {
            let names = match (check, instance.of_shape(Shape::Object)) {
                (Check::Required(names), Some(_)) => &**names,
                (Check::DependentRequired(name, names), Some(node))
                    if node.member(self.program.names.text(*name)).is_some() =>
                {
                    names
                }
                _ => {
                    if !self.check(rule, check, instance) {
                        return Some(Fault {
                            expected: expected(check, instance),
                            ..Fault::of(keyword(check, instance), at)
                        });
                    }
                    continue;
                }
            };
            let mut names = names.iter().map(|name| self.program.names.text(*name));
            if let Some(missing) = names.find(|name| !self.has(instance, name)) {
                let missing = Some(missing.to_owned());
                return Some(Fault { missing, ..Fault::of("required", at) });
            }
        }
        None
    }

    fn fault_of_members(
        &mut self,
        rule: &'p Rule,
        node: Node<'_>,
        at: &mut String,
    ) -> Option<Fault> {
        for (name, value) in node.members() {
            let text = name.unescaped();
            let value = Instance::Value(value);
            let mut targets: Vec<RuleId> = Vec::new();
            targets.extend(
                rule.property(&self.program.names, name.key(), name).map(|property| property.rule),
            );
            targets.extend(
                rule.patterns
                    .iter()
                    .filter(|(pattern, _)| self.is_match(*pattern, &text))
                    .map(|(_, target)| *target),
            );
            if targets.is_empty()
                && let Some(target) = rule.additional
            {
                if target == FALSE {
                    return Some(Fault::of("additionalProperties", at));
                }
                targets.push(target);
            }
            for target in targets {
                if !self.passes(target, value) {
                    let length = at.len();
                    push_token(at, &text);
                    let fault = self.fault(target, value, at);
                    at.truncate(length);
                    return fault;
                }
            }
            if rule.names.is_some_and(|names| !self.passes(names, Instance::Name(&text))) {
                return Some(Fault::of("propertyNames", at));
            }
        }
        None
    }

    fn fault_of_elements(
        &mut self,
        rule: &'p Rule,
        node: Node<'_>,
        at: &mut String,
    ) -> Option<Fault> {
        for (index, value) in node.elements().enumerate() {
            let Some(target) = rule.prefix.get(index).copied().or(rule.rest) else { break };
            let value = Instance::Value(value);
            if self.passes(target, value) {
                continue;
            }
            if target == FALSE && rule.prefix.len() <= index {
                let keyword = if rule.prefix.is_empty() { "items" } else { "additionalItems" };
                return Some(Fault::of(keyword, at));
            }
            let length = at.len();
            push_token(at, &index.to_string());
            let fault = self.fault(target, value, at);
            at.truncate(length);
            return fault;
        }
        None
    }

    fn fault_here(
        &mut self,
        rule: &'p Rule,
        instance: Instance<'_>,
        at: &mut String,
    ) -> Option<Fault> {
        for here in &rule.here {
            if self.applicator(here, instance) {
                continue;
            }
            return match here {
                Applicator::Always(target) | Applicator::Dependent(_, target) => {
                    self.fault(*target, instance, at)
                }
                Applicator::If { test, then, otherwise } => {
                    let next = if self.passes(*test, instance) { then } else { otherwise };
                    self.fault(*next, instance, at)
                }
                Applicator::Not(_) => Some(Fault::of("not", at)),
                Applicator::Any(_) => Some(Fault::of("anyOf", at)),
                Applicator::One(_) => Some(Fault::of("oneOf", at)),
                Applicator::Idle(_) => None,
            };
        }
        None
    }

    /// Returns the fault of the keywords that count or look at what others leave.
    fn fault_of_the_rest(
        &mut self,
        rule: &'p Rule,
        instance: Instance<'_>,
        at: &str,
    ) -> Option<Fault> {
        let Instance::Value(node) = instance else { return None };
        if let (Some(contains), Shape::Array) = (rule.contains, node.shape()) {
            let fit = node
                .elements()
                .filter(|value| self.passes(contains.rule, Instance::Value(*value)))
                .count() as u64;
            if fit < contains.least || contains.most.is_some_and(|most| fit > most) {
                return Some(Fault::of("contains", at));
            }
        }
        if self.children(rule, instance) {
            return None;
        }
        match node.shape() {
            Shape::Object => Some(Fault::of("unevaluatedProperties", at)),
            _ => Some(Fault::of("unevaluatedItems", at)),
        }
    }
}

/// Returns the keyword of an assertion that fails.
fn keyword(check: &Check, instance: Instance<'_>) -> &'static str {
    let count = match instance {
        Instance::Value(node) if node.shape() == Shape::String => {
            node.characters().unwrap_or_default()
        }
        Instance::Value(node) => u64::from(node.len()),
        Instance::Name(name) => name.chars().count() as u64,
    };
    let side = |least: &u64, below, above| if count < *least { below } else { above };
    match check {
        Check::Types { .. } => "type",
        Check::OneOf(_, keyword) => keyword,
        Check::Required(_) | Check::DependentRequired(..) => "required",
        Check::Bound(Bound::AtLeast, _) => "minimum",
        Check::Bound(Bound::AtMost, _) => "maximum",
        Check::Bound(Bound::Above, _) => "exclusiveMinimum",
        Check::Bound(Bound::Below, _) => "exclusiveMaximum",
        Check::MultipleOf(_) => "multipleOf",
        Check::Length(least, _) => side(least, "minLength", "maxLength"),
        Check::Items(least, _) => side(least, "minItems", "maxItems"),
        Check::Properties(least, _) => side(least, "minProperties", "maxProperties"),
        Check::UniqueItems => "uniqueItems",
        Check::Pattern(_) => "pattern",
        Check::Format(_) | Check::Undecided => "format",
    }
}

/// Returns the expectation of an assertion. Only the schema's text is used.
fn expected(check: &Check, instance: Instance<'_>) -> Option<String> {
    const TYPES: [(u8, &str); 7] = [
        (types::ARRAY, "array"),
        (types::BOOLEAN, "boolean"),
        (types::INTEGER, "integer"),
        (types::NULL, "null"),
        (types::NUMBER, "number"),
        (types::OBJECT, "object"),
        (types::STRING, "string"),
    ];
    match check {
        Check::Types { allowed, .. } => {
            let names = TYPES.iter().filter(|(own, _)| allowed & own != 0).map(|(_, name)| *name);
            Some(names.collect::<Vec<_>>().join(" or "))
        }
        Check::Bound(_, limit) => Some(limit.to_string()).filter(|text| text.len() <= LONGEST),
        Check::Length(least, most) | Check::Items(least, most) | Check::Properties(least, most) => {
            let is_below = keyword(check, instance).starts_with("min");
            Some(if is_below { least } else { most }.to_string())
        }
        _ => None,
    }
}
