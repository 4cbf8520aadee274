//! 100,000 mutants of envelopes, each refused with the code that the format gives for its bytes.
//!
//! The expected code comes from `common::wire`, which was written from envelope.md and shares
//! nothing with the code under test.

use std::collections::{BTreeMap, BTreeSet};

use fieldseal::envelope::{
    Bind, Context, Demand, Envelope, Fault, KeyIds, Prk, Scratch, Sealer, Suite,
};
use fieldseal::{KeyId, Secret};
use fieldseal_conformance::counts::MUTANTS;
use support::params::taken;
use support::wire::{self, Code};

/// xorshift64*, so that every run makes the same mutants.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

/// A genuine envelope and the place that it belongs to.
struct Genuine {
    demand: Demand,
    prk: Prk,
    field: String,
    text: String,
}

impl Genuine {
    fn context(&self) -> Context<'_> {
        Context {
            tenant: "acme",
            family: "f",
            record: "rec-42",
            revision: "",
            subject: "cust-7",
            field: &self.field,
        }
    }

    /// *Opening*, all of it but the rule about JSON.
    fn open(&self, text: &str, work: &mut Scratch) -> Result<Vec<u8>, Fault> {
        let envelope = Envelope::decode(text, work)?;
        if !envelope.meets(&self.demand) {
            return Err(Fault::Integrity);
        }
        let mut out = Vec::new();
        envelope.open(&self.prk, &self.context(), &mut out)?;
        Ok(out)
    }
}

/// Values of several lengths in a hundred places: of every suite, with one to three keys, every
/// bind profile that binds the field, padded and not.
fn genuine() -> Vec<Genuine> {
    let mut work = Scratch::new();
    let make = |n: usize| {
        let (suite, bind) =
            (Suite::ALL[n / 2 % 4], [Bind::RecordField, Bind::RecordPath, Bind::Field][n / 3 % 3]);
        let [subject, retention, item] = [n % 4 != 1, !n.is_multiple_of(4), n % 8 > 5];
        let subject_bound = !subject || !n.is_multiple_of(5);
        let demand = Demand { suite, bind, subject, retention, item, subject_bound };
        let id = |present: bool, byte: u8| present.then_some(KeyId([byte; 16]));
        let ids = KeyIds {
            subject: id(subject, 0xa0),
            retention: id(retention, 0xb0),
            item: id(item, 0xc0),
        };
        let key = |present: bool, byte: u8| present.then(|| Secret::new([byte; 32]));
        let prk = Prk::derive(
            key(subject, 1).as_ref(),
            key(retention, 2).as_ref(),
            key(item, 3).as_ref(),
        );
        let mut genuine =
            Genuine { demand, prk, field: format!("/field-{n}"), text: String::new() };
        let (mut out, value, entropy) = (Vec::new(), vec![b'7'; 1 + n * n % 90], [n as u8; 32]);
        let entropy = taken(suite, &entropy);
        Sealer {
            prk: &genuine.prk,
            demand,
            padded: !n.is_multiple_of(7),
            ids,
            context: genuine.context(),
        }
        .seal(&value, &entropy, &mut work, &mut out)
        .unwrap();
        genuine.text = String::from_utf8(out).unwrap();
        assert_eq!(genuine.open(&genuine.text, &mut work), Ok(value));
        genuine
    };
    (0..100).map(make).collect()
}

fn mutate(kind: usize, original: &Genuine, donor: &Genuine, random: &mut Random) -> String {
    let mut text = original.text.clone();
    let mut bytes = wire::decode(&text).unwrap();
    let any = |random: &mut Random| {
        char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= .\""
                [random.below(70)],
        )
    };
    match kind {
        // Bits of the bytes: one to three anywhere, or one of the first four bytes.
        0 | 1 => {
            for _ in 0..=random.below(3) {
                let bit = if kind == 0 { random.below(8 * bytes.len()) } else { random.below(32) };
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            wire::encode(&bytes)
        }
        // A bit of the text, which stays ASCII.
        2 => {
            let mut characters = text.into_bytes();
            let at = random.below(characters.len());
            characters[at] ^= 1 << random.below(7);
            String::from_utf8(characters).unwrap()
        }
        // Truncation of the text, of the bytes at the end, in the middle.
        3 => {
            text.truncate(random.below(text.len()));
            text
        }
        4 => {
            bytes.truncate(3 + random.below(bytes.len() - 3));
            wire::encode(&bytes)
        }
        5 => {
            let from = random.below(bytes.len());
            let to = from + 1 + random.below(bytes.len() - from);
            bytes.drain(from..to);
            wire::encode(&bytes)
        }
        // Extension of the text, of the bytes at the end, in the middle.
        6 => {
            let more = 1 + random.below(40);
            text.extend((0..more).map(|_| any(random)));
            text
        }
        7 => {
            let (at, more) = (random.below(bytes.len() + 1), 1 + random.below(40));
            let inserted: Vec<u8> = (0..more).map(|_| random.below(256) as u8).collect();
            bytes.splice(at..at, inserted);
            wire::encode(&bytes)
        }
        // The envelope of another field, whole or from some byte on, or with a stretch of it.
        8 => donor.text.clone(),
        9 => {
            let theirs = wire::decode(&donor.text).unwrap();
            let at = random.below(bytes.len().min(theirs.len()));
            wire::encode(&[&bytes[..at], &theirs[at..]].concat())
        }
        10 => {
            let theirs = wire::decode(&donor.text).unwrap();
            let shorter = bytes.len().min(theirs.len());
            let from = random.below(shorter);
            let to = from + random.below(shorter - from) + 1;
            bytes[from..to].copy_from_slice(&theirs[from..to]);
            wire::encode(&bytes)
        }
        // One character put in place of another.
        _ => {
            let at = random.below(text.len());
            text.replace_range(at..=at, &any(random).to_string());
            text
        }
    }
}

#[test]
fn mutants_of_envelopes_are_refused_with_the_code_of_their_bytes() {
    let (genuine, mut random, mut work) = (genuine(), Random(0x5eed), Scratch::new());
    let (mut made, mut codes, mut by_kind) = (0, BTreeMap::new(), [0_u32; 12]);
    let mut distinct = BTreeSet::new();
    let count = MUTANTS.get();
    while made < count {
        let kind = random.below(by_kind.len());
        let (at, from) = (random.below(genuine.len()), random.below(genuine.len()));
        let original = &genuine[at];
        let mutant = mutate(kind, original, &genuine[from], &mut random);
        if mutant == original.text || !distinct.insert((at, mutant.clone())) {
            continue;
        }
        let expected = wire::code_of(&mutant);
        let outcome = original.open(&mutant, &mut work).map_err(Code::from);
        assert_eq!(outcome, Err(expected), "kind {kind} of {}: {mutant}", original.text);
        made += 1;
        by_kind[kind] += 1;
        *codes.entry(format!("{expected:?}")).or_insert(0_u32) += 1;
        assert_eq!(Envelope::is_whole(&mutant), wire::whole(&mutant), "kind {kind}: {mutant}");
    }
    assert!(codes.len() == 3 && codes.values().all(|times| *times > 1_000), "{codes:?}");
    assert!(by_kind.iter().all(|times| *times > 5_000), "{by_kind:?}");
}
