//! Seals and opens many documents with one question for all their keys (V-29).

use crate::ordered::OrderedMap;
use std::borrow::Cow;

use super::call::{BatchItem, Context, OpenOptions, Opened, Pending, Sealed};
use super::open::OpenPlan;
use super::plan::{CallInput, ContextBudget, ProtectedValue};
use super::seal::{SealPlan, TOGETHER};
use crate::error::{Error, OpenError, SealError};
use crate::keys::{Answers, CallKeys, Entropy, KeyContext, KeySource, Request};
use crate::limits::Limits;
use crate::policy::Policy;
use fieldseal_json::sort::sorted;

/// Clear documents that wait for their keys; see [`PendingSeal`](super::PendingSeal).
pub type PendingSealMany<'t> = Pending<Batch<SealPlan<'t>>>;

/// Sealed documents that wait for their keys; see [`PendingOpen`](super::PendingOpen).
pub type PendingOpenMany<'t> = Pending<Batch<OpenPlan<'t>>>;

/// The plans of a batch, each with the requests of all documents.
pub struct Batch<V> {
    plans: Vec<Result<V, Error>>,
    /// The latest clock of the documents that were planned. The key source receives this one.
    pub(super) now: Option<u64>,
}

/// The plan of one document, as a batch needs it.
pub(crate) trait Plan {
    fn now(&self) -> Option<u64>;
    fn limits(&self) -> &Limits;
    fn values(&mut self) -> &mut [ProtectedValue];
}

impl Plan for SealPlan<'_> {
    fn now(&self) -> Option<u64> {
        self.call.millis()
    }

    fn limits(&self) -> &Limits {
        self.call.limits()
    }

    fn values(&mut self) -> &mut [ProtectedValue] {
        &mut self.values
    }
}

impl Plan for OpenPlan<'_> {
    fn now(&self) -> Option<u64> {
        self.call.millis()
    }

    fn limits(&self) -> &Limits {
        self.call.limits()
    }

    fn values(&mut self) -> &mut [ProtectedValue] {
        &mut self.values
    }
}

/// Joins the requests of all documents, each distinct one once. A document that is refused does not
/// stop the others.
pub(crate) fn together<V: Plan>(
    calls: impl Iterator<Item = Result<Pending<V>, Error>>,
) -> Pending<Batch<V>> {
    let mut pool = RequestPool::default();
    let mut now = None;
    let plans = calls
        .map(|pending| {
            let (mut plan, requests) = pending?.into_parts();
            now = now.max(plan.now());
            let numbers = pool.join(requests, plan.limits())?;
            plan.values().iter_mut().for_each(|value| value.keys.renumber(&numbers));
            Ok(plan)
        })
        .collect();
    Pending::new(Batch { plans, now }, pool.into_requests())
}

impl<V> Batch<V> {
    /// Applies each plan. Invalid answers of the key source fail every document that was planned.
    pub(super) fn apply<T, E: From<Error>>(
        self,
        keys: Result<&mut CallKeys, Error>,
        mut apply: impl FnMut(V, &mut CallKeys) -> Result<T, Error>,
    ) -> Vec<Result<T, E>> {
        let mut keys = keys;
        let mut one = |plan: Result<V, Error>| match &mut keys {
            Ok(keys) => apply(plan?, keys),
            Err(error) => plan.and_then(|_| Err(error.clone())),
        };
        self.plans.into_iter().map(|plan| Ok(one(plan)?)).collect()
    }
}

impl Batch<SealPlan<'_>> {
    /// Seals each document. Values of several documents derive their keys together.
    pub(super) fn seal<E: From<Error>>(
        self,
        keys: Result<&mut CallKeys, Error>,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<Sealed, E>> {
        let keys = match keys {
            Ok(keys) => keys,
            Err(error) => {
                let fail =
                    |plan: Result<_, Error>| Err(E::from(plan.err().unwrap_or(error.clone())));
                return self.plans.into_iter().map(fail).collect();
            }
        };
        let mut sealed = Vec::with_capacity(self.plans.len());
        let mut plans = self.plans.into_iter();
        while plans.len() > 0 {
            let some = SealPlan::apply_all(plans.by_ref().take(TOGETHER), keys, entropy);
            sealed.extend(some.into_iter().map(|sealed| sealed.map_err(E::from)));
        }
        sealed
    }
}

/// The distinct requests of several documents.
#[derive(Default)]
struct RequestPool {
    numbers: OrderedMap<Request, u32>,
    /// That of one document, made with its limits.
    budget: Option<ContextBudget>,
}

impl RequestPool {
    /// Takes one document's requests and returns their numbers in the pool. Those of a document
    /// that is refused in the middle stay in it.
    ///
    /// # Errors
    /// `limit` if the texts of all requests are too long in total.
    fn join(&mut self, requests: Vec<Request>, limits: &Limits) -> Result<Vec<u32>, Error> {
        let budget = self.budget.get_or_insert_with(|| ContextBudget::new(limits));
        let mut numbers = Vec::with_capacity(requests.len());
        for request in requests {
            if !self.numbers.contains_key(&request) {
                budget.spend_request(&request)?;
            }
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            numbers.push(self.numbers.or_insert(request, next));
        }
        Ok(numbers)
    }

    /// Returns all requests in the order of their numbers.
    fn into_requests(self) -> Vec<Request> {
        let requests = sorted(self.numbers.into_iter().collect(), |(_, a), (_, b)| a.cmp(b));
        requests.into_iter().map(|(request, _)| request).collect()
    }
}

impl Policy {
    /// Seals a batch with one question to the key source. Returns one result or error per document,
    /// in order. A document that is refused does not stop the others.
    ///
    /// # Errors
    /// Each document has those of [`Policy::seal`]. All documents fail with `internal` if the
    /// source's answers are invalid.
    pub fn seal_many(
        &self,
        calls: &[BatchItem],
        keys: &mut dyn KeySource,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<Sealed, SealError>> {
        let inputs = calls.iter().map(|call| input(call).with_clock());
        let pending = together(inputs.map(|input| SealPlan::plan(self, input)));
        let now = pending.plan().now;
        let answers =
            pending.ask(|requests| keys.current(requests, &mut KeyContext { now, entropy }));
        pending.settle_with(keys, answers, |batch, keys| batch.seal(keys, entropy))
    }

    /// Takes the first step of sealing a batch.
    pub fn begin_seal_many<'t, D: Into<Cow<'t, [u8]>>, C: Into<Cow<'t, Context>>>(
        &self,
        calls: impl IntoIterator<Item = (D, C)>,
    ) -> PendingSealMany<'t> {
        let inputs = calls.into_iter().map(|(document, context)| CallInput::new(document, context));
        together(inputs.map(|input| SealPlan::plan(self, input)))
    }

    /// Opens a batch with one question to the key source. Returns one result or error per document,
    /// in order. A document that is refused does not stop the others.
    ///
    /// # Errors
    /// Each document has those of [`Policy::open`]. All documents fail with `internal` if the
    /// source's answers are invalid.
    pub fn open_many(
        &self,
        calls: &[BatchItem],
        keys: &mut dyn KeySource,
    ) -> Vec<Result<Opened, OpenError>> {
        self.open_many_with(calls, keys, OpenOptions::default())
    }

    /// Opens a batch as [`Policy::open_many`] does, with these options.
    ///
    /// # Errors
    /// Each document has those of [`Policy::open_with`].
    pub fn open_many_with(
        &self,
        calls: &[BatchItem],
        keys: &mut dyn KeySource,
        options: OpenOptions,
    ) -> Vec<Result<Opened, OpenError>> {
        let inputs = calls.iter().map(|call| input(call).with_clock());
        let pending = together(inputs.map(|input| OpenPlan::plan(self, input, options)));
        let now = pending.plan().now;
        let answers = pending.ask(|requests| keys.by_id(requests, now));
        pending.settle_with(keys, answers, |batch, keys| {
            batch.apply(keys, |plan, keys| plan.apply(keys))
        })
    }

    /// Takes the first step of opening a batch.
    pub fn begin_open_many<'t, D: Into<Cow<'t, [u8]>>, C: Into<Cow<'t, Context>>>(
        &self,
        calls: impl IntoIterator<Item = (D, C)>,
        options: OpenOptions,
    ) -> PendingOpenMany<'t> {
        let inputs = calls.into_iter().map(|(document, context)| CallInput::new(document, context));
        together(inputs.map(|input| OpenPlan::plan(self, input, options)))
    }
}

fn input(call: &BatchItem) -> CallInput<'_> {
    CallInput::new(call.document.as_slice(), &call.context)
}

impl PendingSealMany<'_> {
    /// Seals with the answers to [`Pending::requests`], given in their order. Returns one result or
    /// error per document, in order.
    pub fn finish(
        self,
        answers: impl Into<Answers>,
        entropy: &mut dyn Entropy,
    ) -> Vec<Result<Sealed, SealError>> {
        self.settle(answers.into(), |batch, keys| batch.seal(keys, entropy))
    }
}

impl PendingOpenMany<'_> {
    /// Opens with the answers to [`Pending::requests`], given in their order. Returns one result or
    /// error per document, in order.
    pub fn finish(self, answers: impl Into<Answers>) -> Vec<Result<Opened, OpenError>> {
        self.settle(answers.into(), |batch, keys| batch.apply(keys, |plan, keys| plan.apply(keys)))
    }
}
