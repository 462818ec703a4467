//! Several tables: along relations and on conditions, one model twice, and what may be missing.

use rex_orm::Result;

use super::asked::answers;
use super::rows::in_every_store;
use crate::fixtures::sakila::{Actor, Category, City, Country, Db, Film, Language, Store};

#[tokio::test]
async fn along_relations() {
    in_every_store("joins", async |db| {
        answers! { db;
            "inner": db.film().find()
                .join(|f| f.language()).order(|(f, _)| f.id.asc()).select(|(f, l)| (f.title, l.name))
                => "SELECT f.title, l.name FROM films f JOIN languages l ON l.id = f.language_id ORDER BY f.id";
            "left": db.film().find()
                .left_join(|f| f.original()).order(|(f, _)| f.id.asc()).select(|(f, l)| (f.title, l.id, l.name))
                => "SELECT f.title, l.id, l.name FROM films f LEFT JOIN languages l ON l.id = f.original_id ORDER BY \
                    f.id";
            "right": db.city().find()
                .right_join(|c| c.country()).order(|(c, n)| (n.id.asc(), c.id.asc()))
                .select(|(c, n)| (c.name, n.name))
                => "SELECT c.name, n.name FROM cities c RIGHT JOIN countries n ON n.id = c.country_id ORDER BY n.id, \
                    c.id NULLS LAST";
            "full": db.film().find()
                .full_join(|f| f.original()).order(|(f, l)| (f.id.asc(), l.id.asc()))
                .select(|(f, l)| (f.id, l.id, l.name))
                => "SELECT f.id, l.id, l.name FROM films f FULL JOIN languages l ON l.id = f.original_id ORDER BY \
                    f.id NULLS LAST, l.id NULLS LAST";
            "to many": db.country().find()
                .left_join(|n| n.cities()).filter(|(n, _)| n.id.le(50)).order(|(n, c)| (n.id.asc(), c.id.asc()))
                .select(|(n, c)| (n.name, c.name))
                => "SELECT n.name, c.name FROM countries n LEFT JOIN cities c ON c.country_id = n.id WHERE n.id <= \
                    50 ORDER BY n.id, c.id NULLS LAST";
            "through a table": db.category().find()
                .join(|c| c.films()).order(|(c, f)| (c.id.asc(), f.id.asc())).select(|(c, f)| (c.name, f.title))
                => "SELECT c.name, f.title FROM categories c JOIN categories_films j ON j.category_id = c.id JOIN \
                    films f ON f.id = j.film_id ORDER BY c.id, f.id";
            "through a model": db.film().find()
                .join(|f| f.actors()).filter(|(f, _)| f.id.le(20)).order(|(f, a)| (f.id.asc(), a.id.asc()))
                .select(|(f, a)| (f.title, a.last_name))
                => "SELECT f.title, a.last_name FROM films f JOIN credits c ON c.film_id = f.id JOIN actors a ON \
                    a.id = c.actor_id WHERE f.id <= 20 ORDER BY f.id, a.id";
            "five tables": db.rental().find()
                .join(|r| r.copy()).join(|(_, c)| c.film()).join(|(r, ..)| r.customer())
                .left_join(|(.., k)| k.address()).order(|(r, ..)| r.id.asc())
                .select(|(r, c, f, k, a)| (r.id, c.store_id, f.title, k.last_name, a.street, r.returned_at))
                => "SELECT r.id, c.store_id, f.title, k.last_name, a.street, r.returned_at FROM rentals r JOIN \
                    inventory c ON c.id = r.copy_id JOIN films f ON f.id = c.film_id JOIN customers k ON k.id = \
                    r.customer_id LEFT JOIN addresses a ON a.id = k.address_id ORDER BY r.id";
            "a left join behind a left join": db.film().find()
                .left_join(|f| f.remake_of()).left_join(|(_, o)| o.original()).order(|(f, ..)| f.id.asc())
                .select(|(f, o, l)| (f.id, o.title, o.length, l.name))
                => "SELECT f.id, o.title, o.length, l.name FROM films f LEFT JOIN films o ON o.id = f.remake_of_id \
                    LEFT JOIN languages l ON l.id = o.original_id ORDER BY f.id";
            "a relation that is narrowed": db.film().find()
                .left_join(|f| f.copies().filter(|c| c.store_id.eq(1))).filter(|(f, _)| f.id.le(30))
                .order(|(f, c)| (f.id.asc(), c.id.asc())).select(|(f, c)| (f.id, c.id))
                => "SELECT f.id, c.id FROM films f LEFT JOIN inventory c ON c.film_id = f.id AND c.store_id = 1 \
                    WHERE f.id <= 30 ORDER BY f.id, c.id NULLS LAST";
            "none on the other side": db.country().find()
                .left_join(|n| n.cities()).filter(|(_, c)| c.id.is_none()).order(|(n, _)| n.id.asc())
                .select(|(n, _)| n.name)
                => "SELECT n.name FROM countries n WHERE NOT EXISTS (SELECT 1 FROM cities c WHERE c.country_id = \
                    n.id) ORDER BY n.id";
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn on_conditions() {
    in_every_store("joins_on", async |db| {
        answers! { db;
            "cross": db.store().find()
                .cross_join::<Language>().order(|(s, l)| (s.id.asc(), l.id.asc())).select(|(s, l)| (s.id, l.name))
                => "SELECT s.id, l.name FROM stores s CROSS JOIN languages l ORDER BY s.id, l.id";
            "one model twice, a pair once": db.film().find()
                .join_on::<Film>(|(a, b)| a.length.eq(b.length) & a.id.lt(b.id))
                .order(|(a, b)| (a.id.asc(), b.id.asc())).select(|(a, b)| (a.title, b.title))
                => "SELECT a.title, b.title FROM films a JOIN films b ON a.length = b.length AND a.id < b.id ORDER \
                    BY a.id, b.id";
            "one model three times": db.actor().find()
                .join_on::<Actor>(|(a, b)| a.last_name.eq(b.last_name) & a.id.lt(b.id))
                .join_on::<Actor>(|(_, b, c)| b.last_name.eq(c.last_name) & b.id.lt(c.id))
                .order(|(a, b, c)| (a.id.asc(), b.id.asc(), c.id.asc()))
                .select(|(a, b, c)| (a.first_name, b.first_name, c.first_name))
                => "SELECT a.first_name, b.first_name, c.first_name FROM actors a JOIN actors b ON a.last_name = \
                    b.last_name AND a.id < b.id JOIN actors c ON b.last_name = c.last_name AND b.id < c.id ORDER BY \
                    a.id, b.id, c.id";
            "left, on a range": db.film().find()
                .left_join_on::<Film>(|(a, b)| b.length.gt(a.length.add(130)))
                .order(|(a, b)| (a.id.asc(), b.id.asc())).select(|(a, b)| (a.id, b.id))
                => "SELECT a.id, b.id FROM films a LEFT JOIN films b ON b.length > a.length + 130 ORDER BY a.id, \
                    b.id NULLS LAST";
            "right": db.film().find()
                .right_join_on::<Language>(|(f, l)| f.original_id.eq(l.id) & f.length.gt(120))
                .order(|(f, l)| (l.id.asc(), f.id.asc())).select(|(f, l)| (f.title, l.name))
                => "SELECT f.title, l.name FROM films f RIGHT JOIN languages l ON f.original_id = l.id AND f.length \
                    > 120 ORDER BY l.id, f.id NULLS LAST";
            "full": db.city().find()
                .full_join_on::<Country>(|(c, n)| c.name.eq(n.name)).filter(|(c, n)| c.id.lt(5) | n.id.lt(5))
                .order(|(c, n)| (c.id.asc(), n.id.asc())).select(|(c, n)| (c.name, n.name))
                => "SELECT c.name, n.name FROM cities c FULL JOIN countries n ON c.name = n.name WHERE c.id < 5 OR \
                    n.id < 5 ORDER BY c.id NULLS LAST, n.id NULLS LAST";
            "what may be missing, computed with": db.film().find()
                .left_join(|f| f.original()).order(|(f, _)| f.id.asc())
                .select(|(f, l)| (f.id, l.name.optional().coalesce("as it is")))
                => "SELECT f.id, coalesce(l.name, 'as it is') FROM films f LEFT JOIN languages l ON l.id = \
                    f.original_id ORDER BY f.id";
        }
        whole_rows(db).await
    })
    .await;
}

/// Sides that may be missing are `Option`s, each whole or not there.
async fn whole_rows(db: &Db) -> Result<()> {
    let left: Vec<(Film, Option<Language>)> = db.film().find().left_join(|f| f.original()).await?;
    assert!(left.len() == 200 && left.iter().all(|(film, l)| film.original_id == l.as_ref().map(|l| l.id)));
    let right: Vec<(Option<City>, Country)> = db.city().find().right_join(|c| c.country()).await?;
    assert!(
        right
            .iter()
            .filter_map(|(city, n)| city.as_ref().map(|city| (city, n)))
            .all(|(c, n)| c.country_id == n.id)
    );
    let full: Vec<(Option<Film>, Option<Language>)> = db.film().find().full_join(|f| f.original()).await?;
    assert!(full.iter().any(|(_, l)| l.is_none()) && full.iter().all(|(f, l)| f.is_some() || l.is_some()));
    let cross: Vec<(Store, Category)> = db.store().find().cross_join::<Category>().await?;
    assert_eq!(cross.len(), 32);
    let twice: Vec<(Film, Film)> = db.film().find().join(|f| f.remake_of()).await?;
    assert!(twice.len() > 90 && twice.iter().all(|(film, of)| film.remake_of_id == Some(of.id)));
    Ok(())
}
