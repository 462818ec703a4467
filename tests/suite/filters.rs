//! Typed filters and orders: what they find is what the same question asked in Rust finds, on both
//! databases.

mod expressions;
mod locks;
mod pages;
pub(crate) mod people;
mod random;
mod relations;

use rex_orm::{Cond, Model, Result};

use crate::fixtures::queries::{Db, Person};
use crate::support::postgres;

type Columns = <Person as Model>::Columns<Person>;

/// Runs `check` on an empty database with the tables, once for each kind. `name` is the database's on
/// the PostgreSQL server, where no other test may have it.
async fn on_every_database(name: &str, check: impl AsyncFn(&Db) -> Result<()>) {
    let database = postgres::server().database(name);
    for url in ["sqlite::memory:", &database.url()] {
        let db = Db::connect(url).await.expect("a database");
        db.create_schema().await.expect("the tables");
        check(&db).await.unwrap_or_else(|error| panic!("{url}: {error}\n{error:?}"));
    }
}

/// A filter finds those people of whom the same is true in Rust.
#[track_caller]
fn agree<'a>(
    db: &'a Db,
    people: &'a [Person],
    what: &'a str,
    cond: impl FnOnce(Columns) -> Cond<Person>,
    is_so: impl Fn(&Person) -> bool,
) -> impl Future<Output = Result<()>> + 'a {
    let expected: Vec<i64> = people.iter().filter(|person| is_so(person)).map(|person| person.id.0).collect();
    assert!(!expected.is_empty() && expected.len() < people.len(), "{what}: {} found", expected.len());
    let found = db.person().find().filter(cond).order(|p| p.id.asc());
    async move {
        let found = found.await.map_err(|error| {
            println!("{what}: {error}");
            error
        })?;
        let found: Vec<i64> = found.iter().map(|person| person.id.0).collect();
        assert_eq!(found, expected, "{:?}: {what}", db.dialect());
        Ok(())
    }
}
