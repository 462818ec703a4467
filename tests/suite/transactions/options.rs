//! Isolation, read-only, deferrable.

use std::hash::{BuildHasher, RandomState};

use rex_orm::{Isolation, Kind, TransactionOptions};

use super::{Place, add};

#[tokio::test]
async fn a_read_only_transaction_refuses_to_write_and_the_next_one_does_not() {
    for place in Place::all().await {
        add(&place.db, "there").await.unwrap();
        let read_only = || place.db.transaction_with(TransactionOptions::new().read_only());
        let count = read_only().run(|tx| async move { tx.tag().find().count().await }).await.unwrap();
        assert_eq!(count, 1);
        let error = read_only().run(|tx| async move { add(&tx, "no").await }).await.expect_err("a write");
        assert_eq!(error.kind(), Kind::Transaction, "{}: {error}", place.url);
        assert!(error.to_string().contains("read"), "{error}");
        // However it ends.
        let guard = read_only().begin().await.unwrap();
        assert!(add(&guard, "no").await.is_err());
        drop(guard);
        let guard = read_only().begin().await.unwrap();
        guard.commit().await.unwrap();
        add(&place.db, "yes").await.unwrap();
        assert_eq!(place.tags().await, ["there", "yes"], "{}", place.url);
    }
}

/// On SQLite every transaction has the last level; with a file, readers go beside writers.
#[tokio::test]
async fn all_statements_of_a_transaction_see_one_state() {
    let levels = [Isolation::RepeatableRead, Isolation::Serializable];
    for place in [Place::file("").await, Place::server("").await] {
        for (before, level) in levels.into_iter().enumerate() {
            let tx = place.db.transaction_with(level).read_only().begin().await.unwrap();
            assert_eq!(tx.tag().find().count().await.unwrap(), before as i64);
            add(&place.db, &format!("{level:?}")).await.unwrap();
            assert_eq!(tx.tag().find().count().await.unwrap(), before as i64, "{level:?} {}", place.url);
            tx.commit().await.unwrap();
        }
    }
    let place = Place::server("").await;
    let tx = place.db.transaction_with(Isolation::ReadCommitted).begin().await.unwrap();
    assert_eq!(tx.tag().find().count().await.unwrap(), 0);
    add(&place.db, "seen").await.unwrap();
    assert_eq!(tx.tag().find().count().await.unwrap(), 1);
}

/// PostgreSQL itself is asked what it was told.
#[tokio::test]
async fn the_server_is_told_all_of_it() {
    let place = Place::server("").await;
    let database = place.server.as_ref().expect("PostgreSQL");
    let said = |level: &str, read_only: &str, deferrable: &str| {
        format!(
            "(current_setting('transaction_isolation'), current_setting('transaction_read_only'), \
             current_setting('transaction_deferrable')) = ('{level}', '{read_only}', '{deferrable}')"
        )
    };
    let all = said("serializable", "on", "on");
    let client = database.client().await;
    // Roles are the whole server's, which others may use.
    let role = format!("rex_test_{:016x}", RandomState::new().hash_one(0));
    // Every tag is seen only if the transaction is what it was asked to be.
    let policy = format!(
        "ALTER TABLE tags ENABLE ROW LEVEL SECURITY; ALTER TABLE tags FORCE ROW LEVEL SECURITY; \
         INSERT INTO tags (name) VALUES ('x'); CREATE POLICY as_asked ON tags USING ({all}); \
         CREATE ROLE {role} LOGIN PASSWORD 'p'; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"
    );
    client.batch_execute(&policy).await.unwrap();
    let db = crate::blog::Db::connect(&database.tcp_url(&role, "p")).await.unwrap();
    let count = |options: TransactionOptions| {
        let with = db.transaction_with(options);
        async move { with.run(|tx| async move { tx.tag().find().count().await }).await.unwrap() }
    };
    let serializable = TransactionOptions::from(Isolation::Serializable);
    let counts = [
        count(serializable.read_only().deferrable()).await,
        count(serializable.read_only()).await,
        count(TransactionOptions::new().read_only().deferrable()).await,
        count(TransactionOptions::new()).await,
    ];
    drop(db);
    client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
    assert_eq!(counts, [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_nested_transaction_has_the_options_of_the_one_around_it() {
    for place in Place::all().await {
        let outcome = place
            .db
            .transaction_with(Isolation::RepeatableRead)
            .run(|tx| async move {
                tx.transaction_with(Isolation::ReadCommitted)
                    .run(|tx| async move { add(&tx, "a").await })
                    .await?;
                tx.transaction_with(Isolation::Serializable)
                    .run(|tx| async move { add(&tx, "b").await })
                    .await
            })
            .await;
        let error = outcome.expect_err("it cannot be more than it is");
        assert_eq!(error.kind(), Kind::Transaction, "{}: {error}", place.url);
        assert!(error.to_string().contains("savepoint"), "{error}");
    }
}
