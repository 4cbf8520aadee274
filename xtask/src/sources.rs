//! Source files of this repository: listed by git, and Rust parsed, with product and tests apart.

use std::ops::RangeInclusive;

use anyhow::{Context as _, Result};
use syn::spanned::Spanned as _;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Attribute, ImplItem, Item, Meta};

use crate::process;
use crate::workspace::Workspace;

/// Lists the files that git tracks, and new ones that it does not ignore, relative to the root and
/// sorted.
pub(crate) fn tracked(workspace: &Workspace) -> Result<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = process::program("git", workspace.root()).args(arguments).output()?;
    let mut files: Vec<String> = listed
        .split('\0')
        .filter(|file| !file.is_empty() && workspace.root().join(file).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// Reads a file of the repository.
pub(crate) fn read(workspace: &Workspace, file: &str) -> Result<String> {
    std::fs::read_to_string(workspace.root().join(file))
        .with_context(|| format!("cannot read {file}"))
}

/// Parses the text of a Rust file; `file` is its name in a message.
pub(crate) fn parse(file: &str, text: &str) -> Result<syn::File> {
    syn::parse_file(text).with_context(|| format!("{file} does not parse"))
}

/// Removes items that only a test build compiles.
pub(crate) fn without_tests(mut file: syn::File) -> syn::File {
    struct Remove;
    impl VisitMut for Remove {
        fn visit_file_mut(&mut self, file: &mut syn::File) {
            file.items.retain(|item| !is_test(attributes(item)));
            syn::visit_mut::visit_file_mut(self, file);
        }

        fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
            if let Some((_, items)) = &mut module.content {
                items.retain(|item| !is_test(attributes(item)));
            }
            syn::visit_mut::visit_item_mod_mut(self, module);
        }

        fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
            item.items.retain(|item| !is_test(impl_attributes(item)));
            syn::visit_mut::visit_item_impl_mut(self, item);
        }
    }
    Remove.visit_file_mut(&mut file);
    file
}

/// Returns the lines, counted from 1, of items that only a test build compiles.
pub(crate) fn lines_of_tests(file: &syn::File) -> Vec<RangeInclusive<usize>> {
    struct Find(Vec<RangeInclusive<usize>>);
    impl Visit<'_> for Find {
        fn visit_item(&mut self, item: &Item) {
            if is_test(attributes(item)) {
                self.0.push(item.span().start().line..=item.span().end().line);
            } else {
                syn::visit::visit_item(self, item);
            }
        }

        fn visit_impl_item(&mut self, item: &ImplItem) {
            if is_test(impl_attributes(item)) {
                self.0.push(item.span().start().line..=item.span().end().line);
            } else {
                syn::visit::visit_impl_item(self, item);
            }
        }
    }
    let mut find = Find(Vec::new());
    find.visit_file(file);
    find.0
}

/// Returns true for `#[test]`, and for a `#[cfg(…)]` that no build without `test` meets.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<Meta>().is_ok_and(|condition| !outside_tests(&condition)))
    })
}

/// Evaluates a `cfg` condition outside of tests; features and targets count as given.
fn outside_tests(condition: &Meta) -> bool {
    let nested = |list: &syn::MetaList| -> Vec<Meta> {
        let comma = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
        list.parse_args_with(comma).map(|list| list.into_iter().collect()).unwrap_or_default()
    };
    match condition {
        Meta::Path(path) => !(path.is_ident("test") || path.is_ident("doctest")),
        Meta::List(list) if list.path.is_ident("all") => nested(list).iter().all(outside_tests),
        Meta::List(list) if list.path.is_ident("any") => nested(list).iter().any(outside_tests),
        // `not(test)` holds outside of tests; any other `not` may.
        Meta::List(_) | Meta::NameValue(_) => true,
    }
}

pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn impl_attributes(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
fn product() {}
#[cfg(test)]
mod tests {
    fn helper() {}
}
#[cfg(all(test, feature = \"validation\"))]
fn only_in_tests() {}
#[cfg(any(test, feature = \"x\"))]
fn in_both() {}
#[cfg(not(test))]
fn outside() {}
struct S;
impl S {
    #[cfg(test)]
    fn peek(&self) {}
    #[cfg(feature = \"x\")]
    fn look(&self) {}
}
";

    #[test]
    fn items_of_tests_are_told_from_the_product() -> Result<()> {
        let file = parse("a.rs", TEXT)?;
        assert_eq!(lines_of_tests(&file), [2..=5, 6..=7, 14..=15]);
        let product = without_tests(file);
        assert!(lines_of_tests(&product).is_empty());
        assert_eq!(product.items.len(), 5);
        Ok(())
    }

    #[test]
    fn git_lists_this_file_and_nothing_built() -> Result<()> {
        let files = tracked(&Workspace::here())?;
        assert!(files.iter().any(|file| file == "xtask/src/sources.rs"));
        assert!(!files.iter().any(|file| file.starts_with("target/")));
        Ok(())
    }
}
