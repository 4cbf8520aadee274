//! Bytes on the heap that are wiped in large pieces. `Zeroizing` wipes a vector byte by byte.

use std::ops::{Deref, DerefMut};

use zeroize::Zeroize;

/// Wipes the bytes of a vector, and the room behind them, where earlier bytes may lie.
#[inline(never)]
pub fn wipe(bytes: &mut Vec<u8>) {
    // Natively, a call to clear no bytes at the address of an empty vector takes 70 ns: the masked
    // store of `memset` goes to a page that is not there.
    if bytes.capacity() == 0 {
        return;
    }
    bytes.spare_capacity_mut().zeroize();
    bytes.as_mut_slice().zeroize();
    bytes.clear();
}

/// Bytes that are wiped when dropped.
pub struct WipedBytes(Vec<u8>);

impl WipedBytes {
    /// Zeros of that length.
    pub fn zeros(length: usize) -> Self {
        WipedBytes::zeros_in(Vec::new(), length)
    }

    /// Zeros of that length in the memory of bytes that were wiped.
    pub fn zeros_in(mut memory: Vec<u8>, length: usize) -> Self {
        memory.clear();
        memory.resize(length, 0);
        WipedBytes(memory)
    }

    /// Wipes the bytes and takes their memory out.
    pub fn take_memory(&mut self) -> Vec<u8> {
        self.0.as_mut_slice().zeroize();
        self.0.clear();
        std::mem::take(&mut self.0)
    }
}

impl Deref for WipedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for WipedBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for WipedBytes {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}
