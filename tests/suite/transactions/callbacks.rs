//! What is done once all is kept.

use std::sync::{Arc, Mutex};

use super::{Place, add};
use crate::blog::Db;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn after(&self, db: &Db, line: &'static str) {
        let log = self.clone();
        db.after_commit(move || log.0.lock().unwrap().push(line));
    }

    fn lines(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn callbacks_are_called_after_the_outermost_commit_in_their_order() {
    for place in Place::all().await {
        let (db, log) = (&place.db, Log::default());
        log.after(db, "outside");
        assert_eq!(log.lines(), ["outside"]);
        db.transaction(async |tx| {
            log.after(&tx, "first");
            tx.transaction(async |inner| {
                log.after(&inner, "nested");
                add(&inner, "x").await
            })
            .await?;
            let guard = tx.begin().await?;
            log.after(&guard, "undone");
            let deeper = guard.begin().await?;
            log.after(&deeper, "undone with it");
            deeper.commit().await?;
            drop(guard);
            log.after(&tx, "last");
            assert!(log.lines().is_empty(), "nothing is kept yet");
            Ok(())
        })
        .await
        .unwrap();
        assert_eq!(log.lines(), ["first", "nested", "last"], "{}", place.url);
    }
}

#[tokio::test]
async fn callbacks_of_what_is_undone_are_dropped() {
    for place in Place::all().await {
        let (db, log) = (&place.db, Log::default());
        let kept = Arc::new(());
        let failed: super::Result = db
            .transaction(async |tx| {
                log.after(&tx, "failed");
                let held = Arc::clone(&kept);
                tx.after_commit(move || drop(held));
                tx.tag().get(99).await.map(drop)
            })
            .await;
        assert!(failed.is_err());
        let tx = db.begin().await.unwrap();
        log.after(&tx, "dropped");
        let left = tx.clone();
        drop(tx);
        assert!(log.lines().is_empty(), "{}", place.url);
        assert_eq!(Arc::strong_count(&kept), 1, "what they hold is free, whoever still has a handle");
        drop(left);
    }
}

/// The connection is free by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_callback_may_use_the_database() {
    for place in [Place::file("").await, Place::server("pool_size=1").await] {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let db = place.db.clone();
        let run = place.db.transaction(async |tx| {
            add(&tx, "inside").await?;
            tx.after_commit(move || _ = tokio::spawn(async move { sender.send(add(&db, "after").await) }));
            Ok(())
        });
        run.await.unwrap();
        receiver.await.expect("it was called").unwrap();
        assert_eq!(place.tags().await, ["inside", "after"], "{}", place.url);
    }
}
