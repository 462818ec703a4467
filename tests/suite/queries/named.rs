//! Queries within queries: as values, in conditions, as tables, named, and recursive.

use rex_orm::{Common, Result, count, exists, scalar, value};

use super::on_every_shop;
use super::shop::{money, plain};
use crate::fixtures::music::{Db, EmployeeId, GenreId, Invoice, TrackId};

#[tokio::test]
async fn in_conditions_and_selections() {
    on_every_shop("nested_conditions", async |db| {
        let sold = || db.invoice_line().find().select(|l| l.track_id);
        let names: Vec<i64> = ids(db
            .track()
            .find()
            .filter(|t| t.id.in_query(sold()))
            .order(|t| t.id.asc())
            .select(|t| t.id)
            .await?);
        assert_eq!(names, [1, 3, 4, 5, 7]);
        let rest: Vec<i64> = ids(db
            .track()
            .find()
            .filter(|t| t.id.not_in_query(sold()))
            .order(|t| t.id.asc())
            .select(|t| t.id)
            .await?);
        assert_eq!(rest, [2, 6, 8]);
        // Null among the values says nothing about the others, and null is none of them.
        let genres = || db.track().find().select(|t| t.genre_id);
        let unused = db.genre().find().filter(|g| g.id.not_in_query(genres())).select(|g| g.name).await?;
        assert_eq!(unused, ["Jazz"]);
        let rock = || db.genre().find().filter(|g| g.name.eq("Rock")).select(|g| g.id);
        assert_eq!(db.track().find().filter(|t| t.genre_id.not_in_query(rock())).count().await?, 4);
        assert_eq!(
            db.track().find().filter(|t| !t.genre_id.in_query(rock())).count().await?,
            3,
            "null is unknown"
        );
        let any = db.genre().find().filter(|_| exists(sold())).count().await?;
        assert_eq!(any, 3);
        Ok(())
    })
    .await;
}

fn ids(ids: Vec<TrackId>) -> Vec<i64> {
    ids.into_iter().map(|id| id.0).collect()
}

#[tokio::test]
async fn as_values() {
    on_every_shop("nested_values", async |db| {
        let dearest = || scalar(db.track().find().select(|t| t.price.max()));
        let rows = db
            .track()
            .find()
            .filter(|t| t.price.eq(dearest()))
            .select(|t| {
                (t.name, dearest(), scalar(db.genre().find().filter(|g| g.id.eq(0)).select(|g| g.name)))
            })
            .await?;
        assert_eq!(rows, [("London Leatherboys".to_owned(), Some(money(199)), None)]);
        // Along a relation, for each row.
        let rows = db
            .artist()
            .find()
            .order(|a| a.id.asc())
            .select(|a| (a.name, a.albums().count(), a.albums().aggregate(|b| b.released.max())))
            .await?;
        let counts: Vec<_> = rows.iter().map(|(name, albums, _)| (&**name, *albums)).collect();
        assert_eq!(counts, [("AC/DC", 1), ("Accept", 2), ("Nobody", 0)]);
        assert_eq!(rows[1].2, chrono::NaiveDate::from_ymd_opt(1982, 10, 4));
        assert_eq!(rows[2].2, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn as_tables() {
    on_every_shop("nested_tables", async |db| {
        let sold = || {
            db.invoice_line()
                .find()
                .group_by(|l| l.track_id)
                .select(|track, l| (track, l.quantity.sum(), l.price.max()))
        };
        let rows = db
            .track()
            .find()
            .left_join_rows(sold(), |(t, (track, ..))| t.id.eq(track))
            .filter(|(t, _)| t.id.le(3))
            .order(|(t, _)| t.id.asc())
            .select(|(t, (_, quantity, price))| (t.id, quantity, price))
            .await?;
        let rows: Vec<_> = rows.into_iter().map(|(id, quantity, price)| (id.0, quantity, price)).collect();
        assert_eq!(rows, [(1, Some(4), Some(money(99))), (2, None, None), (3, Some(2), Some(money(149)))]);
        // Whole rows: the query's are tuples, and none where there is no row.
        let whole = db
            .track()
            .find()
            .left_join_rows(sold(), |(t, (track, ..))| t.id.eq(track))
            .order(|(t, _)| t.id.asc())
            .await?;
        assert!(whole[1].1.is_none());
        assert_eq!(whole[0].1, Some((whole[0].0.id, Some(4), Some(money(99)))));
        let means = sold()
            .nested()
            .select(|(_, quantity, price)| (quantity.avg(), price.sum(), count()))
            .one()
            .await?;
        assert_eq!(means, (Some(2.0), Some(money(675)), 5));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn named_once_and_read_twice() {
    on_every_shop("nested_common", async |db| {
        let totals: Common<(_, Option<i64>)> = db
            .invoice_line()
            .find()
            .group_by(|l| l.invoice_id)
            .select(|i, l| (i, l.quantity.sum()))
            .common("totals");
        let most = scalar(totals.find().select(|(_, quantity)| quantity.max()));
        let rows = totals
            .find()
            .join_on::<Invoice>(|((id, _), i)| i.id.eq(id))
            .filter(|((_, quantity), _)| quantity.eq(most))
            .select(|((id, quantity), i)| (id, quantity, i.customer_id))
            .await?;
        let rows: Vec<_> =
            rows.into_iter().map(|(id, quantity, customer)| (id.0, quantity, customer.0)).collect();
        assert_eq!(rows, [(3, Some(4), 2)]);
        let both = db
            .invoice()
            .find()
            .join_rows(&totals, |(i, (id, _))| i.id.eq(id))
            .join_rows(&totals, |(.., (id, _))| id.gt(0));
        assert_eq!(both.count().await?, 16);
        Ok(())
    })
    .await;
}

/// Everybody below somebody, with how far below.
#[tokio::test]
async fn a_tree_below_a_root() {
    on_every_shop("nested_tree", async |db| tree(db).await).await;
}

async fn tree(db: &Db) -> Result<()> {
    let below = |root: i64| {
        db.employee().find().filter(move |e| e.id.eq(root)).select(|e| (e.id, e.name, value(0))).recursive(
            "below",
            |above| {
                db.employee()
                    .find()
                    .join_rows(above, |(e, (id, ..))| e.boss_id.eq(id))
                    .select(|(e, (.., depth))| (e.id, e.name, depth.add(1)))
            },
        )
    };
    let rows: Vec<(EmployeeId, String, i32)> = below(1).find().order(|(id, ..)| id.asc()).await?;
    let found: Vec<_> = rows.iter().map(|(_, name, depth)| (&**name, *depth)).collect();
    assert_eq!(found, [("Ann", 0), ("Nancy", 1), ("Jane", 2), ("Steve", 2), ("Laura", 1)]);
    let sql = "WITH RECURSIVE b (id, name, depth) AS (SELECT id, name, 0 FROM employees WHERE id = 1 UNION ALL \
               SELECT e.id, e.name, depth + 1 FROM employees e JOIN b ON e.boss_id = b.id) \
               SELECT id, name, depth FROM b ORDER BY id";
    assert_eq!(rows, plain(db, sql).await?);
    let deep = below(2)
        .find()
        .filter(|(.., depth)| depth.gt(0))
        .select(|(_, name, _)| name.string_agg(", ").order(name.asc()));
    assert_eq!(deep.one().await?.as_deref(), Some("Jane, Steve"));
    // Customers of those below, by joining the tree.
    let customers = db
        .customer()
        .find()
        .join_rows(below(2), |(c, (id, ..))| c.helper_id.eq(id))
        .group_by(|(_, (_, name, _))| name)
        .order(|name, _| name.asc())
        .select(|name, _| (name, count()))
        .await?;
    assert_eq!(customers, [("Jane".to_owned(), 2), ("Steve".to_owned(), 1)]);
    // Somebody who is their own boss in the end is followed once.
    db.employee().update(1).boss(3).save().await?;
    let circle =
        db.employee().find().filter(|e| e.id.eq(1)).select(|e| e.id).recursive_distinct("circle", |above| {
            db.employee().find().join_rows(above, |(e, id)| e.boss_id.eq(id)).select(|(e, _)| e.id)
        });
    assert_eq!(circle.find().count().await?, 5);
    assert_eq!(
        db.genre().find().select(|g| g.id).common("all").find().order(|id| id.asc()).await?,
        [1, 2, 3].map(GenreId)
    );
    Ok(())
}
