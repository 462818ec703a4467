//! Writes: what Rex writes is what the same in SQL leaves behind; and what it answers with.

use chrono::NaiveDate;
use rex_orm::{Counts, Kind, Result, Watch, each};
use rust_decimal::Decimal;

use super::asked::{sql, written};
use super::rows::in_every_store;
use crate::fixtures::sakila::customer::Unique as OfCustomer;
use crate::fixtures::sakila::language::Unique as OfLanguage;
use crate::fixtures::sakila::payment::Unique as OfPayment;
use crate::fixtures::sakila::{Db, Film, LanguageId, NewCredit, NewFilm, NewInventory, NewRental, Rating};

const FILMS: &str = "SELECT title || ' ' || language_id || ' ' || days || ' ' || CAST({$rate} AS text) || ' ' || \
    coalesce(CAST(length AS text), '-') || ' ' || CAST({$replacement} AS text) || ' ' || coalesce({rating::text ¦ \
    rating}, '-') || ' ' || {array_to_json(features)::text ¦ features} FROM films ORDER BY 1";
const LANGUAGES: &str = "SELECT name FROM languages ORDER BY 1";
const LINKS: &str = "SELECT film_id || ' ' || category_id FROM categories_films ORDER BY 1";
const CREDITS: &str = "SELECT film_id || ' ' || actor_id || ' ' || place FROM credits ORDER BY 1";

fn cents(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

fn new_film(title: &str) -> NewFilm {
    NewFilm { length: Some(90), ..NewFilm::new(title, 1, ["Trailers"]) }
}

#[tokio::test]
async fn rows_are_written() {
    in_every_store("written", async |db| {
        const NEW: &str = "INSERT INTO films (title, language_id, days, rate, length, replacement, features) \
            VALUES ('NEW', 1, 3, {4.99}, 90, {19.99}, {ARRAY['Trailers'] ¦ '[\"Trailers\"]'})";
        written! { db, FILMS;
            "create": |tx| tx.film().create().title("NEW").language(1).features(["Trailers"]).length(90).save()
                => [NEW];
            "insert": |tx| tx.film().insert(new_film("NEW")) => [NEW];
            "insert many": |tx| tx.film().insert_many(["NEW", "NEWER"].map(new_film))
                => [NEW, "INSERT INTO films (title, language_id, days, rate, length, replacement, features) VALUES \
                    ('NEWER', 1, 3, {4.99}, 90, {19.99}, {ARRAY['Trailers'] ¦ '[\"Trailers\"]'})"];
            "copy in": |tx| tx.film().copy_in(["NEW"].map(new_film)) => [NEW];
            "update": |tx| tx.film().update(7).title("SEVEN").length(None).rating(Rating::R).save()
                => ["UPDATE films SET title = 'SEVEN', length = NULL, rating = 'R' WHERE id = 7"];
            "update many": |tx| tx.film().find()
                .filter(|f| f.length.lt(60) & f.days.gt(3)).update().rate(cents(150)).save()
                => ["UPDATE films SET rate = {1.50} WHERE length < 60 AND days > 3"];
            "update along a relation": |tx| tx.film().find()
                .filter(|f| f.categories().any(|c| c.name.eq("Horror"))).update().rating(Rating::R).save()
                => ["UPDATE films SET rating = 'R' WHERE id IN (SELECT film_id FROM categories_films j JOIN \
                    categories c ON c.id = j.category_id WHERE c.name = 'Horror')"];
            "update the first": |tx| tx.film().find()
                .order(|f| f.length.desc().nulls_last()).order(|f| f.id.asc()).limit(3).update().days(9).save()
                => ["UPDATE films SET days = 9 WHERE id IN (SELECT id FROM films ORDER BY length DESC NULLS LAST, id \
                    LIMIT 3)"];
            "delete": |tx| tx.film().delete(12) => ["DELETE FROM films WHERE id = 12"];
            "delete many": |tx| tx.film().find().filter(|f| f.rating.eq(Rating::Pg13) | f.length.is_none()).delete()
                => ["DELETE FROM films WHERE rating = 'PG-13' OR length IS NULL"];
            "delete from a row on": |tx| tx.film().find().order(|f| f.id.asc()).limit(50).offset(10).delete()
                => ["DELETE FROM films WHERE id BETWEEN 11 AND 60"];
            "of the row as it is": |tx| tx.film()
                .update(3)
                .set(|u, f| u.days(f.days.add(2)).replacement(f.replacement.sub(cents(150))).features(f.features.append(["Extra", "More"])).title(f.title.concat(" II")))
                .save()
                => ["UPDATE films SET days = days + 2, replacement = replacement - {1.50}, features = \
                    {array_cat(features, ARRAY['Extra', 'More']) ¦ json_insert(features, '$[#]', 'Extra', '$[#]', \
                    'More')}, title = title || ' II' WHERE id = 3"];
            "of the rows as they are": |tx| tx.film().find()
                .filter(|f| f.id.gt(150)).update()
                .set(|u, f| u.length(f.length.add(f.days)).rate(f.rate.mul(2)).days(f.length.lt(100).then(f.days).otherwise(1)))
                .save()
                => ["UPDATE films SET length = length + days, rate = rate * 2, days = CASE WHEN length < 100 THEN \
                    days ELSE 1 END WHERE id > 150"];
        }
        answered(db).await
    })
    .await;
}

/// What writes answer with.
async fn answered(db: &Db) -> Result<()> {
    let film: Film = db.film().create().title("NEW").language(1).features(["Trailers"]).save().await?;
    assert_eq!(film, db.film().get(film.id).await?);
    assert_eq!((film.days, film.rate, film.replacement, film.length), (3, cents(499), cents(1999), None));
    let rows: Vec<Film> = db.film().insert_many((0..5).map(|n| new_film(&format!("NEW {n}")))).await?;
    let titles: Vec<&str> = rows.iter().map(|film| &*film.title).collect();
    assert_eq!(titles, ["NEW 0", "NEW 1", "NEW 2", "NEW 3", "NEW 4"], "in their order");
    let changed = db.film().update(&film).rate(2).save().await?;
    assert_eq!((changed.rate, &changed.title), (cents(200), &film.title), "the whole row");
    let many = db.film().find().filter(|f| f.title.starts_with("NEW")).update().days(1).save().await?;
    assert_eq!(many, 6);
    assert_eq!(db.film().find().filter(|f| f.title.starts_with("NEW ")).delete().await?, 5);
    db.film().delete(&film).await?;
    let gone = db.film().update(&film).days(2).save().await.map(drop).map_err(|error| error.kind());
    assert_eq!(gone, Err(Kind::NotFound));
    assert_eq!(db.film().delete(film.id).await.map_err(|error| error.kind()), Err(Kind::NotFound));
    Ok(())
}

#[tokio::test]
async fn rows_that_are_there_already() {
    in_every_store("upserted", async |db| {
        let created = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let mary = |tx: &Db| tx.customer().create().first_name("MARY").last_name("SMITH").store(2).address(9).created(created);
        const CUSTOMERS: &str = "SELECT first_name || ' ' || last_name || ' ' || store_id || ' ' || address_id || \
            ' ' || coalesce(email, '-') || {created::text ¦ created} FROM customers ORDER BY 1";
        written! { db, CUSTOMERS;
            "a row that is there": |tx| mary(tx).upsert(OfCustomer::FirstNameLastName)
                => ["INSERT INTO customers (first_name, last_name, store_id, address_id, created, active) VALUES \
                    ('MARY', 'SMITH', 2, 9, '2026-01-01', {true ¦ 1}) ON CONFLICT (first_name, last_name) DO \
                    UPDATE SET store_id = excluded.store_id, address_id = excluded.address_id, created = \
                    excluded.created"];
            "one that is not": |tx| mary(tx)
                .last_name("POPPINS").email("mary@example.com").upsert(OfCustomer::FirstNameLastName)
                => ["INSERT INTO customers (first_name, last_name, store_id, address_id, created, email, active) \
                    VALUES ('MARY', 'POPPINS', 2, 9, '2026-01-01', 'mary@example.com', {true ¦ 1})"];
            "some fields of it": |tx| mary(tx)
                .or_update(OfCustomer::FirstNameLastName, |u, c| u.email(c.email.concat("!")))
                => ["UPDATE customers SET email = email || '!' WHERE first_name = 'MARY' AND last_name = 'SMITH'"];
            "by the key": |tx| mary(tx).id(5).first_name("ANN").upsert(OfCustomer::Id)
                => ["UPDATE customers SET first_name = 'ANN', last_name = 'SMITH', store_id = 2, address_id = 9, \
                    created = '2026-01-01' WHERE id = 5"];
        }
        written! { db, LANGUAGES;
            "by a unique column": |tx| tx.language().create().name("Latin").upsert(OfLanguage::Name)
                => ["INSERT INTO languages (name) VALUES ('Latin')"];
            "left as it is": |tx| async { assert_eq!(tx.language().create().name("French").or_ignore().await?, None); tx.language().create().name("Latin").or_ignore().await }
                => ["INSERT INTO languages (name) VALUES ('French') ON CONFLICT DO NOTHING", "INSERT INTO languages \
                    (name) VALUES ('Latin') ON CONFLICT DO NOTHING"];
        }
        let there = db.language().create().name("English").upsert(OfLanguage::Name).await?;
        assert_eq!(there.id, LanguageId(1), "nothing but the key is set, and the row is answered with");
        let amount = |cents| db.payment().create().customer(1).staff(1).amount(Decimal::new(cents, 2)).paid_at(chrono::DateTime::UNIX_EPOCH);
        let paid = amount(100).reference(9_007_199_254_740_999).upsert(OfPayment::Reference).await?;
        assert_eq!((paid.id.0, paid.version), (2, 2), "a version is counted");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn links() {
    in_every_store("links", async |db| {
        written! { db, LINKS;
            "add": |tx| tx.film().categories(1).add([2, 3, 6])
                => ["INSERT INTO categories_films (film_id, category_id) VALUES (1, 2), (1, 3)"];
            "remove": |tx| tx.film().categories(1).remove([6, 7])
                => ["DELETE FROM categories_films WHERE film_id = 1 AND category_id IN (6, 7)"];
            "set": |tx| tx.film().categories(1).set([1, 2])
                => ["DELETE FROM categories_films WHERE film_id = 1", "INSERT INTO categories_films (film_id, \
                    category_id) VALUES (1, 1), (1, 2)"];
            "set none": |tx| tx.film().categories(2).set([0i64; 0])
                => ["DELETE FROM categories_films WHERE film_id = 2"];
            "clear": |tx| tx.category().films(1).clear() => ["DELETE FROM categories_films WHERE category_id = 1"];
            "from the other side": |tx| tx.category().films(3).add([1, 2, 3, 4])
                => ["INSERT INTO categories_films (film_id, category_id) VALUES (1, 3), (2, 3), (3, 3), (4, 3) ON \
                    CONFLICT DO NOTHING"];
        }
        written! { db, CREDITS;
            "over a model, by its default": |tx| tx.film().actors(1).add([2, 3])
                => ["INSERT INTO credits (film_id, actor_id, place) VALUES (1, 2, 1), (1, 3, 1) ON CONFLICT DO \
                    NOTHING"];
            "with data": |tx| tx.film().actors(1).add_with([4, 5], |link| link.place(7))
                => ["INSERT INTO credits (film_id, actor_id, place) VALUES (1, 4, 7), (1, 5, 7)"];
            "only these": |tx| tx.actor().films(1).set([1, 50])
                => ["DELETE FROM credits WHERE actor_id = 1 AND film_id <> 1", "INSERT INTO credits (film_id, \
                    actor_id, place) VALUES (50, 1, 1)"];
            "none": |tx| tx.actor().films(1).clear() => ["DELETE FROM credits WHERE actor_id = 1"];
        }
        let tx = db.begin().await?;
        assert_eq!(tx.film().categories(1).add([6, 7]).await?, 1, "one of them is new");
        assert_eq!(tx.film().categories(1).remove([1, 6, 7]).await?, 2);
        tx.rollback().await
    })
    .await;
}

#[tokio::test]
async fn what_hangs_on_a_row() {
    in_every_store("hanging", async |db| {
        let counts = Counts::new();
        let watched = db.watch(Watch::new().count(&counts));
        let at = chrono::DateTime::UNIX_EPOCH;
        let (film, (copies, categories, credits)) = watched.film().create().title("NEW").language(1).features([""; 0])
            .save_with(move |film, f| {
                let copies = [1i64, 1, 2].map(|store| NewInventory::new(film, store));
                let rented = each(copies, move |copy, _| [NewRental::new(at, copy, 1, 1)]);
                (rented, f.categories().link([1i64, 2]), [NewCredit { place: Some(3), ..NewCredit::new(film, 9) }])
            })
            .await?;
        assert_eq!((copies.len(), categories, credits.len()), (3, 2, 1));
        assert!(copies.iter().all(|(copy, rentals)| copy.film_id == film.id && rentals[0].copy_id == copy.id));
        let there: Vec<(i64, i64)> = sql(db, "SELECT (SELECT count(*) FROM rentals r JOIN inventory c ON c.id = \
            r.copy_id WHERE c.film_id = f.id), (SELECT count(*) FROM categories_films WHERE film_id = f.id) FROM \
            films f WHERE title = 'NEW'").await?;
        assert_eq!(there, [(3, 2)]);
        // All or nothing.
        let films = db.film().find().count().await?;
        let broken = db.film().create().title("BROKEN").language(1).features([""; 0])
            .save_with(|film, _| [NewCredit::new(film, 1), NewCredit::new(film, 1)]).await;
        assert_eq!(broken.map(drop).map_err(|error| error.kind()), Err(Kind::Unique));
        assert_eq!(db.film().find().count().await?, films);
        Ok(())
    })
    .await;
}

/// Rows that stay when they are deleted, and rows whose changes count.
#[tokio::test]
async fn deleted_and_counted() {
    in_every_store("upkeep", async |db| {
        db.customer().delete(1).await?;
        assert_eq!(
            db.customer().find().filter(|c| c.store_id.eq(2)).delete().await?,
            sql::<i64>(db, "SELECT count(*) FROM customers WHERE store_id = 2").await?[0] as u64
        );
        let live: Vec<i64> = sql(db, "SELECT id FROM customers WHERE closed_at IS NULL ORDER BY id").await?;
        let found = db.customer().find().order(|c| c.id.asc()).select(|c| c.id).await?;
        assert_eq!(found.iter().map(|id| id.0).collect::<Vec<_>>(), live);
        assert_eq!(db.customer().find().with_deleted().count().await?, 120);
        assert_eq!(db.customer().find().only_deleted().count().await?, 120 - live.len() as i64);
        assert_eq!(db.customer().get(1).await.map(drop).map_err(|error| error.kind()), Err(Kind::NotFound));
        let rented = db
            .rental()
            .find()
            .filter(|r| r.customer_id.eq(1))
            .with(|r| r.customer())
            .first()
            .await?
            .expect("it stays");
        assert!(rented.1.closed_at.is_some(), "a rental still has its customer");
        let stores = db.store().find().order(|s| s.id.asc()).with_count(|s| s.customers()).await?;
        assert_eq!(
            stores.iter().map(|(_, customers)| *customers).collect::<Vec<_>>(),
            [live.len() as i64, 0]
        );
        assert_eq!(db.customer().restore(1).await?.closed_at, None);
        assert_eq!(db.customer().find().restore().await?, 119 - live.len() as u64);
        let nobody = db
            .customer()
            .create()
            .store(1)
            .first_name("N")
            .last_name("N")
            .address(1)
            .created(NaiveDate::default())
            .save()
            .await?;
        db.customer().delete_forever(&nobody).await?;
        assert_eq!(db.customer().find().with_deleted().count().await?, 120);

        let read = db.payment().get(1).await?;
        let written = db.payment().update(&read).set(|u, p| u.amount(p.amount.add(1))).save().await?;
        assert_eq!((written.version, written.amount), (2, read.amount + Decimal::ONE));
        let stale = db.payment().update(&read).amount(0).save().await.map(drop);
        assert_eq!(stale.map_err(|error| error.kind()), Err(Kind::Stale));
        assert_eq!(db.payment().delete(&read).await.map_err(|error| error.kind()), Err(Kind::Stale));
        assert_eq!(db.payment().find().filter(|p| p.id.le(3)).update().amount(1).save().await?, 3);
        let versions: Vec<i64> = sql(db, "SELECT version FROM payments WHERE id <= 4 ORDER BY id").await?;
        assert_eq!(versions, [3, 2, 2, 1], "changes of many count too");
        Ok(())
    })
    .await;
}
