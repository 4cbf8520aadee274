//! What an attacker who can write the store does achieve. Each has its test that shows it;
//! `docs/threat-model.md` lists them, and no more.

use fieldseal::{Context, ErrorCode, KeyContext, KeyKind, Options, Policy};
use serde_json::{Value, json};

use super::fixture::{Attempt, Fixture, at, id, item, of, renamed, revised, schema};

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
    let (_, section) = page.split_once("\n## Known limitations\n").unwrap();
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
    let mut fixture = Fixture::new();
    assert_eq!(
        fixture.shown(&fixture.swapped("/list/0", "/list/1"), "/list"),
        json!(["two", "one"])
    );
    let one = at(&fixture.here, "/list/0").to_owned();
    assert_eq!(
        fixture.shown(&fixture.put("/list", json!([one, one, one])), "/list"),
        json!(["one", "one", "one"])
    );
    assert_eq!(fixture.shown(&fixture.put("/list", json!([one])), "/list"), json!(["one"]));
}

fn optional() {
    let mut fixture = Fixture::new();
    let mut document = fixture.here.clone();
    for member in ["name", "item", "both"] {
        document.as_object_mut().unwrap().shift_remove(member);
    }
    let opened = fixture.open(&Attempt::new(&document)).unwrap();
    assert!(!opened.contains("ada B.") && opened.contains("ada!"), "{opened}");
}

/// The start of a retention among them: the bucket is the one that was named when the value was
/// sealed.
fn clear_members() {
    let policy = r#"{"x-schema-family": "f", "x-retention": {"contract": {"period": "P1Y", "from": "/since", "bucket": "P1Y"}},
        "properties": {"a": {"x-protection": {"subject": false, "retention": "contract"}}}}"#;
    let (policy, mut fixture, call) = (
        Policy::compile(policy.as_bytes(), Options::default()).unwrap(),
        Fixture::new(),
        revised("r", ""),
    );
    let sealed = policy.seal(
        br#"{"since": "2019-01-01", "price": 10, "a": 1}"#,
        &call,
        &mut fixture.keys,
        &mut fixture.entropy,
    );
    // The bucket of 2020 was destroyed already: nothing is sealed into it.
    assert_eq!(fieldseal::Error::from(sealed.unwrap_err()).code, ErrorCode::Erased);
    let sealed = policy
        .seal(
            br#"{"since": "2026-01-01", "price": 10, "a": 1}"#,
            &call,
            &mut fixture.keys,
            &mut fixture.entropy,
        )
        .unwrap()
        .document;
    let document: Value = serde_json::from_slice(&sealed).unwrap();
    let changed = json!({"free": true, "a": document["a"], "price": 1, "since": "2019-01-01"});
    let opened = policy.open(changed.to_string().as_bytes(), &call, &mut fixture.keys).unwrap();
    assert_eq!(opened.document, br#"{"free":true,"a":1,"price":1,"since":"2019-01-01"}"#);
    assert!(opened.verdict.to_json().contains("\"conforming\""), "{:?}", opened.verdict);
}

/// A branch that certainly fails marks nothing. An envelope left there is a near miss in the
/// verdict, and clear text is what the schema allows.
fn deciding() {
    let policy = r#"{"x-schema-family": "f", "oneOf": [
        {"properties": {"kind": {"const": "person"}, "name": {"x-protection": {}}}, "required": ["kind"]},
        {"properties": {"kind": {"const": "ship"}}, "required": ["kind"]}]}"#;
    let policy = Policy::compile(policy.as_bytes(), Options::default()).unwrap();
    let (mut fixture, call) =
        (Fixture::new(), Context { subject: Some("ada".into()), ..revised("r", "") });
    let sealed = policy
        .seal(br#"{"kind":"person","name":"Ann"}"#, &call, &mut fixture.keys, &mut fixture.entropy)
        .unwrap()
        .document;
    let mut forged: Value = serde_json::from_slice(&sealed).unwrap();
    forged["kind"] = "ship".into();
    let opened = policy.open(forged.to_string().as_bytes(), &call, &mut fixture.keys).unwrap();
    assert_eq!(opened.document, br#"{"kind":"ship","name":"Ann"}"#);
    assert!(opened.verdict.to_json().contains("near-miss"), "{:?}", opened.verdict);
    forged["name"] = "Mallory".into();
    let opened = policy.open(forged.to_string().as_bytes(), &call, &mut fixture.keys).unwrap();
    assert_eq!(opened.document, br#"{"kind":"ship","name":"Mallory"}"#);
}

/// Keys are asked for before anything is deciphered, and an id can be put in wherever the key that
/// it names would be the right one: a bucket, whoever is not named, an earlier key of the same
/// person or item. The access record says `erased`, and the value comes back with its envelope.
fn looks_erased() {
    let mut fixture = Fixture::new();
    let genuine = fixture.open(&Attempt::new(&fixture.here)).unwrap();
    let (bucket, carol) = (id(&fixture.gone, "/both", 1), id(&fixture.gone, "/name", 0));
    assert_eq!(fixture.shown(&fixture.with_id("/both", 1, bucket), "/both"), Value::Null);
    let forged = ["/people/0/email", "/people/0/alias"]
        .map(|pointer| (pointer, renamed(at(&fixture.here, pointer), 0, carol).into()));
    assert_eq!(
        fixture.shown(&fixture.put_all(&forged), "/people/0"),
        json!({"email": null, "alias": null})
    );
    // Whoever is restricted serves as well.
    fixture.keys.restrict(&"bob".into()).unwrap();
    let forged = ["/people/0/email", "/people/0/alias"].map(|pointer| {
        (pointer, renamed(at(&fixture.here, pointer), 0, id(&fixture.bobs, "/name", 0)).into())
    });
    assert_eq!(
        fixture.shown(&fixture.put_all(&forged), "/people/0"),
        json!({"email": null, "alias": null})
    );
    // Ada comes back after an erasure, and an item is corrected: what they had before is erased,
    // what they have now is live.
    let (ada, own) = (id(&fixture.here, "/name", 0), id(&fixture.here, "/item", 1));
    for owner in ["ada".into(), item("r1", "/item")] {
        fixture.keys.erase(&owner, "asked for it", Some(0)).unwrap();
        fixture
            .keys
            .reopen(&owner, &mut KeyContext { now: Some(1), entropy: &mut fixture.entropy })
            .unwrap();
    }
    let sealed = fixture.policy.seal(
        genuine.as_bytes(),
        &revised("r1", "2"),
        &mut fixture.keys,
        &mut fixture.entropy,
    );
    assert_eq!(
        fieldseal::Error::from(sealed.unwrap_err()).code,
        ErrorCode::AlreadySealed,
        "its pseudonym is one"
    );
    let clear = genuine.replace(at(&fixture.here, "/stat"), "ada");
    let sealed = fixture
        .policy
        .seal(clear.as_bytes(), &revised("r1", "2"), &mut fixture.keys, &mut fixture.entropy)
        .unwrap()
        .document;
    fixture.here = serde_json::from_slice(&sealed).unwrap();
    assert_eq!(fixture.shown(&Attempt::new(&fixture.here), "/item"), 3);
    assert_eq!(fixture.shown(&fixture.with_id("/name", 0, ada), "/name"), Value::Null);
    assert_eq!(fixture.shown(&fixture.with_id("/item", 1, own), "/item"), Value::Null);
    let attempt = fixture.with_id("/item", 1, own);
    let opened = fixture
        .policy
        .open(attempt.document.as_bytes(), &attempt.context, &mut fixture.keys)
        .unwrap();
    assert!(opened.access.to_json().contains("\"reason\":\"erased\""), "{:?}", opened.access);
}

fn pseudonyms() {
    let mut fixture = Fixture::new();
    let bobs = at(&fixture.bobs, "/stat").to_owned();
    assert_eq!(fixture.shown(&fixture.put("/stat", bobs.as_str()), "/stat"), bobs);
    let invented = format!("Fp1{}", "A".repeat(32));
    assert_eq!(fixture.shown(&fixture.put("/stat", invented.as_str()), "/stat"), invented);
}

/// They stand beside documents: who looks for one value finds another, and opening it shows that it
/// is not what was looked for.
fn indexes() {
    let mut fixture = Fixture::new();
    let (sought, swapped) = (fixture.indexes["bob"].value.clone(), [("bob", "r1"), ("ada", "b1")]);
    let (_, found) =
        swapped.into_iter().find(|(by, _)| fixture.indexes[*by].value == sought).unwrap();
    assert_eq!(found, "r1", "the store says that it is Ada's record");
    assert_eq!(fixture.shown(&Attempt::new(&fixture.here), "/nick"), "ada!");
}

fn earlier() {
    let mut fixture = Fixture::new();
    let call = revised("r9", "");
    let mut seal = |price: u8| -> Value {
        let clear = json!({"by": "ada", "name": format!("Ada {price}")});
        serde_json::from_slice(
            &fixture
                .policy
                .seal(clear.to_string().as_bytes(), &call, &mut fixture.keys, &mut fixture.entropy)
                .unwrap()
                .document,
        )
        .unwrap()
    };
    let (first, mut second) = (seal(1), seal(2));
    second["name"] = first["name"].clone();
    assert_eq!(fixture.shown(&Attempt::new(&second).read_as(call), "/name"), "Ada 1");
}

/// `field` leaves the record open, and is what deterministic values have by default; `none` leaves
/// the place open, too.
fn loosely_bound() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.shown(&fixture.put("/same", at(&fixture.next, "/same")), "/same"), 5);
    let mut schema = schema();
    schema["properties"]["name"] = json!({"x-protection": {"subject": "/by", "bind": "none"}});
    schema["properties"]["nick"] = schema["properties"]["name"].clone();
    fixture.policy = Policy::compile(schema.to_string().as_bytes(), Options::default()).unwrap();
    let clear = json!({"by": "ada", "name": "Ada", "nick": "A."});
    let sealed = fixture
        .policy
        .seal(
            clear.to_string().as_bytes(),
            &revised("r8", ""),
            &mut fixture.keys,
            &mut fixture.entropy,
        )
        .unwrap()
        .document;
    let sealed: Value = serde_json::from_slice(&sealed).unwrap();
    assert_eq!(
        fixture.shown(&Attempt::new(&json!({"by": "ada", "name": sealed["nick"]})), "/name"),
        "A."
    );
}

/// The person's own key binds them to each other, and nothing binds them to the element.
fn identities() {
    let mut fixture = Fixture::new();
    let people = json!([fixture.here["people"][1], fixture.here["people"][0]]);
    assert_eq!(
        fixture.shown(&fixture.put("/people", people), "/people/0"),
        json!({"email": "dan@example.org", "alias": "Dan"})
    );
}

/// Both are for moving old data, and both are said in the verdict.
fn let_in() {
    let mut fixture = Fixture::new();
    let mut schema = schema();
    schema["properties"]["name"]["x-protection"] =
        json!({"subject": "/by", "accept": [{"bind": "none"}]});
    let options = Options::from_json(r#"{"clear": "pass"}"#).unwrap();
    fixture.policy = Policy::compile(schema.to_string().as_bytes(), options).unwrap();
    let elsewhere = at(&fixture.otherwise["binds nothing"], "/name");
    for (text, shown, code) in
        [(elsewhere, "ada B.", "accepted-weaker"), ("Mallory", "Mallory", "clear-passed")]
    {
        let attempt = fixture.put("/name", text);
        let opened = fixture
            .policy
            .open(attempt.document.as_bytes(), &attempt.context, &mut fixture.keys)
            .unwrap();
        let document: Value = serde_json::from_slice(&opened.document).unwrap();
        assert_eq!(document["name"], shown);
        assert!(opened.verdict.to_json().contains(code), "{:?}", opened.verdict);
    }
}

/// One altered value is enough: nothing of the document is emitted. The other documents open as
/// they did.
fn unreadable() {
    let mut fixture = Fixture::new();
    let attempt = fixture.put("/list/1", at(&fixture.here, "/name"));
    assert_eq!(fixture.open(&attempt), Err((ErrorCode::Integrity, "/list/1".to_owned())));
    let unknown = fixture.with_id("/bucket", 0, fieldseal::KeyId([9; 16]));
    assert_eq!(fixture.open(&unknown), Err((ErrorCode::NotFound, "/bucket".to_owned())));
    assert!(fixture.open(&Attempt::new(&fixture.next).read_as(revised("r2", "2"))).is_ok());
    assert_eq!(fixture.keys.state(&of(KeyKind::Subject, "ada")).as_str(), "live");
}
