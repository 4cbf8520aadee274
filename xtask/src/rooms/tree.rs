//! The module tree of a crate: files, found by their `mod` declarations, without tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use syn::{Expr, Item, Lit, Meta};

use crate::sources;

/// The names that lead from the crate's root to a module.
pub(super) type ModulePath = Vec<String>;

/// A file of the crate.
pub(super) struct File {
    /// Relative to the root of the repository.
    pub(super) name: String,
    pub(super) module: ModulePath,
    /// Its items without those of tests.
    pub(super) product: syn::File,
}

#[derive(Default)]
pub(super) struct Tree {
    pub(super) files: Vec<File>,
    /// Every module with the file that holds it; an inline module has that of its parent.
    pub(super) modules: BTreeMap<ModulePath, usize>,
}

impl Tree {
    /// Reads the tree below the root file.
    ///
    /// # Errors
    ///
    /// Fails when a declared module has no file, or a file does not parse.
    pub(super) fn read(root: &str, text: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let mut tree = Self::default();
        let folder = Path::new(root).parent().unwrap_or(Path::new("")).to_path_buf();
        let content = text(root).with_context(|| format!("no file {root}"))?;
        tree.add(root, content, Vec::new(), &folder, text)?;
        Ok(tree)
    }

    /// Adds a file and what it declares; `folder` holds the files of its child modules.
    fn add(
        &mut self,
        name: &str,
        content: String,
        module: ModulePath,
        folder: &Path,
        text: &dyn Fn(&str) -> Option<String>,
    ) -> Result<()> {
        let product = sources::without_tests(sources::parse(name, &content)?);
        let index = self.files.len();
        let items = product.items.clone();
        self.files.push(File { name: name.to_owned(), module: module.clone(), product });
        self.declare(index, &items, &module, folder, text)
    }

    fn declare(
        &mut self,
        index: usize,
        items: &[Item],
        module: &ModulePath,
        folder: &Path,
        text: &dyn Fn(&str) -> Option<String>,
    ) -> Result<()> {
        self.modules.insert(module.clone(), index);
        for item in items {
            let Item::Mod(child) = item else { continue };
            let name = child.ident.to_string();
            let mut path = module.clone();
            path.push(name.clone());
            if let Some((_, items)) = &child.content {
                self.declare(index, items, &path, &folder.join(&name), text)?;
                continue;
            }
            let here = self.files.get(index).map(|file| PathBuf::from(&file.name));
            let given = path_attribute(&child.attrs)
                .and_then(|given| Some(here.as_deref()?.parent()?.join(given)));
            let beside = folder.join(&name).with_extension("rs");
            let inside = folder.join(&name).join("mod.rs");
            let found = given.into_iter().chain([beside, inside]).find_map(|file| {
                let file = file.to_str()?.to_owned();
                Some((text(&file)?, file))
            });
            let (content, file) = found.with_context(|| {
                format!("module {} has no file in {}", path.join("::"), folder.display())
            })?;
            self.add(&file, content, path, &folder.join(&name), text)?;
        }
        Ok(())
    }

    /// A tree out of texts.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let text = |name: &str| {
            files.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned())
        };
        Self::read("src/lib.rs", &text).unwrap_or_else(|error| panic!("{error:#}"))
    }
}

/// The text of `#[path = "…"]`.
fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        let Expr::Lit(text) = &pair.value else { return None };
        let Lit::Str(text) = &text.lit else { return None };
        pair.path.is_ident("path").then(|| text.value())
    })
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn modules_lie_beside_inside_or_where_an_attribute_says() {
        let tree = Tree::of(&[
            ("src/lib.rs", "mod a; mod b; mod c { pub mod d {} } #[cfg(test)] mod tests;"),
            ("src/a.rs", "mod e;"),
            ("src/a/e.rs", ""),
            ("src/b/mod.rs", "mod f; #[path = \"other.rs\"] mod g;"),
            ("src/b/f.rs", ""),
            ("src/b/other.rs", ""),
        ]);
        let files: Vec<_> =
            tree.files.iter().map(|f| (f.name.as_str(), f.module.join("::"))).collect();
        let expected = [
            ("src/lib.rs", ""),
            ("src/a.rs", "a"),
            ("src/a/e.rs", "a::e"),
            ("src/b/mod.rs", "b"),
            ("src/b/f.rs", "b::f"),
            ("src/b/other.rs", "b::g"),
        ];
        assert_eq!(files, expected.map(|(file, module)| (file, module.to_owned())));
        assert_eq!(tree.modules.get(&vec!["c".to_owned(), "d".to_owned()]), Some(&0));
    }

    #[test]
    fn a_module_without_a_file_is_an_error() {
        let text = |name: &str| (name == "src/lib.rs").then(|| "mod a;".to_owned());
        assert!(Tree::read("src/lib.rs", &text).is_err());
    }
}
