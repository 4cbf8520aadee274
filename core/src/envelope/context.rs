//! The context to which a value is bound.

use std::fmt;

use fieldseal_primitives::{Sha256, wipe};

use super::Bind;
use super::wire::Head;

/// The location of a value, its record and its data subject.
///
/// All members may always be given: the policy's [`Demand`](super::Demand) decides which of them
/// count. `Debug` omits the values, since they may identify a person.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The tenant of the call.
    pub tenant: &'a str,
    /// The schema family of the policy.
    pub family: &'a str,
    /// The record. Counts under [`Bind::RecordField`] and [`Bind::RecordPath`].
    pub record: &'a str,
    /// The revision of the record. Counts where the record counts.
    pub revision: &'a str,
    /// The person's reference. Counts under a subject key unless the policy leaves it unbound.
    pub subject: &'a str,
    /// The RFC 6901 pointer of the value.
    ///
    /// For [`Bind::RecordField`] and [`Bind::Field`], `~*` replaces every token that names an array
    /// element. For [`Bind::RecordPath`] the pointer is exact.
    pub field: &'a str,
}

impl Context<'_> {
    /// Returns `SHA-256(prefix ‖ LV(tenant) ‖ LV(family) ‖ LV(record) ‖ LV(revision) ‖ LV(subject)
    /// ‖ LV(field))`, in which parts that do not count are empty.
    ///
    /// Returns `None` if a part is too long for its 32-bit length.
    pub(super) fn hash(&self, prefix: &[u8], head: Head) -> Option<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update(prefix);
        for part in self.owner(head) {
            hash.update(&length(part)?);
            hash.update(part.as_bytes());
        }
        self.finish(hash, head)
    }

    /// Returns the same as [`hash`](Self::hash), but hashes the beginning that consecutive values
    /// share only once.
    pub(super) fn hash_after(
        &self,
        beginning: &mut Beginning,
        prefix: &[u8],
        head: Head,
    ) -> Option<[u8; 32]> {
        if !std::mem::replace(&mut beginning.is_used, true) {
            // Documents often have one value only, which would not profit from the shared
            // beginning.
            return self.hash(prefix, head);
        }
        let text = &mut beginning.next;
        text.clear();
        let parts = self.owner(head);
        // One allocation, since a vector that grows would leave names behind.
        let lengths = parts.iter().map(|part| 4 + part.len());
        text.reserve(prefix.len() + lengths.sum::<usize>());
        text.extend_from_slice(prefix);
        for part in parts {
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

    /// Returns tenant, family, record, revision and subject; parts that do not count are empty.
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

/// The hashed beginning of a context, which the values of a record often share: only their field
/// differs.
///
/// It may identify a person, so it is wiped when dropped.
#[derive(Default)]
pub(super) struct Beginning {
    is_used: bool,
    text: Vec<u8>,
    next: Vec<u8>,
    hash: Option<Sha256>,
}

impl Beginning {
    /// Begins anew, and expects that many contexts.
    pub(super) fn begin(&mut self, count: usize) {
        self.hash = None;
        self.is_used = count > 1;
    }

    /// Wipes everything. The memory of the texts stays.
    pub(super) fn wipe(&mut self) {
        wipe(&mut self.text);
        wipe(&mut self.next);
        self.hash = None;
    }

    pub(super) const fn new() -> Self {
        Beginning { is_used: false, text: Vec::new(), next: Vec::new(), hash: None }
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        wipe(&mut self.text);
        wipe(&mut self.next);
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
