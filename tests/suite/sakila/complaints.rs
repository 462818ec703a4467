//! What others are blamed for most, each as a test that Rex does not have it. A test is named after the
//! complaint.

use rex_orm::{Cond, Counts, Find, Watch, count, row};
use rust_decimal::Decimal;

use super::asked::{agree, sql};
use super::rows::in_every_store;
use crate::fixtures::sakila::language::Unique as OfLanguage;
use crate::fixtures::sakila::{
    Actor, Customer, Film, FilmId, Language, NewActor, NewFilm, NewLanguage, Payment, Rental,
};

/// A column of the side that may be missing is a plain one in the type, and fails when there is no row; or an
/// `Option` of an `Option`.
#[tokio::test]
async fn left_joins_lose_their_nulls() {
    in_every_store("complaint_left", async |db| {
        let rows: Vec<(FilmId, Option<FilmId>, Option<i16>, Option<String>)> = db
            .film()
            .find()
            .left_join(|f| f.remake_of())
            .order(|(f, _)| f.id.asc())
            .select(|(f, of)| (f.id, of.id, of.length, of.title))
            .await?;
        assert!(rows.iter().any(|(_, of, ..)| of.is_none()));
        assert!(
            rows.iter().any(|(_, of, length, _)| of.is_some() && length.is_none()),
            "there, but without a length"
        );
        assert!(rows.iter().all(|(_, of, _, title)| of.is_some() == title.is_some()));
        let whole: Vec<(Film, Option<Film>)> = db.film().find().left_join(|f| f.remake_of()).await?;
        assert!(whole.iter().all(|(film, of)| film.remake_of_id == of.as_ref().map(|of| of.id)));
        Ok(())
    })
    .await;
}

/// `IN ()` is no SQL, or every row; and of many values it is too long.
#[tokio::test]
async fn lists_that_are_empty_or_huge_break() {
    in_every_store("complaint_in", async |db| {
        let (counts, none, many) = (Counts::new(), Vec::<i64>::new(), (0..100_000i64).collect::<Vec<_>>());
        let db = db.watch(Watch::new().count(&counts));
        let among = |ids: &[i64]| db.film().find().filter(|f| f.id.in_(ids.to_vec())).count();
        let not_among = |ids: &[i64]| db.film().find().filter(|f| f.id.not_in(ids.to_vec())).count();
        assert_eq!((among(&none).await?, not_among(&none).await?), (0, 200));
        assert_eq!((among(&many).await?, not_among(&many).await?), (200, 0));
        let loaded = db
            .film()
            .find()
            .filter(|f| f.id.in_(many))
            .with(|f| f.copies().filter(|c| c.id.in_(0..100_000i64)))
            .await?;
        assert_eq!(loaded.iter().map(|(_, copies)| copies.len()).sum::<usize>(), 904);
        assert_eq!(counts.statements(), 6, "a statement each");
        Ok(())
    })
    .await;
}

/// The limit is of all children together, or each parent is asked for by itself.
#[tokio::test]
async fn limits_within_eager_loading_are_of_all() {
    in_every_store("complaint_limit", async |db| {
        let counts = Counts::new();
        let watched = db.watch(Watch::new().count(&counts));
        let customers: Vec<(Customer, Vec<Rental>)> =
            watched.customer().find().with(|c| c.rentals().order(|r| r.rented_at.desc()).limit(2)).await?;
        let expected: i64 = sql(
            db,
            "SELECT CAST(sum(CASE WHEN n > 2 THEN 2 ELSE n END) AS bigint) FROM (SELECT \
            count(*) AS n FROM rentals GROUP BY customer_id) AS r",
        )
        .await?[0];
        assert_eq!(customers.iter().map(|(_, rentals)| rentals.len() as i64).sum::<i64>(), expected);
        assert!(customers.iter().all(|(_, rentals)| rentals.is_sorted_by(|a, b| a.rented_at >= b.rented_at)));
        assert_eq!(counts.statements(), 2);
        Ok(())
    })
    .await;
}

/// A query whose conditions are known at run time only has a type of its own for each, or cannot be grouped.
#[tokio::test]
async fn queries_that_are_put_together_cannot_be_grouped() {
    fn narrowed(films: Find<Film>, conds: Vec<Cond<Film>>) -> Find<Film> {
        conds.into_iter().fold(films, |films, cond| films.filter(|_| cond))
    }

    in_every_store("complaint_boxed", async |db| {
        let columns = |least: i16| db.film().find().filter(move |f| f.length.ge(least));
        for (least, text) in [(0, "length >= 0"), (100, "length >= 100 AND days < 5")] {
            let any = if least == 0 { vec![Cond::all()] } else { Vec::new() };
            let mut films = narrowed(columns(least), any);
            if least > 0 {
                films = films.filter(|f| f.days.lt(5));
            }
            let mut groups = films.group_by(|f| (f.days, f.rating));
            if least > 0 {
                groups = groups.having(|_, _| count().gt(1));
            }
            let rows = groups.order(|(days, rating), _| (days.asc(), rating.asc()));
            let rows = rows.select(|(days, _), f| (days, count(), f.rate.sum()));
            let having = if least > 0 { "HAVING count(*) > 1" } else { "" };
            let rank = "CASE rating WHEN 'G' THEN 1 WHEN 'PG' THEN 2 WHEN 'PG-13' THEN 3 WHEN 'R' THEN 4 WHEN \
                'NC-17' THEN 5 ELSE 6 END";
            let text = format!("SELECT days, count(*), {{$sum(rate)}} FROM films WHERE {text} GROUP BY days, \
                rating {having} ORDER BY days, {rank}");
            agree::<(i16, i64, Option<Decimal>)>(db, "put together", Box::pin(rows.into_future()), &text).await?;
        }
        Ok(())
    })
    .await;
}

/// A row that is there already is an error, though it was to be left as it is; or the row that is answered with
/// is not there.
#[tokio::test]
async fn do_nothing_is_an_error() {
    in_every_store("complaint_nothing", async |db| {
        let create = |name: &str| db.language().create().name(name);
        let (there, new): (Option<Language>, Option<Language>) =
            (create("English").or_ignore().await?, create("Latin").or_ignore().await?);
        assert!(there.is_none() && new.is_some());
        // Nothing but the unique is set, and still the row is answered with.
        assert_eq!(create("English").upsert(OfLanguage::Name).await?.id.0, 1);
        // In a transaction, what comes after it is done.
        let tx = db.begin().await?;
        assert_eq!(tx.language().create().name("English").or_ignore().await?, None);
        tx.language().insert(NewLanguage::new("Greek")).await?;
        tx.commit().await?;
        assert_eq!(sql::<i64>(db, "SELECT count(*) FROM languages").await?, [8]);
        Ok(())
    })
    .await;
}

/// An update that sets nothing is SQL that cannot be read, or a panic.
#[tokio::test]
async fn updates_of_nothing_fail() {
    in_every_store("complaint_update", async |db| {
        let counts = Counts::new();
        let watched = db.watch(Watch::new().count(&counts));
        let film = db.film().get(3).await?;
        assert_eq!(watched.film().update(3).save().await?, film, "the row as it is");
        assert_eq!(watched.film().find().update().save().await?, 0);
        assert_eq!(watched.film().find().update().set(|u, _| u).save().await?, 0);
        assert_eq!(counts.statements(), 1, "the row is read");
        let paid = db.payment().get(1).await?;
        assert_eq!(db.payment().update(&paid).save().await?, paid, "and no version is counted");
        Ok(())
    })
    .await;
}

/// A statement takes 65,535 values in PostgreSQL, and 32,766 in SQLite.
#[tokio::test]
async fn statements_run_out_of_binds() {
    in_every_store("complaint_binds", async |db| {
        let films =
            (0..6_000).map(|n| NewFilm { length: Some(1), ..NewFilm::new(format!("NEW {n}"), 1, ["x"]) });
        let films = db.film().insert_many(films).await?;
        assert!(films.iter().enumerate().all(|(n, film)| film.title == format!("NEW {n}")), "78,000 values");
        let actors =
            db.actor().insert_many((0..40_000).map(|n| NewActor::new(format!("{n}"), "NEW"))).await?;
        assert_eq!(actors.len(), 40_000);
        assert_eq!(db.film().actors(1).add(&actors).await?, 40_000);
        let loaded = db.actor().find().filter(|a| a.last_name.eq("NEW")).with(|a| a.films()).await?;
        assert!(loaded.len() == 40_000 && loaded.iter().all(|(_, films)| films.len() == 1));
        assert_eq!(db.film().actors(1).remove(&actors).await?, 40_000);
        Ok(())
    })
    .await;
}

/// What goes through JSON on its way, or through a double, is another number or another time.
#[tokio::test]
async fn nested_loading_rounds_numbers_and_times() {
    in_every_store("complaint_values", async |db| {
        let customers: Vec<(Customer, Vec<(Rental, Vec<Payment>)>)> =
            db.customer().find().with(|c| c.rentals().with(|r| r.payments())).await?;
        let payments = customers.iter().flat_map(|(_, rentals)| rentals).flat_map(|(_, payments)| payments);
        let mut loaded: Vec<_> =
            payments.map(|paid| (paid.id.0, paid.reference, paid.paid_at, paid.amount, paid.rental_id)).collect();
        loaded.sort_by_key(|paid| paid.0);
        let text = "SELECT id, reference, paid_at, {$amount}, rental_id FROM payments WHERE rental_id IS NOT NULL \
            ORDER BY id";
        assert_eq!(loaded, sql(db, text).await?);
        assert!(loaded.iter().any(|paid| paid.1 % 2 == 1 && paid.1 > 1 << 53), "which no double is");
        assert!(loaded.iter().any(|paid| paid.2.timestamp_subsec_micros() % 1_000 != 0), "to the microsecond");
        let largest = db.payment().create().customer(1).staff(1).amount(1).paid_at(chrono::DateTime::UNIX_EPOCH);
        largest.reference(i64::MAX).rental(1).save().await?;
        let (_, paid) = db.rental().find().filter(|r| r.id.eq(1)).with(|r| r.payments().order(|p| p.id.desc())).one().await?;
        assert_eq!(paid[0].reference, i64::MAX);
        Ok(())
    })
    .await;
}

/// Columns of one type are read in the order of the table, whatever order they were asked for in.
#[tokio::test]
async fn columns_are_swapped() {
    #[derive(Clone, Debug, PartialEq)]
    struct Named {
        last: String,
        first: String,
    }

    in_every_store("complaint_swapped", async |db| {
        let nick = || db.actor().find().filter(|a| a.id.eq(2));
        let named = Named { last: "WAHLBERG".to_owned(), first: "NICK".to_owned() };
        assert_eq!(
            nick().select(|a| row!(Named { last: a.last_name, first: a.first_name })).one().await?,
            named
        );
        assert_eq!(
            nick().select(|a| row!(Named { first: a.first_name, last: a.last_name })).one().await?,
            named
        );
        let swapped: Vec<Actor> =
            sql(db, "SELECT last_name, id, first_name FROM actors WHERE id = 2").await?;
        assert_eq!(swapped, [nick().one().await?], "SQL of one's own, by the names of the columns");
        // A table whose columns stand in another order than the schema's.
        super::asked::execute(db, "ALTER TABLE actors RENAME COLUMN first_name TO middle").await?;
        super::asked::execute(db, "ALTER TABLE actors RENAME COLUMN last_name TO first_name").await?;
        super::asked::execute(db, "ALTER TABLE actors RENAME COLUMN middle TO last_name").await?;
        let turned = nick().one().await?;
        assert_eq!((&*turned.first_name, &*turned.last_name), ("WAHLBERG", "NICK"));
        Ok(())
    })
    .await;
}
