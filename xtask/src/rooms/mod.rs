//! The rooms of the core: which file needs which, and that no arrow points up or in a circle.

mod floors;
mod graph;
mod names;
mod paths;
mod tree;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;
use floors::Floor;
use graph::Graph;
use tree::Tree;

/// The crate whose top-level modules are rooms, and its folder.
const CORE: (&str, &str) = ("fieldseal", "core");

/// Prints files, arrows, cycles and upward arrows of the core and of the crates below it.
///
/// # Errors
///
/// Fails on a cycle between files or rooms, on an upward arrow, and on a room without a floor.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut report = Report::default();
    let below = floors::CRATES.iter().filter_map(|name| {
        let folder = format!("core/{}", name.strip_prefix("fieldseal-")?);
        workspace.root().join(&folder).exists().then_some((*name, folder))
    });
    for (name, folder) in below {
        let tree = read_tree(workspace, &folder)?;
        report.files(name, &tree, &Graph::of(&tree));
    }
    let tree = read_tree(workspace, CORE.1)?;
    let graph = Graph::of(&tree);
    report.files(CORE.0, &tree, &graph);
    report.rooms(&tree, &graph);
    report.crates(&manifests(workspace)?);
    println!("{} cycles, {} upward arrows", report.cycles, report.upward);
    ensure!(report.faults.is_empty(), "{}", report.faults.join("\n"));
    Ok(())
}

fn read_tree(workspace: &Workspace, folder: &str) -> Result<Tree> {
    Tree::read(&format!("{folder}/src/lib.rs"), &|file| {
        std::fs::read_to_string(workspace.root().join(file)).ok()
    })
    .with_context(|| format!("the modules of {folder}"))
}

/// Packages of the workspace with those that they depend on outside of tests.
fn manifests(workspace: &Workspace) -> Result<BTreeMap<String, Vec<String>>> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let metadata: Value =
        serde_json::from_str(&process::cargo(workspace).args(arguments).output()?)?;
    let packages = metadata["packages"].as_array().context("cargo lists no packages")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(packages
        .iter()
        .map(|package| {
            let needed = package["dependencies"].as_array().into_iter().flatten();
            let product = needed.filter(|needed| needed["kind"].is_null());
            (text(&package["name"]), product.map(|needed| text(&needed["name"])).collect())
        })
        .collect())
}

#[derive(Default)]
struct Report {
    faults: Vec<String>,
    cycles: usize,
    upward: usize,
}

impl Report {
    /// Files and arrows of one crate, and the cycles among its files.
    fn files(&mut self, name: &str, tree: &Tree, graph: &Graph) {
        println!("{name}: {} files, {} arrows", tree.files.len(), graph.arrows.len());
        for cycle in graph.cycles() {
            self.cycles += 1;
            println!("  cycle of {} files", cycle.len());
            for arrow in
                graph.arrows.iter().filter(|a| cycle.contains(&a.from) && cycle.contains(&a.to))
            {
                println!("    {}", arrow.describe(tree));
            }
            let files = cycle.iter().filter_map(|file| Some(tree.files.get(*file)?.name.as_str()));
            self.faults.push(format!("cycle: {}", files.collect::<Vec<_>>().join(", ")));
        }
    }

    /// Arrows between rooms, with the floors of both.
    fn rooms(&mut self, tree: &Tree, graph: &Graph) {
        let rooms = graph.rooms(tree);
        for room in &rooms.names {
            if Floor::of(room).is_none() {
                self.faults.push(format!("`{room}` stands on no floor: xtask/src/rooms/floors.rs"));
            }
        }
        for ((from, to), arrows) in &rooms.arrows {
            let upward = Floor::of(from).zip(Floor::of(to)).is_some_and(|(from, to)| to > from);
            println!("  {from} -> {to}: {}{}", arrows.len(), if upward { ", UPWARD" } else { "" });
            if upward {
                self.upward += arrows.len();
                for arrow in arrows {
                    println!("    {}", arrow.describe(tree));
                    self.faults.push(format!("upward: {}", arrow.describe(tree)));
                }
            }
        }
        for cycle in rooms.cycles() {
            self.cycles += 1;
            println!("  cycle of rooms: {}", cycle.join(", "));
            self.faults.push(format!("cycle of rooms: {}", cycle.join(", ")));
        }
    }

    /// Arrows between packages: the crates below need nothing above them.
    fn crates(&mut self, manifests: &BTreeMap<String, Vec<String>>) {
        for (name, needed) in manifests {
            let floor = Floor::of_crate(name);
            for to in needed.iter().filter(|needed| manifests.contains_key(*needed)) {
                println!("  {name} -> {to}");
                if Floor::of_crate(to) > floor {
                    self.upward += 1;
                    self.faults.push(format!("upward: {name} -> {to}"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(files: &[(&str, &str)]) -> Report {
        let tree = Tree::of(files);
        let graph = Graph::of(&tree);
        let mut report = Report::default();
        report.files("fixture", &tree, &graph);
        report.rooms(&tree, &graph);
        report
    }

    #[test]
    fn arrows_that_point_down_pass() {
        let report = report(&[
            ("src/lib.rs", "mod operations; mod envelope; mod error;"),
            ("src/operations.rs", "use crate::envelope::seal; fn f() { crate::error::g() }"),
            ("src/envelope.rs", "use crate::error::Error; pub fn seal() {}"),
            ("src/error.rs", "pub struct Error; pub fn g() {}"),
        ]);
        assert_eq!(report.faults, [""; 0]);
    }

    #[test]
    fn an_arrow_that_points_up_is_named_with_its_line() {
        let report = report(&[
            ("src/lib.rs", "mod operations; mod envelope;"),
            ("src/operations.rs", "pub struct Context;"),
            ("src/envelope.rs", "fn f(\n  _: &crate::operations::Context) {}"),
        ]);
        let expected =
            "upward: src/envelope.rs:2 -> src/operations.rs (crate::operations::Context)";
        assert_eq!((report.upward, report.faults), (1, vec![expected.to_owned()]));
    }

    #[test]
    fn rooms_of_one_floor_may_meet_in_one_direction_only() {
        let files = |back| {
            [
                ("src/lib.rs", "mod schema; mod keys;"),
                ("src/schema/mod.rs", "mod a; mod b;"),
                ("src/schema/a.rs", "use crate::keys::c::C; pub struct A;"),
                ("src/schema/b.rs", "pub struct B;"),
                ("src/keys/mod.rs", "pub mod c; mod d;"),
                ("src/keys/c.rs", "pub struct C;"),
                ("src/keys/d.rs", back),
            ]
        };
        assert_eq!(report(&files("")).faults, [""; 0]);
        let fault = report(&files("use crate::schema::b::B;")).faults;
        assert_eq!(fault, ["cycle of rooms: keys, schema"]);
    }

    #[test]
    fn a_room_without_a_floor_fails() {
        let report = report(&[("src/lib.rs", "mod attic;"), ("src/attic.rs", "")]);
        assert_eq!(report.faults, ["`attic` stands on no floor: xtask/src/rooms/floors.rs"]);
    }

    #[test]
    fn a_crate_below_needs_nothing_above() {
        let mut report = Report::default();
        let needs = |name: &str, of: &str| (name.to_owned(), vec![of.to_owned()]);
        report.crates(&BTreeMap::from([
            needs("fieldseal-web", "fieldseal"),
            needs("fieldseal", "fieldseal-json"),
            needs("fieldseal-json", "memchr"),
        ]));
        assert_eq!(report.faults, [""; 0]);
        report.crates(&BTreeMap::from([
            needs("fieldseal-json", "fieldseal"),
            needs("fieldseal", "fieldseal-json"),
        ]));
        assert_eq!(report.faults, ["upward: fieldseal-json -> fieldseal"]);
    }
}
