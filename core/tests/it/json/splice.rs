//! The splicing writer: order, limit, and nothing written when a rule is broken. And what hostile
//! names cost.
// A reversed range is what a faulty caller might give.
#![allow(clippy::reversed_empty_ranges)]

use std::time::{Duration, Instant};

use fieldseal::Limits;
use fieldseal::json::{JsonErrorKind, Splice, Tape};

fn splice(
    text: &str,
    limits: &Limits,
    spans: &[(std::ops::Range<usize>, &str)],
) -> Result<Vec<u8>, JsonErrorKind> {
    let mut splice = Splice::new(text, text.len(), limits);
    for (span, new) in spans {
        splice.replace(span.clone(), |out| out.extend_from_slice(new.as_bytes()));
    }
    splice.finish().map_err(|error| error.kind)
}

#[test]
fn spans_come_in_order_or_nothing_comes_out() {
    let limits = Limits::default();
    let text = "0123é789";
    assert_eq!(splice(text, &limits, &[]).unwrap(), text.as_bytes());
    assert_eq!(
        splice(text, &limits, &[(0..1, "a"), (1..1, "b"), (2..4, ""), (6..9, "z")]).unwrap(),
        "ab1éz".as_bytes()
    );
    for spans in [
        vec![(2..3, "x"), (1..2, "y")],
        vec![(0..3, "x"), (2..4, "y")],
        vec![(8..10, "x")],
        vec![(10..11, "x")],
        // Inside a character.
        vec![(5..6, "x")],
        vec![(4..5, "x")],
        vec![(3..2, "x")],
    ] {
        assert_eq!(splice(text, &limits, &spans), Err(JsonErrorKind::Misuse), "{spans:?}");
    }
}

#[test]
fn a_replacement_cannot_take_text_away() {
    let mut splice = Splice::new("abc", 3, &Limits::default());
    splice.replace(1..2, |out| out.clear());
    splice.replace(2..3, |out| out.extend_from_slice(b"x"));
    assert_eq!(splice.finish().unwrap_err().kind, JsonErrorKind::Misuse);
}

#[test]
fn the_result_keeps_the_limit_of_bytes() {
    let ten = Limits { document_bytes: 10, ..Limits::default() };
    assert_eq!(splice("[1,2]", &ten, &[(1..2, "123456")]).unwrap(), b"[123456,2]");
    assert_eq!(splice("[1,2]", &ten, &[(1..2, "1234567")]), Err(JsonErrorKind::Limit));
    assert_eq!(splice("[1,2]", &ten, &[(1..2, "12345678901")]), Err(JsonErrorKind::Limit));
    // Once over, later replacements are not even asked.
    let mut splice = Splice::new("[1,2]", 5, &ten);
    splice.replace(1..2, |out| out.extend_from_slice(&[b'1'; 20]));
    splice.replace(3..4, |_| panic!("asked after the limit"));
    assert_eq!(splice.finish().unwrap_err().kind, JsonErrorKind::Limit);
}

#[test]
fn a_splice_prints_no_text() {
    let printed = format!("{:?}", Splice::new("secret", 6, &Limits::default()));
    assert!(!printed.contains("secret"), "{printed}");
}

/// Names that differ only where no cheap hash looks, in one object of 60,000 members. Comparing
/// each pair would take minutes; sorting them takes little more than reading them.
#[test]
fn names_chosen_to_collide_cost_no_more_than_sorting() {
    let members = 60_000;
    let object = |name: &dyn Fn(usize) -> String| {
        let members: Vec<String> = (0..members).map(|i| format!("\"{}\":0", name(i))).collect();
        format!("{{{}}}", members.join(","))
    };
    let colliding = object(&|i| format!("{}{i:06}{}", "a".repeat(12), "b".repeat(46)));
    let long_prefix = object(&|i| format!("{}{i:06}", "a".repeat(58)));
    let escaped = object(&|i| format!("\\u0061{}{i:06}", "a".repeat(57)));
    let time = |text: &str| {
        let start = Instant::now();
        assert_eq!(
            Tape::parse(text.as_bytes(), &Limits::default()).unwrap().root().len(),
            members as u32
        );
        start.elapsed()
    };
    for text in [&colliding, &long_prefix, &escaped] {
        let elapsed = time(text);
        assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    }
}
