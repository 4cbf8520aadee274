//! One marked value of one document.

use crate::envelope::{Demand, Envelope, KeyIds, is_pseudonym};
use crate::error::{Error, ErrorCode};
use crate::evidence::Protection;
use crate::json::Tape;
use crate::keys::KeyNumbers;
use crate::policy::Policy;
use crate::resolver::walk::{Location, Resolution};
use crate::schema::marker::{Kinds, Marker};
use crate::schema::subject::SubjectRef;

/// A marked value, and the facts on which its envelope depends.
pub(crate) struct ProtectedValue {
    /// Its index on the tape.
    pub(crate) node: u32,
    /// The number of its location pattern.
    pub(crate) pattern: u32,
    /// The number of its marker.
    pub(crate) marker: u32,
    /// The marked location that contains the target of its subject pointer.
    pub(crate) identity: Option<u32>,
    /// True if the subject reference is not bound (flag b6).
    pub(crate) unbound: bool,
    /// The result of matching its envelope with the demand, when opening.
    pub(crate) acceptance: Option<Acceptance>,
    /// True if the location is in the decided set. False if it is only in the may-mark set and
    /// holds an envelope.
    pub(crate) decided: bool,
    /// The number of its person's reference.
    pub(crate) reference: Option<u32>,
    /// True if a token replaces the value, and no envelope.
    pub(crate) pseudonym: bool,
    /// The keys that its envelope names, when opening.
    pub(crate) ids: KeyIds,
    /// The position of its envelope among the decoded bytes of all envelopes, when opening.
    pub(crate) envelope: (u32, u32),
    /// The numbers of its key requests.
    pub(crate) keys: KeyNumbers,
}

impl ProtectedValue {
    pub(crate) fn new(location: &Location) -> Self {
        ProtectedValue {
            node: location.node,
            pattern: location.pattern,
            marker: location.marker,
            identity: None,
            unbound: false,
            acceptance: None,
            decided: location.decided,
            reference: None,
            pseudonym: false,
            ids: KeyIds::default(),
            envelope: (0, 0),
            keys: KeyNumbers::NONE,
        }
    }
}

/// The way in which the policy accepts an envelope: as the marker demands, or as one of the weaker
/// envelopes that its `accept` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acceptance {
    AsDemanded(Demand),
    Weaker(Demand),
}

impl Acceptance {
    pub(crate) const fn demand(self) -> Demand {
        match self {
            Acceptance::AsDemanded(demand) | Acceptance::Weaker(demand) => demand,
        }
    }

    pub(crate) const fn is_weaker(self) -> bool {
        matches!(self, Acceptance::Weaker(_))
    }
}

/// Returns the way in which the policy accepts an envelope, or `None` if it does not.
pub(crate) fn match_demand(
    envelope: &Envelope<'_>,
    marker: &Marker,
    subject_bound: bool,
) -> Option<Acceptance> {
    let demanded = demand(marker, subject_bound);
    if envelope.meets(&demanded) {
        return Some(Acceptance::AsDemanded(demanded));
    }
    let accepted = marker.accept.iter().map(|accept| {
        let keys = accept.keys.unwrap_or(Kinds {
            subject: demanded.subject,
            retention: demanded.retention,
            item: demanded.item,
        });
        Demand {
            suite: accept.suite.unwrap_or(demanded.suite),
            bind: accept.bind.unwrap_or(demanded.bind),
            subject: keys.subject,
            retention: keys.retention,
            item: keys.item,
            subject_bound: accept.subject_bound.unwrap_or(demanded.subject_bound) || !keys.subject,
        }
    });
    accepted.into_iter().find(|accepted| envelope.meets(accepted)).map(Acceptance::Weaker)
}

/// Returns the demand of a marker on an envelope. `subject_bound` depends on the target of the
/// subject pointer.
pub(crate) fn demand(marker: &Marker, subject_bound: bool) -> Demand {
    let subject = marker.subject != SubjectRef::Nobody;
    Demand {
        suite: marker.suite,
        bind: marker.bind,
        subject,
        retention: marker.retention.is_some(),
        item: marker.rectifiable,
        subject_bound: subject_bound || !subject,
    }
}

/// Returns the protection that a verdict states for an envelope that meets `demand`.
pub(crate) fn protection(demand: &Demand, marker: &Marker) -> Protection {
    Protection {
        pseudonym: false,
        suite: demand.suite,
        bind: demand.bind,
        subject: demand.subject,
        retention: demand.retention,
        item: demand.item,
        class: marker.retention.filter(|_| demand.retention),
        bucket: None,
    }
}

/// Returns the protection that a verdict states for a token.
pub(crate) fn pseudonymised(marker: &Marker) -> Protection {
    let (suite, bind) = (marker.suite, marker.bind);
    Protection {
        pseudonym: true,
        suite,
        bind,
        subject: false,
        retention: false,
        item: false,
        class: None,
        bucket: None,
    }
}

/// Returns true if the sealed form that a marker demands stands at a location: a whole envelope or
/// a whole token. If markers disagree, either counts.
pub(crate) fn holds_sealed(policy: &Policy, tape: &Tape<'_>, location: &Location) -> bool {
    let is_token = policy
        .markers()
        .get(location.marker as usize)
        .is_some_and(|marker| marker.pseudonym.is_some());
    let text = tape.node(location.node).and_then(|node| node.as_str());
    let (token, envelope) = (is_token || location.disputed, !is_token || location.disputed);
    text.is_some_and(|text| token && is_pseudonym(&text) || envelope && Envelope::is_whole(&text))
}

/// Refuses a document that has a location with markers that disagree.
///
/// # Errors
/// `conflict` at the first of them.
pub(crate) fn conflict(resolution: &Resolution, tape: &Tape<'_>) -> Result<(), Error> {
    let Some(location) = resolution.locations.iter().find(|location| location.disputed) else {
        return Ok(());
    };
    let pointer = tape.node(location.node).map(|node| node.pointer()).unwrap_or_default();
    Err(Error::new(ErrorCode::Conflict, "two markers that disagree apply to this value")
        .at(pointer))
}
