//! The allocator of this module: the standard one, which wipes what may have been the bytes of a
//! key.
//!
//! A keyring's answers lie in this memory until the host has read them; what frees them then is
//! generated and wipes nothing. Without this a destroyed key could be read from a dump of the
//! instance, until something else took its place.

use std::alloc::{GlobalAlloc, Layout, System};

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

struct Wiping;

/// As a `list<u8>` of 32 bytes, the length that the contract gives secrets.
const SECRET: Layout = Layout::new::<[u8; 32]>();

// SAFETY: everything is the system allocator's own; a block is written to while it is still the
// caller's to give back.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if layout == SECRET {
            // Volatile, or the compiler leaves out what nobody reads. SAFETY: the block has this
            // size and is nobody else's.
            (0..layout.size()).for_each(|at| unsafe { block.add(at).write_volatile(0) });
        }
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}
