//! Finds whole envelopes at places that the policy does not mark.

use crate::ordered::OrderedMap;

use super::document::DocumentCall;
use crate::envelope::{Envelope, MARK_BYTES, SHORTEST};
use crate::error::{Error, ErrorCode};
use crate::evidence::{Places, VerdictBuilder, VerdictCode};
use crate::json::{Node, push_token};

/// The envelopes of a document outside its marked locations, counted by pointer.
#[derive(Default)]
pub(crate) struct UnexpectedEnvelopes {
    /// The pointers and the number of envelopes at each, in the order of the first envelope.
    places: Vec<(String, u32)>,
}

impl UnexpectedEnvelopes {
    /// Inspects every string of the document outside its locations.
    ///
    /// # Errors
    /// `limit` if envelopes stand at more distinct places than a record can list.
    pub(crate) fn find(call: &DocumentCall<'_>) -> Result<Self, Error> {
        let mut found = UnexpectedEnvelopes::default();
        let mut numbers: OrderedMap<String, u32> = OrderedMap::new();
        let mut left = call.limits().record_bytes() as usize;
        for node in call.tape.strings_like(MARK_BYTES, SHORTEST) {
            if is_located(call, node)
                || !node.as_str().is_some_and(|text| Envelope::is_whole(&text))
            {
                continue;
            }
            let pointer = place(call, node);
            if let Some((_, count)) =
                numbers.get(&pointer).and_then(|number| found.places.get_mut(*number as usize))
            {
                *count += 1;
                continue;
            }
            left = left.checked_sub(pointer.len()).ok_or_else(|| {
                let message = "envelopes stand at more different places than one record can list";
                Error::new(ErrorCode::Limit, message)
            })?;
            let number = u32::try_from(found.places.len()).unwrap_or(u32::MAX);
            numbers.insert(pointer.clone(), number);
            found.places.push((pointer, 1));
        }
        Ok(found)
    }

    /// Counts them in a verdict under numbers that follow those of the document's patterns, and
    /// returns the places of both.
    pub(crate) fn report(&self, call: &DocumentCall<'_>, verdict: &mut VerdictBuilder) -> Places {
        let patterns = &call.resolution.patterns;
        let first = u32::try_from(patterns.len()).unwrap_or(u32::MAX);
        for ((_, count), number) in self.places.iter().zip(first..) {
            for _ in 0..*count {
                verdict.fault(number, VerdictCode::UnexpectedEnvelope);
            }
        }
        let pointers = self.places.iter().map(|(pointer, _)| pointer.clone());
        Places::with_others(patterns, pointers.collect())
    }
}

/// Returns the pointer of a place, with `*` for array elements and for members whose name the
/// schema does not declare, since such a name may be personal data.
fn place(call: &DocumentCall<'_>, node: Node<'_>) -> String {
    let mut ancestors = Vec::new();
    let mut at = Some(node);
    while let Some(node) = at {
        ancestors.push(node);
        at = node.parent();
    }
    let mut pointer = String::new();
    for node in ancestors.iter().rev().skip(1) {
        match node.name().and_then(|name| call.policy.plan().declared.find(name)) {
            Some(name) => push_token(&mut pointer, &name),
            None => pointer.push_str("/*"),
        }
    }
    pointer
}

/// Returns true if a location contains the value.
fn is_located(call: &DocumentCall<'_>, node: Node<'_>) -> bool {
    let locations = &call.resolution.locations;
    let after = locations.partition_point(|location| location.node <= node.index());
    let around = after.checked_sub(1).and_then(|number| locations.get(number));
    around
        .and_then(|location| call.tape.node(location.node))
        .is_some_and(|location| node.index() < location.subtree_end())
}
