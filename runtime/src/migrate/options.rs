//! How patient a run is.

use std::time::Duration;

/// How long a run waits for what. The defaults are for a deployment under traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub(crate) wait: Duration,
    pub(crate) lock_timeout: Duration,
    pub(crate) statement_timeout: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            wait: Duration::from_secs(600),
            lock_timeout: Duration::from_millis(500),
            statement_timeout: None,
        }
    }
}

impl Options {
    /// The defaults.
    pub fn new() -> Options {
        Options::default()
    }

    /// How long another runner is waited for, and how long a step is tried again that finds a table
    /// locked; 10 minutes if not set.
    #[must_use]
    pub fn wait(self, wait: Duration) -> Self {
        Options { wait, ..self }
    }

    /// PostgreSQL: how long a statement stands in the queue for a lock, in which everybody who comes later
    /// stands behind it; 500 ms if not set. After that the step is undone, and tried again a little later.
    /// While an autovacuum is at work, it is `deadlock_timeout` at least, after which the server ends that.
    #[must_use]
    pub fn lock_timeout(self, lock_timeout: Duration) -> Self {
        Options { lock_timeout, ..self }
    }

    /// PostgreSQL: how long one statement may take; for ever if not set, whatever the configuration of the
    /// program says.
    #[must_use]
    pub fn statement_timeout(self, limit: Duration) -> Self {
        Options { statement_timeout: Some(limit).filter(|limit| !limit.is_zero()), ..self }
    }
}
