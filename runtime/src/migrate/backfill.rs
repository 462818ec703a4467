//! Many rows, a batch at a time, each in a transaction of its own: nobody waits for all of them, and what
//! is done stays done.

use rex_sql::ident;
use rex_sql::migration::{BATCH, Backfill, By, Statement, Step};

use super::history::{self, Entry, Progress, Record};
use super::report::Event;
use super::step::{self, Taken, Taking, Tell};
use crate::adapter::Direct;
use crate::error::Result;
use crate::executor;

/// Writes all batches that are left.
pub(super) async fn fill(
    direct: &mut dyn Direct,
    taking: &Taking<'_>,
    (step, fill): (&Step, &Backfill),
    tell: &mut Tell<'_>,
) -> Result<Taken> {
    let (id, number) = (taking.next.entry.id.to_owned(), taking.next.entry.step);
    loop {
        direct.begin(None).await?;
        let mut progress = Progress::default();
        let outcome = batch(direct, taking, step, fill, &mut progress).await;
        if step::end(direct, outcome).await? == Taken::Elsewhere {
            return Ok(Taken::Elsewhere);
        }
        if progress.is_done {
            return Ok(Taken::Here);
        }
        tell(Event::Rows { id: id.clone(), step: number, rows: progress.rows });
        // SQLite waits for nothing.
        executor::yield_now().await;
    }
}

/// Writes one batch, and notes it.
async fn batch(
    direct: &mut dyn Direct,
    taking: &Taking<'_>,
    step: &Step,
    fill: &Backfill,
    progress: &mut Progress,
) -> Result<Taken> {
    let entry = taking.next.entry;
    let ids = taking.chain.around(entry.id);
    let again = history::look_again(direct, taking.seen, &ids).await?;
    let (own, others): (Vec<Record>, Vec<Record>) =
        again.records.into_iter().partition(|record| is_own(record, entry));
    let seen = || ids.iter().flat_map(|id| history::of_migration(taking.seen, id));
    let seen_own = seen().filter(|record| is_own(record, entry)).count();
    let is_same = again.count + seen_own == taking.seen.len() + own.len()
        && history::are_alike(others.iter(), seen().filter(|record| !is_own(record, entry)));
    if !is_same || own.iter().any(Record::is_done) {
        return Ok(Taken::Elsewhere);
    }
    let before = own.into_iter().next();
    *progress = Progress {
        rows: before.as_ref().map_or(0, |record| record.rows),
        key: before.and_then(|record| record.progress),
        took: taking.started.elapsed(),
        is_done: false,
    };
    for statement in &step.statements {
        match &fill.by {
            None => {
                let rows = step::send(direct, entry, statement).await?;
                progress.rows += rows;
                progress.is_done = rows == 0;
            }
            Some(by) => along(direct, entry, statement, (by, fill.batch), progress).await?,
        }
    }
    match progress.is_done {
        true => step::done(direct, taking, progress.clone()).await,
        false => history::write(direct, entry, progress).await.map(|()| Taken::Here),
    }
}

fn is_own(record: &Record, entry: Entry<'_>) -> bool {
    record.id == entry.id && record.direction == entry.direction && record.step == entry.step
}

/// Writes the rows behind the last key, up to the key that ends a batch; all that are left, where no key
/// does.
async fn along(
    direct: &mut dyn Direct,
    entry: Entry<'_>,
    statement: &Statement,
    (by, batch): (&By, u32),
    progress: &mut Progress,
) -> Result<()> {
    let columns = by.key.iter().map(|name| ident(name)).collect::<Vec<_>>().join(", ");
    let literal = direct.words().literal;
    let literals = by.key.iter().map(|name| literal(&ident(name))).collect::<Vec<_>>().join(", ");
    let behind = progress.key.as_ref().map(|key| format!("({columns}) > ({key})"));
    let condition = behind.as_ref().map(|behind| format!(" WHERE {behind}")).unwrap_or_default();
    let query = format!(
        "SELECT {literals} FROM {}{condition} ORDER BY {columns} LIMIT 1 OFFSET {}",
        by.table.quoted(),
        batch - 1
    );
    let dialect = direct.dialect();
    let last = direct.rows(&query).await.map_err(|error| step::located(error, dialect, entry, statement))?;
    let last = last.into_iter().next().map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(", "));
    let up_to = last.as_ref().map(|last| format!("({columns}) <= ({last})"));
    let within: String = behind.iter().chain(&up_to).map(|bound| format!("AND {bound} ")).collect();
    let text = statement.text.replace(BATCH, within.trim_end());
    progress.rows +=
        direct.execute(&text).await.map_err(|error| step::located(error, dialect, entry, statement))?;
    progress.is_done = last.is_none();
    progress.key = last.or_else(|| progress.key.take());
    Ok(())
}
