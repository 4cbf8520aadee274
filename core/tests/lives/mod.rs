//! Long random lives of keys: what is asked of a keyring, and what a naive model answers. Shared by
//! `core/tests/it/keys/keyring_model.rs` (native), which also writes them down for the npm package,
//! and `host-tests` (component); README.md beside this file tells what a line means.

mod dice;
mod line;
mod model;

use fieldseal::keyring::KeyState;
use fieldseal::keys::Reference;
use fieldseal::{Entropy, ErrorCode, Refusal, Request};

pub use line::line;
use model::Life;

/// Lives and their length: 100,000 deeds in all.
pub const LIVES: u64 = 100;
/// Deeds of one life.
pub const DEEDS: u32 = 1_000;

/// What is asked of a keyring.
#[derive(Clone)]
pub enum Deed {
    /// The function of the key source.
    Current(Vec<Request>),
    /// The function of the key source.
    ById(Vec<Request>),
    /// The verb.
    Provision(Reference),
    /// The verb, maybe with a least version.
    Rotate(Reference, Option<u32>),
    /// The verb.
    Restrict(Reference),
    /// The verb.
    Lift(Reference),
    /// The verb.
    Erase(Reference),
    /// The verb.
    Reopen(Reference),
    /// The verb.
    Destroy(Reference),
    /// What is due at a moment, milliseconds since 1970.
    Due(u64),
}

/// An answer to one request: id and secret.
pub type Told = Result<([u8; 16], [u8; 32]), Refusal>;

/// What comes of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Of the functions of a key source.
    Keys(Vec<Told>),
    /// Of a verb, and the owner's state afterwards.
    Done(Result<(), ErrorCode>, KeyState),
    /// The buckets, in order.
    Due(Vec<Reference>),
}

/// One deed at a time of the host's clock, and what must come of it.
pub struct Step {
    /// Milliseconds since 1970.
    pub now: u64,
    /// What is done.
    pub deed: Deed,
    /// What comes of it.
    pub outcome: Outcome,
}

/// One runtime under test. Every life begins with an empty keyring, and with [`Blocks`] for
/// entropy.
pub trait Door {
    /// A life begins.
    fn begin(&mut self);
    /// Does it.
    fn act(&mut self, now: u64, deed: &Deed) -> Outcome;
}

/// Lives every life through a door and compares. `watch` sees each step, with the number of its
/// life.
pub fn live(door: &mut dyn Door, mut watch: impl FnMut(u64, &Step)) {
    for number in 0..LIVES {
        door.begin();
        let mut life = Life::new(number);
        for count in 0..DEEDS {
            let step = life.step();
            let outcome = door.act(step.now, &step.deed);
            if outcome != step.outcome {
                let actual = Step { now: step.now, deed: step.deed.clone(), outcome };
                panic!(
                    "life {number}, deed {count}:\nexpected {}\nactual   {}",
                    line(&step),
                    line(&actual)
                );
            }
            watch(number, &step);
        }
    }
}

/// The entropy of a life: block n is the number n (of every sixteenth, n/2: a source that repeats
/// itself) as 8 bytes, big-endian, and zeros.
#[derive(Default)]
pub struct Blocks {
    next: u64,
}

impl Blocks {
    /// The block of 32 bytes of that number.
    pub fn block(number: u64) -> [u8; 32] {
        let mut block = [0; 32];
        let told = if number % 16 == 15 { number / 2 } else { number };
        block[..8].copy_from_slice(&told.to_be_bytes());
        block
    }
}

impl Entropy for Blocks {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = Blocks::block(self.next / 32)[(self.next % 32) as usize];
            self.next += 1;
        }
    }
}
