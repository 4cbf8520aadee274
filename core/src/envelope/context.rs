//! What a value is bound to.

use std::fmt;

use fieldseal_primitives::Sha256;

use super::Bind;
use super::wire::Head;

/// Where a value stands and whose it is. All of it may be given always: which parts count follows from the policy's
/// [`Demand`](super::Demand). `Debug` leaves the values out, since they may name a person.
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
    /// For [`Bind::RecordPath`] the RFC 6901 pointer of the location; for [`Bind::RecordField`] and [`Bind::Field`] the same
    /// with `~*` for every token that names an array element.
    pub field: &'a str,
}

impl Context<'_> {
    /// `SHA-256(prefix ‖ LV(tenant) ‖ LV(family) ‖ LV(record) ‖ LV(revision) ‖ LV(subject) ‖ LV(field))`, the parts that do not
    /// count empty. `None` when one is longer than its 32-bit length can say.
    pub(super) fn hash(&self, prefix: &[u8], head: Head) -> Option<[u8; 32]> {
        let when = |counts: bool, part| if counts { part } else { "" };
        let bind = head.bind();
        let mut hash = Sha256::new();
        hash.update(prefix);
        for part in [
            self.tenant,
            self.family,
            when(bind.needs_record(), self.record),
            when(bind.needs_record(), self.revision),
            when(head.subject() && head.subject_bound(), self.subject),
            when(bind != Bind::None, self.field),
        ] {
            hash.update(&u32::try_from(part.len()).ok()?.to_be_bytes());
            hash.update(part.as_bytes());
        }
        Some(hash.finish())
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
