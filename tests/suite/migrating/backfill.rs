//! Many rows, a batch at a time.

use std::sync::atomic::{AtomicU64, Ordering};

use rex_orm::migrate::{Event, Migrations, Refusal, Runner};

use super::chain::{Draft, chain};
use super::live::{Live, both};

const ROWS: u64 = 5_000;

/// So many rows, with keys of two columns.
fn table(rows: u64) -> String {
    format!(
        "CREATE TABLE points (x INTEGER NOT NULL, y TEXT NOT NULL, n INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (x, y));\n\
         INSERT INTO points (x, y) WITH RECURSIVE all_of AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM all_of WHERE n < \
         {rows}) SELECT n / 7, 'it''s ' || n FROM all_of;\n"
    )
}

/// What may not be done twice for a row: a batch that was kept is not written again.
const COUNT: &str = "-- rex: step backfill batch=300 table=\"points\" key=\"x\",\"y\"\n\
                     UPDATE points SET n = n + 1 WHERE n < 1000 /* rex: batch */;\n";

fn migrations(up: &str, fill: &str) -> Migrations {
    chain(&[Draft::new("20260101T000000_points", up, ""), Draft::new("20260102T000000_fill", fill, "")])
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_follow_the_key_and_are_told() {
    let table = table(ROWS);
    for live in both("batches") {
        let (report, events) = live.told(&migrations(&table, COUNT)).await;
        report.expect("an empty database");
        assert_eq!(live.one("SELECT min(n) || ' ' || max(n) FROM points").await, "1 1");
        let rows: Vec<u64> = events
            .iter()
            .filter_map(|event| match event {
                Event::Rows { rows, .. } => Some(*rows),
                _ => None,
            })
            .collect();
        assert_eq!(rows, (1..=16).map(|batch| batch * 300).collect::<Vec<u64>>());
        assert_eq!(live.one("SELECT rows_written FROM rex_migrations WHERE rows_written > 0").await, "5000");
    }
}

/// Stopped between any two batches and begun again, every row is written once.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_not_written_again() {
    let table = table(ROWS);
    let migrations = migrations(&table, COUNT);
    for live in both("resumed") {
        let mut batches = 0;
        loop {
            let (db, told) = (live.db().await, AtomicU64::new(0));
            let stop = tokio::sync::Notify::new();
            let mut runner = Runner::new(&db, &migrations).on_event(|event| {
                if let Event::Rows { rows, .. } = event {
                    told.store(rows, Ordering::Relaxed);
                    stop.notify_one();
                }
            });
            // The future is dropped in the middle of what comes after its third batch.
            let done = tokio::select! {
                biased;
                () = async { for _ in 0..3 { stop.notified().await } } => None,
                done = runner.apply() => Some(done),
            };
            drop(runner);
            batches += 1;
            if let Some(done) = done {
                done.expect("nothing is in its way");
                break;
            }
            assert!(told.load(Ordering::Relaxed) > 0);
            assert!(live.history().await.ends_with("fill up 1/1 …"));
        }
        assert!(batches > 2, "it was never stopped");
        assert_eq!(
            live.one("SELECT min(n) || ' ' || max(n) || ' ' || count(*) FROM points").await,
            "1 1 5000"
        );
        assert_eq!(live.one("SELECT rows_written FROM rex_migrations WHERE rows_written > 0").await, "5000");
        assert!(live.history().await.ends_with("fill up 1/1"));
    }
}

/// A batch that fails is undone; those before it are not.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_fails_is_tried_again_when_it_is_mended() {
    let table = table(ROWS);
    for live in both("fails") {
        let check = table.replace("DEFAULT 0", "DEFAULT 0 CHECK (n < 1 OR x < 400)");
        let error = live.apply(&migrations(&check, COUNT)).await.expect_err("a check refuses");
        assert_eq!(error.kind(), rex_orm::Kind::Check);
        let file = if let Live::Sqlite(_) = live { "sqlite" } else { "postgres" };
        let place = format!("20260102T000000_fill/{file}.up.sql:2 (step 1 of 1): ");
        assert!(error.to_string().starts_with(&place), "{error}");
        assert_eq!(live.one("SELECT count(*) FROM points WHERE n = 1").await, "2700");
        // A step that has begun is not another one.
        let other = COUNT.replace("n + 1", "n + 2");
        let error = live.apply(&migrations(&check, &other)).await.expect_err("it was edited");
        assert!(matches!(error.refusal(), Some(Refusal::Edited { step: 1, .. })), "{error}");
        live.run("UPDATE points SET x = x - 10000 WHERE x >= 400").await;
        live.run("UPDATE points SET x = x + 300 WHERE x < -9000").await;
        live.apply(&migrations(&check, COUNT)).await.expect("no row is left behind the last key");
    }
}

/// Without a key, the statement itself takes a few rows.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_may_take_its_own_few_rows() {
    let table = table(500);
    let few = "-- rex: step backfill batch=100\n\
               UPDATE points SET n = 1 WHERE y IN (SELECT y FROM points WHERE n = 0 LIMIT 100);\n";
    for live in both("few") {
        let (report, events) = live.told(&migrations(&table, few)).await;
        report.expect("an empty database");
        assert_eq!(live.one("SELECT min(n) FROM points").await, "1");
        assert_eq!(events.iter().filter(|event| matches!(event, Event::Rows { .. })).count(), 5);
    }
}
