//! Every fault of a text: its code, byte offset and pointer.

use fieldseal::json::{JsonErrorKind, Splice, Tape};
use fieldseal::{Error, ErrorCode, Limits};

fn fault(text: &[u8], limits: &Limits) -> (JsonErrorKind, usize, String) {
    let borrowed = Tape::parse(text, limits).unwrap_err();
    let owned = Tape::parse(text.to_vec(), limits).unwrap_err();
    assert_eq!(borrowed, owned, "borrowed and owned text");
    (borrowed.kind, borrowed.offset.unwrap() as usize, borrowed.pointer.unwrap())
}

#[test]
fn each_fault_of_syntax_has_its_offset_and_pointer() {
    let cases: &[(&[u8], usize, &str)] = &[
        // Not JSON.
        (b"", 0, ""),
        (b" \n", 2, ""),
        (b"nul", 3, ""),
        (b"nulL", 3, ""),
        (b"True", 0, ""),
        (b"[1,]", 3, "/1"),
        (b"[,1]", 1, "/0"),
        (b"[1 2]", 3, ""),
        (b"[1}", 2, ""),
        (b"{\"a\":1]", 6, ""),
        (b"[[1],[2,[3,x]]]", 11, "/1/1/1"),
        (b"[1", 2, ""),
        (b"[", 1, "/0"),
        (b"{", 1, ""),
        (b"{\"a\"", 4, "/a"),
        (b"{\"a\" 1}", 5, "/a"),
        (b"{\"a\":", 5, "/a"),
        (b"{\"a\":}", 5, "/a"),
        (b"{\"a\":1,}", 7, ""),
        (b"{a:1}", 1, ""),
        (b"{\"x\":{\"a/b~\":[true,{\"\":01}]}}", 24, "/x/a~1b~0/1"),
        (b"{\"x\":{\"\\u0061\":[tru]}}", 19, "/x/a/0"),
        (b"-", 1, ""),
        (b"[-a]", 2, "/0"),
        (b"1.", 2, ""),
        (b"[1.e3]", 3, "/0"),
        (b"[1e+]", 4, "/0"),
        (b"\"abc", 4, ""),
        (b"[\"a\nb\"]", 3, "/0"),
        (b"[\"a\x00b\"]", 3, "/0"),
        (b"[\"\\x\"]", 2, "/0"),
        (b"[\"\\u12G4\"]", 6, "/0"),
        (b"[\"\\u12", 6, "/0"),
        (b"{\"\\q\":1}", 2, ""),
        (b"\x0c1", 0, ""),
        (b"['a']", 1, "/0"),
        (b"[1]//", 3, ""),
        // A name twice, compared as characters.
        (b"{\"a\":1,\"b\":2,\"a\":3}", 13, "/a"),
        (b"{\"a\":1,\"\\u0061\":2}", 7, "/a"),
        (b"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", 18, "/\u{1f600}"),
        (b"{\"\\/\":1,\"/\":2}", 8, "/~1"),
        (b"[0,{\"o\":{\"\":1,\"\":2}}]", 14, "/1/o/"),
        (b"{\"a\":1,\"b\":1,\"b\":1,\"a\":1}", 13, "/b"),
        // Half a pair of surrogates.
        (b"[\"\\ud800\"]", 2, "/0"),
        (b"[\"x\\udc00\"]", 3, "/0"),
        (b"[\"\\ud800\\ud800\"]", 2, "/0"),
        (b"[\"\\ud800\\n\"]", 2, "/0"),
        (b"{\"\\udfff\":1}", 2, ""),
        // Not UTF-8: continuation alone, overlong, surrogate, beyond U+10FFFF, cut short.
        (b"[1,\"a\x80\"]", 5, "/1"),
        (b"[1,\"\xc0\x80\"]", 4, "/1"),
        (b"{\"k\":\"\xed\xa0\x80\"}", 6, "/k"),
        (b"\"\xf4\x90\x80\x80\"", 1, ""),
        (b"\"\xe2\x82", 1, ""),
        (b"{\"\xff\":1}", 2, ""),
        (b"[1,\xff]", 3, "/1"),
        (b"[1]\xff", 3, ""),
        (b"[x,\"\xff\"]", 1, "/0"),
        // Something around the document.
        (b"1 2", 2, ""),
        (b"{}[]", 2, ""),
        (b"[]\x00", 2, ""),
        (b"\xef\xbb\xbf{}", 0, ""),
        (b"{}\xef\xbb\xbf", 2, ""),
    ];
    for &(text, offset, pointer) in cases {
        let shown = String::from_utf8_lossy(text);
        assert_eq!(
            fault(text, &Limits::default()),
            (JsonErrorKind::Document, offset, pointer.to_owned()),
            "{shown}"
        );
    }
}

#[test]
fn each_limit_holds_at_its_border() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    let limits = Limits::default();
    assert_eq!(Tape::parse(nested(128), &limits).unwrap().depth(), 128);
    assert_eq!(fault(&nested(129), &limits), (JsonErrorKind::Limit, 128, "/0".repeat(128)));
    // A scalar below the last allowed level is no level of its own.
    assert_eq!(
        Tape::parse(&b"[[0]]"[..], &Limits { depth: 2, ..Limits::default() }).unwrap().depth(),
        2
    );
    assert_eq!(
        fault(br#"{"a":[1,{}]}"#, &Limits { depth: 2, ..Limits::default() }),
        (JsonErrorKind::Limit, 8, "/a/1".into())
    );
    assert_eq!(
        fault(b"{}", &Limits { depth: 0, ..Limits::default() }),
        (JsonErrorKind::Limit, 0, String::new())
    );
    // No setting goes deeper than what the validator can stand.
    let deep = Limits { depth: 1000, ..Limits::default() };
    assert_eq!(fault(&nested(129), &deep), (JsonErrorKind::Limit, 128, "/0".repeat(128)));

    let four = Limits { values: 4, ..Limits::default() };
    assert_eq!(Tape::parse(&b"[1,[2]]"[..], &four).unwrap().values(), 4);
    assert_eq!(fault(b"[1,[2,3]]", &four), (JsonErrorKind::Limit, 6, "/1/1".into()));
    assert_eq!(Tape::parse(&br#"{"a":1,"b":2,"c":3}"#[..], &four).unwrap().values(), 4);
    assert_eq!(
        fault(br#"{"a":1,"b":2,"c":3,"d":4}"#, &four),
        (JsonErrorKind::Limit, 23, "/d".into())
    );

    let ten = Limits { document_bytes: 10, ..Limits::default() };
    assert_eq!(Tape::parse(&b"[1,2,3,45]"[..], &ten).unwrap().len(), 5);
    assert_eq!(fault(b"[1,2,3,456]", &ten), (JsonErrorKind::Limit, 10, String::new()));
    // Size comes first, before anything reads the text.
    assert_eq!(fault(b"not JSON at all", &ten), (JsonErrorKind::Limit, 10, String::new()));
}

#[test]
fn the_default_number_of_values_holds_at_its_border() {
    let array = |elements: usize| format!("[{}0]", "0,".repeat(elements - 1)).into_bytes();
    let limits = Limits::default();
    assert_eq!(Tape::parse(array(999_999), &limits).unwrap().values(), 1_000_000);
    assert_eq!(
        fault(&array(1_000_000), &limits),
        (JsonErrorKind::Limit, 1_999_999, "/999999".into())
    );
}

#[test]
fn no_message_holds_text_of_the_document() {
    for text in ["{\"secret\":1,\"secret\":2}", "[\"secret\\ud800\"]", "[secret]", "{\"secret\" 1}"]
    {
        let error = Tape::parse(text.as_bytes(), &Limits::default()).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn a_tape_and_its_values_print_no_text() {
    let tape = Tape::parse(&br#"{"secret":"hidden"}"#[..], &Limits::default()).unwrap();
    let (name, value) = tape.root().members().next().unwrap();
    let printed = format!("{tape:?} {:?} {name:?} {value:?}", tape.root());
    assert!(!printed.contains("secret") && !printed.contains("hidden"), "{printed}");
}

/// The product's error has the code of the kind, and the place.
#[test]
fn a_fault_becomes_an_error_of_the_product() {
    let limits = Limits::default();
    let fault = Tape::parse(&br#"{"a":tru}"#[..], &limits).unwrap_err();
    let error = Error::from(fault.clone());
    assert_eq!(
        (error.code, error.message.as_ref(), error.pointer.as_deref(), error.offset),
        (ErrorCode::Document, fault.message, Some("/a"), fault.offset)
    );
    assert_eq!(fault.to_string(), fault.message);
    let few = Limits { values: 1, ..limits };
    let error = Error::from(Tape::parse(&b"[1]"[..], &few).unwrap_err());
    assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Limit, Some("/0")));
    let mut splice = Splice::new("abc", 3, &few);
    let backwards = core::ops::Range { start: 2, end: 1 };
    splice.replace(backwards, |_| {});
    assert_eq!(Error::from(splice.finish().unwrap_err()).code, ErrorCode::Internal);
}
