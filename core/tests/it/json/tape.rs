//! Properties of tape, pointers and splicing over random texts, with `serde_json` as the second
//! opinion.

use std::collections::HashSet;

use fieldseal::Limits;
use fieldseal::json::{
    JsonErrorKind, Node, Pointer, Reached, Relative, Shape, Splice, Tape, push_token,
};
use fieldseal_conformance::counts::{DAMAGED_TEXTS, JSON_TEXTS};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

fn space() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just(String::new()), 1 => "[ \n\r\t]{1,3}", 1 => Just(format!("\n{}", " ".repeat(18)))]
}

/// Text between quotes: characters as they are and every kind of escape.
fn inner() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-z~/ ]{1,9}",
        2 => "[^\\\\\"\\x00-\\x1f]",
        1 => prop::sample::select(vec!["\\n", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\t"]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|character| {
            let mut units = [0; 2];
            character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}")).collect()
        }),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// The text of a document without white space around it.
fn text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][-+]?[0-9]{1,2})?",
        inner().prop_map(|inner| format!("\"{inner}\"")),
    ];
    leaf.prop_recursive(6, 60, 8, |value| {
        let padded = (space(), value, space())
            .prop_map(|(before, value, after)| format!("{before}{value}{after}"))
            .boxed();
        let member = (space(), inner(), space(), padded.clone());
        prop_oneof![
            (prop::collection::vec(padded, 0..8), space()).prop_map(|(elements, space)| {
                if elements.is_empty() {
                    format!("[{space}]")
                } else {
                    format!("[{}]", elements.join(","))
                }
            }),
            (prop::collection::vec(member, 0..8), space()).prop_map(|(members, space)| {
                // The position makes names differ, which no escape can undo.
                let member = |(i, (before, name, after, value)): (
                    usize,
                    &(String, String, String, String),
                )| format!("{before}\"{name}{i}\"{after}:{value}");
                let members: Vec<String> = members.iter().enumerate().map(member).collect();
                if members.is_empty() {
                    format!("{{{space}}}")
                } else {
                    format!("{{{}}}", members.join(","))
                }
            }),
        ]
    })
}

fn parse(text: &str) -> Tape<'_> {
    Tape::parse(text.as_bytes(), &Limits::default()).unwrap()
}

fn nodes<'a>(tape: &'a Tape<'a>) -> Vec<Node<'a>> {
    (0..tape.len() as u32).filter_map(|index| tape.node(index)).collect()
}

/// The text of a value, put together from nothing but the spans of what it holds and the bytes
/// between them.
fn assemble(node: Node<'_>, text: &str, out: &mut String) {
    let span = node.span();
    let mut at = span.start;
    let mut below = |name: Option<&str>, child: Node<'_>, out: &mut String| {
        let gap = &text[at..child.span().start];
        let gap = name.map_or(gap.to_owned(), |name| {
            let (before, after) = gap.split_once(name).expect("the name stands before its value");
            assert_eq!(after.trim_matches([' ', '\n', '\r', '\t']), ":");
            out.push_str(before);
            out.push_str(name);
            assert!(before.chars().all(|c| " \n\r\t,{".contains(c)), "{before:?}");
            after.to_owned()
        });
        assert!(gap.chars().all(|c| " \n\r\t,[:".contains(c)), "{gap:?}");
        out.push_str(&gap);
        at = child.span().end;
        assemble(child, text, out);
    };
    node.members().for_each(|(name, child)| below(Some(name.raw()), child, out));
    node.elements().for_each(|child| below(None, child, out));
    out.push_str(&text[at..span.end]);
}

fn assert_same(node: Node<'_>, value: &Value) {
    match value {
        Value::Null => assert!(node.is_null()),
        Value::Bool(value) => assert_eq!(node.as_bool(), Some(*value)),
        Value::Number(value) => assert_eq!(node.raw().parse::<f64>().ok(), value.as_f64()),
        Value::String(value) => {
            assert_eq!(node.as_str().as_deref(), Some(value.as_str()));
            assert!(node.equals_str(value));
            assert_eq!(node.characters(), Some(value.chars().count() as u64));
        }
        Value::Array(values) => {
            assert_eq!((node.shape(), node.len() as usize), (Shape::Array, values.len()));
            node.elements().zip(values).for_each(|(element, value)| assert_same(element, value));
        }
        Value::Object(values) => {
            assert_eq!((node.shape(), node.len() as usize), (Shape::Object, values.len()));
            for (name, own) in node.members() {
                assert_same(own, &values[&*name.unescaped()]);
                assert_eq!(node.member(&name.unescaped()), Some(own));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(JSON_TEXTS.get()) })]

    #[test]
    fn a_tape_holds_what_a_tree_holds(text in text(), before in space(), after in space()) {
        let text = format!("{before}{text}{after}");
        let tape = parse(&text);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_same(tape.root(), &value);
        prop_assert_eq!(tape.text(), &text);
        prop_assert_eq!(tape.values() as usize, nodes(&tape).len());
        prop_assert_eq!(tape.depth(), nodes(&tape).into_iter().map(Node::depth).max().unwrap());
    }

    #[test]
    fn spans_put_the_text_together(text in text()) {
        let tape = parse(&text);
        let mut out = String::new();
        assemble(tape.root(), &text, &mut out);
        prop_assert_eq!(out, text);
    }

    #[test]
    fn links_agree_with_spans(text in text()) {
        let tape = parse(&text);
        let nodes = nodes(&tape);
        for node in &nodes {
            prop_assert_eq!(&text[node.span()], node.raw());
            // What lies within the span is the subtree, and the innermost around it the parent.
            let within: HashSet<u32> = nodes.iter().filter(|other| other.span().start >= node.span().start && other.span().end <= node.span().end).map(|other| other.index()).collect();
            let linked: HashSet<u32> = (node.index()..node.subtree_end()).filter(|index| tape.node(*index).is_some()).collect();
            prop_assert_eq!(within, linked);
            let around = nodes.iter().rfind(|other| other.index() < node.index() && other.span().end >= node.span().end);
            prop_assert_eq!(node.parent(), around.copied());
            let siblings = node.parent().map_or(0, |parent| parent.members().filter(|(_, own)| own == node).count() + parent.elements().filter(|own| own == node).count());
            prop_assert_eq!(siblings, usize::from(node.parent().is_some()));
        }
    }

    #[test]
    fn pointers_lead_back(text in text()) {
        let tape = parse(&text);
        let value: Value = serde_json::from_str(&text).unwrap();
        for node in nodes(&tape) {
            let pointer = Pointer::parse(&node.pointer()).unwrap();
            prop_assert_eq!(pointer.resolve(tape.root()), Some(node));
            prop_assert_eq!(pointer.to_string(), node.pointer());
            let other: Value = serde_json::from_str(node.raw()).unwrap();
            prop_assert_eq!(value.pointer(&node.pointer()), Some(&other));
            prop_assert_eq!(Pointer::from_tokens(pointer.tokens()), pointer);
        }
    }

    #[test]
    fn relative_pointers_lead_from_each_value_to_each(text in text(), from in any::<Index>(), to in any::<Index>()) {
        let tape = parse(&text);
        let nodes = nodes(&tape);
        let (from, to) = (*from.get(&nodes), *to.get(&nodes));
        let up: Vec<Node<'_>> = std::iter::successors(Some(from), |node| node.parent()).collect();
        let levels = up.iter().position(|node| (node.index()..node.subtree_end()).contains(&to.index())).unwrap();
        let tail = &to.pointer()[up[levels].pointer().len()..];
        let relative = Relative::parse(&format!("{levels}{tail}")).unwrap();
        prop_assert_eq!(relative.reach(from), Reached::Value(to));
        // The whole way up and down again too, and no further.
        let whole = Relative::parse(&format!("{}{}", up.len() - 1, to.pointer())).unwrap();
        prop_assert_eq!(whole.reach(from), Reached::Value(to));
        let above = Relative::parse(&format!("{}{}", up.len(), to.pointer())).unwrap();
        prop_assert_eq!(above.reach(from), Reached::Nowhere);
        let expected = match (from.name(), from.position()) {
            (Some(name), _) => Reached::Name(name.unescaped()),
            (None, Some(position)) => Reached::Position(position),
            (None, None) => Reached::Nowhere,
        };
        prop_assert_eq!(Relative::parse("0#").unwrap().reach(from), expected);
    }

    #[test]
    fn tokens_survive_escaping(tokens in prop::collection::vec(any::<String>(), 0..5)) {
        let mut text = String::new();
        tokens.iter().for_each(|token| push_token(&mut text, token));
        let pointer = Pointer::parse(&text).unwrap();
        prop_assert_eq!(pointer.tokens(), &tokens[..]);
    }

    #[test]
    fn what_parses_as_pointer_prints_as_it_was(text in "[/~01+\\-#a9]{0,8}") {
        if let Ok(pointer) = Pointer::parse(&text) {
            prop_assert_eq!(pointer.to_string(), &text[..]);
        }
        if let Ok(pointer) = Relative::parse(&text) {
            prop_assert_eq!(pointer.to_string(), &text[..]);
        }
    }

    #[test]
    fn untouched_text_is_identical(text in text(), picks in prop::collection::vec((any::<Index>(), "[a-z\u{e9}]{0,30}"), 0..6)) {
        let tape = parse(&text);
        let nodes = nodes(&tape);
        let mut spans: Vec<_> = picks.iter().map(|(index, new)| (index.get(&nodes).span(), new)).collect();
        spans.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        let mut end = 0;
        spans.retain(|(span, _)| if span.start >= end { end = span.end; true } else { false });
        let mut expected = text.clone();
        for (span, new) in spans.iter().rev() {
            expected.replace_range(span.clone(), new);
        }
        let mut splice = Splice::new(tape.text(), 0, &Limits::default());
        for (span, new) in &spans {
            splice.replace(span.clone(), |out| out.extend_from_slice(new.as_bytes()));
        }
        prop_assert_eq!(splice.finish().unwrap(), expected.as_bytes());
    }

    #[test]
    fn a_repeated_name_is_found_however_it_is_escaped(picks in prop::collection::vec((0usize..400, any::<bool>()), 0..300)) {
        let name = |pick: usize| format!("{}{pick}", "n".repeat(pick % 40));
        let raw: Vec<String> = picks.iter().map(|&(pick, escaped)| {
            let name = name(pick);
            if escaped { format!("\\u{:04x}{}", u32::from(name.chars().next().unwrap()), &name[1..]) } else { name }
        }).collect();
        let text = format!("{{{}}}", raw.iter().map(|raw| format!("\"{raw}\":0")).collect::<Vec<_>>().join(","));
        let mut seen = HashSet::new();
        let repeated = picks.iter().position(|(pick, _)| !seen.insert(*pick));
        match (Tape::parse(text.as_bytes(), &Limits::default()), repeated) {
            (Ok(tape), None) => prop_assert_eq!(tape.root().len() as usize, picks.len()),
            (Err(error), Some(position)) => {
                let offset = 1 + raw[..position].iter().map(|raw| raw.len() + 5).sum::<usize>();
                prop_assert_eq!(error.offset, Some(offset as u64));
                prop_assert_eq!(error.pointer.unwrap(), format!("/{}", name(picks[position].0)));
            }
            (outcome, repeated) => prop_assert!(false, "{outcome:?} {repeated:?}"),
        }
    }
}

/// What `serde_json` does otherwise, and nothing else: it keeps the last of members with one name,
/// counts a level less of depth, and has no number beyond a double.
fn agrees_with_serde_json(text: &[u8]) -> Result<(), TestCaseError> {
    let tape = Tape::parse(text, &Limits::default());
    let tree = serde_json::from_slice::<Value>(text);
    match (tape, tree) {
        (Ok(tape), Ok(value)) => assert_same(tape.root(), &value),
        (Err(error), Err(_)) => {
            prop_assert!(matches!(error.kind, JsonErrorKind::Document | JsonErrorKind::Limit));
            prop_assert!(error.offset.unwrap() as usize <= text.len() && error.pointer.is_some());
        }
        (Err(error), Ok(_)) => {
            prop_assert!(error.message.contains("same name"), "{error} in {text:?}")
        }
        (Ok(tape), Err(error)) => {
            let beyond = error.to_string().contains("number out of range");
            let deep = error.to_string().contains("recursion limit") && tape.depth() == 128;
            prop_assert!(beyond || deep, "{error} in {text:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(DAMAGED_TEXTS.get()) })]

    #[test]
    fn random_tokens_are_judged_as_serde_json_does(tokens in prop::collection::vec(prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"", "\\", "null", "true", "fals", "0", "-", "1.5", "e", "E+3", ".", "01", "1e400", " ", "\n", "\u{c}", "\u{feff}",
        "\"\\u0061\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\u12\"", "\"\u{7f}\u{e9}\"", "\"\t\"", "{\"a\":", "[[", "]]", "1,", "\0",
    ]), 0..14)) {
        agrees_with_serde_json(tokens.concat().as_bytes())?;
    }

    #[test]
    fn damaged_texts_are_judged_as_serde_json_does(text in text(), damage in prop::collection::vec((any::<Index>(), any::<u8>(), 0u8..4), 1..4)) {
        let mut bytes = text.into_bytes();
        for (index, byte, kind) in damage {
            if bytes.is_empty() {
                break;
            }
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                _ => bytes.truncate(at),
            }
        }
        agrees_with_serde_json(&bytes)?;
    }

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        agrees_with_serde_json(&bytes)?;
    }
}
