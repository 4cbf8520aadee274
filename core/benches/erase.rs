//! Compares two ways to forget one person among the events of many: destroying the person's key,
//! and rewriting the log without the person's values.
//!
//! Run with `cargo bench -p fieldseal --bench erase`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::time::Instant;

use fieldseal::json::{Pointer, Splice, Tape};
use fieldseal::keyring::KeyState;
use fieldseal::{Context, Keyring, Limits, Options, Policy};
use support::Pooled;

const SCHEMA: &str = r#"{"x-schema-family": "urn:example:orders", "type": "object", "properties": {
    "person": {"type": "string"}, "email": {"type": ["string", "null"], "x-protection": {"subject": "/person"}}}}"#;

const NOW: u64 = 1_795_000_000_000;

/// Number of events of each person.
const EACH: usize = 10;

/// Number of persons who are forgotten, for a median.
const FORGOTTEN: usize = 51;

fn main() {
    println!(
        "forgetting one person with {EACH} events; then reading an event of that person, and of another"
    );
    println!(
        "{:>9}  {:>9}  {:>12}  {:>9}  {:>9}  {:>9}  {:>15}",
        "events", "erase", "rewrite", "ratio", "withheld", "opened", "bytes an event"
    );
    for events in [1_000, 10_000, 100_000, 1_000_000] {
        forget(events);
    }
}

fn forget(events: usize) {
    let policy = Policy::compile(SCHEMA.as_bytes(), Options::default()).unwrap();
    let (mut keys, mut random) = (Keyring::memory(), Pooled::new());
    let people = events / EACH;
    let (mut clear, mut sealed) = (Log::default(), Log::default());
    for number in 0..events {
        let event = event(number, people);
        clear.push(event.as_bytes());
        sealed.push(
            &policy
                .seal(event.as_bytes(), &context(number), &mut keys, &mut random)
                .unwrap()
                .document,
        );
    }

    let erasing = median((0..FORGOTTEN).map(|person| {
        let reference = reference(person).as_str().into();
        let begun = Instant::now();
        keys.erase(&reference, "asked for it", Some(NOW)).unwrap();
        let taken = begun.elapsed().as_nanos() as f64;
        assert_eq!(keys.state(&reference), KeyState::Erased);
        taken
    }));
    let mut reading = |number: usize| {
        let (text, context) = (sealed.event(number), context(number));
        let begun = Instant::now();
        let opened = policy.open(text, &context, &mut keys).unwrap().document;
        let taken = begun.elapsed().as_nanos() as f64;
        let forgotten = number % people < FORGOTTEN;
        assert_eq!(opened == clear.event(number), !forgotten);
        assert_eq!(opened.ends_with(br#""email":null}"#), forgotten);
        taken
    };
    let withheld = median((0..FORGOTTEN).map(&mut reading));
    let opened = median(
        (0..FORGOTTEN).map(|number| reading(FORGOTTEN + number * (people - FORGOTTEN) / FORGOTTEN)),
    );

    let rounds = (1_000_000 / events).clamp(3, 101);
    let rewriting = median((0..rounds).map(|round| {
        let begun = Instant::now();
        let rewritten = clear.without(&reference(round % people));
        let taken = begun.elapsed().as_nanos() as f64;
        assert_eq!(rewritten.ends.len(), events);
        taken
    }));
    let bytes = [&sealed, &clear].map(|log| log.text.len() / events);
    println!(
        "{events:>9}  {:>6.2} µs  {:>9.0} µs  {:>8.0}×  {:>6.2} µs  {:>6.2} µs  {:>4}, clear {:>3}",
        erasing / 1e3,
        rewriting / 1e3,
        rewriting / erasing,
        withheld / 1e3,
        opened / 1e3,
        bytes[0],
        bytes[1],
    );
}

fn reference(person: usize) -> String {
    format!("c{person:06}")
}

/// Returns an event. Persons take turns.
fn event(number: usize, people: usize) -> String {
    let person = reference(number % people);
    format!(
        r#"{{"type":"order.placed","order":{number},"person":"{person}","total":12.90,"email":"{person}@example.org"}}"#
    )
}

fn context(number: usize) -> Context {
    Context { record: Some(format!("orders@{number}")), now: Some(NOW), ..Context::default() }
}

/// A log of consecutive events.
#[derive(Default)]
struct Log {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Log {
    fn push(&mut self, event: &[u8]) {
        self.text.extend_from_slice(event);
        self.ends.push(self.text.len());
    }

    fn event(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[number]]
    }

    /// Returns the log without one person's address.
    ///
    /// It is as fast as possible: in memory, with a search for the bytes of the reference, and only
    /// events that contain it are read as JSON.
    fn without(&self, person: &str) -> Log {
        let sought = format!("\"person\":\"{person}\"");
        let (limits, email) = (Limits::default(), Pointer::parse("/email").unwrap());
        let mut rewritten = Log {
            text: Vec::with_capacity(self.text.len()),
            ends: Vec::with_capacity(self.ends.len()),
        };
        let mut hits = 0;
        for number in 0..self.ends.len() {
            let event = self.event(number);
            if !str::from_utf8(event).unwrap().contains(&sought) {
                rewritten.push(event);
                continue;
            }
            hits += 1;
            let tape = Tape::parse(event, &limits).unwrap();
            let mut splice = Splice::new(tape.text(), event.len(), &limits);
            splice.replace(email.resolve(tape.root()).unwrap().span(), |out| {
                out.extend_from_slice(b"null")
            });
            rewritten.push(&splice.finish().unwrap());
        }
        assert_eq!(hits, EACH);
        rewritten
    }
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
