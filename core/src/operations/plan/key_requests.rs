//! The keys that a call needs: each distinct key once, in the order of the first value that needs
//! it.

use super::budget::ContextBudget;
use super::subjects::Subjects;
use crate::error::{Error, ErrorCode};
use crate::keys::{KeyId, KeyKind, KeyUse, Request};
use crate::limits::{Limits, OWNER_BYTES};
use crate::operations::Context;
use fieldseal_json::sort::permutation;

const TOO_LONG: &str = "the owner of a value's key has a name of more than 32 MiB";

/// One key that one value needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeySelector {
    kind: KeyKind,
    id: Option<KeyId>,
    /// A number from [`Subjects`].
    reference: Option<u32>,
}

/// The keys that the values of a document need, in document order, each with the number of the
/// value.
pub(crate) struct KeyRequests {
    list: Vec<(KeySelector, u32)>,
}

impl KeyRequests {
    /// Begins with an empty list whose memory is used, for that many values.
    pub(crate) fn new(mut list: Vec<(KeySelector, u32)>, values: usize) -> Self {
        list.reserve(values);
        KeyRequests { list }
    }

    /// Forgets all keys and returns their memory.
    pub(crate) fn into_memory(mut self) -> Vec<(KeySelector, u32)> {
        self.list.clear();
        self.list
    }

    /// Adds a key for the value of that number.
    pub(crate) fn add(
        &mut self,
        value: usize,
        kind: KeyKind,
        id: Option<KeyId>,
        reference: Option<u32>,
    ) {
        let selector = KeySelector { kind, id, reference };
        self.list.push((selector, u32::try_from(value).unwrap_or(u32::MAX)));
    }

    /// Returns the distinct requests. `set` receives the request number of each key of each value.
    ///
    /// # Errors
    /// `limit` if a reference is too long, or all texts are in total.
    pub(crate) fn finish(
        &self,
        subjects: &Subjects<'_>,
        context: &Context,
        operation: KeyUse,
        limits: &Limits,
        mut set: impl FnMut(usize, KeyKind, u32),
    ) -> Result<Vec<Request>, Error> {
        let mut budget = ContextBudget::new(limits);
        let mut requests = Vec::new();
        let mut ask = |key: &KeySelector| -> Result<u32, Error> {
            let reference = key.reference.map(|number| subjects.text(number));
            // Its owner could be named in no verb that erases.
            let bytes = reference.map_or(0, str::len).saturating_add(context.tenant.len());
            if bytes > OWNER_BYTES {
                return Err(Error::new(ErrorCode::Limit, TOO_LONG));
            }
            let request = Request {
                reference: reference.map(str::to_owned),
                id: key.id,
                ..context.request(key.kind, operation)
            };
            budget.spend_request(&request)?;
            requests.push(request);
            Ok(u32::try_from(requests.len() - 1).unwrap_or(u32::MAX))
        };
        match self.list.split_first() {
            None => {}
            // Often one key serves all values.
            Some(((only, _), others)) if others.iter().all(|(key, _)| key == only) => {
                let number = ask(only)?;
                self.list.iter().for_each(|(key, value)| set(*value as usize, key.kind, number));
            }
            Some(_) => {
                let mut numbers: Vec<u32> = Vec::with_capacity(self.list.len());
                for (at, ((key, value), leader)) in self.list.iter().zip(self.leaders()).enumerate()
                {
                    // The sort is by key and then by position, so a leader precedes all that follow
                    // it.
                    let number = match numbers.get(leader) {
                        Some(number) if leader < at => *number,
                        _ => ask(key)?,
                    };
                    numbers.push(number);
                    set(*value as usize, key.kind, number);
                }
            }
        }
        Ok(requests)
    }

    /// Returns for each position the first position that needs the same key.
    fn leaders(&self) -> Vec<usize> {
        // A sort, not a hash table, so that a document cannot influence the time that this takes.
        let key = |at: usize| self.list.get(at).map(|(key, _)| key);
        let order = permutation(self.list.len(), &mut |a, b| key(a as usize).cmp(&key(b as usize)));
        let mut first = vec![0_usize; self.list.len()];
        let mut leader = 0;
        let mut previous: Option<usize> = None;
        for at in order.into_iter().map(|at| at as usize) {
            if previous.is_none_or(|previous| key(previous) != key(at)) {
                leader = at;
            }
            previous = Some(at);
            if let Some(slot) = first.get_mut(at) {
                *slot = leader;
            }
        }
        first
    }
}
