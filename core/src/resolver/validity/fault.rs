//! Finds the first place at which a document does not conform, in words of the schema alone.

use std::borrow::Cow;

use super::{Instance, Validation};
use crate::json::{Name, Node, Shape, Tape, push_token};
use crate::resolver::program::{Applicator, Bound, Check, FALSE, Rule, RuleId, UNKNOWN, types};

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

/// The result of looking for a fault in one rule.
enum Found<'t> {
    Fault(Fault),
    /// This rule fails on that instance, and its own fault is the first.
    Below(RuleId, Instance<'t>),
}

impl<'p> Validation<'p> {
    /// Returns the first fault of a document that does not conform to all `rules`, or `None` if
    /// finding it takes too many steps.
    pub(crate) fn first_fault(&mut self, tape: &Tape<'_>, rules: &[RuleId]) -> Option<Fault> {
        let instance = Instance::Value(tape.root());
        let id = *rules.iter().find(|rule| !self.passes(**rule, instance))?;
        self.fault_from(id, instance, String::new())
    }

    /// Returns the first fault of a value that does not conform to a rule.
    fn fault_from(
        &mut self,
        mut id: RuleId,
        mut instance: Instance<'_>,
        mut at: String,
    ) -> Option<Fault> {
        loop {
            if id == FALSE {
                return Some(Fault::of("falseSchema", &at));
            }
            let rule = self.program.rule(id)?;
            let found = self
                .fault_of_checks(rule, instance, &at)
                .or_else(|| self.fault_of_children(rule, instance, &mut at))
                .or_else(|| self.fault_here(rule, instance, &at))
                .or_else(|| self.fault_of_the_rest(rule, instance, &at));
            match found? {
                _ if self.steps.get() == 0 => return None,
                Found::Fault(fault) => return Some(fault),
                Found::Below(UNKNOWN, below) => {
                    let fault = |inner: &mut Self| inner.fault_from(inner.program.root, below, at);
                    return self.in_metaschema(rule, fault)?;
                }
                Found::Below(rule, below) => (id, instance) = (rule, below),
            }
        }
    }

    fn fault_of_checks<'t>(
        &mut self,
        rule: &Rule,
        instance: Instance<'t>,
        at: &str,
    ) -> Option<Found<'t>> {
        for check in &rule.checks {
            let names = match (check, instance.of_shape(Shape::Object)) {
                (Check::Required(names), Some(_)) => &**names,
                (Check::DependentRequired(name, names), Some(node))
                    if node.member(self.program.names.text(*name)).is_some() =>
                {
                    names
                }
                _ if self.check(rule, check, instance) => continue,
                _ => {
                    let expected = expected(check, instance);
                    let fault = Fault::of(keyword(check, instance), at);
                    return Some(Found::Fault(Fault { expected, ..fault }));
                }
            };
            let mut names = names.iter().map(|name| self.program.names.text(*name));
            if let Some(missing) = names.find(|name| !self.has(instance, name)) {
                let missing = Some(missing.to_owned());
                return Some(Found::Fault(Fault { missing, ..Fault::of("required", at) }));
            }
        }
        None
    }

    fn fault_of_children<'t>(
        &mut self,
        rule: &'p Rule,
        instance: Instance<'t>,
        at: &mut String,
    ) -> Option<Found<'t>> {
        let Instance::Value(node) = instance else { return None };
        match node.shape() {
            Shape::Object => {
                node.members().find_map(|(name, value)| self.fault_of_member(rule, name, value, at))
            }
            Shape::Array => (0..)
                .zip(node.elements())
                .find_map(|(index, value)| self.fault_of_element(rule, index, value, at)),
            _ => None,
        }
    }

    fn fault_of_member<'t>(
        &mut self,
        rule: &'p Rule,
        name: Name<'t>,
        value: Node<'t>,
        at: &mut String,
    ) -> Option<Found<'t>> {
        let text = name.unescaped();
        let property = rule.property(&self.program.names, name.key(), name);
        let mut targets: Vec<RuleId> = property.iter().map(|property| property.rule).collect();
        let matched = rule.patterns.iter().filter(|(pattern, _)| self.is_match(*pattern, &text));
        targets.extend(matched.map(|(_, target)| *target));
        if targets.is_empty() {
            if rule.additional == Some(FALSE) {
                return Some(Found::Fault(Fault::of("additionalProperties", at)));
            }
            targets.extend(rule.additional);
        }
        for target in targets {
            if !self.passes(target, Instance::Value(value)) {
                push_token(at, &text);
                return Some(Found::Below(target, Instance::Value(value)));
            }
        }
        let fits = rule.names.is_none_or(|names| self.passes(names, Instance::Name(&text)));
        (!fits).then(|| Found::Fault(Fault::of("propertyNames", at)))
    }

    fn fault_of_element<'t>(
        &mut self,
        rule: &'p Rule,
        index: usize,
        value: Node<'t>,
        at: &mut String,
    ) -> Option<Found<'t>> {
        let target = rule.prefix.get(index).copied().or(rule.rest)?;
        let value = Instance::Value(value);
        if self.passes(target, value) {
            return None;
        }
        if target == FALSE && rule.prefix.len() <= index {
            let keyword = if rule.prefix.is_empty() { "items" } else { "additionalItems" };
            return Some(Found::Fault(Fault::of(keyword, at)));
        }
        push_token(at, &index.to_string());
        Some(Found::Below(target, value))
    }

    fn fault_here<'t>(
        &mut self,
        rule: &'p Rule,
        instance: Instance<'t>,
        at: &str,
    ) -> Option<Found<'t>> {
        let here = rule.here.iter().find(|here| !self.applicator(rule, here, instance))?;
        Some(match here {
            Applicator::Always(target) | Applicator::Dependent(_, target) => {
                Found::Below(*target, instance)
            }
            Applicator::If { test, then, otherwise } => {
                let next = if self.passes(*test, instance) { then } else { otherwise };
                Found::Below(*next, instance)
            }
            Applicator::Not(_) => Found::Fault(Fault::of("not", at)),
            Applicator::Any(_) => Found::Fault(Fault::of("anyOf", at)),
            Applicator::One(_) => Found::Fault(Fault::of("oneOf", at)),
            Applicator::Idle(_) => return None,
        })
    }

    /// Returns the fault of the keywords that count, or that look at the children others leave.
    fn fault_of_the_rest<'t>(
        &mut self,
        rule: &'p Rule,
        instance: Instance<'t>,
        at: &str,
    ) -> Option<Found<'t>> {
        let Instance::Value(node) = instance else { return None };
        let mut keyword = "unevaluatedItems";
        match (node.shape(), rule.contains) {
            (Shape::Object, _) => keyword = "unevaluatedProperties",
            (_, Some(contains)) => {
                let is_fit = |value: &Node<'_>| self.passes(contains.rule, Instance::Value(*value));
                let fit = node.elements().filter(is_fit).count() as u64;
                if fit < contains.least || contains.most.is_some_and(|most| fit > most) {
                    keyword = "contains";
                }
            }
            _ => {}
        }
        let fails = !self.children(rule, instance);
        fails.then(|| Found::Fault(Fault::of(keyword, at)))
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
