//! How long a page is.

/// Counts the words of a page without blocks of code and tables.
pub(super) fn words(page: &str) -> usize {
    let mut in_code = false;
    let mut words = 0;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code && !line.trim_start().starts_with('|') {
            words += line.split_whitespace().filter(|word| is_word(word)).count();
        }
    }
    words
}

fn is_word(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    #[test]
    fn code_and_tables_do_not_count() {
        let page =
            "# One two\n\nThree – `four`.\n\n```js\nlet five;\n```\n\n| six | seven |\n- eight\n";
        assert_eq!(super::words(page), 5);
    }
}
