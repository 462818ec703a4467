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
