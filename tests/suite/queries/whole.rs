//! Whole rows among what is selected, and columns that are used as often as one likes.

use rex_orm::row;
use rust_decimal::Decimal;

use super::on_every_shop;
use super::shop::{money, plain};
use crate::fixtures::music::{Album, AlbumId, Customer, Employee, Track, TrackId};

#[tokio::test]
async fn rows_stand_beside_values() {
    on_every_shop("whole_rows", async |db| {
        let all = db.track().find().order(|t| t.id.asc()).await?;
        let rows: Vec<(Decimal, Track, i64, Decimal)> = db
            .track()
            .find()
            .order(|t| t.id.asc())
            .select(|t| (t.price, t, t.playlists().count(), t.price.mul(2)))
            .await?;
        let playlists = "SELECT count(*) FROM tracks t JOIN playlists_tracks l ON l.track_id = t.id \
                         JOIN playlists p ON p.id = l.playlist_id WHERE p.deleted_at IS NULL \
                         GROUP BY t.id ORDER BY t.id";
        let counted: Vec<i64> = plain::<(i64,)>(db, playlists).await?.into_iter().map(|(n,)| n).collect();
        for ((price, track, playlists, double), (known, counted)) in
            rows.into_iter().zip(all.iter().zip(counted))
        {
            assert_eq!((&track, price, double), (known, known.price, known.price * Decimal::TWO));
            assert_eq!(playlists, counted);
        }
        // By itself, it is what a finder gives.
        assert_eq!(db.track().find().order(|t| t.id.asc()).select(|t| t).await?, all);
        let first: Option<(Track, bool)> = db
            .track()
            .find()
            .select(|t| (t, t.price.lt(1)))
            .first()
            .await?
            .map(|(track, cheap)| (track, cheap.unwrap_or_default()));
        assert_eq!(first, Some((all[0].clone(), true)));
        assert_eq!(db.track().find().select(|t| (t, t.id)).count().await?, 8);
        let mut stream = db.track().find().order(|t| t.id.asc()).select(|t| (t.name, t)).stream();
        while let Some((name, track)) = stream.try_next().await? {
            assert_eq!(name, track.name);
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn rows_of_joins_stand_beside_values() {
    on_every_shop("whole_rows_of_joins", async |db| {
        let rows: Vec<(Option<Album>, String, Track)> = db
            .track()
            .find()
            .left_join(|t| t.album())
            .filter(|(t, _)| t.id.ge(7))
            .order(|(t, _)| t.id.asc())
            .select(|(t, a)| (a, t.name, t))
            .await?;
        let shown: Vec<_> =
            rows.iter().map(|(a, name, t)| (a.as_ref().map(|a| a.id), &**name, t.id)).collect();
        let expected = [(Some(AlbumId(3)), "London Leatherboys", TrackId(7)), (None, "Go Down", TrackId(8))];
        assert_eq!(shown, expected);
        // One model twice: each of its rows is the one that was asked for.
        let bosses: Vec<(Employee, Option<Employee>, Option<String>)> = db
            .employee()
            .find()
            .left_join(|e| e.boss())
            .order(|(e, _)| e.id.asc())
            .select(|(e, b)| (e, b, b.name))
            .await?;
        for (employee, boss, name) in &bosses {
            assert_eq!(employee.boss_id, boss.as_ref().map(|boss| boss.id));
            assert_eq!(name.as_ref(), boss.as_ref().map(|boss| &boss.name));
        }
        assert_eq!(bosses.iter().filter(|(_, boss, _)| boss.is_none()).count(), 1);
        Ok(())
    })
    .await;
}

/// Not `Clone`: rows that are selected belong to nobody else.
#[derive(Debug, PartialEq)]
struct Buyer {
    customer: Customer,
    invoices: i64,
}

#[tokio::test]
async fn rows_are_fields_of_structs() {
    on_every_shop("whole_rows_in_structs", async |db| {
        let buyers: Vec<Buyer> = db
            .customer()
            .find()
            .order(|c| c.id.asc())
            .select(|c| row!(Buyer { customer: c, invoices: c.invoices().count() }))
            .await?;
        let known = db.customer().find().order(|c| c.id.asc()).with_count(|c| c.invoices()).await?;
        let known: Vec<Buyer> =
            known.into_iter().map(|(customer, invoices)| Buyer { customer, invoices }).collect();
        assert_eq!(buyers, known);
        let one =
            db.customer().find().select(|c| row!(Buyer { customer: c, invoices: c.invoices().count() }));
        assert_eq!(one.one().await?, known[0]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn columns_of_queries_and_keys_are_copied() {
    on_every_shop("copied_columns", async |db| {
        let sold = || {
            let lines = db.invoice_line().find().group_by(|l| l.track_id);
            lines.select(|track, l| (track, track.ne(3), l.quantity.sum(), l.price.max()))
        };
        let rows = sold()
            .nested()
            .filter(|(_, _, quantity, price)| quantity.gt(1) & quantity.lt(4) | price.gt(1) & price.lt(2))
            .order(|(track, ..)| track.asc())
            .select(|(track, other, quantity, price)| (track, quantity, quantity.mul(2), price, other))
            .await?;
        let sql = "SELECT track_id, sum(quantity) FROM invoice_lines GROUP BY track_id \
                   HAVING sum(quantity) IN (2, 3) OR max(price) BETWEEN 1.01 AND 1.99 ORDER BY track_id";
        let shown: Vec<(TrackId, Option<i64>)> = rows.iter().map(|row| (row.0, row.1)).collect();
        match db.dialect() {
            rex_orm::Dialect::Postgres => assert_eq!(shown, plain(db, sql).await?),
            // Prices are cents there.
            rex_orm::Dialect::Sqlite => {
                let sql = "SELECT track_id, sum(quantity) FROM invoice_lines GROUP BY track_id \
                           HAVING sum(quantity) IN (2, 3) OR max(price) BETWEEN 101 AND 199 ORDER BY track_id";
                assert_eq!(shown, plain(db, sql).await?);
            }
        }
        assert!(rows.iter().all(|(track, quantity, double, ..)| {
            *double == quantity.map(|quantity| quantity * 2) && track.0 > 0
        }));
        assert_eq!(rows.iter().find(|row| row.0 == TrackId(3)).map(|row| (row.3, row.4)), Some((Some(money(149)), Some(false))));
        // Of a named query, and where a join may find no row of it.
        let named = sold().common("sold");
        let unsold = db
            .track()
            .find()
            .left_join_rows(&named, |(t, (track, ..))| t.id.eq(track))
            .filter(|(_, (track, ..))| track.is_none() | track.ge(7))
            .order(|(t, (track, ..))| (track.asc(), t.id.asc()))
            .select(|(t, (track, ..))| (t.id, track, track.optional().coalesce(0)))
            .await?;
        let unsold: Vec<_> = unsold.iter().map(|(id, track, or)| (id.0, track.map(|id| id.0), or.0)).collect();
        assert_eq!(unsold, [(7, Some(7), 7), (2, None, 0), (6, None, 0), (8, None, 0)], "nulls last");
        Ok(())
    })
    .await;
}
