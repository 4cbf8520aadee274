//! Which keys a call wants: each distinct one once, in the order of the first value that needs it.

use super::bound::Bound;
use super::context::Context;
use super::subject::Subjects;
use crate::error::Error;
use crate::keys::{KeyId, Kind, Operation, Request};
use crate::limits::Limits;
use fieldseal_json::sort::permutation;

/// The key of one value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    pub(super) id: Option<KeyId>,
    /// A number that [`Subjects`] gave.
    pub(super) reference: Option<u32>,
}

/// The distinct requests, and for each value the number of its own.
///
/// # Errors
/// `limit` when their references are too long in all.
pub(super) fn distinct(
    wanted: &[Wanted],
    subjects: &Subjects<'_>,
    context: &Context,
    operation: Operation,
    limits: &Limits,
) -> Result<(Vec<Request>, Vec<u32>), Error> {
    // Sorted, not hashed: a document must not choose how long this takes.
    let order = permutation(wanted.len(), &mut |a, b| wanted.get(a as usize).cmp(&wanted.get(b as usize)));
    // By value: the first value that wants the same key.
    let mut first = vec![0_usize; wanted.len()];
    let mut leader = 0;
    let mut previous: Option<usize> = None;
    for at in order.into_iter().map(|at| at as usize) {
        if previous.is_none_or(|previous| wanted.get(previous) != wanted.get(at)) {
            leader = at;
        }
        previous = Some(at);
        if let Some(slot) = first.get_mut(at) {
            *slot = leader;
        }
    }
    let mut bound = Bound::new(limits);
    let mut requests = Vec::new();
    let mut numbers: Vec<u32> = Vec::with_capacity(wanted.len());
    for (at, (want, leader)) in wanted.iter().zip(&first).enumerate() {
        // The sort is by key and then by position, so a leader comes before all that follow it.
        let number = match numbers.get(*leader) {
            Some(number) if *leader < at => *number,
            _ => {
                let reference = want.reference.map(|number| subjects.text(number));
                bound.spend(reference.map_or(0, |text| text.len() as u64))?;
                requests.push(Request {
                    kind: Kind::Subject,
                    reference: reference.map(str::to_owned),
                    tenant: context.tenant.clone(),
                    operation,
                    purpose: context.purpose.clone(),
                    caller: context.caller.clone(),
                    id: want.id,
                });
                u32::try_from(requests.len() - 1).unwrap_or(u32::MAX)
            }
        };
        numbers.push(number);
    }
    Ok((requests, numbers))
}
