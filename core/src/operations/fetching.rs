//! What is asked of a key source: only what the policy's cache does not answer.

use super::ring::Ring;
use crate::error::Error;
use crate::keys::{Answer, CachedKey, Generation, Request};
use crate::policy::Policy;

/// The keys of one call, or of a batch, between the question and the answers.
pub(super) struct Fetching {
    /// By request: the cached key. Empty where the cache is not asked.
    hits: Vec<Option<CachedKey>>,
    /// What is left to ask; `None` for all.
    missing: Option<Vec<Request>>,
    /// When the cache was asked, if it was: only then are the answers kept.
    generation: Option<Generation>,
}

impl Fetching {
    /// Looks each request up, once. A host without a clock has no cache: nothing would ever grow
    /// old.
    pub(super) fn begin(rules: &Policy, requests: &[Request], now: u64) -> Self {
        if now == 0 {
            return Fetching::bypassing();
        }
        let Some((hits, generation)) = rules.cached(requests, now) else {
            return Fetching::bypassing();
        };
        let missing = requests
            .iter()
            .zip(&hits)
            .filter(|(_, hit)| hit.is_none())
            .map(|(request, _)| request.clone())
            .collect();
        Fetching { hits, missing: Some(missing), generation: Some(generation) }
    }

    /// Asks for all, and keeps nothing.
    pub(super) const fn bypassing() -> Self {
        Fetching { hits: Vec::new(), missing: None, generation: None }
    }

    /// The requests to ask, out of all.
    pub(super) fn missing<'a>(&'a self, all: &'a [Request]) -> &'a [Request] {
        self.missing.as_deref().unwrap_or(all)
    }

    /// How late a key that was destroyed elsewhere is gone from here, in milliseconds.
    pub(super) fn latency(&self, rules: &Policy) -> u64 {
        if self.generation.is_some() { rules.shred_latency() } else { 0 }
    }

    /// The answers to all requests, given those to [`Fetching::missing`].
    pub(super) fn finish(
        self,
        rules: &Policy,
        all: &[Request],
        answers: Vec<Answer>,
        now: u64,
    ) -> Result<Ring, Error> {
        Ring::check(self.missing(all), &answers)?;
        if let Some(generation) = self.generation {
            rules.keep(self.missing(all), &answers, now, generation);
        }
        let answers = match self.generation {
            None => answers,
            Some(generation) => {
                let mut fresh = answers.into_iter();
                // As many as have no hit, which `check` found.
                rules
                    .held(all, self.hits, generation)
                    .into_iter()
                    .map_while(|hit| hit.or_else(|| fresh.next()))
                    .collect()
            }
        };
        Ring::new(all, answers)
    }
}
