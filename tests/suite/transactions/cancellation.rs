//! Every operation, dropped wherever it waits: afterwards nothing is open, nothing is locked, and
//! every connection is there for the next.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use rex_orm::{Isolation, TransactionOptions};

use super::{Place, Result, add};
use crate::blog::{Db, NewPost, NewTag};

/// Polls a future at most so many times, and drops it; none when it is not ready by then.
async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// A name that no tag has.
fn fresh(what: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{what} {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Two tags, both or none.
async fn pair(tx: &Db) -> Result {
    add(tx, &fresh("pair")).await?;
    add(tx, &fresh("pair")).await
}

type Boxed = Pin<Box<dyn Future<Output = Result>>>;

/// Makes an operation on the row that is there: a user and a post with the id 1.
type Operation = fn(Db) -> Boxed;

const OPERATIONS: &[(&str, Operation)] = &[
    ("get", |db| Box::pin(async move { db.user().get(1).await.map(drop) })),
    ("by", |db| Box::pin(async move { db.tag().by_name("nobody").await.map(drop) })),
    ("find", |db| {
        Box::pin(async move { db.tag().find().filter(|t| t.name.starts_with("x")).await.map(drop) })
    }),
    ("load", |db| {
        Box::pin(async move { db.user().find().with(|u| u.posts().with(|p| p.tags())).await.map(drop) })
    }),
    ("stream", |db| {
        Box::pin(async move {
            let mut tags = db.tag().find().order(|t| t.name.asc()).stream();
            while let Some(tag) = tags.try_next().await? {
                assert!(!tag.name.is_empty());
            }
            Ok(())
        })
    }),
    ("count", |db| Box::pin(async move { db.tag().find().count().await.map(drop) })),
    ("insert", |db| Box::pin(async move { add(&db, &fresh("one")).await })),
    ("insert many", |db| {
        Box::pin(async move {
            let rows: Vec<NewTag> = (0..2_400).map(|_| NewTag::new(fresh("pair"))).collect();
            db.tag().insert_many(rows).await.map(drop)
        })
    }),
    ("copy", |db| {
        Box::pin(async move {
            let rows: Vec<NewTag> = (0..2_400).map(|_| NewTag::new(fresh("pair"))).collect();
            db.tag().copy_in(rows).await.map(drop)
        })
    }),
    ("update", |db| Box::pin(async move { db.user().update(1).name(fresh("name")).save().await.map(drop) })),
    ("update many", |db| {
        Box::pin(async move { db.user().find().update().name(fresh("name")).save().await.map(drop) })
    }),
    ("delete", |db| {
        Box::pin(
            async move { db.tag().find().filter(|t| t.name.starts_with("one")).delete().await.map(drop) },
        )
    }),
    ("links", |db| {
        Box::pin(async move {
            let post = db.post().find().first().await?.expect("a post");
            db.post().tags(&post).set([1, 2]).await
        })
    }),
    ("transaction", |db| Box::pin(async move { db.transaction(async |tx| pair(&tx).await).await })),
    ("rollback", |db| {
        Box::pin(async move {
            let outcome: Result = db
                .transaction(async |tx| {
                    pair(&tx).await?;
                    tx.user().get(99).await.map(drop)
                })
                .await;
            assert!(outcome.is_err());
            Ok(())
        })
    }),
    ("nested", |db| {
        Box::pin(async move {
            db.transaction(async |tx| {
                tx.transaction(async |tx| pair(&tx).await).await?;
                assert!(tx.transaction(async |tx| add(&tx, "there").await).await.is_err());
                tx.transaction(async |tx| tx.transaction(async |tx| pair(&tx).await).await).await
            })
            .await
        })
    }),
    ("guard", |db| {
        Box::pin(async move {
            let tx = db.begin().await?;
            pair(&tx).await?;
            let nested = tx.begin().await?;
            pair(&nested).await?;
            nested.commit().await?;
            let nested = tx.begin().await?;
            add(&nested, &fresh("pair")).await?;
            nested.rollback().await?;
            tx.commit().await
        })
    }),
    ("atomic in a transaction", |db| {
        Box::pin(async move {
            let tx = db.begin().await?;
            let rows: Vec<NewTag> = (0..2_400).map(|_| NewTag::new(fresh("pair"))).collect();
            tx.tag().insert_many(rows).await?;
            tx.rollback().await
        })
    }),
    ("serializable", |db| {
        Box::pin(async move {
            db.transaction_with(Isolation::Serializable)
                .retry(3)
                .run(|tx| async move { pair(&tx).await })
                .await
        })
    }),
    ("read only", |db| {
        Box::pin(async move {
            let options = TransactionOptions::new().read_only();
            db.transaction_with(options)
                .run(|tx| async move { tx.tag().find().count().await })
                .await
                .map(drop)
        })
    }),
];

/// An operation within a transaction is dropped; the transaction goes on, and what it did before and
/// does after is kept.
const WITHIN: &[&str] =
    &["get", "load", "stream", "insert", "copy", "update", "links", "nested", "guard", "transaction"];

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_may_be_dropped_wherever_it_waits() {
    for place in [Place::file("pool_size=2").await, Place::memory().await, Place::server("pool_size=2").await]
    {
        prepare(&place.db).await;
        for (name, operation) in OPERATIONS {
            let mut times = 0;
            loop {
                let done = polled(operation(place.db.clone()), times).await;
                at_rest(&place, name, times).await;
                if let Some(outcome) = done {
                    outcome.unwrap_or_else(|error| panic!("{name}: {error:?}"));
                    break;
                }
                times += 1;
                assert!(times < 1_000, "{name} does not end");
            }
            // A quick server may have answered by the second poll, never by the first.
            assert!(
                place.server.is_none() || times > 0,
                "{name} waits for the server, and was polled {times} times"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_goes_on_when_what_is_in_it_is_dropped() {
    for place in [Place::file("pool_size=2").await, Place::memory().await, Place::server("pool_size=2").await]
    {
        prepare(&place.db).await;
        for (name, operation) in OPERATIONS.iter().filter(|(name, _)| WITHIN.contains(name)) {
            let mut times = 0;
            loop {
                let before = fresh("before");
                let tx = place.db.begin().await.unwrap();
                add(&tx, &before).await.unwrap();
                let done = polled(operation(tx.clone()), times).await;
                let after = fresh("after");
                add(&tx, &after).await.unwrap_or_else(|error| panic!("{name}, {times} polls: {error:?}"));
                tx.commit().await.unwrap_or_else(|error| panic!("{name}, {times} polls: {error:?}"));
                at_rest(&place, name, times).await;
                for name in [before, after] {
                    assert!(place.db.tag().by_name(name).await.unwrap().is_some());
                }
                if let Some(outcome) = done {
                    outcome.unwrap_or_else(|error| panic!("{name}: {error:?}"));
                    break;
                }
                times += 1;
                assert!(times < 1_000, "{name} does not end");
            }
        }
    }
}

async fn prepare(db: &Db) {
    let user = db.user().create().email("a").name("a").save().await.unwrap();
    db.post().insert(NewPost::new(&user, "title", "body")).await.unwrap();
    add(db, "there").await.unwrap();
    add(db, "there too").await.unwrap();
}

/// All of the pool can be used at once, to write what was written, and the database says that
/// nothing is open.
async fn at_rest(place: &Place, what: &str, times: usize) {
    let told = || format!("{what} after {times} polls at {}", place.url);
    let soon = Duration::from_secs(2);
    let both = async {
        let reading = TransactionOptions::new().read_only();
        if place.url.contains(":memory:") {
            return write(&place.db).await;
        }
        let beside = place.db.transaction_with(reading).begin().await?;
        beside.tag().find().count().await?;
        write(&place.db).await?;
        beside.commit().await
    };
    let outcome = tokio::time::timeout(soon, both).await.unwrap_or_else(|_| panic!("{}: it hangs", told()));
    outcome.unwrap_or_else(|error| panic!("{}: {error:?}", told()));
    let start = Instant::now();
    while let Some(open) = open(place).await {
        assert!(start.elapsed() < soon, "{}: {open}", told());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let pairs = place.db.tag().find().filter(|t| t.name.starts_with("pair")).count().await.unwrap();
    assert_eq!(pairs % 2, 0, "{}: half of a transaction was kept", told());
}

async fn write(db: &Db) -> Result {
    let tx = db.begin().await?;
    tx.user().update(1).name("at rest").save().await?;
    tx.tag().update(1).name("there").save().await?;
    tx.commit().await
}

/// What is open, as the database itself sees it.
pub(super) async fn open(place: &Place) -> Option<String> {
    let Some(database) = &place.server else {
        let path = place.url.trim_start_matches("sqlite://").split('?').next().unwrap_or_default();
        if path.starts_with("sqlite:") {
            return None;
        }
        let other = rusqlite::Connection::open(path).expect("the file is there");
        other.busy_timeout(Duration::ZERO).expect("it can be set");
        return other.execute_batch("BEGIN IMMEDIATE; ROLLBACK").err().map(|error| error.to_string());
    };
    let asked = "SELECT string_agg(a.state || ': ' || a.query, '; ') FROM pg_stat_activity a \
        WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend' \
        AND (a.state <> 'idle' OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid))";
    database.client().await.query_one(asked, &[]).await.expect("it answers").get(0)
}
