//! Doc comments of a Rust file, by lines.

/// A question word at the beginning of a summary hides its verb.
const QUESTION_WORDS: [&str; 7] = ["What", "Whether", "How", "Where", "Which", "Who", "Why"];

/// One contiguous block of `///` or of `//!`.
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
        let Some((marker, rest)) = marked(line) else {
            open = None;
            continue;
        };
        if open != Some(marker) {
            comments.push(Comment { line: index + 1, first_line: String::new() });
            open = Some(marker);
        }
        if let Some(comment) = comments.last_mut().filter(|comment| comment.first_line.is_empty()) {
            comment.first_line.push_str(rest.trim());
        }
    }
    comments
}

/// Splits the marker of a doc comment from a line. Four slashes are an ordinary comment.
fn marked(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let outer = line.strip_prefix("///").filter(|rest| !rest.starts_with('/'));
    let inner = || line.strip_prefix("//!").map(|rest| ("//!", rest));
    outer.map(|rest| ("///", rest)).or_else(inner)
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
