//! A value under several keys: any one gone, value gone; which is asked for, what verdicts and
//! access records say.

use fieldseal::{
    BatchItem, Context, ErrorCode, KeyKind, KeyUse, OpenOptions, Policy, RefusalCode, Request,
    Verdict,
};
use serde_json::{Value, json};
use support::{Store, Stream, compile, context, seal, text_at};

const REFUSALS: [RefusalCode; 5] = [
    RefusalCode::Erased,
    RefusalCode::Restricted,
    RefusalCode::Denied,
    RefusalCode::NotFound,
    RefusalCode::Unavailable,
];
const BINDS: [&str; 4] = ["record-field", "record-path", "field", "none"];

fn schema(marker: &Value) -> Policy {
    compile(
        &json!({
            "x-schema-family": "urn:f",
            "x-retention": {"contract": {"period": "P10Y", "from": "created", "bucket": "P1M"}},
            "properties": {"list": {"items": {"properties": {"v": {"x-protection": marker}}}}},
        })
        .to_string(),
    )
}

const CLEAR: &str = r#"{"list": [{"v": {"a": [1.10, "x", null]}}]}"#;
const PLACE: &str = "/list/0/v";
/// 2026-11-18 and ten years.
const BUCKET: &str = "contract/2036-11";

/// One combination of keys, bind profile and suite, with what is asked for.
struct Combination {
    policy: Policy,
    bind: &'static str,
    suite: &'static str,
    /// KeyKind and reference, in the order of asking.
    keys: Vec<(KeyKind, String)>,
}

/// Every set of keys that can be demanded, under every bind and suite: 6 × 4 × 3.
fn combinations() -> Vec<Combination> {
    let mut combinations = Vec::new();
    for (subject, retention, item) in [
        (true, false, false),
        (true, true, false),
        (true, false, true),
        (true, true, true),
        (false, true, false),
        (false, true, true),
    ] {
        for bind in BINDS {
            for suite in ["aes-256-gcm", "aes-256-siv", "chacha20-poly1305", "aes-256-gcm-iv"] {
                let mut marker = json!({"bind": bind, "rectifiable": item});
                let way = if suite == "aes-256-siv" {
                    ("mode", "deterministic")
                } else {
                    ("suite", suite)
                };
                marker[way.0] = way.1.into();
                let mut keys = Vec::new();
                if subject {
                    keys.push((KeyKind::Subject, "p".to_owned()));
                } else {
                    marker["subject"] = false.into();
                }
                if retention {
                    marker["retention"] = "contract".into();
                    keys.push((KeyKind::Retention, BUCKET.to_owned()));
                }
                if item {
                    let field = [("record-path", "/list/0/v"), ("none", "")]
                        .into_iter()
                        .find(|(name, _)| *name == bind);
                    let field = field.map_or("/list/~*/v", |(_, field)| field);
                    keys.push((KeyKind::Item, json!(["urn:f", "r", field]).to_string()));
                }
                combinations.push(Combination { policy: schema(&marker), bind, suite, keys });
            }
        }
    }
    combinations
}

impl Combination {
    /// What a verdict says of the envelope.
    fn row(&self, store: &Store) -> Value {
        let mut ids: Vec<String> = self
            .keys
            .iter()
            .map(|(kind, reference)| store.id_of(*kind, reference).unwrap().to_string())
            .collect();
        ids.sort();
        let kinds: Vec<&str> = self.keys.iter().map(|(kind, _)| kind.as_str()).collect();
        let mut row = json!({"bind": self.bind, "count": 1, "keyIds": ids, "keys": kinds, "pointer": "/list/*/v", "suite": self.suite});
        if kinds.contains(&"retention") {
            row["retention"] = "contract".into();
        }
        row
    }
}

fn asked(requests: &[Request]) -> Vec<(KeyKind, Option<&str>)> {
    requests.iter().map(|request| (request.kind, request.reference.as_deref())).collect()
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn v12_every_set_of_keys_comes_back_and_says_what_it_is() {
    let call = context("r", "p");
    for combination in combinations() {
        let mut store = Store::default();
        let sealed =
            combination.policy.seal(CLEAR.as_bytes(), &call, &mut store, &mut Stream(1)).unwrap();
        let expected: Vec<_> = combination
            .keys
            .iter()
            .map(|(kind, reference)| (*kind, Some(reference.as_str())))
            .collect();
        assert_eq!(asked(&store.asked[0]), expected);
        let row = combination.row(&store);
        let is_row = |verdict: &Verdict, row: &Value| {
            let verdict = read(&verdict.to_json());
            assert_eq!(
                (&verdict["sealed"], &verdict["codes"], &verdict["level"]),
                (&json!([row]), &json!(["conforming"]), &json!("info"))
            );
        };
        let is_fine = |verdict: &Verdict| is_row(verdict, &row);
        // Only sealing knows the bucket.
        let mut named = row.clone();
        if let Some((_, bucket)) =
            combination.keys.iter().find(|(kind, _)| *kind == KeyKind::Retention)
        {
            named["bucket"] = bucket.as_str().into();
            named["ends"] = "2036-12-01T00:00:00.000Z".into();
        }
        is_row(&sealed.verdict, &named);
        is_fine(&combination.policy.check(&sealed.document).unwrap());
        // The bucket was named when sealing; the item is named again, and everything by id.
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(kind, reference)| (kind, reference.filter(|_| kind != KeyKind::Retention)))
            .collect();
        store.asked.clear();
        let opened = combination
            .policy
            .open_with(&sealed.document, &call, &mut store, OpenOptions::strict())
            .unwrap();
        assert_eq!(
            (opened.document.as_slice(), asked(&store.asked[0])),
            (CLEAR.as_bytes(), expected)
        );
        assert!(
            store.asked[0]
                .iter()
                .zip(&combination.keys)
                .all(|(request, (kind, reference))| request.id == store.id_of(*kind, reference))
        );
        is_fine(&opened.verdict);
        assert_eq!(
            read(&opened.access.to_json())["revealed"],
            json!([{"count": 1, "pointer": "/list/*/v"}])
        );
        is_fine(&combination.policy.check_deep(&sealed.document, &call, &mut store).unwrap());
        assert_eq!(store.asked.len(), 2, "one question a call");
    }
}

#[test]
fn v12_any_key_gone_and_the_value_is_gone() {
    let call = context("r", "p");
    for combination in combinations() {
        let mut store = Store::default();
        let sealed = seal(&combination.policy, CLEAR, &call, &mut store);
        // For each of its keys every answer but the key.
        for (kind, reference) in &combination.keys {
            for refusal in REFUSALS {
                store.refused.clear();
                store.refuse(reference, refusal);
                expect_refused(&combination, &sealed, &mut store, refusal, *kind);
                assert_eq!(
                    seal_refused(&combination.policy, &mut store),
                    (refused(refusal), Some(PLACE.to_owned()))
                );
            }
        }
        // Of two answers the first in the order of the specification counts.
        for (n, (kind, reference)) in combination.keys.iter().enumerate() {
            for (_, other) in &combination.keys[..n] {
                for (m, first) in REFUSALS.iter().enumerate() {
                    for later in &REFUSALS[m + 1..] {
                        store.refused.clear();
                        store.refuse(reference, *first);
                        store.refuse(other, *later);
                        expect_refused(&combination, &sealed, &mut store, *first, *kind);
                        assert_eq!(
                            seal_refused(&combination.policy, &mut store).0,
                            refused(*first)
                        );
                    }
                }
            }
        }
    }
}

const fn refused(refusal: RefusalCode) -> ErrorCode {
    match refusal {
        RefusalCode::Erased => ErrorCode::Erased,
        RefusalCode::Restricted => ErrorCode::Restricted,
        RefusalCode::Denied => ErrorCode::Denied,
        RefusalCode::NotFound => ErrorCode::NotFound,
        RefusalCode::Unavailable => ErrorCode::Unavailable,
    }
}

fn seal_refused(policy: &Policy, store: &mut Store) -> (ErrorCode, Option<String>) {
    let mut entropy = Stream(1);
    let error = policy.seal(CLEAR.as_bytes(), &context("r", "p"), store, &mut entropy).unwrap_err();
    assert_eq!(entropy.0, 1, "nothing is drawn for a call that fails");
    (error.record().code, error.record().pointer.clone())
}

fn expect_refused(
    combination: &Combination,
    sealed: &str,
    store: &mut Store,
    refusal: RefusalCode,
    kind: KeyKind,
) {
    let (policy, call) = (&combination.policy, context("r", "p"));
    let strict =
        policy.open_with(sealed.as_bytes(), &call, store, OpenOptions::strict()).unwrap_err();
    assert_eq!(
        (strict.record().code, strict.record().pointer.as_deref()),
        (refused(refusal), Some(PLACE))
    );
    let (opened, checked) = (
        policy.open(sealed.as_bytes(), &call, store),
        policy.check_deep(sealed.as_bytes(), &call, store),
    );
    match refusal {
        RefusalCode::Erased | RefusalCode::Restricted | RefusalCode::Denied => {
            let (opened, reason) = (opened.unwrap(), refused(refusal).as_str());
            assert_eq!(opened.document, br#"{"list": [{"v": null}]}"#);
            let withheld = json!([{"count": 1, "kind": kind.as_str(), "masked": false, "pointer": "/list/*/v", "reason": reason}]);
            assert_eq!(
                (
                    &read(&opened.access.to_json())["withheld"],
                    &read(&opened.access.to_json())["revealed"]
                ),
                (&withheld, &json!([]))
            );
            let verdict = read(&opened.verdict.to_json());
            assert_eq!(
                (&verdict["codes"], &verdict["sealed"]),
                (&json!(["conforming", "withheld"]), &json!([combination.row(store)]))
            );
            assert_eq!(
                read(&checked.unwrap().to_json())["codes"],
                json!(["conforming", "withheld"])
            );
        }
        RefusalCode::NotFound => {
            assert_eq!(opened.unwrap_err().record().code, ErrorCode::NotFound);
            assert_eq!(
                read(&checked.unwrap().to_json())["codes"],
                json!(["nonconforming", "integrity"])
            );
        }
        RefusalCode::Unavailable => {
            for error in [opened.unwrap_err(), checked.unwrap_err()] {
                assert_eq!(
                    (error.record().code, error.record().pointer.as_deref()),
                    (ErrorCode::Unavailable, Some(PLACE))
                );
            }
        }
    }
}

/// An envelope of one set of keys where another is demanded: refused by the policy, never by what
/// it says of itself.
#[test]
fn only_the_demanded_set_of_keys_opens() {
    let (all, call) = (combinations(), context("r", "p"));
    let mut store = Store::default();
    let sealed: Vec<String> =
        all.iter().map(|combination| seal(&combination.policy, CLEAR, &call, &mut store)).collect();
    for (n, combination) in all.iter().enumerate() {
        for (m, sealed) in sealed.iter().enumerate().filter(|(m, _)| *m != n) {
            let error = combination.policy.open(sealed.as_bytes(), &call, &mut store).unwrap_err();
            assert_eq!(
                (error.record().code, error.record().pointer.as_deref()),
                (ErrorCode::Integrity, Some(PLACE)),
                "{n} {m}"
            );
            assert_eq!(
                read(&combination.policy.check(sealed.as_bytes()).unwrap().to_json())["codes"],
                json!(["nonconforming", "integrity"])
            );
        }
    }
}

/// `accept` names keys, suites, binds and unbound subjects of envelopes made under an earlier
/// policy.
#[test]
fn accept_takes_what_earlier_policies_made() {
    let call = context("r", "p");
    let full = json!({"retention": "contract", "rectifiable": true});
    for (old, accept) in [
        (json!({}), json!({"keys": ["subject"]})),
        (json!({"retention": "contract"}), json!({"keys": ["retention", "subject"]})),
        (json!({"rectifiable": true}), json!({"keys": ["subject", "item"]})),
        (json!({"subject": false, "retention": "contract"}), json!({"keys": ["retention"]})),
        (
            json!({"subject": false, "retention": "contract", "rectifiable": true}),
            json!({"keys": ["item", "retention"]}),
        ),
        (
            json!({"retention": "contract", "rectifiable": true, "suite": "chacha20-poly1305"}),
            json!({"suite": "chacha20-poly1305"}),
        ),
        (
            json!({"mode": "deterministic", "bind": "none"}),
            json!({"suite": "aes-256-siv", "keys": ["subject"], "bind": "none"}),
        ),
    ] {
        let mut store = Store::default();
        let sealed = seal(&schema(&old), CLEAR, &call, &mut store);
        let before =
            read(&schema(&old).check(sealed.as_bytes()).unwrap().to_json())["sealed"].clone();
        let mut moving = full.clone();
        moving["accept"] = json!([{"keys": ["subject"], "bind": "record-path"}, accept]);
        let moving = schema(&moving);
        let opened =
            moving.open_with(sealed.as_bytes(), &call, &mut store, OpenOptions::strict()).unwrap();
        assert_eq!(opened.document, CLEAR.as_bytes(), "{old}");
        for verdict in [
            &opened.verdict.to_json(),
            &moving.check(sealed.as_bytes()).unwrap().to_json(),
            &moving.check_deep(sealed.as_bytes(), &call, &mut store).unwrap().to_json(),
        ] {
            let verdict = read(verdict);
            assert_eq!(verdict["codes"], json!(["conforming", "accepted-weaker"]), "{old}");
            assert_eq!(verdict["sealed"], before, "it is called what it is");
        }
        assert_eq!(
            schema(&full)
                .open_with(sealed.as_bytes(), &call, &mut store, OpenOptions::strict())
                .unwrap_err()
                .record()
                .code,
            ErrorCode::Integrity
        );
        // What the moving policy seals is what it demands.
        let new = seal(&moving, CLEAR, &call, &mut store);
        assert_eq!(
            read(&schema(&full).check(new.as_bytes()).unwrap().to_json())["codes"],
            json!(["conforming"])
        );
    }
}

/// The subject was a sealed identity once, and stands in clear now, and the other way round.
#[test]
fn accept_takes_unbound_and_bound_subjects() {
    let with = |email: Option<Value>, name: Value| {
        let mut properties = json!({"id": {}, "email": {}, "name": {"x-protection": name}});
        if let Some(email) = email {
            properties["email"]["x-protection"] = email;
        }
        compile(&json!({"x-schema-family": "f", "properties": properties}).to_string())
    };
    let (mut store, call) = (Store::default(), context("r", ""));
    let sealed_identity = with(Some(json!({"subject": "0"})), json!({"subject": "1/email"}));
    let clear = r#"{"id": "ann@x", "email": "ann@x", "name": "Ann"}"#;
    let old = seal(&sealed_identity, clear, &call, &mut store);
    // The same envelope beside an identity in clear: its subject is not bound.
    let moved =
        format!(r#"{{"id": "ann@x", "email": "ann@x", "name": "{}"}}"#, text_at(&old, "/name"));
    let strict = with(None, json!({"subject": "1/email"}));
    assert_eq!(
        strict
            .open_with(moved.as_bytes(), &call, &mut store, OpenOptions::strict())
            .unwrap_err()
            .record()
            .code,
        ErrorCode::Integrity
    );
    let moving = with(None, json!({"subject": "1/email", "accept": [{"subjectBound": false}]}));
    let opened =
        moving.open_with(moved.as_bytes(), &call, &mut store, OpenOptions::strict()).unwrap();
    assert_eq!(
        (opened.document.as_slice(), &read(&opened.verdict.to_json())["codes"]),
        (clear.as_bytes(), &json!(["conforming", "accepted-weaker"]))
    );
}

/// Whose value it is may be told by a sealed value that is nobody's, deterministic, or a token: its
/// own person's key, if any, is theirs.
#[test]
fn a_subject_may_lead_to_a_sealed_value_of_every_mode() {
    for (email, own) in [
        (json!({"mode": "deterministic", "subject": "0"}), true),
        (
            json!({"mode": "deterministic", "subject": "0", "retention": "contract", "rectifiable": true}),
            true,
        ),
        (json!({"subject": false, "retention": "contract"}), false),
        (json!({"subject": false, "retention": "contract", "mode": "deterministic"}), false),
        (json!({"mode": "pseudonym"}), false),
    ] {
        let policy = compile(
            &json!({
                "x-schema-family": "f",
                "x-retention": {"contract": {"period": "P10Y", "from": "created", "bucket": "P1M"}},
                "properties": {
                    "email": {"type": "string", "x-protection": email},
                    "name": {"x-protection": {"subject": "1/email"}},
                    "phone": {"x-protection": {"subject": "/email", "retention": "contract", "bind": "field"}},
                },
            })
            .to_string(),
        );
        let (mut store, call) = (Store::default(), context("r", ""));
        let document =
            |person: &str| format!(r#"{{"email": "{person}", "name": "N", "phone": "1"}}"#);
        let sealed = seal(&policy, &document("ann@x"), &call, &mut store);
        let other = seal(&policy, &document("ben@x"), &call, &mut store);
        assert!(!sealed.contains("ann@x") && store.id("ann@x").is_some());
        let opened =
            policy.open_with(sealed.as_bytes(), &call, &mut store, OpenOptions::strict()).unwrap();
        let token = email["mode"] == "pseudonym";
        let clear = if token { text_at(&sealed, "/email") } else { "ann@x".to_owned() };
        assert_eq!(String::from_utf8(opened.document).unwrap(), document(&clear), "{email}");
        let theirs: Vec<_> = store
            .asked
            .last()
            .unwrap()
            .iter()
            .filter(|request| request.kind == KeyKind::Subject)
            .collect();
        assert_eq!(
            (theirs.len(), &theirs[0].reference, theirs[0].id),
            (1, &None, store.id("ann@x")),
            "found by id alone"
        );
        for verdict in [
            policy.check(sealed.as_bytes()).unwrap().to_json(),
            policy.check_deep(sealed.as_bytes(), &call, &mut store).unwrap().to_json(),
        ] {
            assert_eq!(read(&verdict)["codes"], json!(["conforming"]), "{email}");
        }
        // All who point there carry one person's key.
        let swapped = sealed.replace(&text_at(&sealed, "/phone"), &text_at(&other, "/phone"));
        let error = policy
            .open_with(swapped.as_bytes(), &call, &mut store, OpenOptions::strict())
            .unwrap_err();
        assert_eq!(
            (error.record().code, error.record().pointer.as_deref()),
            (ErrorCode::Integrity, Some("/phone")),
            "{email}"
        );
        assert_eq!(
            read(&policy.check(swapped.as_bytes()).unwrap().to_json())["faults"],
            json!([{"code": "integrity", "count": 1, "pointer": "/phone"}])
        );
        // The person forgotten: theirs is gone, and of the identity what was under their key.
        store.refuse("ann@x", RefusalCode::Erased);
        let after: Value = serde_json::from_slice(
            &policy.open(sealed.as_bytes(), &call, &mut store).unwrap().document,
        )
        .unwrap();
        let email_after = if own { json!("") } else { clear.into() };
        assert_eq!(after, json!({"email": email_after, "name": null, "phone": null}), "{email}");
    }
}

#[test]
fn a_batch_asks_once_for_keys_of_every_kind() {
    let policy = schema(
        &json!({"retention": "contract", "rectifiable": true, "index": {"name": "n", "bits": 16}}),
    );
    let mut store = Store::default();
    let calls: Vec<BatchItem> = [("r1", "p"), ("r2", "p"), ("r3", "q")]
        .into_iter()
        .map(|(record, person)| BatchItem {
            document: CLEAR.into(),
            context: context(record, person),
        })
        .collect();
    let sealed: Vec<_> = policy
        .seal_many(&calls, &mut store, &mut Stream(1))
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let kinds = |store: &Store| -> Vec<&'static str> {
        store.asked[0].iter().map(|request| request.kind.as_str()).collect()
    };
    // Person, bucket, item, index; of the second only the item; of the third the person and the
    // item.
    assert_eq!(
        (store.asked.len(), kinds(&store)),
        (1, vec!["subject", "retention", "item", "index", "item", "subject", "item"])
    );
    let lone: Vec<_> = calls
        .iter()
        .map(|call| {
            policy.seal(&call.document, &call.context, &mut store, &mut Stream(1)).unwrap().indexes
                [0]
            .value
            .clone()
        })
        .collect();
    assert_eq!(
        sealed.iter().map(|sealed| sealed.indexes[0].value.clone()).collect::<Vec<_>>(),
        lone
    );
    store.asked.clear();
    let open: Vec<BatchItem> = sealed
        .iter()
        .zip(&calls)
        .map(|(sealed, call)| BatchItem { document: sealed.document.clone(), ..call.clone() })
        .collect();
    assert!(
        policy
            .open_many_with(&open, &mut store, OpenOptions::strict())
            .into_iter()
            .all(|opened| opened.unwrap().document == CLEAR.as_bytes())
    );
    assert_eq!(
        (store.asked.len(), kinds(&store)),
        (1, vec!["subject", "retention", "item", "item", "subject", "item"])
    );
    // One item destroyed: that document alone is withheld.
    store.refuse(r#"["urn:f","r2","/list/~*/v"]"#, RefusalCode::Erased);
    let opened: Vec<bool> = policy
        .open_many_with(&open, &mut store, OpenOptions::strict())
        .into_iter()
        .map(|opened| opened.is_ok())
        .collect();
    assert_eq!(opened, [true, false, true]);
}

/// A record is what an item is named by, under every bind.
#[test]
fn an_item_needs_a_record() {
    for bind in BINDS {
        let policy = schema(&json!({"rectifiable": true, "bind": bind}));
        let mut store = Store::default();
        let sealed = seal(&policy, CLEAR, &context("r", "p"), &mut store);
        for call in [Context { record: None, ..context("", "p") }, context("", "p")] {
            let errors = [
                policy.required_keys(CLEAR.as_bytes(), &call, KeyUse::Seal).unwrap_err(),
                policy.required_keys(sealed.as_bytes(), &call, KeyUse::Open).unwrap_err(),
                policy.check_deep(sealed.as_bytes(), &call, &mut store).unwrap_err().into(),
            ];
            assert!(
                errors.iter().all(|error| (error.code, error.pointer.as_deref())
                    == (ErrorCode::Context, Some(PLACE))),
                "{bind}"
            );
        }
        // Another record's item is another key, though the envelope might open there.
        let error = policy
            .open_with(sealed.as_bytes(), &context("r2", "p"), &mut store, OpenOptions::strict())
            .unwrap_err();
        assert_eq!(error.record().code, ErrorCode::NotFound, "{bind}");
    }
}
