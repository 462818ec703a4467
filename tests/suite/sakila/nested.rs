//! Queries within queries: as values, as tables, named, recursive, and united.

use rex_orm::{Result, count, exists, scalar, value};

use super::asked::{agree, answers};
use super::rows::in_every_store;
use crate::fixtures::sakila::{Db, Film, Rental};

#[tokio::test]
async fn within() {
    in_every_store("within", async |db| {
        let lent = || db.inventory().find().join(|c| c.rentals()).group_by(|(c, _)| c.film_id);
        let counted = || lent().select(|film, (_, r)| (film, count(), r.rented_at.max()));
        let mean = || scalar(db.film().find().select(|f| f.length.avg()));
        answers! { db;
            "in what is selected": db.film().find()
                .filter(|f| f.id.le(30)).order(|f| f.id.asc())
                .select(|f| (f.title, scalar(db.film().find().select(|g| g.length.max())), mean()))
                => "SELECT title, (SELECT max(length) FROM films), (SELECT CAST(avg(length) AS double precision) \
                    FROM films) FROM films WHERE id <= 30 ORDER BY id";
            "in the place of a table": counted().nested().filter(|(_, n, _)| n.gt(4)).order(|(film, ..)| film.asc())
                => "SELECT film_id, n, last FROM (SELECT c.film_id, count(*) AS n, max(r.rented_at) AS last FROM \
                    inventory c JOIN rentals r ON r.copy_id = c.id GROUP BY c.film_id) AS f WHERE n > 4 ORDER BY \
                    film_id";
            "joined": db.film().find()
                .left_join_rows(counted(), |(f, (film, ..))| f.id.eq(film)).filter(|(f, _)| f.id.le(60))
                .order(|(f, _)| f.id.asc()).select(|(f, (_, n, last))| (f.title, n, last))
                => "SELECT f.title, n, last FROM films f LEFT JOIN (SELECT c.film_id, count(*) AS n, \
                    max(r.rented_at) AS last FROM inventory c JOIN rentals r ON r.copy_id = c.id GROUP BY c.film_id) \
                    AS l ON l.film_id = f.id WHERE f.id <= 60 ORDER BY f.id";
            "joined, and those that meet none": db.film().find()
                .filter(|f| f.id.le(60)).right_join_rows(counted(), |(f, (film, ..))| f.id.eq(film))
                .filter_if(Some(2), |(_, (_, n, _)), most| n.le(most)).filter_if(None::<i64>, |(_, (_, n, _)), n_is| n.eq(n_is))
                .order(|(f, (film, ..))| (f.id.asc(), film.asc())).select(|(f, (film, n, _))| (f.title, film, n))
                => "SELECT f.title, film_id, n FROM films f RIGHT JOIN (SELECT c.film_id, count(*) AS n FROM inventory \
                    c JOIN rentals r ON r.copy_id = c.id GROUP BY c.film_id) AS l ON l.film_id = f.id WHERE f.id <= 60 \
                    AND n <= 2 ORDER BY f.id NULLS LAST, film_id";
            "joined, and those of both that meet none": db.film().find()
                .full_join_rows(counted().nested().filter(|(_, n, _)| n.gt(3)).select(|row| row), |(f, (film, ..))| f.id.eq(film))
                .order(|(f, (film, ..))| (f.id.asc(), film.asc())).select(|(f, (film, n, _))| (f.id, film, n))
                => "SELECT f.id, film_id, n FROM films f FULL JOIN (SELECT c.film_id, count(*) AS n FROM inventory c \
                    JOIN rentals r ON r.copy_id = c.id GROUP BY c.film_id HAVING count(*) > 3) AS l ON l.film_id = f.id \
                    ORDER BY f.id NULLS LAST, film_id NULLS LAST";
            "aggregated once more": counted().nested()
                .select(|(_, n, last)| (n.max(), n.sum(), last.min(), count()))
                => "SELECT max(n), CAST(sum(n) AS bigint), min(last), count(*) FROM (SELECT count(*) AS n, \
                    max(r.rented_at) AS last FROM inventory c JOIN rentals r ON r.copy_id = c.id GROUP BY c.film_id) \
                    AS f";
            "in a filter": db.film().find()
                .filter(|f| f.id.in_query(lent().having(|_, _| count().ge(6)).select(|film, _| film)))
                .order(|f| f.id.asc()).select(|f| f.id)
                => "SELECT film_id FROM inventory c JOIN rentals r ON r.copy_id = c.id GROUP BY film_id HAVING \
                    count(*) >= 6 ORDER BY film_id";
            "not in a filter": db.film().find()
                .filter(|f| f.id.not_in_query(lent().select(|film, _| film))).order(|f| f.id.asc()).select(|f| f.id)
                => "SELECT id FROM films WHERE id NOT IN (SELECT film_id FROM inventory c JOIN rentals r ON \
                    r.copy_id = c.id) ORDER BY id";
            "there is one": db.language().find()
                .filter(|_| exists(db.film().find().filter(|f| f.length.gt(180)).select(|f| f.id)))
                .order(|l| l.id.asc()).select(|l| l.name)
                => "SELECT name FROM languages WHERE EXISTS (SELECT 1 FROM films WHERE length > 180) ORDER BY id";
            "there is none": db.country().find()
                .filter(|n| !n.cities().exists()).order(|n| n.id.asc()).select(|n| n.name)
                => "SELECT name FROM countries n WHERE NOT EXISTS (SELECT 1 FROM cities c WHERE c.country_id = n.id) \
                    ORDER BY id";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn named() {
    in_every_store("named", async |db| {
        let spent = db.payment().find().group_by(|p| p.customer_id).select(|id, p| (id, p.amount.sum())).common("spent");
        let most = || scalar(spent.find().select(|(_, sum)| sum.max()));
        answers! { db;
            "read once": spent.find().filter(|(_, sum)| sum.gt(40)).order(|(id, _)| id.asc())
                => "WITH spent AS (SELECT customer_id, sum(amount) AS total FROM payments GROUP BY 1) SELECT \
                    customer_id, {$total} FROM spent WHERE total > {40.00} ORDER BY 1";
            "read twice": spent.find().filter(|(_, sum)| sum.ge(most())).order(|(id, _)| id.asc())
                => "WITH spent AS (SELECT customer_id, sum(amount) AS total FROM payments GROUP BY 1) SELECT \
                    customer_id, {$total} FROM spent WHERE total >= (SELECT max(total) FROM spent) ORDER BY 1";
            "joined to a model": db.customer().find()
                .join_rows(&spent, |(c, (id, _))| c.id.eq(id)).order(|(c, (_, sum))| (sum.desc(), c.id.asc()))
                .limit(5).select(|(c, (_, sum))| (c.last_name, sum))
                => "WITH spent AS (SELECT customer_id, sum(amount) AS total FROM payments GROUP BY 1) SELECT \
                    c.last_name, {$total} FROM customers c JOIN spent ON customer_id = c.id ORDER BY total DESC, \
                    c.id LIMIT 5";
        }
        trees(db).await
    })
    .await;
}

/// What was made again of a film, of that, and so on; and back to where a film comes from.
async fn trees(db: &Db) -> Result<()> {
    let below = |root: i64| {
        let first = db.film().find().filter(move |f| f.id.eq(root)).select(|f| (f.id, value(0), f.title));
        first.recursive("below", |above| {
            let next = db.film().find().join_rows(above, |(f, (id, ..))| f.remake_of_id.eq(id));
            next.select(|(f, (_, depth, path))| (f.id, depth.add(1), path.concat(" > ").concat(f.title)))
        })
    };
    let sql = "WITH RECURSIVE below (id, depth, path) AS (SELECT id, 0, {title::text ¦ title} FROM films WHERE id \
        = 2 UNION ALL SELECT f.id, depth + 1, path || ' > ' || f.title FROM films f JOIN below b ON \
        f.remake_of_id = b.id) SELECT id, depth, path FROM below ORDER BY depth, id";
    let rows = below(2).find().order(|(id, depth, _)| (depth.asc(), id.asc()));
    agree::<(i64, i32, String)>(db, "a tree", plain(rows.select(|(id, depth, path)| (id, depth, path))), sql)
        .await?;
    let sql = "WITH RECURSIVE below (id, depth) AS (SELECT id, 0 FROM films WHERE id = 2 UNION ALL SELECT f.id, \
        depth + 1 FROM films f JOIN below b ON f.remake_of_id = b.id) SELECT depth, count(*) FROM below GROUP BY \
        depth ORDER BY depth";
    let levels = below(2)
        .find()
        .group_by(|(_, depth, _)| depth)
        .order(|depth, _| depth.asc())
        .select(|depth, _| (depth, count()));
    agree(db, "its levels", levels.into_future(), sql).await?;
    let from = db.film().find().filter(|f| f.id.eq(162)).select(|f| (f.id, f.remake_of_id)).recursive(
        "origin",
        |made| {
            let next = db.film().find().join_rows(made, |(f, (_, of))| f.id.eq(of));
            next.select(|(f, _)| (f.id, f.remake_of_id))
        },
    );
    let sql = "WITH RECURSIVE origin AS (SELECT id, remake_of_id FROM films WHERE id = 162 UNION ALL SELECT f.id, \
        f.remake_of_id FROM films f JOIN origin o ON f.id = o.remake_of_id) SELECT id, remake_of_id FROM origin \
        ORDER BY id";
    agree(db, "upwards", from.find().order(|(id, _)| id.asc()).into_future(), sql).await
}

/// Ids as the numbers that they are.
fn plain(
    rows: rex_orm::Selected<(crate::fixtures::sakila::FilmId, i32, String)>,
) -> rex_orm::Pending<Vec<(i64, i32, String)>> {
    Box::pin(
        async move { Ok(rows.await?.into_iter().map(|(id, depth, path)| (id.0, depth, path)).collect()) },
    )
}

#[tokio::test]
async fn united() {
    in_every_store("united", async |db| {
        let actors = || db.actor().find().select(|a| (a.first_name, a.last_name));
        let customers = || db.customer().find().select(|c| (c.first_name, c.last_name));
        let (long, dear) = (
            || db.film().find().filter(|f| f.length.gt(150)).select(|f| f.id),
            || db.film().find().filter(|f| f.rate.gt(4)).select(|f| f.id),
        );
        answers! { db;
            "union": actors().union(customers()).nested().order(|(first, last)| (first.asc(), last.asc()))
                => "SELECT first_name, last_name FROM actors UNION SELECT first_name, last_name FROM customers ORDER \
                    BY 1, 2";
            "union all": actors().union_all(customers()).nested().order(|(first, last)| (first.asc(), last.asc()))
                => "SELECT first_name, last_name FROM actors UNION ALL SELECT first_name, last_name FROM customers \
                    ORDER BY 1, 2";
            "intersect": long().intersect(dear()).nested().order(|id| id.asc())
                => "SELECT id FROM films WHERE length > 150 AND rate > {4.00} ORDER BY id";
            "except": long().except(dear()).nested().order(|id| id.desc())
                => "SELECT id FROM films WHERE length > 150 EXCEPT SELECT id FROM films WHERE rate > {4.00} ORDER BY \
                    1 DESC";
            "several, from left to right": long().union(dear()).except(dear()).nested().order(|id| id.asc()).limit(9)
                => "SELECT id FROM films WHERE length > 150 EXCEPT SELECT id FROM films WHERE rate > {4.00} ORDER BY \
                    1 LIMIT 9";
            "each with its own limit": db.film().find()
                .order(|f| (f.length.desc().nulls_last(), f.id.asc())).limit(3).select(|f| f.id)
                .union_all(db.film().find().order(|f| (f.length.asc(), f.id.asc())).limit(3).select(|f| f.id))
                .nested().order(|id| id.asc())
                => "SELECT id FROM (SELECT id FROM films ORDER BY length DESC NULLS LAST, id LIMIT 3) AS a UNION ALL \
                    SELECT id FROM (SELECT id FROM films ORDER BY length NULLS LAST, id LIMIT 3) AS b ORDER BY 1";
            "of different models": db.film().find()
                .select(|f| (f.rate, value("rate")))
                .union(db.payment().find().select(|p| (p.amount, value("amount")))).nested()
                .order(|(amount, what)| (amount.asc(), what.asc()))
                => "SELECT {$n}, what FROM (SELECT rate AS n, {'rate'::text ¦ 'rate'} AS what FROM films UNION \
                    SELECT amount, 'amount' FROM payments) AS u ORDER BY n, what";
        }
        let both = db.rental().find().select(|r| r.id).intersect(db.payment().find().join(|p| p.rental()).select(|(_, r)| r.id));
        assert_eq!(both.count().await?, db.rental().find().filter(|r| r.payments().exists()).count().await?);
        let pairs = db.film().find().join_on::<Rental>(|(f, r)| f.id.eq(1) & r.id.le(3)).join_on::<Film>(|(.., g)| g.id.eq(2));
        assert_eq!(pairs.count().await?, 3);
        Ok(())
    })
    .await;
}
