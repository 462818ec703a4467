//! Rows that are made one: aggregates, of groups and of all.

use rex_orm::{Find, Result, count, row};
use rust_decimal::Decimal;

use super::on_every_shop;
use super::shop::{day, money, plain};
use crate::fixtures::music::{CustomerId, Db, Format, Track};

#[tokio::test]
async fn aggregates_of_all_rows() {
    on_every_shop("group_all", async |db| {
        let (tracks, longest, prices, mean): (i64, Option<i32>, Option<Decimal>, Option<f64>) = db
            .track()
            .find()
            .select(|t| (count(), t.millis.max(), t.price.sum(), t.score.avg()))
            .one()
            .await?;
        assert_eq!((tracks, longest, prices), (8, Some(375_418), Some(money(952))));
        assert_eq!(mean, Some(3.8));
        let none = db.track().find().filter(|t| t.id.eq(0));
        let row =
            none.select(|t| (count(), t.millis.sum(), t.price.avg(), t.name.array_agg(), t.name.max())).one();
        assert_eq!(row.await?, (0, None, None, Vec::new(), None));
        assert_eq!(db.track().find().select(|t| t.id.count()).count().await?, 1, "one row, of aggregates");
        assert!(db.track().find().filter(|t| t.id.eq(0)).select(|_| count()).exists().await?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn each_type_has_its_aggregates() {
    on_every_shop("group_types", async |db| types(db).await).await;
}

async fn types(db: &Db) -> Result<()> {
    let tracks = || db.track().find();
    // A sum of an Int is a BigInt, as is one of a BigInt; of a SmallInt too.
    let sums =
        tracks().select(|t| (t.millis.sum(), t.bytes.sum(), t.score.sum(), t.millis.avg())).one().await?;
    assert_eq!(sums, (Some(2_432_474), Some(i64::from(i32::MAX) * 16), Some(19.0), Some(304_059.25)));
    let lines = db.invoice_line().find().select(|l| (l.quantity.sum(), l.price.avg())).one().await?;
    assert_eq!(lines, (Some(10), Some(1.29)));
    let means = db.invoice().find().select(|i| (i.discount.sum(), i.discount.avg())).one().await?;
    assert_eq!(means, (Some(Decimal::new(1_750, 4)), Some(0.0875)));
    // In the order of what they are: of variants, of truth, of octets, of time.
    let extremes = tracks()
        .select(|t| (t.format.min(), t.format.max(), t.explicit.min(), t.explicit.max()))
        .one()
        .await?;
    assert_eq!(extremes, (Some(Format::Mp3), Some(Format::Lossless), Some(false), Some(true)));
    let extremes =
        tracks().select(|t| (t.code.max(), t.digest.min(), t.digest.max(), t.added_at.max())).one().await?;
    let code = uuid::Uuid::from_u128(0x8888 << 112);
    assert_eq!(extremes, (Some(code), Some(vec![0, 1, 255]), Some(vec![0, 3, 255]), Some(day(8, 10))));
    let counts =
        tracks().select(|t| (count(), t.score.count(), t.name.count_distinct(), t.genre_id.count_distinct()));
    assert_eq!(counts.one().await?, (8, 5, 7, 2));
    Ok(())
}

#[tokio::test]
async fn lists_of_values() {
    on_every_shop("group_lists", async |db| {
        let some = || db.track().find().filter(|t| t.id.in_([1, 3, 2, 8]));
        let (names, scores): (Option<String>, Vec<f64>) = some()
            .select(|t| (t.name.string_agg(" / ").order(t.id.desc()), t.score.array_agg().order(t.id.asc())))
            .one()
            .await?;
        assert_eq!(names.as_deref(), Some("Go Down / Overdose / Dog Eat Dog / Go Down"));
        assert_eq!(scores, [4.5, 3.0], "without nulls");
        let lists = some().select(|t| {
            let by = || t.id.asc();
            (
                t.id.array_agg().order(by()),
                t.price.array_agg().order(by()),
                t.code.array_agg().order(by()),
                t.digest.array_agg().order(by()),
                t.format.array_agg().order(by()),
                t.explicit.array_agg().order(by()),
                t.added_at.array_agg().order(by()),
            )
        });
        let (ids, prices, codes, digests, formats, explicit, added) = lists.one().await?;
        assert_eq!(ids.iter().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 3, 8]);
        assert_eq!(prices, [99, 99, 149, 79].map(money));
        assert_eq!(codes, [0x1111, 0x2222, 0x3333, 0x8888].map(|code| uuid::Uuid::from_u128(code << 112)));
        assert_eq!(digests, [vec![0, 1, 255], vec![0, 2, 255], vec![0, 3, 255]]);
        assert_eq!(formats, [Format::Mp3, Format::Mp3, Format::Lossless, Format::Mp3]);
        assert_eq!(explicit, [false, true, false, false]);
        assert_eq!(added, [1, 2, 3, 8].map(|month| day(month, 10)));
        Ok(())
    })
    .await;
}

#[derive(Clone, Debug, PartialEq)]
struct Spent {
    name: String,
    spent: Option<Decimal>,
    lines: i64,
}

/// What the customers have spent: the ones with most first.
#[tokio::test]
async fn groups_over_joins() {
    on_every_shop("group_joins", async |db| {
        let spent: Vec<Spent> = db
            .customer()
            .find()
            .join(|c| c.invoices())
            .join(|(_, i)| i.lines())
            .group_by(|(c, ..)| (c.id, c.name))
            .having(|_, (.., line)| count().gt(1) & line.price.max().gt(money(100)))
            .order(|(_, name), (.., line)| (line.quantity.sum().desc(), name.asc()))
            .select(|(_, name), (.., line)| {
                let total = line.price.mul(line.quantity.widen::<Decimal>()).sum();
                row!(Spent { name, spent: total, lines: count() })
            })
            .await?;
        let row =
            |name: &str, cents, lines| Spent { name: name.to_owned(), spent: Some(money(cents)), lines };
        assert_eq!(spent, [row("Frank", 426, 2), row("Luis", 496, 3)]);
        let counts: Vec<(CustomerId, i64)> = db
            .customer()
            .find()
            .left_join(|c| c.invoices())
            .group_by(|(c, _)| c.id)
            .order(|id, _| id.asc())
            .select(|id, (_, i)| (id, i.id.count()))
            .await?;
        let sql = "SELECT c.id, count(i.id) FROM customers c LEFT JOIN invoices i ON i.customer_id = c.id \
                   GROUP BY c.id ORDER BY c.id";
        assert_eq!(counts, plain(db, sql).await?);
        Ok(())
    })
    .await;
}

/// A key with a value in it is the same wherever it stands.
#[tokio::test]
async fn groups_by_expressions() {
    on_every_shop("group_expressions", async |db| {
        let groups = || db.track().find().group_by(|t| (t.millis.div(100_000), t.explicit));
        let rows: Vec<(Option<i32>, bool, i64)> = groups()
            .having(|(hundreds, _), _| hundreds.gt(1))
            .order(|(hundreds, explicit), _| (hundreds.desc(), explicit.asc()))
            .select(|(hundreds, explicit), _| (hundreds.add(0), explicit, count()))
            .await?;
        assert_eq!(rows, [(Some(3), false, 4), (Some(3), true, 1), (Some(2), false, 2), (Some(2), true, 1)]);
        assert_eq!(groups().select(|(hundreds, _), _| hundreds).count().await?, 4);
        assert_eq!(groups().select(|(hundreds, _), _| hundreds).first().await?, Some(Some(2)), "by the keys");
        let formats = db.track().find().group_by(|t| t.format).select(|format, _| format);
        assert_eq!(formats.first().await?, Some(Format::Mp3), "in the order of its variants");
        let nobody = groups().having(|_, _| count().gt(100)).select(|_, _| count());
        assert!(!nobody.exists().await?);
        Ok(())
    })
    .await;
}

/// Conditions that are put together at run time, and groups behind them.
#[tokio::test]
async fn a_query_that_is_put_together() {
    fn narrowed(mut find: Find<Track>, name: Option<&str>, longer: Option<i32>) -> Find<Track> {
        if let Some(name) = name {
            find = find.filter(|t| t.name.starts_with(name));
        }
        if let Some(longer) = longer {
            find = find.filter(|t| t.millis.gt(longer));
        }
        find
    }

    on_every_shop("group_built", async |db| {
        for (name, longer, expected) in [
            (None, None, 3),
            (Some("Go"), None, 1),
            (Some("B"), Some(300_000), 1),
            (Some("B"), Some(400_000), 0),
        ] {
            let query = narrowed(db.track().find(), name, longer);
            let mut groups = query.group_by(|t| t.format);
            if longer.is_some() {
                groups = groups.having(|_, t| t.millis.avg().gt(1.0));
            }
            assert_eq!(
                groups.select(|format, _| (format, count())).await?.len(),
                expected,
                "{name:?} {longer:?}"
            );
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn aggregates_of_some_rows() {
    on_every_shop("group_filter", async |db| {
        let (all, long, dear): (i64, i64, Option<Decimal>) = db
            .track()
            .find()
            .select(|t| {
                let long = count().filter(t.millis.gt(300_000));
                (count(), long, t.price.sum().filter(t.price.gt(money(100)) & t.format.ne(Format::Aac)))
            })
            .one()
            .await?;
        assert_eq!((all, long, dear), (8, 5, Some(money(348))));
        let share =
            db.track().find().select(|t| t.millis.sum().filter(t.explicit.eq(true)).div(count())).one();
        assert_eq!(share.await?, Some((215_196 + 342_562) / 8));
        Ok(())
    })
    .await;
}

/// What leaves the type is an error, on every database of the same kind.
#[tokio::test]
async fn a_sum_that_is_too_large_is_an_error() {
    on_every_shop("group_overflow", async |db| {
        db.track().find().update().bytes(i64::MAX).save().await?;
        let error = db.track().find().select(|t| t.bytes.sum()).one().await.expect_err("it leaves the type");
        assert_eq!(error.kind(), rex_orm::Kind::Check);
        let one = db.track().find().limit(1).select(|t| (t.id, t.bytes)).nested();
        assert_eq!(one.select(|(_, bytes)| bytes.sum()).one().await?, Some(i64::MAX));
        Ok(())
    })
    .await;
}
