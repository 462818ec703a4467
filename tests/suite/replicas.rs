//! A primary and a replica that follows it by streaming replication: two servers of this test.

use std::time::{Duration, Instant};

use rex_orm::{Counts, Isolation, Kind, Watch};

use crate::blog::{Db, NewTag};
use crate::support::postgres::{self, Server};

const DATABASE: &str = "replicated";

struct Pair {
    primary: Server,
    replica: Server,
}

impl Pair {
    fn start() -> Pair {
        let primary = Server::start_primary().expect("a primary");
        primary.administrate_with(&["CREATE DATABASE replicated"]);
        let replica = primary.start_replica().expect("a replica");
        Pair { primary, replica }
    }

    async fn connect(&self) -> Db {
        let (primary, replica) = (self.primary.database_url(DATABASE), self.replica.database_url(DATABASE));
        Db::builder().primary(&primary).replica(&replica).connect().await.expect("both are there")
    }
}

/// Which of the two answers.
async fn port(db: &Db) -> i32 {
    db.sql::<i32>("SELECT current_setting('port')::int4").one().await.expect("one of them answers")
}

/// Waits until what was asked for is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn port_of(server: &Server) -> i32 {
    let address = server.tcp_address();
    address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("an address has a port")
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_go_to_a_replica_that_has_all_that_was_written() {
    let pair = Pair::start();
    let (primary, replica) = (port_of(&pair.primary), port_of(&pair.replica));
    let db = pair.connect().await;
    db.create_schema().await.expect("an empty database");
    until("the replica is used once it has caught up", async || port(&db).await == replica).await;

    // Whoever writes reads it, at once, however far the replica is.
    for number in 0..100 {
        let tag = db.tag().insert(NewTag::new(format!("tag {number}"))).await.expect("it is new");
        assert_eq!(db.tag().get(tag.id).await.expect("it was written").name, tag.name);
        let tx = db.begin().await.expect("a transaction");
        tx.tag().update(tag.id).name(format!("TAG {number}")).save().await.expect("it is there");
        tx.commit().await.expect("it is kept");
        let found = db.tag().find().filter(|t| t.name.eq(format!("TAG {number}"))).count().await;
        assert_eq!(found.expect("a number"), 1);
    }

    // What the replica does not replay it is not asked for.
    let bare = postgres::connect(&pair.replica.database_url(DATABASE)).await.expect("the replica");
    bare.batch_execute("SELECT pg_wal_replay_pause()").await.expect("it waits");
    let tag = db.tag().insert(NewTag::new("unseen")).await.expect("it is new");
    for _ in 0..20 {
        assert_eq!(port(&db).await, primary, "the replica has not seen the last write");
        db.tag().get(tag.id).await.expect("it was written");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bare.batch_execute("SELECT pg_wal_replay_resume()").await.expect("it goes on");
    until("the replica is used again", async || port(&db).await == replica).await;
    db.tag().get(tag.id).await.expect("it was written");

    // Writes and transactions are the primary's.
    let within =
        db.transaction(async |tx| tx.sql::<i32>("SELECT current_setting('port')::int4").one().await).await;
    assert_eq!(within.expect("a number"), primary);
    let eager = db.tag().find().with(|t| t.posts()).limit(3).await.expect("a replica reads all levels");
    assert_eq!(eager.len(), 3);

    // A replica refuses to begin such a transaction, which the first statement is sent behind.
    let alone = Db::connect(&pair.replica.database_url(DATABASE)).await.expect("a replica");
    let tx = alone.transaction_with(Isolation::Serializable).begin().await.expect("nothing is sent yet");
    tx.tag().get(tag.id).await.expect_err("the transaction was not begun");
    let error = tx.tag().get(tag.id).await.expect_err("nor is it now");
    assert_eq!(error.kind(), Kind::Transaction, "{error}");
    let error = tx.commit().await.expect_err("there is nothing to commit");
    assert_eq!(error.kind(), Kind::Transaction, "{error}");
    alone.tag().get(tag.id).await.expect("the connection is at rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_replica_is_left_out_and_comes_back() {
    let pair = Pair::start();
    let (primary, replica) = (port_of(&pair.primary), port_of(&pair.replica));
    let db = pair.connect().await;
    db.create_schema().await.expect("an empty database");
    let tag = db.tag().insert(NewTag::new("rust")).await.expect("it is new");
    until("the replica is used", async || port(&db).await == replica).await;

    let reading = {
        let db = db.clone();
        tokio::spawn(async move {
            let mut failures = 0;
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(3) {
                failures += u32::from(db.tag().get(tag.id).await.is_err());
            }
            failures
        })
    };
    tokio::task::block_in_place(|| pair.replica.restart());
    let failures = reading.await.expect("it does not panic");
    assert_eq!(failures, 0, "a read that was given no row is the primary's");
    until("the replica is back", async || port(&db).await == replica).await;

    let Pair { primary: server, replica: gone } = pair;
    tokio::task::block_in_place(|| drop(gone));
    for _ in 0..20 {
        assert_eq!(port(&db).await, primary, "there is no replica");
    }
    let counts = Counts::new();
    let db = db.watch(Watch::new().count(&counts));
    db.tag().insert(NewTag::new("left")).await.expect("the primary is there");
    assert_eq!(db.tag().find().count().await.expect("a number"), 2);
    assert_eq!(counts.failures(), 0);
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_replica_is_refused() {
    let database = postgres::server().database("no_replica");
    let url = database.url();
    let error = Db::builder().primary(&url).replica(&url).connect().await.expect_err("it follows nobody");
    assert_eq!(error.kind(), Kind::Configuration);
    assert!(error.to_string().contains("follows no other"), "{error}");
    let error = Db::builder().primary("sqlite::memory:").replica("sqlite::memory:").connect().await;
    let error = error.expect_err("SQLite has none");
    assert!(error.to_string().contains("SQLite has no replicas"), "{error}");
    let nowhere = "postgres://127.0.0.1:1/nowhere?user=rex&database=nowhere";
    let db = Db::builder().primary(&url).replica(nowhere).connect().await.expect("the primary is there");
    db.create_schema().await.expect("an empty database");
    assert_eq!(db.tag().find().count().await.expect("a number"), 0);
}
