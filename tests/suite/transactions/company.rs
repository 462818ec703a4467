//! Reads by a key that travel behind others, where a pool has nothing free.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{Place, somebody_waits};
use crate::blog::{NewTag, NewUser, TagId};

/// Longer than anything here takes.
const HANGS: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_read_their_own_rows_on_few_connections() {
    let place = Place::server("pool_size=2").await;
    let mut ids = Vec::new();
    for number in 0..50 {
        let tag = place.db.tag().insert(NewTag::new(format!("tag {number}"))).await.unwrap();
        ids.push((tag.id, number));
    }
    let mut tasks = JoinSet::new();
    for task in 0..400 {
        let (db, ids) = (place.db.clone(), ids.clone());
        tasks.spawn(async move {
            for step in 0..10 {
                let (id, number) = ids[(task * 7 + step * 13) % ids.len()];
                match (task + step) % 9 {
                    // Some give up in between: what they asked for is nobody's answer.
                    0 => _ = timeout(Duration::from_micros(50), db.tag().get(id)).await,
                    1 => assert!(db.tag().by_name("none").await.unwrap().is_none()),
                    2 => _ = db.tag().get(TagId(-1)).await.expect_err("there is none"),
                    3 => {
                        assert_eq!(db.tag().find().filter(|t| t.id.le(id)).count().await.unwrap(), number + 1)
                    }
                    4 => db.tag().update(id).name(format!("tag {number}")).save().await.map(drop).unwrap(),
                    _ => assert_eq!(db.tag().get(id).await.unwrap().name, format!("tag {number}")),
                }
            }
        });
    }
    timeout(HANGS, async { while let Some(()) = tasks.join_next().await.transpose().unwrap() {} })
        .await
        .unwrap();
    assert_eq!(place.tags().await.len(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_travels_behind_one_that_waits_is_not_held_up_for_long() {
    let place = Place::server("pool_size=2").await;
    let db = &place.db;
    let tag = db.tag().insert(NewTag::new("rust")).await.unwrap();
    let user = db.user().insert(NewUser::new("ada@example.com", "Ada")).await.unwrap();
    // What travels is prepared, on both connections.
    let (one, two) = (db.begin().await.unwrap(), db.begin().await.unwrap());
    for tx in [&one, &two] {
        tx.tag().get(tag.id).await.unwrap();
        tx.user().get(user.id).await.unwrap();
    }
    one.commit().await.unwrap();
    two.commit().await.unwrap();
    let locks = place.server.as_ref().expect("PostgreSQL").client().await;
    locks.batch_execute("BEGIN; LOCK TABLE tags").await.unwrap();
    let holds = db.begin().await.unwrap();
    holds.user().get(user.id).await.unwrap();
    let waits = tokio::spawn({
        let db = db.clone();
        async move { db.tag().get(tag.id).await }
    });
    somebody_waits(&locks).await;
    let travels = tokio::spawn({
        let db = db.clone();
        async move { db.user().get(user.id).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!travels.is_finished(), "both connections are taken, and the one is at a standstill");
    let start = Instant::now();
    holds.commit().await.unwrap();
    assert_eq!(timeout(HANGS, travels).await.unwrap().unwrap().unwrap().name, "Ada");
    assert!(!waits.is_finished(), "after {:?} the table is still locked", start.elapsed());
    locks.batch_execute("COMMIT").await.unwrap();
    assert_eq!(timeout(HANGS, waits).await.unwrap().unwrap().unwrap().name, "rust");
}

/// How long somebody travels is the program's to say, and whether anybody does.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_travels_for_longer_than_is_said() {
    for (setting, waits) in [("shared_reads=0", 1), ("shared_read_wait=1h", 0), ("shared_read_wait=1ms", 1)] {
        let place = Place::server(&format!("pool_size=1&{setting}")).await;
        let db = &place.db;
        let tag = db.tag().insert(NewTag::new("rust")).await.unwrap();
        let user = db.user().insert(NewUser::new("ada@example.com", "Ada")).await.unwrap();
        db.tag().get(tag.id).await.unwrap();
        db.user().get(user.id).await.unwrap();
        let locks = place.server.as_ref().expect("PostgreSQL").client().await;
        locks.batch_execute("BEGIN; LOCK TABLE tags").await.unwrap();
        let first = tokio::spawn({
            let db = db.clone();
            async move { db.tag().get(tag.id).await }
        });
        somebody_waits(&locks).await;
        let other = tokio::spawn({
            let db = db.clone();
            async move { db.user().get(user.id).await }
        });
        let start = Instant::now();
        while db.gauges().waiting < 1 && start.elapsed() < Duration::from_millis(300) + HANGS * waits {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(db.gauges().waiting, waits as usize, "{setting}");
        locks.batch_execute("COMMIT").await.unwrap();
        assert_eq!(timeout(HANGS, first).await.unwrap().unwrap().unwrap().name, "rust");
        assert_eq!(timeout(HANGS, other).await.unwrap().unwrap().unwrap().name, "Ada");
    }
}

/// Who travels along is answered though somebody else has the connection by then, and keeps it.
#[tokio::test(flavor = "multi_thread")]
async fn who_travels_along_needs_no_connection() {
    let place = Place::server("pool_size=1").await;
    let db = &place.db;
    let tag = db.tag().insert(NewTag::new("rust")).await.unwrap();
    let user = db.user().insert(NewUser::new("ada@example.com", "Ada")).await.unwrap();
    db.tag().get(tag.id).await.unwrap();
    db.user().get(user.id).await.unwrap();
    let locks = place.server.as_ref().expect("PostgreSQL").client().await;
    // On a busy machine it may have to wait for longer than it travels.
    for _ in 0..50 {
        locks.batch_execute("BEGIN; LOCK TABLE tags").await.unwrap();
        let first = tokio::spawn({
            let db = db.clone();
            async move { db.tag().get(tag.id).await }
        });
        somebody_waits(&locks).await;
        let next = tokio::spawn({
            let db = db.clone();
            async move { db.begin().await }
        });
        while db.gauges().waiting == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let travels = tokio::spawn({
            let db = db.clone();
            async move { db.user().get(user.id).await }
        });
        tokio::time::sleep(Duration::from_millis(2)).await;
        locks.batch_execute("COMMIT").await.unwrap();
        first.await.unwrap().unwrap();
        let keeps = next.await.unwrap().unwrap();
        let answer = timeout(Duration::from_millis(500), travels).await;
        keeps.rollback().await.unwrap();
        if let Ok(user) = answer {
            assert_eq!(user.unwrap().unwrap().name, "Ada");
            return;
        }
    }
    panic!("nobody travels along");
}
