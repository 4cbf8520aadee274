//! A clear document on its way to a list of marked values and the keys that they need.

use super::bound::Bound;
use super::bucket::Buckets;
use super::context::Context;
use super::path::Paths;
use super::site::{Site, conflict, marker};
use super::subject::{Subjects, lacking};
use super::token::listed;
use super::wanted::Wants;
use crate::envelope::{Envelope, is_pseudonym};
use crate::error::{Error, ErrorCode};
use crate::json::{Node, Tape};
use crate::keys::{KeyKind, KeyUse, Request};
use crate::policy::Policy;
use crate::resolver::walk::Resolution;
use crate::schema::marker::Marker;
use crate::schema::subject::SubjectRef;
use crate::time::instant::Instant;

/// What a clear document is, and what its call says of it.
pub(super) struct Survey<'a> {
    pub(super) rules: &'a Policy,
    pub(super) tape: &'a Tape<'a>,
    pub(super) resolution: &'a Resolution,
    pub(super) context: &'a Context,
    pub(super) now: Instant,
}

/// What all values of a document are gone through with.
struct Way<'a> {
    subjects: Subjects<'a>,
    buckets: Buckets<'a>,
    paths: Paths<'a>,
    bound: Bound,
    wants: Wants,
}

impl<'a> Survey<'a> {
    /// The marked values with what each needs; the first fault in document order otherwise.
    pub(super) fn sites(&self) -> Result<(Vec<Site>, Vec<Request>), Error> {
        conflict(self.resolution, self.tape)?;
        let (plan, locations) = (self.rules.plan(), &self.resolution.locations);
        let created = self
            .context
            .at
            .as_deref()
            .map_or_else(|| self.now.date(), crate::time::instant::utc_date);
        let mut way = Way {
            subjects: Subjects::new(self.tape, locations, self.context, true),
            buckets: Buckets::new(&plan.retentions, created),
            paths: Paths::new(self.tape),
            bound: Bound::new(&plan.limits),
            wants: Wants::with_capacity(locations.len()),
        };
        let mut sites: Vec<Site> = Vec::with_capacity(locations.len());
        for location in locations {
            let mut site = Site::new(location);
            let (node, marker) = (site.node(self.tape)?, marker(self.rules, site.marker)?);
            clear(node, marker.pseudonym.is_some())?;
            match &marker.pseudonym {
                Some(pseudonym) => {
                    site.pseudonym = true;
                    way.bound.spend_token(&self.context.tenant, &pseudonym.domain)?;
                    let domain = way.subjects.named(pseudonym.domain.clone());
                    way.wants.want(sites.len(), KeyKind::Pseudonym, None, Some(domain));
                }
                None => self.envelope(&mut site, sites.len(), node, marker, &mut way)?,
            }
            sites.push(site);
        }
        for node in self.resolution.absorbed.iter().filter_map(|node| self.tape.node(*node)) {
            clear(node, false)?;
        }
        self.agree(&mut way.subjects, &sites)?;
        let Way { subjects, wants, .. } = way;
        let requests = wants.requests(
            &subjects,
            self.context,
            KeyUse::Seal,
            &plan.limits,
            |site, kind, number| {
                if let Some(site) = sites.get_mut(site) {
                    site.keys.set(kind, number);
                }
            },
        )?;
        Ok((sites, requests))
    }

    /// The keys of a value that is sealed.
    fn envelope(
        &self,
        site: &mut Site,
        number: usize,
        node: Node<'a>,
        marker: &'a Marker,
        way: &mut Way<'a>,
    ) -> Result<(), Error> {
        if (marker.bind.needs_record() || marker.rectifiable)
            && self.context.named_record().is_none()
        {
            return Err(Error::new(ErrorCode::Context, NO_RECORD).at(node.pointer()));
        }
        let subject =
            way.subjects.of(site.marker, marker, node).map_err(|message| lacking(message, node))?;
        site.unbound = subject.identity.is_some();
        site.identity = subject.identity;
        site.reference = subject.reference;
        if marker.subject != SubjectRef::Nobody {
            way.wants.want(number, KeyKind::Subject, None, subject.reference);
        }
        if let Some(retention) = marker.retention {
            let bucket = way
                .buckets
                .reference(retention, node, &mut way.subjects)
                .map_err(|message| lacking(message, node))?;
            way.wants.want(number, KeyKind::Retention, None, Some(bucket));
        }
        if marker.rectifiable {
            let item = item(self.rules, self.context, way.paths.field(node, marker.bind));
            way.bound.spend(item.len() as u64)?;
            let item = way.subjects.named(item);
            way.wants.want(number, KeyKind::Item, None, Some(item));
        }
        if let Some(index) = &marker.index {
            let name = match subject.reference.filter(|_| index.per_subject) {
                Some(person) => listed(&[&index.name, way.subjects.text(person)]),
                None => index.name.clone(),
            };
            way.bound.spend_token(&self.context.tenant, &name)?;
            way.bound.spend_output(way.paths.exact(node))?;
            let name = way.subjects.named(name);
            way.wants.want(number, KeyKind::Index, None, Some(name));
        }
        Ok(())
    }

    /// Whoever points into a marked location must name the person that the location itself belongs
    /// to, and so must a marker that a marked ancestor absorbs.
    fn agree(&self, subjects: &mut Subjects<'a>, sites: &[Site]) -> Result<(), Error> {
        let conflict = |node: u32, message| {
            let pointer = self.tape.node(node).map(|node| node.pointer()).unwrap_or_default();
            Err(Error::new(ErrorCode::Conflict, message).at(pointer))
        };
        for site in sites {
            let Some(own) = site.identity.and_then(|identity| sites.get(identity as usize)) else {
                continue;
            };
            // A value that is nobody's, or a token, is under no person's key.
            if own.reference.is_some() && own.reference != site.reference {
                return conflict(
                    site.node,
                    "the sealed value that names this value's subject belongs to somebody else",
                );
            }
        }
        subjects.rewind();
        for dispute in &self.resolution.disputes {
            let (Some(node), Some(outer)) =
                (self.tape.node(dispute.node), sites.get(dispute.outer as usize))
            else {
                continue;
            };
            let marker = marker(self.rules, dispute.marker)?;
            if marker.pseudonym.is_some() != outer.pseudonym {
                return conflict(
                    dispute.node,
                    "a token is asked for within a marked value that is none, or the other way round",
                );
            }
            let inner = subjects
                .of(dispute.marker, marker, node)
                .map_err(|message| lacking(message, node))?;
            if inner.reference != outer.reference {
                return conflict(
                    dispute.node,
                    "a marked value lies in another one that belongs to somebody else",
                );
            }
        }
        Ok(())
    }
}

pub(super) const NO_RECORD: &str = "the call names no record, and this value is bound to one";

/// The reference of a value's own key.
pub(super) fn item(rules: &Policy, context: &Context, field: &str) -> String {
    listed(&[&rules.plan().family, context.named_record().unwrap_or_default(), field])
}

/// Refuses a value that is a whole envelope, or a whole token where one comes; one that only begins
/// like it is an ordinary string.
pub(super) fn clear(node: Node<'_>, is_token: bool) -> Result<(), Error> {
    let Some(text) = node.as_str() else { return Ok(()) };
    let message = match () {
        () if Envelope::is_whole(&text) => "this value is an envelope already",
        () if is_token && is_pseudonym(&text) => {
            "this value is a pseudonym already: a token is made of the clear value alone"
        }
        () => return Ok(()),
    };
    Err(Error::new(ErrorCode::AlreadySealed, message).at(node.pointer()))
}
