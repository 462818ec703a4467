//! Values of each row: columns, expressions, tuples and structs.

use rex_orm::{Result, row, value};
use rust_decimal::Decimal;

use super::on_every_shop;
use super::shop::{money, plain};
use crate::fixtures::embedded::{self, Address, Position};
use crate::fixtures::music::{Db, Format, TrackId};
use crate::support::postgres;

#[tokio::test]
async fn columns_are_selected() {
    on_every_shop("select_columns", async |db| {
        let names: Vec<String> = db.genre().find().order(|g| g.id.desc()).select(|g| g.name).await?;
        assert_eq!(names, ["Jazz", "Metal", "Rock"]);
        let tracks: Vec<(TrackId, String, Option<String>, Format, Decimal)> = db
            .track()
            .find()
            .filter(|t| t.millis.gt(340_000))
            .order(|t| t.id.asc())
            .select(|t| (t.id, t.name, t.composer, t.format, t.price))
            .await?;
        let expected = [
            (TrackId(3), "Overdose".to_owned(), Some("Composer 2".to_owned()), Format::Lossless, money(149)),
            (
                TrackId(5),
                "Princess of the Dawn".to_owned(),
                Some("Composer 1".to_owned()),
                Format::Aac,
                money(129),
            ),
            (
                TrackId(6),
                "Balls to the Wall".to_owned(),
                Some("Composer 2".to_owned()),
                Format::Mp3,
                money(99),
            ),
        ];
        assert_eq!(tracks, expected);
        let sql = "SELECT id, name, composer FROM tracks WHERE millis > 340000 ORDER BY id";
        let same: Vec<_> = tracks.into_iter().map(|(id, name, composer, ..)| (id, name, composer)).collect();
        assert_eq!(same, plain::<(TrackId, String, Option<String>)>(db, sql).await?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn expressions_are_selected() {
    on_every_shop("select_expressions", async |db| {
        let rows = db
            .invoice_line()
            .find()
            .order(|l| l.id.asc())
            .limit(2)
            .select(|l| (l.id, l.price.mul(l.quantity.widen::<Decimal>()), l.quantity.gt(1), value("line")))
            .await?;
        let rows: Vec<_> =
            rows.into_iter().map(|(id, total, many, text)| (id.0, total, many, text)).collect();
        let line = || "line".to_owned();
        assert_eq!(rows, [(1, money(99), Some(false), line()), (2, money(298), Some(true), line())]);
        let invoices = db.invoice().find().order(|i| i.id.asc()).select(|i| i.discount).await?;
        assert_eq!(invoices, [Some(Decimal::new(500, 4)), None, None, Some(Decimal::new(1_250, 4))]);
        Ok(())
    })
    .await;
}

#[derive(Clone, Debug, PartialEq)]
struct Sold {
    track: String,
    price: Decimal,
    composer: Option<String>,
}

#[tokio::test]
async fn structs_are_selected_by_the_names_of_their_fields() {
    on_every_shop("select_structs", async |db| {
        let sold: Vec<Sold> = db
            .track()
            .find()
            .filter(|t| t.id.in_([1, 2]))
            .order(|t| t.id.asc())
            // In another order than the struct's.
            .select(|t| row!(Sold { composer: t.composer, track: t.name, price: t.price }))
            .await?;
        let first = Sold { track: "Go Down".to_owned(), price: money(99), composer: None };
        assert_eq!(sold[0], first);
        assert_eq!(sold[1].composer.as_deref(), Some("Composer 1"));
        let one =
            db.track().find().select(|t| row!(Sold { track: t.name, price: t.price, composer: t.composer }));
        assert_eq!(one.one().await?, first);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn rows_that_agree_are_one() {
    on_every_shop("select_distinct", async |db| {
        let formats = || db.track().find().order(|t| t.format.asc()).select(|t| t.format).distinct();
        assert_eq!(formats().await?, [Format::Mp3, Format::Aac, Format::Lossless]);
        assert_eq!(formats().count().await?, 3);
        assert_eq!(formats().offset(1).limit(1).await?, [Format::Aac]);
        let error =
            db.track().find().order(|t| t.id.asc()).select(|t| t.name).distinct().await.expect_err("gone");
        assert_eq!(error.kind(), rex_orm::Kind::InvalidValue);
        assert!(error.to_string().contains("distinct rows are sorted by what is selected"), "{error}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_first_of_each_is_kept() {
    on_every_shop("select_distinct_on", async |db| {
        let longest = db
            .track()
            .find()
            .distinct_on(|t| t.format)
            .order(|t| t.millis.desc())
            .select(|t| (t.format, t.name, t.millis))
            .await?;
        let expected = [
            (Format::Mp3, "Balls to the Wall".to_owned(), 342_562),
            (Format::Aac, "Princess of the Dawn".to_owned(), 375_418),
            (Format::Lossless, "Overdose".to_owned(), 369_319),
        ];
        assert_eq!(longest, expected);
        let cheapest =
            db.track().find().distinct_on(|t| (t.genre_id,)).order(|t| (t.price.asc(), t.id.asc())).await?;
        let ids: Vec<i64> = cheapest.iter().map(|track| track.id.0).collect();
        assert_eq!(ids, [8, 4, 7], "whole rows, nulls last");
        assert_eq!(db.track().find().distinct_on(|t| t.format).count().await?, 3);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn one_first_stream_count_and_exists() {
    on_every_shop("select_ends", async |db| ends(db).await).await;
}

async fn ends(db: &Db) -> Result<()> {
    let names = || db.track().find().select(|t| t.name);
    assert_eq!(names().first().await?.as_deref(), Some("Go Down"), "by the primary key");
    assert_eq!(names().one().await?, "Go Down");
    let none = || db.track().find().filter(|t| t.name.eq("?")).select(|t| t.name);
    assert_eq!(none().first().await?, None);
    let error = none().one().await.expect_err("there is none");
    assert_eq!((error.kind(), error.operation()), (rex_orm::Kind::NotFound, Some("Track.one")));
    assert_eq!((names().count().await?, none().count().await?), (8, 0));
    assert_eq!((names().exists().await?, none().exists().await?), (true, false));
    assert_eq!(names().limit(3).count().await?, 3);
    let mut stream = db.track().find().order(|t| t.id.asc()).select(|t| (t.id, t.price)).stream();
    let mut sum = Decimal::ZERO;
    while let Some((_, price)) = stream.try_next().await? {
        sum += price;
    }
    assert_eq!(sum, money(952));
    Ok(())
}

/// A struct of several columns is selected whole, or by its parts; where a join finds no row, there is
/// none.
#[tokio::test]
async fn embedded_types_are_selected() {
    let database = postgres::server().database("select_embedded");
    for url in ["sqlite::memory:", &database.url()] {
        embedded_types(url).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    }
}

async fn embedded_types(url: &str) -> Result<()> {
    let db = embedded::Db::connect(url).await?;
    db.create_schema().await?;
    let home = |city: &str, position| Address {
        street: "Main Street 1".to_owned(),
        city: city.to_owned(),
        country: "FR".to_owned(),
        kind: embedded::Kind::Flat,
        note: None,
        position,
        labels: vec!["a".to_owned()],
    };
    let paris = || Some(Position { latitude: 48.85, longitude: 2.35 });
    db.person().create().name("Ada").home(home("Paris", paris())).save().await?;
    db.person().create().name("Bob").home(home("Lyon", None)).work(home("Nice", None)).save().await?;
    let rows: Vec<(String, Address, Option<Address>, String)> = db
        .person()
        .find()
        .order(|p| p.id.asc())
        .select(|p| {
            let city = p.home.city;
            (p.name, p.home, p.work, city)
        })
        .await?;
    assert_eq!(rows[0], ("Ada".to_owned(), home("Paris", paris()), None, "Paris".to_owned()));
    assert_eq!(rows[1].2, Some(home("Nice", None)));
    let pairs: Vec<(String, Option<Address>)> = db
        .person()
        .find()
        .left_join_on::<embedded::Person>(|(a, b)| a.id.lt(b.id))
        .order(|(a, _)| a.id.asc())
        .select(|(a, b)| (a.name, b.home))
        .await?;
    assert_eq!(pairs, [("Ada".to_owned(), Some(home("Lyon", None))), ("Bob".to_owned(), None)]);
    let cities = db.person().find().group_by(|p| p.home.city).order(|city, _| city.asc());
    assert_eq!(cities.select(|city, p| (city, p.name.max())).await?.len(), 2);
    Ok(())
}

/// A list of 100,000 values, and of none, is one array.
#[tokio::test]
async fn lists_of_any_length() {
    on_every_shop("select_lists", async |db| {
        let among = |ids: Vec<i64>| db.track().find().filter(move |t| t.id.in_(ids)).select(|t| t.id).count();
        assert_eq!(among(Vec::new()).await?, 0);
        assert_eq!(among((0..100_000).collect()).await?, 8);
        let others = db.track().find().filter(|t| t.genre_id.not_in([2])).select(|t| t.id).count();
        assert_eq!(others.await?, 5, "null is not among them");
        Ok(())
    })
    .await;
}
