//! The host behind the two imports of the component, which ask for keys and for entropy.

use fieldseal::{Answer, AnsweredKeys, Entropy, KeyContext, KeySource, Request};
use wasmtime::ResourceLimiter;

use crate::contract::{GeneratedAnswer, keys, random, types};
use crate::convert;
use crate::records::RawAnswer;

/// One call of the key source by the component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCall {
    /// True for `current`, false for `by-id`.
    pub current: bool,
    /// The requests for keys.
    pub requests: Vec<Request>,
}

/// Sees each call of the key source with its answers before the component does, and may change the
/// answers. An error traps the instance.
pub type Intercept = Box<dyn FnMut(&KeyCall, &mut Vec<RawAnswer>) -> wasmtime::Result<()> + Send>;

/// The host of one instance.
///
/// The bytes of keys are copied into the instance, which wipes its copies; those that the runtime
/// makes on the way are not wiped.
pub struct HostState {
    /// The key store that [`Instance::host_source`](crate::Instance::host_source) asks. Give the
    /// store itself and let the component cache it
    /// ([`Instance::key_cache`](crate::Instance::key_cache)): the contract has no place at which a
    /// host states for how long its own cache may still give a destroyed key, so that verdicts would
    /// say `shredLatencyMs: 0` for it. A host that caches all the same adds that age to what the
    /// verdicts say.
    pub keys: Box<dyn KeySource + Send>,
    /// The source of entropy for sealing and for keys. The validator's hash seeds, which no result
    /// depends on, come from the operating system.
    pub entropy: Box<dyn Entropy + Send>,
    /// The clock that the key source is given, milliseconds since 1970-01-01T00:00:00Z. `None` at
    /// first; a key source that needs no time, or has a clock, ignores it.
    pub now: Option<u64>,
    /// Looks at each call of the key source: for logs, and for tests of hosts that break the
    /// contract.
    pub intercept: Option<Intercept>,
}

impl HostState {
    /// Returns a host without a clock.
    pub fn new(
        keys: impl KeySource + Send + 'static,
        entropy: impl Entropy + Send + 'static,
    ) -> HostState {
        HostState { keys: Box::new(keys), entropy: Box::new(entropy), now: None, intercept: None }
    }

    /// Returns a host without a key store, for keyrings inside the instance and answers given
    /// beforehand. It refuses every request as `unavailable`.
    pub fn without_keys(entropy: impl Entropy + Send + 'static) -> HostState {
        HostState::new(AnsweredKeys::default(), entropy)
    }

    fn answer(
        &mut self,
        current: bool,
        requests: Vec<keys::Request>,
    ) -> wasmtime::Result<Vec<GeneratedAnswer>> {
        let requests: Vec<Request> =
            requests.into_iter().map(TryInto::try_into).collect::<wasmtime::Result<_>>()?;
        let answers: Vec<Answer> = if current {
            let mut context = KeyContext { now: self.now, entropy: self.entropy.as_mut() };
            self.keys.current(&requests, &mut context)
        } else {
            self.keys.by_id(&requests, self.now)
        };
        let mut answers: Vec<RawAnswer> = answers.into_iter().map(convert::answer).collect();
        if let Some(intercept) = &mut self.intercept {
            intercept(&KeyCall { current, requests }, &mut answers)?;
        }
        Ok(answers.into_iter().map(convert::handed_over).collect())
    }
}

/// The data of an instance's store.
pub(crate) struct StoreData {
    pub(crate) host: HostState,
    /// The greatest size that linear memory ever had, in bytes.
    pub(crate) memory: usize,
    /// The greatest size that linear memory may have, in bytes.
    pub(crate) most_memory: usize,
}

impl keys::Host for StoreData {
    fn current(&mut self, requests: Vec<keys::Request>) -> wasmtime::Result<Vec<GeneratedAnswer>> {
        self.host.answer(true, requests)
    }

    fn by_id(&mut self, requests: Vec<keys::Request>) -> wasmtime::Result<Vec<GeneratedAnswer>> {
        self.host.answer(false, requests)
    }
}

impl types::Host for StoreData {}

/// The bytes that the component draws at once for sealing. A draw of another size is a seed of the
/// validator's hash maps.
const POOL: u64 = 4096;

/// The most bytes that one call of `get-random-bytes` gives. The component draws no more than
/// [`POOL`]; without a bound it could have the host allocate any amount.
const MOST_RANDOM: u64 = 1 << 16;

impl random::Host for StoreData {
    fn get_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        if len > MOST_RANDOM {
            return Err(wasmtime::Error::msg(format!(
                "the component asks for {len} random bytes at once, and {MOST_RANDOM} are the most"
            )));
        }
        let mut bytes = vec![0; usize::try_from(len)?];
        if len == POOL {
            self.host.entropy.fill(&mut bytes);
        } else {
            getrandom::fill(&mut bytes).map_err(|error| wasmtime::Error::msg(error.to_string()))?;
        }
        Ok(bytes)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Err(wasmtime::Error::msg("the component never asks for a single number"))
    }
}

impl ResourceLimiter for StoreData {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let is_allowed = desired <= self.most_memory;
        if is_allowed {
            self.memory = self.memory.max(desired);
        }
        Ok(is_allowed)
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

#[cfg(test)]
mod tests {
    use super::{HostState, MOST_RANDOM, StoreData, random::Host as _};
    use crate::entropy::Os;

    #[test]
    fn random_bytes_are_given_up_to_a_bound() {
        let host = HostState::without_keys(Os);
        let mut data = StoreData { host, memory: 0, most_memory: usize::MAX };
        for len in [0, 8, 4096, MOST_RANDOM] {
            assert_eq!(data.get_random_bytes(len).map(|bytes| bytes.len() as u64).ok(), Some(len));
        }
        for len in [MOST_RANDOM + 1, 1 << 40, u64::MAX] {
            assert!(data.get_random_bytes(len).is_err());
        }
    }
}
