//! Checks a sealed document without keys.

use super::call::Context;
use super::plan::{
    CallInput, DocumentCall, ProtectedValue, SubjectMemory, Subjects, UnexpectedEnvelopes,
    holds_sealed, match_demand, mismatched_subject_keys, protection, pseudonymised,
};
use super::seal::SLOW_PATTERN;
use crate::envelope::{Envelope, Fault, Scratch, is_pseudonym};
use crate::error::{CheckError, Error, ErrorCode};
use crate::evidence::{Protection, Verdict, VerdictBuilder, VerdictCode};
use crate::export::validity::Validity;
use crate::policy::Policy;
use crate::resolver::walk::Sought;

impl Policy {
    /// Returns the verdict on a sealed document. It conforms if it fits the sealed schema, and if
    /// whole envelopes that the policy accepts stand at the marked locations and nowhere else. The
    /// check needs no key, so it proves nothing about the values in the envelopes
    /// ([`Policy::check_deep`] does). With [`ValidationMode::Off`](crate::ValidationMode::Off) the
    /// verdict says `unvalidated` in place of judging the document.
    ///
    /// ```
    /// use fieldseal::{Options, Policy};
    /// let schema = br#"{
    ///     "x-schema-family": "urn:example:order",
    ///     "properties": {"name": {"type": "string", "x-protection": {}}}
    /// }"#;
    /// let policy = Policy::compile(schema, Options::default())?;
    /// let verdict = policy.check(br#"{"name": "Ada"}"#)?;
    /// assert!(verdict.says(fieldseal::VerdictCode::NotSealed));
    /// # Ok::<(), fieldseal::Error>(())
    /// ```
    ///
    /// # Errors
    /// `document` and `limit`. The verdict reports everything else.
    pub fn check(&self, document: &[u8]) -> Result<Verdict, CheckError> {
        // Represents the call that will open the document. Its names do not matter here.
        let anybody = Context { subject: Some("anybody".to_owned()), ..Context::default() };
        let call = locations_to_check(self, CallInput::new(document, anybody))?;
        let mut subjects = subjects(&call);
        let values = inspect(&call, &mut subjects)?;
        let mut verdict = VerdictBuilder::new("check", values.len());
        for inspected in &values {
            inspected.report(inspected.outcome, &mut verdict);
            inspected.count(&call, inspected.outcome, None, &mut verdict)?;
        }
        Ok(finish(&call, verdict, false)?)
    }
}

/// Reads a document and selects the locations to check. Where a value only may be marked, clear
/// text is valid and an envelope is a near miss.
///
/// # Errors
/// `context`, `document`, `limit`.
pub(super) fn locations_to_check<'t>(
    policy: &Policy,
    input: CallInput<'t>,
) -> Result<DocumentCall<'t>, Error> {
    let mut call = DocumentCall::read(policy, input, |_, _| Ok(Sought::Decided))?;
    let DocumentCall { tape, resolution, .. } = &mut call;
    resolution.keep(|location| location.decided || holds_sealed(policy, tape, location));
    Ok(call)
}

/// A location and the result of its check: an envelope that the policy accepts, or a fault.
pub(super) struct Inspected {
    pub(super) value: ProtectedValue,
    pub(super) outcome: Result<(), Fault>,
}

/// Returns the subjects of the document's values, for all of them to share.
pub(super) fn subjects<'a>(call: &'a DocumentCall<'_>) -> Subjects<'a> {
    Subjects::new(call, false, SubjectMemory::default())
}

/// Inspects each location.
///
/// # Errors
/// Only `internal`.
pub(super) fn inspect<'a>(
    call: &'a DocumentCall<'_>,
    subjects: &mut Subjects<'a>,
) -> Result<Vec<Inspected>, Error> {
    let mut work = Scratch::new();
    let mut values = Vec::with_capacity(call.resolution.locations.len());
    for location in &call.resolution.locations {
        let mut value = ProtectedValue::new(location);
        let outcome = if location.disputed {
            Err(Fault::Integrity)
        } else {
            look(call, subjects, &mut value, &mut work)?
        };
        values.push(Inspected { value, outcome });
    }
    // All values of one person carry one key id (docs/envelope.md, *Opening*, step 2).
    let whole = |inspected: &Inspected| inspected.outcome.is_ok();
    for node in mismatched_subject_keys(
        values.iter().map(|inspected| Some(&inspected.value).filter(|_| whole(inspected))),
    ) {
        let place = values.partition_point(|inspected| inspected.value.node < node);
        if let Some(inspected) = values.get_mut(place) {
            inspected.outcome = Err(Fault::Integrity);
        }
    }
    Ok(values)
}

/// Inspects one location, and adds to its value the facts that the envelope states.
fn look<'a>(
    call: &'a DocumentCall<'_>,
    subjects: &mut Subjects<'a>,
    value: &mut ProtectedValue,
    work: &mut Scratch,
) -> Result<Result<(), Fault>, Error> {
    let (node, marker) = call.value(value)?;
    let Some(text) = node.as_str() else { return Ok(Err(Fault::NotSealed)) };
    if marker.pseudonym.is_some() {
        value.pseudonym = true;
        return Ok(if is_pseudonym(&text) { Ok(()) } else { Err(Fault::NotSealed) });
    }
    let envelope = match Envelope::decode(&text, work) {
        Ok(envelope) => envelope,
        Err(fault) => return Ok(Err(fault)),
    };
    // An envelope whose subject cannot be found opens in no call.
    let Ok(subject) = subjects.of(value.marker, marker, node) else {
        return Ok(Err(Fault::Integrity));
    };
    value.identity = subject.identity;
    value.reference = subject.reference;
    value.acceptance = match_demand(&envelope, marker, subject.identity.is_none());
    let Some(acceptance) = value.acceptance else { return Ok(Err(Fault::Integrity)) };
    let demand = acceptance.demand();
    value.unbound = !demand.subject_bound;
    value.ids = envelope.ids();
    // A reference that is sealed itself cannot be bound again.
    Ok(if demand.subject && demand.subject_bound && subject.reference.is_none() {
        Err(Fault::Integrity)
    } else {
        Ok(())
    })
}

impl Inspected {
    /// Counts the value with this outcome, if the policy accepts it. `bucket` is the name of its
    /// retention bucket, if that is known.
    pub(super) fn count(
        &self,
        call: &DocumentCall<'_>,
        outcome: Result<(), Fault>,
        bucket: Option<&str>,
        verdict: &mut VerdictBuilder,
    ) -> Result<(), Error> {
        let value = &self.value;
        let marker = call.marker(value.marker)?;
        match (outcome, value.acceptance) {
            (Ok(()), Some(acceptance)) => {
                let bucket = bucket.map(|bucket| verdict.bucket(bucket));
                let protection = Protection { bucket, ..protection(&acceptance.demand(), marker) };
                verdict.envelope(value.pattern, protection, value.ids.all());
            }
            (Ok(()), None) if value.pseudonym => {
                verdict.envelope(value.pattern, pseudonymised(marker), []);
            }
            _ => {}
        }
        Ok(())
    }

    /// Reports the faults of the location with this outcome.
    pub(super) fn report(&self, outcome: Result<(), Fault>, verdict: &mut VerdictBuilder) {
        let value = &self.value;
        if let Err(fault) = outcome {
            verdict.fault(value.pattern, code(fault));
        } else if value.acceptance.is_some_and(|acceptance| acceptance.is_weaker()) {
            verdict.fault(value.pattern, VerdictCode::AcceptedWeaker);
        }
        if !value.decided {
            verdict.fault(value.pattern, VerdictCode::NearMiss);
        }
    }
}

/// Returns the verdict after all locations were counted. `is_unfit` is true if the clear document
/// is known not to conform.
///
/// # Errors
/// `limit`.
pub(super) fn finish(
    call: &DocumentCall<'_>,
    mut verdict: VerdictBuilder,
    is_unfit: bool,
) -> Result<Verdict, Error> {
    let places = UnexpectedEnvelopes::find(call)?.report(call, &mut verdict);
    verdict.say(match call.policy.is_valid_sealed(&call.tape) {
        Validity::Unvalidated => VerdictCode::Unvalidated,
        Validity::Limit => return Err(Error::new(ErrorCode::Limit, SLOW_PATTERN)),
        Validity::Valid if !is_unfit && !verdict.is_at_fault() => VerdictCode::Conforming,
        Validity::Valid | Validity::Invalid => VerdictCode::Nonconforming,
    });
    call.verdict(verdict, places)
}

const fn code(fault: Fault) -> VerdictCode {
    match fault {
        Fault::NotSealed => VerdictCode::NotSealed,
        Fault::Unsupported => VerdictCode::Unsupported,
        _ => VerdictCode::Integrity,
    }
}
