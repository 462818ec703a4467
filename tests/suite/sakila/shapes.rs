//! What a query answers with, in which order, and how much of it.

use rex_orm::{Counts, Cursor, Kind, Result, Watch, row, value};
use rust_decimal::Decimal;

use super::asked::{answers, sql};
use super::rows::in_every_store;
use crate::fixtures::sakila::{Db, Film, FilmId, Rating};

rex_orm::from_row! {
    #[derive(Clone, Debug, PartialEq)]
    struct Listed {
        id: FilmId,
        length: Option<i16>,
        title: String,
        rating: Option<Rating>,
    }
}

#[tokio::test]
async fn what_is_selected() {
    in_every_store("selected", async |db| {
        let films = || db.film().find().filter(|f| f.id.le(40)).order(|f| f.id.asc());
        answers! { db;
            "a column": films().select(|f| f.title) => "SELECT title FROM films WHERE id <= 40 ORDER BY id";
            "a tuple": films().select(|f| (f.id, f.title, f.length, f.rating, f.rate))
                => "SELECT id, title, length, rating, {$rate} FROM films WHERE id <= 40 ORDER BY id";
            "twelve": films()
                .select(|f| (f.id, f.title, f.description, f.released, f.language_id, f.original_id, f.days, f.rate, f.length, f.replacement, f.rating, f.features))
                => "SELECT id, title, description, released, language_id, original_id, days, {$rate}, length, \
                    {$replacement}, rating, features FROM films WHERE id <= 40 ORDER BY id";
            // In another order than the struct's.
            "a struct": films()
                .select(|f| row!(Listed { title: f.title, id: f.id, rating: f.rating, length: f.length }))
                => "SELECT id, title, length, rating FROM films WHERE id <= 40 ORDER BY id";
            "whole rows": films()
                => "SELECT id, title, description, released, language_id, original_id, days, {$rate} AS rate, \
                    length, {$replacement} AS replacement, rating, features, facts, remake_of_id FROM films WHERE id \
                    <= 40 ORDER BY id";
            "computed": films()
                .select(|f| (f.length.add(f.days), f.rate.mul(f.days), f.title.length(), f.length.gt(100), value("film")))
                => "SELECT length + days, {$rate * days}, length(title), length > 100, {'film'::text ¦ 'film'} FROM \
                    films WHERE id <= 40 ORDER BY id";
            "of relations": films()
                .select(|f| (f.title, f.language().get(|l| l.name), f.original().get(|l| l.name), f.copies().count()))
                => "SELECT title, (SELECT name FROM languages l WHERE l.id = language_id), (SELECT name FROM \
                    languages l WHERE l.id = original_id), (SELECT count(*) FROM inventory c WHERE c.film_id = f.id) \
                    FROM films f WHERE id <= 40 ORDER BY id";
            "an aggregate for each row": films()
                .select(|f| (f.id, f.remakes().aggregate(|r| r.rate.sum()), f.actors().aggregate(|a| a.last_name.max())))
                => "SELECT id, (SELECT {$sum(r.rate)} FROM films r WHERE r.remake_of_id = f.id), (SELECT \
                    max(a.last_name) FROM actors a JOIN credits c ON c.actor_id = a.id WHERE c.film_id = f.id) FROM \
                    films f WHERE id <= 40 ORDER BY id";
            "distinct": db.film().find().order(|f| f.rating.asc()).select(|f| f.rating).distinct()
                => "SELECT rating FROM (SELECT DISTINCT rating FROM films) AS r ORDER BY {rating ¦ CASE rating WHEN \
                    'G' THEN 1 WHEN 'PG' THEN 2 WHEN 'PG-13' THEN 3 WHEN 'R' THEN 4 WHEN 'NC-17' THEN 5 END} NULLS \
                    LAST";
            "distinct pairs": db.film().find()
                .order(|f| (f.days.asc(), f.rate.desc())).select(|f| (f.days, f.rate)).distinct()
                => "SELECT days, {$rate} FROM (SELECT DISTINCT days, rate FROM films) AS f ORDER BY days, rate \
                    DESC";
            "the first of each": db.film().find()
                .distinct_on(|f| f.days).order(|f| (f.length.desc().nulls_last(), f.id.asc()))
                .select(|f| (f.days, f.id, f.length))
                => "SELECT days, id, length FROM (SELECT days, id, length, row_number() OVER (PARTITION BY days \
                    ORDER BY length DESC NULLS LAST, id) AS n FROM films) AS f WHERE n = 1 ORDER BY days";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn in_which_order() {
    in_every_store("ordered", async |db| {
        let films = || db.film().find();
        answers! { db;
            "ascending, nulls last": films().order(|f| (f.length.asc(), f.id.asc())).select(|f| f.id)
                => "SELECT id FROM films ORDER BY length NULLS LAST, id";
            "descending, nulls first": films().order(|f| (f.length.desc(), f.id.asc())).select(|f| f.id)
                => "SELECT id FROM films ORDER BY length DESC NULLS FIRST, id";
            "nulls first": films().order(|f| (f.length.asc().nulls_first(), f.id.desc())).select(|f| f.id)
                => "SELECT id FROM films ORDER BY length NULLS FIRST, id DESC";
            "nulls last": films().order(|f| (f.length.desc().nulls_last(), f.id.asc())).select(|f| f.id)
                => "SELECT id FROM films ORDER BY length DESC NULLS LAST, id";
            "by an expression": films().order(|f| (f.rate.mul(f.days).desc(), f.id.asc())).select(|f| f.id)
                => "SELECT id FROM films ORDER BY rate * days DESC, id";
            "by a choice": films()
                .order(|f| (f.rating.eq(Rating::R).then(value(0)).otherwise(1).asc(), f.id.asc())).select(|f| f.id)
                => "SELECT id FROM films ORDER BY CASE WHEN rating = 'R' THEN 0 ELSE 1 END, id";
            "by an enum": films().order(|f| (f.rating.asc(), f.id.asc())).select(|f| f.id)
                => "SELECT id FROM films ORDER BY CASE rating WHEN 'G' THEN 1 WHEN 'PG' THEN 2 WHEN 'PG-13' THEN 3 \
                    WHEN 'R' THEN 4 WHEN 'NC-17' THEN 5 ELSE 6 END, id";
            "by a relation's": films().order(|f| (f.original().get(|l| l.name).asc(), f.id.asc())).select(|f| f.id)
                => "SELECT f.id FROM films f LEFT JOIN languages l ON l.id = f.original_id ORDER BY l.name NULLS \
                    LAST, f.id";
            "by how many": films().order(|f| (f.actors().count().desc(), f.id.asc())).select(|f| f.id)
                => "SELECT f.id FROM films f ORDER BY (SELECT count(*) FROM credits c WHERE c.film_id = f.id) DESC, \
                    f.id";
            "one order behind another": films().order(|f| f.days.asc()).order(|f| f.id.desc()).select(|f| f.id)
                => "SELECT id FROM films ORDER BY days, id DESC";
            "limit": films().order(|f| f.id.asc()).limit(7).select(|f| f.id)
                => "SELECT id FROM films ORDER BY id LIMIT 7";
            "offset": films().order(|f| f.id.asc()).offset(190).select(|f| f.id)
                => "SELECT id FROM films ORDER BY id LIMIT 1000 OFFSET 190";
            "both": films().order(|f| f.id.desc()).limit(5).offset(20).select(|f| f.id)
                => "SELECT id FROM films ORDER BY id DESC LIMIT 5 OFFSET 20";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn one_or_how_many() {
    in_every_store("ends", async |db| ends(db).await).await;
}

async fn ends(db: &Db) -> Result<()> {
    let long = || db.film().find().filter(|f| f.length.gt(170));
    let none = || db.film().find().filter(|f| f.length.gt(17_000));
    let count: i64 = sql(db, "SELECT count(*) FROM films WHERE length > 170").await?[0];
    assert_eq!((long().count().await?, none().count().await?), (count, 0));
    assert_eq!(long().select(|f| f.title).count().await?, count);
    assert_eq!(long().limit(3).count().await?, 3);
    assert_eq!((long().exists().await?, none().exists().await?), (true, false));
    let first: i64 = sql(db, "SELECT min(id) FROM films WHERE length > 170").await?[0];
    assert_eq!(long().first().await?.map(|film| film.id.0), Some(first));
    assert_eq!(long().one().await?.id.0, first);
    assert_eq!(none().first().await?, None);
    assert_eq!(none().one().await.expect_err("there is none").kind(), Kind::NotFound);
    let ids: Vec<i64> = sql(db, "SELECT id FROM rentals ORDER BY rented_at, id").await?;
    let mut stream = db.rental().find().order(|r| (r.rented_at.asc(), r.id.asc())).stream();
    let mut found = Vec::new();
    while let Some(rental) = stream.try_next().await? {
        found.push(rental.id.0);
    }
    assert_eq!(found, ids, "a stream of more than one part");
    let plan = long().explain().await?;
    assert!(plan.to_lowercase().contains("films"), "{plan}");
    Ok(())
}

/// Any order: of what may be null, of what is computed, of a relation's, of several keys.
#[tokio::test]
async fn pages() {
    in_every_store("pages", async |db| {
        let counts = Counts::new();
        let watched = db.watch(Watch::new().count(&counts));
        let films = || watched.film().find();
        turned(db, "the key", films, "id").await?;
        turned(db, "nulls", || films().order(|f| f.length.desc()), "length DESC NULLS FIRST, id DESC")
            .await?;
        turned(
            db,
            "nulls first",
            || films().order(|f| f.length.asc().nulls_first()),
            "length NULLS FIRST, id",
        )
        .await?;
        let keys = || films().order(|f| (f.days.asc(), f.rate.desc(), f.length.desc().nulls_last()));
        turned(db, "both ways", keys, "days, rate DESC, length DESC NULLS LAST, id DESC").await?;
        let computed = || films().order(|f| f.replacement.sub(f.rate.mul(2)).asc());
        turned(db, "computed", computed, "replacement - rate * 2, id").await?;
        let related = || films().order(|f| f.copies().count().desc());
        turned(
            db,
            "related",
            related,
            "(SELECT count(*) FROM inventory c WHERE c.film_id = films.id) DESC, id DESC",
        )
        .await?;
        assert_eq!(counts.statements(), 6 * 2 * (200 / 37 + 1), "a page is a statement");
        altered(db).await
    })
    .await;
}

/// Forwards to the last page, and backwards to the first one.
async fn turned(db: &Db, what: &str, find: impl Fn() -> rex_orm::Find<Film>, order: &str) -> Result<()> {
    let expected: Vec<i64> = sql(db, &format!("SELECT id FROM films ORDER BY {order}")).await?;
    let ids = |rows: &[Film]| rows.iter().map(|film| film.id.0).collect::<Vec<_>>();
    let (mut found, mut pages, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let page = find().page(37, cursor.as_ref()).await?;
        found.extend(ids(&page.rows));
        pages.push(ids(&page.rows));
        let Some(next) = page.next else {
            cursor = page.previous;
            break;
        };
        // As a link has it.
        cursor = Some(next.to_string().parse::<Cursor>()?);
    }
    assert_eq!(found, expected, "{what}, forwards");
    let mut place = pages.len() - 1;
    while let Some(back) = cursor {
        place -= 1;
        let page = find().page(37, Some(&back)).await?;
        assert_eq!(ids(&page.rows), pages[place], "{what}, backwards");
        cursor = page.previous;
    }
    assert_eq!(place, 0, "{what}");
    // The last one again, so that there are as many pages each way.
    assert_eq!(find().page(37, None).await?.rows.len(), 37);
    Ok(())
}

async fn altered(db: &Db) -> Result<()> {
    let find = || db.film().find().order(|f| f.rate.desc());
    let text = find().page(10, None).await?.next.expect("there are more").to_string();
    for place in 0..text.len() {
        let with = if &text[place..=place] == "A" { "B" } else { "A" };
        let altered = format!("{}{with}{}", &text[..place], &text[place + 1..]);
        let outcome = match altered.parse::<Cursor>() {
            Ok(cursor) => find().page(10, Some(&cursor)).await.map(|page| page.rows.len()),
            Err(error) => Err(error),
        };
        assert_eq!(outcome.map_err(|error| error.kind()), Err(Kind::InvalidValue), "{altered}");
    }
    let other = db.film().find().order(|f| f.replacement.desc()).page(10, Some(&text.parse()?)).await;
    assert_eq!(other.map_err(|error| error.kind()).map(drop), Err(Kind::InvalidValue), "of another order");
    let five: Vec<Decimal> =
        find().page(5, Some(&text.parse()?)).await?.rows.iter().map(|film| film.rate).collect();
    assert_eq!(five.len(), 5);
    Ok(())
}
