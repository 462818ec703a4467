//! What keeps a thread busy for long.
//!
//! A statement runs on the thread that polls it: most take microseconds, and handing one to another
//! thread takes tens of them. What takes long would hold up the tasks that wait for the same thread,
//! so a multi-threaded runtime of tokio's is told (`block_in_place`), and hands them to another one.
//! That is what happens
//!
//! - to a statement whose last run took more than [`STEPS`] steps of SQLite's machine, about a
//!   millisecond;
//! - to the rest of a statement that has answered [`ROWS`] rows;
//! - to statements that make tables and indexes.
//!
//! So a slow query holds up others once, when it is first run on a connection. A current-thread
//! runtime has no other thread to hand its tasks to, and there everything runs in place.

use tokio::runtime::{Handle, RuntimeFlavor};

/// A run of more steps is long.
pub(super) const STEPS: i32 = 20_000;

/// After so many rows a run is long.
pub(super) const ROWS: u64 = 1_000;

/// Runs something that keeps this thread busy.
pub(super) fn run<T>(busy: impl FnOnce() -> T) -> T {
    // Beside tasks, in the future of `block_on`, nobody waits for this thread.
    let is_task = tokio::task::try_id().is_some();
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) if is_task => tokio::task::block_in_place(busy),
        _ => busy(),
    }
}
