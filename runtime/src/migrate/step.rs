//! One step, and its row of the history with it.

use std::time::Instant;

use rex_sql::Dialect;
use rex_sql::migration::{Mode, Probe, Statement, Step};

use super::backfill;
use super::history::{self, Direction, Entry, Progress, Record};
use super::plan::{Chain, Next};
use super::report::Event;
use crate::adapter::{Direct, Found};
use crate::error::{Error, Kind, Result};

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was taken.
    Here,
    /// Another runner did something meanwhile: what is next is to be seen anew.
    Elsewhere,
}

/// What a step is taken with.
#[derive(Clone, Copy)]
pub(super) struct Taking<'t> {
    pub(super) chain: &'t Chain,
    pub(super) next: &'t Next<'t>,
    /// What the history was when this step was the next.
    pub(super) seen: &'t [Record],
    pub(super) started: Instant,
}

/// Whom things that happen are told to.
pub(super) type Tell<'t> = dyn FnMut(Event) + Send + 't;

/// Takes a step. On an error nothing of it is there, but for batches of a backfill.
pub(super) async fn take(direct: &mut dyn Direct, taking: Taking<'_>, tell: &mut Tell<'_>) -> Result<Taken> {
    let taking = &taking;
    let Some(step) = taking.next.step else { return note(direct, taking).await };
    match &step.mode {
        Mode::Transaction => within(direct, taking, step, None).await,
        Mode::Rebuild { tables } => within(direct, taking, step, Some(tables)).await,
        Mode::Alone(probe) => alone(direct, taking, step, probe).await,
        Mode::Backfill(fill) => backfill::fill(direct, taking, (step, fill), tell).await,
    }
}

/// Ends a transaction: kept if there is an answer that something was done.
pub(super) async fn end(direct: &mut dyn Direct, outcome: Result<Taken>) -> Result<Taken> {
    match outcome {
        Ok(Taken::Here) => direct.commit().await.map(|()| Taken::Here),
        Ok(Taken::Elsewhere) => direct.rollback().await.map(|()| Taken::Elsewhere),
        Err(error) => {
            // A connection that cannot roll back is closed when the run ends, which rolls back too.
            _ = direct.rollback().await;
            Err(error)
        }
    }
}

/// Notes what needs no statement.
async fn note(direct: &mut dyn Direct, taking: &Taking<'_>) -> Result<Taken> {
    direct.begin(None).await?;
    let outcome = async {
        if is_other(direct, taking).await? {
            return Ok(Taken::Elsewhere);
        }
        done(direct, taking, Progress::default()).await
    };
    let outcome = outcome.await;
    end(direct, outcome).await
}

async fn within(
    direct: &mut dyn Direct,
    taking: &Taking<'_>,
    step: &Step,
    tables: Option<&[String]>,
) -> Result<Taken> {
    direct.begin(tables).await?;
    let outcome = inside(direct, taking, step, tables).await;
    end(direct, outcome).await
}

async fn inside(
    direct: &mut dyn Direct,
    taking: &Taking<'_>,
    step: &Step,
    tables: Option<&[String]>,
) -> Result<Taken> {
    if is_other(direct, taking).await? {
        return Ok(Taken::Elsewhere);
    }
    for statement in &step.statements {
        send(direct, taking.next.entry, statement).await?;
    }
    if let Some(tables) = tables {
        let chain = taking.chain;
        direct.rebuilt(tables, &|name| chain.mentions(name)).await?;
    }
    done(direct, taking, Progress::default()).await
}

/// A statement outside of any transaction: the database is looked at, before and after.
async fn alone(direct: &mut dyn Direct, taking: &Taking<'_>, step: &Step, probe: &Probe) -> Result<Taken> {
    direct.alone(may_wait(step, probe)).await?;
    if is_other(direct, taking).await? {
        return Ok(Taken::Elsewhere);
    }
    let found = direct.probe(probe).await?;
    if let Found::Broken { mend } = &found {
        direct.execute(mend).await?;
    }
    if found != Found::Done {
        for statement in &step.statements {
            if let Err(error) = send(direct, taking.next.entry, statement).await {
                // What is left of it is in the way of writers. If that cannot be done now, it is before the
                // next attempt.
                if let Ok(Found::Broken { mend }) = direct.probe(probe).await {
                    _ = direct.execute(&mend).await;
                }
                return Err(error);
            }
        }
        if *probe != Probe::Repeatable && direct.probe(probe).await? != Found::Done {
            let message =
                "the statement went through, and the probe does not see what it did: mend the probe";
            return Err(Error::new(Kind::Migration, message));
        }
    }
    note(direct, taking).await
}

/// Whether nobody waits for a statement while it waits itself: what has a probe is of that kind, and what
/// says so. Of anything else that somebody writes that is not known.
fn may_wait(step: &Step, probe: &Probe) -> bool {
    let is_concurrent = |statement: &Statement| {
        let words = statement.text.split(|char: char| !char.is_ascii_alphanumeric());
        words.into_iter().any(|word| word.eq_ignore_ascii_case("concurrently"))
    };
    *probe != Probe::Repeatable || step.statements.iter().any(is_concurrent)
}

/// Sends a statement of a file. Its error says where it is.
pub(super) async fn send(direct: &mut dyn Direct, entry: Entry<'_>, statement: &Statement) -> Result<u64> {
    let outcome = direct.execute(&statement.text).await;
    outcome.map_err(|error| located(error, direct.dialect(), entry, statement))
}

/// Says what to do, where a first step was stopped by something that is there already, and there are tables
/// which no migration has made. In a database that is empty, or was changed by migrations alone, the fault
/// is in their files. The session is that of before the step.
pub(super) async fn explained(
    direct: &mut dyn Direct,
    error: Error,
    next: &Next<'_>,
    seen: &[Record],
) -> Error {
    let is_first = next.entry.direction == Direction::Up && seen.is_empty();
    if !is_first || !direct.is_there_already(&error) {
        return error;
    }
    let others = direct.words().others.clone();
    // A database that cannot be asked says nothing more.
    if direct.rows(&others).await.unwrap_or_default().is_empty() {
        return error;
    }
    error.with_hint(
        "if `create_schema()` or `rexc push` made the tables of this database, `rexc migrate baseline` notes the \
         migrations as applied",
    )
}

/// Adds where a statement stands to its error.
pub(super) fn located(error: Error, dialect: Dialect, entry: Entry<'_>, statement: &Statement) -> Error {
    let file = entry.direction.file(dialect);
    let place = format!("{}/{file}:{} (step {} of {})", entry.id, statement.line, entry.step, entry.steps);
    error.with_operation(place).with_sql(statement.text.clone())
}

/// Adds the step to an error that does not say where it is.
pub(super) fn of_step(error: Error, dialect: Dialect, next: &Next<'_>) -> Error {
    // Why nothing was done is not about this step.
    if error.refusal().is_some() {
        return error;
    }
    let entry = next.entry;
    let file = entry.direction.file(dialect);
    error.with_operation(format!("{}/{file} (step {} of {})", entry.id, entry.step, entry.steps))
}

/// Whether the history is not what it was: of this migration and of those before and behind it, or in how
/// many rows it has. A chain is changed at its end, so that all of it need not be read for each step.
async fn is_other(direct: &mut dyn Direct, taking: &Taking<'_>) -> Result<bool> {
    let ids = taking.chain.around(taking.next.entry.id);
    let again = history::look_again(direct, taking.seen, &ids).await?;
    let seen = ids.iter().flat_map(|id| history::of_migration(taking.seen, id));
    Ok(again.count != taking.seen.len() || !history::are_alike(again.records.iter(), seen))
}

/// Notes that the step is taken; of a way back, with the last one, that the migration is gone.
pub(super) async fn done(direct: &mut dyn Direct, taking: &Taking<'_>, progress: Progress) -> Result<Taken> {
    let entry = taking.next.entry;
    direct.be_oneself().await?;
    if entry.direction == Direction::Down && taking.next.is_last() {
        for id in taking.chain.forgotten(entry.id) {
            history::forget(direct, id).await?;
        }
    } else {
        let took = taking.started.elapsed();
        history::write(direct, entry, &Progress { took, is_done: true, ..progress }).await?;
    }
    Ok(Taken::Here)
}

/// Notes migrations as applied, without running them.
pub(super) async fn baseline(direct: &mut dyn Direct, chain: &Chain, count: usize) -> Result<()> {
    direct.begin(None).await?;
    let outcome = async {
        history::create(direct).await?;
        let records = history::read(direct).await?;
        chain.check(&records)?;
        if let Some(unfinished) = chain.unfinished(&records) {
            return Err(unfinished.into());
        }
        for entry in chain.missing(&records, count) {
            history::write(direct, entry, &Progress { is_done: true, ..Progress::default() }).await?;
        }
        Ok(Taken::Here)
    };
    let outcome: Result<Taken, Error> = outcome.await;
    end(direct, outcome).await.map(drop)
}

/// Forgets the migrations of a chain, and the history where nothing else is in it.
pub(super) async fn forget(direct: &mut dyn Direct, chain: &Chain) -> Result<()> {
    direct.begin(None).await?;
    let outcome = async {
        let records = history::read(direct).await?;
        let is_own = |record: &&Record| chain.place(&record.id).is_ok();
        for own in records.iter().filter(is_own) {
            history::forget(direct, &own.id).await?;
        }
        if records.iter().all(|record| is_own(&record)) {
            history::drop_table(direct).await?;
        }
        Ok(Taken::Here)
    };
    let outcome = outcome.await;
    end(direct, outcome).await.map(drop)
}
