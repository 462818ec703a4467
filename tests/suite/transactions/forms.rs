//! A transaction as a value, beside others of its kind and within them.

use rex_orm::Kind;

use super::{Place, add};

#[tokio::test]
async fn a_guard_keeps_what_is_committed_and_nothing_else() {
    for place in Place::all().await {
        let db = &place.db;
        let tx = db.begin().await.unwrap();
        add(&tx, "kept").await.unwrap();
        tx.commit().await.unwrap();

        let tx = db.begin().await.unwrap();
        add(&tx, "rolled back").await.unwrap();
        tx.rollback().await.unwrap();

        let tx = db.begin().await.unwrap();
        add(&tx, "dropped").await.unwrap();
        drop(tx);
        assert_eq!(place.tags().await, ["kept"], "{}", place.url);
    }
}

#[tokio::test]
async fn guards_nest() {
    for place in Place::all().await {
        let tx = place.db.begin().await.unwrap();
        add(&tx, "outer").await.unwrap();
        for (name, end) in [("kept", 0), ("rolled back", 1), ("dropped", 2)] {
            let nested = tx.begin().await.unwrap();
            add(&nested, name).await.unwrap();
            let deeper = nested.begin().await.unwrap();
            add(&deeper, &format!("{name}, deeper")).await.unwrap();
            match end {
                0 => deeper.commit().await.unwrap(),
                1 => drop(deeper),
                _ => deeper.rollback().await.unwrap(),
            }
            match end {
                0 => nested.commit().await.unwrap(),
                1 => nested.rollback().await.unwrap(),
                _ => drop(nested),
            }
        }
        // A closure within a guard.
        tx.transaction(async |inner| add(&inner, "closure").await).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(place.tags().await, ["outer", "kept", "kept, deeper", "closure"], "{}", place.url);
    }
}

/// It would wait for its own end, and nobody would say so.
#[tokio::test]
async fn what_is_around_an_open_guard_refuses() {
    for place in Place::all().await {
        let tx = place.db.begin().await.unwrap();
        let nested = tx.begin().await.unwrap();
        let error = add(&tx, "around").await.expect_err("a nested one is open");
        assert_eq!(error.kind(), Kind::Transaction, "{}", place.url);
        assert!(error.to_string().contains("nested"), "{error}");
        let error = tx.begin().await.expect_err("a nested one is open");
        assert_eq!(error.kind(), Kind::Transaction, "{}", place.url);
        add(&nested, "nested").await.unwrap();
        nested.commit().await.unwrap();
        add(&tx, "after").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(place.tags().await, ["nested", "after"], "{}", place.url);
    }
}

#[tokio::test]
async fn a_transaction_that_ends_before_what_is_in_it_keeps_nothing() {
    for place in Place::all().await {
        let tx = place.db.begin().await.unwrap();
        let nested = tx.begin().await.unwrap();
        add(&nested, "nested").await.unwrap();
        let error = tx.commit().await.expect_err("a nested one is open");
        assert_eq!(error.kind(), Kind::Transaction, "{}", place.url);
        let error = nested.commit().await.and(add(&place.db, "after").await);
        assert!(error.is_err() || place.tags().await == ["after"], "{}", place.url);
        assert!(!place.tags().await.contains(&"nested".to_owned()), "{}", place.url);
    }
}

/// A statement failed and its error was not handed on: PostgreSQL can keep nothing and says so,
/// where SQLite undid the statement alone.
#[tokio::test]
async fn a_failure_that_is_swallowed_is_never_half_kept() {
    for place in Place::all().await {
        add(&place.db, "there").await.unwrap();
        let outcome = place
            .db
            .transaction(async |tx| {
                add(&tx, "new").await?;
                assert!(add(&tx, "there").await.is_err());
                Ok(())
            })
            .await;
        match outcome {
            Ok(()) => assert_eq!(place.tags().await, ["there", "new"], "{}", place.url),
            Err(error) => {
                assert_eq!(error.kind(), Kind::Transaction, "{}: {error}", place.url);
                assert_eq!(place.tags().await, ["there"], "{}", place.url);
            }
        }
        // In a nested transaction it harms nobody.
        let outcome = place.db.transaction(async |tx| {
            assert!(tx.transaction(async |inner| add(&inner, "there").await).await.is_err());
            add(&tx, "beside").await
        });
        outcome.await.unwrap();
        assert!(place.tags().await.contains(&"beside".to_owned()), "{}", place.url);
    }
}

/// Clones of a handle are used at once, and one that outlives its transaction is of no use.
#[tokio::test]
async fn a_handle_that_is_left_holds_nothing() {
    for place in Place::all().await {
        let tx = place.db.begin().await.unwrap();
        let left = tx.clone();
        let (one, other) = (left.clone(), left.clone());
        let both = tokio::join!(add(&one, "one"), other.transaction(async |tx| add(&tx, "other").await));
        both.0.and(both.1).unwrap();
        drop(tx);
        let error = add(&left, "late").await.expect_err("it has ended");
        assert_eq!(error.kind(), Kind::Transaction, "{}", place.url);
        add(&place.db, "free").await.unwrap();
        assert_eq!(place.tags().await, ["free"], "{}", place.url);
    }
}

/// Either form of closure tells its error's type by itself.
#[tokio::test]
async fn closures_that_return_a_future_do_as_well() {
    for place in Place::all().await {
        let db = place.db.clone();
        let name = "borrowed".to_owned();
        let mut times = 0;
        let here = db.transaction(async |tx| {
            add(&tx, &name).await?;
            times += 1;
            Ok(times)
        });
        assert_eq!(here.await.unwrap(), 1);
        let moved = db.transaction(|tx| async move {
            add(&tx, "moved").await?;
            tx.transaction(|inner| async move { add(&inner, "nested").await }).await?;
            Ok(())
        });
        moved.await.unwrap();
        // Another thread may run either.
        tokio::spawn(async move {
            let text = name;
            db.transaction(async |tx| add(&tx, &format!("{text} elsewhere")).await).await
        })
        .await
        .unwrap()
        .unwrap();
        assert_eq!(
            place.tags().await,
            ["borrowed", "moved", "nested", "borrowed elsewhere"],
            "{}",
            place.url
        );
    }
}
