//! Many documents, one question for all their keys (V-29).

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;

use super::context::Context;
use super::fetching::Fetching;
use super::open::{Opening, ask_by_id};
use super::results::{BatchItem, Opened, Sealed};
use super::ring::Ring;
use super::seal::{Sealing, ask_current};
use crate::error::{Error, ErrorCode, OpenError, SealError};
use crate::keys::{Answer, Entropy, KeySource, Request};
use crate::policy::Policy;
use fieldseal_json::sort::sorted;

/// The distinct requests of several documents.
#[derive(Default)]
struct Pool {
    numbers: BTreeMap<Request, u32>,
}

impl Pool {
    /// Takes one document's requests and tells their numbers in the pool.
    fn join(&mut self, requests: &[Request]) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(requests.len());
        for request in requests {
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            let number = match self.numbers.get(request) {
                Some(number) => *number,
                None => *self.numbers.entry(request.clone()).or_insert(next),
            };
            numbers.push(number);
        }
        numbers
    }

    /// All requests in the order of their numbers.
    fn into_requests(self) -> Vec<Request> {
        let requests = sorted(self.numbers.into_iter().collect(), |(_, a), (_, b)| a.cmp(b));
        requests.into_iter().map(|(request, _)| request).collect()
    }
}

macro_rules! batch {
    ($(#[$doc:meta])* $name:ident of $one:ident, $error:ident) => {
        $(#[$doc])*
        pub struct $name<'t, P, C = Context> {
            documents: Vec<Result<$one<'t, P, C>, $error>>,
            requests: Vec<Request>,
            fetching: Fetching,
            policy: P,
            now: u64,
        }

        impl<'t, P: Borrow<Policy> + Clone, C: Borrow<Context>> $name<'t, P, C> {
            /// Reads all documents. One that is refused does not keep the others from going on.
            pub fn begin<D: Into<Cow<'t, [u8]>>>(policy: P, calls: impl IntoIterator<Item = (D, C)>) -> Self {
                let mut begun = $name::begin_uncached(policy, calls);
                begun.fetching = Fetching::begin(begun.policy.borrow(), &begun.requests, begun.now);
                begun
            }

            /// The same for a key source that holds the keys itself: it is asked for all of them,
            /// and none is kept.
            pub fn begin_uncached<D: Into<Cow<'t, [u8]>>>(policy: P, calls: impl IntoIterator<Item = (D, C)>) -> Self {
                let mut pool = Pool::default();
                let mut now = 0;
                let documents = calls
                    .into_iter()
                    .map(|(document, context)| {
                        let clock = context.borrow().now;
                        let mut one = $one::begin_uncached(policy.clone(), document, context)?;
                        // Only who goes on has a clock: the key source is told the latest.
                        now = now.max(clock);
                        let numbers = pool.join(one.all_requests());
                        one.join(&numbers);
                        Ok(one)
                    })
                    .collect();
                let requests = pool.into_requests();
                $name { documents, requests, fetching: Fetching::bypassing(), policy, now }
            }

            /// The keys to fetch for all documents, each once: those that the policy's cache does
            /// not hold.
            pub fn requests(&self) -> &[Request] {
                self.fetching.missing(&self.requests)
            }
        }
    };
}

batch!(
    /// Clear documents that wait for their keys; see [`Sealing`].
    SealingMany of Sealing, SealError
);
batch!(
    /// Sealed documents that wait for their keys; see [`Opening`].
    OpeningMany of Opening, OpenError
);

impl<P: Borrow<Policy>, C: Borrow<Context>> SealingMany<'_, P, C> {
    /// One result or error per document, in order.
    pub fn finish(
        self,
        answers: Vec<Answer>,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<Sealed, SealError>> {
        let latency = self.fetching.latency(self.policy.borrow());
        let mut ring =
            self.fetching.finish(self.policy.borrow(), &self.requests, answers, self.now);
        let documents = self.documents.into_iter();
        documents
            .map(|document| {
                Ok(document?.seal(&self.requests, usable(&mut ring)?, latency, entropy)?)
            })
            .collect()
    }
}

impl<P: Borrow<Policy>, C: Borrow<Context>> OpeningMany<'_, P, C> {
    /// One result or error per document, in order.
    pub fn finish(self, answers: Vec<Answer>, strict: bool) -> Vec<Result<Opened, OpenError>> {
        let latency = self.fetching.latency(self.policy.borrow());
        let mut ring =
            self.fetching.finish(self.policy.borrow(), &self.requests, answers, self.now);
        let mut is_suspect = false;
        let mut open =
            |document: Result<Opening<'_, P, C>, OpenError>| -> Result<Opened, OpenError> {
                let opened = document?.open(&self.requests, usable(&mut ring)?, latency, strict);
                is_suspect |=
                    opened.as_ref().is_err_and(|error| error.code == ErrorCode::Integrity);
                Ok(opened?)
            };
        let opened = self.documents.into_iter().map(&mut open).collect();
        if is_suspect {
            self.policy.borrow().forget(&self.requests);
        }
        opened
    }
}

/// A key source that answered out of shape fails every document that was still going on.
fn usable(ring: &mut Result<Ring, Error>) -> Result<&mut Ring, Error> {
    ring.as_mut().map_err(|error| error.clone())
}

impl Policy {
    /// Seals a batch with one question to the key source.
    pub fn seal_many(
        &self,
        calls: &[BatchItem],
        keys: &mut dyn KeySource,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<Sealed, SealError>> {
        let calls = calls.iter().map(|call| (call.document.as_slice(), &call.context));
        let batch = if keys.holds_keys() {
            SealingMany::begin_uncached(self, calls)
        } else {
            SealingMany::begin(self, calls)
        };
        let answers = ask_current(keys, batch.requests(), batch.now, entropy);
        batch.finish(answers, entropy)
    }

    /// Opens a batch with one question to the key source.
    pub fn open_many(
        &self,
        calls: &[BatchItem],
        strict: bool,
        keys: &mut dyn KeySource,
    ) -> Vec<Result<Opened, OpenError>> {
        let calls = calls.iter().map(|call| (call.document.as_slice(), &call.context));
        let batch = if keys.holds_keys() {
            OpeningMany::begin_uncached(self, calls)
        } else {
            OpeningMany::begin(self, calls)
        };
        let answers = ask_by_id(keys, batch.requests(), batch.now);
        batch.finish(answers, strict)
    }
}
