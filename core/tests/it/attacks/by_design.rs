//! What an attacker who can write the store does achieve. Each has its test that shows it;
//! `docs/threat-model.md` lists them, and no more.

use fieldseal::{Context, ErrorCode, Host, Kind, Options, Policy};
use serde_json::{Value, json};

use super::lab::{Attempt, Lab, at, id, item, of, renamed, revised, schema};

type Shown = (&'static str, fn());

/// In the order and the words of the page.
const ALL: [Shown; 12] = [
    ("Elements of one array exchanged, repeated or left out, under `record-field`", elements),
    ("Optional values left out", optional),
    ("Clear members changed, added or reordered", clear_members),
    ("Clear text where a clear member decides that nothing is sealed", deciding),
    ("A live value made to look erased by the id of a destroyed key", looks_erased),
    ("Pseudonyms exchanged or invented", pseudonyms),
    ("Index values exchanged", indexes),
    ("An earlier value put back, where calls name no revision", earlier),
    ("A value put elsewhere that its bind profile leaves open", loosely_bound),
    ("A sealed identity exchanged together with all that belongs to it", identities),
    ("What `accept` and `clear: \"pass\"` let in", let_in),
    ("A document made unreadable", unreadable),
];

#[test]
fn h45_what_works_by_design_is_shown_and_on_the_page_and_nothing_else_is() {
    let page = include_str!("../../../../docs/threat-model.md");
    let (_, section) = page.split_once("\n## What still works\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let listed: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| **"))
        .map(|line| line.split("**").next().unwrap())
        .collect();
    assert_eq!(listed, ALL.map(|(title, _)| title));
    let counts = format!(
        "{} that are refused, each with its code and place, and the {} of",
        super::refused::COUNTS.iter().sum::<usize>(),
        ALL.len()
    );
    assert!(page.contains(&counts), "{counts}");
    for (_, show) in ALL {
        show();
    }
}

fn elements() {
    let mut lab = Lab::new();
    assert_eq!(lab.shown(&lab.swapped("/list/0", "/list/1"), "/list"), json!(["two", "one"]));
    let one = at(&lab.here, "/list/0").to_owned();
    assert_eq!(
        lab.shown(&lab.put("/list", json!([one, one, one])), "/list"),
        json!(["one", "one", "one"])
    );
    assert_eq!(lab.shown(&lab.put("/list", json!([one])), "/list"), json!(["one"]));
}

fn optional() {
    let mut lab = Lab::new();
    let mut document = lab.here.clone();
    for member in ["name", "item", "both"] {
        document.as_object_mut().unwrap().shift_remove(member);
    }
    let opened = lab.open(&Attempt::new(&document)).unwrap();
    assert!(!opened.contains("ada B.") && opened.contains("ada!"), "{opened}");
}

/// The start of a retention among them: the bucket is the one that was named when the value was
/// sealed.
fn clear_members() {
    let policy = r#"{"x-schema-family": "f", "x-retention": {"contract": {"period": "P1Y", "from": "/since", "bucket": "P1Y"}},
        "properties": {"a": {"x-protection": {"subject": false, "retention": "contract"}}}}"#;
    let (policy, mut lab, call) = (
        Policy::compile(policy.as_bytes(), Options::default()).unwrap(),
        Lab::new(),
        revised("r", ""),
    );
    let sealed = policy.seal(
        br#"{"since": "2019-01-01", "price": 10, "a": 1}"#,
        &call,
        &mut lab.keys,
        &mut lab.entropy,
    );
    // The bucket of 2020 was destroyed already: nothing is sealed into it.
    assert_eq!(fieldseal::Error::from(sealed.unwrap_err()).code, ErrorCode::Erased);
    let sealed = policy
        .seal(
            br#"{"since": "2026-01-01", "price": 10, "a": 1}"#,
            &call,
            &mut lab.keys,
            &mut lab.entropy,
        )
        .unwrap()
        .document;
    let document: Value = serde_json::from_slice(&sealed).unwrap();
    let changed = json!({"free": true, "a": document["a"], "price": 1, "since": "2019-01-01"});
    let opened = policy.open(changed.to_string().as_bytes(), &call, false, &mut lab.keys).unwrap();
    assert_eq!(opened.document, br#"{"free":true,"a":1,"price":1,"since":"2019-01-01"}"#);
    assert!(opened.verdict.contains("\"conforming\""), "{}", opened.verdict);
}

/// A branch that certainly fails marks nothing. An envelope left there is a near miss in the
/// verdict, and clear text is what the schema allows.
fn deciding() {
    let policy = r#"{"x-schema-family": "f", "oneOf": [
        {"properties": {"kind": {"const": "person"}, "name": {"x-protection": {}}}, "required": ["kind"]},
        {"properties": {"kind": {"const": "ship"}}, "required": ["kind"]}]}"#;
    let policy = Policy::compile(policy.as_bytes(), Options::default()).unwrap();
    let (mut lab, call) = (Lab::new(), Context { subject: Some("ada".into()), ..revised("r", "") });
    let sealed = policy
        .seal(br#"{"kind":"person","name":"Ann"}"#, &call, &mut lab.keys, &mut lab.entropy)
        .unwrap()
        .document;
    let mut forged: Value = serde_json::from_slice(&sealed).unwrap();
    forged["kind"] = "ship".into();
    let opened = policy.open(forged.to_string().as_bytes(), &call, false, &mut lab.keys).unwrap();
    assert_eq!(opened.document, br#"{"kind":"ship","name":"Ann"}"#);
    assert!(opened.verdict.contains("near-miss"), "{}", opened.verdict);
    forged["name"] = "Mallory".into();
    let opened = policy.open(forged.to_string().as_bytes(), &call, false, &mut lab.keys).unwrap();
    assert_eq!(opened.document, br#"{"kind":"ship","name":"Mallory"}"#);
}

/// Keys are asked for before anything is deciphered, and an id can be put in wherever the key that
/// it names would be the right one: a bucket, whoever is not named, an earlier key of the same
/// person or item. The access record says `erased`, and the value comes back with its envelope.
fn looks_erased() {
    let mut lab = Lab::new();
    let genuine = lab.open(&Attempt::new(&lab.here)).unwrap();
    let (bucket, carol) = (id(&lab.gone, "/both", 1), id(&lab.gone, "/name", 0));
    assert_eq!(lab.shown(&lab.with_id("/both", 1, bucket), "/both"), Value::Null);
    let forged = ["/people/0/email", "/people/0/alias"]
        .map(|pointer| (pointer, renamed(at(&lab.here, pointer), 0, carol).into()));
    assert_eq!(
        lab.shown(&lab.put_all(&forged), "/people/0"),
        json!({"email": null, "alias": null})
    );
    // Whoever is restricted serves as well.
    lab.keys.restrict(&"bob".into()).unwrap();
    let forged = ["/people/0/email", "/people/0/alias"].map(|pointer| {
        (pointer, renamed(at(&lab.here, pointer), 0, id(&lab.bobs, "/name", 0)).into())
    });
    assert_eq!(
        lab.shown(&lab.put_all(&forged), "/people/0"),
        json!({"email": null, "alias": null})
    );
    // Ada comes back after an erasure, and an item is corrected: what they had before is erased,
    // what they have now is live.
    let (ada, own) = (id(&lab.here, "/name", 0), id(&lab.here, "/item", 1));
    for owner in ["ada".into(), item("r1", "/item")] {
        lab.keys.erase(&owner, "asked for it", 0).unwrap();
        lab.keys.reopen(&owner, &mut Host { now: 1, entropy: &mut lab.entropy }).unwrap();
    }
    let sealed =
        lab.policy.seal(genuine.as_bytes(), &revised("r1", "2"), &mut lab.keys, &mut lab.entropy);
    assert_eq!(
        fieldseal::Error::from(sealed.unwrap_err()).code,
        ErrorCode::AlreadySealed,
        "its pseudonym is one"
    );
    let clear = genuine.replace(at(&lab.here, "/stat"), "ada");
    let sealed = lab
        .policy
        .seal(clear.as_bytes(), &revised("r1", "2"), &mut lab.keys, &mut lab.entropy)
        .unwrap()
        .document;
    lab.here = serde_json::from_slice(&sealed).unwrap();
    assert_eq!(lab.shown(&Attempt::new(&lab.here), "/item"), 3);
    assert_eq!(lab.shown(&lab.with_id("/name", 0, ada), "/name"), Value::Null);
    assert_eq!(lab.shown(&lab.with_id("/item", 1, own), "/item"), Value::Null);
    let attempt = lab.with_id("/item", 1, own);
    let opened = lab
        .policy
        .open(attempt.document.as_bytes(), &attempt.context, false, &mut lab.keys)
        .unwrap();
    assert!(opened.access.contains("\"reason\":\"erased\""), "{}", opened.access);
}

fn pseudonyms() {
    let mut lab = Lab::new();
    let bobs = at(&lab.bobs, "/stat").to_owned();
    assert_eq!(lab.shown(&lab.put("/stat", bobs.as_str()), "/stat"), bobs);
    let invented = format!("Fp1{}", "A".repeat(32));
    assert_eq!(lab.shown(&lab.put("/stat", invented.as_str()), "/stat"), invented);
}

/// They stand beside documents: who looks for one value finds another, and opening it shows that it
/// is not what was looked for.
fn indexes() {
    let mut lab = Lab::new();
    let (sought, swapped) = (lab.indexes["bob"].value.clone(), [("bob", "r1"), ("ada", "b1")]);
    let (_, found) = swapped.into_iter().find(|(by, _)| lab.indexes[*by].value == sought).unwrap();
    assert_eq!(found, "r1", "the store says that it is Ada's record");
    assert_eq!(lab.shown(&Attempt::new(&lab.here), "/nick"), "ada!");
}

fn earlier() {
    let mut lab = Lab::new();
    let call = revised("r9", "");
    let mut seal = |price: u8| -> Value {
        let clear = json!({"by": "ada", "name": format!("Ada {price}")});
        serde_json::from_slice(
            &lab.policy
                .seal(clear.to_string().as_bytes(), &call, &mut lab.keys, &mut lab.entropy)
                .unwrap()
                .document,
        )
        .unwrap()
    };
    let (first, mut second) = (seal(1), seal(2));
    second["name"] = first["name"].clone();
    assert_eq!(lab.shown(&Attempt::new(&second).read_as(call), "/name"), "Ada 1");
}

/// `field` leaves the record open, and is what deterministic values have by default; `none` leaves
/// the place open, too.
fn loosely_bound() {
    let mut lab = Lab::new();
    assert_eq!(lab.shown(&lab.put("/same", at(&lab.next, "/same")), "/same"), 5);
    let mut schema = schema();
    schema["properties"]["name"] = json!({"x-protection": {"subject": "/by", "bind": "none"}});
    schema["properties"]["nick"] = schema["properties"]["name"].clone();
    lab.policy = Policy::compile(schema.to_string().as_bytes(), Options::default()).unwrap();
    let clear = json!({"by": "ada", "name": "Ada", "nick": "A."});
    let sealed = lab
        .policy
        .seal(clear.to_string().as_bytes(), &revised("r8", ""), &mut lab.keys, &mut lab.entropy)
        .unwrap()
        .document;
    let sealed: Value = serde_json::from_slice(&sealed).unwrap();
    assert_eq!(
        lab.shown(&Attempt::new(&json!({"by": "ada", "name": sealed["nick"]})), "/name"),
        "A."
    );
}

/// The person's own key binds them to each other, and nothing binds them to the element.
fn identities() {
    let mut lab = Lab::new();
    let people = json!([lab.here["people"][1], lab.here["people"][0]]);
    assert_eq!(
        lab.shown(&lab.put("/people", people), "/people/0"),
        json!({"email": "dan@example.org", "alias": "Dan"})
    );
}

/// Both are for moving old data, and both are said in the verdict.
fn let_in() {
    let mut lab = Lab::new();
    let mut schema = schema();
    schema["properties"]["name"]["x-protection"] =
        json!({"subject": "/by", "accept": [{"bind": "none"}]});
    let options = Options::from_json(r#"{"clear": "pass"}"#).unwrap();
    lab.policy = Policy::compile(schema.to_string().as_bytes(), options).unwrap();
    let elsewhere = at(&lab.otherwise["binds nothing"], "/name");
    for (text, shown, code) in
        [(elsewhere, "ada B.", "accepted-weaker"), ("Mallory", "Mallory", "clear-passed")]
    {
        let attempt = lab.put("/name", text);
        let opened = lab
            .policy
            .open(attempt.document.as_bytes(), &attempt.context, false, &mut lab.keys)
            .unwrap();
        let document: Value = serde_json::from_slice(&opened.document).unwrap();
        assert_eq!(document["name"], shown);
        assert!(opened.verdict.contains(code), "{}", opened.verdict);
    }
}

/// One altered value is enough: nothing of the document is emitted. The other documents open as
/// they did.
fn unreadable() {
    let mut lab = Lab::new();
    let attempt = lab.put("/list/1", at(&lab.here, "/name"));
    assert_eq!(lab.open(&attempt), Err((ErrorCode::Integrity, "/list/1".to_owned())));
    let unknown = lab.with_id("/bucket", 0, fieldseal::KeyId([9; 16]));
    assert_eq!(lab.open(&unknown), Err((ErrorCode::NotFound, "/bucket".to_owned())));
    assert!(lab.open(&Attempt::new(&lab.next).read_as(revised("r2", "2"))).is_ok());
    assert_eq!(lab.keys.state(&of(Kind::Subject, "ada")).as_str(), "live");
}
