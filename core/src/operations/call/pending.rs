//! A call between its two steps: planned, and waiting for its keys.

use crate::error::Error;
use crate::keys::{Answer, Answers, CallKeys, KeyId, KeySource, Request};

/// A call that waits for its keys. The verbs of [`Policy`](crate::Policy) whose name starts with
/// `begin` return it. An asynchronous host then fetches the keys that [`Pending::requests`] lists
/// and calls `finish`. Other hosts call the verb that takes both steps.
#[must_use = "a call that is not finished does nothing"]
pub struct Pending<V> {
    plan: V,
    requests: Vec<Request>,
}

impl<V> Pending<V> {
    pub(crate) const fn new(plan: V, requests: Vec<Request>) -> Self {
        Pending { plan, requests }
    }

    /// Returns the requests, each distinct one once, in the order of the first value that needs it.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    pub(crate) const fn plan(&self) -> &V {
        &self.plan
    }

    pub(crate) fn map<W>(self, map: impl FnOnce(V) -> W) -> Pending<W> {
        Pending { plan: map(self.plan), requests: self.requests }
    }

    pub(crate) fn into_parts(self) -> (V, Vec<Request>) {
        (self.plan, self.requests)
    }

    /// Asks one question for all keys, or none if no key is needed.
    pub(crate) fn ask(&self, source: impl FnOnce(&[Request]) -> Vec<Answer>) -> Vec<Answer> {
        if self.requests.is_empty() { Vec::new() } else { source(&self.requests) }
    }

    /// Takes the second step with the answers to [`Pending::requests`], given in their order. The
    /// cache behind the answers forgets the keys with which a value did not open. `apply` receives
    /// the error if the answers are invalid.
    pub(crate) fn settle<T>(
        self,
        answers: Answers,
        apply: impl FnOnce(V, Result<&mut CallKeys, Error>) -> T,
    ) -> T {
        let cache = answers.cache();
        let mut keys = CallKeys::new(self.requests, answers);
        let outcome = apply(self.plan, keys.as_mut().map_err(|error| error.clone()));
        if let (Some(cache), Some(suspects)) = (cache, suspects(&keys)) {
            cache.forget(suspects);
        }
        outcome
    }

    /// Takes the second step with the answers of a source that this call can reach.
    pub(crate) fn settle_with<T>(
        self,
        source: &mut dyn KeySource,
        answers: Vec<Answer>,
        apply: impl FnOnce(V, Result<&mut CallKeys, Error>) -> T,
    ) -> T {
        let answers = Answers::from(answers)
            .with_shred_latency_ms(source.shred_latency_ms())
            .with_needs_clock(source.needs_clock());
        let mut keys = CallKeys::new(self.requests, answers);
        let outcome = apply(self.plan, keys.as_mut().map_err(|error| error.clone()));
        if let Some(suspects) = suspects(&keys) {
            source.forget(suspects);
        }
        outcome
    }
}

/// Returns the keys with which a value did not open.
fn suspects(keys: &Result<CallKeys, Error>) -> Option<&[KeyId]> {
    keys.as_ref().ok().map(|keys| keys.suspects.as_slice()).filter(|ids| !ids.is_empty())
}
