//! What networks and servers do to connections, and how soon all is well again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rex_orm::{Isolation, Kind};
use url::Url;

use super::cancellation::open;
use super::{Place, Result, add, with};
use crate::blog::Db;
use crate::support::postgres::{Server, TestDatabase};
use crate::support::proxy::{Fate, Proxy};

/// A pool of 4 that reaches its server through a proxy.
async fn through_a_proxy(settings: &str) -> (Place, Db, Proxy) {
    let place = Place::server("").await;
    let database = place.server.as_ref().expect("PostgreSQL");
    let (user, password) = database.superuser();
    let mut url = Url::parse(&database.tcp_url(&user, &password)).expect("a URL");
    let server = format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port"));
    let proxy = Proxy::before(server).await;
    url.set_host(Some("127.0.0.1")).expect("a host");
    url.set_port(Some(proxy.address().port())).expect("a port");
    let db = Db::connect(&with(url.as_str(), settings)).await.expect("the proxy forwards");
    (place, db, proxy)
}

const SETTINGS: &str = "pool_size=4&acquire_timeout=4s&connect_timeout=1s&statement_timeout=500ms";

/// Longer than any time-out of an operation's, or all of them one after the other.
const HANGS: Duration = Duration::from_secs(15);

/// So soon all is well again.
const RECOVERY: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_cut_off_is_unknown_and_not_tried_again() {
    let (place, db, proxy) = through_a_proxy(SETTINGS).await;
    for (fate, kept) in [(Fate::CutBeforeCommit, 0), (Fate::CutAfterCommit, 1)] {
        let (attempts, called) = (AtomicU32::new(0), Arc::new(AtomicBool::new(false)));
        let work = |tx: Db| {
            let (attempts, called) = (&attempts, Arc::clone(&called));
            async move {
                attempts.fetch_add(1, Ordering::Relaxed);
                add(&tx, &format!("{fate:?}")).await?;
                tx.after_commit(move || called.store(true, Ordering::Relaxed));
                Ok(())
            }
        };
        db.tag().find().count().await.expect("it is connected");
        proxy.set(fate);
        let outcome = db.transaction_with(Isolation::Serializable).retry(5).run(work).await;
        proxy.set(Fate::Forward);
        let error = outcome.expect_err("nobody answered");
        assert_eq!(error.kind(), Kind::CommitUnknown, "{error:?}");
        assert!(error.to_string().contains("not known"), "{error}");
        assert_eq!(attempts.load(Ordering::Relaxed), 1);
        assert!(!called.load(Ordering::Relaxed), "it is not known to be kept");
        let found = place.db.tag().find().filter(|t| t.name.eq(format!("{fate:?}"))).count().await.unwrap();
        assert_eq!(found, kept, "{fate:?}");
        assert_eq!(db.tag().find().filter(|t| t.name.eq(format!("{fate:?}"))).count().await.unwrap(), kept);
    }
    // What has read all there is does not wait for its commit, which says nothing.
    let mut ends = proxy.ends();
    proxy.set(Fate::CutAfterCommit);
    let outcome = db.user().find().with(|u| u.posts()).await;
    assert_eq!(outcome.expect("it was answered before").len(), 0);
    ends.changed().await.expect("the connection is cut");
    proxy.set(Fate::Forward);
    // What has been cut is seen when the runtime next looks at its sockets.
    tokio::time::sleep(Duration::from_millis(50)).await;
    db.tag().find().count().await.expect("the pool looks before it gives a connection out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_cut_off_is_unknown() {
    // Time enough to be cut off in.
    let patient = "pool_size=4&connect_timeout=5s&statement_timeout=3s";
    let (place, db, proxy) = through_a_proxy(patient).await;
    let server = place.server.as_ref().expect("PostgreSQL").client().await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    add(&db, "x").await.unwrap();
    for fate in [Fate::Cut, Fate::Reset, Fate::Stall, Fate::HalfOpen] {
        let lock = place.db.begin().await.unwrap();
        lock.tag().update(1).name("locked").save().await.unwrap();
        let other = db.clone();
        let writing = tokio::spawn(async move { other.tag().update(1).name("x").save().await.map(drop) });
        let other = db.clone();
        let inside = tokio::spawn(async move {
            other.transaction(async |tx| tx.tag().update(1).name("x").save().await.map(drop)).await
        });
        let start = Instant::now();
        while server.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) < 2 {
            assert!(start.elapsed() < HANGS, "{fate:?}: they do not meet the lock");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        proxy.set(fate);
        let outcomes = tokio::time::timeout(HANGS, async { (writing.await.unwrap(), inside.await.unwrap()) });
        let (writing, inside) = outcomes.await.expect("it does not hang");
        proxy.set(Fate::Forward);
        assert_eq!(writing.expect_err("nobody answered").kind(), Kind::CommitUnknown, "{fate:?}");
        let inside = inside.expect_err("nobody answered");
        assert!(matches!(inside.kind(), Kind::Connection | Kind::Timeout), "{fate:?}: {inside:?}");
        lock.rollback().await.unwrap();
        let start = Instant::now();
        add(&db, &format!("after {fate:?}")).await.unwrap();
        assert!(start.elapsed() < RECOVERY, "{fate:?}: {:?}", start.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_the_server_ends_is_lost_and_replaced() {
    let place = Place::server("pool_size=2").await;
    let client = place.server.as_ref().expect("PostgreSQL").client().await;
    let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let tx = place.db.begin().await.unwrap();
    add(&tx, "lost").await.unwrap();
    client.batch_execute(terminate).await.unwrap();
    let error = add(&tx, "lost too").await.expect_err("it is gone");
    assert_eq!(error.kind(), Kind::Connection, "{error:?}");
    let error = tx.commit().await.expect_err("it is gone");
    assert!(matches!(error.kind(), Kind::Connection | Kind::Transaction), "{error:?}");
    for round in 0..5 {
        add(&place.db, &format!("round {round}")).await.unwrap();
        client.batch_execute(terminate).await.unwrap();
        // The driver is told at once, and the pool looks before it gives a connection out.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(place.tags().await.len(), 5);
}

/// What 1,000 tasks met.
#[derive(Default)]
struct Met {
    stop: AtomicBool,
    successes: AtomicU64,
    failures: AtomicU64,
}

/// Works until it is told to stop. Whatever fails is of a kind that says so, and in time.
async fn toil(db: Db, task: usize, met: Arc<Met>) {
    while !met.stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        let outcome = tokio::time::timeout(HANGS, toil_once(&db, task)).await;
        let outcome = outcome.unwrap_or_else(|_| panic!("task {task} hangs"));
        match outcome {
            Ok(()) => _ = met.successes.fetch_add(1, Ordering::Relaxed),
            Err(error) => {
                let kinds = [
                    Kind::Connection,
                    Kind::CommitUnknown,
                    Kind::Timeout,
                    Kind::PoolExhausted,
                    Kind::Serialization,
                ];
                assert!(kinds.contains(&error.kind()), "task {task}, {:?}: {error:?}", start.elapsed());
                met.failures.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn toil_once(db: &Db, task: usize) -> Result {
    match task % 5 {
        0 => db.tag().find().limit(3).await.map(drop),
        1 => db.user().find().with(|u| u.posts()).limit(3).await.map(drop),
        2 => db.transaction(async |tx| tx.tag().find().count().await.map(drop)).await,
        3 => {
            let work = |tx: Db| async move {
                let tag = tx.tag().find().filter(|t| t.name.eq(format!("tag {}", task % 50))).one().await?;
                tx.tag().update(&tag).name(tag.name.clone()).save().await.map(drop)
            };
            db.transaction_with(Isolation::ReadCommitted).retry(3).run(work).await
        }
        _ => {
            // Dropped in the midst of it.
            let tx = db.begin().await?;
            tokio::time::timeout(Duration::from_micros(300), tx.tag().find().count())
                .await
                .unwrap_or(Ok(0))
                .map(drop)
        }
    }
}

/// 1,000 tasks at work, while `disturb` does what it does and says when it was undone.
async fn under_load(db: &Db, disturb: impl AsyncFn(&Met)) {
    for number in 0..50 {
        add(db, &format!("tag {number}")).await.unwrap();
    }
    let met = Arc::new(Met::default());
    let tasks: Vec<_> =
        (0..1_000).map(|task| tokio::spawn(toil(db.clone(), task, Arc::clone(&met)))).collect();
    disturb(&met).await;
    met.stop.store(true, Ordering::Relaxed);
    for task in tasks {
        tokio::time::timeout(HANGS, task).await.expect("no task hangs").expect("no task panics");
    }
    assert!(met.failures.load(Ordering::Relaxed) > 0, "nothing was disturbed");
    // All four are there at once.
    let start = Instant::now();
    let all = tokio::join!(begin(db), begin(db), begin(db), begin(db));
    for tx in [all.0, all.1, all.2, all.3] {
        tx.commit().await.unwrap();
    }
    assert!(start.elapsed() < RECOVERY, "{:?}", start.elapsed());
}

/// A transaction that works; a connection that was lost while nobody used it shows when it is used.
async fn begin(db: &Db) -> rex_orm::Transaction<Db> {
    for _ in 0..10 {
        if let Ok(tx) = db.begin().await
            && tx.tag().find().count().await.is_ok()
        {
            return tx;
        }
    }
    panic!("a permit did not come back");
}

/// Waits for the next success.
async fn recovers(met: &Met, what: &str) {
    let took = works(met, what, RECOVERY).await;
    println!("{what}: recovered after {took:?}");
}

/// How long the next success takes.
async fn works(met: &Met, what: &str, limit: Duration) -> Duration {
    let (start, before) = (Instant::now(), met.successes.load(Ordering::Relaxed));
    while met.successes.load(Ordering::Relaxed) == before {
        assert!(start.elapsed() < limit, "{what}: nothing works {:?} later", start.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    start.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tasks_survive_their_network() {
    let (place, db, proxy) = through_a_proxy(SETTINGS).await;
    let fates =
        [Fate::Cut, Fate::Reset, Fate::Stall, Fate::HalfOpen, Fate::CutBeforeCommit, Fate::CutAfterCommit];
    under_load(&db, async |met| {
        for fate in fates {
            works(met, "before", HANGS).await;
            proxy.set(fate);
            tokio::time::sleep(Duration::from_millis(700)).await;
            proxy.set(Fate::Forward);
            recovers(met, &format!("{fate:?}")).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
    .await;
    drop(db);
    let start = Instant::now();
    while let Some(open) = open(&place).await {
        assert!(start.elapsed() < RECOVERY, "{open}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tasks_survive_their_server() {
    let server = Server::start().unwrap_or_else(|error| panic!("{error}"));
    let database: TestDatabase<'_> = server.database("restart");
    let db = Db::connect(&with(&database.url(), SETTINGS)).await.unwrap();
    db.create_schema().await.unwrap();
    under_load(&db, async |met| {
        for _ in 0..3 {
            works(met, "before", HANGS).await;
            let client = database.client().await;
            let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            client.batch_execute(terminate).await.unwrap();
            recovers(met, "terminated").await;
        }
        // Else the server forgets what it has just been told, which is its setting here.
        database.client().await.batch_execute("CHECKPOINT").await.unwrap();
        for _ in 0..2 {
            works(met, "before", HANGS).await;
            tokio::task::block_in_place(|| server.restart());
            recovers(met, "restarted").await;
        }
    })
    .await;
}
