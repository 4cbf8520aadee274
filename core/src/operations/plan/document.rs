//! One document of one call, parsed and resolved.

use std::borrow::Cow;
use std::sync::Arc;

use super::budget::ContextBudget;
use super::value::ProtectedValue;
use crate::envelope;
use crate::error::{Error, ErrorCode};
use crate::evidence::{Places, Verdict, VerdictBuilder};
use crate::json::{DocumentLimits, Node, Tape, TapeMemory};
use crate::keys::{CallAnswers, KeyKind};
use crate::limits::Limits;
use crate::memory::Loan;
use crate::operations::Context;
use crate::policy::Policy;
use crate::resolver::place::Place;
use crate::resolver::walk::{Resolution, Sought, WalkMemory};
use crate::schema::marker::Marker;
use crate::time::clock::clock;
use crate::time::instant::Instant;

/// The input that a caller gives for one document.
pub(crate) struct CallInput<'t> {
    document: Cow<'t, [u8]>,
    context: Cow<'t, Context>,
    now: Option<u64>,
    lone: Option<Lone>,
}

/// The place of a value whose document is not there, and what the document would say.
pub(crate) struct Lone {
    pub(crate) place: Arc<Place>,
    /// The date from which a retention counts that starts with a date of the document.
    pub(crate) from: Option<String>,
}

impl<'t> CallInput<'t> {
    pub(crate) fn new(
        document: impl Into<Cow<'t, [u8]>>,
        context: impl Into<Cow<'t, Context>>,
    ) -> Self {
        let (document, context) = (document.into(), context.into());
        let now = context.now;
        CallInput { document, context, now, lone: None }
    }

    /// States that the text is one value, and its place.
    pub(crate) fn at(self, place: Arc<Place>, from: Option<String>) -> Self {
        CallInput { lone: Some(Lone { place, from }), ..self }
    }

    /// Reads the system's clock if the context has no time.
    pub(crate) fn with_clock(mut self) -> Self {
        self.now = self.now.or_else(clock);
        self
    }
}

/// One document of one call: its text, and the marked values that the policy finds in it.
pub(crate) struct DocumentCall<'t> {
    pub(crate) policy: Policy,
    pub(crate) context: Cow<'t, Context>,
    /// The host's clock.
    pub(crate) now: Option<Instant>,
    pub(crate) tape: Tape<'t>,
    pub(crate) resolution: Resolution,
    /// `None` for a whole document.
    pub(crate) lone: Option<Lone>,
    loan: Loan<DocumentMemory>,
}

/// The memory of a document that is read and resolved, for another one.
#[derive(Default)]
struct DocumentMemory {
    tape: TapeMemory,
    walk: WalkMemory,
}

/// Returns the memory of the tape and the locations.
impl Drop for DocumentCall<'_> {
    fn drop(&mut self) {
        let DocumentCall { loan, tape, resolution, .. } = self;
        loan.give_back(|memory| {
            memory.tape = tape.take_memory();
            memory.walk.locations = resolution.take_memory();
        });
    }
}

impl<'t> DocumentCall<'t> {
    /// Reads the document and finds its marked values. `judge` decides which locations are sought.
    ///
    /// # Errors
    /// `context`, `document`, `limit`, and those of `judge`.
    pub(crate) fn read(
        policy: &Policy,
        input: CallInput<'t>,
        judge: impl FnOnce(&Tape<'t>, Option<&Place>) -> Result<Sought, Error>,
    ) -> Result<Self, Error> {
        let CallInput { document, context, now, lone } = input;
        let now = context.examine(now)?;
        let place = lone.as_ref().map(|lone| &*lone.place);
        let mut limits = DocumentLimits::from(&policy.plan().limits);
        limits.depth = limits.depth.saturating_sub(place.map_or(0, |place| place.depth));
        let mut loan = Loan::<DocumentMemory>::new(policy.workspace(), document.len());
        let memory = loan.memory();
        let tape = Tape::parse_into(std::mem::take(&mut memory.tape), document, limits)?;
        let sought = judge(&tape, place)?;
        let resolution = match place {
            Some(place) => policy.resolve_value(&tape, place, &mut memory.walk)?,
            None => policy.resolve_into(&mut memory.walk, &tape, sought)?,
        };
        Ok(DocumentCall { policy: policy.clone(), context, now, tape, resolution, lone, loan })
    }

    /// Returns the place of a value whose document is not there.
    pub(crate) fn place(&self) -> Option<&Place> {
        self.lone.as_ref().map(|lone| &*lone.place)
    }

    /// Returns an error of this call with its place in the document.
    pub(crate) fn located(&self, error: Error) -> Error {
        match self.place() {
            Some(place) => place.locate(error),
            None => error,
        }
    }

    /// Returns the number of objects and arrays around a value.
    pub(crate) fn depth(&self, node: Node<'_>) -> u32 {
        self.place().map_or(0, |place| place.depth) + node.depth()
    }

    /// Borrows memory for this document.
    pub(crate) fn borrow<M: Default + Send + 'static>(&self) -> Loan<M> {
        Loan::new(self.policy.workspace(), self.tape.text().len())
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.policy.plan().limits
    }

    /// Returns the host's clock in milliseconds.
    pub(crate) fn millis(&self) -> Option<u64> {
        self.now.map(Instant::millis)
    }

    /// Returns a marked value with its marker.
    ///
    /// # Errors
    /// `internal` for a value of another document.
    pub(crate) fn value(&self, value: &ProtectedValue) -> Result<(Node<'_>, &Marker), Error> {
        let node = self.tape.node(value.node);
        let node = node.ok_or_else(|| out_of_order("a location left its document"))?;
        Ok((node, self.marker(value.marker)?))
    }

    /// Returns the marker of that number.
    ///
    /// # Errors
    /// `internal` for a number of another policy.
    pub(crate) fn marker(&self, number: u32) -> Result<&Marker, Error> {
        let marker = self.policy.markers().get(number as usize);
        marker.ok_or_else(|| out_of_order("a location without a marker"))
    }

    /// Returns the whole context to which a value's envelope is bound.
    ///
    /// # Errors
    /// `limit` if the values of this document are bound to too much text.
    pub(crate) fn binding<'a>(
        &'a self,
        value: &ProtectedValue,
        answers: &'a CallAnswers,
        field: &'a str,
        budget: &mut ContextBudget,
    ) -> Result<envelope::Context<'a>, Error> {
        let subject =
            if value.unbound { None } else { answers.named(value.keys, KeyKind::Subject) };
        let context = envelope::Context {
            subject: subject.unwrap_or_default(),
            field,
            ..self.context.binding(&self.policy.plan().family)
        };
        budget.spend_context(&context)?;
        Ok(context)
    }

    /// Completes a verdict on the document.
    ///
    /// # Errors
    /// `limit` for a verdict that is longer than a record may be.
    pub(crate) fn verdict(
        &self,
        verdict: VerdictBuilder,
        places: Places,
    ) -> Result<Verdict, Error> {
        let plan = self.policy.plan();
        verdict.finish(self.now, &plan.schema, places, plan.limits.record_bytes())
    }
}

fn out_of_order(message: &'static str) -> Error {
    Error::new(ErrorCode::Internal, message)
}
