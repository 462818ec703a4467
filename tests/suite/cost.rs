//! What the runtime costs beside the drivers, in what does not depend on how busy the machine is.

use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use crate::blog::{Db, NewTag, TagId};
use crate::support::postgres;

/// How often memory is asked for, beyond the driver's times.
const MORE: u64 = 4;

const BY_KEY: &str = r#"SELECT "id", "name" FROM "tags" WHERE "id" = $1"#;

async fn with_a_tag(url: &str) -> (Db, TagId) {
    let db = Db::connect(url).await.expect("a database");
    db.create_schema().await.expect("an empty database");
    let tag = db.tag().insert(NewTag::new("rust")).await.expect("it is new");
    // What is prepared once is prepared, and what grows has grown.
    for _ in 0..3 {
        db.tag().get(tag.id).await.expect("it is there");
        db.tag().find().filter(|t| t.id.eq(tag.id)).await.expect("it is there");
    }
    (db, tag.id)
}

/// The count of a future that is ready when it is first polled.
fn allocations_at_once<T>(future: impl Future<Output = T>) -> u64 {
    allocation_counter::measure(|| {
        let outcome = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
        assert!(black_box(outcome).is_ready(), "SQLite waits for nobody here");
    })
    .count_total
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_by_its_key_asks_sqlite_for_little_memory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("cost.db");
    let (db, id) = with_a_tag(&format!("sqlite://{}", file.display())).await;
    let driver = rusqlite::Connection::open(&file).expect("a file");
    let raw = || {
        let mut statement = driver.prepare_cached(BY_KEY).expect("the table is there");
        let tag = statement.query_row([id.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
        black_box(tag.expect("it is there"));
    };
    raw();
    let raw = allocation_counter::measure(raw).count_total;
    let rex = allocations_at_once(db.tag().get(id));
    assert!(rex <= raw + MORE, "rusqlite asks for memory {raw} times, Rex {rex} times");
    let find = allocations_at_once(async { db.tag().find().filter(|t| t.id.eq(id)).await });
    assert!(find <= raw + 6 * MORE, "rusqlite asks for memory {raw} times, a finder {find} times");
}

/// With everything on one thread, what a connection does in its own task is counted too.
#[test]
fn a_row_by_its_key_asks_postgresql_for_little_memory() {
    let database = postgres::server().database("cost");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (db, id) = runtime.block_on(with_a_tag(&database.url()));
    let driver = runtime.block_on(postgres::connect(&database.url())).expect("a connection");
    let statement = runtime.block_on(driver.prepare(BY_KEY)).expect("the table is there");
    let raw = async || {
        let row = driver.query_one(&statement, &[&id.0]).await.expect("it is there");
        black_box((row.get::<_, i64>(0), row.get::<_, String>(1)));
    };
    runtime.block_on(raw());
    let count =
        |work: &mut dyn FnMut()| (0..5).map(|_| allocation_counter::measure(&mut *work).count_total).min();
    let raw = count(&mut || runtime.block_on(raw())).unwrap_or_default();
    let rex = count(&mut || drop(runtime.block_on(async { db.tag().get(id).await }))).unwrap_or_default();
    assert!(rex <= raw + MORE, "tokio-postgres asks for memory {raw} times, Rex {rex} times");
}

/// Steps of SQLite's machine for some tenths of a second.
const LONG: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) \
                    SELECT count(*) FROM n";

/// One thread runs all tasks. What is known to take long does not keep it from the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_takes_long_in_sqlite_holds_up_nobody() {
    static TICKS: AtomicU64 = AtomicU64::new(0);
    let db = Db::connect("sqlite::memory:").await.expect("a database");
    let ticking = tokio::spawn(async {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            TICKS.fetch_add(1, Ordering::Relaxed);
        }
    });
    let ticks = tokio::spawn(async move {
        // The first time nobody knows.
        db.sql::<i64>(LONG).one().await.expect("a number");
        tokio::task::yield_now().await;
        let before = TICKS.load(Ordering::Relaxed);
        db.sql::<i64>(LONG).one().await.expect("a number");
        TICKS.load(Ordering::Relaxed) - before
    });
    let ticks = ticks.await.expect("it does not panic");
    ticking.abort();
    assert!(ticks > 0, "the one thread was busy with SQLite alone");
}
