//! Names the constructs of a pattern that the evaluator's search does not know.

/// Returns the constructs, or none if the engine decides the pattern.
pub(crate) fn constructs(pattern: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut add = |name: &'static str| {
        if !found.contains(&name) {
            found.push(name);
        }
    };
    let chars: Vec<char> = pattern.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let (mut index, mut class) = (0, false);
    while index < chars.len() {
        let c = at(index);
        if c == '\\' {
            let next = at(index + 1);
            match next {
                'p' | 'P' => add("\\p"),
                '1'..='9' if !class => add("back reference"),
                'k' => add("back reference"),
                'c' => add("\\c"),
                '0' => add("\\0"),
                'b' | 'B' | 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 't' | 'n' | 'r' | 'v' | 'f'
                | 'x' => {}
                'u' => match at(index + 2) {
                    '{' => add("\\u{…}"),
                    'd' | 'D' if matches!(at(index + 3), '8'..='9' | 'a'..='f' | 'A'..='F') => {
                        add("surrogate")
                    }
                    _ => {}
                },
                '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}'
                | '|' | '/' | '-' => {}
                _ => add("escape that ECMA-262 with `u` refuses"),
            }
            index += 2;
            continue;
        }
        match c {
            '[' if class => {}
            '[' => {
                class = true;
                if at(index + 1) == '^' {
                    index += 1;
                }
            }
            ']' if class => class = false,
            _ if class => {}
            '(' if at(index + 1) == '?' && !matches!(at(index + 2), ':' | '=' | '!' | '<') => {
                add("inline flags");
            }
            '(' if at(index + 1) == '?' => index += 1,
            ']' => add("bare ] or }"),
            '{' | '}' => {
                let rest: String = chars[index..].iter().collect();
                let inner = rest.get(1..).and_then(|rest| rest.split_once('}'));
                match inner {
                    Some((inner, _))
                        if c == '{'
                            && !inner.is_empty()
                            && inner.chars().all(|c| c.is_ascii_digit() || c == ',') =>
                    {
                        index += inner.len() + 1;
                    }
                    _ => add("bare ] or }"),
                }
            }
            _ => {}
        }
        index += 1;
    }
    found
}
