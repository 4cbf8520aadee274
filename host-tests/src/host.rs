//! The host behind the two imports: it answers keys, gives entropy, and writes down what it was
//! asked.

use std::sync::{Arc, Mutex, MutexGuard};

use fieldseal::{Answer, Entropy, KeyContext, KeySource, Request};
use wasmtime::ResourceLimiter;

use crate::instance::contract::fieldseal::core::keys;
use crate::instance::contract::fieldseal::core::types;
use crate::instance::contract::wasi::random::random;

/// One call of the key host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether it was `current`; `by-id` otherwise.
    pub current: bool,
    /// What was asked for.
    pub requests: Vec<Request>,
}

/// How a key host breaks the contract on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// It does not.
    #[default]
    Honest,
    /// It leaves out the last answer.
    Fewer,
    /// It answers the last request twice.
    More,
    /// Its ids are one byte short.
    ShortId,
    /// Its secrets are one byte long.
    LongSecret,
    /// It traps instead of answering.
    Trap,
}

/// What the host of one instance works with.
pub struct Desk {
    /// Where keys come from.
    pub keys: Box<dyn KeySource + Send>,
    /// Where entropy comes from. The validator's hash seeds, which no result depends on, come from
    /// the operating system.
    pub entropy: Box<dyn Entropy + Send>,
    /// The clock of the key store, milliseconds since 1970-01-01T00:00:00Z.
    pub now: u64,
    /// How answers are spoilt.
    pub switch: Switch,
    /// Everything asked so far.
    pub asked: Vec<Asked>,
}

impl Desk {
    /// A host that keeps the contract.
    pub fn new(
        keys: impl KeySource + Send + 'static,
        entropy: impl Entropy + Send + 'static,
    ) -> Desk {
        Desk {
            keys: Box::new(keys),
            entropy: Box::new(entropy),
            now: 0,
            switch: Switch::Honest,
            asked: Vec::new(),
        }
    }
}

/// What the store of an instance holds.
pub struct State {
    desk: Arc<Mutex<Desk>>,
    /// The greatest size that linear memory ever had, in bytes.
    pub(crate) memory: usize,
}

impl State {
    pub(crate) fn new(desk: Arc<Mutex<Desk>>) -> State {
        State { desk, memory: 0 }
    }

    fn answer(
        &mut self,
        current: bool,
        requests: Vec<keys::Request>,
    ) -> wasmtime::Result<Vec<Result<keys::Key, keys::Refusal>>> {
        let requests: Vec<Request> =
            requests.into_iter().map(TryInto::try_into).collect::<wasmtime::Result<_>>()?;
        let mut desk = lock(&self.desk);
        let desk = &mut *desk;
        desk.asked.push(Asked { current, requests: requests.clone() });
        let answers: Vec<Answer> = if current {
            desk.keys.current(
                &requests,
                &mut KeyContext { now: desk.now, entropy: desk.entropy.as_mut() },
            )
        } else {
            desk.keys.by_id(&requests, desk.now)
        };
        let mut answers: Vec<Result<keys::Key, keys::Refusal>> =
            answers.into_iter().map(crate::convert::answer).collect();
        match desk.switch {
            Switch::Honest => {}
            Switch::Fewer => drop(answers.pop()),
            Switch::More => answers.extend(answers.last().cloned()),
            Switch::ShortId => answers.iter_mut().flatten().for_each(|key| key.id.truncate(15)),
            Switch::LongSecret => answers.iter_mut().flatten().for_each(|key| key.secret.push(0)),
            Switch::Trap => return Err(wasmtime::Error::msg("the key host trapped")),
        }
        Ok(answers)
    }
}

pub(crate) fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl keys::Host for State {
    fn current(
        &mut self,
        requests: Vec<keys::Request>,
    ) -> wasmtime::Result<Vec<Result<keys::Key, keys::Refusal>>> {
        self.answer(true, requests)
    }

    fn by_id(
        &mut self,
        requests: Vec<keys::Request>,
    ) -> wasmtime::Result<Vec<Result<keys::Key, keys::Refusal>>> {
        self.answer(false, requests)
    }
}

impl types::Host for State {}

/// What the component draws at once for sealing. A draw of another size is a seed of the
/// validator's hash maps.
const POOL: u64 = 4096;

impl random::Host for State {
    fn get_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(len)?];
        if len == POOL {
            lock(&self.desk).entropy.fill(&mut bytes);
        } else {
            getrandom::fill(&mut bytes).map_err(|error| wasmtime::Error::msg(error.to_string()))?;
        }
        Ok(bytes)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Err(wasmtime::Error::msg("the component never asks for a single number"))
    }
}

impl ResourceLimiter for State {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.memory = self.memory.max(desired);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}
