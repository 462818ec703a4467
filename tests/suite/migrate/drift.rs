//! What others change in a database is seen; what is theirs is seen as such.

use rex_schema::inspect::Kind;
use rex_schema::{Dialect, Schema, lower};

use super::live::Live;
use super::round_trip::checked;
use crate::support::{postgres, sources};

fn blog() -> Schema {
    checked(&sources::root().join("fixtures/valid/everything")).0
}

async fn fresh(schema: &Schema, live: &Live) {
    for statement in rex_schema::create(schema, live.dialect()) {
        live.run(&statement).await.expect("it is created elsewhere too");
    }
}

/// Each of these makes the database another one.
const CHANGES: &[&str] = &[
    "ALTER TABLE persons ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE persons ALTER COLUMN name TYPE varchar(121)",
    "ALTER TABLE books ALTER COLUMN price SET DEFAULT 9.98",
    "ALTER TABLE books ALTER COLUMN format DROP DEFAULT",
    "ALTER TABLE books ADD COLUMN more int",
    "ALTER TABLE books DROP COLUMN pages CASCADE",
    "ALTER TABLE books ADD CONSTRAINT more CHECK (pages < 9)",
    "ALTER TABLE books DROP CONSTRAINT sound_price",
    "ALTER TABLE books DROP CONSTRAINT sound_price, ADD CONSTRAINT sound_price CHECK (price > 0.5 AND (pages > 0 OR stage = 'draft'))",
    "ALTER TABLE notes DROP CONSTRAINT notes_book_id_chapter_number_fkey",
    "ALTER TABLE contracts ALTER CONSTRAINT contracts_book_id_fkey NOT DEFERRABLE",
    "DROP INDEX books_keywords_idx",
    "CREATE INDEX more ON books (pages)",
    "DROP INDEX persons_created_at_idx; CREATE INDEX persons_created_at_idx ON persons (created_at)",
    "ALTER INDEX book_search RENAME TO book_searches",
    "ALTER TYPE stage ADD VALUE 'lost'",
    "ALTER TYPE stage RENAME VALUE 'draft' TO 'drafts'",
    "COMMENT ON TABLE books IS 'another'",
    "COMMENT ON COLUMN books.price IS 'another'",
    "DROP TABLE labels",
];

#[tokio::test]
async fn every_change_of_a_postgresql_database_is_seen() {
    let schema = blog();
    let expected = lower(&schema, Dialect::Postgres);
    let database = postgres::server().database("drift");
    let live = Live::postgres(&database).await;
    fresh(&schema, &live).await;
    for change in CHANGES {
        live.run("BEGIN").await.expect("no transaction is open");
        live.run(change).await.unwrap_or_else(|error| panic!("{change}: {error}"));
        let found = live.inspect_within().await.managed(&expected);
        assert!(found != expected, "not seen: {change}");
        live.run("ROLLBACK").await.expect("a transaction is open");
    }
    assert!(live.inspect().await.managed(&expected) == expected);
}

#[tokio::test]
async fn what_is_not_ours_is_seen_and_kept_apart() {
    let schema = blog();
    let expected = lower(&schema, Dialect::Postgres);
    let database = postgres::server().database("others");
    let live = Live::postgres(&database).await;
    fresh(&schema, &live).await;
    live.run(
        "CREATE TABLE other (a int PRIMARY KEY, b text CHECK (b <> ''));
         CREATE VIEW other_view AS SELECT a FROM other;
         CREATE SEQUENCE numbers;
         CREATE DOMAIN positive AS int CHECK (VALUE > 0);
         CREATE TYPE pair AS (a int, b int);
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER touched BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION touch();
         CREATE TABLE parts (a int) PARTITION BY RANGE (a);
         CREATE SCHEMA theirs;
         CREATE TABLE theirs.books (a int);
         ALTER TABLE books ADD CONSTRAINT one_room EXCLUDE USING btree (id WITH =)",
    )
    .await
    .expect("all of that is PostgreSQL");
    let found = live.inspect().await;
    assert!(found.managed(&expected) == expected);
    let kinds: Vec<(Kind, &str)> =
        found.others.iter().map(|other| (other.kind, other.name.as_str())).collect();
    for expected in [
        (Kind::Sequence, "numbers"),
        (Kind::Type, "positive"),
        (Kind::Type, "pair"),
        (Kind::Function, "touch"),
        (Kind::Trigger, "touched"),
        (Kind::Table, "parts"),
        (Kind::Constraint, "one_room"),
    ] {
        assert!(kinds.contains(&expected), "{expected:?} in {kinds:?}");
    }
    assert!(found.database.tables.iter().any(|table| table.schema.as_deref() == Some("theirs")));
    assert_eq!(found.others_of(None, "books").count(), 2);
}

#[tokio::test]
async fn what_sqlite_has_and_rex_does_not_is_seen() {
    let schema = blog();
    let expected = lower(&schema, Dialect::Sqlite);
    let live = Live::sqlite();
    fresh(&schema, &live).await;
    live.run(
        "CREATE TRIGGER touched AFTER UPDATE ON books BEGIN SELECT 1; END;
         CREATE TABLE loose (a INT PRIMARY KEY DESC, b TEXT COLLATE NOCASE UNIQUE ON CONFLICT IGNORE) WITHOUT ROWID;
         CREATE VIEW other_view AS SELECT 1 AS a;
         CREATE VIRTUAL TABLE words USING fts5(a);
         CREATE INDEX by_sum ON loose (a + 1)",
    )
    .await
    .expect("all of that is SQLite");
    let found = live.inspect().await;
    assert!(found.managed(&expected) == expected);
    let kinds: Vec<(Kind, &str)> =
        found.others.iter().map(|other| (other.kind, other.name.as_str())).collect();
    for expected in [
        (Kind::Trigger, "touched"),
        (Kind::Clause, "loose"),
        (Kind::View, "other_view"),
        (Kind::Table, "words"),
        (Kind::Index, "by_sum"),
    ] {
        assert!(kinds.contains(&expected), "{expected:?} in {kinds:?}");
    }
    live.run("ALTER TABLE books ADD COLUMN more TEXT").await.expect("a column");
    assert!(live.inspect().await.managed(&expected) != expected);
}
