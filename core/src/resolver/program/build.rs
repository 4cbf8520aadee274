//! Compiles the schemas of a registry into rules, beginning with the root's.

use crate::ordered::{OrderedMap, OrderedSet};

use super::scope::{NONE, ScopeId, Scopes};
use super::{
    Applicator, Contains, FALSE, NameId, Names, Places, Program, Property, Rule, RuleId, TRUE,
    UNKNOWN, checks, key,
};
use crate::error::Error;
use crate::limits::Limits;
use crate::resolver::pattern::Pattern;
use crate::schema::draft::Draft;
use crate::schema::finding::Budget;
use crate::schema::marker::Marker;
use crate::schema::options::Formats;
use crate::schema::registry::{Link, NodeId, Registry, SchemaNode, Target};
use fieldseal_json::sort::sorted;

/// The greatest number of properties of a schema that are evaluated before all others.
const TELLING: usize = 4;

impl Program {
    /// Compiles all schemas that can be reached from the root. `markers` holds one entry for each
    /// schema of the registry.
    ///
    /// # Errors
    /// `limit` if dynamic scopes or nested schemas exceed `limits`.
    pub(crate) fn build(
        registry: &Registry<'_>,
        markers: &[Option<Marker>],
        formats: Formats,
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<Program, Error> {
        let mut patterns: Vec<&str> = registry.patterns.clone();
        let names = names(registry);
        let mut builder = Builder::new(registry, &names, &mut patterns);
        builder.formats = formats;
        let root = builder.target(registry.root(), NONE, None);
        let mut rules = vec![Rule::default(), Rule::default(), Rule::default()];
        while let Some((node, scope)) = builder.instances.get(rules.len() - 3).copied() {
            budget.spend(1 + builder.scopes.len(scope))?;
            rules.push(builder.rule(node, scope));
        }
        let mut program = Program { rules, root, ..Program::default() };
        program.patterns = patterns.iter().map(|source| Pattern::compile(source)).collect();
        program.names = names;
        program.bound(limits)?;
        program.shorten(markers);
        program.add_metaschemas(registry, formats, limits, budget)?;
        program.mark(markers);
        program.find_returning();
        program.find_telling();
        // The evaluator build has to be small and decides the same without indexes.
        if cfg!(feature = "validation") {
            program.index_branches();
        }
        Ok(program)
    }

    /// Returns the rule of the main schema before references are skipped.
    pub(crate) fn root_of(registry: &Registry<'_>) -> RuleId {
        match registry.root() {
            Target::Boolean(true) => TRUE,
            Target::Boolean(false) => FALSE,
            Target::Unknown => UNKNOWN,
            Target::Schema(_) => 3,
        }
    }

    /// Returns, by rule, the targets of its schema's keywords in the order of the registry.
    ///
    /// Rules have the numbers that [`Program::build`] gives them for the same registry; no
    /// reference is skipped.
    ///
    /// # Errors
    /// `limit` if dynamic scopes exceed the budget.
    pub(crate) fn links<'s>(
        registry: &Registry<'s>,
        budget: &mut Budget,
    ) -> Result<Vec<Vec<(Link<'s>, RuleId)>>, Error> {
        let (names, mut patterns) = (Names::default(), Vec::new());
        let mut builder = Builder::new(registry, &names, &mut patterns);
        builder.target(registry.root(), NONE, None);
        let mut links = vec![Vec::new(), Vec::new(), Vec::new()];
        while let Some((node, scope)) = builder.instances.get(links.len() - 3).copied() {
            budget.spend(1 + builder.scopes.len(scope))?;
            links.push(builder.links(node, scope));
        }
        Ok(links)
    }

    /// Sets the marker of each rule and finds the rules from which a marker can be reached.
    fn mark(&mut self, markers: &[Option<Marker>]) {
        let mut numbers = OrderedMap::new();
        for rule in &mut self.rules {
            let Some((node, marker)) =
                rule.node.and_then(|node| Some((node, markers.get(node as usize)?.as_ref()?)))
            else {
                continue;
            };
            let next = u32::try_from(self.markers.len()).unwrap_or(u32::MAX);
            let number = numbers.or_insert(node, next);
            if number == next {
                self.markers.push(marker.clone());
            }
            rule.marker = Some(number);
        }
        let mut sources: Vec<Vec<RuleId>> = vec![Vec::new(); self.rules.len()];
        for (id, rule) in (0..).zip(&self.rules) {
            let here = rule.here.iter().flat_map(Applicator::marking).map(|(target, _)| target);
            for target in here.chain(rule.children()) {
                if let Some(sources) = sources.get_mut(target as usize) {
                    sources.push(id);
                }
            }
        }
        self.leading = vec![0; self.rules.len().div_ceil(64)];
        let mut open: Vec<RuleId> = (0..)
            .zip(&self.rules)
            .filter(|(_, rule)| rule.marker.is_some())
            .map(|(id, _)| id)
            .collect();
        while let Some(id) = open.pop() {
            if !self.leads(id)
                && let Some(word) = self.leading.get_mut(id as usize / 64)
            {
                *word |= 1 << (id % 64);
                open.extend_from_slice(
                    sources.get(id as usize).map(Vec::as_slice).unwrap_or_default(),
                );
            }
        }
    }

    /// Skips rules that only refer to another rule. A reference to a metaschema stays where its URI
    /// is known.
    fn shorten(&mut self, markers: &[Option<Marker>]) {
        let mut next: Vec<RuleId> = (0..).take(self.rules.len()).collect();
        for (rule, next) in self.rules.iter().zip(&mut next) {
            let is_marked =
                rule.node.and_then(|node| markers.get(node as usize)).is_some_and(Option::is_some);
            if let [Applicator::Always(target)] = &*rule.here
                && *target != UNKNOWN
                && rule.checks.is_empty()
                && !rule.looks_at_members()
                && !rule.looks_at_elements()
                && !is_marked
            {
                *next = *target;
            }
        }
        let end = |start: RuleId| {
            let mut at = start;
            // A loop of references alone ends at its start, and so does a very long chain.
            for _ in 0..64 {
                match next.get(at as usize) {
                    Some(further) if *further != at => at = *further,
                    _ => return at,
                }
            }
            start
        };
        let root = self.root;
        for rule in &mut self.rules {
            rule.redirect(&end);
        }
        self.root = end(root);
    }

    fn find_telling(&mut self) {
        // A list of values distinguishes branches best, a type less.
        let telling = |id: RuleId| {
            let rule = self.rule(id).filter(|rule| rule.here.is_empty())?;
            rule.checks.iter().map(checks::Check::tells).max().filter(|rank| *rank > 0)
        };
        let all: Vec<Box<[(NameId, RuleId)]>> = self
            .rules
            .iter()
            .map(|rule| {
                let ranked = rule
                    .properties
                    .iter()
                    .filter_map(|own| Some((telling(own.rule)?, own.name, own.rule)))
                    .collect();
                let ranked = sorted(ranked, |a: &(u8, NameId, RuleId), b| b.0.cmp(&a.0));
                ranked.into_iter().take(TELLING).map(|(_, name, rule)| (name, rule)).collect()
            })
            .collect();
        for (rule, telling) in self.rules.iter_mut().zip(all) {
            rule.properties
                .iter_mut()
                .for_each(|own| own.telling = telling.iter().any(|(name, _)| *name == own.name));
            rule.telling = telling;
        }
    }
}

impl Rule {
    /// Returns the rules for members and elements, without those for names.
    pub(crate) fn children(&self) -> impl Iterator<Item = RuleId> {
        let members = self
            .properties
            .iter()
            .map(|property| property.rule)
            .chain(self.patterns.iter().map(|(_, rule)| *rule));
        let others = [
            self.additional,
            self.unevaluated_properties,
            self.rest,
            self.unevaluated_items,
            self.contains.map(|own| own.rule),
        ];
        members.chain(self.prefix.iter().copied()).chain(others.into_iter().flatten())
    }

    fn find_closed(&mut self) {
        let Some(required) = self.checks.iter().find_map(|check| {
            if let checks::Check::Required(names) = check { Some(names) } else { None }
        }) else {
            return;
        };
        let mut names = OrderedSet::new();
        names.extend(required.iter().copied());
        self.properties.iter_mut().for_each(|own| own.required = names.contains(&own.name));
        let count = self.properties.iter().filter(|own| own.required).count();
        // A name that is required twice or is not a property prevents evaluation in one pass.
        self.needed = u32::try_from(count).ok().filter(|_| count == required.len());
        self.closed =
            self.needed.filter(|_| self.additional == Some(FALSE) && self.patterns.is_empty());
    }

    fn redirect(&mut self, end: &impl Fn(RuleId) -> RuleId) {
        let go = |rule: &mut RuleId| *rule = end(*rule);
        for here in &mut self.here {
            match here {
                Applicator::Always(rule)
                | Applicator::Not(rule)
                | Applicator::Idle(rule)
                | Applicator::Dependent(_, rule) => go(rule),
                Applicator::Any(branches) | Applicator::One(branches) => {
                    branches.rules.iter_mut().for_each(go)
                }
                Applicator::If { test, then, otherwise } => {
                    [test, then, otherwise].into_iter().for_each(go)
                }
            }
        }
        self.properties.iter_mut().for_each(|property| go(&mut property.rule));
        self.patterns.iter_mut().for_each(|(_, rule)| go(rule));
        self.prefix.iter_mut().for_each(go);
        let others = [
            &mut self.additional,
            &mut self.unevaluated_properties,
            &mut self.names,
            &mut self.rest,
            &mut self.unevaluated_items,
        ];
        others.into_iter().flatten().for_each(go);
        if let Some(contains) = &mut self.contains {
            go(&mut contains.rule);
        }
    }
}

/// Collects every member name that a schema mentions.
fn names(registry: &Registry<'_>) -> Names {
    let mut names = OrderedSet::new();
    for node in &registry.nodes {
        names.extend(node.links.iter().filter_map(|(link, _)| match link {
            Link::Property(name) | Link::Dependent(name) => Some(*name),
            _ => None,
        }));
        checks::names(node, &mut names);
    }
    Names::new(names)
}

struct Builder<'r, 's> {
    registry: &'r Registry<'s>,
    names: &'r Names,
    scopes: Scopes<'s>,
    by_instance: OrderedMap<(NodeId, ScopeId), RuleId>,
    instances: Vec<(NodeId, ScopeId)>,
    patterns: &'r mut Vec<&'s str>,
    formats: Formats,
}

impl<'r, 's> Builder<'r, 's> {
    fn new(registry: &'r Registry<'s>, names: &'r Names, patterns: &'r mut Vec<&'s str>) -> Self {
        Builder {
            registry,
            names,
            scopes: Scopes::new(registry),
            by_instance: OrderedMap::new(),
            instances: Vec::new(),
            patterns,
            formats: Formats::Annotate,
        }
    }

    /// Returns the rule of a target that is reached from the resource `from`.
    fn target(&mut self, target: Target, scope: ScopeId, from: Option<usize>) -> RuleId {
        let id = match target {
            Target::Boolean(true) => return TRUE,
            Target::Boolean(false) => return FALSE,
            Target::Unknown => return UNKNOWN,
            Target::Schema(id) => id,
        };
        let Some(node) = self.registry.node(id) else { return UNKNOWN };
        let scope = if from == Some(node.resource) {
            scope
        } else {
            self.scopes.enter(scope, self.registry, node.resource)
        };
        let next = RuleId::try_from(self.instances.len() + 3).unwrap_or(RuleId::MAX);
        let rule = self.by_instance.or_insert((id, scope), next);
        if rule == next {
            self.instances.push((id, scope));
        }
        rule
    }

    /// Returns the targets of the keywords of a schema.
    fn links(&mut self, id: NodeId, scope: ScopeId) -> Vec<(Link<'s>, RuleId)> {
        let registry = self.registry;
        let Some(node) = registry.node(id) else { return Vec::new() };
        let mut links = Vec::with_capacity(node.links.len());
        for (link, target) in node.links.iter().filter(|(link, _)| *link != Link::Held) {
            let target = self.dynamic(*link, *target, scope);
            links.push((*link, self.target(target, scope, Some(node.resource))));
        }
        links
    }

    fn rule(&mut self, id: NodeId, scope: ScopeId) -> Rule {
        let registry = self.registry;
        let Some(node) = registry.node(id) else { return Rule::default() };
        let mut rule = Rule { node: Some(id), ..Rule::default() };
        let (mut here, mut any, mut one, mut condition) =
            (Vec::new(), Vec::new(), Vec::new(), [None; 3]);
        let (mut properties, mut patterns, mut prefix) =
            (Vec::new(), Vec::new(), OrderedMap::new());
        for (link, to) in self.links(id, scope) {
            match link {
                Link::AllOf | Link::Reference | Link::Dynamic(_) | Link::Recursive => {
                    here.push(Applicator::Always(to))
                }
                Link::AnyOf => any.push(to),
                Link::OneOf => one.push(to),
                Link::If => condition[0] = Some(to),
                Link::Then => condition[1] = Some(to),
                Link::Else => condition[2] = Some(to),
                Link::Not => here.push(Applicator::Not(to)),
                Link::Dependent(name) => {
                    here.extend(self.names.id(name).map(|name| Applicator::Dependent(name, to)))
                }
                Link::Property(name) => properties.extend(self.names.id(name).map(|id| Property {
                    key: key(name),
                    name: id,
                    rule: to,
                    required: false,
                    telling: false,
                })),
                Link::Pattern(pattern) => patterns.push((pattern, to)),
                Link::Additional => rule.additional = Some(to),
                Link::UnevaluatedProperties => rule.unevaluated_properties = Some(to),
                Link::PropertyNames => rule.names = Some(to),
                Link::Prefix(index) => drop(prefix.insert(index, to)),
                Link::Rest => rule.rest = Some(to),
                Link::UnevaluatedItems => rule.unevaluated_items = Some(to),
                Link::Contains => rule.contains = Some(contains(node, to)),
                Link::Held => {}
            }
        }
        match condition {
            [Some(test), then, otherwise] => here.push(Applicator::If {
                test,
                then: then.unwrap_or(TRUE),
                otherwise: otherwise.unwrap_or(TRUE),
            }),
            [None, then, otherwise] => {
                here.extend(then.into_iter().chain(otherwise).map(Applicator::Idle))
            }
        }
        here.extend((!any.is_empty()).then(|| Applicator::Any(any.into())));
        here.extend((!one.is_empty()).then(|| Applicator::One(one.into())));
        rule.here = here.into();
        rule.properties =
            sorted(properties, |a: &Property, b| (a.key, a.name).cmp(&(b.key, b.name))).into();
        rule.places = Places::of(&rule.properties.iter().map(|own| own.key).collect::<Vec<_>>());
        rule.patterns = patterns.into();
        rule.prefix = prefix.into_iter().map(|(_, rule)| rule).collect();
        if !node.sealed_first && !node.is_bare_reference() {
            rule.checks = checks::of(node, self.names, self.patterns, self.formats).into();
        }
        rule.find_closed();
        rule
    }

    /// Resolves a dynamic reference in this scope.
    fn dynamic(&self, link: Link<'_>, target: Target, scope: ScopeId) -> Target {
        let found = match link {
            Link::Dynamic(name) => self.scopes.find(scope, Some(name)),
            Link::Recursive => self.scopes.find(scope, None),
            _ => None,
        };
        found.map_or(target, Target::Schema)
    }
}

fn contains(node: &SchemaNode<'_>, rule: RuleId) -> Contains {
    let bounded = node.dialect.draft >= Draft::TwentyNineteen && node.dialect.asserts;
    let bound = |keyword: &str| node.value.get(keyword).filter(|_| bounded).and_then(checks::whole);
    Contains {
        rule,
        least: bound("minContains").unwrap_or(1),
        most: bound("maxContains"),
        evaluates: node.dialect.draft == Draft::TwentyTwenty,
    }
}
