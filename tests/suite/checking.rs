//! The live database is compared with the one that the program was generated for.

use rex_orm::{Counts, Dialect, Kind, Result, Watch};

use super::raw_sql::on_every_blog;
use crate::blog::Db;
use crate::support::postgres;

/// What differs, a line each.
async fn differences(db: &Db) -> Result<Vec<String>> {
    Ok(db.schema_differences().await?.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn what_was_created_is_what_is_expected() {
    on_every_blog("check_same", async |db| {
        let counts = Counts::new();
        db.watch(Watch::new().count(&counts)).check_schema().await?;
        assert_eq!(counts.statements(), 1);
        // What is there beside it is no difference.
        db.sql("ALTER TABLE users ADD COLUMN nickname text").execute().await?;
        db.sql("CREATE TABLE others (id integer)").execute().await?;
        db.check_schema().await?;
        assert_eq!(db.transaction(async |tx| tx.schema_differences().await).await?, []);
        Ok(())
    })
    .await;
}

/// A column that the schema does not know, and without which there is no row.
#[tokio::test]
async fn what_lets_no_row_in_is_told() {
    on_every_blog("check_required", async |db| {
        let adds = match db.dialect() {
            Dialect::Postgres => {
                "ALTER TABLE tags ADD COLUMN colour text NOT NULL, ADD COLUMN shade text NOT NULL DEFAULT 'x', \
                 ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY"
            }
            // Without a default SQLite adds none.
            Dialect::Sqlite => {
                "CREATE TABLE others (id INTEGER PRIMARY KEY, colour text NOT NULL)"
            }
        };
        db.sql(adds).execute().await?;
        if db.dialect() == Dialect::Sqlite {
            db.sql("DROP TABLE profiles").execute().await?;
            db.sql("ALTER TABLE others RENAME TO profiles").execute().await?;
        }
        let found = differences(&db).await?;
        let strange: Vec<&String> = found.iter().filter(|line| line.contains("optional")).collect();
        let column = if db.dialect() == Dialect::Postgres { "tags.colour` is text" } else { "profiles.colour` is TEXT" };
        let told = format!("`{column} not null, not optional: the schema does not know it");
        assert_eq!(strange, [&told], "{found:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_or_otherwise_is_told() {
    on_every_blog("check_other", async |db| {
        db.sql("ALTER TABLE profiles RENAME COLUMN bio TO biography").execute().await?;
        db.sql("DROP TABLE comments").execute().await?;
        db.sql("DROP INDEX posts_published_at_idx").execute().await?;
        let mut expected = match db.dialect() {
            Dialect::Postgres => {
                for sql in [
                    "ALTER TABLE users ALTER COLUMN age TYPE bigint",
                    "ALTER TABLE users ALTER COLUMN name DROP NOT NULL",
                    "ALTER TABLE users DROP CONSTRAINT users_email_key",
                    "ALTER TYPE role ADD VALUE 'owner' BEFORE 'admin'",
                ] {
                    db.sql(sql).execute().await?;
                }
                vec![
                    "`role` is enum reader, author, owner, admin, not enum reader, author, admin",
                    "`users.age` is bigint, not integer",
                    "`users.name` is character varying(80), not character varying(80) not null",
                    "`users.users_email_key` (unique) is missing",
                    "`profiles.bio` (text not null) is missing",
                    "`profiles.biography` is text not null, not optional: the schema does not know it",
                ]
            }
            Dialect::Sqlite => vec![
                "`profiles.bio` (TEXT not null) is missing",
                "`profiles.biography` is TEXT not null, not optional: the schema does not know it",
            ],
        };
        expected.push("`comments` (table) is missing");
        expected.push("`posts.posts_published_at_idx` (index) is missing");
        let mut found = differences(&db).await?;
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        let error = db.check_schema().await.expect_err("it differs");
        assert_eq!((error.kind(), error.operation()), (Kind::Schema, Some("check_schema")));
        assert!(error.to_string().contains("`comments` (table) is missing"), "{error}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_empty_database_lacks_every_table_once() {
    let database = postgres::server().database("check_empty");
    for url in ["sqlite::memory:", &database.url()] {
        let db = Db::connect(url).await.expect("a database");
        let found = db.schema_differences().await.expect("an answer");
        assert!(found.iter().all(|difference| difference.part.is_none()), "{found:?}");
        assert!(found.iter().any(|difference| difference.object == "users"), "{found:?}");
        assert_eq!(db.check_schema().await.expect_err("nothing is there").kind(), Kind::Schema);
    }
}
