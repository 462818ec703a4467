//! Streams: the same rows as when they are collected, a part at a time, inside and outside of
//! transactions; and what becomes of their connections.

use std::future::IntoFuture;
use std::time::Duration;

use rex_orm::{Counts, Kind, Result, Watch};

use super::raw_sql::on_every_blog;
use super::transactions::with;
use crate::blog::{Db, NewPost, NewTag, Post, Tag, User, UserId};
use crate::support::postgres;

/// More than two parts.
const TAGS: i64 = 1_234;

async fn tags(db: &Db) -> Result<()> {
    db.tag().insert_many((1..=TAGS).map(|n| NewTag::new(format!("tag {n:05}")))).await?;
    Ok(())
}

#[tokio::test]
async fn rows_come_as_they_are_collected() {
    on_every_blog("stream_rows", async |db| {
        tags(&db).await?;
        let all = db.tag().find().order(|t| t.name.desc()).await?;
        let mut stream = db.tag().find().order(|t| t.name.desc()).stream();
        let mut streamed: Vec<Tag> = Vec::new();
        while let Some(tag) = stream.try_next().await? {
            streamed.push(tag);
        }
        assert_eq!(streamed, all);
        assert!(stream.try_next().await?.is_none(), "it has ended");

        let sql = "SELECT id, name FROM tags WHERE id > $1 ORDER BY id";
        let mut raw = db.sql::<(i64, String)>(sql).bind(34).stream();
        let mut count = 0;
        while let Some((id, name)) = raw.try_next().await? {
            count += 1;
            assert_eq!((id, name), (34 + count, format!("tag {:05}", 34 + count)));
        }
        assert_eq!(count, TAGS - 34);
        let mut none = db.tag().find().filter(|t| t.name.eq("none")).stream();
        assert!(none.try_next().await?.is_none());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn relations_come_along() {
    on_every_blog("stream_loads", async |db| {
        let loaded: Vec<(User, Vec<Post>)> =
            db.user().find().order(|u| u.id.asc()).with(|u| u.posts()).await?;
        let mut stream = db.user().find().order(|u| u.id.asc()).with(|u| u.posts()).stream();
        for expected in loaded {
            assert_eq!(stream.try_next().await?, Some(expected));
        }
        assert_eq!(stream.try_next().await?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_stream_in_a_transaction_lets_others_in_between() {
    on_every_blog("stream_within", async |db| {
        tags(&db).await?;
        let renamed = db
            .transaction(async |tx| {
                let mut stream = tx.tag().find().order(|t| t.id.asc()).stream();
                let mut renamed = 0;
                while let Some(tag) = stream.try_next().await? {
                    if tag.id.0 % 300 == 0 {
                        tx.tag().update(tag.id).name(format!("{} again", tag.name)).save().await?;
                        renamed += 1;
                    }
                }
                // Left in the middle, and others go on.
                let mut left = tx.sql::<i64>("SELECT id FROM tags").stream();
                assert!(left.try_next().await?.is_some());
                drop(left);
                let mut kept = tx.tag().find().stream();
                assert!(kept.try_next().await?.is_some());
                Ok((renamed, kept))
            })
            .await;
        let (renamed, mut kept) = renamed?;
        assert_eq!(renamed, TAGS / 300);
        let again = db.tag().find().filter(|t| t.name.ends_with("again")).count().await?;
        assert_eq!(again as i64, TAGS / 300);
        // The rows that it has are given out, then the transaction is over.
        let error = loop {
            match kept.try_next().await {
                Ok(Some(_)) => {}
                outcome => break outcome.expect_err("the transaction has ended"),
            }
        };
        assert_eq!(error.kind(), Kind::Transaction);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_not_even_sent_breaks_nothing() {
    on_every_blog("stream_unsent", async |db| {
        let kept = db.transaction(async |tx| {
            let refused = tx.sql::<i64>("SELECT id FROM tags WHERE id = $1").stream().try_next().await;
            assert_eq!(refused.expect_err("a value is missing").kind(), Kind::InvalidValue);
            tx.tag().insert(NewTag::new("kept")).await
        });
        assert_eq!(kept.await?.name, "kept");
        Ok(())
    })
    .await;
}

/// Their rows are read though nobody wants them, and what is behind them goes on.
#[tokio::test(flavor = "multi_thread")]
async fn streams_that_nobody_polls_hold_nobody_up() {
    on_every_blog("stream_left", async |db| {
        let post = |n: i64| NewPost::new(UserId(1), n.to_string(), "x".repeat(1_000));
        let posts = db.post().insert_many((1..=TAGS).map(post)).await?;
        let tx = db.begin().await?;
        let mut left = tx.post().find().order(|p| p.id.asc()).stream();
        let mut next = Box::pin(left.try_next());
        let waker = std::task::Waker::noop();
        // It has opened its cursor, and asked for rows.
        for _ in 0..20 {
            match next.as_mut().poll(&mut std::task::Context::from_waker(waker)) {
                std::task::Poll::Pending => tokio::time::sleep(Duration::from_millis(1)).await,
                std::task::Poll::Ready(_) => return tx.rollback().await,
            }
            let other = tx.post().get(posts[7].id).into_future();
            let other = tokio::time::timeout(Duration::from_secs(20), other).await;
            assert_eq!(other.expect("nobody waits for ever")?.title, "8");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_fails_in_the_middle_of_a_stream_is_told() {
    on_every_blog("stream_middle", async |db| {
        tags(&db).await?;
        let last = TAGS - 10;
        let sql = "SELECT CASE WHEN id < $1 THEN id ELSE abs(-9223372036854775807 - id / id) END FROM tags";
        let mut stream = db.sql::<i64>(sql).bind(last).stream();
        let mut count = 0;
        let error = loop {
            match stream.try_next().await {
                Ok(Some(_)) => count += 1,
                Ok(None) => panic!("a number is out of range"),
                Err(error) => break error,
            }
        };
        assert!((500..last).contains(&count), "{count}");
        assert_eq!(error.sql(), Some(sql));
        assert_eq!(db.tag().find().count().await?, TAGS);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_dropped_sets_its_connection_free() {
    let database = postgres::server().database("stream_dropped");
    let url = with(&database.url(), "pool_size=1&acquire_timeout=5");
    let db = Db::connect(&url).await.expect("a PostgreSQL server");
    dropped(&db).await.expect("a free connection");
    // None is left in a transaction, and none works on.
    let client = database.client().await;
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' \
                AND pid <> pg_backend_pid()";
    // Less than what it sleeps.
    for _ in 0..1_000 {
        if client.query_one(busy, &[]).await.expect("an answer").get::<_, i64>(0) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("a connection is not at rest");
}

async fn dropped(db: &Db) -> Result<()> {
    db.create_schema().await?;
    tags(db).await?;
    for read in [0, 1, 700] {
        let mut stream = db.tag().find().stream();
        for _ in 0..read {
            assert!(stream.try_next().await?.is_some());
        }
        drop(stream);
        assert_eq!(db.tag().find().count().await?, TAGS);
    }
    // One whose part is on its way.
    let mut slow = db.sql::<i32>("SELECT 1 FROM pg_sleep(30)").stream();
    let waiting = tokio::time::timeout(Duration::from_millis(100), slow.try_next()).await;
    assert!(waiting.is_err(), "it sleeps");
    drop(slow);
    assert_eq!(db.tag().find().count().await?, TAGS);
    Ok(())
}

/// Rows without an end: whoever collected them before the first is handed out would never come back.
const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT CAST($1 AS bigint) UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";

/// A part of them is in memory, and when the stream is dropped no more are made.
#[tokio::test]
async fn raw_streams_are_bounded_and_stop() {
    let database = postgres::server().database("stream_endless");
    for url in ["sqlite::memory:", &with(&database.url(), "pool_size=1&acquire_timeout=5")] {
        let outcome = async { endless(&Db::connect(url).await?).await }.await;
        outcome.unwrap_or_else(|error| panic!("{url}: {error:?}"));
    }
    let client = database.client().await;
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' \
                AND pid <> pg_backend_pid()";
    for _ in 0..1_000 {
        if client.query_one(busy, &[]).await.expect("an answer").get::<_, i64>(0) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a query works on for nobody");
}

async fn endless(db: &Db) -> Result<()> {
    for read in [1, 500, 501, 2_345] {
        let counts = Counts::new();
        let mut stream = db.watch(Watch::new().count(&counts)).sql::<i64>(ENDLESS).bind(7i64).stream();
        for n in 0..read {
            assert_eq!(stream.try_next().await?, Some(7 + n));
        }
        let parts = (read as u64).div_ceil(500);
        assert_eq!(counts.rows(), parts * 500, "no more than a part is ahead of who reads");
        drop(stream);
        assert_eq!(db.sql::<i64>("SELECT CAST(1 AS bigint)").one().await?, 1, "its connection is free");
    }
    // The same within a transaction, which goes on.
    let tx = db.begin().await?;
    let mut stream = tx.sql::<i64>(ENDLESS).bind(0i64).stream();
    for n in 0..750 {
        assert_eq!(stream.try_next().await?, Some(n));
    }
    drop(stream);
    assert_eq!(tx.sql::<i64>("SELECT CAST(2 AS bigint)").one().await?, 2);
    tx.commit().await
}

#[tokio::test]
async fn what_cannot_be_streamed_is_told() {
    on_every_blog("stream_errors", async |db| {
        let writes = db.sql::<i64>("DELETE FROM users RETURNING id").stream().try_next().await;
        assert_eq!(writes.expect_err("it writes").kind(), Kind::InvalidValue);
        let mut unknown = db.sql::<i64>("SELECT nothing FROM users").stream();
        let error = unknown.try_next().await.expect_err("no such column");
        assert_eq!((error.kind(), error.operation()), (Kind::Database, Some("sql")));
        assert_eq!(error.sql(), Some("SELECT nothing FROM users"));
        assert!(unknown.try_next().await?.is_none(), "it has ended");
        let mut mistaken = db.sql::<i64>("SELECT name FROM users").stream();
        assert_eq!(mistaken.try_next().await.expect_err("a text").kind(), Kind::Decode);
        assert_eq!(db.user().find().count().await?, 3);
        Ok(())
    })
    .await;
}
