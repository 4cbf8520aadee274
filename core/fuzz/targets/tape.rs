//! Bytes as a document: what the tape accepts, `serde_json` accepts, and reads alike; spans and
//! pointers lead where they say.
#![no_main]

use fieldseal::Limits;
use fieldseal::json::{JsonError, JsonErrorKind, Node, Pointer, Shape, Splice, Tape};
use fieldseal_fuzz::opinion::is_document;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    // Below the depth at which the other reader gives up.
    let limits = Limits { depth: 100, values: 10_000, ..Limits::default() };
    match Tape::parse(input, &limits) {
        Ok(tape) => {
            assert_ne!(is_document(input), Some(false), "accepted, and no document");
            accepted(&tape, input, &limits);
        }
        Err(error) => refused(&error, input),
    }
});

fn refused(error: &JsonError, input: &[u8]) {
    let pointer = error.pointer.as_deref().unwrap_or_default();
    Pointer::parse(pointer).expect("the place of a fault is a pointer");
    match error.kind {
        JsonErrorKind::Document => {
            assert_ne!(is_document(input), Some(true), "refused, and a document: {error}");
            assert!(error.offset.expect("the fault has an offset") <= input.len() as u64);
        }
        kind => assert_eq!(kind, JsonErrorKind::Limit),
    }
}

fn accepted(tape: &Tape<'_>, input: &[u8], limits: &Limits) {
    assert_eq!(tape.text().as_bytes(), input);
    let root = tape.root();
    if let Ok(value) = serde_json::from_slice::<Value>(input) {
        assert_same(root, &value);
    }
    let nodes: Vec<Node<'_>> =
        (0..tape.len() as u32).filter_map(|index| tape.node(index)).collect();
    assert_eq!(nodes.len(), tape.values() as usize);
    assert_eq!(nodes.iter().map(|node| node.depth()).max(), Some(tape.depth()));
    // Each costs its way from the root.
    for node in nodes.iter().take(200) {
        let pointer = Pointer::parse(&node.pointer()).expect("a pointer of the tape's own");
        assert_eq!(pointer.resolve(root), Some(*node), "{pointer}");
        let alone = Tape::parse(node.raw().as_bytes(), limits).expect("a value is a document");
        assert_eq!(alone.root().span(), 0..node.raw().len());
        assert_eq!(
            alone.values(),
            nodes
                .iter()
                .filter(|other| (node.index()..node.subtree_end()).contains(&other.index()))
                .count() as u32
        );
    }
    spliced(tape, &nodes, input, limits);
}

/// Every scalar replaced by itself is the same text; every second one by `null`, the same document
/// elsewhere.
fn spliced(tape: &Tape<'_>, nodes: &[Node<'_>], input: &[u8], limits: &Limits) {
    let scalars =
        || nodes.iter().filter(|node| !matches!(node.shape(), Shape::Array | Shape::Object));
    let mut same = Splice::new(tape.text(), input.len(), limits);
    scalars().for_each(|node| {
        same.replace(node.span(), |out| out.extend_from_slice(node.raw().as_bytes()))
    });
    assert_eq!(same.finish().expect("spans in order"), input);

    let mut nulled = Splice::new(tape.text(), 0, limits);
    scalars()
        .step_by(2)
        .for_each(|node| nulled.replace(node.span(), |out| out.extend_from_slice(b"null")));
    let nulled = nulled.finish().expect("spans in order");
    let after = Tape::parse(nulled.as_slice(), limits).expect("a document stays one");
    assert_eq!(after.len(), tape.len());
    let replaced: Vec<u32> = scalars().step_by(2).map(|node| node.index()).collect();
    for node in nodes {
        let now = after.node(node.index()).expect("values keep their places");
        match replaced.binary_search(&node.index()) {
            Ok(_) => assert!(now.is_null()),
            Err(_) => assert!(
                now.shape() == node.shape() && now.len() == node.len() && now.name() == node.name()
            ),
        }
    }
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
            assert!(node.has_members(values.keys().map(String::as_str)));
        }
    }
}
