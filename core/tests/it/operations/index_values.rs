//! The tokens of a query: what sealing makes, and nothing for `null` unless asked.

use fieldseal::{
    Context, Error, ErrorCode, IndexQuery, KeyContext, KeyKind, KeySource as _, KeyUse, Policy,
    RefusalCode,
};
use support::{Store, Stream, compile, context};

const SCHEMA: &str = r#"{
    "x-schema-family": "f",
    "properties": {
        "mail": {"x-protection": {"index": {"name": "mail", "normalize": "email", "bits": 32}}},
        "old": {"x-protection": {"index": {"name": "mail", "normalize": "email", "bits": 16}}},
        "raw": {"x-protection": {"index": {"name": "mail", "bits": 32}}},
        "same": {"x-protection": {"index": {"name": "mail", "bits": 32}}},
        "own": {"x-protection": {"index": {"name": "own", "bits": 32, "per": "subject"}}},
        "phone": {"x-protection": {"index": {"name": "phone", "normalize": "digits", "bits": 32}}},
        "plain": {"x-protection": {}}
    }
}"#;

fn query(
    policy: &Policy,
    query: IndexQuery<'_>,
    call: &Context,
    store: &mut Store,
) -> Result<Vec<String>, Error> {
    Ok(policy.index_values(&query, call, store, &mut Stream(3))?)
}

/// The index values of one place, as sealing hands them back.
fn sealed(policy: &Policy, document: &str, call: &Context, store: &mut Store) -> Vec<String> {
    let sealed = policy.seal(document.as_bytes(), call, store, &mut Stream(1)).unwrap();
    sealed.indexes.into_iter().map(|index| index.value).collect()
}

#[test]
fn a_query_finds_what_sealing_indexed_by_each_marker_of_that_name() {
    let (policy, mut store, call) = (compile(SCHEMA), Store::default(), context("r", "ada"));
    let document = r#"{"mail":"Ada@x.org","old":"Ada@x.org","raw":"Ada@x.org","same":"Ada@x.org"}"#;
    let indexed = sealed(&policy, document, &call, &mut store);
    assert_eq!(indexed[2], indexed[3], "two markers that make the same tokens");
    let tokens =
        query(&policy, IndexQuery::new("mail", br#""Ada@x.org""#), &Context::default(), &mut store);
    assert_eq!(tokens.unwrap(), indexed[..3], "one for each distinct way");
    let asked = store.asked.last().unwrap();
    assert_eq!(asked.len(), 1, "one key for all: {asked:?}");
    assert_eq!(
        (asked[0].kind, asked[0].operation, asked[0].id, asked[0].reference.as_deref()),
        (KeyKind::Index, KeyUse::Seal, None, Some("mail"))
    );
    // Values of every kind, as their JSON text says.
    for value in ["7", "true", r#"{"b":1,"a":[2.0]}"#, r#""""#, "\"\\u00e9\""] {
        let indexed =
            sealed(&policy, &format!(r#"{{"raw":{value}}}"#), &call, &mut store).remove(0);
        let tokens =
            query(&policy, IndexQuery::new("mail", value.as_bytes()), &call, &mut store).unwrap();
        assert!(tokens.contains(&indexed), "{value}");
    }
}

#[test]
fn an_index_of_each_person_is_searched_for_the_subject_of_the_call() {
    let (policy, mut store) = (compile(SCHEMA), Store::default());
    let of = |person: &str| context("r", person);
    let indexed = sealed(&policy, r#"{"own":"x"}"#, &of("ada"), &mut store);
    let own = IndexQuery::new("own", br#""x""#);
    assert_eq!(query(&policy, own, &of("ada"), &mut store).unwrap(), indexed);
    assert_ne!(query(&policy, own, &of("bob"), &mut store).unwrap(), indexed);
    let error = query(&policy, own, &Context::default(), &mut store).unwrap_err();
    assert_eq!(error.code, ErrorCode::Context);
    let tenant = Context { tenant: "acme".into(), ..of("ada") };
    assert_ne!(query(&policy, own, &tenant, &mut store).unwrap(), indexed);
}

#[test]
fn null_has_a_token_only_for_who_asks() {
    let (policy, mut store, call) = (compile(SCHEMA), Store::default(), context("r", "ada"));
    let indexed = sealed(&policy, r#"{"mail":null,"old":null}"#, &call, &mut store);
    let null = IndexQuery::new("mail", b" null ");
    assert_eq!(query(&policy, null, &call, &mut store).unwrap(), Vec::<String>::new());
    let begun = policy.begin_index_values(&null, &call).unwrap();
    assert!(begun.requests().is_empty(), "nothing is asked for it");
    // Under every normalisation one token of each size.
    assert_eq!(query(&policy, null.with_null(), &call, &mut store).unwrap(), indexed);
    let word = IndexQuery::new("mail", br#""null""#);
    assert!(!query(&policy, word, &call, &mut store).unwrap().contains(&indexed[0]));
}

#[test]
fn two_steps_give_the_same() {
    let (policy, mut store, call) = (compile(SCHEMA), Store::default(), context("r", "ada"));
    let mail = IndexQuery::new("mail", br#""a@b""#);
    let tokens = query(&policy, mail, &call, &mut store).unwrap();
    let begun = policy.begin_index_values(&mail, call.clone()).unwrap();
    let mut host = KeyContext { now: None, entropy: &mut Stream(1) };
    let answers = store.current(begun.requests(), &mut host);
    assert_eq!(begun.finish(answers).unwrap(), tokens);
    let begun = policy.begin_index_values(&mail, call).unwrap();
    assert_eq!(begun.finish(Vec::new()).unwrap_err().record().code, ErrorCode::Internal);
}

#[test]
fn a_query_is_refused_with_a_code() {
    let (policy, mut store, call) = (compile(SCHEMA), Store::default(), context("r", "ada"));
    for (name, value, code, hint) in [
        ("mial", r#""x""#, ErrorCode::Context, Some("`mail`")),
        ("plain", r#""x""#, ErrorCode::Context, None),
        ("", r#""x""#, ErrorCode::Context, None),
        ("mail", "x", ErrorCode::Document, None),
        ("mail", r#""x" 1"#, ErrorCode::Document, None),
        ("phone", r#""none""#, ErrorCode::Invalid, None),
        ("mail", "[1e400]", ErrorCode::Limit, None),
    ] {
        let error =
            query(&policy, IndexQuery::new(name, value.as_bytes()), &call, &mut store).unwrap_err();
        assert_eq!(error.code, code, "{name} {value}: {error}");
        assert!(hint.is_none_or(|hint| error.message.contains(hint)), "{error}");
    }
    store.refuse("mail", RefusalCode::Denied);
    let error = query(&policy, IndexQuery::new("mail", b"1"), &call, &mut store).unwrap_err();
    assert_eq!(error.code, ErrorCode::Denied);
    assert!(!format!("{:?}", IndexQuery::new("mail", b"\"secret\"")).contains("secret"));
}
