//! A run, from its connection to its report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rex_sql::migration::{Migrations, Mode};

use super::history;
use super::options::Options;
use super::plan::{Chain, Goal, Next, PendingStep};
use super::refusal::Refusal;
use super::report::{Done, Event, Report, Status};
use super::step::{self, Taken, Taking, Tell};
use crate::adapter::{Direct, Pace, open};
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use crate::executor;

/// Runs migrations, on a connection of its own for each call.
///
/// ```text
/// let report = Runner::new(&db, &MIGRATIONS).on_event(|event| println!("{event:?}")).apply().await?;
/// ```
pub struct Runner<'r> {
    place: Place<'r>,
    migrations: &'r Migrations,
    options: Options,
    tell: Box<dyn FnMut(Event) + Send + 'r>,
    /// The migrations, once they were read for a database.
    chain: Option<Arc<Chain>>,
}

enum Place<'r> {
    Db(&'r Db),
    Config(&'r Config),
}

impl<'r> Runner<'r> {
    /// On the database of a handle.
    pub fn new(db: &'r Db, migrations: &'r Migrations) -> Self {
        Runner::at(Place::Db(db), migrations)
    }

    /// On the database of a configuration, without a pool.
    pub fn with_config(config: &'r Config, migrations: &'r Migrations) -> Self {
        Runner::at(Place::Config(config), migrations)
    }

    fn at(place: Place<'r>, migrations: &'r Migrations) -> Self {
        Runner { place, migrations, options: Options::default(), tell: Box::new(drop), chain: None }
    }

    /// How patient it is.
    #[must_use]
    pub fn options(self, options: Options) -> Self {
        Runner { options, ..self }
    }

    /// What is called with each thing that happens.
    #[must_use]
    pub fn on_event(self, tell: impl FnMut(Event) + Send + 'r) -> Self {
        Runner { tell: Box::new(tell), ..self }
    }

    /// Applies all that are not applied.
    ///
    /// # Errors
    ///
    /// See [`Db::migrate`].
    pub async fn apply(&mut self) -> Result<Report> {
        self.run(|chain, _| Ok(Goal::Applied(chain.parsed.len()))).await
    }

    /// Applies all up to one.
    ///
    /// # Errors
    ///
    /// As [`Runner::apply`], and when there is no migration of this name.
    pub async fn apply_to(&mut self, id: &str) -> Result<Report> {
        self.run(|chain, _| Ok(Goal::Applied(chain.place(id)? + 1))).await
    }

    /// Rolls the last migrations back, so many of those that are applied when it begins. Of several
    /// programs that do so at once, one does it.
    ///
    /// # Errors
    ///
    /// As [`Runner::apply`], and when one of them has no way back, or another program applies more
    /// meanwhile: then nothing is done.
    pub async fn rollback(&mut self, count: usize) -> Result<Report> {
        self.run(|_, of| Ok(Goal::Left { count: of.saturating_sub(count), of })).await
    }

    /// Rolls these back, which are the last ones: for somebody who was shown what that loses, and has
    /// thought about it.
    ///
    /// # Errors
    ///
    /// As [`Runner::rollback`], and when others were applied behind them meanwhile.
    pub async fn rollback_exactly(&mut self, ids: &[String]) -> Result<Report> {
        self.run(|chain, begun| {
            let places: Vec<usize> = ids.iter().map(|id| chain.place(id)).collect::<Result<_, _>>()?;
            let count = places.iter().copied().min().unwrap_or(begun);
            match (count..begun).find(|place| !places.contains(place)) {
                Some(other) => Err(Refusal::Later { id: chain.parsed[other].id.clone() }),
                None => Ok(Goal::Left { count, of: begun }),
            }
        })
        .await
    }

    /// Rolls all migrations behind one back.
    ///
    /// # Errors
    ///
    /// As [`Runner::rollback`], and when there is no migration of this name.
    pub async fn rollback_to(&mut self, id: &str) -> Result<Report> {
        self.run(|chain, of| Ok(Goal::Left { count: chain.place(id)? + 1, of })).await
    }

    /// Rolls the last migration back, and applies it again.
    ///
    /// # Errors
    ///
    /// As [`Runner::rollback`].
    pub async fn redo(&mut self) -> Result<Report> {
        let (mut direct, chain) = self.open().await?;
        self.locked(&mut *direct).await?;
        let begun = chain.begun(&history::read(&mut *direct).await?);
        let back = Goal::Left { count: begun.saturating_sub(1), of: begun };
        let mut report = self.steps(&mut *direct, &chain, back).await?;
        report.steps.extend(self.steps(&mut *direct, &chain, Goal::Applied(begun)).await?.steps);
        unlocked(&mut *direct).await;
        Ok(report)
    }

    /// Notes all migrations up to one as applied, and runs nothing: for a database that has their tables
    /// already.
    ///
    /// # Errors
    ///
    /// As [`Runner::apply_to`], and when one of them is applied in part.
    pub async fn baseline(&mut self, id: &str) -> Result<()> {
        let (mut direct, chain) = self.open().await?;
        let count = chain.place(id)? + 1;
        self.locked(&mut *direct).await?;
        step::baseline(&mut *direct, &chain, count).await?;
        unlocked(&mut *direct).await;
        Ok(())
    }

    /// Forgets that these migrations were applied, and the history with them where it knows no others: for
    /// statements that are run as migrations are, and are none.
    ///
    /// # Errors
    ///
    /// When the database cannot be asked.
    #[doc(hidden)]
    pub async fn forget(&mut self) -> Result<()> {
        let (mut direct, chain) = self.open().await?;
        self.locked(&mut *direct).await?;
        step::forget(&mut *direct, &chain).await?;
        unlocked(&mut *direct).await;
        Ok(())
    }

    /// Where the database stands. Nothing is written and nobody waited for.
    ///
    /// # Errors
    ///
    /// When the migrations cannot be read or the database cannot be asked.
    pub async fn status(&mut self) -> Result<Status> {
        let (mut direct, chain) = self.open().await?;
        Ok(chain.status(&history::read(&mut *direct).await?))
    }

    /// The steps that [`Runner::apply`] would take now. Nothing is written and nobody waited for.
    ///
    /// # Errors
    ///
    /// Those that applying begins with.
    pub async fn pending(&mut self) -> Result<Vec<PendingStep>> {
        let (mut direct, chain) = self.open().await?;
        let records = history::read(&mut *direct).await?;
        Ok(chain.pending(&records, Goal::Applied(chain.parsed.len()))?)
    }

    /// The steps that [`Runner::rollback`] would take now.
    ///
    /// # Errors
    ///
    /// Those that rolling back begins with.
    pub async fn pending_rollback(&mut self, count: usize) -> Result<Vec<PendingStep>> {
        let (mut direct, chain) = self.open().await?;
        let records = history::read(&mut *direct).await?;
        let of = chain.begun(&records);
        Ok(chain.pending(&records, Goal::Left { count: of.saturating_sub(count), of })?)
    }

    async fn open(&mut self) -> Result<(Box<dyn Direct>, Arc<Chain>)> {
        let mut direct = match &self.place {
            Place::Db(db) => db.direct().await?,
            Place::Config(config) => open::direct((*config).clone()).await?,
        };
        let chain = match &self.chain {
            Some(chain) => Arc::clone(chain),
            None => {
                let chain = Arc::new(Chain::parse(self.migrations, direct.dialect())?);
                Arc::clone(self.chain.insert(chain))
            }
        };
        let Options { wait, lock_timeout, statement_timeout } = self.options;
        direct.pace(Pace { wait, lock_timeout, statement_timeout });
        Ok((direct, chain))
    }

    /// Goes to a goal, which depends on how many are begun.
    async fn run(&mut self, goal: impl FnOnce(&Chain, usize) -> Result<Goal, Refusal>) -> Result<Report> {
        let (mut direct, chain) = self.open().await?;
        let records = history::read(&mut *direct).await?;
        // Where there is nothing to do, nobody is kept off.
        let aim = goal(&chain, chain.begun(&records))?;
        if chain.next(&records, aim)?.is_none() {
            return Ok(Report::default());
        }
        self.locked(&mut *direct).await?;
        let records = history::read(&mut *direct).await?;
        if let Goal::Left { .. } = aim {
            // A way back that cannot be gone to its end is not begun.
            chain.pending(&records, aim)?;
        }
        let report = self.steps(&mut *direct, &chain, aim).await?;
        unlocked(&mut *direct).await;
        Ok(report)
    }

    /// Keeps other runners off; waits for one that is at work.
    async fn locked(&mut self, direct: &mut dyn Direct) -> Result<()> {
        let start = Instant::now();
        let mut pause = Duration::from_millis(50);
        let mut is_told = false;
        while !direct.try_lock().await? {
            let waited = start.elapsed();
            if waited >= self.options.wait {
                let waited_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
                // Who cannot be asked any more holds nothing.
                let process = direct.holder().await.unwrap_or_default();
                return Err(Refusal::Locked { waited_ms, process }.into());
            }
            if !std::mem::replace(&mut is_told, true) {
                (self.tell)(Event::Waiting);
            }
            executor::sleep(executor::about(pause)).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
        Ok(())
    }

    async fn steps(&mut self, direct: &mut dyn Direct, chain: &Chain, goal: Goal) -> Result<Report> {
        let mut report = Report::default();
        let mut records = history::read(direct).await?;
        let mut upcoming = chain.next(&records, goal)?;
        loop {
            let Some(next) = upcoming else { return Ok(report) };
            let started = Instant::now();
            (self.tell)(begins(&next));
            let taking = Taking { chain, next: &next, seen: &records, started };
            let taken = patiently(direct, taking, self.options.wait, &mut *self.tell).await;
            let settled = direct.settle().await;
            let taken = match taken {
                Ok(taken) => taken,
                Err(error) => {
                    let error = step::of_step(error, direct.dialect(), &next);
                    return Err(step::explained(direct, error, &next, &records).await);
                }
            };
            if taken == Taken::Here {
                let done = ended(&next, started);
                (self.tell)(Event::Ends(done.clone()));
                report.steps.push(done);
            }
            settled?;
            // What a backfill has noted is known to the database alone. Of all else, the next step sees in
            // its transaction whether it is so.
            let is_known = !next.step.is_some_and(|step| matches!(step.mode, Mode::Backfill(_)));
            upcoming = if taken == Taken::Here && is_known {
                chain.note(&mut records, &next);
                chain.following(&records, &next, goal)?
            } else {
                records = history::read(direct).await?;
                chain.next(&records, goal)?
            };
            executor::yield_now().await;
        }
    }
}

/// Lets others in. What was done is done; where the connection is gone, so is the lock.
async fn unlocked(direct: &mut dyn Direct) {
    _ = direct.unlock().await;
}

/// Takes a step, again and again while something is in its way that goes by itself.
async fn patiently(
    direct: &mut dyn Direct,
    taking: Taking<'_>,
    wait: Duration,
    tell: &mut Tell<'_>,
) -> Result<Taken> {
    let mut pause = Duration::from_millis(100);
    loop {
        match step::take(direct, taking, tell).await {
            Err(error) if direct.may_retry(&error) && taking.started.elapsed() < wait => {
                let entry = taking.next.entry;
                let (id, step) = (entry.id.to_owned(), entry.step);
                tell(Event::Retries { id, step, reason: error.to_string() });
                direct.settle().await?;
                executor::sleep(executor::about(pause)).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
            outcome => return outcome,
        }
    }
}

fn begins(next: &Next<'_>) -> Event {
    let entry = next.entry;
    let what = next.step.map(|step| step.notes.clone()).unwrap_or_default();
    let (id, direction) = (entry.id.to_owned(), entry.direction);
    Event::Begins { id, direction, step: entry.step, steps: entry.steps, what }
}

fn ended(next: &Next<'_>, started: Instant) -> Done {
    let entry = next.entry;
    let (id, direction, step) = (entry.id.to_owned(), entry.direction, entry.step);
    Done { id, direction, step, is_last: next.is_last(), took: started.elapsed() }
}
