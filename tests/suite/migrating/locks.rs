//! Who is waited for, and for how long.

use std::time::Duration;

use rex_orm::migrate::{Event, Options, Refusal, Runner};
use rex_orm::{Config, Kind};

use super::chain::{Draft, POSTS, USERS, chain};
use super::live::Live;
use crate::support::postgres::{self, TestDatabase};
use crate::support::proxy::{Fate, Proxy};

fn inner(live: &Live) -> &TestDatabase<'static> {
    let Live::Postgres(database) = live else { unreachable!("it is PostgreSQL") };
    database
}

/// Returns when a query has a row.
async fn until(live: &Live, query: &str) {
    while live.one(query).await == "nothing" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A column of a table that somebody reads: nobody who comes later stands in the queue behind it for long.
const ALTER: Draft<'_> = Draft {
    id: "20260102T000000_age",
    up: "ALTER TABLE users ADD COLUMN age INTEGER",
    down: "",
    compatible: false,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_tried_again() {
    let live = Live::postgres("locked");
    live.apply(&chain(&[USERS])).await.expect("an empty database");
    let reader = inner(&live).client().await;
    reader.batch_execute("BEGIN; SELECT * FROM users").await.expect("it is there");

    let migrations = chain(&[USERS, ALTER]);
    let db = live.db().await;
    let options = Options::new().lock_timeout(Duration::from_millis(20)).wait(Duration::from_millis(100));
    let error = Runner::new(&db, &migrations).options(options).apply().await.expect_err("it is locked");
    assert_eq!(error.kind(), Kind::Timeout);
    assert_eq!(
        error.to_string(),
        "20260102T000000_age/postgres.up.sql:1 (step 1 of 1): PostgreSQL refused: canceling statement due to lock timeout"
    );

    let (tell, told) = tokio::sync::oneshot::channel();
    let mut tell = Some(tell);
    let waiting = tokio::spawn(async move {
        let options = Options::new().lock_timeout(Duration::from_millis(20));
        let mut retries = 0;
        let mut runner = Runner::new(&db, &migrations).options(options).on_event(|event| {
            if let Event::Retries { step: 1, .. } = event {
                retries += 1;
                tell.take().map(|tell| tell.send(()));
            }
        });
        let report = runner.apply().await;
        drop(runner);
        report.map(|report| (report.steps.len(), retries))
    });
    told.await.expect("it is tried again");
    reader.batch_execute("COMMIT").await.expect("it reads no more");
    let (steps, retries) = waiting.await.expect("no panic").expect("nobody is in its way");
    assert!(steps == 1 && retries >= 1);
}

/// SQLite lets one write at a time; who waits for another program says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_is_tried_again() {
    let live = Live::sqlite();
    live.apply(&chain(&[USERS])).await.expect("an empty database");
    let writer = live.bare();
    writer.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    let (db, migrations) = (live.db().await, chain(&[USERS, POSTS]));
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut tell = Some(tell);
    let waiting = tokio::spawn(async move {
        let mut runner = Runner::new(&db, &migrations).on_event(|event| {
            if let Event::Retries { reason, .. } = event {
                tell.take().map(|tell| tell.send(reason));
            }
        });
        runner.apply().await.map(|report| report.steps.len())
    });
    assert_eq!(told.await.as_deref(), Ok("another process is writing to the database (database is locked)"));
    writer.execute_batch("COMMIT").expect("it began");
    assert_eq!(waiting.await.expect("no panic").expect("nobody is in its way"), 3);
}

/// A step that takes as long as somebody holds the lock 42.
const WAITS: Draft<'_> = Draft {
    id: "20260102T000000_waits",
    up: "SELECT pg_advisory_xact_lock(42)",
    down: "",
    compatible: false,
};

#[tokio::test(flavor = "multi_thread")]
async fn another_runner_is_waited_for() {
    let live = Live::postgres("runners");
    let migrations = chain(&[USERS, WAITS]);
    let holder = inner(&live).client().await;
    holder.batch_execute("SELECT pg_advisory_lock(42)").await.expect("nobody has it");
    let patient = Options::new().lock_timeout(Duration::from_secs(60));
    let (url, same) = (live.url(), migrations.clone());
    let first = tokio::spawn(async move {
        let config = Config::from_url(&url)?;
        Runner::with_config(&config, &same).options(patient).apply().await
    });
    until(
        &live,
        "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()",
    )
    .await;

    let db = live.db().await;
    let mut events = Vec::new();
    let hasty = Options::new().wait(Duration::from_millis(200));
    let mut second = Runner::new(&db, &migrations).options(hasty).on_event(|event| events.push(event));
    let error = second.apply().await.expect_err("the first is at work");
    drop(second);
    assert_eq!(error.kind(), Kind::Migration);
    let Some(Refusal::Locked { waited_ms: waited @ 200.., process: Some(process) }) = error.refusal() else {
        panic!("{error:?}");
    };
    assert_eq!(
        error.to_string(),
        format!(
            "another process is migrating this database, and did not end within {:.1} s: try again later; or end it, if \
             nobody waits for it any more, with `SELECT pg_terminate_backend({process})`",
            *waited as f64 / 1000.0
        )
    );
    let its = format!("SELECT query FROM pg_stat_activity WHERE pid = {process}");
    assert_eq!(live.one(&its).await, WAITS.up);
    assert_eq!(events, [Event::Waiting]);
    // What is there already needs nobody's lock.
    assert!(live.apply(&chain(&[USERS])).await.expect("it is there").steps.is_empty());
    Runner::new(&db, &migrations).status().await.expect("it can be asked");

    holder.batch_execute("SELECT pg_advisory_unlock(42)").await.expect("it has it");
    let report = first.await.expect("no panic").expect("nobody is in its way");
    assert_eq!(report.migrations().collect::<Vec<_>>(), [USERS.id, WAITS.id]);
    assert!(live.apply(&migrations).await.expect("all is there").steps.is_empty());
    assert_eq!(live.locks().await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_the_time_that_it_is_given() {
    let live = Live::postgres("statement_timeout");
    let sleeps = Draft::new("20260102T000000_sleeps", "SELECT pg_sleep(60)", "");
    let migrations = chain(&[USERS, sleeps]);
    let db = live.db().await;
    let options = Options::new().statement_timeout(Duration::from_millis(50));
    let error = Runner::new(&db, &migrations).options(options).apply().await.expect_err("it takes longer");
    assert_eq!(error.kind(), Kind::Timeout, "{error}");
    // That of the program is for its own statements.
    let short = Draft::new("20260102T000000_sleeps", "SELECT pg_sleep(0.3)", "");
    let db =
        rex_orm::Db::connect(&format!("{}&statement_timeout=100ms", live.url()).replacen('&', "?", 1)).await;
    let db = db.expect("it is there");
    db.migrate(&chain(&[USERS, short])).await.expect("it has all the time");
}

/// What is in between would give each transaction another session.
#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_transaction_mode_is_found_out() {
    let live = Live::postgres("pooler");
    let migrations = chain(&[USERS, POSTS]);
    let pooled = inner(&live).pooled_url();
    let unsaid = pooled.replace("?pgbouncer=true", "");
    // Alone in the pool it has always the same session; beside others, each time another one.
    for others in [0, 3] {
        let mut open = Vec::new();
        for _ in 0..others {
            let other = postgres::connect(&unsaid).await.expect("PgBouncer");
            other.batch_execute("BEGIN; SELECT 1").await.expect("an answer");
            open.push(other);
        }
        for other in open {
            other.batch_execute("COMMIT").await.expect("an answer");
        }
        for url in [&pooled, &unsaid] {
            let config = Config::from_url(url).expect("it is one");
            let error = Runner::with_config(&config, &migrations).apply().await.expect_err("a pooler");
            assert_eq!(error.refusal(), Some(&Refusal::Pooler), "{others}: {error:?}");
            assert_eq!(
                error.to_string(),
                "a pooler in transaction mode is between this program and PostgreSQL, and a migration needs a session of \
                 its own: give it the URL of PostgreSQL itself"
            );
        }
    }
    assert!(!live.has("users").await && !live.has("rex_migrations").await);
    assert_eq!(live.locks().await, "0");
    // Where nothing is to be done, a pooler is in nobody's way.
    live.apply(&migrations).await.expect("PostgreSQL itself");
    for url in [&pooled, &unsaid] {
        let db = rex_orm::Db::connect(url).await.expect("PgBouncer");
        assert!(db.migrate(&migrations).await.expect("all is there").steps.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_gone_stops_the_run() {
    let live = Live::postgres("lost");
    let gives = Draft::new(
        "20260102T000000_gives",
        "SELECT pg_advisory_unlock_all();\n-- rex: step transaction\nCREATE TABLE never (id INTEGER);\n",
        "",
    );
    let error = live.apply(&chain(&[USERS, gives])).await.expect_err("somebody else may have begun");
    assert_eq!(error.refusal(), Some(&Refusal::LockLost), "{error}");
    assert!(!live.has("never").await);
}

/// The server ends a statement whose program is gone, instead of keeping it for ever.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_on_when_the_program_is_gone() {
    let live = Live::postgres("gone");
    let (user, password) = inner(&live).superuser();
    let proxy = Proxy::before(postgres::server().tcp_address()).await;
    let direct = inner(&live).tcp_url(&user, &password);
    let through = direct.replace(&postgres::server().tcp_address(), &proxy.address().to_string());
    let migrations = chain(&[USERS, Draft::new("20260102T000000_sleeps", "SELECT pg_sleep(600)", "")]);
    let running = tokio::spawn(async move {
        let config = Config::from_url(&through)?;
        Runner::with_config(&config, &migrations).apply().await
    });
    let sleeps = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'";
    until(&live, sleeps).await;
    proxy.set(Fate::Cut);
    let error = running.await.expect("no panic").expect_err("the connection is cut");
    assert_eq!(error.kind(), Kind::Connection, "{error}");
    if inner(&live).major().await < 14 {
        // These servers do not look for their clients while a statement runs: it has to be ended.
        live.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'",
        )
        .await;
    }
    while live.one(sleeps).await != "nothing" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(live.locks().await, "0");
    live.apply(&chain(&[USERS, POSTS])).await.expect("the next may begin");
}
