//! How queries over several tables, and what they select, are ended: one row, some, all as they come, how many;
//! and rows that were deleted, along relations.

use rex_orm::{Kind, Result};

use super::asked::{answers, execute, sql};
use super::rows::in_every_store;
use crate::fixtures::sakila::{Db, Store};

const PAIRS: &str = "SELECT f.id, a.id FROM films f JOIN credits c ON c.film_id = f.id JOIN actors a ON a.id = \
    c.actor_id WHERE f.length > 150 ORDER BY f.id, a.id";

#[tokio::test]
async fn of_several_tables() {
    in_every_store("ends_of_joins", async |db| {
        ends_of_joins(db).await?;
        ends_of_selections(db).await?;
        some_of_them(db).await
    })
    .await;
}

async fn ends_of_joins(db: &Db) -> Result<()> {
    let joined = |least: i16| {
        let joined = db.film().find().join(|f| f.actors()).filter(move |(f, _)| f.length.gt(least));
        joined.order(|(f, a)| (f.id.asc(), a.id.asc()))
    };
    let pairs: Vec<(i64, i64)> = sql(db, PAIRS).await?;
    assert_eq!(joined(150).count().await?, pairs.len() as i64);
    assert_eq!((joined(150).exists().await?, joined(9_999).exists().await?), (true, false));
    let (film, actor) = joined(150).first().await?.expect("there is one");
    assert_eq!((film.id.0, actor.id.0), pairs[0]);
    assert_eq!(joined(9_999).first().await?, None);
    assert_eq!(joined(150).one().await?, (film, actor));
    assert_eq!(joined(9_999).one().await.expect_err("there is none").kind(), Kind::NotFound);
    let (mut stream, mut streamed) = (joined(150).stream(), Vec::new());
    while let Some((film, actor)) = stream.try_next().await? {
        streamed.push((film.id.0, actor.id.0));
    }
    assert_eq!(streamed, pairs);
    let plan = joined(150).explain().await?;
    assert!(plan.contains("actors") || plan.contains("credits"), "{plan}");
    Ok(())
}

async fn ends_of_selections(db: &Db) -> Result<()> {
    let selected = |least: i16| {
        let joined = db.film().find().join(|f| f.actors()).filter(move |(f, _)| f.length.gt(least));
        joined.order(|(f, a)| (f.id.asc(), a.id.asc())).select(|(f, a)| (f.id, a.id))
    };
    let plain = |(film, actor): (crate::fixtures::sakila::FilmId, crate::fixtures::sakila::ActorId)| {
        (film.0, actor.0)
    };
    let pairs: Vec<(i64, i64)> = sql(db, PAIRS).await?;
    assert_eq!((selected(150).exists().await?, selected(9_999).exists().await?), (true, false));
    assert_eq!(selected(150).first().await?.map(plain), Some(pairs[0]));
    assert_eq!(selected(9_999).first().await?, None);
    assert_eq!(plain(selected(150).one().await?), pairs[0]);
    assert_eq!(selected(9_999).one().await.expect_err("there is none").kind(), Kind::NotFound);
    let (mut stream, mut streamed) = (selected(150).stream(), Vec::new());
    while let Some(pair) = stream.try_next().await? {
        streamed.push(plain(pair));
    }
    assert_eq!(streamed, pairs);
    let plan = selected(150).explain().await?;
    assert!(plan.contains("actors") || plan.contains("credits"), "{plan}");
    Ok(())
}

async fn some_of_them(db: &Db) -> Result<()> {
    answers! { db;
        "some of the joined": db.film().find()
            .join(|f| f.actors()).order(|(f, a)| (f.id.desc(), a.id.asc())).limit(9).offset(4).select(|(f, a)| (f.id, a.id))
            => "SELECT f.id, a.id FROM films f JOIN credits c ON c.film_id = f.id JOIN actors a ON a.id = c.actor_id \
                ORDER BY f.id DESC, a.id LIMIT 9 OFFSET 4";
        "some of the selected": db.film().find()
            .join(|f| f.actors()).order(|(f, a)| (f.id.desc(), a.id.asc())).select(|(f, a)| (f.id, a.id)).limit(9).offset(4)
            => "SELECT f.id, a.id FROM films f JOIN credits c ON c.film_id = f.id JOIN actors a ON a.id = c.actor_id \
                ORDER BY f.id DESC, a.id LIMIT 9 OFFSET 4";
        "the first of each pair": db.film().find()
            .left_join(|f| f.original()).distinct_on(|(f, l)| (l.id, f.days))
            .order(|(f, _)| (f.length.desc().nulls_last(), f.id.asc())).select(|(f, l)| (l.id, f.days, f.id))
            => "SELECT original_id, days, id FROM (SELECT original_id, days, id, row_number() OVER (PARTITION BY \
                original_id, days ORDER BY length DESC NULLS LAST, id) AS n FROM films) AS f WHERE n = 1 ORDER BY \
                original_id NULLS LAST, days";
    }
    Ok(())
}

#[tokio::test]
async fn deleted_along() {
    in_every_store("deleted_along", async |db| deleted_rows_along_relations(db).await).await;
}

/// Who closed an account is loaded, counted and joined where that is asked for.
async fn deleted_rows_along_relations(db: &Db) -> Result<()> {
    execute(db, "UPDATE customers SET closed_at = {@2026-01-01} WHERE id % 3 = 0").await?;
    let stores: Vec<(Store, i64, i64, i64)> = db
        .store()
        .find()
        .order(|s| s.id.asc())
        .with_count(|s| s.customers())
        .with_count(|s| s.customers().only_deleted().filter(|c| c.active.eq(true)))
        .with_count(|s| s.customers().with_deleted())
        .await?;
    let counts: Vec<(i64, i64, i64, i64)> =
        stores.into_iter().map(|(s, live, gone, all)| (s.id.0, live, gone, all)).collect();
    let text = "SELECT store_id, count(*) FILTER (WHERE closed_at IS NULL), count(*) FILTER (WHERE closed_at IS NOT NULL \
        AND active), count(*) FROM customers GROUP BY store_id ORDER BY store_id";
    assert_eq!(counts, sql(db, text).await?);
    let loaded = db
        .address()
        .find()
        .order(|a| a.id.asc())
        .with(|a| a.customers().only_deleted().order(|c| c.id.desc()))
        .await?;
    let loaded: Vec<(i64, i64)> =
        loaded.iter().flat_map(|(a, customers)| customers.iter().map(|c| (a.id.0, c.id.0))).collect();
    assert_eq!(
        loaded,
        sql(db, "SELECT address_id, id FROM customers WHERE closed_at IS NOT NULL ORDER BY 1, 2 DESC")
            .await?
    );
    answers! { db;
        "joined with them": db.store().find()
            .join(|s| s.customers().only_deleted()).order(|(_, c)| c.id.asc()).select(|(s, c)| (s.id, c.id))
            => "SELECT store_id, id FROM customers WHERE closed_at IS NOT NULL ORDER BY id";
        "asked about them": db.store().find()
            .order(|s| s.id.asc())
            .select(|s| (s.id, s.customers().with_deleted().filter(|c| c.id.le(30)).count(), s.customers().only_deleted().aggregate(|c| c.id.max())))
            => "SELECT store_id, count(*) FILTER (WHERE id <= 30), max(id) FILTER (WHERE closed_at IS NOT NULL) FROM \
                customers GROUP BY store_id ORDER BY store_id";
    }
    Ok(())
}
