//! What is refused, with which code and where: *Opening* in `docs/envelope.md`.

use fieldseal::ErrorCode::{self, Integrity, NotFound, NotSealed, Unsupported};
use fieldseal::{Context, KeyId};
use serde_json::{Value, json};

use super::lab::{Attempt, Lab, at, forged, id, renamed, revised};

struct Attack(&'static str, fn(&Lab) -> Attempt, ErrorCode, &'static str);

/// Of the lists below; the page says their sum.
pub(crate) const COUNTS: [usize; 5] = [17, 12, 17, 21, 25];

/// Each attack is tried alone on the same record, and leaves its document unread.
fn run(list: usize, attacks: &[Attack]) {
    let mut lab = Lab::new();
    let genuine = Attempt::new(&lab.here);
    let clear = lab.open(&genuine).unwrap();
    assert!(clear.contains("\"ada B.\"") && clear.contains("Eve"), "{clear}");
    for Attack(name, act, code, pointer) in attacks {
        let attempt = act(&lab);
        assert!(
            attempt.document != genuine.document || attempt.context != genuine.context,
            "{name} changes something"
        );
        assert_eq!(lab.open(&attempt), Err((*code, (*pointer).to_owned())), "{name}");
        let verdict = lab.check(&attempt);
        assert!(verdict.contains("\"nonconforming\""), "{name}: {verdict}");
    }
    assert_eq!(lab.open(&genuine).unwrap(), clear, "nothing that was tried left a trace");
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
                |lab| lab.put("/nick", at(&lab.here, "/name")),
                Integrity,
                "/nick",
            ),
            Attack("two fields exchanged", |lab| lab.swapped("/name", "/nick"), Integrity, "/name"),
            Attack(
                "an element for a member",
                |lab| lab.put("/name", at(&lab.here, "/list/0")),
                Integrity,
                "/name",
            ),
            Attack(
                "a member for an element",
                |lab| lab.put("/list/1", at(&lab.here, "/name")),
                Integrity,
                "/list/1",
            ),
            Attack(
                "an array made an object",
                |lab| lab.put("/list", json!({"0": at(&lab.here, "/list/0")})),
                Integrity,
                "/list/0",
            ),
            Attack(
                "elements exchanged under record-path",
                |lab| lab.swapped("/exact/0", "/exact/1"),
                Integrity,
                "/exact/0",
            ),
            Attack(
                "from another record",
                |lab| lab.put("/name", at(&lab.next, "/name")),
                Integrity,
                "/name",
            ),
            Attack(
                "a whole document under another record's name",
                |lab| Attempt::new(&lab.next),
                NotFound,
                "/item",
            ),
            Attack(
                "of an earlier revision",
                |lab| lab.put("/name", at(&lab.earlier, "/name")),
                Integrity,
                "/name",
            ),
            Attack(
                "a whole earlier revision",
                |lab| Attempt::new(&lab.earlier),
                Integrity,
                "/name",
            ),
            Attack(
                "an earlier revision of an item",
                |lab| lab.put("/item", at(&lab.earlier, "/item")),
                Integrity,
                "/item",
            ),
            Attack(
                "read as a later revision",
                |lab| Attempt::new(&lab.here).read_as(revised("r1", "3")),
                Integrity,
                "/name",
            ),
            Attack(
                "of another family",
                |lab| lab.put("/name", at(&lab.family, "/name")),
                Integrity,
                "/name",
            ),
            Attack(
                "a whole document of another family",
                |lab| Attempt::new(&lab.family),
                NotFound,
                "/item",
            ),
            Attack(
                "deterministic, to another field",
                |lab| lab.put("/name", at(&lab.here, "/same")),
                Integrity,
                "/name",
            ),
            Attack(
                "deterministic, of another family",
                |lab| lab.put("/same", at(&lab.family, "/same")),
                Integrity,
                "/same",
            ),
            Attack(
                "of a bucket alone, from another record",
                |lab| lab.put("/bucket", at(&lab.next, "/bucket")),
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
                |lab| lab.put("/name", at(&lab.bobs, "/name")),
                NotFound,
                "/name",
            ),
            Attack(
                "another person's name in clear",
                |lab| lab.put("/by", "bob"),
                NotFound,
                "/name",
            ),
            Attack(
                "both",
                |lab| only(json!({"by": "bob", "name": at(&lab.bobs, "/name")})),
                Integrity,
                "/name",
            ),
            Attack(
                "an erased person's value",
                |lab| lab.put("/name", at(&lab.gone, "/name")),
                NotFound,
                "/name",
            ),
            Attack(
                "a deterministic value of another person",
                |lab| lab.put("/same", at(&lab.bobs, "/same")),
                NotFound,
                "/same",
            ),
            Attack(
                "of another tenant",
                |lab| lab.put("/name", at(&lab.acme, "/name")),
                NotFound,
                "/name",
            ),
            Attack(
                "a whole document of another tenant",
                |lab| Attempt::new(&lab.acme),
                NotFound,
                "/name",
            ),
            Attack(
                "read as another tenant",
                |lab| {
                    Attempt::new(&lab.here)
                        .read_as(Context { tenant: "acme".into(), ..revised("r1", "2") })
                },
                NotFound,
                "/name",
            ),
            Attack(
                "two sealed identities exchanged",
                |lab| lab.swapped("/people/0/email", "/people/1/email"),
                Integrity,
                "/people/0/alias",
            ),
            Attack(
                "what belongs to two sealed identities",
                |lab| lab.swapped("/people/0/alias", "/people/1/alias"),
                Integrity,
                "/people/0/alias",
            ),
            Attack(
                "an identity for what belongs to it",
                |lab| lab.swapped("/people/0/email", "/people/0/alias"),
                Integrity,
                "/people/0/email",
            ),
            Attack(
                "a sealed identity with its own, from another record of other persons",
                |lab| lab.put("/people/0", lab.bobs["people"][1].clone()),
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
                |lab| lab.with_id("/name", 0, id(&lab.bobs, "/name", 0)),
                NotFound,
                "/name",
            ),
            Attack(
                "an erased person's",
                |lab| lab.with_id("/name", 0, id(&lab.gone, "/name", 0)),
                NotFound,
                "/name",
            ),
            Attack(
                "the same person's of another tenant",
                |lab| lab.with_id("/name", 0, id(&lab.acme, "/name", 0)),
                NotFound,
                "/name",
            ),
            Attack("nobody's", |lab| lab.with_id("/name", 0, KeyId([9; 16])), NotFound, "/name"),
            Attack(
                "a bucket's for a person's",
                |lab| lab.with_id("/name", 0, id(&lab.here, "/bucket", 0)),
                NotFound,
                "/name",
            ),
            Attack(
                "an item's for a person's",
                |lab| lab.with_id("/name", 0, id(&lab.here, "/item", 1)),
                NotFound,
                "/name",
            ),
            Attack(
                "a person's for a bucket's",
                |lab| lab.with_id("/both", 1, id(&lab.here, "/name", 0)),
                NotFound,
                "/both",
            ),
            Attack(
                "a bucket's of another tenant",
                |lab| lab.with_id("/both", 1, id(&lab.acme, "/both", 1)),
                NotFound,
                "/both",
            ),
            Attack(
                "another live bucket's",
                |lab| lab.with_id("/both", 1, id(&lab.earlier, "/both", 1)),
                Integrity,
                "/both",
            ),
            Attack(
                "another live bucket's, alone",
                |lab| lab.with_id("/bucket", 0, id(&lab.earlier, "/bucket", 0)),
                Integrity,
                "/bucket",
            ),
            Attack(
                "both exchanged",
                |lab| {
                    lab.put(
                        "/both",
                        renamed(
                            &renamed(at(&lab.here, "/both"), 0, id(&lab.here, "/both", 1)),
                            1,
                            id(&lab.here, "/both", 0),
                        ),
                    )
                },
                NotFound,
                "/both",
            ),
            Attack(
                "another item's",
                |lab| lab.with_id("/item", 1, id(&lab.here, "/other", 1)),
                NotFound,
                "/item",
            ),
            Attack(
                "the same item's of another record",
                |lab| lab.with_id("/item", 1, id(&lab.next, "/item", 1)),
                NotFound,
                "/item",
            ),
            Attack(
                "a destroyed item's",
                |lab| lab.with_id("/item", 1, id(&lab.gone, "/item", 1)),
                NotFound,
                "/item",
            ),
            Attack(
                "a person's for an item's",
                |lab| lab.with_id("/item", 1, id(&lab.here, "/item", 0)),
                NotFound,
                "/item",
            ),
            Attack(
                "another person's, where the identity is sealed",
                |lab| {
                    let dan = id(&lab.here, "/people/1/email", 0);
                    let forged = ["/people/0/email", "/people/0/alias"]
                        .map(|pointer| (pointer, renamed(at(&lab.here, pointer), 0, dan).into()));
                    lab.put_all(&forged)
                },
                Integrity,
                "/people/0/email",
            ),
            Attack(
                "an erased person's on one of those that name a sealed identity",
                |lab| lab.with_id("/people/0/alias", 0, id(&lab.gone, "/name", 0)),
                Integrity,
                "/people/0/alias",
            ),
        ],
    );
}

/// What a policy demands at a place rules, and not what an envelope says of itself.
#[test]
fn h45_an_envelope_of_another_demand_is_refused() {
    fn from(lab: &Lab, name: &str, pointer: &str) -> Attempt {
        lab.put(pointer, at(&lab.otherwise[name], pointer))
    }
    run(
        3,
        &[
            Attack("binds nothing", |lab| from(lab, "binds nothing", "/name"), Integrity, "/name"),
            Attack(
                "binds the field alone",
                |lab| from(lab, "binds the field", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "binds the path",
                |lab| from(lab, "binds the path", "/name"),
                Integrity,
                "/name",
            ),
            Attack("another suite", |lab| from(lab, "suite 3", "/name"), Integrity, "/name"),
            Attack("deterministic", |lab| from(lab, "deterministic", "/name"), Integrity, "/name"),
            Attack(
                "more keys: a bucket",
                |lab| from(lab, "a bucket, too", "/name"),
                Integrity,
                "/name",
            ),
            Attack(
                "more keys: an item",
                |lab| from(lab, "an item key, too", "/name"),
                Integrity,
                "/name",
            ),
            Attack("other keys", |lab| from(lab, "a bucket alone", "/name"), Integrity, "/name"),
            Attack("the person unbound", |lab| from(lab, "unbound", "/name"), Integrity, "/name"),
            Attack("without its bucket", |lab| from(lab, "no bucket", "/both"), Integrity, "/both"),
            Attack("without its person", |lab| from(lab, "nobody", "/both"), Integrity, "/both"),
            Attack(
                "without its item key",
                |lab| from(lab, "no item key", "/item"),
                Integrity,
                "/item",
            ),
            Attack(
                "a bound person where none can be",
                |lab| lab.put("/people/0/alias", at(&lab.here, "/name")),
                Integrity,
                "/people/0/alias",
            ),
            Attack(
                "deterministic with a salt",
                |lab| lab.put("/same", forged(at(&lab.here, "/same"), |bytes| bytes[20] = 1)),
                Integrity,
                "/same",
            ),
            Attack(
                "the bucket cut out",
                |lab| {
                    lab.put(
                        "/both",
                        forged(at(&lab.here, "/both"), |bytes| {
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
                |lab| {
                    lab.put("/name", forged(at(&lab.here, "/name"), |bytes| bytes[3] &= !0b11_0000))
                },
                Integrity,
                "/name",
            ),
            Attack(
                "said to be unbound",
                |lab| {
                    lab.put("/name", forged(at(&lab.here, "/name"), |bytes| bytes[3] |= 0b100_0000))
                },
                Integrity,
                "/name",
            ),
            Attack(
                "said to be unpadded",
                |lab| lab.put("/name", forged(at(&lab.here, "/name"), |bytes| bytes[3] &= !0b100)),
                Integrity,
                "/name",
            ),
            Attack(
                "said to be of suite 3",
                |lab| lab.put("/name", forged(at(&lab.here, "/name"), |bytes| bytes[2] = 0x43)),
                Integrity,
                "/name",
            ),
            Attack(
                "said to be of suite 4",
                |lab| lab.put("/name", forged(at(&lab.here, "/name"), |bytes| bytes[2] = 0x44)),
                Unsupported,
                "/name",
            ),
            Attack(
                "with the bit that is kept free",
                |lab| lab.put("/name", forged(at(&lab.here, "/name"), |bytes| bytes[3] |= 0x80)),
                Unsupported,
                "/name",
            ),
        ],
    );
}

#[test]
fn h01_what_is_cut_extended_or_written_otherwise_is_refused() {
    fn text(lab: &Lab, change: impl FnOnce(&str) -> String) -> Attempt {
        lab.put("/name", change(at(&lab.here, "/name")))
    }
    fn bit(lab: &Lab, from_the_end: usize) -> Attempt {
        text(lab, |text| {
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
                |lab| text(lab, |text| text[..text.len() - 1].to_owned()),
                Integrity,
                "/name",
            ),
            Attack(
                "32 bytes less",
                |lab| text(lab, |text| forged(text, |bytes| bytes.truncate(bytes.len() - 32))),
                Integrity,
                "/name",
            ),
            Attack(
                "the mark alone",
                |lab| text(lab, |text| text[..3].to_owned()),
                Integrity,
                "/name",
            ),
            Attack("nothing", |lab| text(lab, |_| String::new()), NotSealed, "/name"),
            Attack(
                "a byte more",
                |lab| text(lab, |text| forged(text, |bytes| bytes.push(0))),
                Integrity,
                "/name",
            ),
            Attack(
                "32 bytes more",
                |lab| text(lab, |text| forged(text, |bytes| bytes.extend([0; 32]))),
                Integrity,
                "/name",
            ),
            Attack("twice", |lab| text(lab, |text| text.repeat(2)), Integrity, "/name"),
            Attack("padded base64", |lab| text(lab, |text| format!("{text}=")), Integrity, "/name"),
            Attack(
                "the other alphabet",
                |lab| text(lab, |text| text.replacen(['-', '_'], "+", 1)),
                Integrity,
                "/name",
            ),
            Attack(
                "a bit set that no byte has",
                |lab| {
                    text(lab, |text| {
                        // Two of the last character's six bits belong to no byte: the next one has
                        // them differ.
                        let (start, last) = text.split_at(text.len() - 1);
                        format!("{start}{}", char::from(last.as_bytes()[0] + 1))
                    })
                },
                Integrity,
                "/name",
            ),
            Attack("a line end", |lab| text(lab, |text| format!("{text}\n")), Integrity, "/name"),
            Attack(
                "a blank before",
                |lab| text(lab, |text| format!(" {text}")),
                NotSealed,
                "/name",
            ),
            Attack("in lower case", |lab| text(lab, str::to_lowercase), NotSealed, "/name"),
            Attack(
                "of format 2",
                |lab| text(lab, |text| text.replacen("Fs1", "Fs2", 1)),
                NotSealed,
                "/name",
            ),
            Attack(
                "the salt altered",
                |lab| text(lab, |text| forged(text, |bytes| bytes[20] ^= 1)),
                Integrity,
                "/name",
            ),
            Attack(
                "the commitment altered",
                |lab| text(lab, |text| forged(text, |bytes| bytes[36] ^= 1)),
                Integrity,
                "/name",
            ),
            Attack("the ciphertext altered", |lab| bit(lab, 17), Integrity, "/name"),
            Attack("the tag altered", |lab| bit(lab, 1), Integrity, "/name"),
            Attack("clear text", |lab| text(lab, |_| "Mallory".to_owned()), NotSealed, "/name"),
            Attack("null", |lab| lab.put("/name", Value::Null), NotSealed, "/name"),
            Attack("a number", |lab| lab.put("/both", 1), NotSealed, "/both"),
            Attack(
                "an envelope in an array",
                |lab| lab.put("/name", json!([at(&lab.here, "/name")])),
                NotSealed,
                "/name",
            ),
            Attack(
                "a pseudonym for an envelope",
                |lab| lab.put("/name", at(&lab.here, "/stat")),
                NotSealed,
                "/name",
            ),
            Attack(
                "an envelope for a pseudonym",
                |lab| lab.put("/stat", at(&lab.here, "/name")),
                NotSealed,
                "/stat",
            ),
            Attack(
                "a pseudonym cut",
                |lab| lab.put("/stat", &at(&lab.here, "/stat")[..34]),
                NotSealed,
                "/stat",
            ),
        ],
    );
}

/// JSON has many texts for one string: they are the same envelope, and open as it.
#[test]
fn escapes_are_the_same_envelope() {
    let mut lab = Lab::new();
    let genuine = Attempt::new(&lab.here);
    let clear = lab.open(&genuine).unwrap();
    let name = at(&lab.here, "/name").to_owned();
    for escaped in [
        name.replacen('F', "\\u0046", 1),
        name.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
    ] {
        let attempt = Attempt {
            document: genuine.document.replace(&name, &escaped),
            context: genuine.context.clone(),
        };
        assert_ne!(attempt.document, genuine.document);
        assert_eq!(lab.open(&attempt).unwrap(), clear);
    }
}
