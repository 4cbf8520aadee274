//! Somebody who has one person's key and can write the store. They can seal whatever is under that
//! key alone, as that person; not as others.

use fieldseal::envelope::{self, Bind, Demand, KeyIds, Prk, Scratch, Suite};
use fieldseal::{ErrorCode, Key, KeyContext, KeyId, KeyKind, KeySource as _, KeyUse, Request};
use serde_json::json;

use super::fixture::{Attempt, FAMILY, Fixture, at, id, revised};

/// The key that was lost.
fn lost(fixture: &mut Fixture, person: &str) -> Key {
    let request = Request {
        reference: Some(person.to_owned()),
        ..Request::new(KeyKind::Subject, KeyUse::Seal)
    };
    fixture
        .keys
        .current(&[request], &mut KeyContext { now: Some(0), entropy: &mut fixture.entropy })
        .remove(0)
        .unwrap()
}

/// What its holder makes for a place of record r1, under an id of their choice.
fn made(key: &Key, named: KeyId, subject: &str, field: &str) -> String {
    let subject_bound = !subject.is_empty();
    let demand = Demand {
        suite: Suite::Aes256Gcm,
        bind: Bind::RecordField,
        subject: true,
        retention: false,
        item: false,
        subject_bound,
    };
    let ids = KeyIds { subject: Some(named), ..KeyIds::default() };
    let context = envelope::Context {
        tenant: "",
        family: FAMILY,
        record: "r1",
        revision: "2",
        subject,
        field,
    };
    let (mut work, mut out) = (Scratch::new(), Vec::new());
    let prk = Prk::derive(Some(&key.secret), None, None);
    envelope::Sealer { prk: &prk, demand, padded: true, ids, context }
        .seal(b"\"forged\"", &[1; 32], &mut work, &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn h45_one_persons_key_makes_no_value_of_another_person() {
    let mut fixture = Fixture::new();
    let bob = lost(&mut fixture, "bob");
    let ada = id(&fixture.here, "/name", 0);
    for (attempt, code) in [
        (fixture.put("/name", made(&bob, bob.id, "ada", "/name")), ErrorCode::NotFound),
        (fixture.put("/name", made(&bob, bob.id, "bob", "/name")), ErrorCode::NotFound),
        (fixture.put("/name", made(&bob, ada, "ada", "/name")), ErrorCode::Integrity),
    ] {
        assert_eq!(fixture.open(&attempt), Err((code, "/name".to_owned())));
    }
    // Nor of their own person where a second key is demanded.
    let own = Attempt::new(&json!({"by": "bob", "both": made(&bob, bob.id, "bob", "/both")}));
    assert_eq!(fixture.open(&own), Err((ErrorCode::Integrity, "/both".to_owned())));
}

/// Keys are symmetric, and an envelope is no signature.
#[test]
fn one_persons_key_makes_values_of_that_person_and_of_whoever_is_not_bound() {
    let mut fixture = Fixture::new();
    let bob = lost(&mut fixture, "bob");
    let own = Attempt::new(&json!({"by": "bob", "name": made(&bob, bob.id, "bob", "/name")}));
    assert_eq!(fixture.shown(&own, "/name"), "forged");
    let identity = made(&bob, bob.id, "", "/people/~*/email");
    assert_eq!(
        fixture.shown(&fixture.put("/people", json!([{"email": identity}])), "/people/0/email"),
        "forged"
    );
    assert_eq!(
        fixture.shown(&Attempt::new(&fixture.next).read_as(revised("r2", "2")), "/name"),
        at(&fixture.next, "/by").to_owned() + " B."
    );
}
