//! What a value is bound to.

use std::fmt;

use fieldseal_primitives::Sha256;
use zeroize::Zeroize;

use super::Bind;
use super::wire::Head;

/// Where a value stands and whose it is. All of it may be given always: which parts count follows
/// from the policy's [`Demand`](super::Demand). `Debug` leaves the values out, since they may name
/// a person.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The tenant of the call.
    pub tenant: &'a str,
    /// The schema family.
    pub family: &'a str,
    /// The record; counts under [`Bind::RecordField`] and [`Bind::RecordPath`].
    pub record: &'a str,
    /// The record's revision; counts where the record does.
    pub revision: &'a str,
    /// The person's reference; counts under a subject key unless the policy leaves it unbound.
    pub subject: &'a str,
    /// For [`Bind::RecordPath`] the RFC 6901 pointer of the location; for [`Bind::RecordField`] and
    /// [`Bind::Field`] the same with `~*` for every token that names an array element.
    pub field: &'a str,
}

impl Context<'_> {
    /// `SHA-256(prefix ‖ LV(tenant) ‖ LV(family) ‖ LV(record) ‖ LV(revision) ‖ LV(subject) ‖
    /// LV(field))`, the parts that do not count empty. `None` when one is longer than its 32-bit
    /// length can say.
    pub(super) fn hash(&self, prefix: &[u8], head: Head) -> Option<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update(prefix);
        for part in self.owner(head) {
            hash.update(&length(part)?);
            hash.update(part.as_bytes());
        }
        self.finish(hash, head)
    }

    /// The same, for values in a row: what they share is hashed once.
    pub(super) fn hash_after(
        &self,
        beginning: &mut Beginning,
        prefix: &[u8],
        head: Head,
    ) -> Option<[u8; 32]> {
        if !std::mem::replace(&mut beginning.is_used, true) {
            // Often the first value is the only one.
            return self.hash(prefix, head);
        }
        let text = &mut beginning.next;
        text.clear();
        text.extend_from_slice(prefix);
        for part in self.owner(head) {
            text.extend_from_slice(&length(part)?);
            text.extend_from_slice(part.as_bytes());
        }
        let hash = match &beginning.hash {
            Some(hash) if beginning.text == *text => hash.clone(),
            _ => {
                let mut hash = Sha256::new();
                hash.update(text);
                beginning.hash = Some(hash.clone());
                std::mem::swap(&mut beginning.text, &mut beginning.next);
                hash
            }
        };
        self.finish(hash, head)
    }

    /// All but the place: tenant, family, record, revision, subject.
    fn owner(&self, head: Head) -> [&str; 5] {
        let when = |counts: bool, part| if counts { part } else { "" };
        let recorded = head.bind().needs_record();
        [
            self.tenant,
            self.family,
            when(recorded, self.record),
            when(recorded, self.revision),
            when(head.subject() && head.subject_bound(), self.subject),
        ]
    }

    fn finish(&self, mut hash: Sha256, head: Head) -> Option<[u8; 32]> {
        let field = if head.bind() == Bind::None { "" } else { self.field };
        hash.update(&length(field)?);
        hash.update(field.as_bytes());
        Some(hash.finish())
    }
}

fn length(part: &str) -> Option<[u8; 4]> {
    Some(u32::try_from(part.len()).ok()?.to_be_bytes())
}

/// What the contexts of a record's values begin with, hashed: they often differ in their field
/// alone. Names a person, so it is wiped.
#[derive(Default)]
pub(super) struct Beginning {
    is_used: bool,
    text: Vec<u8>,
    next: Vec<u8>,
    hash: Option<Sha256>,
}

impl Beginning {
    pub(super) const fn new() -> Self {
        Beginning { is_used: false, text: Vec::new(), next: Vec::new(), hash: None }
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        self.text.zeroize();
        self.next.zeroize();
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
