//! Keys of periods over documents: what is kept so long and no longer, and what is kept on by
//! sealing it anew.

use std::collections::BTreeMap;

use fieldseal::operations::moment;
use fieldseal::{
    Answer, Context, Destroy, ErrorCode, KeyContext, KeyKind, KeyOwner, KeySource, KeyState,
    KeyUse, Keyring, OpenOptions, Policy, Request,
};
use serde_json::{Value, json};
use support::{Stream, compile, context};

/// Kept for a year from the time of the call, and let go of by the month. `memo` is nobody's: it
/// has a retention alone.
fn diary() -> Policy {
    compile(
        &json!({
            "x-schema-family": "urn:example:diary",
            "x-retention": {"year": {"period": "P1Y", "from": "created", "bucket": "P1M", "lawfulBasis": "A6-1-b"}},
            "x-protection-defaults": {"retention": "year"},
            "properties": {
                "who": {},
                "text": {"type": "string", "x-protection": {"subject": "1/who"}},
                "memo": {"type": "string", "x-protection": {"subject": false}},
                "mood": {"x-protection": {"subject": "/who", "retention": false}},
            },
        })
        .to_string(),
    )
}

fn at(record: &str, at: &str) -> Context {
    Context { at: Some(at.to_owned()), ..context(record, "") }
}

fn entry(who: &str, day: usize) -> String {
    format!(
        r#"{{"who": "{who}", "text": "text of {day}", "memo": "memo of {day}", "mood": {day}}}"#
    )
}

fn bucket(reference: &str) -> KeyOwner {
    KeyOwner::bucket(reference)
}

fn clear(policy: &Policy, call: &Context, sealed: &[u8], keys: &mut Keyring) -> String {
    String::from_utf8(policy.open(sealed, call, keys).unwrap().document).unwrap()
}

const EMPTY: &str = r#""text": "", "memo": """#;

fn without_text(clear: &str, day: usize) -> String {
    clear.replace(&format!(r#""text": "text of {day}", "memo": "memo of {day}""#), EMPTY)
}

/// 24 entries of three people, two a month.
fn year(
    policy: &Policy,
    keys: &mut Keyring,
    entropy: &mut Stream,
) -> Vec<(Context, String, Vec<u8>)> {
    (0..24)
        .map(|day| {
            let call = at(
                &format!("diary@{day}"),
                &format!("2025-{:02}-0{}T10:00:00Z", day / 2 + 1, day % 9 + 1),
            );
            let text = entry(["ann", "ben", "eva"][day % 3], day);
            let sealed = policy.seal(text.as_bytes(), &call, keys, entropy).unwrap().document;
            (call, text, sealed)
        })
        .collect()
}

#[test]
fn v11_one_key_of_a_period_covers_everybodys_values_of_that_period() {
    let (policy, mut keys, mut entropy) = (diary(), Keyring::memory(), Stream(1));
    let entries = year(&policy, &mut keys, &mut entropy);
    let retention_key = |entry: &(Context, String, Vec<u8>)| {
        let requests = policy.required_keys(&entry.2, &entry.0, KeyUse::Open).unwrap();
        let ids: Vec<_> = requests
            .iter()
            .filter(|request| request.kind == KeyKind::Retention)
            .map(|request| request.id)
            .collect();
        assert_eq!(ids.len(), 1, "one key for all values of an entry, with a person or without");
        ids[0]
    };
    for (n, entry) in entries.iter().enumerate() {
        for (m, other) in entries.iter().enumerate() {
            assert_eq!(retention_key(entry) == retention_key(other), n / 2 == m / 2, "{n} {m}");
        }
    }
    // March is over.
    keys.destroy(&bucket("year/2026-03"), Destroy::Early, Some(0)).unwrap();
    for (n, (call, text, sealed)) in entries.iter().enumerate() {
        let expected = if n / 2 == 2 { without_text(text, n) } else { text.clone() };
        assert_eq!(
            clear(&policy, call, sealed, &mut keys),
            expected,
            "whoever's they were, and nothing else"
        );
    }
}

/// Losing either key makes a value unreadable, and each reaches exactly what was sealed with it.
#[test]
fn v12_the_persons_key_and_the_periods_key_end_values_each_by_itself() {
    let (policy, mut keys, mut entropy) = (diary(), Keyring::memory(), Stream(1));
    let entries = year(&policy, &mut keys, &mut entropy);
    keys.erase(&"ben".into(), "asked for it", Some(0)).unwrap();
    keys.destroy(&bucket("year/2026-12"), Destroy::Early, Some(0)).unwrap();
    for (n, (call, text, sealed)) in entries.iter().enumerate() {
        let mut expected: Value = serde_json::from_str(text).unwrap();
        let (forgotten, over) = (text.contains("ben"), n / 2 == 11);
        for (member, gone, empty) in [
            ("text", forgotten || over, json!("")),
            ("memo", over, json!("")),
            ("mood", forgotten, Value::Null),
        ] {
            if gone {
                expected[member] = empty;
            }
        }
        let opened = policy.open(sealed, call, &mut keys).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&opened.document).unwrap(), expected);
        let access: Value = serde_json::from_str(&opened.access.to_json()).unwrap();
        let kind = |member: &str| {
            let mut rows = access["withheld"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row["pointer"] == format!("/{member}"));
            rows.next().map(|row| {
                (
                    row["kind"].as_str().unwrap().to_owned(),
                    row["reason"].as_str().unwrap().to_owned(),
                )
            })
        };
        let of = |kind: &str, gone: bool| gone.then(|| (kind.to_owned(), "erased".to_owned()));
        assert_eq!(
            kind("text"),
            if forgotten { of("subject", true) } else { of("retention", over) }
        );
        assert_eq!((kind("memo"), kind("mood")), (of("retention", over), of("subject", forgotten)));
    }
    // Nothing is sealed into a period that is over, and no key is made for it.
    let late = policy.seal(
        entry("ann", 99).as_bytes(),
        &at("late", "2025-12-31T23:00:00-05:00"),
        &mut keys,
        &mut entropy,
    );
    assert!(late.is_ok(), "by then it was January in UTC");
    let late = policy
        .seal(
            entry("ann", 99).as_bytes(),
            &at("late", "2025-12-31T23:00:00Z"),
            &mut keys,
            &mut entropy,
        )
        .unwrap_err();
    assert_eq!(
        (late.record().code, late.record().pointer.as_deref()),
        (ErrorCode::Erased, Some("/text"))
    );
}

#[test]
fn h19_what_is_due_is_destroyed_and_no_longer_kept() {
    let (policy, mut keys, mut entropy) = (diary(), Keyring::memory(), Stream(1));
    let entries = year(&policy, &mut keys, &mut entropy);
    for month in 1..=13 {
        // The first of the month: what a year ago was kept for a year is over.
        let text = if month == 13 {
            "2027-01-01T00:00:00Z".to_owned()
        } else {
            format!("2026-{month:02}-01T00:00:00Z")
        };
        let now = moment(Some(&text), None).unwrap();
        assert!(keys.due(now - 1).unwrap().is_empty(), "not a millisecond before");
        let due: Vec<String> =
            keys.due(now).unwrap().iter().map(|bucket| bucket.reference().into_owned()).collect();
        let passed: Vec<String> =
            (month > 1).then(|| format!("year/2026-{:02}", month - 1)).into_iter().collect();
        assert_eq!(due, passed);
        for bucket in keys.due(now).unwrap() {
            keys.destroy(&bucket, Destroy::WhenDue, Some(now)).unwrap();
        }
        assert!(keys.due(now).unwrap().is_empty());
        for (n, (call, text, sealed)) in entries.iter().enumerate() {
            let expected = if n / 2 + 1 < month { without_text(text, n) } else { text.clone() };
            assert_eq!(clear(&policy, call, sealed, &mut keys), expected);
        }
    }
}

/// The host's side of a roll-over: the current state, which is written to, and copies of all that
/// was ever stored.
struct Archive {
    current: BTreeMap<String, Vec<u8>>,
    copies: Vec<(String, Vec<u8>)>,
}

impl Archive {
    fn put(&mut self, record: &str, document: Vec<u8>) {
        self.copies.push((record.to_owned(), document.clone()));
        self.current.insert(record.to_owned(), document);
    }

    /// Seals every current document anew, then destroys the buckets that are due. Stops after so
    /// many steps; whether it came to its end.
    fn roll_over(
        &mut self,
        policy: &Policy,
        keys: &mut Keyring,
        entropy: &mut Stream,
        now: &str,
        mut steps: usize,
    ) -> bool {
        let clock = moment(Some(now), None).unwrap();
        let mut step = || {
            steps.checked_sub(1).is_some_and(|left| {
                steps = left;
                true
            })
        };
        // Taken first: what is sealed from now on can be in none of them.
        let due = keys.due(clock).unwrap();
        for (record, document) in self.current.clone() {
            // A value whose person is gone stays as it is: nothing could be sealed for them.
            let Ok(opened) =
                policy.open_with(&document, &at(&record, now), keys, OpenOptions::strict())
            else {
                continue;
            };
            if !step() {
                return false;
            }
            let sealed = policy.seal(&opened.document, &at(&record, now), keys, entropy).unwrap();
            if !step() {
                return false;
            }
            self.put(&record, sealed.document);
        }
        for bucket in due {
            if !step() {
                return false;
            }
            keys.destroy(&bucket, Destroy::WhenDue, Some(clock)).unwrap();
        }
        true
    }
}

#[test]
fn v15_a_roll_over_keeps_the_current_state_and_loses_everything_older() {
    const NOW: &str = "2026-01-31T12:00:00Z";
    const LATER: &str = "2026-02-01T00:00:00Z";
    let people = ["ann", "ben", "eva", "joe"];
    let (mut interrupted, mut steps) = (0, 0);
    loop {
        let (policy, mut keys, mut entropy) = (diary(), Keyring::memory(), Stream(1));
        let mut archive = Archive { current: BTreeMap::new(), copies: Vec::new() };
        // Each has an earlier state, too, which the log keeps.
        for version in 0..2 {
            for (n, who) in people.iter().enumerate() {
                let sealed = policy
                    .seal(
                        entry(who, n + 10 * version).as_bytes(),
                        &at(who, "2025-01-15T00:00:00Z"),
                        &mut keys,
                        &mut entropy,
                    )
                    .unwrap();
                archive.put(who, sealed.document);
            }
        }
        keys.erase(&"joe".into(), "asked for it", Some(0)).unwrap();
        let old = archive.copies.clone();
        // Nothing is due on the last day of the month: everything is sealed anew, and nothing
        // destroyed.
        assert!(keys.due(moment(Some(NOW), None).unwrap()).unwrap().is_empty());
        let done = archive.roll_over(&policy, &mut keys, &mut entropy, LATER, steps);
        // Wherever it stopped, nothing of the current state is lost.
        let current = |archive: &Archive, keys: &mut Keyring| {
            for (n, who) in people.iter().enumerate().filter(|(_, who)| **who != "joe") {
                assert_eq!(
                    clear(&policy, &at(who, NOW), &archive.current[*who], keys),
                    entry(who, n + 10),
                    "after {steps} steps"
                );
            }
        };
        current(&archive, &mut keys);
        // Again, from the beginning, and once more for good measure.
        for _ in 0..2 {
            assert!(archive.roll_over(&policy, &mut keys, &mut entropy, LATER, usize::MAX));
            current(&archive, &mut keys);
            assert!(keys.due(moment(Some(LATER), None).unwrap()).unwrap().is_empty());
            assert_eq!(keys.state(&bucket("year/2026-01")), KeyState::Erased);
        }
        for (record, document) in &old {
            let opened = policy.open(document, &at(record, NOW), &mut keys).unwrap();
            let opened: Value = serde_json::from_slice(&opened.document).unwrap();
            assert_eq!(
                (&opened["text"], &opened["memo"]),
                (&json!(""), &json!("")),
                "old events, logs and backups"
            );
            assert_eq!(
                opened["mood"].is_null(),
                record == "joe",
                "what has no retention stays with its person"
            );
        }
        // The person's own key still rules over what was sealed anew.
        keys.erase(&"ann".into(), "asked for it", Some(0)).unwrap();
        assert!(
            policy
                .open_with(
                    &archive.current["ann"],
                    &at("ann", NOW),
                    &mut keys,
                    OpenOptions::strict()
                )
                .is_err()
        );
        if done {
            break;
        }
        interrupted += 1;
        steps += 1;
    }
    // Two steps for each of three, and one bucket.
    assert_eq!(interrupted, 7);
}

/// Losing either key ends a value, so one key that cannot be erased leaves it erasable only
/// through the other: the verdict says so.
#[test]
fn one_key_that_cannot_be_erased_is_named_by_the_verdict() {
    /// Keys of this kind cannot be erased.
    struct Lasting(Keyring, KeyKind);
    impl Lasting {
        fn mark(&self, requests: &[Request], mut answers: Vec<Answer>) -> Vec<Answer> {
            for (request, answer) in requests.iter().zip(&mut answers) {
                if let Ok(key) = answer {
                    key.erasable = request.kind != self.1;
                }
            }
            answers
        }
    }
    impl KeySource for Lasting {
        fn current(&mut self, requests: &[Request], host: &mut KeyContext<'_>) -> Vec<Answer> {
            let answers = self.0.current(requests, host);
            self.mark(requests, answers)
        }
        fn by_id(&mut self, requests: &[Request], now: Option<u64>) -> Vec<Answer> {
            let answers = self.0.by_id(requests, now);
            self.mark(requests, answers)
        }
    }
    let (policy, call) = (diary(), at("r", "2026-01-01T00:00:00Z"));
    // `text` has both keys, `memo` that of the period and `mood` that of the person.
    for (kind, faults) in [
        (KeyKind::Subject, &["/text", "/mood"][..]),
        (KeyKind::Retention, &["/text", "/memo"]),
        (KeyKind::Item, &[]),
    ] {
        let mut keys = Lasting(Keyring::memory(), kind);
        let sealed =
            policy.seal(entry("ada", 1).as_bytes(), &call, &mut keys, &mut Stream(1)).unwrap();
        let opened = policy.open(&sealed.document, &call, &mut keys).unwrap();
        for verdict in [sealed.verdict.to_json(), opened.verdict.to_json()] {
            let verdict: Value = serde_json::from_str(&verdict).unwrap();
            let named = verdict["faults"].as_array().into_iter().flatten();
            let named: Vec<&str> = named
                .filter(|fault| fault["code"] == "unerasable-key")
                .filter_map(|fault| fault["pointer"].as_str())
                .collect();
            assert_eq!(named, faults, "{kind:?}");
        }
    }
}
