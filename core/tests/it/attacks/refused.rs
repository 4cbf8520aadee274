//! What is refused, with which code and where: *Opening* in `docs/envelope.md`.

use fieldseal::ErrorCode::{self, Integrity, NotFound, NotSealed, Unsupported};
use fieldseal::{Context, KeyId};
use serde_json::{Value, json};

use super::fixture::{Attempt, Fixture, at, forged, id, renamed, revised};

struct Attack(&'static str, fn(&Fixture) -> Attempt, ErrorCode, &'static str);

/// Of the lists below; the page says their sum.
pub(crate) const COUNTS: [usize; 5] = [17, 12, 17, 21, 25];

/// Each attack is tried alone on the same record, and leaves its document unread.
fn run(list: usize, attacks: &[Attack]) {
    let mut fixture = Fixture::new();
    let genuine = Attempt::new(&fixture.here);
    let clear = fixture.open(&genuine).unwrap();
    assert!(clear.contains("\"ada B.\"") && clear.contains("Eve"), "{clear}");
    for Attack(name, act, code, pointer) in attacks {
        let attempt = act(&fixture);
        assert!(
            attempt.document != genuine.document || attempt.context != genuine.context,
            "{name} changes something"
        );
        assert_eq!(fixture.open(&attempt), Err((*code, (*pointer).to_owned())), "{name}");
        let verdict = fixture.check(&attempt);
        assert!(verdict.contains("\"nonconforming\""), "{name}: {verdict}");
    }
    assert_eq!(fixture.open(&genuine).unwrap(), clear, "nothing that was tried left a trace");
    assert_eq!(attacks.len(), COUNTS[list]);
}

fn only(members: Value) -> Attempt {
    Attempt::new(&members)
}

#[test]
fn h06_a_value_opens_where_it_was_sealed_and_an_older_one_does_not_come_back() {
    run(
        0,
        &[
            Attack(
                "moved to another field",
                |fixture| fixture.put("/nick", at(&fixture.here, "/name")),
                Integrity,
                "/nick",
            ),
            Attack(
                "two fields exchanged",
                |fixture| fixture.swapped("/name", "/nick"),
                Integrity,
                "/name",
            ),
            Attack(
                "an element for a member",
                |fixture| fixture.put("/name", at(&fixture.here, "/list/0")),
                Integrity,
                "/name",
            ),
            Attack(
                "a member for an element",
                |fixture| fixture.put("/list/1", at(&fixture.here, "/name")),
                Integrity,
                "/list/1",
            ),
            Attack(
                "an array made an object",
                |fixture| fixture.put("/list", json!({"0": at(&fixture.here, "/list/0")})),
                Integrity,
                "/list/0",
            ),
            Attack(
                "elements exchanged under record-path",
                |fixture| fixture.swapped("/exact/0", "/exact/1"),
                Integrity,
                "/exact/0",
            ),
            Attack(
                "from another record",
                |fixture| fixture.put("/name", at(&fixture.next, "/name")),
                Integrity,
                "/name",
            ),
            Attack(
                "a whole document under another record's name",
                |fixture| Attempt::new(&fixture.next),
                NotFound,
                "/item",
            ),
            Attack(
                "of an earlier revision",
                |fixture| fixture.put("/name", at(&fixture.earlier, "/name")),
                Integrity,
                "/name",
            ),
            Attack(
                "a whole earlier revision",
                |fixture| Attempt::new(&fixture.earlier),
                Integrity,
                "/name",
            ),
            Attack(
                "an earlier revision of an item",
                |fixture| fixture.put("/item", at(&fixture.earlier, "/item")),
                Integrity,
                "/item",
            ),
            Attack(
                "read as a later revision",
                |fixture| Attempt::new(&fixture.here).read_as(revised("r1", "3")),
                Integrity,
                "/name",
            ),
            Attack(
                "of another family",
                |fixture| fixture.put("/name", at(&fixture.family, "/name")),
                Integrity,
                "/name",
            ),
            Attack(
                "a whole document of another family",
                |fixture| Attempt::new(&fixture.family),
                NotFound,
                "/item",
            ),
            Attack(
                "deterministic, to another field",
                |fixture| fixture.put("/name", at(&fixture.here, "/same")),
                Integrity,
                "/name",
            ),
            Attack(
                "deterministic, of another family",
                |fixture| fixture.put("/same", at(&fixture.family, "/same")),
                Integrity,
                "/same",
            ),
            Attack(
                "of a bucket alone, from another record",
                |fixture| fixture.put("/bucket", at(&fixture.next, "/bucket")),
                Integrity,
                "/bucket",
            ),
        ],
    );
}

#[test]
fn h45_persons_and_tenants_are_not_exchanged() {
    run(
        1,
        &[
            Attack(
                "another person's value",
                |fixture| fixture.put("/name", at(&fixture.bobs, "/name")),
                NotFound,
                "/name",
            ),
            Attack(
                "another person's name in clear",
                |fixture| fixture.put("/by", "bob"),
                NotFound,
                "/name",
            ),
            Attack(
                "both",
                |fixture| only(json!({"by": "bob", "name": at(&fixture.bobs, "/name")})),
                Integrity,
                "/name",
            ),
            Attack(
                "an erased person's value",
                |fixture| fixture.put("/name", at(&fixture.gone, "/name")),
                NotFound,
                "/name",
            ),
            Attack(
                "a deterministic value of another person",
                |fixture| fixture.put("/same", at(&fixture.bobs, "/same")),
                NotFound,
                "/same",
            ),
            Attack(
                "of another tenant",
                |fixture| fixture.put("/name", at(&fixture.acme, "/name")),
                NotFound,
                "/name",
            ),
            Attack(
                "a whole document of another tenant",
                |fixture| Attempt::new(&fixture.acme),
                NotFound,
                "/name",
            ),
            Attack(
                "read as another tenant",
                |fixture| {
                    Attempt::new(&fixture.here)
                        .read_as(Context { tenant: "acme".into(), ..revised("r1", "2") })
                },
                NotFound,
                "/name",
            ),
            Attack(
                "two sealed identities exchanged",
                |fixture| fixture.swapped("/people/0/email", "/people/1/email"),
                Integrity,
                "/people/0/alias",
            ),
            Attack(
                "what belongs to two sealed identities",
                |fixture| fixture.swapped("/people/0/alias", "/people/1/alias"),
                Integrity,
                "/people/0/alias",
            ),
            Attack(
                "an identity for what belongs to it",
                |fixture| fixture.swapped("/people/0/email", "/people/0/alias"),
                Integrity,
                "/people/0/email",
            ),
            Attack(
                "a sealed identity with its own, from another record of other persons",
                |fixture| fixture.put("/people/0", fixture.bobs["people"][1].clone()),
                Integrity,
                "/people/0/email",
            ),
        ],
    );
}

#[test]
fn h45_an_id_of_somebody_elses_key_is_not_found_and_one_that_fits_does_not_open() {
    run(
        2,
        &[
            Attack(
                "another person's",
                |fixture| fixture.with_id("/name", 0, id(&fixture.bobs, "/name", 0)),
                NotFound,
                "/name",
            ),
            Attack(
                "an erased person's",
                |fixture| fixture.with_id("/name", 0, id(&fixture.gone, "/name", 0)),
                NotFound,
                "/name",
            ),
            Attack(
                "the same person's of another tenant",
                |fixture| fixture.with_id("/name", 0, id(&fixture.acme, "/name", 0)),
                NotFound,
                "/name",
            ),
            Attack(
                "nobody's",
                |fixture| fixture.with_id("/name", 0, KeyId([9; 16])),
                NotFound,
                "/name",
            ),
            Attack(
                "a bucket's for a person's",
                |fixture| fixture.with_id("/name", 0, id(&fixture.here, "/bucket", 0)),
                NotFound,
                "/name",
            ),
            Attack(
                "an item's for a person's",
                |fixture| fixture.with_id("/name", 0, id(&fixture.here, "/item", 1)),
                NotFound,
                "/name",
            ),
            Attack(
                "a person's for a bucket's",
                |fixture| fixture.with_id("/both", 1, id(&fixture.here, "/name", 0)),
                NotFound,
                "/both",
            ),
            Attack(
                "a bucket's of another tenant",
                |fixture| fixture.with_id("/both", 1, id(&fixture.acme, "/both", 1)),
                NotFound,
                "/both",
            ),
            Attack(
                "another live bucket's",
                |fixture| fixture.with_id("/both", 1, id(&fixture.earlier, "/both", 1)),
                Integrity,
                "/both",
            ),
            Attack(
                "another live bucket's, alone",
                |fixture| fixture.with_id("/bucket", 0, id(&fixture.earlier, "/bucket", 0)),
                Integrity,
                "/bucket",
            ),
            Attack(
                "both exchanged",
                |fixture| {
                    fixture.put(
                        "/both",
                        renamed(
                            &renamed(at(&fixture.here, "/both"), 0, id(&fixture.here, "/both", 1)),
                            1,
                            id(&fixture.here, "/both", 0),
                        ),
                    )
                },
                NotFound,
                "/both",
            ),
            Attack(
                "another item's",
                |fixture| fixture.with_id("/item", 1, id(&fixture.here, "/other", 1)),
                NotFound,
                "/item",
            ),
            Attack(
                "the same item's of another record",
                |fixture| fixture.with_id("/item", 1, id(&fixture.next, "/item", 1)),
                NotFound,
                "/item",
            ),
            Attack(
                "a destroyed item's",
                |fixture| fixture.with_id("/item", 1, id(&fixture.gone, "/item", 1)),
                NotFound,
                "/item",
            ),
            Attack(
                "a person's for an item's",
                |fixture| fixture.with_id("/item", 1, id(&fixture.here, "/item", 0)),
                NotFound,
                "/item",
            ),
            Attack(
                "another person's, where the identity is sealed",
                |fixture| {
                    let dan = id(&fixture.here, "/people/1/email", 0);
                    let forged = ["/people/0/email", "/people/0/alias"].map(|pointer| {
                        (pointer, renamed(at(&fixture.here, pointer), 0, dan).into())
                    });
                    fixture.put_all(&forged)
                },
                Integrity,
                "/people/0/email",
            ),
            Attack(
                "an erased person's on one of those that name a sealed identity",
                |fixture| fixture.with_id("/people/0/alias", 0, id(&fixture.gone, "/name", 0)),
                Integrity,
                "/people/0/alias",
            ),
        ],
    );
}

/// What a policy demands at a place rules, and not what an envelope says of itself.
#[test]
fn h45_an_envelope_of_another_demand_is_refused() {
    fn from(fixture: &Fixture, name: &str, pointer: &str) -> Attempt {
        fixture.put(pointer, at(&fixture.otherwise[name], pointer))
    }
    run(
        3,
        &[
            Attack(
                "binds nothing",
                |fixture| from(fixture, "binds nothing", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "binds the field alone",
                |fixture| from(fixture, "binds the field", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "binds the path",
                |fixture| from(fixture, "binds the path", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "another suite",
                |fixture| from(fixture, "suite 3", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "deterministic",
                |fixture| from(fixture, "deterministic", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "more keys: a bucket",
                |fixture| from(fixture, "a bucket, too", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "more keys: an item",
                |fixture| from(fixture, "an item key, too", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "other keys",
                |fixture| from(fixture, "a bucket alone", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "the person unbound",
                |fixture| from(fixture, "unbound", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "without its bucket",
                |fixture| from(fixture, "no bucket", "/both"),
                Integrity,
                "/both",
            ),
            Attack(
                "without its person",
                |fixture| from(fixture, "nobody", "/both"),
                Integrity,
                "/both",
            ),
            Attack(
                "without its item key",
                |fixture| from(fixture, "no item key", "/item"),
                Integrity,
                "/item",
            ),
            Attack(
                "a bound person where none can be",
                |fixture| fixture.put("/people/0/alias", at(&fixture.here, "/name")),
                Integrity,
                "/people/0/alias",
            ),
            Attack(
                "deterministic with a salt",
                |fixture| {
                    fixture.put("/same", forged(at(&fixture.here, "/same"), |bytes| bytes[20] = 1))
                },
                Integrity,
                "/same",
            ),
            Attack(
                "the bucket cut out",
                |fixture| {
                    fixture.put(
                        "/both",
                        forged(at(&fixture.here, "/both"), |bytes| {
                            bytes[3] &= !0b10;
                            bytes.drain(20..36);
                        }),
                    )
                },
                Integrity,
                "/both",
            ),
            Attack(
                "said to bind nothing",
                |fixture| {
                    fixture.put(
                        "/name",
                        forged(at(&fixture.here, "/name"), |bytes| bytes[3] &= !0b11_0000),
                    )
                },
                Integrity,
                "/name",
            ),
            Attack(
                "said to be unbound",
                |fixture| {
                    fixture.put(
                        "/name",
                        forged(at(&fixture.here, "/name"), |bytes| bytes[3] |= 0b100_0000),
                    )
                },
                Integrity,
                "/name",
            ),
            Attack(
                "said to be unpadded",
                |fixture| {
                    fixture.put(
                        "/name",
                        forged(at(&fixture.here, "/name"), |bytes| bytes[3] &= !0b100),
                    )
                },
                Integrity,
                "/name",
            ),
            Attack(
                "said to be of suite 3",
                |fixture| {
                    fixture
                        .put("/name", forged(at(&fixture.here, "/name"), |bytes| bytes[2] = 0x43))
                },
                Integrity,
                "/name",
            ),
            Attack(
                "said to be of suite 4",
                |fixture| {
                    fixture
                        .put("/name", forged(at(&fixture.here, "/name"), |bytes| bytes[2] = 0x44))
                },
                Unsupported,
                "/name",
            ),
            Attack(
                "with the bit that is kept free",
                |fixture| {
                    fixture
                        .put("/name", forged(at(&fixture.here, "/name"), |bytes| bytes[3] |= 0x80))
                },
                Unsupported,
                "/name",
            ),
        ],
    );
}

#[test]
fn h01_what_is_cut_extended_or_written_otherwise_is_refused() {
    fn text(fixture: &Fixture, change: impl FnOnce(&str) -> String) -> Attempt {
        fixture.put("/name", change(at(&fixture.here, "/name")))
    }
    fn bit(fixture: &Fixture, from_the_end: usize) -> Attempt {
        text(fixture, |text| {
            forged(text, |bytes| {
                let place = bytes.len() - from_the_end;
                bytes[place] ^= 1;
            })
        })
    }
    run(
        4,
        &[
            Attack(
                "a character less",
                |fixture| text(fixture, |text| text[..text.len() - 1].to_owned()),
                Integrity,
                "/name",
            ),
            Attack(
                "32 bytes less",
                |fixture| {
                    text(fixture, |text| forged(text, |bytes| bytes.truncate(bytes.len() - 32)))
                },
                Integrity,
                "/name",
            ),
            Attack(
                "the mark alone",
                |fixture| text(fixture, |text| text[..3].to_owned()),
                Integrity,
                "/name",
            ),
            Attack("nothing", |fixture| text(fixture, |_| String::new()), NotSealed, "/name"),
            Attack(
                "a byte more",
                |fixture| text(fixture, |text| forged(text, |bytes| bytes.push(0))),
                Integrity,
                "/name",
            ),
            Attack(
                "32 bytes more",
                |fixture| text(fixture, |text| forged(text, |bytes| bytes.extend([0; 32]))),
                Integrity,
                "/name",
            ),
            Attack("twice", |fixture| text(fixture, |text| text.repeat(2)), Integrity, "/name"),
            Attack(
                "padded base64",
                |fixture| text(fixture, |text| format!("{text}=")),
                Integrity,
                "/name",
            ),
            Attack(
                "the other alphabet",
                |fixture| text(fixture, |text| text.replacen(['-', '_'], "+", 1)),
                Integrity,
                "/name",
            ),
            Attack(
                "a bit set that no byte has",
                |fixture| {
                    text(fixture, |text| {
                        // Two of the last character's six bits belong to no byte: the next one has
                        // them differ.
                        let (start, last) = text.split_at(text.len() - 1);
                        format!("{start}{}", char::from(last.as_bytes()[0] + 1))
                    })
                },
                Integrity,
                "/name",
            ),
            Attack(
                "a line end",
                |fixture| text(fixture, |text| format!("{text}\n")),
                Integrity,
                "/name",
            ),
            Attack(
                "a blank before",
                |fixture| text(fixture, |text| format!(" {text}")),
                NotSealed,
                "/name",
            ),
            Attack("in lower case", |fixture| text(fixture, str::to_lowercase), NotSealed, "/name"),
            Attack(
                "of format 2",
                |fixture| text(fixture, |text| text.replacen("Fs1", "Fs2", 1)),
                NotSealed,
                "/name",
            ),
            Attack(
                "the salt altered",
                |fixture| text(fixture, |text| forged(text, |bytes| bytes[20] ^= 1)),
                Integrity,
                "/name",
            ),
            Attack(
                "the commitment altered",
                |fixture| text(fixture, |text| forged(text, |bytes| bytes[36] ^= 1)),
                Integrity,
                "/name",
            ),
            Attack("the ciphertext altered", |fixture| bit(fixture, 17), Integrity, "/name"),
            Attack("the tag altered", |fixture| bit(fixture, 1), Integrity, "/name"),
            Attack(
                "clear text",
                |fixture| text(fixture, |_| "Mallory".to_owned()),
                NotSealed,
                "/name",
            ),
            Attack("null", |fixture| fixture.put("/name", Value::Null), NotSealed, "/name"),
            Attack("a number", |fixture| fixture.put("/both", 1), NotSealed, "/both"),
            Attack(
                "an envelope in an array",
                |fixture| fixture.put("/name", json!([at(&fixture.here, "/name")])),
                NotSealed,
                "/name",
            ),
            Attack(
                "a pseudonym for an envelope",
                |fixture| fixture.put("/name", at(&fixture.here, "/stat")),
                NotSealed,
                "/name",
            ),
            Attack(
                "an envelope for a pseudonym",
                |fixture| fixture.put("/stat", at(&fixture.here, "/name")),
                NotSealed,
                "/stat",
            ),
            Attack(
                "a pseudonym cut",
                |fixture| fixture.put("/stat", &at(&fixture.here, "/stat")[..34]),
                NotSealed,
                "/stat",
            ),
        ],
    );
}

/// JSON has many texts for one string: they are the same envelope, and open as it.
#[test]
fn escapes_are_the_same_envelope() {
    let mut fixture = Fixture::new();
    let genuine = Attempt::new(&fixture.here);
    let clear = fixture.open(&genuine).unwrap();
    let name = at(&fixture.here, "/name").to_owned();
    for escaped in [
        name.replacen('F', "\\u0046", 1),
        name.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
    ] {
        let attempt = Attempt {
            document: genuine.document.replace(&name, &escaped),
            context: genuine.context.clone(),
        };
        assert_ne!(attempt.document, genuine.document);
        assert_eq!(fixture.open(&attempt).unwrap(), clear);
    }
}
