//! Rows that are made one: aggregates, groups, and windows.

use rex_orm::{Result, count, cume_dist, dense_rank, ntile, percent_rank, rank, row, row_number, value};
use rust_decimal::Decimal;

use super::asked::answers;
use super::rows::in_every_store;
use crate::fixtures::sakila::{Db, Rating};

#[tokio::test]
async fn aggregates() {
    in_every_store("aggregates", async |db| {
        let films = || db.film().find();
        answers! { db;
            "how many": films().select(|_| count()) => "SELECT count(*) FROM films";
            "how many there are": films().select(|f| (f.length.count(), f.rating.count(), f.original_id.count()))
                => "SELECT count(length), count(rating), count(original_id) FROM films";
            "how many different ones": films()
                .select(|f| (f.length.count_distinct(), f.rating.count_distinct(), f.rate.count_distinct()))
                => "SELECT count(DISTINCT length), count(DISTINCT rating), count(DISTINCT rate) FROM films";
            "sums": films().select(|f| (f.length.sum(), f.rate.sum(), f.rate.mul(f.days).sum()))
                => "SELECT sum(length), {$sum(rate)}, {$sum(rate * days)} FROM films";
            "a sum beyond a double": db.payment().find().filter(|p| p.id.le(3)).select(|p| p.reference.sum())
                => "SELECT CAST(sum(reference) AS bigint) FROM payments WHERE id <= 3";
            "means": films().select(|f| (f.length.avg(), f.length.div(2).avg()))
                => "SELECT CAST(avg(length) AS double precision), CAST(avg(length / 2) AS double precision) FROM \
                    films";
            "a mean of amounts": films().select(|f| f.rate.avg())
                => "SELECT {avg(rate)::float8 ¦ avg(rate) / 100.0} FROM films";
            "extremes": films()
                .select(|f| (f.length.min(), f.length.max(), f.rate.min(), f.rate.max(), f.title.min(), f.title.max()))
                => "SELECT min(length), max(length), {$min(rate)}, {$max(rate)}, min(title), max(title) FROM films";
            "extremes of times": db.rental().find().select(|r| (r.rented_at.min(), r.returned_at.max()))
                => "SELECT min(rented_at), max(returned_at) FROM rentals";
            "extremes of an enum": films().select(|f| (f.rating.min(), f.rating.max()))
                => "SELECT {'G'::text ¦ 'G'}, {'NC-17'::text ¦ 'NC-17'}";
            "of some rows": films()
                .select(|f| (count().filter(f.rating.eq(Rating::R)), f.rate.sum().filter(f.length.gt(100) & f.days.lt(5))))
                => "SELECT count(*) FILTER (WHERE rating = 'R'), {$sum(rate) FILTER (WHERE length > 100 AND days < \
                    5)} FROM films WHERE {true ¦ 1 = 1}";
            "texts": films().filter(|f| f.id.le(9)).select(|f| f.title.string_agg(", ").order(f.length.desc()))
                => "SELECT string_agg(title, ', ' ORDER BY length DESC NULLS FIRST) FROM films WHERE id <= 9";
            "a list": films()
                .filter(|f| f.id.le(9))
                .select(|f| (f.id.array_agg().order(f.id.desc()), f.length.array_agg().filter(f.length.gt(60)).order(f.id.asc())))
                => "SELECT {array_agg(id ORDER BY id DESC) ¦ json_group_array(id ORDER BY id DESC)}, \
                    {array_agg(length ORDER BY id) ¦ json_group_array(length ORDER BY id)} FILTER (WHERE length > \
                    60) FROM films WHERE id <= 9";
            "of no rows": films()
                .filter(|f| f.id.lt(0))
                .select(|f| (count(), f.length.sum(), f.length.avg(), f.title.max(), f.title.string_agg(",")))
                => "SELECT count(*), sum(length), CAST(avg(length) AS double precision), max(title), max(title) FROM \
                    films WHERE id < 0";
            "computed of aggregates": films().select(|f| f.length.max().sub(f.length.min()))
                => "SELECT max(length) - min(length) FROM films";
        }
        Ok(())
    })
    .await;
}

rex_orm::from_row! {
    #[derive(Clone, Debug, PartialEq)]
    struct Taken {
        name: String,
        rentals: i64,
        taken: Option<Decimal>,
    }
}

#[tokio::test]
async fn groups() {
    in_every_store("groups", async |db| {
        answers! { db;
            "by a column": db.film().find()
                .group_by(|f| f.days).order(|days, _| days.asc()).select(|days, f| (days, count(), f.length.max()))
                => "SELECT days, count(*), max(length) FROM films GROUP BY days ORDER BY days";
            "by what may be null": db.film().find()
                .group_by(|f| f.original_id).order(|id, _| id.asc()).select(|id, _| (id, count()))
                => "SELECT original_id, count(*) FROM films GROUP BY original_id ORDER BY original_id NULLS LAST";
            "by two": db.film().find()
                .group_by(|f| (f.days, f.rate)).order(|(days, rate), _| (days.asc(), rate.asc()))
                .select(|(days, rate), _| (days, rate, count()))
                => "SELECT days, {$rate}, count(*) FROM films GROUP BY days, rate ORDER BY days, rate";
            "by an expression": db.film().find()
                .group_by(|f| f.length.div(60)).order(|hours, _| hours.desc()).select(|hours, f| (hours, f.id.min()))
                => "SELECT length / 60, min(id) FROM films GROUP BY length / 60 ORDER BY length / 60 DESC NULLS \
                    FIRST";
            "by a part of a time": db.rental().find()
                .group_by(|r| r.rented_at.start_of_month()).order(|month, _| month.asc())
                .select(|month, r| (month, count(), r.customer_id.count_distinct()))
                => "SELECT {date_trunc('month', rented_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' ¦ substr(rented_at, \
                    1, 8) || '01T00:00:00.000000Z'}, count(*), count(DISTINCT customer_id) FROM rentals GROUP BY 1 \
                    ORDER BY 1";
            "by a choice": db.film().find()
                .group_by(|f| f.length.lt(90).then(value("short")).otherwise("long")).order(|kind, _| kind.asc())
                .select(|kind, _| (kind, count()))
                => "SELECT CASE WHEN length < 90 THEN 'short' ELSE 'long' END, count(*) FROM films GROUP BY 1 ORDER \
                    BY 1";
            "having": db.actor().find()
                .join(|a| a.films()).group_by(|(a, _)| (a.id, a.last_name))
                .having(|_, (_, f)| count().gt(8) & f.length.avg().gt(100.0)).order(|(id, _), _| id.asc())
                .select(|(_, name), _| (name, count()))
                => "SELECT a.last_name, count(*) FROM actors a JOIN credits c ON c.actor_id = a.id JOIN films f ON \
                    f.id = c.film_id GROUP BY a.id, a.last_name HAVING count(*) > 8 AND avg(f.length) > 100.0 ORDER \
                    BY a.id";
            "ordered by an aggregate, limited": db.payment().find()
                .group_by(|p| p.customer_id).order(|id, p| (p.amount.sum().desc(), id.asc())).limit(7).offset(2)
                .select(|id, p| (id, p.amount.sum(), count()))
                => "SELECT customer_id, {$sum(amount)}, count(*) FROM payments GROUP BY customer_id ORDER BY \
                    sum(amount) DESC, customer_id LIMIT 7 OFFSET 2";
            "into a struct": db.category().find()
                .join(|c| c.films()).join(|(_, f)| f.copies()).join(|(.., i)| i.rentals())
                .left_join(|(.., r)| r.payments()).group_by(|(c, ..)| (c.id, c.name)).order(|(_, name), _| name.asc())
                .select(|(_, name), (.., r, p)| row!(Taken { name, rentals: r.id.count_distinct(), taken: p.amount.sum() }))
                => "SELECT c.name AS name, count(DISTINCT r.id) AS rentals, {$sum(p.amount)} AS taken FROM \
                    categories c JOIN categories_films j ON j.category_id = c.id JOIN inventory i ON i.film_id = \
                    j.film_id JOIN rentals r ON r.copy_id = i.id LEFT JOIN payments p ON p.rental_id = r.id GROUP BY \
                    c.id, c.name ORDER BY c.name";
            "groups without rows behind a left join": db.country().find()
                .left_join(|n| n.cities()).group_by(|(n, _)| n.id).order(|id, (_, c)| (c.id.count().desc(), id.asc()))
                .select(|id, (_, c)| (id, c.id.count(), count()))
                => "SELECT n.id, count(c.id), count(*) FROM countries n LEFT JOIN cities c ON c.country_id = n.id \
                    GROUP BY n.id ORDER BY count(c.id) DESC, n.id";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn windows() {
    in_every_store("windows", async |db| {
        let films = || db.film().find().filter(|f| f.id.le(60)).order(|f| f.id.asc());
        answers! { db;
            "numbers": films()
                .select(|f| (f.id, row_number().partition(f.days).order((f.rate.desc(), f.id.asc())), rank().partition(f.days).order(f.rate.desc()), dense_rank().order(f.rate.asc())))
                => "SELECT id, row_number() OVER (PARTITION BY days ORDER BY rate DESC, id), rank() OVER (PARTITION \
                    BY days ORDER BY rate DESC), dense_rank() OVER (ORDER BY rate) FROM films WHERE id <= 60 ORDER \
                    BY id";
            "parts": films()
                .select(|f| (f.id, ntile(7).order(f.id.asc()), percent_rank().order(f.days.asc()), cume_dist().order(f.days.asc())))
                => "SELECT id, {ntile(7) OVER (ORDER BY id)::bigint ¦ ntile(7) OVER (ORDER BY id)}, percent_rank() \
                    OVER (ORDER BY days), cume_dist() OVER (ORDER BY days) FROM films WHERE id <= 60 ORDER BY id";
            "neighbours": films()
                .select(|f| (f.id, f.title.lag(1).order(f.id.asc()), f.length.lead(2).partition(f.rating).order(f.id.desc())))
                => "SELECT id, lag(title) OVER (ORDER BY id), lead(length, 2) OVER (PARTITION BY rating ORDER BY id \
                    DESC) FROM films WHERE id <= 60 ORDER BY id";
            "ends": films()
                .select(|f| (f.id, f.title.first_value().partition(f.days).order(f.id.asc()), f.title.last_value().partition(f.days).order(f.id.asc()).rows_between(None, None), f.title.nth_value(2).order(f.id.asc())))
                => "SELECT id, first_value(title) OVER (PARTITION BY days ORDER BY id), last_value(title) OVER \
                    (PARTITION BY days ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), \
                    nth_value(title, 2) OVER (ORDER BY id) FROM films WHERE id <= 60 ORDER BY id";
            "running": db.payment().find()
                .filter(|p| p.customer_id.eq(1)).order(|p| p.id.asc())
                .select(|p| (p.id, p.amount.sum().over().order(p.id.asc()), p.amount.max().over().order(p.id.asc()).rows_between(2, 1), count().over()))
                => "SELECT id, {$sum(amount) OVER (ORDER BY id)}, {$max(amount) OVER (ORDER BY id ROWS BETWEEN 2 \
                    PRECEDING AND 1 FOLLOWING)}, count(*) OVER () FROM payments WHERE customer_id = 1 ORDER BY id";
            "of some rows": films()
                .select(|f| (f.id, count().filter(f.rating.eq(Rating::G)).over().partition(f.days)))
                => "SELECT id, count(*) FILTER (WHERE rating = 'G') OVER (PARTITION BY days) FROM films WHERE id <= \
                    60 ORDER BY id";
            "over groups": db.film().find()
                .group_by(|f| f.days).order(|days, _| days.asc())
                .select(|days, _| (days, rank().order(count().desc())))
                => "SELECT days, rank() OVER (ORDER BY count(*) DESC) FROM films GROUP BY days ORDER BY days";
            "filtered by": db.film().find()
                .select(|f| (f.id, f.days, row_number().partition(f.days).order((f.length.desc().nulls_last(), f.id.asc()))))
                .nested().filter(|(.., place)| place.le(2)).order(|(id, ..)| id.asc())
                .select(|(id, days, _)| (id, days))
                => "SELECT id, days FROM (SELECT id, days, row_number() OVER (PARTITION BY days ORDER BY length DESC \
                    NULLS LAST, id) AS n FROM films) AS f WHERE n <= 2 ORDER BY id";
        }
        put_together(db).await
    })
    .await;
}

/// A query that is put together at run time, and grouped at its end.
async fn put_together(db: &Db) -> Result<()> {
    let mut films = db.film().find();
    let mut sql = "SELECT days, count(*) FROM films WHERE 1 = 1".to_owned();
    for (cond, text) in [(true, " AND length > 60"), (false, " AND rate > 3"), (true, " AND id < 150")] {
        if cond {
            films = match text {
                " AND length > 60" => films.filter(|f| f.length.gt(60)),
                _ => films.filter(|f| f.id.lt(150)),
            };
            sql += text;
        }
    }
    sql += " GROUP BY days ORDER BY days";
    let groups = films.group_by(|f| f.days).order(|days, _| days.asc()).select(|days, _| (days, count()));
    super::asked::agree(db, "put together", Box::pin(groups.into_future()), &sql).await
}
