//! Rex and the driver by turns, so that what the machine does beside hits both.

use std::time::{Duration, Instant};

use super::places::Place;
use super::workloads::{Times, Workload};
use crate::Failure;
use crate::clock::median;

/// How long one turn is: long enough for the clock, short enough for many.
const TURN: Duration = Duration::from_millis(4);

/// How many turns each of both has.
const TURNS: usize = 151;

/// What the turns came to; times are of one time, in nanoseconds.
pub(super) struct Pair {
    pub(super) rex_ns: u64,
    pub(super) raw_ns: u64,
    /// The median of the ratios of turns beside each other, Rex's by the driver's.
    pub(super) ratio: f64,
}

/// Measures a workload on a database.
pub(super) async fn measure(workload: &dyn Workload, place: &mut Place) -> Result<Pair, Failure> {
    let mut turns = Turns { workload, place, next: 0, times: 1 };
    turns.warm_up().await?;
    let (mut rex, mut raw, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..TURNS {
        // Who goes second finds the caches as the other one left them.
        let (a, b) = if turn % 2 == 0 {
            let a = turns.take(Side::Rex).await?;
            (a, turns.take(Side::Raw).await?)
        } else {
            let b = turns.take(Side::Raw).await?;
            (turns.take(Side::Rex).await?, b)
        };
        rex.push(a);
        raw.push(b);
        ratios.push(a / b);
    }
    Ok(Pair { rex_ns: median(rex) as u64, raw_ns: median(raw) as u64, ratio: median(ratios) })
}

enum Side {
    Rex,
    Raw,
}

struct Turns<'a> {
    workload: &'a dyn Workload,
    place: &'a mut Place,
    /// The number of the next time, by which workloads vary what they do.
    next: u64,
    /// Times in a turn.
    times: u64,
}

impl Turns<'_> {
    /// Runs both for a while, and finds out how many times make a turn.
    async fn warm_up(&mut self) -> Result<(), Failure> {
        let start = Instant::now();
        while start.elapsed() < TURN * 25 {
            let slower = self.take(Side::Rex).await?.max(self.take(Side::Raw).await?);
            self.times = ((TURN.as_nanos() as f64 / slower) as u64).max(1);
        }
        Ok(())
    }

    /// A turn; the nanoseconds of one time.
    async fn take(&mut self, side: Side) -> Result<f64, Failure> {
        let times: Times = self.next..self.next + self.times;
        self.next = times.end;
        let start = Instant::now();
        match side {
            Side::Rex => self.workload.rex(&self.place.db, times).await?,
            Side::Raw => self.place.raw.run(self.workload, times).await?,
        }
        Ok(start.elapsed().as_nanos() as f64 / self.times as f64)
    }
}
