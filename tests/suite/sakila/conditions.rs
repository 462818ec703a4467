//! Conditions: of every kind that there is, on columns and along relations.

use std::time::Duration;

use chrono::{DateTime, Months, NaiveDate, TimeZone, Utc};
use rex_orm::{Cond, Result, exists, scalar, value};
use rust_decimal::Decimal;
use serde_json::json;

use super::asked::{answers, conditions};
use super::rows::in_every_store;
use crate::fixtures::sakila::{Actor, Customer, Db, Film, NewActor, Payment, Rating, Rental};

fn cents(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

fn june(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2005, 6, day, 0, 0, 0).unwrap()
}

#[tokio::test]
async fn comparisons() {
    in_every_store("comparisons", async |db| {
        conditions! { db, film: Film, "films";
            "eq": |f| f.length.eq(100) => "m.length = 100";
            "ne, of which null is not": |f| f.length.ne(100) => "m.length <> 100";
            "lt": |f| f.length.lt(60) => "m.length < 60";
            "le": |f| f.days.le(4) => "m.days <= 4";
            "gt": |f| f.rate.gt(cents(299)) => "m.rate > {2.99}";
            "ge": |f| f.replacement.ge(20) => "m.replacement >= {20.00}";
            "between": |f| f.length.between(60, 90) => "m.length BETWEEN 60 AND 90";
            "not between": |f| !f.length.between(60, 90) => "m.length NOT BETWEEN 60 AND 90";
            "in some": |f| f.length.in_([60, 61, 62, 63]) => "m.length IN (60, 61, 62, 63)";
            "in one": |f| f.id.in_([7]) => "m.id IN (7)";
            "in 100,000": |f| f.id.in_(100..100_100) => "m.id BETWEEN 100 AND 100099";
            "in, with null": |f| f.length.in_([None, Some(60)]) => "m.length = 60 OR m.length IS NULL";
            "not in, null is": |f| f.rating.not_in([Rating::G]) => "m.rating <> 'G' OR m.rating IS NULL";
            "in some, or else": |f| f.id.in_([1, 2]) | f.rating.eq(Rating::R) => "m.id IN (1, 2) OR m.rating = 'R'";
            "is null": |f| f.length.is_none() => "m.length IS NULL";
            "is not null": |f| f.facts.is_some() => "m.facts IS NOT NULL";
            "eq none": |f| f.rating.eq(None) => "m.rating IS NULL";
            "ne none": |f| f.original_id.ne(None) => "m.original_id IS NOT NULL";
            "the same": |f| f.language_id.same(f.original_id)
                => "m.language_id IS {NOT DISTINCT FROM ¦ } m.original_id";
            "a column and a column": |f| f.length.lt(f.days.mul(20)) => "m.length < m.days * 20";
            "an enum": |f| f.rating.eq(Rating::Pg13) => "m.rating = 'PG-13'";
            "an enum by its order": |f| f.rating.lt(Rating::R) => "m.rating IN ('G', 'PG', 'PG-13')";
            "and, or, not": |f| !(f.days.eq(3) | f.days.eq(4)) & f.rate.lt(1)
                => "NOT (m.days = 3 OR m.days = 4) AND m.rate < {1.00}";
        }
        conditions! { db, payment: Payment, "payments";
            "beyond a double": |p| p.reference.eq(9_007_199_254_740_999) => "m.reference = 9007199254740999";
            "an amount": |p| p.amount.eq(cents(99)) => "m.amount = {0.99}";
            "a moment": |p| p.paid_at.lt(june(20)) => "m.paid_at < {@2005-06-20}";
        }
        conditions! { db, customer: Customer, "customers";
            "true": |c| c.active.eq(true) => "m.active";
            "not true": |c| c.active.ne(true) => "NOT m.active";
            "a day": |c| c.created.ge(NaiveDate::from_ymd_opt(2005, 1, 1).unwrap()) => "m.created >= '2005-01-01'";
        }
        nothing_and_everything(db).await
    })
    .await;
}

/// What finds no row, or all of them.
async fn nothing_and_everything(db: &Db) -> Result<()> {
    let count = |cond: fn(<Film as rex_orm::Model>::Columns<Film>) -> Cond<Film>| {
        db.film().find().filter(cond).count()
    };
    assert_eq!(count(|f| f.id.in_([0i64; 0])).await?, 0, "in none");
    assert_eq!(count(|f| f.id.not_in([0i64; 0])).await?, 200, "not in none");
    assert_eq!(count(|f| f.length.in_([None])).await?, count(|f| f.length.is_none()).await?);
    assert_eq!(count(|_| Cond::all()).await?, 200);
    assert_eq!(count(|_| Cond::none()).await?, 0);
    assert_eq!(count(|f| f.id.between(9, 3)).await?, 0);
    for (rating, expected) in [(None, 200), (Some(Rating::G), count(|f| f.rating.eq(Rating::G)).await?)] {
        let found = db.film().find().filter_if(rating, |f, rating| f.rating.eq(rating)).count().await?;
        assert_eq!(found, expected, "filter_if");
    }
    Ok(())
}

#[tokio::test]
async fn texts() {
    in_every_store("texts", async |db| {
        let odd = ["100% TRUE", "100X TRUE", "A_B", "AXB", "back\\slash", "É", "it's"];
        db.actor().insert_many(odd.map(|name| NewActor::new(name, name))).await?;
        conditions! { db, actor: Actor, "actors";
            "contains": |a| a.last_name.contains("RD") => "{m.last_name LIKE '%RD%' ¦ m.last_name GLOB '*RD*'}";
            "contains, in the same case": |a| a.last_name.contains("slash")
                => "{m.last_name LIKE '%slash%' ¦ m.last_name GLOB '*slash*'}";
            "starts with": |a| a.last_name.starts_with("BA") => "{m.last_name LIKE 'BA%' ¦ m.last_name GLOB 'BA*'}";
            "ends with": |a| a.last_name.ends_with("ER") => "{m.last_name LIKE '%ER' ¦ m.last_name GLOB '*ER'}";
            "like": |a| a.first_name.like("_A%") => "{m.first_name LIKE '_A%' ¦ m.first_name GLOB '?A*'}";
            "ilike": |a| a.first_name.ilike("_a%") => "lower(m.first_name) LIKE '_a%'";
            "a wildcard is a character": |a| a.last_name.contains("0%") => "m.last_name = '100% TRUE'";
            "another one": |a| a.last_name.contains("A_B") => "m.last_name = 'A_B'";
            "a backslash": |a| a.last_name.ends_with("k\\slash") => "m.last_name LIKE 'back_slash'";
            "like, escaped": |a| a.last_name.like("A\\_%") => "m.last_name = 'A_B'";
            "a quote": |a| a.last_name.eq("it's") => "m.last_name = 'it''s'";
            "lower": |a| a.last_name.lower().eq("guiness") => "lower(m.last_name) = 'guiness'";
            "upper": |a| a.last_name.upper().eq("IT'S") => "upper(m.last_name) = 'IT''S'";
            "length": |a| a.last_name.length().gt(9) => "length(m.last_name) > 9";
            "length, in characters": |a| a.last_name.length().eq(1) => "m.last_name = 'É'";
            "trim": |a| a.last_name.concat(" ").trim().starts_with("CH")
                => "{m.last_name LIKE 'CH%' ¦ m.last_name GLOB 'CH*'}";
            "concat": |a| a.first_name.concat(" ").concat(a.last_name).eq("NICK WAHLBERG")
                => "m.first_name || ' ' || m.last_name = 'NICK WAHLBERG'";
            "one text in another": |a| a.first_name.contains(a.last_name) => "m.first_name = m.last_name";
        }
        conditions! { db, film: Film, "films";
            "of what may be null": |f| f.description.contains("Monkey") => "m.description LIKE '%Monkey%'";
            "null is not known": |f| !f.description.contains("Monkey") => "m.description NOT LIKE '%Monkey%'";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn lists_and_json() {
    in_every_store("lists", async |db| {
        conditions! { db, film: Film, "films";
            "has": |f| f.features.has("Trailers")
                => "{'Trailers' = ANY(m.features) ¦ m.features LIKE '%\"Trailers\"%'}";
            "has all": |f| f.features.has_all(["Trailers", "Commentaries"])
                => "{m.features @> ARRAY['Trailers', 'Commentaries']::text[] ¦ m.features LIKE '%Trailers%' AND \
                    m.features LIKE '%Commentaries%'}";
            "has any": |f| f.features.has_any(["Trailers", "Deleted Scenes"])
                => "{m.features && ARRAY['Trailers', 'Deleted Scenes']::text[] ¦ m.features LIKE '%Trailers%' OR \
                    m.features LIKE '%Deleted%'}";
            "has not": |f| !f.features.has("Trailers")
                => "{NOT 'Trailers' = ANY(m.features) ¦ m.features NOT LIKE '%\"Trailers\"%'}";
            "len": |f| f.features.len().ge(3)
                => "{cardinality(m.features) >= 3 ¦ json_array_length(m.features) >= 3}";
            "equal": |f| f.features.eq(["Trailers"]) => "m.features = {ARRAY['Trailers']::text[] ¦ \
                '[\"Trailers\"]'}";
            "a number at a path": |f| f.facts.get("stage").get("number").as_integer().eq(3)
                => "{(m.facts->'stage'->>'number')::int = 3 ¦ m.facts ->> '$.stage.number' = 3}";
            "a text in an array": |f| f.facts.get("features").get(0).as_text().eq("Trailers")
                => "m.facts {->'features'->>0 ¦ ->> '$.features[0]'} = 'Trailers'";
            "a truth": |f| f.facts.get("stage").get("lit").as_bool().eq(true)
                => "{(m.facts->'stage'->>'lit')::bool ¦ m.facts ->> '$.stage.lit' = 1}";
            "JSON's null is no text": |f| f.facts.get("note").as_text().is_none()
                => "m.facts ->> {'note' ¦ '$.note'} IS NULL";
            "contains an object": |f| f.facts.has_json(json!({"stage": {"lit": false}}))
                => "{(m.facts->'stage'->>'lit') = 'false' ¦ m.facts ->> '$.stage.lit' = 0}";
            "contains an element": |f| f.facts.has_json(json!({"features": ["Commentaries"]}))
                => "{m.facts->'features' ? 'Commentaries' ¦ m.facts -> '$.features' LIKE '%Commentaries%'}";
            "a number as a number": |f| f.facts.get("stage").get("number").as_number().gt(2.5)
                => "{(m.facts->'stage'->>'number')::float8 > 2.5 ¦ m.facts ->> '$.stage.number' > 2.5}";
        }
        let none = db.film().find().filter(|f| f.features.has_any([""; 0])).count().await?;
        let all = db.film().find().filter(|f| f.features.has_all([""; 0])).count().await?;
        assert_eq!((none, all), (0, 200));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn times() {
    const WEEK: Duration = Duration::from_secs(7 * 86_400);
    in_every_store("times", async |db| {
        conditions! { db, rental: Rental, "rentals";
            "between": |r| r.rented_at.between(june(1), june(16))
                => "m.rented_at BETWEEN {@2005-06-01} AND {@2005-06-16}";
            "month": |r| r.rented_at.month().eq(7)
                => "{extract(month FROM m.rented_at AT TIME ZONE 'UTC') = 7 ¦ substr(m.rented_at, 6, 2) = '07'}";
            "day": |r| r.rented_at.day().le(9)
                => "{extract(day FROM m.rented_at AT TIME ZONE 'UTC') <= 9 ¦ substr(m.rented_at, 9, 2) <= '09'}";
            "hour": |r| r.rented_at.hour().eq(0)
                => "{extract(hour FROM m.rented_at AT TIME ZONE 'UTC') = 0 ¦ substr(m.rented_at, 12, 2) = '00'}";
            "minute, of what may be null": |r| r.returned_at.minute().eq(59)
                => "{extract(minute FROM m.returned_at) = 59 ¦ substr(m.returned_at, 15, 2) = '59'}";
            "the beginning of an hour": |r| r.rented_at.start_of_hour().eq(r.rented_at.start_of_minute())
                => "{extract(minute FROM m.rented_at) = 0 ¦ substr(m.rented_at, 15, 2) = '00'}";
            "the beginning of a minute": |r| r.returned_at.start_of_minute().eq(r.returned_at)
                => "{extract(second FROM m.returned_at) = 0 ¦ substr(m.returned_at, 18, 9) = '00.000000'}";
            "second": |r| r.rented_at.second().lt(10)
                => "{extract(second FROM m.rented_at) < 10 ¦ substr(m.rented_at, 18, 2) < '10'}";
            "the beginning of a day": |r| r.rented_at.start_of_day().eq(june(15))
                => "m.rented_at >= {@2005-06-15} AND m.rented_at < {@2005-06-16}";
            "the beginning of a month": |r| r.rented_at.start_of_month().eq(june(1))
                => "m.rented_at >= {@2005-06-01} AND m.rented_at < {@2005-07-01}";
            "later": |r| r.returned_at.gt(r.rented_at.later(WEEK))
                => "{m.returned_at > m.rented_at + interval '7 days' ¦ julianday(m.returned_at) - \
                    julianday(m.rented_at) > 7.000001}";
            "earlier": |r| r.returned_at.earlier(WEEK).le(r.rented_at)
                => "{m.returned_at - interval '7 days' <= m.rented_at ¦ julianday(m.returned_at) - \
                    julianday(m.rented_at) < 7.000001}";
            "not returned": |r| r.returned_at.is_none() => "m.returned_at IS NULL";
        }
        conditions! { db, customer: Customer, "customers";
            "year": |c| c.created.year().eq(2005) => "m.created BETWEEN '2005-01-01' AND '2005-12-31'";
            "days later": |c| c.created.days_later(30).ge(NaiveDate::from_ymd_opt(2006, 1, 1).unwrap())
                => "m.created >= '2005-12-02'";
            "days earlier, by what is computed": |c| c.created
                .days_later(c.active.eq(true).then(value(-31)).otherwise(0)).year().eq(2004)
                => "{m.created + CASE WHEN m.active THEN -31 ELSE 0 END ¦ date(m.created, CASE WHEN m.active THEN \
                    '-31 days' ELSE '0 days' END)} BETWEEN '2004-01-01' AND '2004-12-31'";
            "the beginning of a year": |c| c.created.start_of_year().eq(NaiveDate::from_ymd_opt(2004, 1, 1).unwrap())
                => "m.created BETWEEN '2004-01-01' AND '2004-12-31'";
        }
        Ok(())
    })
    .await;
}

/// Months are of different lengths: a day that one does not have is its last one.
#[tokio::test]
async fn months() {
    in_every_store("months", async |db| {
        let later = |day: NaiveDate, months: i32| match months {
            0.. => day + Months::new(months.unsigned_abs()),
            _ => day - Months::new(months.unsigned_abs()),
        };
        let days = [(2004, 1, 31), (2004, 2, 29), (2005, 12, 31), (2006, 8, 30)];
        let days = days.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
        for (customer, day) in (1i64..).zip(days) {
            db.customer().update(customer).created(day).save().await?;
        }
        for months in [-25, -13, -1, 0, 1, 2, 6, 11, 12, 37] {
            let customers = db.customer().find().filter(|c| c.id.le(4)).order(|c| c.id.asc());
            let found = customers.select(|c| c.created.months_later(months)).await?;
            assert_eq!(found, days.map(|day| later(day, months)), "{months} months later");
            let payments = db.payment().find().filter(|p| p.id.le(50)).order(|p| p.id.asc());
            for (at, moved) in payments.select(|p| (p.paid_at, p.paid_at.months_later(months))).await? {
                assert_eq!(
                    moved,
                    later(at.date_naive(), months).and_time(at.time()).and_utc(),
                    "{months} months later"
                );
            }
        }
        // Null where the number is.
        let films = db.customer().find().left_join_on::<Film>(|(c, f)| f.id.eq(1) & c.id.eq(1));
        let films = films.filter(|(c, _)| c.id.le(2)).order(|(c, _)| c.id.asc());
        let found = films.select(|(c, f)| c.created.days_later(f.days.widen::<i32>())).await?;
        assert_eq!(found, [Some(days[0] + chrono::Days::new(6)), None]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn computed() {
    in_every_store("computed", async |db| {
        conditions! { db, film: Film, "films";
            "add": |f| f.length.add(f.days).gt(150) => "m.length + m.days > 150";
            "sub": |f| f.replacement.sub(f.rate).lt(10) => "m.replacement - m.rate < {10.00}";
            "mul, of an amount": |f| f.rate.mul(f.days).gt(15) => "m.rate * m.days > {15.00}";
            "mul of amounts": |f| f.rate.mul(f.replacement).gt(100) => "m.rate * m.replacement > {100 ¦ 1000000}";
            "div, towards zero": |f| f.length.div(60).eq(1) => "m.length / 60 = 1";
            "div by zero is null": |f| f.length.div(f.days.sub(3)).is_none() => "m.days = 3 OR m.length IS NULL";
            "rem": |f| f.length.rem(10).eq(0) => "m.length % 10 = 0";
            "neg": |f| f.length.neg().gt(-60) => "-m.length > -60";
            "abs": |f| f.length.sub(100).abs().le(5) => "abs(m.length - 100) <= 5";
            "round": |f| f.rate.mul(cents(50)).round(0).eq(1)
                => "m.rate IN ({2.99}, {0.99} + 100 - 100) AND m.rate = {2.99}";
            "case": |f| f.length
                .lt(60).then(value("short")).or_when(f.length.lt(120), "fair").otherwise("long").eq("fair")
                => "CASE WHEN m.length < 60 THEN 'short' WHEN m.length < 120 THEN 'fair' ELSE 'long' END = 'fair'";
            "case, else null": |f| f.length.ge(60).then(f.rate).or_none().is_none()
                => "m.length < 60 OR m.length IS NULL";
            "coalesce": |f| f.length.coalesce(0).lt(50) => "coalesce(m.length, 0) < 50";
            "coalesce of columns": |f| f.original_id.coalesce(f.language_id).eq(1)
                => "coalesce(m.original_id, m.language_id) = 1";
            "null_if": |f| f.length.null_if(100).is_none() => "m.length = 100 OR m.length IS NULL";
            "a function of a text": |f| f.length.lt(50) | f.title.lower().starts_with("z")
                => "m.length < 50 OR lower(m.title) LIKE 'z%'";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn along_relations() {
    in_every_store("along_relations", async |db| {
        conditions! { db, film: Film, "films";
            "to one": |f| f.language().is(|l| l.name.eq("English")) & f.id.lt(9) => "m.id < 9";
            "to one that may be missing": |f| f.original().is(|l| l.name.eq("Italian")) => "m.original_id = 2";
            "not so, or missing": |f| !f.original().is(|l| l.name.eq("Italian"))
                => "m.original_id IS NULL OR m.original_id <> 2";
            "to one that is there": |f| f.remake_of().exists() => "m.remake_of_id IS NOT NULL";
            "a value of it": |f| f.remake_of().get(|o| o.length).gt(100)
                => "(SELECT o.length FROM films o WHERE o.id = m.remake_of_id) > 100";
            "of its own model": |f| f.remake_of().is(|o| o.rating.eq(Rating::R))
                => "EXISTS (SELECT 1 FROM films o WHERE o.id = m.remake_of_id AND o.rating = 'R')";
            "any": |f| f.copies().any(|c| c.store_id.eq(2))
                => "EXISTS (SELECT 1 FROM inventory c WHERE c.film_id = m.id AND c.store_id = 2)";
            "none": |f| f.copies().none(|c| c.store_id.eq(2))
                => "NOT EXISTS (SELECT 1 FROM inventory c WHERE c.film_id = m.id AND c.store_id = 2)";
            "all": |f| f.remakes().all(|r| r.length.lt(100))
                => "NOT EXISTS (SELECT 1 FROM films r WHERE r.remake_of_id = m.id AND (r.length >= 100 OR r.length \
                    IS NULL))";
            "some, and all of them": |f| f.remakes().exists() & f.remakes().all(|r| r.days.gt(3))
                => "EXISTS (SELECT 1 FROM films r WHERE r.remake_of_id = m.id) AND NOT EXISTS (SELECT 1 FROM films r \
                    WHERE r.remake_of_id = m.id AND r.days <= 3)";
            "there are": |f| f.remakes().exists() => "m.id IN (SELECT remake_of_id FROM films)";
            "how many": |f| f.copies().count().gt(6)
                => "(SELECT count(*) FROM inventory c WHERE c.film_id = m.id) > 6";
            "how many of them": |f| f.copies().filter(|c| c.store_id.eq(1)).count().eq(4)
                => "(SELECT count(*) FROM inventory c WHERE c.film_id = m.id AND c.store_id = 1) = 4";
            "through a table": |f| f.categories().any(|c| c.name.eq("Horror"))
                => "m.id IN (SELECT film_id FROM {categories_films ¦ categories_films} j JOIN categories c ON c.id = \
                    j.category_id WHERE c.name = 'Horror')";
            "through a model": |f| f.actors().any(|a| a.last_name.eq("WAHLBERG"))
                => "m.id IN (SELECT film_id FROM credits j JOIN actors a ON a.id = j.actor_id WHERE a.last_name = \
                    'WAHLBERG')";
            "the model between": |f| f.credits().any(|c| c.place.gt(9))
                => "m.id IN (SELECT film_id FROM credits WHERE place > 9)";
            "the sum of them": |f| f.copies().aggregate(|c| c.id.max()).gt(1) & f.id.gt(199) => "m.id > 199";
            "four deep": |f| f.copies()
                .any(|c| c.rentals().any(|r| r.customer().is(|k| k.address().is(|a| a.city().is(|c| c.country().is(|c| c.name.eq("India")))))))
                => "EXISTS (SELECT 1 FROM inventory c JOIN rentals r ON r.copy_id = c.id JOIN customers k ON k.id = \
                    r.customer_id JOIN addresses a ON a.id = k.address_id JOIN cities t ON t.id = a.city_id JOIN \
                    countries n ON n.id = t.country_id WHERE c.film_id = m.id AND n.name = 'India')";
        }
        queries(db).await
    })
    .await;
}

/// Queries within conditions.
async fn queries(db: &Db) -> Result<()> {
    let sold = || db.payment().find().filter(|p| p.amount.gt(8)).select(|p| p.rental_id);
    let longest = || scalar(db.film().find().select(|f| f.length.max()));
    answers! { db;
        "in a query": db.rental().find().filter(|r| r.id.in_query(sold())).order(|r| r.id.asc()).select(|r| r.id)
            => "SELECT id FROM rentals WHERE id IN (SELECT rental_id FROM payments WHERE amount > {8.00}) ORDER BY \
                id";
        "in no query, nulls or not": db.rental().find()
            .filter(|r| r.id.not_in_query(sold())).order(|r| r.id.asc()).select(|r| r.id)
            => "SELECT id FROM rentals r WHERE NOT EXISTS (SELECT 1 FROM payments WHERE amount > {8.00} AND \
                rental_id = r.id) ORDER BY id";
        "a query's value": db.film().find()
            .filter(|f| f.length.eq(longest())).order(|f| f.id.asc()).select(|f| (f.id, f.title))
            => "SELECT id, title FROM films WHERE length = (SELECT max(length) FROM films) ORDER BY id";
        "there is a row": db.category().find().filter(|_| exists(sold())).order(|c| c.id.asc()).select(|c| c.name)
            => "SELECT name FROM categories WHERE EXISTS (SELECT 1 FROM payments WHERE amount > {8.00}) ORDER BY \
                id";
        "ordered by what a relation leads to": db.city().find()
            .order(|c| (c.country().get(|n| n.name).asc(), c.id.desc())).limit(30).select(|c| c.name)
            => "SELECT c.name FROM cities c JOIN countries n ON n.id = c.country_id ORDER BY n.name{ COLLATE \
                \"default\" ¦ }, c.id DESC LIMIT 30";
    }
    Ok(())
}
