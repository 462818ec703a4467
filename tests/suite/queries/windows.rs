//! Values of the rows around each row.

use rex_orm::{count, cume_dist, dense_rank, ntile, percent_rank, rank, row_number};

use super::on_every_shop;
use super::shop::plain;

#[tokio::test]
async fn ranks_within_partitions() {
    on_every_shop("window_ranks", async |db| {
        let rows: Vec<(i64, i64, i64, i64)> = db
            .track()
            .find()
            .order(|t| t.id.asc())
            .select(|t| {
                (
                    t.id,
                    row_number().partition(t.format).order((t.price.desc(), t.id.asc())),
                    rank().partition(t.format).order(t.price.desc()),
                    dense_rank().partition(t.format).order(t.price.desc()),
                )
            })
            .await?
            .into_iter()
            .map(|(id, number, rank, dense)| (id.0, number, rank, dense))
            .collect();
        let sql = "SELECT id, row_number() OVER (PARTITION BY format ORDER BY price DESC, id), \
                   rank() OVER (PARTITION BY format ORDER BY price DESC), \
                   dense_rank() OVER (PARTITION BY format ORDER BY price DESC) FROM tracks ORDER BY id";
        assert_eq!(rows, plain(db, sql).await?);
        assert_eq!(rows[7], (8, 4, 4, 2));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn neighbours() {
    on_every_shop("window_neighbours", async |db| {
        let rows = db
            .track()
            .find()
            .filter(|t| t.id.le(4))
            .order(|t| t.id.asc())
            .select(|t| {
                (
                    t.name.lag(1).order(t.id.asc()),
                    t.name.lead(2).order(t.id.asc()),
                    t.name.first_value().order(t.id.asc()),
                    t.name.last_value().order(t.id.asc()).rows_between(None, None),
                    t.name.nth_value(2).order(t.id.asc()).rows_between(None, None),
                )
            })
            .await?;
        let text = |text: &str| Some(text.to_owned());
        let [a, b, c, d] = ["Go Down", "Dog Eat Dog", "Overdose", "Fast As a Shark"].map(text);
        let ends = || (a.clone(), d.clone(), b.clone());
        let row = |lag: &Option<String>, lead: &Option<String>| {
            let (first, last, second) = ends();
            (lag.clone(), lead.clone(), first, last, second)
        };
        assert_eq!(rows, [row(&None, &c), row(&a, &d), row(&b, &None), row(&c, &None)]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn aggregates_over_windows() {
    on_every_shop("window_aggregates", async |db| {
        let rows = db
            .track()
            .find()
            .filter(|t| t.id.le(4))
            .order(|t| t.id.asc())
            .select(|t| {
                (
                    t.millis.sum().over().order(t.id.asc()),
                    t.millis.sum().over().order(t.id.asc()).rows_between(1, 0),
                    count().over().partition(t.format),
                    t.price.max().over(),
                    count().filter(t.explicit.eq(true)).over(),
                    // What is computed of it, and beside it.
                    t.millis.max().over().value().sub(t.millis),
                )
            })
            .await?;
        let sql = "SELECT sum(millis) OVER (ORDER BY id), sum(millis) OVER (ORDER BY id ROWS 1 PRECEDING), \
                   count(*) OVER (PARTITION BY format), count(*) FILTER (WHERE name = 'Dog Eat Dog') OVER (), \
                   max(millis) OVER () - millis FROM tracks WHERE id <= 4 ORDER BY id";
        let expected: Vec<(i64, i64, i64, i64, i32)> = plain(db, sql).await?;
        let found: Vec<_> = rows
            .into_iter()
            .map(|(running, two, format, dearest, explicit, less)| {
                assert_eq!(dearest, Some(super::shop::money(149)));
                (running.unwrap_or(0), two.unwrap_or(0), format, explicit, less.unwrap_or(0))
            })
            .collect();
        assert_eq!(found, expected);
        let parts = db.track().find().order(|t| t.id.asc()).limit(2).select(|t| {
            (ntile(3).order(t.id.asc()), percent_rank().order(t.id.asc()), cume_dist().order(t.id.asc()))
        });
        assert_eq!(parts.await?, [(1, 0.0, 0.125), (1, 1.0 / 7.0, 0.25)]);
        Ok(())
    })
    .await;
}

/// Windows over groups, the rows of which are the groups.
#[tokio::test]
async fn windows_over_groups() {
    on_every_shop("window_groups", async |db| {
        let rows = db
            .track()
            .find()
            .group_by(|t| t.format)
            .order(|format, _| format.asc())
            .select(|format, _| (format, count(), rank().order(count().desc()), count().sum().over()))
            .await?;
        let rows: Vec<_> = rows.into_iter().map(|(_, count, rank, all)| (count, rank, all)).collect();
        assert_eq!(rows, [(4, 1, Some(8)), (2, 2, Some(8)), (2, 2, Some(8))]);
        Ok(())
    })
    .await;
}

/// The dearest two of each format: a window is filtered by in a query around it.
#[tokio::test]
async fn the_first_of_each_partition() {
    on_every_shop("window_top", async |db| {
        let ranked = db
            .track()
            .find()
            .select(|t| (t.id, row_number().partition(t.format).order((t.price.desc(), t.id.asc()))));
        let top = ranked.nested().filter(|(_, place)| place.le(2)).order(|(id, _)| id.asc());
        let ids: Vec<i64> = top.await?.into_iter().map(|(id, _)| id.0).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5, 7]);
        Ok(())
    })
    .await;
}
