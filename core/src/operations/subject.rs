//! Whose value it is: the data subject of a location, and whether the envelope binds the reference.

use std::borrow::Cow;

use super::context::Context;
use crate::error::{Error, ErrorCode};
use crate::json::{Node, Reached, Tape};
use crate::policy::{Location, Marker, SubjectRef};

/// The subject of a location, before anyone asks which key that is.
pub(super) struct Subject<'a> {
    /// The reference; `None` where only the sealed identity could tell it.
    pub(super) reference: Option<Cow<'a, str>>,
    /// The marked location that the pointer leads to or below (its number among the locations): the reference is then not
    /// bound, since opening cannot read it (envelope.md, flag b6).
    pub(super) identity: Option<u32>,
}

/// The marked locations of a document, for finding what lies at or below one.
#[derive(Clone, Copy)]
pub(super) struct Marked<'a> {
    pub(super) tape: &'a Tape<'a>,
    pub(super) locations: &'a [Location],
}

impl<'a> Marked<'a> {
    /// The number of the location that `node` lies at or below.
    pub(super) fn covering(&self, node: Node<'_>) -> Option<u32> {
        let after = self.locations.partition_point(|location| location.node <= node.index());
        let number = after.checked_sub(1)?;
        let end = self.tape.node(self.locations.get(number)?.node)?.subtree_end();
        if node.index() < end { u32::try_from(number).ok() } else { None }
    }

    /// The subject of the value at `node`, whose marker is `marker`. `clear`: the document holds clear values at its marked locations.
    pub(super) fn subject<'c>(&self, marker: &Marker, node: Node<'a>, context: &'c Context, clear: bool) -> Result<Subject<'c>, Error>
    where
        'a: 'c,
    {
        let lacking = |message| Err(Error::new(ErrorCode::Context, message).at(node.pointer()));
        let reached = match &marker.subject {
            SubjectRef::Call => {
                return match context.named_subject() {
                    Some(subject) => Ok(Subject { reference: Some(Cow::Borrowed(subject)), identity: None }),
                    None => lacking("the call names no data subject for this value"),
                };
            }
            SubjectRef::Pointer(pointer) => pointer.reach(self.tape.root()),
            SubjectRef::Relative(relative) => relative.reach(node),
        };
        match reached {
            Reached::Value(target) => {
                let identity = self.covering(target);
                if identity.is_some() && !clear {
                    return Ok(Subject { reference: None, identity });
                }
                match reference(target) {
                    Some(reference) => Ok(Subject { reference: Some(reference), identity }),
                    None => lacking("the subject pointer leads to something else than a non-empty string or an integer"),
                }
            }
            Reached::Name(name) if !name.is_empty() => Ok(Subject { reference: Some(name), identity: None }),
            Reached::Position(position) => Ok(Subject { reference: Some(Cow::Owned(position.to_string())), identity: None }),
            Reached::Short(target) if !clear => match self.covering(target) {
                // The sealed text stands for the object that the pointer goes on into.
                Some(identity) => Ok(Subject { reference: None, identity: Some(identity) }),
                None => lacking("the subject pointer leads nowhere in this document"),
            },
            Reached::Name(_) | Reached::Short(_) | Reached::Nowhere => lacking("the subject pointer leads nowhere in this document"),
        }
    }
}

/// What names a person: a non-empty string, or an integer as `-?(0|[1-9][0-9]*)` writes it, but not `-0`. `7` and `"7"` are one person.
fn reference(node: Node<'_>) -> Option<Cow<'_, str>> {
    if let Some(text) = node.as_str() {
        return Some(text).filter(|text| !text.is_empty());
    }
    let raw = node.raw();
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && raw != "-0";
    integer.then_some(Cow::Borrowed(raw))
}
