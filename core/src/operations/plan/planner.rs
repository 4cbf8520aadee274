//! Plans the sealing of a clear document: its marked values, and the keys to seal them under.

use super::buckets::Buckets;
use super::budget::ContextBudget;
use super::document::DocumentCall;
use super::key_requests::KeyRequests;
use super::memory::PlanMemory;
use super::paths::Paths;
use super::subjects::{Subjects, lacking, lacking_subject};
use super::token_text::index_owner;
use super::value::{ProtectedValue, conflict};
use crate::envelope::{Form, is_pseudonym};
use crate::error::{Error, ErrorCode};
use crate::json::Node;
use crate::keys::{KeyKind, KeyUse, Request, listed};
use crate::operations::Context;
use crate::policy::Policy;
use crate::schema::marker::Marker;
use crate::schema::subject::SubjectRef;

/// Returns the marked values of a clear document, and the distinct keys that they need.
///
/// # Errors
/// The first fault in document order.
pub(crate) fn seal_values(
    call: &DocumentCall<'_>,
    memory: &mut PlanMemory,
) -> Result<(Vec<ProtectedValue>, Vec<Request>), Error> {
    conflict(&call.resolution, &call.tape)?;
    let locations = &call.resolution.locations;
    let mut planner = Planner::new(call, memory);
    let mut values = std::mem::take(&mut memory.values);
    values.reserve(locations.len());
    for location in locations {
        let mut value = ProtectedValue::new(location);
        let (node, marker) = call.value(&value)?;
        clear(node, marker.pseudonym.is_some())?;
        match &marker.pseudonym {
            Some(pseudonym) => {
                value.pseudonym = true;
                planner.budget.spend_token(&call.context.tenant, &pseudonym.domain)?;
                let domain = planner.subjects.named(pseudonym.domain.clone());
                planner.keys.add(values.len(), KeyKind::Pseudonym, None, Some(domain));
            }
            None => planner.envelope(&mut value, values.len(), node, marker)?,
        }
        values.push(value);
    }
    for node in call.resolution.absorbed.iter().filter_map(|node| call.tape.node(*node)) {
        clear(node, false)?;
    }
    planner.agree(&values)?;
    let Planner { subjects, keys, paths, .. } = planner;
    let limits = call.limits();
    let requests =
        keys.finish(&subjects, &call.context, KeyUse::Seal, limits, |value, kind, number| {
            if let Some(value) = values.get_mut(value) {
                value.keys.set(kind, number);
            }
        })?;
    memory.paths = paths.into_memory();
    memory.subjects = subjects.into_memory();
    memory.keys = keys.into_memory();
    Ok((values, requests))
}

/// The state of the pass over a document's values.
struct Planner<'a> {
    call: &'a DocumentCall<'a>,
    subjects: Subjects<'a>,
    buckets: Buckets<'a>,
    paths: Paths<'a>,
    budget: ContextBudget,
    keys: KeyRequests,
}

impl<'a> Planner<'a> {
    fn new(call: &'a DocumentCall<'a>, memory: &mut PlanMemory) -> Self {
        let locations = &call.resolution.locations;
        Planner {
            call,
            subjects: Subjects::new(call, true, std::mem::take(&mut memory.subjects)),
            buckets: Buckets::new(call),
            paths: Paths::new(call, std::mem::take(&mut memory.paths)),
            budget: ContextBudget::new(call.limits()),
            keys: KeyRequests::new(std::mem::take(&mut memory.keys), locations.len()),
        }
    }

    /// Requests the keys of a value that becomes an envelope, with that number.
    fn envelope(
        &mut self,
        value: &mut ProtectedValue,
        number: usize,
        node: Node<'a>,
        marker: &'a Marker,
    ) -> Result<(), Error> {
        let context: &Context = &self.call.context;
        if (marker.bind.needs_record() || marker.rectifiable) && context.named_record().is_none() {
            return Err(Error::new(ErrorCode::Context, NO_RECORD).at(node.pointer()));
        }
        let subject = self
            .subjects
            .of(value.marker, marker, node)
            .map_err(|message| lacking_subject(message, &marker.subject, node))?;
        value.unbound = subject.identity.is_some();
        value.identity = subject.identity;
        value.reference = subject.reference;
        if marker.subject != SubjectRef::Nobody {
            self.keys.add(number, KeyKind::Subject, None, subject.reference);
        }
        if let Some(retention) = marker.retention {
            let bucket = self
                .buckets
                .reference(retention, node, &mut self.subjects)
                .map_err(|message| lacking(message, node))?;
            self.keys.add(number, KeyKind::Retention, None, Some(bucket));
        }
        if marker.rectifiable {
            let item = item(&self.call.policy, context, self.paths.field(node, marker.bind));
            self.budget.spend(item.len() as u64)?;
            let item = self.subjects.named(item);
            self.keys.add(number, KeyKind::Item, None, Some(item));
        }
        if let Some(index) = &marker.index {
            let person = subject.reference.filter(|_| index.per_subject);
            let name = index_owner(&index.name, person.map(|person| self.subjects.text(person)));
            self.budget.spend_token(&context.tenant, &name)?;
            self.budget.spend_output(self.paths.exact(node))?;
            let name = self.subjects.named(name);
            self.keys.add(number, KeyKind::Index, None, Some(name));
        }
        Ok(())
    }

    /// Refuses values that belong to another person than the marked values around them, or that ask
    /// for more keys. If a subject pointer leads into a marked location, its value must belong to the same person as
    /// that location. The same applies to a marker that a marked ancestor absorbs.
    fn agree(&mut self, values: &[ProtectedValue]) -> Result<(), Error> {
        let call = self.call;
        let conflict = |node: u32, message| {
            let pointer = call.tape.node(node).map(|node| node.pointer()).unwrap_or_default();
            Err(Error::new(ErrorCode::Conflict, message).at(pointer))
        };
        for value in values {
            let Some(own) = value.identity.and_then(|identity| values.get(identity as usize))
            else {
                continue;
            };
            // A value without a data subject, or a token, is under no person's key.
            if own.reference.is_some() && own.reference != value.reference {
                return conflict(
                    value.node,
                    "the sealed value that names this value's subject belongs to somebody else",
                );
            }
        }
        self.subjects.rewind();
        for dispute in &call.resolution.disputes {
            let (Some(node), Some(outer)) =
                (call.tape.node(dispute.node), values.get(dispute.outer as usize))
            else {
                continue;
            };
            let marker = call.marker(dispute.marker)?;
            if marker.pseudonym.is_some() != outer.pseudonym {
                return conflict(
                    dispute.node,
                    "a token is asked for within a marked value that is none, or the other way round",
                );
            }
            let inner = self
                .subjects
                .of(dispute.marker, marker, node)
                .map_err(|message| lacking_subject(message, &marker.subject, node))?;
            if inner.reference != outer.reference {
                return conflict(
                    dispute.node,
                    "a marked value lies in another one that belongs to somebody else",
                );
            }
            if call.marker(outer.marker)?.loses_keys(marker) {
                return conflict(
                    dispute.node,
                    "a marked value lies in another one that is sealed under fewer keys than it asks for",
                );
            }
        }
        Ok(())
    }
}

pub(super) const NO_RECORD: &str = "the call names no record, and this value is bound to one";

/// Returns the reference of a value's item key.
pub(super) fn item(policy: &Policy, context: &Context, field: &str) -> String {
    listed(&[&policy.plan().family, context.named_record().unwrap_or_default(), field])
}

/// Refuses a value that is a whole envelope, or a whole token where the marker demands one. A text
/// that only begins like one is an ordinary string, unless a later release may have made it.
///
/// # Errors
/// `already-sealed`; `unsupported` for a text in the form of a later release's envelope.
pub(crate) fn clear(node: Node<'_>, is_token: bool) -> Result<(), Error> {
    let Some(text) = node.as_str() else { return Ok(()) };
    let (code, message) = match Form::of(&text) {
        Form::Whole => (ErrorCode::AlreadySealed, "this value is an envelope already"),
        Form::Later => (
            ErrorCode::Unsupported,
            "this value has the form of an envelope that a later release made",
        ),
        Form::Ordinary if is_token && is_pseudonym(&text) => (
            ErrorCode::AlreadySealed,
            "this value is a pseudonym already: a token is made of the clear value alone",
        ),
        Form::Ordinary => return Ok(()),
    };
    Err(Error::new(code, message).at(node.pointer()))
}
