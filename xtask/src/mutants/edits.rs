//! Faults put into a text, each asleep until its number is called.

use std::ops::Range;

/// Text before and behind a range, which stays as it is; `{}` stands for the call of the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    range: Range<usize>,
    before: String,
    behind: String,
}

impl Edit {
    /// Another expression in the place of the one at the range.
    pub(super) fn instead(range: Range<usize>, replacement: &str) -> Self {
        let replacement = escape(replacement);
        let before = format!("(if {{}} {{ {replacement} }} else {{ ");
        Self { range, before, behind: " })".into() }
    }

    /// No statement where one stands.
    pub(super) fn unless(range: Range<usize>) -> Self {
        Self { range, before: "if !{} { ".into(), behind: " }".into() }
    }

    /// No arm whose pattern ends here.
    pub(super) fn guard(at: usize) -> Self {
        Self { range: at..at, before: " if !{}".into(), behind: String::new() }
    }

    /// More text; `{}` stands for the call of the number.
    pub(super) fn insert(at: usize, text: &str) -> Self {
        Self { range: at..at, before: text.into(), behind: String::new() }
    }

    fn before(&self, number: usize) -> String {
        self.before.replacen("{}", &call(number), 1).replace(ESCAPED, "{}")
    }
}

/// Keeps braces of a replacement from being taken for the place of the call.
const ESCAPED: &str = "{\u{0}}";

fn escape(replacement: &str) -> String {
    replacement.replace("{}", ESCAPED)
}

/// The expression that is true while a fault is called.
fn call(number: usize) -> String {
    format!("crate::mutation::is({number})")
}

/// Puts the edits with their numbers into a text. Returns it with the range of each edit there.
///
/// Ranges of edits lie in one another or apart.
pub(super) fn render(text: &str, edits: &[(usize, &Edit)]) -> (String, Vec<(usize, Range<usize>)>) {
    let mut edits: Vec<(usize, &Edit)> = edits.to_vec();
    // Outer ones first; at one place those without length.
    edits.sort_by_key(|(number, edit)| {
        let length = edit.range.len();
        (edit.range.start, length != 0, usize::MAX - length, *number)
    });
    let mut rendered = String::with_capacity(text.len() * 2);
    let mut ranges = Vec::new();
    let mut open: Vec<(usize, &Edit, usize)> = Vec::new();
    let mut at = 0;
    for (number, edit) in edits {
        while let Some((_, outer, _)) =
            open.last().filter(|(_, e, _)| e.range.end <= edit.range.start)
        {
            rendered.push_str(text.get(at..outer.range.end).unwrap_or_default());
            at = outer.range.end;
            close(&mut rendered, &mut open, &mut ranges);
        }
        rendered.push_str(text.get(at..edit.range.start).unwrap_or_default());
        at = edit.range.start;
        let start = rendered.len();
        rendered.push_str(&edit.before(number));
        open.push((number, edit, start));
    }
    while let Some((_, outer, _)) = open.last() {
        rendered.push_str(text.get(at..outer.range.end).unwrap_or_default());
        at = outer.range.end;
        close(&mut rendered, &mut open, &mut ranges);
    }
    rendered.push_str(text.get(at..).unwrap_or_default());
    (rendered, ranges)
}

fn close(
    rendered: &mut String,
    open: &mut Vec<(usize, &Edit, usize)>,
    ranges: &mut Vec<(usize, Range<usize>)>,
) {
    if let Some((number, edit, start)) = open.pop() {
        rendered.push_str(&edit.behind);
        ranges.push((number, start..rendered.len()));
    }
}

/// The innermost edit around a range of the rendered text.
pub(super) fn around(ranges: &[(usize, Range<usize>)], place: &Range<usize>) -> Option<usize> {
    let holds = |range: &Range<usize>| range.start <= place.start && place.end <= range.end;
    let around = ranges.iter().filter(|(_, range)| holds(range));
    around.min_by_key(|(_, range)| range.len()).map(|(number, _)| *number)
}

#[cfg(test)]
mod tests {
    use super::{Edit, around, render};

    #[test]
    fn edits_lie_in_one_another() {
        let text = "f(a < 1, b)";
        let [outer, inner] = [Edit::instead(2..7, "a <= 1"), Edit::instead(6..7, "2")];
        let (rendered, ranges) = render(text, &[(2, &inner), (1, &outer)]);
        assert_eq!(
            rendered,
            "f((if crate::mutation::is(1) { a <= 1 } else { a < \
             (if crate::mutation::is(2) { 2 } else { 1 }) }), b)"
        );
        let place = rendered.rfind("1 })").unwrap_or(0);
        assert_eq!(around(&ranges, &(place..place + 1)), Some(2));
        let place = rendered.find("a <=").unwrap_or(0);
        assert_eq!(around(&ranges, &(place..place + 1)), Some(1));
        assert_eq!(around(&ranges, &(0..1)), None);
    }

    #[test]
    fn neighbours_statements_and_insertions_keep_their_places() {
        let text = "{a; b;}";
        let (first, second) = (Edit::unless(1..3), Edit::unless(4..6));
        let begin = Edit::insert(1, "if {} { return X {}; }");
        assert_eq!(
            render(text, &[(0, &begin), (1, &first), (2, &second)]).0,
            "{if crate::mutation::is(0) { return X {}; }if !crate::mutation::is(1) { a; } \
             if !crate::mutation::is(2) { b; }}"
        );
    }

    #[test]
    fn braces_of_a_replacement_stay() {
        let edit = Edit::instead(0..1, "X {}");
        let expected = "(if crate::mutation::is(3) { X {} } else { a })";
        assert_eq!(render("a", &[(3, &edit)]).0, expected);
    }
}
