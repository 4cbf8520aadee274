//! All the small faults that could be put into a file of product code.

mod bodies;
mod calls;

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::visit::Visit;
use syn::{BinOp, Expr, ImplItem, Item, Lit, Pat, Stmt, UnOp};

use super::edits::Edit;
use crate::sources;

/// One fault: its name, and how it is put in.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// File, function, and the fault: stays the same while lines move.
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) edit: Edit,
}

/// Lists the faults of a parsed file.
pub(super) fn of(file: &str, text: &str, product: &syn::File) -> Vec<Site> {
    let mut finder =
        Finder { file, text, function: Vec::new(), seen: BTreeMap::new(), sites: Vec::new() };
    finder.visit_file(product);
    finder.sites
}

struct Finder<'a> {
    file: &'a str,
    text: &'a str,
    /// The names that lead to where we are.
    function: Vec<String>,
    /// Faults of one name in one function get numbers.
    seen: BTreeMap<String, usize>,
    sites: Vec<Site>,
}

impl Finder<'_> {
    fn source(&self, of: impl syn::spanned::Spanned) -> &str {
        self.text.get(of.span().byte_range()).unwrap_or_default()
    }

    fn add(&mut self, at: Span, what: &str, edit: Edit) {
        let name = format!("{}, {}: {what}", self.file, self.function.join("::"));
        let count = self.seen.entry(name.clone()).or_default();
        *count += 1;
        let name = if *count == 1 { name } else { format!("{name} ({count})") };
        self.sites.push(Site { name, line: at.start().line, edit });
    }

    /// Another expression in the place of one.
    fn instead(&mut self, of: &Expr, what: &str, replacement: &str) {
        let range: Range<usize> = of.span().byte_range();
        self.add(of.span(), what, Edit::instead(range, replacement));
    }

    fn binary(&mut self, whole: &Expr, expr: &syn::ExprBinary) {
        let is_let = |side: &Expr| contains_let(side);
        if is_let(&expr.left) || is_let(&expr.right) {
            return;
        }
        let others: &[&str] = match expr.op {
            BinOp::Lt(_) => &["<=", ">="],
            BinOp::Le(_) => &["<", ">"],
            BinOp::Gt(_) => &[">=", "<="],
            BinOp::Ge(_) => &[">", "<"],
            BinOp::Eq(_) => &["!="],
            BinOp::Ne(_) => &["=="],
            BinOp::And(_) => &["||"],
            BinOp::Or(_) => &["&&"],
            BinOp::Add(_) => &["-"],
            BinOp::Sub(_) => &["+"],
            BinOp::Mul(_) => &["+"],
            BinOp::Div(_) | BinOp::Rem(_) => &["*"],
            BinOp::BitAnd(_) => &["|"],
            BinOp::BitOr(_) | BinOp::BitXor(_) => &["&"],
            BinOp::Shl(_) => &[">>"],
            BinOp::Shr(_) => &["<<"],
            BinOp::AddAssign(_) => &["-="],
            BinOp::SubAssign(_) => &["+="],
            BinOp::BitAndAssign(_) => &["|="],
            BinOp::BitOrAssign(_) | BinOp::BitXorAssign(_) => &["&="],
            _ => &[],
        };
        let (left, right) = (self.source(&expr.left), self.source(&expr.right));
        let replaced: Vec<(String, String)> = others
            .iter()
            .map(|other| {
                let what = format!("`{}` becomes `{other}`", self.source(expr.op));
                (what, format!("{left} {other} {right}"))
            })
            .collect();
        for (what, replacement) in replaced {
            self.instead(whole, &what, &replacement);
        }
    }

    fn literal(&mut self, whole: &Expr, literal: &Lit) {
        match literal {
            Lit::Bool(value) => {
                let other = !value.value;
                self.instead(
                    whole,
                    &format!("`{}` becomes `{other}`", value.value),
                    &other.to_string(),
                );
            }
            Lit::Int(value) => {
                let Ok(number) = value.base10_parse::<u64>() else { return };
                // One more than the greatest of its type would not compile.
                if [255, 65_535, u64::from(u32::MAX), u64::MAX].contains(&number) {
                    return;
                }
                let other = format!("{}{}", number + 1, value.suffix());
                self.instead(whole, &format!("`{value}` becomes `{other}`"), &other);
            }
            Lit::ByteStr(value) => {
                let mut bytes = value.value();
                let Some(first) = bytes.first_mut() else { return };
                *first ^= 1;
                let other = format!("&{bytes:?}");
                self.instead(whole, "a byte of the text changes", &other);
            }
            _ => {}
        }
    }

    /// A condition that always holds, and one that never does.
    fn condition(&mut self, condition: &Expr) {
        if !contains_let(condition) && !matches!(condition, Expr::Lit(_)) {
            self.instead(condition, "the condition always holds", "true");
            self.instead(condition, "the condition never holds", "false");
        }
    }

    fn within<T>(&mut self, name: String, action: impl FnOnce(&mut Self) -> T) -> T {
        self.function.push(name);
        let result = action(self);
        self.function.pop();
        result
    }
}

/// `let` in a condition binds names for what follows, so the condition cannot be taken apart.
fn contains_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => contains_let(&binary.left) || contains_let(&binary.right),
        Expr::Paren(inner) => contains_let(&inner.expr),
        _ => false,
    }
}

impl Visit<'_> for Finder<'_> {
    fn visit_item(&mut self, item: &Item) {
        match item {
            _ if sources::is_test(sources::attributes(item)) => {}
            // These are evaluated by the compiler, which knows of no fault that is chosen later.
            Item::Const(_) | Item::Static(_) | Item::Enum(_) | Item::Struct(_) => {}
            Item::Mod(module) => self.within(module.ident.to_string(), |finder| {
                syn::visit::visit_item_mod(finder, module);
            }),
            Item::Impl(item) => {
                let name = match &item.trait_ {
                    Some((path, _)) => {
                        format!("<{} for {}>", self.source(path), self.source(&item.self_ty))
                    }
                    None => self.source(&item.self_ty).to_owned(),
                };
                self.within(name, |finder| syn::visit::visit_item_impl(finder, item));
            }
            item => syn::visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &ImplItem) {
        if let ImplItem::Fn(function) = item
            && !sources::is_test(&function.attrs)
        {
            self.function(&function.sig, &function.block);
        }
    }

    fn visit_item_fn(&mut self, function: &syn::ItemFn) {
        self.function(&function.sig, &function.block);
    }

    fn visit_trait_item_fn(&mut self, function: &syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, block);
        }
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Binary(binary) => self.binary(expr, binary),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_) | UnOp::Neg(_)) => {
                let inner = self.source(&unary.expr).to_owned();
                let what = format!("`{}` is left out", self.source(unary.op));
                self.instead(expr, &what, &inner);
            }
            Expr::Lit(literal) => self.literal(expr, &literal.lit),
            Expr::If(branch) => self.condition(&branch.cond),
            Expr::While(turn) if !contains_let(&turn.cond) => {
                self.instead(&turn.cond, "the loop ends at once", "false");
            }
            Expr::MethodCall(call) => self.call(expr, call),
            // The length of an array is the compiler's.
            Expr::Repeat(repeat) => return self.visit_expr(&repeat.expr),
            Expr::Const(_) | Expr::Macro(_) => return,
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }

    fn visit_stmt(&mut self, statement: &Stmt) {
        if let Stmt::Expr(expr, Some(_)) = statement {
            let call = if let Expr::Try(tried) = expr { &*tried.expr } else { expr };
            if matches!(call, Expr::Call(_) | Expr::MethodCall(_)) {
                let edit = Edit::unless(statement.span().byte_range());
                self.add(statement.span(), "a call is left out", edit);
            }
        }
        syn::visit::visit_stmt(self, statement);
    }

    fn visit_expr_match(&mut self, choice: &syn::ExprMatch) {
        let catches_all = |arm: &syn::Arm| matches!(arm.pat, Pat::Wild(_));
        let last = choice.arms.iter().position(catches_all).unwrap_or(0);
        for arm in choice.arms.iter().take(last).filter(|arm| !matches!(arm.pat, Pat::Guard(_))) {
            let at = arm.pat.span().byte_range().end;
            let edit = Edit::guard(at);
            self.add(arm.pat.span(), "an arm is left out", edit);
        }
        syn::visit::visit_expr_match(self, choice);
    }

    // Patterns and types are the compiler's, but for guards, and so is what macros make of their
    // words.
    fn visit_pat(&mut self, pattern: &Pat) {
        if let Pat::Guard(pattern) = pattern {
            self.condition(&pattern.guard);
            self.visit_expr(&pattern.guard);
        }
    }
    fn visit_type(&mut self, _: &syn::Type) {}
    fn visit_generics(&mut self, _: &syn::Generics) {}
    fn visit_angle_bracketed_generic_arguments(&mut self, _: &syn::AngleBracketedGenericArguments) {
    }
    fn visit_attribute(&mut self, _: &syn::Attribute) {}
    fn visit_macro(&mut self, _: &syn::Macro) {}
}

#[cfg(test)]
mod tests {
    use super::of;

    fn names(text: &str) -> Vec<String> {
        let file = crate::sources::parse("a.rs", text).unwrap_or_else(|error| panic!("{error:#}"));
        let sites = of("a.rs", text, &file);
        sites.into_iter().map(|site| format!("{} {}", site.line, site.name)).collect()
    }

    #[test]
    fn operators_literals_and_conditions_are_sites() {
        let text =
            "fn f(a: u8, b: u8) -> char {\n  if a < b && !(a == 7) { 'x' } else { 'y' }\n}\n";
        assert_eq!(
            names(text),
            [
                "2 a.rs, f: the condition always holds",
                "2 a.rs, f: the condition never holds",
                "2 a.rs, f: `&&` becomes `||`",
                "2 a.rs, f: `<` becomes `<=`",
                "2 a.rs, f: `<` becomes `>=`",
                "2 a.rs, f: `!` is left out",
                "2 a.rs, f: `==` becomes `!=`",
                "2 a.rs, f: `7` becomes `8`",
            ]
        );
    }

    #[test]
    fn faults_of_one_name_are_counted_within_their_function() {
        let text = "impl A {\n fn f(&self) -> X { g(true, true) }\n}\nfn h() -> X { g(true) }\n";
        assert_eq!(
            names(text),
            [
                "2 a.rs, A::f: `true` becomes `false`",
                "2 a.rs, A::f: `true` becomes `false` (2)",
                "4 a.rs, h: `true` becomes `false`",
            ]
        );
    }

    #[test]
    fn the_compilers_own_and_tests_are_left_alone() {
        let text = "const A: u8 = 1;\nstatic B: bool = true;\nenum E { C = 1 }\n\
                    const fn d() -> u8 { 1 + 1 }\nfn e(x: [u8; 4]) -> X { g([a; 8], h::<3>()) }\n\
                    fn i(x: X) -> X { match x { 1 => y, 2..=3 => z, } }\n\
                    fn j() -> X { matches!(x, 1 | 2) }\n#[cfg(test)] mod tests { fn k() { l(1); } }\n";
        assert_eq!(names(text), [""; 0]);
    }

    #[test]
    fn calls_arms_and_guards_can_be_missing() {
        let text = "fn f() {\n  check(a)?;\n  match x {\n    A => b,\n    C if d => e,\n    _ => g,\n  }\n}\n";
        assert_eq!(
            names(text),
            [
                "1 a.rs, f: the body is left out",
                "2 a.rs, f: a call is left out",
                "4 a.rs, f: an arm is left out",
                "5 a.rs, f: the condition always holds",
                "5 a.rs, f: the condition never holds",
            ]
        );
    }

    #[test]
    fn a_condition_that_binds_is_not_taken_apart() {
        let text = "fn f() -> X { if let A(b) = c && d == e { g } else { h } }";
        assert_eq!(names(text), ["1 a.rs, f: `==` becomes `!=`"]);
    }
}
