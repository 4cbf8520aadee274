//! Public functions that return a `Result`, and their section on errors.

use syn::visit::Visit;
use syn::{Attribute, Expr, Lit, Meta, ReturnType, Signature, Type, Visibility};

/// A function or method with `pub`, or a method of a public trait.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) says_errors: bool,
}

/// Lists those of the file that return a `Result`.
pub(super) fn public_fallible(file: &syn::File) -> Vec<Function> {
    let mut find = Find(Vec::new());
    find.visit_file(file);
    find.0
}

struct Find(Vec<Function>);

impl Find {
    fn add(&mut self, visibility: &Visibility, signature: &Signature, attributes: &[Attribute]) {
        if matches!(visibility, Visibility::Public(_)) && is_fallible(&signature.output) {
            self.0.push(Function {
                name: signature.ident.to_string(),
                line: signature.ident.span().start().line,
                says_errors: says_errors(attributes),
            });
        }
    }
}

impl Visit<'_> for Find {
    fn visit_item_fn(&mut self, item: &syn::ItemFn) {
        self.add(&item.vis, &item.sig, &item.attrs);
    }

    fn visit_impl_item_fn(&mut self, item: &syn::ImplItemFn) {
        self.add(&item.vis, &item.sig, &item.attrs);
    }

    fn visit_item_trait(&mut self, item: &syn::ItemTrait) {
        for method in &item.items {
            if let syn::TraitItem::Fn(method) = method {
                self.add(&item.vis, &method.sig, &method.attrs);
            }
        }
    }
}

fn is_fallible(output: &ReturnType) -> bool {
    let ReturnType::Type(_, of) = output else { return false };
    let Type::Path(of) = of.as_ref() else { return false };
    of.path.segments.last().is_some_and(|last| last.ident == "Result")
}

/// Returns true if the section says something.
fn says_errors(attributes: &[Attribute]) -> bool {
    let text: Vec<String> = attributes.iter().filter_map(doc).collect();
    let text = text.join("\n");
    let mut after = text.lines().map(str::trim).skip_while(|line| *line != "# Errors").skip(1);
    after.find(|line| !line.is_empty()).is_some_and(|line| !line.starts_with("# "))
}

fn doc(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    let Expr::Lit(text) = &pair.value else { return None };
    let Lit::Str(text) = &text.lit else { return None };
    pair.path.is_ident("doc").then(|| text.value())
}

#[cfg(test)]
mod tests {
    use super::public_fallible;

    fn found(text: &str) -> Vec<(String, usize, bool)> {
        let file = crate::sources::parse("a.rs", text).unwrap_or_else(|error| panic!("{error:#}"));
        let functions = public_fallible(&file).into_iter();
        functions.map(|function| (function.name, function.line, function.says_errors)).collect()
    }

    #[test]
    fn public_functions_methods_and_traits_count() {
        let text = "
/// Reads.
///
/// # Errors
///
/// Fails.
pub fn read() -> Result<(), Error> { Ok(()) }
pub fn write() -> std::io::Result<()> { Ok(()) }
impl A {
    /// # Errors in the middle of a line is no section.
    pub async fn send(&self) -> Result<u8> { Ok(1) }
}
pub trait Source { fn ask(&self) -> Result<(), ()>; }
/// # Errors
///
pub fn empty() -> Result<(), ()> { Ok(()) }
/// # Errors
/// # Examples
/// None.
pub fn next() -> Result<(), ()> { Ok(()) }
/** Reads.

    # Errors
    Fails. */
pub fn block() -> Result<(), ()> { Ok(()) }
";
        let expected = [
            ("read", 7, true),
            ("write", 8, false),
            ("send", 11, false),
            ("ask", 13, false),
            ("empty", 16, false),
            ("next", 20, false),
            ("block", 25, true),
        ];
        assert_eq!(found(text), expected.map(|(name, line, says)| (name.to_owned(), line, says)));
    }

    #[test]
    fn private_infallible_and_inherited_ones_do_not() {
        let text = "
fn a() -> Result<(), ()> { Ok(()) }
pub(crate) fn b() -> Result<(), ()> { Ok(()) }
pub fn c() -> Option<Result<(), ()>> { None }
pub fn d() {}
trait Private { fn e() -> Result<(), ()>; }
impl std::str::FromStr for A { fn from_str(_: &str) -> Result<Self, ()> { Err(()) } }
";
        assert_eq!(found(text), []);
    }
}
