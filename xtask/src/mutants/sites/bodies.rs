//! Functions that return at once.

use syn::{Block, GenericArgument, PathArguments, ReturnType, Signature, Type};

use super::Finder;
use crate::mutants::edits::Edit;

impl Finder<'_> {
    /// Visits a function that is not the compiler's, and returns from it at its beginning with a
    /// value that every caller must notice.
    pub(super) fn function(&mut self, signature: &Signature, block: &Block) {
        if signature.constness.is_some() {
            return;
        }
        self.within(signature.ident.to_string(), |finder| {
            if !block.stmts.is_empty() {
                let at = block.brace_token.span.open().byte_range().end;
                for value in finder.values(&signature.output) {
                    let what = match value.as_str() {
                        "" => "the body is left out".to_owned(),
                        value => format!("returns `{value}`"),
                    };
                    let edit = Edit::insert(at, &format!(" if {{}} {{ return {value}; }} "));
                    finder.add(signature.ident.span(), &what, edit);
                }
            }
            syn::visit::visit_block(finder, block);
        });
    }

    /// Values of a type that need nothing but its name.
    fn values(&self, output: &ReturnType) -> Vec<String> {
        match output {
            ReturnType::Default => vec![String::new()],
            ReturnType::Type(_, of) => self.values_of(of),
        }
    }

    fn values_of(&self, of: &Type) -> Vec<String> {
        let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        match of {
            Type::Tuple(tuple) if tuple.elems.is_empty() => texts(&["()"]),
            Type::Reference(reference) if reference.mutability.is_none() => {
                match self.source(&*reference.elem) {
                    "str" => texts(&["\"\""]),
                    "[u8]" => texts(&["&[]"]),
                    _ => Vec::new(),
                }
            }
            Type::Array(array) if self.source(&*array.elem) == "u8" => {
                vec![format!("[0; {}]", self.source(&array.len))]
            }
            Type::Path(path) => {
                let Some(last) = path.path.segments.last() else { return Vec::new() };
                let inner = || match &last.arguments {
                    PathArguments::AngleBracketed(list) => match list.args.first() {
                        Some(GenericArgument::Type(of)) => self.values_of(of),
                        _ => Vec::new(),
                    },
                    _ => Vec::new(),
                };
                match last.ident.to_string().as_str() {
                    "bool" => texts(&["true", "false"]),
                    "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i32" | "i64" | "i128" => {
                        texts(&["0", "1"])
                    }
                    "String" => texts(&["String::new()"]),
                    "Vec" => texts(&["Vec::new()"]),
                    "Option" => texts(&["None"]),
                    "Result" => inner().iter().map(|value| format!("Ok({value})")).collect(),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_function_may_return_at_once_what_its_type_allows() {
        let of = |output: &str| -> Vec<String> {
            let text = format!("fn f(){output} {{ g!() }}");
            let file = crate::sources::parse("a.rs", &text).unwrap_or_else(|e| panic!("{e:#}"));
            let sites = super::super::of("a.rs", &text, &file);
            sites.into_iter().map(|site| site.name.replace("a.rs, f: ", "")).collect()
        };
        assert_eq!(of(""), ["the body is left out"]);
        assert_eq!(of(" -> bool"), ["returns `true`", "returns `false`"]);
        assert_eq!(of(" -> Result<(), E>"), ["returns `Ok(())`"]);
        assert_eq!(of(" -> Result<Option<X>>"), ["returns `Ok(None)`"]);
        assert_eq!(of(" -> Result<u8, E>"), ["returns `Ok(0)`", "returns `Ok(1)`"]);
        assert_eq!(of(" -> [u8; N]"), ["returns `[0; N]`"]);
        assert_eq!(of(" -> Self"), [""; 0]);
        assert_eq!(of(" -> &mut str"), [""; 0]);
    }
}
