//! Which keys a call wants: each distinct one once, in the order of the first value that needs it.

use super::bound::Bound;
use super::context::Context;
use super::subject::Subjects;
use crate::error::Error;
use crate::keys::{KeyId, KeyKind, KeyUse, Request};
use crate::limits::Limits;
use fieldseal_json::sort::permutation;

/// The keys of one value: for each kind the number of its request.
#[derive(Clone, Copy)]
pub(super) struct Keys([u32; 5]);

const UNWANTED: u32 = u32::MAX;

impl Keys {
    pub(super) const NONE: Keys = Keys([UNWANTED; 5]);

    /// The number of the request for a key of that kind.
    pub(super) fn of(&self, kind: KeyKind) -> Option<u32> {
        self.0.get(kind as usize).copied().filter(|number| *number != UNWANTED)
    }

    pub(super) fn set(&mut self, kind: KeyKind, number: u32) {
        if let Some(slot) = self.0.get_mut(kind as usize) {
            *slot = number;
        }
    }

    /// Points at the requests of another list, by the numbers that they had in their own.
    pub(super) fn renumber(&mut self, numbers: &[u32]) {
        for slot in self.0.iter_mut().filter(|slot| **slot != UNWANTED) {
            *slot = numbers.get(*slot as usize).copied().unwrap_or(UNWANTED);
        }
    }
}

/// One key that one value wants.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    kind: KeyKind,
    id: Option<KeyId>,
    /// A number that [`Subjects`] gave.
    reference: Option<u32>,
}

/// What all values of a document want, in document order, each with the number of the value.
pub(super) struct Wants {
    list: Vec<(Wanted, u32)>,
}

impl Wants {
    pub(super) fn with_capacity(values: usize) -> Self {
        Wants { list: Vec::with_capacity(values) }
    }

    /// One more key for the value of that number.
    pub(super) fn want(
        &mut self,
        site: usize,
        kind: KeyKind,
        id: Option<KeyId>,
        reference: Option<u32>,
    ) {
        self.list.push((Wanted { kind, id, reference }, u32::try_from(site).unwrap_or(u32::MAX)));
    }

    /// The distinct requests. `set` is told of each value the number of each of its own.
    ///
    /// # Errors
    /// `limit` when their references are too long in all.
    pub(super) fn requests(
        self,
        subjects: &Subjects<'_>,
        context: &Context,
        operation: KeyUse,
        limits: &Limits,
        mut set: impl FnMut(usize, KeyKind, u32),
    ) -> Result<Vec<Request>, Error> {
        let mut bound = Bound::new(limits);
        let mut requests = Vec::new();
        let mut ask = |want: &Wanted| -> Result<u32, Error> {
            let reference = want.reference.map(|number| subjects.text(number));
            bound.spend(reference.map_or(0, |text| text.len() as u64))?;
            requests.push(Request {
                kind: want.kind,
                reference: reference.map(str::to_owned),
                tenant: context.tenant.clone(),
                operation,
                purpose: context.purpose.clone(),
                caller: context.caller.clone(),
                id: want.id,
            });
            Ok(u32::try_from(requests.len() - 1).unwrap_or(u32::MAX))
        };
        match self.list.split_first() {
            None => {}
            // One key for all, as often.
            Some(((only, _), others)) if others.iter().all(|(want, _)| want == only) => {
                let number = ask(only)?;
                self.list.iter().for_each(|(want, site)| set(*site as usize, want.kind, number));
            }
            Some(_) => {
                let mut numbers: Vec<u32> = Vec::with_capacity(self.list.len());
                for (at, ((want, site), leader)) in self.list.iter().zip(self.leaders()).enumerate()
                {
                    // The sort is by key and then by position, so a leader comes before all that
                    // follow it.
                    let number = match numbers.get(leader) {
                        Some(number) if leader < at => *number,
                        _ => ask(want)?,
                    };
                    numbers.push(number);
                    set(*site as usize, want.kind, number);
                }
            }
        }
        Ok(requests)
    }

    /// By position: the first that wants the same key.
    fn leaders(&self) -> Vec<usize> {
        // Sorted, not hashed: a document must not choose how long this takes.
        let want = |at: usize| self.list.get(at).map(|(want, _)| want);
        let order =
            permutation(self.list.len(), &mut |a, b| want(a as usize).cmp(&want(b as usize)));
        let mut first = vec![0_usize; self.list.len()];
        let mut leader = 0;
        let mut previous: Option<usize> = None;
        for at in order.into_iter().map(|at| at as usize) {
            if previous.is_none_or(|previous| want(previous) != want(at)) {
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
