//! Rows that are locked, as generated code of a schema for PostgreSQL alone does it: a queue whose
//! workers do not wait for each other.

use std::collections::BTreeSet;

use rex_orm::{Kind, Result};

use crate::queue::{Db, Job, NewJob, State};
use crate::support::postgres;

async fn queue(name: &str, jobs: usize) -> Result<(Db, postgres::TestDatabase<'_>)> {
    let database = postgres::server().database(name);
    let db = Db::connect(&database.url()).await?;
    db.create_schema().await?;
    assert_eq!(db.job().copy_in((0..jobs).map(|n| NewJob::new(format!("job {n}")))).await?, jobs as u64);
    Ok((db, database))
}

/// Takes the next job, or none where others have what there is.
async fn take(db: &Db, worker: &str) -> Result<Option<Job>> {
    db.transaction(async |tx| {
        let next = tx.job().find().filter(|j| j.state.eq(State::Waiting)).order(|j| j.id.asc());
        let Some(job) = next.for_update().skip_locked().first().await? else { return Ok(None) };
        let job = tx.job().update(&job).state(State::Done).worker(Some(worker.to_owned()));
        job.set(|u, c| u.tried(c.tried.add(1))).save().await.map(Some)
    })
    .await
}

#[tokio::test]
async fn a_queue_hands_each_job_to_one() -> Result<()> {
    let (db, _database) = queue("locks_queue", 60).await?;
    let workers = (0..6).map(|n| {
        let db = db.clone();
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(job) = take(&db, &format!("worker {n}")).await? {
                taken.push(job.id);
            }
            Ok::<_, rex_orm::Error>(taken)
        })
    });
    let mut all = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        all.extend(worker.await.expect("a worker ends")?);
    }
    let each: BTreeSet<_> = all.iter().map(|id| id.0).collect();
    assert_eq!((all.len(), each.len()), (60, 60), "each job once");
    let tried = db.job().find().select(|j| (j.state, j.tried)).distinct().await?;
    assert_eq!(tried, [(State::Done, 1)]);
    Ok(())
}

#[tokio::test]
async fn who_does_not_wait_is_told() -> Result<()> {
    let (db, _database) = queue("locks_no_wait", 2).await?;
    let (one, other) = (db.begin().await?, db.begin().await?);
    let held = one.job().find().order(|j| j.id.asc()).for_update().first().await?.expect("there are two");
    let free = other.job().find().for_update().skip_locked().await?;
    assert!(free.iter().all(|job| job.id != held.id) && free.len() == 1, "{free:?}");
    other.commit().await?;

    let other = db.begin().await?;
    let error = other.job().find().for_share().no_wait().await.expect_err("one of them is held");
    assert_eq!(error.kind(), Kind::Timeout, "{error:?}");
    Ok(())
}

/// What is locked is what SQL locks: each sees of the other's rows those that are free.
#[tokio::test]
async fn locks_are_those_of_sql() -> Result<()> {
    let (db, _database) = queue("locks_of_sql", 6).await?;
    let free = async |tx: &Db, how: &str| -> Result<Vec<i64>> {
        tx.sql(match how {
            "UPDATE" => "SELECT id FROM jobs ORDER BY id FOR UPDATE SKIP LOCKED",
            _ => "SELECT id FROM jobs ORDER BY id FOR SHARE SKIP LOCKED",
        })
        .await
    };
    let first = || db.begin();
    for (shared, free_to_share) in [(false, vec![4, 5, 6]), (true, vec![1, 2, 3, 4, 5, 6])] {
        let (one, other) = (first().await?, first().await?);
        let some = one.job().find().filter(|j| j.id.le(3));
        let held = if shared { some.for_share().await? } else { some.for_update().await? };
        assert_eq!(held.len(), 3);
        assert_eq!(free(&other, "SHARE").await?, free_to_share, "shared: {shared}");
        other.rollback().await?;
        let other = first().await?;
        assert_eq!(free(&other, "UPDATE").await?, [4, 5, 6], "shared: {shared}");
        other.rollback().await?;
        one.rollback().await?;
    }
    let (one, other) = (first().await?, first().await?);
    let held: Vec<i64> = one.sql("SELECT id FROM jobs WHERE id > 2 ORDER BY id FOR UPDATE").await?;
    assert_eq!(held, [3, 4, 5, 6]);
    let ids = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.id.0).collect::<Vec<_>>();
    let jobs = || other.job().find().order(|j| j.id.asc());
    assert_eq!(ids(jobs().for_update().skip_locked().await?), [1, 2]);
    assert_eq!(ids(jobs().filter(|j| j.id.le(2)).for_update().no_wait().await?), [1, 2]);
    let error = jobs().for_update().no_wait().await.expect_err("some are held");
    assert_eq!(error.kind(), Kind::Timeout);
    Ok(())
}
