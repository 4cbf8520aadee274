//! Methods that are mistaken for their neighbours.

use syn::spanned::Spanned as _;
use syn::{Expr, ExprMethodCall};

use super::Finder;

/// Methods of one type, in both directions.
const NEIGHBOURS: [(&str, &str); 12] = [
    ("is_some", "is_none"),
    ("is_ok", "is_err"),
    ("is_some_and", "is_none_or"),
    ("any", "all"),
    ("min", "max"),
    ("first", "last"),
    ("starts_with", "ends_with"),
    ("checked_add", "checked_sub"),
    ("saturating_add", "saturating_sub"),
    ("wrapping_add", "wrapping_sub"),
    ("trim_start", "trim_end"),
    ("next", "next_back"),
];

/// Methods whose answer is negated.
const NEGATED: [&str; 4] = ["is_empty", "contains", "contains_key", "eq"];

impl Finder<'_> {
    pub(super) fn call(&mut self, whole: &Expr, call: &ExprMethodCall) {
        let name = call.method.to_string();
        let neighbour = NEIGHBOURS.iter().find_map(|(one, other)| match name.as_str() {
            name if name == *one => Some(*other),
            name if name == *other => Some(*one),
            _ => None,
        });
        let text = self.source(whole).to_owned();
        if let Some(other) = neighbour {
            let begins = whole.span().byte_range().start;
            let method = call.method.span().byte_range();
            let before = text.get(..method.start.saturating_sub(begins)).unwrap_or_default();
            let behind = text.get(method.end.saturating_sub(begins)..).unwrap_or_default();
            let replacement = format!("{before}{other}{behind}");
            self.instead(whole, &format!("`{name}` becomes `{other}`"), &replacement);
        } else if NEGATED.contains(&name.as_str()) {
            self.instead(whole, &format!("`{name}` is negated"), &format!("!{text}"));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_method_becomes_its_neighbour_where_it_stands() {
        let text = "fn f() -> X { a.min(b.is_empty()).min(c) }";
        let file = crate::sources::parse("a.rs", text).unwrap_or_else(|error| panic!("{error:#}"));
        let sites = super::super::of("a.rs", text, &file);
        let rendered = crate::mutants::edits::render(text, &[(7, &sites[0].edit)]).0;
        assert_eq!(
            rendered,
            "fn f() -> X { (if crate::mutation::is(7) { a.min(b.is_empty()).max(c) } \
             else { a.min(b.is_empty()).min(c) }) }"
        );
        assert_eq!(sites.len(), 3);
    }
}
