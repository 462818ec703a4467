//! Where futures run when the program has no runtime of tokio's, and waiting that works with and
//! without one.
//!
//! SQLite needs a runtime for nothing but to wait: for its queue, or for another process. PostgreSQL
//! needs one for its sockets. A program that has none, because it is synchronous or uses another
//! executor, gets one of Rex's own: one thread, started when it is first needed.

mod blocking;
mod own;

pub use blocking::Blocking;
#[cfg(feature = "postgres")]
pub(crate) use own::inside;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use own::timeout;
pub(crate) use own::{about, sleep, yield_now};
