//! The reference tokens from a schema to one below it.

use crate::json::push_token;
use crate::schema::finding::push_index;

/// The location of a schema in its parent: the keyword, and the name or index below it.
#[derive(Clone, Debug)]
pub(super) enum KeywordLocation<'s> {
    Root,
    Keyword(&'s str),
    Member(&'s str, &'s str),
    Index(&'s str, usize),
    /// The schema is the target of a reference, below something that is no schema. Holds the
    /// pointer between the two.
    Free(String),
}

impl KeywordLocation<'_> {
    /// Appends the tokens to a pointer (RFC 6901, section 4).
    pub(super) fn append_to(&self, pointer: &mut String) {
        match self {
            KeywordLocation::Root => {}
            KeywordLocation::Keyword(keyword) => push_token(pointer, keyword),
            KeywordLocation::Member(keyword, name) => {
                push_token(pointer, keyword);
                push_token(pointer, name);
            }
            KeywordLocation::Index(keyword, index) => {
                push_token(pointer, keyword);
                push_index(pointer, *index);
            }
            KeywordLocation::Free(tokens) => pointer.push_str(tokens),
        }
    }
}
