//! Time that the machine's other work does not count in.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// How long this thread has run, which does not count others on the machine; where that is not
/// known, how long it has been there.
pub(crate) fn busy() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|text| text.split(' ').next().and_then(|ns| ns.parse().ok()));
    ran.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
