//! Paths that a file writes: in `use`, and inline among its tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::Visit;
use syn::{Item, UseTree, Visibility};

use super::tree::ModulePath;

/// One path as it is written, in the module that writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) module: ModulePath,
    pub(super) segments: Vec<String>,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) import: Option<Import>,
}

/// A path in `use`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The name that it gets here; `*` for all names of a module.
    pub(super) name: String,
    pub(super) is_public: bool,
}

/// Lists the paths of a file whose items are those of `module`.
pub(super) fn of(file: &syn::File, module: &ModulePath) -> Vec<Written> {
    let mut paths = Vec::new();
    of_items(&file.items, module, &mut paths);
    paths
}

fn of_items(items: &[Item], module: &ModulePath, paths: &mut Vec<Written>) {
    for item in items {
        match item {
            Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    let mut module = module.clone();
                    module.push(inner.ident.to_string());
                    of_items(items, &module, paths);
                }
            }
            item => {
                let mut imports = Imports { module, paths };
                imports.visit_item(item);
                scan(item.to_token_stream(), module, paths);
            }
        }
    }
}

/// Every `use`, also inside of functions and among the tokens of macros.
struct Imports<'a> {
    module: &'a ModulePath,
    paths: &'a mut Vec<Written>,
}

impl Visit<'_> for Imports<'_> {
    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        if item.leading_colon.is_none() {
            let is_public = !matches!(item.vis, Visibility::Inherited);
            self.leaves(&item.tree, &mut Vec::new(), is_public);
        }
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.among(call.tokens.clone());
    }
}

impl Imports<'_> {
    /// A macro may pass on a `use` that it was given. One that names a variable of the macro leads
    /// nowhere yet; the call of the macro has its path.
    fn among(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |token: &TokenTree, text: &str| token.to_string() == text;
        for (index, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                self.among(group.stream());
            }
            if !is(token, "use") {
                continue;
            }
            let Some(end) = tokens.iter().skip(index).position(|token| is(token, ";")) else {
                continue;
            };
            let visibility = match index.checked_sub(1).and_then(|at| tokens.get(at)) {
                Some(before) if is(before, "pub") => 1,
                Some(before) if is_restriction(before) => 2,
                _ => 0,
            };
            let item = tokens.iter().skip(index - visibility).take(visibility + end + 1).cloned();
            if let Ok(item) = syn::parse2::<syn::ItemUse>(item.collect()) {
                self.visit_item_use(&item);
            }
        }
    }

    fn leaves(&mut self, tree: &UseTree, before: &mut Vec<String>, is_public: bool) {
        let (ident, name) = match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.leaves(&path.tree, before, is_public);
                before.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.leaves(tree, before, is_public);
                }
                return;
            }
            UseTree::Name(leaf) => (Some(&leaf.ident), leaf.ident.to_string()),
            UseTree::Rename(leaf) => (Some(&leaf.ident), leaf.rename.to_string()),
            UseTree::Glob(_) => (None, "*".to_owned()),
        };
        let mut segments = before.clone();
        let mut name = name;
        // `use a::{self}` names `a`.
        let names_parent = !before.is_empty() && ident.is_some_and(|ident| ident == "self");
        if names_parent && name == "self" {
            name = before.last().cloned().unwrap_or_default();
        }
        if let Some(ident) = ident.filter(|_| !names_parent) {
            segments.push(ident.to_string());
        }
        let span = match tree {
            UseTree::Glob(glob) => glob.star_token.spans.first().copied(),
            _ => ident.map(syn::Ident::span),
        };
        let line = span.map_or(0, |span| span.start().line);
        let import = Some(Import { name, is_public });
        self.paths.push(Written { module: self.module.clone(), segments, line, import });
    }
}

/// Collects `a::b::c` among tokens, but for `use` and the paths of visibilities.
fn scan(tokens: TokenStream, module: &ModulePath, paths: &mut Vec<Written>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |index: usize, sign: char| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let ident = |index: usize| match tokens.get(index) {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    };
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        index += 1;
        match token {
            TokenTree::Group(group) => scan(group.stream(), module, paths),
            TokenTree::Ident(word) if word == "use" && !is(index, '<') => {
                while index < tokens.len() && !is(index, ';') {
                    index += 1;
                }
            }
            TokenTree::Ident(word) if word == "pub" => {
                if tokens.get(index).is_some_and(is_restriction) {
                    index += 1;
                }
            }
            TokenTree::Ident(word) => {
                let line = word.span().start().line;
                let mut segments = vec![word.to_string()];
                while is(index, ':') && is(index + 1, ':') {
                    let Some(next) = ident(index + 2) else { break };
                    segments.push(next);
                    index += 3;
                }
                if segments.len() > 1 {
                    paths.push(Written { module: module.clone(), segments, line, import: None });
                }
            }
            // What follows `.` or a leading `::` begins no path of this crate.
            TokenTree::Punct(sign) if sign.as_char() == '.' && ident(index).is_some() => index += 1,
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// `(crate)`, `(super)`, `(self)` and `(in …)` behind `pub`.
fn is_restriction(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    let inside: Vec<String> =
        group.stream().into_iter().take(2).map(|token| token.to_string()).collect();
    group.delimiter() == Delimiter::Parenthesis
        && match inside.first().map(String::as_str) {
            Some("in") => true,
            Some("crate" | "super" | "self") => inside.len() == 1,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::of;

    fn written(text: &str) -> Vec<String> {
        let file = crate::sources::parse("a.rs", text).unwrap_or_else(|error| panic!("{error:#}"));
        let paths = of(&file, &vec!["room".to_owned()]);
        let describe = |path: super::Written| {
            let import = path.import.map_or(String::new(), |import| {
                format!(" as {}{}", import.name, if import.is_public { " again" } else { "" })
            });
            format!("{}:{} {}{import}", path.module.join("::"), path.line, path.segments.join("::"))
        };
        paths.into_iter().map(describe).collect()
    }

    #[test]
    fn a_use_is_taken_apart() {
        assert_eq!(
            written("use crate::a::{self, B as C, d::*};\npub(crate) use super::E;"),
            [
                "room:1 crate::a as a",
                "room:1 crate::a::B as C",
                "room:1 crate::a::d as *",
                "room:2 super::E as E again",
            ]
        );
    }

    #[test]
    fn inline_paths_are_found_in_bodies_types_and_macros() {
        let text = "fn f(a: &crate::a::A) -> b::B {\n    use crate::c::C;\n    \
                    assert!(matches!(a, super::D::E));\n    a.self_.x::<crate::g::G>()\n}\n\
                    pub(in crate::h) struct S(pub (crate::i::I, u8));";
        assert_eq!(
            written(text),
            [
                "room:2 crate::c::C as C",
                "room:1 crate::a::A",
                "room:1 b::B",
                "room:3 super::D::E",
                "room:4 crate::g::G",
                "room:6 crate::i::I",
            ]
        );
    }

    #[test]
    fn a_use_among_the_tokens_of_a_macro_is_taken_apart() {
        let text = "bring! { use crate::a::{A, b::B as C}; pub(crate) use super::D; }\n\
                    fn f() { bring!({ pub use crate::e::*; let a: &use_it = 1; }); }\n\
                    macro_rules! of { ($name:ident) => { use crate::g::G; use crate::$name; } }";
        assert_eq!(
            written(text),
            [
                "room:1 crate::a::A as A",
                "room:1 crate::a::b::B as C",
                "room:1 super::D as D again",
                "room:2 crate::e as * again",
                "room:3 crate::g::G as G",
            ]
        );
    }

    #[test]
    fn an_inline_module_has_a_path_of_its_own() {
        assert_eq!(
            written("mod inner { use super::A; const B: u8 = self::c::D; }"),
            ["room::inner:1 super::A as A", "room::inner:1 self::c::D"]
        );
    }
}
