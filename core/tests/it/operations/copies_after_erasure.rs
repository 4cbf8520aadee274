//! What becomes of every copy: an event store, a projection's cache and a snapshot hold the same
//! sealed values, and nobody can edit the first. Retention, rectification and erasure over the
//! keyring, and what is left to somebody who keeps everything but the destroyed key.

use fieldseal::{
    Answer, Context, Destroy, Error, ErrorCode, Key, KeyContext, KeyKind, KeyOwner, KeySource,
    KeyUse, Keyring, Policy, Request,
};
use serde_json::{Value, json};
use support::{Stream, compile, context};

const SCHEMA: &str = r#"{"x-schema-family": "urn:example:tales",
    "x-retention": {"contract": {"period": "P1Y", "from": "created", "bucket": "P1Y"}},
    "properties": {"by": {}, "what": {},
        "name": {"x-protection": {"subject": "/by", "retention": "contract"}},
        "town": {"x-protection": {"subject": "/by", "rectifiable": true}}}}"#;

const PERSONS: [&str; 3] = ["jacob", "wilhelm", "ludwig"];

/// One sealed document, and the call that reads it.
#[derive(Clone)]
struct Stored {
    call: Context,
    clear: Value,
    sealed: Vec<u8>,
}

/// Three places where the same persons' data lie. Everything in them was sealed in 2024, for a
/// year.
struct Places {
    policy: Policy,
    keys: Keyring,
    entropy: Stream,
    events: Vec<Stored>,
    projection: Vec<Stored>,
    snapshot: Vec<Stored>,
}

fn at(year: u16, record: &str) -> Context {
    Context { at: Some(format!("{year}-06-01T00:00:00Z")), ..context(record, "") }
}

impl Places {
    fn new() -> Self {
        let (policy, keys, entropy) = (compile(SCHEMA), Keyring::memory(), Stream(1));
        let mut places = Places {
            policy,
            keys,
            entropy,
            events: Vec::new(),
            projection: Vec::new(),
            snapshot: Vec::new(),
        };
        let events = PERSONS.into_iter().cycle().take(9).enumerate();
        places.events =
            events.map(|(number, by)| places.seal(&format!("{by}@{number}"), by, number)).collect();
        places.projection = PERSONS.map(|by| places.seal(&format!("{by}:view"), by, 100)).into();
        places.snapshot = PERSONS.map(|by| places.seal(&format!("{by}:snapshot"), by, 200)).into();
        places
    }

    fn seal(&mut self, record: &str, by: &str, what: usize) -> Stored {
        seal(
            self,
            at(2024, record),
            json!({"by": by, "what": what, "name": format!("{by} Grimm"), "town": "Hanau"}),
        )
    }

    fn all(&self) -> Vec<Stored> {
        [&self.events, &self.projection, &self.snapshot].into_iter().flatten().cloned().collect()
    }

    fn read(&mut self, stored: &Stored) -> Value {
        read(&self.policy, stored, &mut self.keys).unwrap()
    }
}

fn seal(places: &mut Places, call: Context, clear: Value) -> Stored {
    let Places { policy, keys, entropy, .. } = places;
    let sealed = policy.seal(clear.to_string().as_bytes(), &call, keys, entropy).unwrap().document;
    Stored { call, clear, sealed }
}

fn read(policy: &Policy, stored: &Stored, keys: &mut dyn KeySource) -> Result<Value, ErrorCode> {
    let opened =
        policy.open(&stored.sealed, &stored.call, keys).map_err(|error| Error::from(error).code)?;
    Ok(serde_json::from_slice(&opened.document).unwrap())
}

fn item(record: &str) -> KeyOwner {
    KeyOwner::item("urn:example:tales", record, "/town")
}

fn without(stored: &Stored, members: &[&str]) -> Value {
    let mut clear = stored.clear.clone();
    members.iter().for_each(|member| clear[*member] = Value::Null);
    clear
}

#[test]
fn h40_h44_an_erasure_reaches_events_projection_and_snapshot_and_changes_nobody_elses() {
    let mut places = Places::new();
    let backup = places.all();
    places.keys.erase(&"jacob".into(), "asked for it", Some(0)).unwrap();
    let mut forgotten = 0;
    for stored in places.all().iter().chain(&backup) {
        let his = stored.clear["by"] == "jacob";
        let expected = if his { without(stored, &["name", "town"]) } else { stored.clear.clone() };
        assert_eq!(places.read(stored), expected);
        forgotten += usize::from(his);
    }
    assert_eq!(forgotten, 2 * (3 + 1 + 1));
}

/// The state that goes on is sealed into a later bucket; then the old one is destroyed, and only
/// what was carried over is left.
#[test]
fn v11_v15_h40_what_is_not_carried_over_ends_with_its_bucket_everywhere() {
    let mut places = Places::new();
    let states: Vec<Value> =
        places.snapshot.clone().iter().map(|stored| places.read(stored)).collect();
    let carried: Vec<Stored> = states
        .into_iter()
        .map(|clear| {
            let record = format!("{}:snapshot-2025", clear["by"].as_str().unwrap());
            seal(&mut places, at(2025, &record), clear)
        })
        .collect();
    // 2026-01-01T00:00:00Z.
    let due = places.keys.due(1_767_225_600_000).unwrap();
    assert_eq!(due.iter().map(KeyOwner::reference).collect::<Vec<_>>(), ["contract/2025"]);
    places.keys.destroy(&due[0], Destroy::WhenDue, Some(1_767_225_600_000)).unwrap();
    for stored in places.all() {
        // The town is in no bucket: its person's key alone ends it, and its own.
        assert_eq!(places.read(&stored), without(&stored, &["name"]));
    }
    for stored in &carried {
        assert_eq!(places.read(stored), stored.clear);
    }
    // V-12: under both keys; either ends it.
    places.keys.erase(&"wilhelm".into(), "asked for it", Some(0)).unwrap();
    for stored in &carried {
        let expected = if stored.clear["by"] == "wilhelm" {
            without(stored, &["name", "town"])
        } else {
            stored.clear.clone()
        };
        assert_eq!(places.read(stored), expected);
    }
}

#[test]
fn h06_h41_h43_a_corrected_value_is_unreadable_in_every_copy_and_all_else_is_as_it_was() {
    let mut places = Places::new();
    let wrong = places.snapshot[0].clone();
    let record = wrong.call.record.clone().unwrap();
    places.keys.erase(&item(&record), "it was wrong", Some(0)).unwrap();
    places
        .keys
        .reopen(&item(&record), &mut KeyContext { now: Some(0), entropy: &mut places.entropy })
        .unwrap();
    let right = Value::from("Kassel");
    let clear = json!({"by": "jacob", "what": 200, "name": "jacob Grimm", "town": right});
    let corrected = seal(&mut places, wrong.call.clone(), clear.clone());
    assert_eq!(places.read(&corrected), clear);
    // The copy in a log, and the wrong value put back into the corrected document.
    assert_eq!(places.read(&wrong), without(&wrong, &["town"]));
    let mut put_back: Value = serde_json::from_slice(&corrected.sealed).unwrap();
    let old: Value = serde_json::from_slice(&wrong.sealed).unwrap();
    put_back["town"] = old["town"].clone();
    let put_back = Stored { sealed: put_back.to_string().into_bytes(), ..corrected };
    assert_eq!(places.read(&put_back), without(&put_back, &["town"]));
    for stored in
        places.all().iter().filter(|stored| stored.call.record.as_deref() != Some(&record))
    {
        assert_eq!(places.read(stored), stored.clear);
    }
}

/// Answers each id with one key after the other out of all that there are.
struct Hoard {
    keys: Vec<Key>,
    next: usize,
}

impl KeySource for Hoard {
    fn current(&mut self, requests: &[Request], _: &mut KeyContext<'_>) -> Vec<Answer> {
        self.by_id(requests, None)
    }

    fn by_id(&mut self, requests: &[Request], _: Option<u64>) -> Vec<Answer> {
        let mut number = self.next;
        let mut one = |request: &Request| {
            // Every combination: the number's digits, in as many as there are keys.
            let key = self.keys[number % self.keys.len()].clone();
            number /= self.keys.len();
            Ok(Key::new(request.id.unwrap(), key.secret))
        };
        requests.iter().map(&mut one).collect()
    }
}

fn key_of(keys: &mut Keyring, kind: KeyKind, reference: &str, entropy: &mut Stream) -> Key {
    let (reference, tenant) = (Some(reference.to_owned()), String::new());
    let request = Request { reference, tenant, ..Request::new(kind, KeyUse::Seal) };
    keys.current(&[request], &mut KeyContext { now: Some(0), entropy }).remove(0).unwrap()
}

/// Who kept every document and every key but the destroyed one tries them all, in every
/// combination: the key is missing, and nothing replaces it.
#[test]
fn h45_with_every_other_key_nothing_that_was_forgotten_opens() {
    let mut places = Places::new();
    let (target, entropy) = (places.events[0].clone(), &mut Stream(2));
    let only_name: Value = serde_json::from_slice(&target.sealed).unwrap();
    let target = Stored {
        sealed: json!({"by": "jacob", "name": only_name["name"]}).to_string().into_bytes(),
        ..target
    };
    let bucket = "contract/2025";
    let kept = [
        (KeyKind::Subject, "jacob"),
        (KeyKind::Subject, "wilhelm"),
        (KeyKind::Subject, "ludwig"),
        (KeyKind::Retention, bucket),
    ];
    let [own, others @ ..] =
        kept.map(|(kind, reference)| key_of(&mut places.keys, kind, reference, entropy));
    places.keys.rotate(&"jacob".into(), None, &mut KeyContext { now: Some(0), entropy }).unwrap();
    let later = key_of(&mut places.keys, KeyKind::Subject, "jacob", entropy);
    let item = key_of(
        &mut places.keys,
        KeyKind::Item,
        &item(target.call.record.as_deref().unwrap()).reference(),
        entropy,
    );
    places.keys.erase(&"jacob".into(), "asked for it", Some(0)).unwrap();
    places.keys.reopen(&"jacob".into(), &mut KeyContext { now: Some(0), entropy }).unwrap();
    let returned = key_of(&mut places.keys, KeyKind::Subject, "jacob", entropy);

    let mut hoard = Hoard { keys: [&others[..], &[later, item, returned]].concat(), next: 0 };
    let combinations = hoard.keys.len() * hoard.keys.len();
    for next in 0..combinations {
        hoard.next = next;
        assert_eq!(read(&places.policy, &target, &mut hoard), Err(ErrorCode::Integrity));
    }
    assert_eq!(combinations, 36);
    // The same with the destroyed key among them: one combination opens, so it is that key which is
    // missing, and no backup of it may be left.
    hoard.keys.push(own);
    let opens = (0..hoard.keys.len().pow(2)).filter(|next| {
        hoard.next = *next;
        read(&places.policy, &target, &mut hoard).is_ok()
    });
    assert_eq!(opens.count(), 1);
}
