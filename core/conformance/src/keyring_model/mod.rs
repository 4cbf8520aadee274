//! Long random sequences of commands to a keyring, and what a naive model answers. Runtimes in Rust
//! are driven directly; [`line()`] writes steps down for the others, and `keyring-traces.md` of this
//! crate describes a line.

mod dice;
mod model;
mod trace;

pub use trace::line;

use crate::records::{Answer, Erased, Owner, Request};
use model::Life;

/// Lives that are written down for runtimes in other languages.
pub const LIVES: u64 = 100;
/// Commands of one life.
pub const COMMANDS: u32 = 1_000;

/// A command to a keyring.
#[derive(Clone, Debug)]
pub enum Command {
    /// The function of the key source.
    Current(Vec<Request>),
    /// The function of the key source.
    ById(Vec<Request>),
    /// The verb.
    Provision(Owner),
    /// The verb, maybe with a least version.
    Rotate(Owner, Option<u32>),
    /// The verb.
    Restrict(Owner),
    /// The verb.
    Lift(Owner),
    /// The verb.
    Erase(Owner),
    /// The verb.
    Reopen(Owner),
    /// The verb, early or not.
    Destroy(Owner, bool),
    /// The buckets that are due at a moment, milliseconds since 1970.
    Due(u64),
}

impl Command {
    /// Returns the name of the verb or function.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Command::Current(_) => "current",
            Command::ById(_) => "by-id",
            Command::Provision(_) => "provision",
            Command::Rotate(..) => "rotate",
            Command::Restrict(_) => "restrict",
            Command::Lift(_) => "lift",
            Command::Erase(_) => "erase",
            Command::Reopen(_) => "reopen",
            Command::Destroy(..) => "destroy",
            Command::Due(_) => "due",
        }
    }
}

/// The result of a command.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The answers of the functions of a key source.
    Keys(Vec<Answer>),
    /// The result of a verb, with the code of its error, and the owner's state afterwards.
    Done(Result<(), String>, String),
    /// The result of `erase` or `destroy`: the record or the code of the error, and the owner's
    /// state afterwards.
    Ended(Result<Erased, String>, String),
    /// The buckets, in order.
    Due(Vec<Owner>),
}

/// One command at a time of the host's clock, and its result.
pub struct Step {
    /// Milliseconds since 1970.
    pub now: u64,
    /// The command.
    pub command: Command,
    /// Its result.
    pub outcome: Outcome,
}

/// One keyring under test. Every life begins with an empty keyring, and with [`Blocks`] for
/// entropy.
pub trait KeyringRuntime {
    /// Begins a life.
    fn begin(&mut self);
    /// Obeys a command.
    fn act(&mut self, now: u64, command: &Command) -> Outcome;
}

/// Lives this many lives in a runtime and compares every result with the model's. `watch` sees each
/// step, with the number of its life.
///
/// # Panics
/// At the first result that differs, naming life and step.
pub fn live(lives: u64, runtime: &mut dyn KeyringRuntime, mut watch: impl FnMut(u64, &Step)) {
    for number in 0..lives {
        runtime.begin();
        let mut life = Life::new(number);
        for count in 0..COMMANDS {
            let step = life.step();
            let outcome = runtime.act(step.now, &step.command);
            if outcome != step.outcome {
                let actual = Step { now: step.now, command: step.command.clone(), outcome };
                panic!(
                    "life {number}, command {count}:\nexpected {}\nactual   {}",
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
#[derive(Clone, Debug, Default)]
pub struct Blocks {
    next: u64,
}

impl Blocks {
    /// Returns the block of 32 bytes of that number.
    #[must_use]
    pub fn block(number: u64) -> [u8; 32] {
        let mut block = [0; 32];
        let given = if number % 16 == 15 { number / 2 } else { number };
        block[..8].copy_from_slice(&given.to_be_bytes());
        block
    }

    /// Takes the next bytes.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = Blocks::block(self.next / 32)[(self.next % 32) as usize];
            self.next += 1;
        }
    }
}
