//! Builds the discriminator indexes of large `anyOf` and `oneOf` from the parts of their branches
//! that shallow evaluation reads.

use std::cmp::Ordering;

use serde_json::Value;

use super::branches::{BranchSet, ConstKind, Index, LEAVES, NEEDED, Named, Sets, Values};
use super::{
    Applicator, Branches, Check, FALSE, NameId, Places, Program, Rule, RuleId, TRUE, UNKNOWN, key,
    types,
};
use fieldseal_json::sort::sorted;

/// The least number of leaves for which an index is built.
const LEAST: usize = 4;

/// The greatest depth of references and nested branches that is followed. Deeper ones prune
/// nothing.
pub(crate) const FOLLOWED: u32 = 8;

/// The greatest size of all indexes of a policy, in facts and words, so that no schema makes them
/// large. Keywords beyond it have no index.
const MOST: usize = 1 << 18;

/// A leaf, given by all rules that apply to an object that matches it.
type Leaf = Vec<RuleId>;

/// The rules that a rule certainly applies to the same value, and the first choice among them.
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
                if let Applicator::Any(branches) | Applicator::One(branches) = here {
                    let indexes = self.indexes(branches, &mut left);
                    if !indexes.is_empty() {
                        made.push((id, at, indexes));
                    }
                }
            }
        }
        for (id, at, indexes) in made {
            if let Some(Applicator::Any(branches) | Applicator::One(branches)) =
                self.rules.get_mut(id).and_then(|rule| rule.here.get_mut(at))
            {
                branches.indexes = indexes.into();
            }
        }
    }

    /// Removes the indexes, so that tests can compare evaluation without them.
    #[cfg(all(test, feature = "validation"))]
    pub(crate) fn forget_indexes(&mut self) {
        for rule in &mut self.rules {
            rule.closed = None;
            for here in &mut rule.here {
                if let Applicator::Any(branches) | Applicator::One(branches) = here {
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
        // If the budget ends early, drops all indexes: each one counts its branches from the end of
        // the one before.
        if indexes.iter().map(|index| index.branches).sum::<usize>() == branches.len() {
            indexes
        } else {
            Vec::new()
        }
    }

    /// Returns the leaves of a branch, at least one and at most [`LEAVES`].
    fn leaves(&self, branch: RuleId, followed: u32, left: &mut usize) -> Vec<Leaf> {
        let mut gathered = Gathered { rules: Vec::new(), choice: None };
        self.gather(branch, followed, &mut gathered, left);
        let Some(inner) = gathered.choice.filter(|inner| inner.len() <= LEAVES && followed > 0)
        else {
            return vec![gathered.rules];
        };
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

    /// Collects the rules that `id` certainly applies to the same value.
    ///
    /// A rule that can return to itself is unknown at its return, so nothing is concluded from it.
    fn gather<'p>(&'p self, id: RuleId, followed: u32, into: &mut Gathered<'p>, left: &mut usize) {
        *left = left.saturating_sub(1);
        let Some(rule) =
            self.rule(id).filter(|rule| !rule.returns && id != TRUE && id != UNKNOWN && *left > 0)
        else {
            return;
        };
        into.rules.push(id);
        for here in &rule.here {
            match here {
                Applicator::Always(target) if followed > 0 => {
                    self.gather(*target, followed - 1, into, left)
                }
                Applicator::Any(branches) | Applicator::One(branches) if into.choice.is_none() => {
                    into.choice = Some(branches)
                }
                _ => {}
            }
        }
    }

    fn index(&self, leaves: &[(u32, Leaf)], branches: u32, left: &mut usize) -> Option<Index> {
        let count = leaves.len();
        let mut facts = Facts {
            start: BranchSet::first(count),
            open: BranchSet::first(count),
            all: Vec::new(),
        };
        for (leaf, (_, rules)) in leaves.iter().enumerate() {
            for rule in rules {
                facts.add(self, leaf, *rule, left);
            }
            facts.close(self, leaf, rules, left);
            *left = left.checked_sub(1)?;
        }
        let words = count.div_ceil(64);
        let all = sorted(facts.all, |a: &Fact, b| (a.key, a.name).cmp(&(b.key, b.name)));
        let (mut names, mut needs, mut allowing) = (Vec::new(), Vec::new(), Vec::new());
        for group in all.chunk_by(|a, b| a.name == b.name) {
            let Some(Fact { key, name, .. }) = group.first() else { continue };
            *left = left.checked_sub(3 * words)?;
            let (mut needing, mut allowed, mut tells) = (BranchSet::first(0), facts.open, false);
            for fact in group {
                match fact.kind {
                    LeafFact::Needs => needing.insert(fact.leaf),
                    LeafFact::Lists => allowed.insert(fact.leaf),
                    LeafFact::Tells(_) => tells = true,
                }
            }
            let mut needed = None;
            if needing.next(0).is_some() && needs.len() < NEEDED {
                needed = u16::try_from(needs.len()).ok();
                needs.push(needing);
            }
            let values =
                if tells { Some(Box::new(self.values(group, count, left)?)) } else { None };
            names.push(Named { key: *key, name: *name, needed, values });
            allowing.extend_from_slice(allowed.words(count));
        }
        allowing.extend_from_slice(facts.open.words(count));
        let each = needs.len().div_ceil(64);
        let mut needed = vec![0; count * each];
        for (number, needing) in needs.iter().enumerate() {
            let mut next = 0;
            while let Some(leaf) = needing.next(next) {
                if let Some(word) = needed.get_mut(leaf * each + number / 64) {
                    *word |= 1 << (number % 64);
                }
                next = leaf + 1;
            }
        }
        Some(Index {
            branches: branches as usize,
            branch_of: leaves.iter().map(|(branch, _)| *branch).collect(),
            places: Places::of(&names.iter().map(|own| own.key).collect::<Vec<_>>()),
            names: names.into(),
            start: facts.start,
            allowed: Sets::of(words, allowing),
            needs: needs.len(),
            needed: Sets::of(each, needed),
        })
    }

    /// Indexes the values of a member, from the rules that leaves have for it. Leaves ascend.
    fn values(&self, facts: &[Fact], count: usize, left: &mut usize) -> Option<Values> {
        let mut kinds = [BranchSet::first(count); 7];
        let mut listed: Vec<(&Value, usize)> = Vec::new();
        for group in facts.chunk_by(|a, b| a.leaf == b.leaf) {
            let mut checks: Vec<&Check> = Vec::new();
            for fact in group {
                if let LeafFact::Tells(rule) = fact.kind {
                    checks.extend(self.rule(rule).into_iter().flat_map(|rule| rule.checks.iter()));
                }
            }
            let leaf = group.first()?.leaf;
            // One of several lists suffices to remove a leaf.
            let list: &[Value] =
                checks
                    .iter()
                    .find_map(|check| {
                        if let Check::OneOf(values, _) = check { Some(&**values) } else { None }
                    })
                    .unwrap_or_default();
            *left = left.checked_sub(1 + list.len())?;
            for (sight, kind) in ConstKind::ALL.into_iter().zip(&mut kinds) {
                let is_listed =
                    matches!(sight, ConstKind::String | ConstKind::Number) && !list.is_empty();
                if !checks.iter().all(|check| admits(check, sight)) {
                    kind.take(leaf);
                } else if is_listed {
                    kind.take(leaf);
                    listed.extend(
                        list.iter()
                            .filter(|value| ConstKind::of(value) == sight)
                            .map(|value| (value, leaf)),
                    );
                }
            }
        }
        let mut sets: Vec<u64> = kinds.iter().flat_map(|kind| kind.words(count)).copied().collect();
        let (mut strings, mut numbers) = (Vec::new(), Vec::new());
        let listed = sorted(listed, |a, b| order(a.0, b.0));
        for group in listed.chunk_by(|a, b| a.0 == b.0) {
            *left = left.checked_sub(count.div_ceil(64))?;
            let mut leaves = BranchSet::first(0);
            group.iter().for_each(|(_, leaf)| leaves.insert(*leaf));
            match group.first()?.0 {
                Value::String(text) => {
                    strings.push((key(text), Box::from(text.as_str())));
                    sets.extend_from_slice(leaves.words(count));
                }
                Value::Number(number) => numbers.push((number.clone(), leaves.words(count).into())),
                _ => {}
            }
        }
        Some(Values {
            sets: Sets::of(count.div_ceil(64), sets),
            strings: strings.into(),
            numbers: numbers.into(),
        })
    }
}

/// Compares values for searching: numbers first, then strings by key and text.
fn order(a: &Value, b: &Value) -> Ordering {
    let text = |value: &Value| value.as_str().map(key);
    text(a)
        .cmp(&text(b))
        .then_with(|| a.as_str().cmp(&b.as_str()))
        .then_with(|| a.as_f64().unwrap_or_default().total_cmp(&b.as_f64().unwrap_or_default()))
}

/// Returns true if a value of this kind can pass; for a list, if it contains such a value.
fn admits(check: &Check, sight: ConstKind) -> bool {
    match check {
        Check::Types { allowed, .. } => {
            let own = match sight {
                ConstKind::Null => types::NULL,
                ConstKind::False | ConstKind::True => types::BOOLEAN,
                ConstKind::Number => types::NUMBER | types::INTEGER,
                ConstKind::String => types::STRING,
                ConstKind::Array => types::ARRAY,
                ConstKind::Object => types::OBJECT,
            };
            allowed & own != 0
        }
        Check::OneOf(values, _) => values.iter().any(|value| ConstKind::of(value) == sight),
        _ => true,
    }
}

/// The requirements of the leaves of one index.
struct Facts {
    /// The leaves that some object can match.
    start: BranchSet,
    /// The leaves that allow any name.
    open: BranchSet,
    /// All facts, with ascending leaves.
    all: Vec<Fact>,
}

struct Fact {
    key: u64,
    name: NameId,
    leaf: usize,
    kind: LeafFact,
}

#[derive(Clone, Copy)]
enum LeafFact {
    /// The leaf requires the name.
    Needs,
    /// The leaf is closed and allows the name.
    Lists,
    /// The leaf has a rule for the member's value that shallow evaluation reads.
    Tells(RuleId),
}

impl Facts {
    fn push(&mut self, program: &Program, name: NameId, leaf: usize, kind: LeafFact) {
        self.all.push(Fact { key: key(program.names.text(name)), name, leaf, kind });
    }

    fn add(&mut self, program: &Program, leaf: usize, id: RuleId, left: &mut usize) {
        let Some(rule) = program.rule(id).filter(|_| id != FALSE) else {
            return self.start.take(leaf);
        };
        for check in &rule.checks {
            match check {
                Check::Types { .. } if !admits(check, ConstKind::Object) => self.start.take(leaf),
                Check::Required(names) => {
                    *left = left.saturating_sub(names.len());
                    names
                        .iter()
                        .filter(|_| *left > 0)
                        .for_each(|name| self.push(program, *name, leaf, LeafFact::Needs));
                }
                _ => {}
            }
        }
        for (name, target) in &rule.telling {
            *left = left.saturating_sub(1);
            self.push(program, *name, leaf, LeafFact::Tells(*target));
        }
    }

    /// Records the names that a closed leaf allows: those that every closed rule lists.
    fn close(&mut self, program: &Program, leaf: usize, rules: &[RuleId], left: &mut usize) {
        let is_closed = |rule: &&Rule| rule.additional == Some(FALSE) && rule.patterns.is_empty();
        let closed: Vec<&Rule> =
            rules.iter().filter_map(|id| program.rule(*id)).filter(is_closed).collect();
        let Some((first, others)) = closed.split_first() else { return };
        self.open.take(leaf);
        *left = left.saturating_sub(first.properties.len() * closed.len());
        for own in first.properties.iter().filter(|_| *left > 0) {
            if others.iter().all(|rule| {
                rule.properties
                    .binary_search_by(|other| (other.key, other.name).cmp(&(own.key, own.name)))
                    .is_ok()
            }) {
                self.push(program, own.name, leaf, LeafFact::Lists);
            }
        }
    }
}
