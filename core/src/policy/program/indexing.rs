//! Making the indexes of large `anyOf` and `oneOf`, from what a glance at their branches reads.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::branches::{Index, LEAVES, Leaves, NEEDED, Named, Set, Sight, Values};
use super::{Branches, Check, FALSE, Here, NameId, Places, Program, Rule, RuleId, TRUE, UNKNOWN, key, types};
use fieldseal_json::sort::sorted;

/// From so many leaves on an index is worth its making.
const LEAST: usize = 4;

/// References and branches in branches that are followed; what is deeper tells nothing.
pub(crate) const FOLLOWED: u32 = 8;

/// Facts and words that the indexes of one policy may come to, so that no schema makes them large; keywords after that have none.
const MOST: usize = 1 << 18;

/// A leaf: the rules that all apply where it does.
type Leaf = Vec<RuleId>;

/// What a rule applies to the same value for certain, and the first choice on the way.
struct Gathered<'p> {
    rules: Vec<RuleId>,
    choice: Option<&'p Branches>,
}

impl Program {
    pub(super) fn index_branches(&mut self) {
        let mut left = MOST;
        let mut made = Vec::new();
        for (id, rule) in self.rules.iter().enumerate() {
            for (at, here) in rule.here.iter().enumerate() {
                if let Here::Any(branches) | Here::One(branches) = here {
                    let indexes = self.indexes(branches, &mut left);
                    if !indexes.is_empty() {
                        made.push((id, at, indexes));
                    }
                }
            }
        }
        for (id, at, indexes) in made {
            if let Some(Here::Any(branches) | Here::One(branches)) = self.rules.get_mut(id).and_then(|rule| rule.here.get_mut(at)) {
                branches.indexes = indexes.into();
            }
        }
    }

    /// Leaves only what it was all made from.
    #[cfg(test)]
    pub(crate) fn forget_indexes(&mut self) {
        for rule in &mut self.rules {
            rule.closed = None;
            for here in &mut rule.here {
                if let Here::Any(branches) | Here::One(branches) = here {
                    branches.indexes = Box::default();
                }
            }
        }
    }

    fn indexes(&self, branches: &Branches, left: &mut usize) -> Vec<Index> {
        let mut indexes = Vec::new();
        let mut leaves: Vec<(u32, Leaf)> = Vec::new();
        let mut count = 0;
        for branch in branches.iter() {
            let own = self.leaves(*branch, FOLLOWED, left);
            if leaves.len() + own.len() > LEAVES {
                indexes.extend(self.index(&leaves, count, left));
                (leaves, count) = (Vec::new(), 0);
            }
            leaves.extend(own.into_iter().map(|leaf| (count, leaf)));
            count += 1;
        }
        if leaves.len() < LEAST && indexes.is_empty() {
            return indexes;
        }
        indexes.extend(self.index(&leaves, count, left));
        // Without the allowance for all there are none: the branches of each are counted from where those before end.
        if indexes.iter().map(|index| index.branches).sum::<usize>() == branches.len() { indexes } else { Vec::new() }
    }

    /// The leaves of a branch, at least one and at most [`LEAVES`].
    fn leaves(&self, branch: RuleId, followed: u32, left: &mut usize) -> Vec<Leaf> {
        let mut gathered = Gathered { rules: Vec::new(), choice: None };
        self.gather(branch, followed, &mut gathered, left);
        let Some(inner) = gathered.choice.filter(|inner| inner.len() <= LEAVES && followed > 0) else { return vec![gathered.rules] };
        let mut all = Vec::new();
        for branch in inner.iter() {
            for mut leaf in self.leaves(*branch, followed - 1, left) {
                *left = left.saturating_sub(gathered.rules.len());
                leaf.extend_from_slice(&gathered.rules);
                all.push(leaf);
            }
            if all.len() > LEAVES || *left == 0 {
                return vec![gathered.rules];
            }
        }
        all
    }

    /// A rule that can return to itself is unknown at that return, so nothing is concluded from one.
    fn gather<'p>(&'p self, id: RuleId, followed: u32, into: &mut Gathered<'p>, left: &mut usize) {
        *left = left.saturating_sub(1);
        let Some(rule) = self.rule(id).filter(|rule| !rule.returns && id != TRUE && id != UNKNOWN && *left > 0) else { return };
        into.rules.push(id);
        for here in &rule.here {
            match here {
                Here::Always(target) if followed > 0 => self.gather(*target, followed - 1, into, left),
                Here::Any(branches) | Here::One(branches) if into.choice.is_none() => into.choice = Some(branches),
                _ => {}
            }
        }
    }

    fn index(&self, leaves: &[(u32, Leaf)], branches: u32, left: &mut usize) -> Option<Index> {
        let count = leaves.len();
        let mut facts = Facts { start: Leaves::first(count), open: Leaves::first(count), ..Facts::default() };
        for (leaf, (_, rules)) in leaves.iter().enumerate() {
            for rule in rules {
                facts.add(self, leaf, *rule, left);
            }
            facts.close(self, leaf, rules, left);
            *left = left.checked_sub(1)?;
        }
        let share = |set: &Leaves| -> Set { set.words(count).into() };
        let mut names = Vec::with_capacity(facts.by_name.len());
        let mut needs = Vec::new();
        for (name, own) in &facts.by_name {
            *left = left.checked_sub(3 * share(&own.listed).len())?;
            let needed = own.needed.as_ref().filter(|_| needs.len() < NEEDED).and_then(|leaves| {
                needs.push(share(leaves));
                u16::try_from(needs.len() - 1).ok()
            });
            let mut allowed = facts.open;
            allowed.add(own.listed.words(count));
            let values = if own.values.is_empty() { None } else { Some(Box::new(self.values(&own.values, count, left)?)) };
            names.push(Named { key: key(self.names.text(*name)), name: *name, needed, allowed: share(&allowed), values });
        }
        let names = sorted(names, |a: &Named, b| (a.key, a.name).cmp(&(b.key, b.name)));
        let branch_of = leaves.iter().map(|(branch, _)| *branch).collect();
        let (start, open) = (facts.start, share(&facts.open));
        let places = Places::of(names.iter().map(|own| own.key));
        Some(Index { places, branches: branches as usize, branch_of, names: names.into(), start, open, needs: needs.into() })
    }

    /// What the values of a member tell, from the rules that leaves have for it; leaves ascend.
    fn values(&self, rules: &[(usize, RuleId)], count: usize, left: &mut usize) -> Option<Values> {
        let mut kinds = [Leaves::first(count); 7];
        let mut strings: BTreeMap<&str, Leaves> = BTreeMap::new();
        let mut numbers: BTreeMap<String, (&Number, Leaves)> = BTreeMap::new();
        for group in rules.chunk_by(|a, b| a.0 == b.0) {
            let leaf = group.first().map(|(leaf, _)| *leaf)?;
            let checks = || group.iter().filter_map(|(_, rule)| self.rule(*rule)).flat_map(|rule| rule.checks.iter());
            let lists = || checks().filter_map(|check| if let Check::OneOf(values) = check { Some(values) } else { None });
            let is_string = checks().all(|check| admits(check, Sight::String));
            let is_number = checks().all(|check| admits(check, Sight::Number));
            for sight in Sight::ALL {
                let whatever = !matches!(sight, Sight::String | Sight::Number) || lists().next().is_none();
                if let Some(kind) = kinds.get_mut(sight as usize).filter(|_| !whatever || !checks().all(|check| admits(check, sight))) {
                    kind.take(leaf);
                }
            }
            for value in lists().next().into_iter().flatten() {
                *left = left.checked_sub(1 + lists().map(|list| list.len()).skip(1).sum::<usize>())?;
                match value {
                    Value::String(text) if is_string && lists().all(|list| list.contains(value)) => {
                        strings.entry(text).or_insert(Leaves::first(0)).insert(leaf);
                    }
                    Value::Number(number) if is_number => {
                        numbers.entry(number.to_string()).or_insert((number, Leaves::first(0))).1.insert(leaf);
                    }
                    _ => {}
                }
            }
        }
        *left = left.checked_sub((7 + strings.len() + numbers.len()) * count.div_ceil(64))?;
        let share = |set: &Leaves| -> Set { set.words(count).into() };
        Some(Values {
            kinds: kinds.map(|kind| share(&kind)),
            strings: strings.into_iter().map(|(text, leaves)| (Box::from(text), share(&leaves))).collect(),
            numbers: numbers.into_values().map(|(number, leaves)| (number.clone(), share(&leaves))).collect(),
        })
    }
}

/// Whether a value of this sight can pass; of a list, whether some of its values have it.
fn admits(check: &Check, sight: Sight) -> bool {
    match check {
        Check::Types { allowed, .. } => {
            let own = match sight {
                Sight::Null => types::NULL,
                Sight::False | Sight::True => types::BOOLEAN,
                Sight::Number => types::NUMBER | types::INTEGER,
                Sight::String => types::STRING,
                Sight::Array => types::ARRAY,
                Sight::Object => types::OBJECT,
            };
            allowed & own != 0
        }
        Check::OneOf(values) => values.iter().any(|value| Sight::of(value) == sight),
        _ => true,
    }
}

/// What the leaves of one index ask of an object.
#[derive(Default)]
struct Facts {
    /// Those that some object can pass.
    start: Leaves,
    /// Those that allow any name.
    open: Leaves,
    by_name: BTreeMap<NameId, Fact>,
}

#[derive(Default)]
struct Fact {
    /// The leaves that require the name.
    needed: Option<Leaves>,
    /// The closed leaves that allow it.
    listed: Leaves,
    /// The rules for its value that a glance reads.
    values: Vec<(usize, RuleId)>,
}

impl Facts {
    fn add(&mut self, program: &Program, leaf: usize, id: RuleId, left: &mut usize) {
        let Some(rule) = program.rule(id).filter(|_| id != FALSE) else { return self.start.take(leaf) };
        for check in &rule.checks {
            match check {
                Check::Types { .. } if !admits(check, Sight::Object) => self.start.take(leaf),
                Check::Required(names) => {
                    *left = left.saturating_sub(names.len());
                    for name in names.iter().filter(|_| *left > 0) {
                        self.by_name.entry(*name).or_default().needed.get_or_insert_default().insert(leaf);
                    }
                }
                _ => {}
            }
        }
        for (name, target) in &rule.telling {
            *left = left.saturating_sub(1);
            self.by_name.entry(*name).or_default().values.push((leaf, *target));
        }
    }

    /// A name is allowed if every closed rule lists it.
    fn close(&mut self, program: &Program, leaf: usize, rules: &[RuleId], left: &mut usize) {
        let is_closed = |rule: &&Rule| rule.additional == Some(FALSE) && rule.patterns.is_empty();
        let mut closed = rules.iter().filter_map(|id| program.rule(*id)).filter(is_closed);
        let Some(first) = closed.next() else { return };
        self.open.take(leaf);
        let others: Vec<&Rule> = closed.collect();
        *left = left.saturating_sub(first.properties.len() * (1 + others.len()));
        for property in first.properties.iter().filter(|_| *left > 0) {
            if others.iter().all(|rule| rule.property(property.key, |name| name == property.name).is_some()) {
                self.by_name.entry(property.name).or_default().listed.insert(leaf);
            }
        }
    }
}
