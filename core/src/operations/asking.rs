//! A sealed document on its way to the keys that its envelopes name.

use super::bound::Bound;
use super::context::Context;
use super::path::Paths;
use super::site::Site;
use super::subject::Subjects;
use super::survey::{NO_RECORD, item};
use super::wanted::Wants;
use crate::envelope::Demand;
use crate::error::{Error, ErrorCode};
use crate::json::{Node, Tape};
use crate::keys::{KeyKind, KeyUse, Request};
use crate::policy::Policy;
use crate::schema::marker::Marker;

/// What is asked for so far.
pub(super) struct Asking<'a> {
    rules: &'a Policy,
    context: &'a Context,
    paths: Paths<'a>,
    bound: Bound,
    wants: Wants,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        rules: &'a Policy,
        tape: &'a Tape<'a>,
        context: &'a Context,
        values: usize,
    ) -> Self {
        let bound = Bound::new(&rules.plan().limits);
        Asking {
            rules,
            context,
            paths: Paths::new(tape),
            bound,
            wants: Wants::with_capacity(values),
        }
    }

    /// Refuses a value that is bound to a record, or has a key named by one, where the call names
    /// none.
    pub(super) fn record(&self, site: &Site, marker: &Marker, node: Node<'_>) -> Result<(), Error> {
        let (bind, is_item) = site
            .taken
            .map_or((marker.bind, marker.rectifiable), |(demand, _)| (demand.bind, demand.item));
        if (bind.needs_record() || is_item) && self.context.named_record().is_none() {
            return Err(Error::new(ErrorCode::Context, NO_RECORD).at(node.pointer()));
        }
        Ok(())
    }

    /// Asks for the keys of the envelope at `node`, of the value of that number. `reference`: its
    /// person's, where that is known.
    pub(super) fn keys(
        &mut self,
        number: usize,
        site: &Site,
        demand: &Demand,
        reference: Option<u32>,
        node: Node<'a>,
        subjects: &mut Subjects<'a>,
    ) -> Result<(), Error> {
        if demand.subject {
            self.wants.want(number, KeyKind::Subject, site.ids.subject, reference);
        }
        if demand.retention {
            // The bucket was named when sealing (keys.md).
            self.wants.want(number, KeyKind::Retention, site.ids.retention, None);
        }
        if demand.item {
            let item = item(self.rules, self.context, self.paths.field(node, demand.bind));
            self.bound.spend(item.len() as u64)?;
            self.wants.want(number, KeyKind::Item, site.ids.item, Some(subjects.named(item)));
        }
        Ok(())
    }

    /// The distinct requests; see [`Wants::requests`].
    pub(super) fn requests(
        self,
        subjects: &Subjects<'_>,
        set: impl FnMut(usize, KeyKind, u32),
    ) -> Result<Vec<Request>, Error> {
        self.wants.requests(subjects, self.context, KeyUse::Open, &self.rules.plan().limits, set)
    }
}
