//! Documents and schemas that are meant to cost: each ends soon, in its result or in `limit`.
//! Without the bound that it is about, a test here runs for minutes to years, or ends its process.

use std::fmt::Write as _;

use fieldseal::{
    Context, Error, ErrorCode, KeyContext, KeySource, KeyUse, Limits, Options, Policy,
};
use support::{Store, Stream, compile, context, open, seal, text_at};

/// Records stay below 1 MiB, and text that values are bound to below 8 MiB.
fn small(schema: &str) -> Policy {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    Policy::compile(schema.as_bytes(), Options { limits, ..Options::default() })
        .expect("the schema compiles")
}

fn sealing(policy: &Policy, document: &str) -> Result<String, Error> {
    let sealed = policy.seal(
        document.as_bytes(),
        &context("r", "ada"),
        &mut Store::default(),
        &mut Stream(1),
    );
    sealed.map(|sealed| String::from_utf8(sealed.document).unwrap()).map_err(Error::from)
}

fn compiling(schema: &str) -> Result<Policy, ErrorCode> {
    Policy::compile(schema.as_bytes(), Options::default()).map_err(|error| error.record().code)
}

/// Objects in one another by these names, outermost first, with `leaf` innermost.
fn nested<'a>(names: impl DoubleEndedIterator<Item = &'a str>, leaf: &str) -> String {
    names.rev().fold(leaf.to_owned(), |inner, name| format!("{{\"{name}\":{inner}}}"))
}

#[test]
fn v10_a_reference_behind_very_many_members_is_looked_for_once() {
    const MANY: u32 = 150_000;
    let mut wide = String::from("{\"m\":{");
    for number in 0..MANY {
        write!(wide, "\"n{number}\":0,").unwrap();
    }
    let policies = [
        // From the root, from the marked value, and along an array to the element before.
        (
            r#"{"x-schema-family":"f","properties":{"m":{"additionalProperties":{"x-protection":{"subject":"/id"}}}}}"#,
            "\"z\":0},\"id\":\"ada\"}",
        ),
        (
            r#"{"x-schema-family":"f","properties":{"m":{"additionalProperties":{"x-protection":{"subject":"2/id"}}}}}"#,
            "\"z\":0},\"id\":\"ada\"}",
        ),
    ];
    for (schema, end) in policies {
        let policy = compile(schema);
        let keys = policy
            .required_keys(format!("{wide}{end}").as_bytes(), &context("r", "r"), KeyUse::Seal)
            .unwrap();
        assert_eq!(keys.len(), 1, "{schema}");
    }
    let along = compile(
        r#"{"x-schema-family":"f","items":{"properties":{"v":{"x-protection":{"subject":"1+1/id"}}}}}"#,
    );
    let list = format!("[{}{{\"id\":2}}]", "{\"id\":1,\"v\":0},".repeat(MANY as usize));
    let keys = along.required_keys(list.as_bytes(), &context("r", "r"), KeyUse::Seal).unwrap();
    assert_eq!(
        keys.iter().map(|request| request.reference.as_deref().unwrap()).collect::<Vec<_>>(),
        ["1", "2"]
    );
}

#[test]
fn what_values_are_bound_to_has_a_limit_in_all() {
    let long = "x".repeat(100_000);
    let policy = small(
        r#"{"x-schema-family":"f","properties":{"m":{"items":{"x-protection":{"subject":"/id"}}}}}"#,
    );
    let document =
        |values: usize| format!("{{\"id\":\"{long}\",\"m\":[{}0]}}", "0,".repeat(values - 1));
    assert!(sealing(&policy, &document(80)).is_ok());
    let error = sealing(&policy, &document(90)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Limit);
    assert!(!error.to_string().contains("xxx"), "{error}");

    let policy =
        small(r#"{"x-schema-family":"f","additionalProperties":{"items":{"x-protection":{}}}}"#);
    let error = sealing(&policy, &format!("{{\"{long}\":[{}0]}}", "0,".repeat(89))).unwrap_err();
    assert_eq!(error.code, ErrorCode::Limit, "the same holds for a long name");
}

/// Index values are handed back with their places: as much text as a document may hold, and the
/// place of an element is not counted anew.
#[test]
fn places_of_index_values_have_a_limit_in_all() {
    let marker = r#"{"bind":"none","index":{"name":"i","bits":8}}"#;
    let policy = small(&format!(
        r#"{{"x-schema-family":"f","additionalProperties":{{"items":{{"x-protection":{marker}}}}}}}"#
    ));
    let document =
        |name: &str, values: usize| format!("{{\"{name}\":[{}0]}}", "0,".repeat(values - 1));
    let long = "x".repeat(100_000);
    assert!(sealing(&policy, &document(&long, 10)).is_ok());
    for (name, values) in
        [(long.as_str(), 11), (&"\\u0001".repeat(100_000), 2), (&"\\\"".repeat(100_000), 6)]
    {
        let mut entropy = Stream(1);
        let error = policy
            .seal(
                document(name, values).as_bytes(),
                &context("r", "ada"),
                &mut Store::default(),
                &mut entropy,
            )
            .unwrap_err();
        assert_eq!(
            (error.record().code, entropy.0),
            (ErrorCode::Limit, 1),
            "nothing is drawn for a call that fails"
        );
        assert!(!error.to_string().contains("xxx"));
    }
    let plenty = compile(&format!(
        r#"{{"x-schema-family":"f","properties":{{"m":{{"items":{{"x-protection":{marker}}}}}}}}}"#
    ));
    let sealed = plenty
        .seal(
            document("m", 150_000).as_bytes(),
            &context("r", "ada"),
            &mut Store::default(),
            &mut Stream(1),
        )
        .unwrap();
    assert_eq!(sealed.indexes.last().map(|index| index.pointer.as_str()), Some("/m/149999"));
}

#[test]
fn requests_repeat_a_long_reference_only_so_often() {
    let policy = small(
        r#"{"x-schema-family":"f","properties":{"m":{"items":{"x-protection":{"subject":"/id"}}}}}"#,
    );
    let mut store = Store::default();
    let sealed = seal(&policy, r#"{"id":"ada","m":[0]}"#, &context("r", "r"), &mut store);
    let envelope = text_at(&sealed, "/m/0");
    // The key id follows the first three bytes: characters 4 to 25 hold most of it.
    let other = |number: usize| format!("\"{}{number:04}{}\"", &envelope[..10], &envelope[14..]);
    let document = |values: usize| {
        let all: Vec<String> = (0..values).map(|number| other(1000 + number)).collect();
        format!("{{\"id\":\"{}\",\"m\":[{}]}}", "x".repeat(100_000), all.join(","))
    };
    let asking = |values: usize| {
        policy.required_keys(document(values).as_bytes(), &context("r", "r"), KeyUse::Open)
    };
    assert_eq!(asking(80).unwrap().len(), 80);
    assert_eq!(asking(90).unwrap_err().code, ErrorCode::Limit);
}

#[test]
fn requests_repeat_long_texts_of_the_call_only_so_often() {
    let policy = small(
        r#"{"x-schema-family":"f","additionalProperties":{"properties":{"v":{"x-protection":{"subject":"1/id"}}}}}"#,
    );
    let document = |from: usize, persons: usize| {
        let all: Vec<String> = (from..from + persons)
            .map(|number| format!(r#""m{number}":{{"id":"p{number}","v":0}}"#))
            .collect();
        format!("{{{}}}", all.join(","))
    };
    let long = || Some("x".repeat(100_000));
    let usual = context("r", "ada");
    let contexts = [
        Context { tenant: "x".repeat(100_000), ..usual.clone() },
        Context { purpose: long(), ..usual.clone() },
        Context { caller: long(), ..usual.clone() },
        Context { origin: long(), ..usual },
    ];
    for context in contexts {
        let asking = |persons: usize| {
            policy.required_keys(document(0, persons).as_bytes(), &context, KeyUse::Seal)
        };
        assert_eq!(asking(10).unwrap().len(), 10);
        assert_eq!(asking(11).unwrap_err().code, ErrorCode::Limit);
        // Documents of a batch share what one of them may ask for.
        let (first, again, second) = (document(0, 6), document(0, 6), document(6, 6));
        let calls = [&first, &again, &second].map(|text| (text.as_bytes(), context.clone()));
        let pending = policy.begin_seal_many(calls);
        let mut store = Store::default();
        let answers = store
            .current(pending.requests(), &mut KeyContext { now: None, entropy: &mut Stream(1) });
        let outcomes = pending.finish(answers, &mut Stream(2));
        assert!(outcomes[0].is_ok() && outcomes[1].is_ok());
        assert_eq!(outcomes[2].as_ref().unwrap_err().record().code, ErrorCode::Limit);
    }
}

const TREE: &str = r##"{"x-schema-family":"f","$ref":"#/$defs/t","$defs":{"t":{"properties":{"v":{"x-protection":{"bind":"none"}}},
    "additionalProperties":{"$ref":"#/$defs/t"}}}}"##;

#[test]
fn verdicts_have_a_limit() {
    let (long, deep) = ("x".repeat(1000), 60);
    let named = TREE.replace(
        "\"additionalProperties\"",
        &format!("\"patternProperties\":{{\"^{long}$\":{{\"$ref\":\"#/$defs/t\"}}}},\"x-ignored\""),
    );
    let tree = |schema: &str| {
        let declared = schema.replace(
            "\"properties\":{",
            &format!("\"properties\":{{\"{long}\":{{\"$ref\":\"#/$defs/t\"}},"),
        );
        small(&declared)
    };
    let document = (0..deep)
        .fold("{\"v\":0}".to_owned(), |inner, _| format!("{{\"v\":0,\"{long}\":{inner}}}"));
    let policy = tree(&named);
    assert_eq!(sealing(&policy, &document).unwrap_err().code, ErrorCode::Limit);
    // 20 levels deep, it can all be listed.
    let shallow =
        (0..20).fold("{\"v\":0}".to_owned(), |inner, _| format!("{{\"v\":0,\"{long}\":{inner}}}"));
    let sealed = sealing(&policy, &shallow).unwrap();
    assert!(policy.check(sealed.as_bytes()).is_ok());
    // Envelopes that stand where none belongs are listed by place, too.
    let envelope = text_at(&sealed, "/v");
    let strays = (0..deep)
        .fold("0".to_owned(), |inner, _| format!("{{\"w\":\"{envelope}\",\"{long}\":{inner}}}"));
    assert_eq!(Error::from(policy.check(strays.as_bytes()).unwrap_err()).code, ErrorCode::Limit);
}

#[test]
fn names_that_no_schema_writes_are_not_looked_at_again_for_each_envelope() {
    let policy =
        compile(r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{"bind":"none"}}}}"#);
    let sealed = sealing(&policy, r#"{"a":0}"#).unwrap();
    let strays = vec![format!("\"{}\"", text_at(&sealed, "/a")); 20_000].join(",");
    // 10 MB around each of 20,000 values.
    let document = format!("{{\"{}\":[{strays}]}}", "\\u0061".repeat(1_700_000));
    let verdict = policy.check(document.as_bytes()).unwrap().to_json();
    assert!(
        verdict.contains(r#"{"code":"unexpected-envelope","count":20000,"pointer":"/*/*"}"#),
        "{verdict}"
    );
}

#[test]
fn a_schema_that_applies_itself_twice_at_each_level_is_no_power_of_two() {
    for twice in [
        r##""properties":{"a":{"allOf":[{"$ref":"#/$defs/t"},{"$ref":"#/$defs/t"}]}}"##,
        r##""properties":{"a":{"oneOf":[{"$ref":"#/$defs/t"},{"$ref":"#/$defs/t"}]}}"##,
        r##""properties":{"a":{"$ref":"#/$defs/t"}},"patternProperties":{"a":{"$ref":"#/$defs/t"}},"required":["b"]"##,
        r##""properties":{"a":{"anyOf":[{"$ref":"#/$defs/t"},{"$ref":"#/$defs/t"}]}},"unevaluatedProperties":false"##,
        r##""anyOf":[{"properties":{"a":{"$ref":"#/$defs/t"}}},{"properties":{"a":{"$ref":"#/$defs/t"}}}],"unevaluatedProperties":false"##,
        r##""if":{"properties":{"a":{"$ref":"#/$defs/t"}}},"then":{"properties":{"a":{"$ref":"#/$defs/t"}}},"dependentSchemas":{"a":{"properties":{"a":{"$ref":"#/$defs/t"}}}},"unevaluatedProperties":{"$ref":"#/$defs/t"}"##,
        r##""additionalProperties":{"not":{"allOf":[{"not":{"$ref":"#/$defs/t"}},{"$ref":"#/$defs/t"}]}},"type":"object""##,
    ] {
        let schema = format!(
            r##"{{"x-schema-family":"f","$ref":"#/$defs/t","$defs":{{"t":{{{twice}}}}}}}"##
        );
        let policy = Policy::compile(
            schema.as_bytes(),
            Options::from_json(r#"{"nonconforming":"seal"}"#).unwrap(),
        )
        .unwrap();
        let document = nested(std::iter::repeat_n("a", 100), "{}");
        assert!(sealing(&policy, &document).is_ok(), "{twice}");
        // A fault that is found last, so that the search for its place goes through everything
        // before.
        let schema = format!(
            r##"{{"x-schema-family":"f","allOf":[{{"$ref":"#/$defs/t"}}],"required":["zz"],"$defs":{{"t":{{{twice}}}}}}}"##
        );
        assert_eq!(
            sealing(&compile(&schema), &document).unwrap_err().code,
            ErrorCode::Invalid,
            "{twice}"
        );
    }
}

/// References in a row, then an object whose members begin again.
fn rows(length: u32) -> String {
    let mut schema = String::from(r##"{"x-schema-family":"f","$ref":"#/$defs/d0","$defs":{"##);
    for number in 0..length {
        write!(schema, r##""d{number}":{{"allOf":[{{"$ref":"#/$defs/d{}"}}]}},"##, number + 1)
            .unwrap();
    }
    write!(schema, r##""d{length}":{{"additionalProperties":{{"$ref":"#/$defs/d0"}}}}}}}}"##)
        .unwrap();
    schema
}

#[test]
fn schemas_that_nest_too_deep_for_a_stack_are_refused_and_all_others_fit() {
    // Two schemas for each of the row, on every one of 128 levels: 14 are just below 4096.
    let policy = compiling(&rows(14)).expect("fits");
    assert!(sealing(&policy, &nested(std::iter::repeat_n("a", 127), "{}")).is_ok());
    assert_eq!(compiling(&rows(15)).map(|_| ()), Err(ErrorCode::Limit));
    // Without recursion it is the length of the row alone.
    let straight = |length| rows(length).replace("\"additionalProperties\"", "\"const\"");
    let policy = compiling(&straight(2040)).expect("fits");
    assert!(sealing(&policy, "1").is_err_and(|error| error.code == ErrorCode::Invalid));
    assert_eq!(compiling(&straight(2050)).map(|_| ()), Err(ErrorCode::Limit));
}

#[test]
fn v25_placeholders_keep_to_the_limits_of_documents() {
    let schema = r#"{"x-schema-family":"f","items":{"x-protection":{"erased":[[[0,0,0]]]}}}"#;
    let with = |limits: Limits| {
        Policy::compile(schema.as_bytes(), Options { limits, ..Options::default() }).unwrap()
    };
    let mut store = Store::default();
    let sealed = seal(&with(Limits::default()), "[1,2,3]", &context("r", "ada"), &mut store);
    store.refuse("ada", fieldseal::RefusalCode::Erased);
    for (depth, values, fits) in [(4, 19, true), (3, 19, false), (4, 18, false)] {
        let policy = with(Limits { depth, values, ..Limits::default() });
        if fits {
            assert_eq!(
                open(&policy, &sealed, &context("r", "ada"), &mut store),
                "[[[[0,0,0]]],[[[0,0,0]]],[[[0,0,0]]]]"
            );
        } else {
            let error = Error::from(
                policy.open(sealed.as_bytes(), &context("r", "ada"), &mut store).unwrap_err(),
            );
            assert_eq!(error.code, ErrorCode::Limit, "{depth} {values}");
        }
    }
}

/// Texts of a context and names of owners end at a length that no honest one has, before anything
/// copies them.
#[test]
fn texts_of_the_context_and_of_owners_are_bounded() {
    let policy = compile(r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{}}}}"#);
    let call = context("r", "ada");
    let (most, more) = ("x".repeat(16 << 20), "x".repeat((16 << 20) + 1));
    type Set = fn(&mut Context, String);
    let members: [Set; 8] = [
        |call, text| call.tenant = text,
        |call, text| call.record = Some(text),
        |call, text| call.revision = text,
        |call, text| call.subject = Some(text),
        |call, text| call.purpose = Some(text),
        |call, text| call.caller = Some(text),
        |call, text| call.origin = Some(text),
        |call, text| call.at = Some(text),
    ];
    let seal = |call: &Context| {
        let sealed = policy.seal(br#"{"a":1}"#, call, &mut Store::default(), &mut Stream(1));
        sealed.map(drop).map_err(|error| error.record().code)
    };
    for (number, set) in members.into_iter().enumerate() {
        let mut long = call.clone();
        set(&mut long, more.clone());
        assert_eq!(seal(&long), Err(ErrorCode::Limit));
        set(&mut long, most.clone());
        let expected = if number == 7 { Err(ErrorCode::Context) } else { Ok(()) };
        assert_eq!(seal(&long), expected);
    }

    let mut keys = fieldseal::Keyring::memory();
    for (bytes, expected) in [(16 << 20, Ok(())), ((16 << 20) + 1, Err(ErrorCode::Limit))] {
        let person = fieldseal::KeyOwner::person("x".repeat(bytes)).of_tenant(&*most);
        let erased = keys.erase(&person, "case 1", None).map(drop);
        assert_eq!(erased.map_err(|error| error.code), expected);
        let policy = compile(
            r#"{"x-schema-family":"f","properties":{"a":{"x-protection":{"subject":"/who"}}}}"#,
        );
        // Who cannot be erased is not sealed for.
        let document = format!(r#"{{"a":1,"who":"{}"}}"#, "x".repeat(bytes));
        let (mut store, call) =
            (Store::default(), Context { tenant: most.clone(), ..call.clone() });
        let sealed = policy.seal(document.as_bytes(), &call, &mut store, &mut Stream(1));
        assert_eq!(sealed.map(drop).map_err(|error| error.record().code), expected);
    }
}
