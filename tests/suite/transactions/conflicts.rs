//! Transactions that come in each other's way, and are tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rex_orm::{Error, Isolation, Kind};
use tokio::sync::Barrier;

use super::{Place, add};
use crate::blog::Db;

/// Each reads what the other writes, so that only one can be right. `meet` is where the first
/// attempts of both wait for each other.
async fn count_and_add(db: &Db, meet: &Barrier, attempts: &AtomicU32, retries: u32) -> Result<(), Error> {
    let mine = AtomicU32::new(0);
    let (mine, attempts) = (&mine, attempts);
    db.transaction_with(Isolation::Serializable)
        .retry(retries)
        .run(|tx| async move {
            attempts.fetch_add(1, Ordering::Relaxed);
            let count = tx.tag().find().count().await?;
            if mine.fetch_add(1, Ordering::Relaxed) == 0 {
                meet.wait().await;
            }
            add(&tx, &format!("number {count}")).await
        })
        .await
}

/// The failure strikes at the commit of one of them, or at its insert.
#[tokio::test(flavor = "multi_thread")]
async fn a_serialization_failure_is_tried_again() {
    let place = Place::server("").await;
    let (meet, attempts) = (Barrier::new(2), AtomicU32::new(0));
    let pair = |retries| {
        let (db, meet, attempts) = (&place.db, &meet, &attempts);
        async move {
            tokio::join!(
                count_and_add(db, meet, attempts, retries),
                count_and_add(db, meet, attempts, retries)
            )
        }
    };
    let (one, other) = pair(0).await;
    let error = one.and(other).expect_err("one of them fails");
    assert_eq!(error.kind(), Kind::Serialization, "{error:?}");
    assert_eq!(attempts.swap(0, Ordering::Relaxed), 2);
    assert_eq!(place.tags().await, ["number 0"]);

    let (one, other) = pair(5).await;
    one.and(other).unwrap();
    assert!(attempts.load(Ordering::Relaxed) >= 3, "one of them ran again");
    assert_eq!(place.tags().await, ["number 0", "number 1", "number 2"]);
}

/// PostgreSQL says so at the commit when the writes themselves do not touch each other.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_the_commit_is_tried_again() {
    let place = Place::server("").await;
    let attempts = AtomicU32::new(0);
    let work = |tx: Db| {
        let (attempts, db) = (&attempts, place.db.clone());
        async move {
            let count = tx.tag().find().count().await?;
            add(&tx, &format!("here {count}")).await?;
            if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
                // It reads what is written here, is written by what is read here, and ends first.
                let beside = tokio::spawn(async move {
                    let tx = db.begin_serializable().await;
                    let count = tx.tag().find().count().await?;
                    add(&tx, &format!("beside {count}")).await?;
                    tx.commit().await
                });
                beside.await.expect("it does not panic")?;
            }
            Ok(())
        }
    };
    place.db.transaction_with(Isolation::Serializable).retry(3).run(work).await.unwrap();
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
    assert_eq!(place.tags().await, ["beside 0", "here 1"]);
}

trait Serializable {
    async fn begin_serializable(&self) -> rex_orm::Transaction<Db>;
}

impl Serializable for Db {
    async fn begin_serializable(&self) -> rex_orm::Transaction<Db> {
        self.transaction_with(Isolation::Serializable).begin().await.expect("it begins")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_tried_again() {
    let place = Place::server("").await;
    add(&place.db, "a").await.unwrap();
    add(&place.db, "b").await.unwrap();
    let (meet, attempts) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let tasks = [[1, 2], [2, 1]].map(|[first, second]| {
        let (db, meet, attempts) = (place.db.clone(), Arc::clone(&meet), Arc::clone(&attempts));
        tokio::spawn(async move {
            let mine = AtomicU32::new(0);
            let (mine, meet, attempts) = (&mine, &meet, &attempts);
            let work = |tx: Db| async move {
                attempts.fetch_add(1, Ordering::Relaxed);
                tx.tag().update(first).name(format!("{first} by {first}")).save().await?;
                if mine.fetch_add(1, Ordering::Relaxed) == 0 {
                    meet.wait().await;
                }
                tx.tag().update(second).name(format!("{second} by {first}")).save().await.map(drop)
            };
            db.transaction_with(Isolation::ReadCommitted).retry(5).run(work).await
        })
    });
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 3);
}

/// What went wrong is not what the closure says, but what the transaction met.
#[tokio::test]
async fn a_swallowed_conflict_is_not_kept_and_tried_again() {
    let place = Place::server("").await;
    add(&place.db, "a").await.unwrap();
    let attempts = AtomicU32::new(0);
    let outcome = place
        .db
        .transaction_with(Isolation::RepeatableRead)
        .retry(2)
        .run(|tx| {
            let (db, attempts) = (&place.db, &attempts);
            async move {
                let attempt = attempts.fetch_add(1, Ordering::Relaxed);
                tx.tag().get(1).await?;
                if attempt == 0 {
                    db.clone().tag().update(1).name("elsewhere").save().await.expect_err("the outer handle");
                    let other = db.clone();
                    let elsewhere =
                        tokio::spawn(async move { other.tag().update(1).name("elsewhere").save().await });
                    elsewhere.await.expect("it does not panic")?;
                }
                let changed = tx.tag().update(1).name("here").save().await;
                assert_eq!(changed.is_err(), attempt == 0);
                Ok(())
            }
        })
        .await;
    outcome.unwrap();
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
    assert_eq!(place.tags().await, ["here"]);
}

/// Another process writes to the file.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_file_is_tried_again() {
    let place = Place::file("busy_timeout=50ms").await;
    let path = place.url.trim_start_matches("sqlite://").split('?').next().unwrap().to_owned();
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = place.db.transaction(async |tx| add(&tx, "no").await).await.expect_err("it is busy");
    assert_eq!(error.kind(), Kind::Serialization, "{error:?}");
    let error = add(&place.db, "no").await.expect_err("it is busy");
    assert_eq!(error.kind(), Kind::Serialization, "{error:?}");
    let gone = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_millis(150));
        other.execute_batch("COMMIT").unwrap();
    });
    let work = |tx: Db| async move { add(&tx, "yes").await };
    place.db.transaction_with(Isolation::Serializable).retry(20).run(work).await.unwrap();
    gone.await.unwrap();
    assert_eq!(place.tags().await, ["yes"]);
}

#[tokio::test]
async fn what_would_fail_again_is_not_tried_again() {
    for place in Place::all().await {
        add(&place.db, "there").await.unwrap();
        let attempts = AtomicU32::new(0);
        let outcome = place
            .db
            .transaction_with(Isolation::Serializable)
            .retry(5)
            .run(|tx| {
                let attempts = &attempts;
                async move {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    add(&tx, "there").await
                }
            })
            .await;
        assert_eq!(outcome.expect_err("a second one").kind(), Kind::Unique, "{}", place.url);
        assert_eq!(attempts.load(Ordering::Relaxed), 1, "{}", place.url);
    }
}

/// DDL beside a running program: what was prepared before is prepared again, in a transaction all of
/// it is tried again.
#[tokio::test]
async fn a_plan_that_ddl_made_stale_is_made_anew() {
    let place = Place::server("pool_size=1").await;
    let client = place.server.as_ref().expect("PostgreSQL").client().await;
    let user = place.db.user().create().email("a").name("a").age(1).save().await.unwrap();
    let again = async |way: &str| {
        let ddl = format!("ALTER TABLE users ALTER COLUMN age TYPE {way}");
        client.batch_execute(&ddl).await.unwrap();
    };
    place.db.user().get(&user).await.unwrap();
    again("numeric(9) USING age::numeric").await;
    // What comes back is no integer now, and that is said.
    let error = place.db.user().get(&user).await.expect_err("it is a numeric");
    assert_eq!(error.kind(), Kind::Decode, "{error:?}");
    again("integer USING age::integer").await;
    place.db.user().get(&user).await.unwrap();

    let attempts = AtomicU32::new(0);
    client.batch_execute("ALTER TABLE tags ALTER COLUMN name TYPE varchar(50)").await.unwrap();
    add(&place.db, "x").await.unwrap();
    let work = |tx: Db| {
        let (attempts, client) = (&attempts, &client);
        async move {
            if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
                client.batch_execute("ALTER TABLE tags ALTER COLUMN id TYPE integer").await.unwrap();
                client.batch_execute("ALTER TABLE tags ALTER COLUMN id TYPE bigint").await.unwrap();
                client.batch_execute("ALTER TABLE tags ALTER COLUMN name TYPE text").await.unwrap();
            }
            add(&tx, &format!("attempt {}", attempts.load(Ordering::Relaxed))).await
        }
    };
    place.db.transaction_with(Isolation::ReadCommitted).retry(1).run(work).await.unwrap();
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
    assert_eq!(place.tags().await, ["x", "attempt 2"]);
}
