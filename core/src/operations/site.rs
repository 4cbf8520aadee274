//! One marked value of one document.

use super::bound::Bound;
use crate::envelope::{self, Demand, Envelope};
use crate::error::{Error, ErrorCode};
use crate::evidence::Protection;
use crate::json::{Node, Tape};
use crate::keys::{KeyId, Request};
use crate::policy::{Location, Marker, Policy, Resolution};

/// A marked value and what its envelope depends on.
pub(super) struct Site {
    /// Place on the tape.
    pub(super) node: u32,
    /// Number of its location pattern.
    pub(super) pattern: u32,
    /// Number of its marker.
    pub(super) marker: u32,
    /// The location that its subject pointer leads to or below.
    pub(super) identity: Option<u32>,
    /// The subject reference is not bound (flag b6).
    pub(super) unbound: bool,
    /// What its envelope is taken as, when opening, and whether only because the marker accepts it.
    pub(super) taken: Option<(Demand, bool)>,
    /// It was decided to be sealed, and does not only hold an envelope.
    pub(super) decided: bool,
    /// The key that its envelope names, when opening.
    pub(super) key_id: Option<KeyId>,
    /// Number of its key request.
    pub(super) request: u32,
}

impl Site {
    pub(super) fn new(location: &Location) -> Self {
        Site {
            node: location.node,
            pattern: location.pattern,
            marker: location.marker,
            identity: None,
            unbound: false,
            taken: None,
            decided: location.decided,
            key_id: None,
            request: u32::MAX,
        }
    }

    pub(super) fn node<'a>(&self, tape: &'a Tape<'a>) -> Result<Node<'a>, Error> {
        tape.node(self.node).ok_or_else(|| Error::new(ErrorCode::Internal, "a location left its document"))
    }

    /// The whole context that this value's envelope is bound to.
    pub(super) fn context<'a>(
        &self,
        call: &envelope::Context<'a>,
        requests: &'a [Request],
        field: &'a str,
        bound: &mut Bound,
    ) -> Result<envelope::Context<'a>, Error> {
        let reference = requests.get(self.request as usize).and_then(|request| request.reference.as_deref());
        let context = envelope::Context { subject: if self.unbound { "" } else { reference.unwrap_or_default() }, field, ..*call };
        bound.spend_context(&context)?;
        Ok(context)
    }
}

/// Whether a whole envelope stands at a location.
pub(super) fn holds_envelope(tape: &Tape<'_>, location: &Location) -> bool {
    tape.node(location.node).and_then(|node| node.as_str()).is_some_and(|text| Envelope::is_whole(&text))
}

/// What a verdict says of an envelope that meets `demand`.
pub(super) const fn protection(demand: &Demand) -> Protection {
    Protection { suite: demand.suite, bind: demand.bind, subject: demand.subject, retention: demand.retention, item: demand.item }
}

/// Points every value at its request in another list, by the number that it had in its own.
pub(super) fn renumber(sites: &mut [Site], numbers: &[u32]) {
    for site in sites {
        site.request = numbers.get(site.request as usize).copied().unwrap_or(u32::MAX);
    }
}

/// The marker of that number.
pub(super) fn marker(rules: &Policy, number: u32) -> Result<&Marker, Error> {
    rules.markers().get(number as usize).ok_or_else(|| Error::new(ErrorCode::Internal, "a location without a marker"))
}

/// What a marker demands of an envelope, the way its subject is found included.
pub(super) const fn demand(marker: &Marker, subject_bound: bool) -> Demand {
    Demand { suite: marker.suite, bind: marker.bind, subject: true, retention: false, item: false, subject_bound }
}

/// What an envelope is taken as: as demanded, or as one of those that the marker accepts beside that (`true`); or it is not.
pub(super) fn taken(envelope: &Envelope<'_>, marker: &Marker, subject_bound: bool) -> Option<(Demand, bool)> {
    let demanded = demand(marker, subject_bound);
    if envelope.meets(&demanded) {
        return Some((demanded, false));
    }
    let accepted = marker.accept.iter().map(|accept| Demand {
        suite: accept.suite.unwrap_or(demanded.suite),
        bind: accept.bind.unwrap_or(demanded.bind),
        subject_bound: accept.subject_bound.unwrap_or(demanded.subject_bound),
        ..demanded
    });
    accepted.into_iter().find(|accepted| envelope.meets(accepted)).map(|accepted| (accepted, true))
}

/// The first location whose markers disagree, as an error of the call.
pub(super) fn conflict(resolution: &Resolution, tape: &Tape<'_>) -> Result<(), Error> {
    let Some(location) = resolution.locations.iter().find(|location| location.disputed) else { return Ok(()) };
    let pointer = tape.node(location.node).map(|node| node.pointer()).unwrap_or_default();
    Err(Error::new(ErrorCode::Conflict, "two markers that disagree apply to this value").at(pointer))
}
