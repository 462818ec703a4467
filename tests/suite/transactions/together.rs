//! Statements of one transaction that are under way at once.

use std::future::IntoFuture;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::{join3, join4, try_join_all};
use rex_orm::Kind;
use tokio::time::{sleep, timeout};

use super::{Place, somebody_waits};
use crate::blog::{NewTag, NewUser, TagId};

const HANGS: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn they_are_sent_before_the_first_is_answered() {
    let place = Place::server("pool_size=1").await;
    let db = &place.db;
    let tag = db.tag().insert(NewTag::new("rust")).await.unwrap();
    // Prepared on the one connection.
    db.tag().get(tag.id).await.unwrap();
    assert!(db.tag().by_name("none").await.unwrap().is_none());
    let tx = db.begin().await.unwrap();
    let (by_key, by_name) = (tx.tag().get(tag.id), tx.tag().by_name("rust"));
    let insert = tx.tag().insert(NewTag::new("sql"));
    let mut all = pin!(join3(by_key, by_name, insert));
    assert!(all.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    // Nobody polls it meanwhile, and still the last one has come to the server, in a transaction.
    let others = place.server.as_ref().expect("PostgreSQL").client().await;
    let at = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND query LIKE 'INSERT INTO%' AND state = 'idle in transaction'";
    let seen = async {
        while others.query_one(at, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(HANGS, seen).await.expect("all three are sent at once");
    let (by_key, by_name, new) = all.await;
    assert_eq!(by_key.unwrap().name, "rust");
    assert_eq!(by_name.unwrap().unwrap().id, tag.id);
    assert_eq!(new.unwrap().name, "sql");
    tx.rollback().await.unwrap();
    assert_eq!(place.tags().await, ["rust"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_kept_or_none() {
    for place in [Place::server("").await, Place::file("").await] {
        let names = |from: usize| (from..from + 20).map(|number| format!("tag {number}"));
        let written = place.db.transaction(async |tx| {
            let inserts = names(0).map(|name| tx.tag().insert(NewTag::new(name)));
            Ok(try_join_all(inserts).await?.len())
        });
        assert_eq!(written.await.unwrap(), 20);
        let outcome = place.db.transaction(async |tx| {
            // One that is there already, in the midst of others.
            let all = names(20).chain(["tag 3".to_owned()]).chain(names(40));
            try_join_all(all.map(|name| tx.tag().insert(NewTag::new(name)))).await.map(drop)
        });
        assert_eq!(outcome.await.expect_err("there is one").kind(), Kind::Unique, "{}", place.url);
        // And on many tasks, with savepoints in between, which wait for all others.
        let written = place.db.transaction(async |tx| {
            let tasks = names(60).enumerate().map(|(at, name)| {
                let tx = tx.clone();
                tokio::spawn(async move {
                    match at % 4 {
                        0 => tx.transaction(async |inner| inner.tag().insert(NewTag::new(name)).await).await,
                        1 => {
                            let given_up = tx.tag().get(TagId(1)).into_future();
                            _ = timeout(Duration::from_micros(20), given_up).await;
                            tx.tag().insert(NewTag::new(name)).await
                        }
                        _ => tx.tag().insert(NewTag::new(name)).await,
                    }
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.expect("no panic")?;
            }
            Ok(())
        });
        timeout(HANGS, written).await.expect("nobody waits for ever").unwrap();
        assert_eq!(place.tags().await.len(), 40, "{}", place.url);
    }
}

/// Nothing may be sent in the middle of a copy.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_alone_on_its_way() {
    for place in [Place::server("").await, Place::file("").await] {
        let tag = place.db.tag().insert(NewTag::new("rust")).await.unwrap();
        let written = place.db.transaction(async |tx| {
            let copied = |what: &str| {
                let rows: Vec<_> = (0..3_000).map(|number| NewTag::new(format!("{what} {number}"))).collect();
                tx.tag().copy_in(rows)
            };
            let reads = || try_join_all((0..50).map(|_| tx.tag().get(tag.id).into_future()));
            let (before, one, between, two) = join4(reads(), copied("one"), reads(), copied("two")).await;
            before.and(between)?;
            // What is refused is undone, and the rest is kept.
            let refused = copied("two").await.expect_err("they are there");
            assert_eq!(refused.kind(), Kind::Unique, "{refused}");
            Ok(one? + two?)
        });
        assert_eq!(timeout(HANGS, written).await.expect("nobody waits for ever").unwrap(), 6_000);
        assert_eq!(place.db.tag().find().count().await.unwrap(), 6_001, "{}", place.url);
    }
}

/// A value that cannot be sent is told, and what is under way beside it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_even_sent_breaks_nothing() {
    let place = Place::server("").await;
    let outcome = place.db.transaction(async |tx| {
        let (one, two) = (tx.tag().insert(NewTag::new("one")), tx.tag().insert(NewTag::new("a\0b")));
        let (one, two) = futures_util::future::join(one, two).await;
        assert_eq!(two.expect_err("NUL").kind(), Kind::InvalidValue);
        one.map(drop)
    });
    outcome.await.unwrap();
    assert_eq!(place.tags().await, ["one"]);
}

/// A future may wait for another before it is polled again: in a buffered stream, say.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_polled_holds_nobody_up() {
    let place = Place::server("pool_size=1").await;
    let db = &place.db;
    let tag = db.tag().insert(NewTag::new("rust")).await.unwrap();
    let user = db.user().insert(NewUser::new("ada@example.com", "Ada")).await.unwrap();
    for prepared in [true, false] {
        let tx = db.begin().await.unwrap();
        let mut idle = pin!(tx.tag().get(tag.id));
        assert!(idle.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let all = async {
            assert_eq!(tx.user().get(user.id).await.unwrap().name, "Ada", "prepared: {prepared}");
            assert_eq!(tx.tag().find().count().await.unwrap(), 1);
        };
        timeout(HANGS, all).await.expect("the others go on");
        assert_eq!(timeout(HANGS, idle).await.unwrap().unwrap().name, "rust");
        tx.commit().await.unwrap();
    }
    let locks = place.server.as_ref().expect("PostgreSQL").client().await;
    locks.batch_execute("BEGIN; LOCK TABLE tags").await.unwrap();
    let first = tokio::spawn({
        let db = db.clone();
        async move { db.tag().get(tag.id).await }
    });
    somebody_waits(&locks).await;
    // It travels behind the first, and is left alone.
    let mut idle = pin!(db.user().get(user.id));
    for _ in 0..3 {
        assert!(idle.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    locks.batch_execute("COMMIT").await.unwrap();
    first.await.unwrap().unwrap();
    let next = db.tag().insert(NewTag::new("sql"));
    timeout(HANGS, next).await.expect("the connection is of use").unwrap();
    assert_eq!(timeout(HANGS, idle).await.unwrap().unwrap().name, "Ada");
}
