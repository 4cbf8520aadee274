//! The keys that the envelopes of a document name.

use super::budget::ContextBudget;
use super::document::DocumentCall;
use super::key_requests::KeyRequests;
use super::memory::PlanMemory;
use super::paths::Paths;
use super::planner::{NO_RECORD, item};
use super::subjects::Subjects;
use super::value::ProtectedValue;
use crate::envelope::Demand;
use crate::error::{Error, ErrorCode};
use crate::json::Node;
use crate::keys::{KeyKind, KeyUse, Request};
use crate::schema::marker::Marker;

/// The keys that opening requests, value by value.
pub(crate) struct OpenKeyRequests<'a> {
    call: &'a DocumentCall<'a>,
    paths: Paths<'a>,
    budget: ContextBudget,
    keys: KeyRequests,
}

impl<'a> OpenKeyRequests<'a> {
    pub(crate) fn new(call: &'a DocumentCall<'a>, memory: &mut PlanMemory) -> Self {
        OpenKeyRequests {
            call,
            paths: Paths::new(call, std::mem::take(&mut memory.paths)),
            budget: ContextBudget::new(call.limits()),
            keys: KeyRequests::new(
                std::mem::take(&mut memory.keys),
                call.resolution.locations.len(),
            ),
        }
    }

    /// Refuses a value that needs a record, for its binding or for the name of its item key, if the
    /// call has none.
    ///
    /// # Errors
    /// `context` at the value.
    pub(crate) fn need_record(
        &self,
        value: &ProtectedValue,
        marker: &Marker,
        node: Node<'_>,
    ) -> Result<(), Error> {
        let (bind, is_item) =
            value.acceptance.map_or((marker.bind, marker.rectifiable), |acceptance| {
                let demand = acceptance.demand();
                (demand.bind, demand.item)
            });
        if (bind.needs_record() || is_item) && self.call.context.named_record().is_none() {
            return Err(Error::new(ErrorCode::Context, NO_RECORD).at(node.pointer()));
        }
        Ok(())
    }

    /// Requests the keys of the envelope at `node`, which belongs to the value of that number.
    ///
    /// # Errors
    /// `limit` if the values of this document are bound to too much text.
    pub(crate) fn envelope(
        &mut self,
        number: usize,
        value: &ProtectedValue,
        demand: &Demand,
        node: Node<'a>,
        subjects: &mut Subjects<'a>,
    ) -> Result<(), Error> {
        if demand.subject {
            self.keys.add(number, KeyKind::Subject, value.ids.subject, value.reference);
        }
        if demand.retention {
            // The bucket was determined when the value was sealed; the key id leads to it.
            self.keys.add(number, KeyKind::Retention, value.ids.retention, None);
        }
        if demand.item {
            let field = self.paths.field(node, demand.bind);
            let item = item(&self.call.policy, &self.call.context, field);
            self.budget.spend(item.len() as u64)?;
            self.keys.add(number, KeyKind::Item, value.ids.item, Some(subjects.named(item)));
        }
        Ok(())
    }

    /// Returns the distinct requests. `set` receives the request number of each key of each value.
    ///
    /// # Errors
    /// `limit` if their texts are too long in total.
    pub(crate) fn finish(
        self,
        subjects: &Subjects<'_>,
        memory: &mut PlanMemory,
        set: impl FnMut(usize, KeyKind, u32),
    ) -> Result<Vec<Request>, Error> {
        let OpenKeyRequests { call, paths, keys, .. } = self;
        let requests = keys.finish(subjects, &call.context, KeyUse::Open, call.limits(), set);
        memory.paths = paths.into_memory();
        memory.keys = keys.into_memory();
        requests
    }
}
