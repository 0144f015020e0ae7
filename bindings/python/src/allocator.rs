//! Where the memory of this library comes from: large blocks from the system itself.
//!
//! The C library keeps blocks of up to 32 MB that were freed, in a heap of each thread, for the next of their size: after a
//! call over a million rows that is as much as its result. Large blocks are few, so asking the system for each costs little.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::{self, NonNull};

/// Blocks from this size on come from the system.
const LARGE: usize = 1 << 20;
/// Addresses of the system are multiples of this, or of more.
const PAGE: usize = 1 << 12;

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn is_large(layout: Layout) -> bool {
    layout.size() >= LARGE && layout.align() <= PAGE
}

/// Zeros, or NULL if there is no memory.
fn map(size: usize) -> *mut u8 {
    let (access, kind) = (
        libc::PROT_READ | libc::PROT_WRITE,
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
    );
    #[expect(unsafe_code, reason = "the one place that asks the system for memory")]
    // SAFETY: new pages, at an address that the system chooses.
    let pages = unsafe { libc::mmap(ptr::null_mut(), size, access, kind, -1, 0) };
    if pages == libc::MAP_FAILED {
        return ptr::null_mut();
    }
    pages.cast()
}

#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
// SAFETY: a block is large by its layout alone, so that each goes back to where it came from; pages are aligned to more than large
// blocks may ask for.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            return map(layout.size());
        }
        // SAFETY: as the caller vouches.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            return map(layout.size());
        }
        // SAFETY: as the caller vouches.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is of this allocator and this layout, as the caller vouches.
        unsafe {
            if is_large(layout) {
                libc::munmap(block.cast(), layout.size());
            } else {
                System.dealloc(block, layout);
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller vouches that the size is one that a layout of this alignment can have.
        let resized = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (is_large(layout), is_large(resized)) {
            // SAFETY: as the caller vouches.
            (false, false) => unsafe { System.realloc(block, layout, size) },
            (true, true) => {
                // SAFETY: the pages are of this allocator; where they move, the old ones are gone.
                let pages = unsafe {
                    libc::mremap(block.cast(), layout.size(), size, libc::MREMAP_MAYMOVE)
                };
                if pages == libc::MAP_FAILED {
                    return ptr::null_mut();
                }
                pages.cast()
            }
            // SAFETY: two blocks of at least that many bytes, the old one of this allocator and layout.
            _ => unsafe {
                let Some(moved) = NonNull::new(self.alloc(resized)) else {
                    return ptr::null_mut();
                };
                ptr::copy_nonoverlapping(block, moved.as_ptr(), layout.size().min(size));
                self.dealloc(block, layout);
                moved.as_ptr()
            },
        }
    }
}
