//! Scratch memory that consecutive values share.

use std::fmt;

use fieldseal_primitives::wipe;

use super::context::Beginning;

/// The most bytes that stay for another document, which wipes them again.
pub(crate) const MOST_WIPED: usize = 1 << 16;

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
        self.beginning.restart(count);
    }

    /// Wipes everything. The memory stays for another document unless wiping it takes long.
    pub(crate) fn wipe(&mut self) {
        if self.heap_bytes() > MOST_WIPED {
            *self = Scratch::new();
            return;
        }
        wipe(&mut self.bytes);
        self.beginning.restart(0);
    }

    /// Returns the number of bytes on the heap.
    pub(crate) const fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.beginning.bytes()
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
