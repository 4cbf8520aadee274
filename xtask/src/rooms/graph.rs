//! Arrows between the files of a crate, and between its rooms.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::paths;
use super::tree::Tree;

/// The crate's root, which is no room: it puts names of rooms before users.
pub(super) const ROOT: &str = "the root";

/// One file needs another; the first place in its text that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    line: usize,
    path: String,
}

impl Arrow {
    pub(super) fn describe(&self, tree: &Tree) -> String {
        let name = |file: usize| tree.files.get(file).map_or("?", |file| file.name.as_str());
        format!("{}:{} -> {} ({})", name(self.from), self.line, name(self.to), self.path)
    }
}

/// The arrows of one crate, one for each pair of files.
pub(super) struct Graph {
    files: usize,
    pub(super) arrows: Vec<Arrow>,
}

impl Graph {
    pub(super) fn of(tree: &Tree) -> Self {
        let names = Names::of(tree);
        let mut arrows = BTreeMap::new();
        for (from, file) in tree.files.iter().enumerate() {
            for written in paths::of(&file.product, &file.module) {
                let Some(path) = names.absolute(&written) else { continue };
                let Some(to) = names.file(&path).filter(|to| *to != from) else { continue };
                // A module that passes a name of its child on does not need it.
                let passes_on = written.import.as_ref().is_some_and(|import| import.is_public)
                    && tree.files.get(to).is_some_and(|to| to.module.starts_with(&file.module));
                if !passes_on {
                    arrows.entry((from, to)).or_insert_with(|| Arrow {
                        from,
                        to,
                        line: written.line,
                        path: written.segments.join("::"),
                    });
                }
            }
        }
        Self { files: tree.files.len(), arrows: arrows.into_values().collect() }
    }

    /// Sets of files that need one another, each sorted.
    pub(super) fn cycles(&self) -> Vec<Vec<usize>> {
        let pairs: BTreeSet<(usize, usize)> = self.arrows.iter().map(|a| (a.from, a.to)).collect();
        cycles(self.files, &pairs)
    }

    /// The arrows that leave a room.
    pub(super) fn rooms(&self, tree: &Tree) -> Rooms {
        let room = |file: usize| {
            tree.files.get(file).and_then(|file| file.module.first()).map_or(ROOT, String::as_str)
        };
        let mut arrows: BTreeMap<(String, String), Vec<Arrow>> = BTreeMap::new();
        for arrow in &self.arrows {
            let (from, to) = (room(arrow.from), room(arrow.to));
            if from != to {
                arrows.entry((from.into(), to.into())).or_default().push(arrow.clone());
            }
        }
        let names = (0..tree.files.len()).map(|file| room(file).to_owned()).collect();
        Rooms { names, arrows }
    }
}

/// Rooms, and the arrows from one to another.
pub(super) struct Rooms {
    pub(super) names: BTreeSet<String>,
    pub(super) arrows: BTreeMap<(String, String), Vec<Arrow>>,
}

impl Rooms {
    /// Sets of rooms that need one another.
    pub(super) fn cycles(&self) -> Vec<Vec<&str>> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let index = |name: &str| names.binary_search(&name).ok();
        let pairs =
            self.arrows.keys().filter_map(|(from, to)| Some((index(from)?, index(to)?))).collect();
        let named = |cycle: Vec<usize>| {
            cycle.into_iter().filter_map(|room| names.get(room).copied()).collect()
        };
        cycles(names.len(), &pairs).into_iter().map(named).collect()
    }
}

/// The strongly connected components of more than one node: two nodes are in one if each reaches
/// the other.
fn cycles(nodes: usize, arrows: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let reached = |start: usize| {
        let mut reached = BTreeSet::new();
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            let next = arrows.range((node, 0)..=(node, usize::MAX)).map(|(_, to)| *to);
            open.extend(next.filter(|to| reached.insert(*to)));
        }
        reached
    };
    let reached: Vec<BTreeSet<usize>> = (0..nodes).map(reached).collect();
    let reaches = |from: usize, to: usize| reached.get(from).is_some_and(|set| set.contains(&to));
    let mut found: Vec<Vec<usize>> = Vec::new();
    for node in 0..nodes {
        if !found.iter().any(|cycle| cycle.contains(&node)) {
            let cycle: Vec<usize> =
                (node..nodes).filter(|to| reaches(node, *to) && reaches(*to, node)).collect();
            if cycle.len() > 1 {
                found.push(cycle);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> (Vec<String>, Vec<Vec<usize>>) {
        let tree = Tree::of(files);
        let graph = Graph::of(&tree);
        (graph.arrows.iter().map(|arrow| arrow.describe(&tree)).collect(), graph.cycles())
    }

    #[test]
    fn one_arrow_joins_two_files_whatever_the_number_of_paths() {
        let (arrows, cycles) = found(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::{B, C};\nfn f() { crate::b::g() }"),
            ("src/b.rs", "pub struct B; pub struct C; pub fn g() {}"),
        ]);
        assert_eq!(arrows, ["src/a.rs:1 -> src/b.rs (crate::b::B)"]);
        assert_eq!(cycles, [[0; 0]; 0]);
    }

    #[test]
    fn a_parent_that_passes_names_on_does_not_need_its_child() {
        let (arrows, cycles) = found(&[
            ("src/lib.rs", "mod a;"),
            ("src/a/mod.rs", "mod b; mod c; pub use b::B; pub struct A;"),
            ("src/a/b.rs", "use super::A; pub struct B;"),
            ("src/a/c.rs", "use super::B;"),
        ]);
        assert_eq!(
            arrows,
            ["src/a/b.rs:1 -> src/a/mod.rs (super::A)", "src/a/c.rs:1 -> src/a/b.rs (super::B)"]
        );
        assert_eq!(cycles, [[0; 0]; 0]);
    }

    #[test]
    fn files_that_need_one_another_are_a_cycle() {
        let (_, cycles) = found(&[
            ("src/lib.rs", "mod a; mod b; mod c; mod d;"),
            ("src/a.rs", "use crate::b::B; pub struct A;"),
            ("src/b.rs", "use crate::c::C; pub struct B;"),
            ("src/c.rs", "fn f() { crate::a::A } use crate::d::D; pub struct C;"),
            ("src/d.rs", "pub struct D;"),
        ]);
        assert_eq!(cycles, [[1, 2, 3]]);
    }
}
