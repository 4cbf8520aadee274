//! Names the constructs of a pattern that the resolver's engine cannot decide.

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
    let (mut index, mut class, mut depth) = (0, false, 0_u32);
    while index < chars.len() {
        let c = at(index);
        if c == '\\' {
            let next = at(index + 1);
            match next {
                'b' | 'B' if !class => add("\\b"),
                'p' | 'P' => add("\\p"),
                '1'..='9' if !class => add("back reference"),
                'k' => add("back reference"),
                'c' => add("\\c"),
                '0' => add("\\0"),
                'D' | 'W' | 'S' if class => add("negated class in a class"),
                'd' | 'D' | 'w' | 'W' | 's' | 'S' | 't' | 'n' | 'r' | 'v' | 'f' | 'x' => {}
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
            '[' if class => add("[ in a class"),
            '[' => {
                class = true;
                if at(index + 1) == '^' {
                    index += 1;
                }
            }
            ']' if class => class = false,
            _ if class => {}
            '(' => {
                depth += 1;
                if at(index + 1) == '?' {
                    match (at(index + 2), at(index + 3)) {
                        (':', _) => index += 1,
                        ('=', _) => add("lookahead (?="),
                        ('!', _) => add("lookahead (?!"),
                        ('<', '=' | '!') => add("lookbehind"),
                        ('<', _) => add("named group"),
                        _ => add("inline flags"),
                    }
                    index += 1;
                }
            }
            ')' => depth = depth.saturating_sub(1),
            '^' if depth > 0 || index > 0 && at(index - 1) != '|' => add("^ or $ in a group"),
            '$' if depth > 0 || index + 1 < chars.len() && at(index + 1) != '|' => {
                add("^ or $ in a group")
            }
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
    if positions(&chars) > 256 {
        found.push("over 256 positions");
    }
    found
}

/// Counts the positions of a pattern once its counted repetitions are written out.
fn positions(chars: &[char]) -> usize {
    // For each open group the positions so far, and those of the last item.
    let mut groups = vec![(0_usize, 0_usize)];
    let mut index = 0;
    while index < chars.len() {
        let mut item = 1;
        match chars[index] {
            '\\' => index += 1,
            '[' => {
                while index + 1 < chars.len() && chars[index + 1] != ']' {
                    index += 1 + usize::from(chars[index + 1] == '\\');
                }
                index += 1;
            }
            '(' => {
                groups.push((0, 0));
                index += 1;
                continue;
            }
            ')' if groups.len() > 1 => item = groups.pop().map_or(0, |(sum, last)| sum + last),
            '{' => {
                let inner: String = chars[index + 1..].iter().take_while(|c| **c != '}').collect();
                let counts = inner.split(',').filter_map(|count| count.parse::<usize>().ok());
                if let (Some(count), Some((_, last))) = (counts.max(), groups.last_mut()) {
                    *last *= count.max(1);
                }
                index += inner.chars().count() + 2;
                continue;
            }
            '|' | '^' | '$' | '*' | '+' | '?' => item = 0,
            _ => {}
        }
        if let Some((sum, last)) = groups.last_mut()
            && item > 0
        {
            *sum += *last;
            *last = item;
        }
        index += 1;
    }
    groups.iter().map(|(sum, last)| sum + last).sum()
}
