//! Taking times, and what is made of them.

use std::time::{Duration, Instant};

/// How long a thing that runs several times may take in all.
const BUDGET: Duration = Duration::from_secs(3);

/// Fewer runs than these are no median; more tell nothing new.
const RUNS: std::ops::RangeInclusive<usize> = 3..=25;

/// The median time of several runs in nanoseconds, after one that warms up.
pub(crate) fn median_of_runs<T>(mut run: impl FnMut() -> T) -> u64 {
    let mut times = Vec::new();
    std::hint::black_box(run());
    let start = Instant::now();
    while times.len() < *RUNS.start() || (times.len() < *RUNS.end() && start.elapsed() < BUDGET) {
        let start = Instant::now();
        // What came out is given back after the clock has stopped.
        let out = std::hint::black_box(run());
        times.push(start.elapsed());
        drop(out);
    }
    median(times).as_nanos() as u64
}

/// The middle one, the upper of two.
pub(crate) fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("times and ratios are numbers"));
    values[values.len() / 2]
}
