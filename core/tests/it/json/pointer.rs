//! JSON Pointer and Relative JSON Pointer by their documents' rules, and how far each walk gets.

use std::borrow::Cow;

use fieldseal::Limits;
use fieldseal::json::{Node, Pointer, Reached, Relative, Tape};

fn parse(text: &str) -> Tape<'_> {
    Tape::parse(text.as_bytes(), &Limits::default()).unwrap()
}

fn at<'a>(tape: &'a Tape<'a>, pointer: &str) -> Node<'a> {
    Pointer::parse(pointer).unwrap().resolve(tape.root()).unwrap()
}

#[test]
fn rfc_6901_section_5_resolves() {
    let tape = parse(
        r#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#,
    );
    for (pointer, raw) in [
        ("/foo", r#"["bar","baz"]"#),
        ("/foo/0", "\"bar\""),
        ("/", "0"),
        ("/a~1b", "1"),
        ("/c%d", "2"),
        ("/e^f", "3"),
        ("/g|h", "4"),
        ("/i\\j", "5"),
        ("/k\"l", "6"),
        ("/ ", "7"),
        ("/m~0n", "8"),
    ] {
        assert_eq!(at(&tape, pointer).raw(), raw, "{pointer}");
    }
    assert_eq!(at(&tape, ""), tape.root());
}

#[test]
fn what_is_no_pointer_is_refused_at_its_byte() {
    for (text, offset) in
        [("a", 0), ("#/a", 0), ("/~", 1), ("/a/b~2", 4), ("/é~", 3), ("/~01~", 4), (" /a", 0)]
    {
        assert_eq!(Pointer::parse(text).unwrap_err().offset(), offset, "{text}");
    }
    for (text, offset) in [
        ("", 0),
        ("/a", 0),
        ("#", 0),
        ("-1/a", 0),
        ("+1/a", 0),
        ("01/a", 0),
        ("00", 0),
        ("0+01/a", 2),
        ("0+/a", 2),
        ("0--1", 2),
        ("1a", 1),
        ("1#/a", 1),
        ("0##", 1),
        ("2/~", 2),
        ("1 /a", 1),
        ("4294967296/a", 0),
        ("٣/a", 0),
    ] {
        assert_eq!(Relative::parse(text).unwrap_err().offset(), offset, "{text}");
    }
}

#[test]
fn a_pointer_tells_how_far_it_gets() {
    let tape = parse(r#"{"a":{"b":"Fs1sealed","list":[1,[2]]},"n":null}"#);
    for (pointer, last) in [
        // Below a string, which an envelope in place of an object would be.
        ("/a/b/c", "/a/b"),
        ("/a/b/c/d", "/a/b"),
        ("/n/x", "/n"),
        ("/a/x", "/a"),
        ("/a/list/2", "/a/list"),
        ("/a/list/-", "/a/list"),
        ("/a/list/01", "/a/list"),
        ("/a/list/+1", "/a/list"),
        ("/a/list/1e0", "/a/list"),
        ("/a/list/4294967296", "/a/list"),
        ("/a/list/99999999999999999999", "/a/list"),
        ("/a/list/1/0/x", "/a/list/1/0"),
        ("/A", ""),
    ] {
        let reached = Pointer::parse(pointer).unwrap().reach(tape.root());
        assert_eq!(reached, Reached::Short(at(&tape, last)), "{pointer}");
        assert_eq!(Pointer::parse(pointer).unwrap().resolve(tape.root()), None, "{pointer}");
    }
}

#[test]
fn a_relative_pointer_leads_up_along_and_down() {
    let tape = parse(
        r#"{"foo":["bar",{"id":7,"baz":null},["x","y"]],"highly":{"nested":{"objects":true}},"":{"":0}}"#,
    );
    let value = |pointer: &str| Reached::Value(at(&tape, pointer));
    let name = |text: &'static str| Reached::Name(Cow::Borrowed(text));
    for (from, relative, reached) in [
        ("/foo/1", "0", value("/foo/1")),
        ("/foo/1/baz", "1/id", value("/foo/1/id")),
        ("/foo/1", "1/0", value("/foo/0")),
        ("/foo/1", "0-1", value("/foo/0")),
        ("/foo/1", "0+1", value("/foo/2")),
        ("/foo/1", "0+1/1", value("/foo/2/1")),
        ("/foo/1/baz", "1+1/0", value("/foo/2/0")),
        ("/foo/1", "0+0", value("/foo/1")),
        ("/foo/1", "2/highly/nested/objects", value("/highly/nested/objects")),
        ("/foo/1", "0#", Reached::Position(1)),
        ("/foo/1", "0-1#", Reached::Position(0)),
        ("/foo/1", "0+1#", Reached::Position(2)),
        ("/foo/1", "1#", name("foo")),
        ("/highly/nested", "0#", name("nested")),
        ("/highly/nested", "1#", name("highly")),
        ("//", "1", value("/")),
        ("//", "0#", name("")),
        ("//", "2///", Reached::Short(at(&tape, "//"))),
        // No further than a scalar or a missing member.
        ("/foo/1", "1/0/deeper", Reached::Short(at(&tape, "/foo/0"))),
        ("/foo/1", "0/none", Reached::Short(at(&tape, "/foo/1"))),
        // Above the root, beside the array, along what is no array, the name of the root.
        ("/foo/1", "3", Reached::Nowhere),
        ("/foo/1", "4294967295", Reached::Nowhere),
        ("/foo/1", "0-2", Reached::Nowhere),
        ("/foo/1", "0+2", Reached::Nowhere),
        ("/foo/1", "0+4294967295", Reached::Nowhere),
        ("/foo/1", "1+1", Reached::Nowhere),
        ("/foo/1", "2+0", Reached::Nowhere),
        ("/foo/1", "2#", Reached::Nowhere),
    ] {
        let relative = Relative::parse(relative).unwrap();
        assert_eq!(relative.reach(at(&tape, from)), reached, "{relative} from {from}");
    }
}

#[test]
fn the_parts_of_a_relative_pointer_can_be_read() {
    for (text, levels, shift, tail) in [
        ("0", 0, 0, Some("")),
        ("12/a~1b", 12, 0, Some("/a~1b")),
        ("1-3/x", 1, -3, Some("/x")),
        ("0+4294967295#", 0, 4294967295, None),
    ] {
        let relative = Relative::parse(text).unwrap();
        assert_eq!((relative.levels(), relative.shift()), (levels, shift), "{text}");
        assert_eq!(relative.tail().map(ToString::to_string).as_deref(), tail, "{text}");
        assert_eq!(relative.to_string(), text);
    }
}
