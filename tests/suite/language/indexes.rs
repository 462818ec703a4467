//! Options of indexes that only one database has, and so no fixture for both.

use rex_compiler::diagnostic::Code;
use rex_compiler::{Checked, Options, Sources, check};
use rex_schema::{Dialect, Servers, Version, create};

use crate::support::postgres;

const SCHEMA: &str = "
model Page {
    id:     BigInt = autoincrement() @id
    slug:   String
    parent: Int?
    state:  Int?

    unique (slug, parent) nulls_not_distinct
    unique (state) where slug != \"\" nulls_not_distinct
}";

fn checked(postgres: u16) -> Checked {
    let mut sources = Sources::default();
    sources.add("main.rex", SCHEMA);
    let servers = Servers { postgres: Version::new(postgres, 0), ..Servers::OLDEST };
    check(&sources, &Options { databases: vec![Dialect::Postgres], servers, ..Options::default() })
}

#[test]
fn nulls_are_not_distinct_from_postgresql_15_on() {
    let codes = |min| checked(min).diagnostics.iter().map(|found| found.code).collect::<Vec<_>>();
    assert_eq!(codes(14), [Code::E0515, Code::E0515]);
    assert_eq!(codes(15), []);
}

#[tokio::test]
async fn null_equals_null_where_it_is_said() {
    let database = postgres::server().database("nulls_not_distinct");
    let client = database.client().await;
    let checked = checked(15);
    let statements = create(checked.schema().expect("the schema is right"), Dialect::Postgres).join(";\n");
    let created = client.batch_execute(&statements).await;
    if database.major().await < 15 {
        created.expect_err("which is why the checker refuses it for servers before 15");
        return;
    }
    created.unwrap_or_else(|error| panic!("{statements}: {error:?}"));
    let insert = async |slug: &str, state: &str| {
        client.batch_execute(&format!("INSERT INTO pages (slug, state) VALUES ('{slug}', {state})")).await
    };
    insert("a", "1").await.expect("it is the first");
    insert("b", "2").await.expect("another slug");
    let constraint = |error: tokio_postgres::Error| {
        error.as_db_error().and_then(|error| error.constraint()).map(str::to_owned)
    };
    let same = insert("a", "3").await.map_err(constraint);
    assert_eq!(same, Err(Some("pages_slug_parent_key".to_owned())));
    insert("c", "NULL").await.expect("the first without a state");
    let same = insert("d", "NULL").await.map_err(constraint);
    assert_eq!(same, Err(Some("pages_state_key".to_owned())));
    insert("", "NULL").await.expect("the condition leaves it out");
}
