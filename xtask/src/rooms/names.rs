//! Which file a path leads to: through modules, imports and re-exports.

use std::collections::{BTreeMap, BTreeSet};

use syn::Item;

use super::paths::{self, Written};
use super::tree::{ModulePath, Tree};

/// Re-exports that lead to one another end here.
const DEEPEST: usize = 32;

/// The names of every module.
pub(super) struct Names<'a> {
    tree: &'a Tree,
    /// What each module defines itself.
    defined: BTreeMap<ModulePath, BTreeSet<String>>,
    /// What its imports call by a name: absolute paths within the crate.
    imported: BTreeMap<ModulePath, BTreeMap<String, ModulePath>>,
    /// Names that its imports take from other crates.
    foreign: BTreeMap<ModulePath, BTreeSet<String>>,
    /// The modules all of whose names it imports.
    globs: BTreeMap<ModulePath, Vec<ModulePath>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(tree: &'a Tree) -> Self {
        let mut names = Self {
            tree,
            defined: BTreeMap::new(),
            imported: BTreeMap::new(),
            foreign: BTreeMap::new(),
            globs: BTreeMap::new(),
        };
        for file in &tree.files {
            names.define(&file.product.items, &file.module);
        }
        // An import may begin with a name that another import brought, so the second pass knows
        // more than the first.
        for _ in 0..2 {
            for file in &tree.files {
                for path in paths::of(&file.product, &file.module) {
                    names.import(&path);
                }
            }
        }
        names
    }

    fn define(&mut self, items: &[Item], module: &ModulePath) {
        for item in items {
            let name = match item {
                Item::Const(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Fn(item) => &item.sig.ident,
                Item::Static(item) => &item.ident,
                Item::Struct(item) => &item.ident,
                Item::Trait(item) => &item.ident,
                Item::Type(item) => &item.ident,
                Item::Union(item) => &item.ident,
                Item::Macro(item) => match &item.ident {
                    Some(ident) => ident,
                    None => continue,
                },
                Item::Mod(item) => {
                    if let Some((_, items)) = &item.content {
                        let mut inner = module.clone();
                        inner.push(item.ident.to_string());
                        self.define(items, &inner);
                    }
                    continue;
                }
                _ => continue,
            };
            self.defined.entry(module.clone()).or_default().insert(name.to_string());
        }
    }

    fn import(&mut self, path: &Written) {
        let Some(import) = &path.import else { return };
        let module = path.module.clone();
        let Some(target) = self.absolute(path) else {
            self.foreign.entry(module).or_default().insert(import.name.clone());
            return;
        };
        if import.name == "*" {
            let globs = self.globs.entry(module).or_default();
            if !globs.contains(&target) {
                globs.push(target);
            }
        } else {
            self.imported.entry(module).or_default().insert(import.name.clone(), target);
        }
    }

    /// Returns the path from the crate's root, `None` if it leads to another crate.
    pub(super) fn absolute(&self, path: &Written) -> Option<ModulePath> {
        let mut base = path.module.clone();
        let mut segments = path.segments.iter().map(String::as_str).peekable();
        match segments.peek().copied()? {
            "crate" => {
                segments.next();
                base.clear();
            }
            "self" => {
                segments.next();
            }
            "super" => {
                while segments.next_if_eq(&"super").is_some() {
                    base.pop()?;
                }
            }
            first => {
                let mut child = base.clone();
                child.push(first.to_owned());
                let known = self.imported.get(&base).and_then(|names| names.get(first));
                if let Some(known) = known {
                    segments.next();
                    base = known.clone();
                } else if !self.tree.modules.contains_key(&child) {
                    return None;
                }
            }
        }
        base.extend(segments.map(str::to_owned));
        Some(base)
    }

    /// Returns the file that defines what an absolute path names, `None` if another crate does.
    pub(super) fn file(&self, path: &[String]) -> Option<usize> {
        match self.home(path, DEEPEST)? {
            Home::File(file) => Some(file),
            Home::OtherCrate => None,
        }
    }

    fn home(&self, path: &[String], depth: usize) -> Option<Home> {
        let depth = depth.checked_sub(1)?;
        let mut module = ModulePath::new();
        let mut rest = path;
        while let Some((name, after)) = rest.split_first() {
            let mut child = module.clone();
            child.push(name.clone());
            if !self.tree.modules.contains_key(&child) {
                return self.item(&module, name, after, depth).or(self.owner(&module));
            }
            module = child;
            rest = after;
        }
        self.owner(&module)
    }

    fn owner(&self, module: &ModulePath) -> Option<Home> {
        self.tree.modules.get(module).copied().map(Home::File)
    }

    /// The home of a name in a module that is no child module; `None` if it is not known there.
    fn item(
        &self,
        module: &ModulePath,
        name: &String,
        after: &[String],
        depth: usize,
    ) -> Option<Home> {
        if self.defined.get(module).is_some_and(|names| names.contains(name)) {
            return self.owner(module);
        }
        if let Some(target) = self.imported.get(module).and_then(|names| names.get(name)) {
            let further: ModulePath = target.iter().chain(after).cloned().collect();
            return self.home(&further, depth);
        }
        if self.foreign.get(module).is_some_and(|names| names.contains(name)) {
            return Some(Home::OtherCrate);
        }
        let depth = depth.checked_sub(1)?;
        let globs = self.globs.get(module).into_iter().flatten();
        globs.filter(|glob| self.tree.modules.contains_key(*glob)).find_map(|glob| {
            let mut child = glob.clone();
            child.push(name.clone());
            if self.tree.modules.contains_key(&child) {
                child.extend(after.iter().cloned());
                return self.home(&child, depth);
            }
            self.item(glob, name, after, depth)
        })
    }
}

/// Where something is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    File(usize),
    OtherCrate,
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::rooms::tree::Tree;

    #[test]
    fn re_exports_lead_to_the_file_that_defines() {
        let tree = Tree::of(&[
            ("src/lib.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("src/a/mod.rs", "mod deep; pub use deep::A; pub use deep::A as Other;"),
            ("src/a/deep.rs", "pub struct A; pub use fieldseal_json::Tape;"),
            ("src/b.rs", "pub enum B { C }"),
        ]);
        let names = Names::of(&tree);
        let file = |path: &str| {
            let path: Vec<String> = path.split("::").map(str::to_owned).collect();
            names.file(&path).and_then(|index| tree.files.get(index)).map(|f| f.name.as_str())
        };
        assert_eq!(file("A"), Some("src/a/deep.rs"));
        assert_eq!(file("a::Other"), Some("src/a/deep.rs"));
        assert_eq!(file("B::C"), Some("src/b.rs"));
        assert_eq!(file("a::deep"), Some("src/a/deep.rs"));
        assert_eq!(file("a::unknown"), Some("src/a/mod.rs"));
        assert_eq!(file("a::deep::Tape"), None);
    }

    #[test]
    fn re_exports_in_a_circle_end() {
        let tree = Tree::of(&[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "pub use crate::b::X;"),
            ("src/b.rs", "pub use crate::a::X;"),
        ]);
        let names = Names::of(&tree);
        assert!(names.file(&["a".to_owned(), "X".to_owned()]).is_some());
    }
}
