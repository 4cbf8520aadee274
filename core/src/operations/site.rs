//! One marked value of one document.

use super::bound::Bound;
use super::wanted::Keys;
use crate::envelope;
use crate::envelope::{Demand, Envelope, KeyIds, is_pseudonym};
use crate::error::{Error, ErrorCode};
use crate::evidence::Protection;
use crate::json::{Node, Tape};
use crate::keys::{KeyKind, Request};
use crate::policy::Policy;
use crate::resolver::walk::{Location, Resolution};
use crate::schema::marker::{Kinds, Marker};
use crate::schema::subject::SubjectRef;

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
    /// The number of its person's reference, when sealing.
    pub(super) reference: Option<u32>,
    /// A token stands here, or comes here, and no envelope.
    pub(super) pseudonym: bool,
    /// The keys that its envelope names, when opening.
    pub(super) ids: KeyIds,
    /// Where its envelope's bytes are among those that were kept, when opening.
    pub(super) envelope: Option<(u32, u32)>,
    /// The numbers of its key requests.
    pub(super) keys: Keys,
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
            reference: None,
            pseudonym: false,
            ids: KeyIds::default(),
            envelope: None,
            keys: Keys::NONE,
        }
    }

    pub(super) fn node<'a>(&self, tape: &'a Tape<'a>) -> Result<Node<'a>, Error> {
        tape.node(self.node)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "a location left its document"))
    }

    /// The whole context that this value's envelope is bound to.
    pub(super) fn context<'a>(
        &self,
        call: &envelope::Context<'a>,
        requests: &'a [Request],
        field: &'a str,
        bound: &mut Bound,
    ) -> Result<envelope::Context<'a>, Error> {
        let request =
            self.keys.of(KeyKind::Subject).and_then(|number| requests.get(number as usize));
        let reference = request.and_then(|request| request.reference.as_deref());
        let context = envelope::Context {
            subject: if self.unbound { "" } else { reference.unwrap_or_default() },
            field,
            ..*call
        };
        bound.spend_context(&context)?;
        Ok(context)
    }
}

/// Whether what a marker demands stands at a location: a whole envelope, or a whole token; either,
/// where markers disagree.
pub(super) fn holds_sealed(rules: &Policy, tape: &Tape<'_>, location: &Location) -> bool {
    let is_token = rules
        .markers()
        .get(location.marker as usize)
        .is_some_and(|marker| marker.pseudonym.is_some());
    let text = tape.node(location.node).and_then(|node| node.as_str());
    let (token, envelope) = (is_token || location.disputed, !is_token || location.disputed);
    text.is_some_and(|text| token && is_pseudonym(&text) || envelope && Envelope::is_whole(&text))
}

/// What a verdict says of an envelope that meets `demand`.
pub(super) fn protection(demand: &Demand, marker: &Marker) -> Protection {
    Protection {
        pseudonym: false,
        suite: demand.suite,
        bind: demand.bind,
        subject: demand.subject,
        retention: demand.retention,
        item: demand.item,
        class: marker.retention.filter(|_| demand.retention),
    }
}

/// What a verdict says of a token.
pub(super) fn pseudonymised(marker: &Marker) -> Protection {
    let (suite, bind) = (marker.suite, marker.bind);
    Protection {
        pseudonym: true,
        suite,
        bind,
        subject: false,
        retention: false,
        item: false,
        class: None,
    }
}

/// Points every value at its request in another list, by the number that it had in its own.
pub(super) fn renumber(sites: &mut [Site], numbers: &[u32]) {
    for site in sites {
        site.keys.renumber(numbers);
    }
}

/// The marker of that number.
pub(super) fn marker(rules: &Policy, number: u32) -> Result<&Marker, Error> {
    rules
        .markers()
        .get(number as usize)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "a location without a marker"))
}

/// What a marker demands of an envelope, the way its subject is found included.
pub(super) fn demand(marker: &Marker, subject_bound: bool) -> Demand {
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

/// What an envelope is taken as: as demanded, or as one of those that the marker accepts beside
/// that (`true`); or it is not.
pub(super) fn taken(
    envelope: &Envelope<'_>,
    marker: &Marker,
    subject_bound: bool,
) -> Option<(Demand, bool)> {
    let demanded = demand(marker, subject_bound);
    if envelope.meets(&demanded) {
        return Some((demanded, false));
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
    accepted.into_iter().find(|accepted| envelope.meets(accepted)).map(|accepted| (accepted, true))
}

/// The first location whose markers disagree, as an error of the call.
pub(super) fn conflict(resolution: &Resolution, tape: &Tape<'_>) -> Result<(), Error> {
    let Some(location) = resolution.locations.iter().find(|location| location.disputed) else {
        return Ok(());
    };
    let pointer = tape.node(location.node).map(|node| node.pointer()).unwrap_or_default();
    Err(Error::new(ErrorCode::Conflict, "two markers that disagree apply to this value")
        .at(pointer))
}
