//! Whose key a value gets: the call's subject, one that a pointer names, one that is sealed itself.

use fieldseal::{ErrorCode, KeySource, RefusalCode};
use support::{Store, Stream, compile, context, open, seal, text_at};

const ORDERS: &str = r##"{"x-schema-family": "urn:example:orders", "type": "object", "properties": {
    "customer": {"type": "object", "properties": {"id": {}, "name": {"x-protection": {"subject": "1/id"}}}},
    "seller": {"type": "object", "properties": {"id": {}, "name": {"x-protection": {"subject": "/seller/id"}}}},
    "note": {"x-protection": {}}}}"##;

const COMMITS: &str = r##"{"x-schema-family": "urn:example:commits", "type": "array", "items": {"properties": {
    "name": {"x-protection": {"subject": "1/email"}}, "email": {"x-protection": {"subject": "0"}}}}}"##;

#[test]
fn v10_each_value_is_sealed_under_its_own_persons_key() {
    let policy = compile(ORDERS);
    let mut store = Store::default();
    let clear =
        r#"{"customer":{"id":7,"name":"Ada"},"seller":{"id":"7","name":"Ada"},"note":"call her"}"#;
    let sealed = seal(&policy, clear, &context("o1", "clerk"), &mut store);
    let asked = &store.asked[0];
    let references: Vec<_> =
        asked.iter().map(|request| request.reference.as_deref().unwrap()).collect();
    // 7 and "7" are one person, and each key is asked for once.
    assert_eq!(references, ["7", "clerk"]);
    for plain in ["Ada", "call her"] {
        assert!(!sealed.contains(plain), "v01: clear text is left");
    }
    assert_eq!(open(&policy, &sealed, &context("o1", "clerk"), &mut store), clear);
}

#[test]
fn an_identity_that_is_sealed_itself_still_finds_its_key() {
    let policy = compile(COMMITS);
    let mut store = Store::default();
    let clear = r#"[{"name":"Ada","email":"ada@example.org"}, {"email":"bob@example.org","name":"Bob"},{"name":"Ada L.","email":"ada@example.org"}]"#;
    let sealed = seal(&policy, clear, &context("push-1", "nobody"), &mut store);
    assert_eq!(store.asked[0].len(), 2, "two persons");
    assert_eq!(open(&policy, &sealed, &context("push-1", ""), &mut store), clear);
    assert!(
        store.asked[1].iter().all(|request| request.reference.is_none()),
        "opening cannot read the identity"
    );

    store.refuse("ada@example.org", RefusalCode::Erased);
    let redacted = open(&policy, &sealed, &context("push-1", ""), &mut store);
    assert_eq!(
        redacted,
        r#"[{"name":null,"email":null}, {"email":"bob@example.org","name":"Bob"},{"name":null,"email":null}]"#
    );
}

#[test]
fn a_value_moved_to_another_identity_does_not_open() {
    let policy = compile(COMMITS);
    let mut store = Store::default();
    let sealed = seal(
        &policy,
        r#"[{"name":"Ada","email":"ada@example.org"},{"name":"Bob","email":"bob@example.org"}]"#,
        &context("p", "n"),
        &mut store,
    );
    let (ada, bob) = (text_at(&sealed, "/0/name"), text_at(&sealed, "/1/name"));
    let swapped = sealed.replace(&ada, "\u{1}").replace(&bob, &ada).replace('\u{1}', &bob);
    let error = fieldseal::Error::from(
        policy.open(swapped.as_bytes(), &context("p", "n"), &mut store).unwrap_err(),
    );
    assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Integrity, Some("/0/name")));
    let verdict = policy.check(swapped.as_bytes()).unwrap().to_json();
    assert!(verdict.contains(r#"{"code":"integrity","count":2,"pointer":"/*/name"}"#), "{verdict}");
}

#[test]
fn a_bound_reference_does_not_open_as_somebody_else() {
    let policy = compile(ORDERS);
    let mut store = Store::default();
    let sealed =
        seal(&policy, r#"{"customer":{"id":7,"name":"Ada"}}"#, &context("o1", "c"), &mut store);
    let forged = sealed.replace("\"id\":7", "\"id\":8");
    let error = fieldseal::Error::from(
        policy.open(forged.as_bytes(), &context("o1", "c"), &mut store).unwrap_err(),
    );
    assert_eq!(
        (error.code, error.pointer.as_deref()),
        (ErrorCode::NotFound, Some("/customer/name"))
    );
}

#[test]
fn identities_that_contradict_each_other_are_a_conflict() {
    // The e-mail belongs to the call's subject, yet the name points at it.
    let policy = compile(
        r#"{"x-schema-family": "f", "properties": {"name": {"x-protection": {"subject": "/email"}}, "email": {"x-protection": {}}}}"#,
    );
    let seal = |document: &str, subject: &str| {
        policy
            .seal(
                document.as_bytes(),
                &context("r", subject),
                &mut Store::default(),
                &mut Stream(1),
            )
            .map_err(fieldseal::Error::from)
    };
    let error = seal(r#"{"name":"Ada","email":"ada@example.org"}"#, "someone").unwrap_err();
    assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Conflict, Some("/name")));
    assert!(
        seal(r#"{"name":"Ada","email":"ada@example.org"}"#, "ada@example.org").is_ok(),
        "the same person by both ways"
    );
}

#[test]
fn a_pointer_below_a_marked_location_counts_as_leading_to_it() {
    let policy = compile(
        r#"{"x-schema-family": "f", "properties": {"person": {"x-protection": {"subject": "0/id"}}, "nick": {"x-protection": {"subject": "1/person/id"}}}}"#,
    );
    let mut store = Store::default();
    let clear = r#"{"person":{"id":41,"name":"Ada"},"nick":"countess"}"#;
    let sealed = seal(&policy, clear, &context("r", ""), &mut store);
    assert_eq!(store.asked[0].len(), 1);
    assert_eq!(open(&policy, &sealed, &context("r", ""), &mut store), clear);
    let other = seal(&policy, r#"{"person":{"id":42},"nick":"x"}"#, &context("r", ""), &mut store);
    let mixed = format!(
        r#"{{"person":"{}","nick":"{}"}}"#,
        text_at(&sealed, "/person"),
        text_at(&other, "/nick")
    );
    let error = fieldseal::Error::from(
        policy.open(mixed.as_bytes(), &context("r", ""), &mut store).unwrap_err(),
    );
    assert_eq!(error.code, ErrorCode::Integrity);
}

#[test]
fn what_names_nobody_is_context_at_the_value() {
    let policy = compile(ORDERS);
    for id in ["null", "\"\"", "1.0", "1e3", "-0", "true", "[]", "{}"] {
        let document = format!(r#"{{"customer":{{"id":{id},"name":"Ada"}}}}"#);
        let error = fieldseal::Error::from(
            policy
                .seal(
                    document.as_bytes(),
                    &context("r", "s"),
                    &mut Store::default(),
                    &mut Stream(1),
                )
                .unwrap_err(),
        );
        assert_eq!(
            (error.code, error.pointer.as_deref()),
            (ErrorCode::Context, Some("/customer/name")),
            "{id}"
        );
    }
    for (document, pointer) in
        [(r#"{"customer":{"name":"Ada"}}"#, "/customer/name"), (r#"{"note":"x"}"#, "/note")]
    {
        let error = fieldseal::Error::from(
            policy
                .seal(document.as_bytes(), &context("r", ""), &mut Store::default(), &mut Stream(1))
                .unwrap_err(),
        );
        assert_eq!((error.code, error.pointer.as_deref()), (ErrorCode::Context, Some(pointer)));
    }
    let negative = r#"{"customer":{"id":-12,"name":"Ada"}}"#;
    let mut store = Store::default();
    seal(&policy, negative, &context("r", "s"), &mut store);
    assert_eq!(store.asked[0][0].reference.as_deref(), Some("-12"));
}

#[test]
fn a_member_name_can_be_the_identity() {
    let policy = compile(
        r#"{"x-schema-family": "f", "additionalProperties": {"properties": {"name": {"x-protection": {"subject": "1#"}}}}}"#,
    );
    let mut store = Store::default();
    let clear = r#"{"u/1":{"name":"Ada"},"u2":{"name":"Bob"}}"#;
    let sealed = seal(&policy, clear, &context("r", ""), &mut store);
    let references: Vec<_> =
        store.asked[0].iter().map(|request| request.reference.clone().unwrap()).collect();
    assert_eq!(references, ["u/1", "u2"]);
    assert_eq!(open(&policy, &sealed, &context("r", ""), &mut store), clear);
}

#[test]
fn keys_of_one_person_under_two_tenants_differ() {
    let policy = compile(ORDERS);
    let mut store = Store::default();
    let mut there = context("o1", "c");
    there.tenant = "acme".to_owned();
    let sealed = seal(&policy, r#"{"note":"x"}"#, &there, &mut store);
    let error = fieldseal::Error::from(
        policy.open(sealed.as_bytes(), &context("o1", "c"), &mut store).unwrap_err(),
    );
    assert_eq!(error.code, ErrorCode::NotFound);
    assert!(store.by_id(&[], None).is_empty());
}
