//! How long a statement may take. SQLite asks now and then whether it shall go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// SQLite asks after so many steps of its machine, some microseconds each time.
const STEPS: i32 = 1_000;

/// The time that each statement of a connection has.
pub(super) struct Limit {
    limit: Duration,
    start: Instant,
    /// When the statement under way is stopped, in microseconds from `start`.
    end: Arc<AtomicU64>,
}

/// A statement under way, until it is dropped.
pub(super) struct Timed(Arc<AtomicU64>);

impl Limit {
    /// Sets it for a connection.
    pub(super) fn set(driver: &mut rusqlite::Connection, limit: Duration) -> rusqlite::Result<Self> {
        let (start, end) = (Instant::now(), Arc::new(AtomicU64::new(u64::MAX)));
        let seen = Arc::clone(&end);
        let is_over = move || micros(start.elapsed()) > seen.load(Ordering::Relaxed);
        driver.progress_handler(STEPS, Some(is_over))?;
        Ok(Limit { limit, start, end })
    }

    /// A statement starts.
    pub(super) fn starts(&self) -> Timed {
        let end = micros(self.start.elapsed()).saturating_add(micros(self.limit));
        self.end.store(end, Ordering::Relaxed);
        Timed(Arc::clone(&self.end))
    }
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.0.store(u64::MAX, Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
