//! Doc comments of a Rust file, by lines.

/// A question word at the beginning of a summary hides its verb.
const QUESTION_WORDS: [&str; 7] = ["What", "Whether", "How", "Where", "Which", "Who", "Why"];

/// One contiguous block of `///` or of `//!`, one `/** … */` or `/*! … */`, or one `#[doc = "…"]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// The first line of the block, counted from 1.
    pub(super) line: usize,
    /// The first line that has text.
    pub(super) first_line: String,
}

impl Comment {
    pub(super) fn begins_with_question(&self) -> bool {
        let text = self.first_line.trim_start_matches(|c: char| !c.is_alphanumeric());
        let word = text.split(|c: char| !c.is_alphanumeric()).next();
        word.is_some_and(|word| QUESTION_WORDS.contains(&word))
    }
}

/// Lists the doc comments in the order of the text.
pub(super) fn of(text: &str) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    // The marker of the block that the line before belongs to.
    let mut open = None;
    for (index, line) in text.lines().enumerate() {
        let continued = open.filter(|marker| *marker == BLOCK).map(|_| (BLOCK, in_block(line)));
        let Some((marker, rest)) = continued.or_else(|| marked(line)) else {
            open = None;
            continue;
        };
        if open != Some(marker) || marker == ATTRIBUTE {
            comments.push(Comment { line: index + 1, first_line: String::new() });
            open = Some(marker);
        }
        if let Some(comment) = comments.last_mut().filter(|comment| comment.first_line.is_empty()) {
            comment.first_line.push_str(rest.trim());
        }
        if marker == BLOCK && line.contains("*/") {
            open = None;
        }
    }
    comments
}

const BLOCK: &str = "/**";
const ATTRIBUTE: &str = "#[doc";

/// Splits the marker of a doc comment from a line. Four slashes are an ordinary comment, and so are
/// three stars.
fn marked(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let outer = || line.strip_prefix("///").filter(|rest| !rest.starts_with('/'));
    let inner = || line.strip_prefix("//!");
    let block = || {
        let outer = line.strip_prefix(BLOCK).filter(|rest| !rest.starts_with(['*', '/']));
        outer.or_else(|| line.strip_prefix("/*!"))
    };
    let attribute = || {
        let rest = line.strip_prefix("#[doc").or_else(|| line.strip_prefix("#![doc"))?;
        let (text, _) = rest.trim_start().strip_prefix('=')?.split_once('"')?.1.rsplit_once('"')?;
        Some(text)
    };
    outer()
        .map(|rest| ("///", rest))
        .or_else(|| inner().map(|rest| ("//!", rest)))
        .or_else(|| block().map(|rest| (BLOCK, in_block(rest))))
        .or_else(|| attribute().map(|rest| (ATTRIBUTE, rest)))
}

/// Returns the text of a line within a block comment.
fn in_block(line: &str) -> &str {
    let line = line.split_once("*/").map_or(line, |(line, _)| line).trim_start();
    line.strip_prefix('*').unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::{Comment, of};

    fn comment(line: usize, first_line: &str) -> Comment {
        Comment { line, first_line: first_line.into() }
    }

    #[test]
    fn a_block_is_one_comment_and_its_first_text_counts() {
        let text = "//! Whole file.\n//! More.\n\n///\n/// Returns one.\n/// Two.\nfn a() {}\n\
                    /// `What` is quoted.\n    /// Indented.\nfn b() {}\n//// No doc comment.\n// Nor this.\n";
        assert_eq!(
            of(text),
            [
                comment(1, "Whole file."),
                comment(4, "Returns one."),
                comment(8, "`What` is quoted.")
            ]
        );
    }

    #[test]
    fn blocks_and_attributes_are_comments() {
        let text = "/** What a block is.\n * More.\n */\nfn a() {}\n/**\n * Why not.\n */\n\
                    /*! Inner. */\n#[doc = \"How so.\"]\n#![doc=\"Whole.\"]\n#[doc(hidden)]\n\
                    /*** None. */\n/* Nor this. */\n/**/\nfn b() {}\n/// After.\n";
        assert_eq!(
            of(text),
            [
                comment(1, "What a block is."),
                comment(5, "Why not."),
                comment(8, "Inner."),
                comment(9, "How so."),
                comment(10, "Whole."),
                comment(16, "After.")
            ]
        );
    }

    #[test]
    fn neighbours_of_other_markers_are_two() {
        assert_eq!(of("//! Whole.\n/// Item.\n"), [comment(1, "Whole."), comment(2, "Item.")]);
    }

    #[test]
    fn question_words_are_whole_words_behind_any_markup() {
        for text in ["What it is.", "**Whether** so.", "`How`, said.", "Who's there", "Why?"] {
            assert!(comment(1, text).begins_with_question(), "{text}");
        }
        for text in ["Whatever comes.", "Returns what it is.", "However.", "whole", ""] {
            assert!(!comment(1, text).begins_with_question(), "{text}");
        }
    }
}
