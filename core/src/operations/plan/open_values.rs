//! The envelopes of a sealed document, and the keys that they name.

use crate::ordered::OrderedMap;

use super::document::DocumentCall;
use super::memory::PlanMemory;
use super::open_key_requests::OpenKeyRequests;
use super::subjects::{Subjects, lacking_subject};
use super::value::{Acceptance, ProtectedValue, conflict, match_demand};
use crate::envelope::{Envelope, Fault, is_pseudonym};
use crate::error::Error;
use crate::json::Node;
use crate::keys::{KeyId, Request};

/// Returns the envelopes of a document, and the distinct keys that they name. Appends the bytes of
/// the envelopes to `bytes`.
///
/// # Errors
/// The first fault in document order.
pub(crate) fn open_values(
    call: &DocumentCall<'_>,
    memory: &mut PlanMemory,
    bytes: &mut Vec<u8>,
) -> Result<(Vec<ProtectedValue>, Vec<Request>), Error> {
    conflict(&call.resolution, &call.tape)?;
    let locations = &call.resolution.locations;
    let mut subjects = Subjects::new(call, false, std::mem::take(&mut memory.subjects));
    let mut keys = OpenKeyRequests::new(call, memory);
    let mut values = std::mem::take(&mut memory.values);
    values.reserve(locations.len());
    bytes.reserve(decoded_most(call));
    for location in locations {
        let mut value = ProtectedValue::new(location);
        let (node, marker) = call.value(&value)?;
        // Clear text, unknown formats and malformed envelopes come before a fault of the call.
        let text = node.as_str().ok_or(Fault::NotSealed).map_err(|fault| at_fault(fault, node))?;
        if marker.pseudonym.is_some() {
            if !is_pseudonym(&text) {
                return Err(at_fault(Fault::NotSealed, node));
            }
            value.pseudonym = true;
            values.push(value);
            continue;
        }
        let (envelope, place) =
            Envelope::decode_after(&text, bytes).map_err(|fault| at_fault(fault, node))?;
        let subject = subjects.of(value.marker, marker, node);
        value.identity = subject.ok().and_then(|subject| subject.identity);
        value.acceptance = match_demand(&envelope, marker, value.identity.is_none());
        value.ids = envelope.ids();
        value.envelope = place;
        keys.need_record(&value, marker, node)?;
        let subject = subject.map_err(|message| lacking_subject(message, &marker.subject, node))?;
        value.reference = subject.reference;
        let demand = match value.acceptance.map(Acceptance::demand) {
            // A reference that is sealed itself cannot be bound again.
            Some(demand)
                if demand.subject && demand.subject_bound && subject.reference.is_none() =>
            {
                return Err(at_fault(Fault::Integrity, node));
            }
            Some(demand) => demand,
            None => return Err(at_fault(Fault::Integrity, node)),
        };
        value.unbound = !demand.subject_bound;
        keys.envelope(values.len(), &value, &demand, node, &mut subjects)?;
        values.push(value);
    }
    let mismatched = mismatched_subject_keys(values.iter().map(Some));
    if let Some(node) = mismatched.first().and_then(|node| call.tape.node(*node)) {
        return Err(at_fault(Fault::Integrity, node));
    }
    let requests = keys.finish(&subjects, memory, |value, kind, number| {
        if let Some(value) = values.get_mut(value) {
            value.keys.set(kind, number);
        }
    })?;
    memory.subjects = subjects.into_memory();
    Ok((values, requests))
}

/// Returns an upper bound of the bytes that all envelopes decode to.
fn decoded_most(call: &DocumentCall<'_>) -> usize {
    let nodes = call.resolution.locations.iter().map(|location| call.tape.node(location.node));
    nodes.flatten().map(|node| node.span().len() / 4 * 3).sum()
}

/// Returns the tape indices of values whose subject key differs from that of other values with the
/// same identity. All envelopes whose subject pointer leads to one marked location must carry one
/// subject-key id, and so must that location itself if it is under a person's key. `None` stands
/// for a value that already has a fault.
pub(crate) fn mismatched_subject_keys<'v>(
    values: impl Iterator<Item = Option<&'v ProtectedValue>> + Clone,
) -> Vec<u32> {
    if values.clone().flatten().all(|value| value.identity.is_none()) {
        return Vec::new();
    }
    let mut known: OrderedMap<u32, KeyId> = OrderedMap::new();
    let all: Vec<Option<&ProtectedValue>> = values.collect();
    let mut mismatched = Vec::new();
    for value in all.iter().flatten() {
        let (Some(identity), Some(id)) = (value.identity, value.ids.subject) else { continue };
        let own = all.get(identity as usize).copied().flatten().and_then(|own| own.ids.subject);
        if known.or_insert(identity, own.unwrap_or(id)) != id {
            mismatched.push(value.node);
        }
    }
    mismatched
}

/// Returns the error of a call for the fault of an envelope.
pub(crate) fn at_fault(fault: Fault, node: Node<'_>) -> Error {
    let message = match fault {
        Fault::NotSealed => "clear text stands where an envelope must",
        Fault::Unsupported => {
            "this envelope is of a suite or format that this release does not know"
        }
        _ => "this envelope does not open here",
    };
    Error::new(fault.code(), message).at(node.pointer())
}
