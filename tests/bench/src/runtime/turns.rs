//! Rex and the driver by turns, so that what the machine does beside hits both.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::places::Place;
use super::workloads::{Times, Workload};
use crate::clock::median;
use crate::{Failure, heap};

/// How long one turn is: long enough for the clock, short enough for many.
const TURN: Duration = Duration::from_millis(4);

/// How many turns each of both has.
const TURNS: usize = 151;

/// What the turns came to; times are of one time, in nanoseconds.
pub(super) struct Pair {
    pub(super) rex: Taken,
    pub(super) raw: Taken,
    /// The median of the ratios of turns beside each other, Rex's by the driver's.
    pub(super) ratio: f64,
}

/// What one time of a workload takes.
pub(super) struct Taken {
    /// The median time.
    pub(super) ns: u64,
    /// The time of the processor, on all threads of this process: a server has its own.
    pub(super) cpu_ns: u64,
    /// The most memory that is held at once, by all threads of this process.
    pub(super) bytes: u64,
}

/// Measures a workload on a database.
pub(super) async fn measure(workload: &dyn Workload, place: &mut Place) -> Result<Pair, Failure> {
    let mut turns = Turns { workload, place, next: 0, times: 1 };
    turns.warm_up().await?;
    let (mut rex, mut raw, mut ratios) = (Side::Rex.times(), Side::Raw.times(), Vec::new());
    for turn in 0..TURNS {
        // Who goes second finds the caches as the other one left them.
        let (first, second) = if turn % 2 == 0 { (&mut rex, &mut raw) } else { (&mut raw, &mut rex) };
        first.turn(&mut turns).await?;
        second.turn(&mut turns).await?;
        ratios.push(rex.ns[turn] / raw.ns[turn]);
    }
    let (rex, raw) = (rex.taken(&mut turns)?, raw.taken(&mut turns)?);
    Ok(Pair { rex, raw, ratio: median(ratios) })
}

#[derive(Clone, Copy)]
enum Side {
    Rex,
    Raw,
}

impl Side {
    fn times(self) -> Taking {
        Taking { side: self, ns: Vec::with_capacity(TURNS), cpu_ns: Vec::with_capacity(TURNS) }
    }
}

/// The turns of one side.
struct Taking {
    side: Side,
    ns: Vec<f64>,
    cpu_ns: Vec<f64>,
}

impl Taking {
    async fn turn(&mut self, turns: &mut Turns<'_>) -> Result<(), Failure> {
        let start = cpu_ns();
        self.ns.push(turns.take(self.side).await?);
        self.cpu_ns.push((cpu_ns() - start) as f64 / turns.times as f64);
        Ok(())
    }

    fn taken(self, turns: &mut Turns<'_>) -> Result<Taken, Failure> {
        let bytes = turns.memory(self.side)?;
        Ok(Taken { ns: median(self.ns) as u64, cpu_ns: median(self.cpu_ns) as u64, bytes })
    }
}

/// The time of the processor that this process has had.
fn cpu_ns() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
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

    /// The memory that one time holds.
    fn memory(&mut self, side: Side) -> Result<u64, Failure> {
        let mut outcome = Ok(0.0);
        self.times = 1;
        let most = heap::most_held(|| {
            outcome = block_in_place(|| Handle::current().block_on(self.take(side)));
        });
        outcome.map(|_| most)
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
