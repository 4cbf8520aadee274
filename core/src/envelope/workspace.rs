//! Scratch memory that consecutive values share.

use std::fmt;

use fieldseal_primitives::wipe;

use super::context::Beginning;

/// The scratch memory of sealing and opening, one per thread.
///
/// Clear text is in it only while [`Sealer::seal`](super::Sealer::seal) runs, which encrypts it in
/// place. The memory is wiped nevertheless when it is dropped.
#[derive(Default)]
pub struct Workspace {
    pub(super) bytes: Vec<u8>,
    pub(super) beginning: Beginning,
}

impl Workspace {
    /// Creates an empty workspace, which grows to the size of the largest value.
    pub const fn new() -> Self {
        Workspace { bytes: Vec::new(), beginning: Beginning::new() }
    }

    /// Creates an empty workspace for that many values. The contexts of several are expected to
    /// share a beginning, which is hashed once from the first value on.
    pub(crate) const fn for_values(count: usize) -> Self {
        Workspace { bytes: Vec::new(), beginning: Beginning::of(count) }
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workspace(redacted)")
    }
}
