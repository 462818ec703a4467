//! The allocator of this program: the system's, which counts what is held while it is asked to.
//!
//! One that counts always would cost each side of a comparison for each of its allocations, which is
//! not what a program pays.

#![allow(unsafe_code, reason = "the interface of allocators; each call is handed on as it came")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

#[global_allocator]
static HEAP: Counting = Counting;

/// Whether it counts.
static COUNTS: AtomicBool = AtomicBool::new(false);

/// The octets that are held beyond those at the start, and the most there were.
static HELD: AtomicI64 = AtomicI64::new(0);
static MOST: AtomicI64 = AtomicI64::new(0);

struct Counting;

fn count(octets: i64) {
    if COUNTS.load(Relaxed) {
        MOST.fetch_max(HELD.fetch_add(octets, Relaxed) + octets, Relaxed);
    }
}

fn signed(octets: usize) -> i64 {
    i64::try_from(octets).unwrap_or(i64::MAX)
}

// SAFETY: all that it does itself is to count.
unsafe impl GlobalAlloc for Counting {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }

    #[inline]
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size) - signed(layout.size()));
        // SAFETY: as the caller promises.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// The most octets that all threads together hold at once during some work, beyond those before it.
pub(crate) fn most_held(work: impl FnOnce()) -> u64 {
    HELD.store(0, Relaxed);
    MOST.store(0, Relaxed);
    COUNTS.store(true, Relaxed);
    work();
    COUNTS.store(false, Relaxed);
    MOST.load(Relaxed).unsigned_abs()
}
