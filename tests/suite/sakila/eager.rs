//! What is loaded along: any depth, siblings, counts, trees, each parent with its own filter, order and
//! limit; and how many statements that takes, which is a matter of the shape and not of the rows.

use std::collections::BTreeMap;

use rex_orm::{Counts, Tree, Watch};

use super::asked::sql;
use super::rows::in_every_store;
use crate::fixtures::sakila::{Actor, Category, Customer, Db, Film, Inventory, Language, Payment, Rental};

/// A handle that counts what it sends.
fn counting(db: &Db) -> (Db, Counts) {
    let counts = Counts::new();
    (db.watch(Watch::new().count(&counts)), counts)
}

/// Pairs of a parent and a child, in their order.
fn pairs<P, C>(rows: &[(P, Vec<C>)], parent: fn(&P) -> i64, child: fn(&C) -> i64) -> Vec<(i64, i64)> {
    rows.iter().flat_map(|(p, of)| of.iter().map(move |c| (parent(p), child(c)))).collect()
}

#[tokio::test]
async fn each_parent_has_its_own() {
    in_every_store("eager", async |db| {
        let (watched, counts) = counting(db);
        let films: Vec<(Film, Vec<Inventory>)> = watched.film().find().order(|f| f.id.asc()).with(|f| f.copies()).await?;
        let expected: Vec<(i64, i64)> = sql(db, "SELECT film_id, id FROM inventory ORDER BY film_id, id").await?;
        assert_eq!(pairs(&films, |f| f.id.0, |c| c.id.0), expected);
        assert_eq!((films.len(), counts.statements()), (200, 2));

        let customers: Vec<(Customer, Vec<Rental>)> = watched.customer().find().order(|c| c.id.asc())
            .with(|c| c.rentals().filter(|r| r.staff_id.eq(1)).order(|r| r.rented_at.desc()).limit(2)).await?;
        let text = "SELECT customer_id, id FROM (SELECT customer_id, id, rented_at, row_number() OVER (PARTITION \
            BY customer_id ORDER BY rented_at DESC) AS n FROM rentals WHERE staff_id = 1) AS r WHERE n <= 2 ORDER \
            BY customer_id, rented_at DESC";
        assert_eq!(pairs(&customers, |c| c.id.0, |r| r.id.0), sql(db, text).await?, "two of each");
        assert_eq!(counts.statements(), 4);

        let skipped: Vec<(Customer, Vec<Payment>)> = watched.customer().find().order(|c| c.id.asc())
            .with(|c| c.payments().order(|p| (p.amount.desc(), p.id.asc())).limit(3).offset(1)).await?;
        let text = "SELECT customer_id, id FROM (SELECT customer_id, id, row_number() OVER (PARTITION BY \
            customer_id ORDER BY amount DESC, id) AS n FROM payments) AS p WHERE n BETWEEN 2 AND 4 ORDER BY \
            customer_id, n";
        assert_eq!(pairs(&skipped, |c| c.id.0, |p| p.id.0), sql(db, text).await?, "three of each, behind the first");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn through_tables() {
    in_every_store("eager_through", async |db| {
        let (watched, counts) = counting(db);
        let categories: Vec<(Category, Vec<Film>)> =
            watched.category().find().order(|c| c.id.asc()).with(|c| c.films().order(|f| (f.length.asc(), f.id.asc())).limit(4)).await?;
        let text = "SELECT category_id, id FROM (SELECT j.category_id, f.id, row_number() OVER (PARTITION BY \
            j.category_id ORDER BY f.length NULLS LAST, f.id) AS n FROM films f JOIN categories_films j ON j.film_id = \
            f.id) AS f WHERE n <= 4 ORDER BY category_id, n";
        assert_eq!(pairs(&categories, |c| c.id.0, |f| f.id.0), sql(db, text).await?);
        let actors: Vec<(Actor, Vec<Film>)> =
            watched.actor().find().order(|a| a.id.asc()).with(|a| a.films().filter(|f| f.rate.lt(1)).order(|f| f.id.desc())).await?;
        let text = "SELECT c.actor_id, f.id FROM credits c JOIN films f ON f.id = c.film_id WHERE f.rate < {1.00} \
            ORDER BY c.actor_id, f.id DESC";
        assert_eq!(pairs(&actors, |a| a.id.0, |f| f.id.0), sql(db, text).await?);
        assert_eq!(counts.statements(), 4, "a statement for a level, whatever is between");
        Ok(())
    })
    .await;
}

/// Six levels, siblings beside each other, counts, and what may be missing.
#[tokio::test]
async fn any_shape() {
    in_every_store("eager_shape", async |db| {
        let (watched, counts) = counting(db);
        let load = |first: i64, last: i64| {
            let find = watched.country().find().filter(move |n| n.id.between(first, last)).order(|n| n.id.asc());
            find.with(|n| n.cities().with(|c| c.addresses().with(|a| {
                a.customers()
                    .with(|k| k.rentals().order(|r| r.id.asc()).with(|r| r.copy().with(|i| i.film().with(|f| f.original()))).with_count(|r| r.payments()))
                    .with_count(|k| k.payments())
            })))
        };
        let text = "SELECT c.country_id FROM cities c JOIN addresses a ON a.city_id = c.id JOIN customers k ON \
            k.address_id = a.id WHERE k.id = 1";
        let one: i64 = sql(db, text).await?[0];
        let few = load(one, one).await?;
        let of_few = counts.statements();
        let all = load(1, 200).await?;
        assert_eq!(of_few, 10, "one for each relation and each count, and the countries");
        assert_eq!(counts.statements(), 2 * of_few, "more rows take no more statements");
        assert_eq!((few.len(), all.len()), (1, 109));
        let mut rows = Vec::new();
        let mut payments = BTreeMap::new();
        for (country, cities) in &all {
            for (customer, rentals, paid) in cities.iter().flat_map(|(_, addresses)| addresses).flat_map(|(_, customers)| customers) {
                payments.insert(customer.id.0, *paid);
                for (rental, (copy, (film, original)), paid) in rentals {
                    assert!(rental.copy_id == copy.id && copy.film_id == film.id && rental.customer_id == customer.id);
                    rows.push((country.name.clone(), rental.id.0, film.title.clone(), original.as_ref().map(|l: &Language| l.name.clone()), *paid));
                }
            }
        }
        rows.sort_by_key(|row| row.1);
        let text = "SELECT n.name, r.id, f.title, l.name, (SELECT count(*) FROM payments p WHERE p.rental_id = \
            r.id) FROM rentals r JOIN customers k ON k.id = r.customer_id JOIN addresses a ON a.id = k.address_id \
            JOIN cities c ON c.id = a.city_id JOIN countries n ON n.id = c.country_id JOIN inventory i ON i.id = \
            r.copy_id JOIN films f ON f.id = i.film_id LEFT JOIN languages l ON l.id = f.original_id ORDER BY \
            r.id";
        assert_eq!(rows, sql(db, text).await?);
        let counted: Vec<(i64, i64)> = sql(db, "SELECT k.id, count(p.id) FROM customers k LEFT JOIN payments p ON \
            p.customer_id = k.id GROUP BY k.id ORDER BY k.id").await?;
        assert_eq!(payments.into_iter().collect::<Vec<_>>(), counted);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn trees() {
    in_every_store("eager_trees", async |db| {
        fn pairs(of: i64, trees: &[Tree<Film>], into: &mut Vec<(i64, i64)>) {
            for tree in trees {
                into.push((of, tree.row.id.0));
                pairs(tree.row.id.0, &tree.below, into);
            }
        }
        let (watched, counts) = counting(db);
        for (depth, statements) in [(1, 2), (3, 4), (20, 6)] {
            let before = counts.statements();
            let roots = watched.film().find().filter(|f| f.id.le(3) & f.remake_of_id.is_none());
            let rows = roots.with(|f| f.remakes().order(|r| r.id.asc()).depth(depth)).await?;
            let mut found = Vec::new();
            for (film, trees) in &rows {
                pairs(film.id.0, trees, &mut found);
            }
            found.sort();
            let text = format!(
                "WITH RECURSIVE b (of, id, depth) AS (SELECT remake_of_id, id, 1 FROM films WHERE remake_of_id <= \
                 3 AND remake_of_id IN (SELECT id FROM films WHERE remake_of_id IS NULL) UNION ALL SELECT \
                 f.remake_of_id, f.id, depth + 1 FROM films f JOIN b ON f.remake_of_id = b.id) SELECT of, id FROM \
                 b WHERE depth <= {depth} ORDER BY of, id"
            );
            assert_eq!(found, sql(db, &text).await?, "{depth} levels");
            assert_eq!(counts.statements() - before, statements, "{depth} levels");
        }
        Ok(())
    })
    .await;
}
