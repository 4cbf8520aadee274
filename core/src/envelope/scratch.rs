//! Scratch memory that consecutive values share.

use std::fmt;

use fieldseal_primitives::wipe;

use super::context::Beginning;

/// The scratch memory of sealing and opening, one per thread.
///
/// Clear text is in it only while [`Sealer::seal`](super::Sealer::seal) runs, which encrypts it in
/// place. The memory is wiped nevertheless when it is dropped.
#[derive(Default)]
pub struct Scratch {
    pub(super) bytes: Vec<u8>,
    pub(super) beginning: Beginning,
}

impl Scratch {
    /// Creates empty scratch memory, which grows to the size of the largest value.
    pub const fn new() -> Self {
        Scratch { bytes: Vec::new(), beginning: Beginning::new() }
    }

    /// Begins a document of that many values. The contexts of several are expected to share a
    /// beginning, which is hashed once from the first value on.
    pub(crate) fn begin(&mut self, count: usize) {
        self.beginning.begin(count);
    }

    /// Wipes everything. The memory stays for another document.
    pub(crate) fn wipe(&mut self) {
        wipe(&mut self.bytes);
        self.beginning.wipe();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch(redacted)")
    }
}
