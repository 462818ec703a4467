//! Raw SQL: values bound, rows read into scalars, tuples, models and structs, the same on every
//! database.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rex_orm::row::Row;
use rex_orm::{Dialect, FromRow, Kind, Result};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::blog::{Db, NewPost, NewUser, Post, Role, User, UserId};
use crate::support::postgres;

/// Runs `check` with a small blog in SQLite, in memory and in a file, and in PostgreSQL.
pub(super) async fn on_every_blog(name: &str, check: impl AsyncFn(Db) -> Result<()>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = format!("sqlite://{}", folder.path().join("blog.db").display());
    let database = postgres::server().database(name);
    for url in ["sqlite::memory:", &file, &database.url()] {
        let outcome = async { check(blog(url).await?).await }.await;
        outcome.unwrap_or_else(|error| panic!("{url}: {error:?}"));
    }
}

/// A blog with three users, of whom the first wrote a post.
async fn blog(url: &str) -> Result<Db> {
    let db = Db::connect(url).await?;
    db.create_schema().await?;
    let users = [("Ada", Some(36)), ("Grace", Some(85)), ("Linus", None)].map(|(name, age)| NewUser {
        age,
        role: Some(Role::Author),
        ..NewUser::new(format!("{}@example.com", name.to_lowercase()), name)
    });
    db.user().insert_many(users).await?;
    db.post().insert(NewPost::new(1, "On engines", "…")).await?;
    Ok(db)
}

#[tokio::test]
async fn rows_are_read_into_what_is_asked_for() {
    on_every_blog("raw_rows", async |db| rows(&db).await).await;
}

async fn rows(db: &Db) -> Result<()> {
    let older = "SELECT id, name FROM users WHERE age > $1 ORDER BY id";
    let pairs: Vec<(i64, String)> = db.sql(older).bind(18).await?;
    assert_eq!(pairs, [(1, "Ada".to_owned()), (2, "Grace".to_owned())]);
    let ids: Vec<UserId> = db.sql("SELECT id FROM users ORDER BY id").await?;
    assert_eq!(ids, [UserId(1), UserId(2), UserId(3)]);
    let ages = db.sql::<Option<i32>>("SELECT age FROM users ORDER BY id").await?;
    assert_eq!(ages, [Some(36), Some(85), None]);
    assert_eq!(db.sql::<i64>("SELECT count(*) FROM users").one().await?, 3);
    let nobody = db.sql::<String>("SELECT name FROM users WHERE id = $1").bind(UserId(9));
    assert_eq!(nobody.first().await?, None);
    let error = db.sql::<i64>("SELECT id FROM users WHERE id = $1").bind(9).one().await.expect_err("no row");
    assert_eq!((error.kind(), error.operation()), (Kind::NotFound, Some("sql")));
    // The second value first, and one of them twice.
    let sql = "SELECT name FROM users WHERE name = $2 AND id = $1 AND name <> $3 AND name = $2";
    let names: Vec<String> = db.sql(sql).bind(1i64).bind("Ada").bind(String::from("Grace")).await?;
    assert_eq!(names, ["Ada"]);
    let none: Vec<String> = db.sql("SELECT name FROM users WHERE age = $1").bind(None::<i32>).await?;
    assert!(none.is_empty(), "nothing equals null");
    Ok(())
}

#[tokio::test]
async fn models_are_read_by_the_names_of_their_columns() {
    on_every_blog("raw_models", async |db| models(&db).await).await;
}

async fn models(db: &Db) -> Result<()> {
    let ada = db.user().get(1).await?;
    let users: Vec<User> = db.sql("SELECT * FROM users WHERE name = $1").bind("Ada").await?;
    assert_eq!(users, std::slice::from_ref(&ada));
    let turned = "SELECT created_at, age, role, name, email, id FROM users WHERE id = $1";
    assert_eq!(db.sql::<User>(turned).bind(ada.id).one().await?, ada);
    let post = db.post().find().one().await?;
    let joined = "SELECT u.*, p.*, 7 AS seven FROM users u JOIN posts p ON p.author_id = u.id";
    let rows: Vec<(User, Post, i32)> = db.sql(joined).await?;
    assert_eq!(rows, [(ada, post, 7)]);
    let error = db.sql::<User>("SELECT id, name FROM users").await.expect_err("columns are missing");
    assert_eq!((error.kind(), error.column()), (Kind::Decode, Some("email")));
    assert!(error.to_string().contains("SELECT users.*"), "{error}");
    Ok(())
}

rex_orm::from_row! {
    /// How old somebody is.
    #[derive(Debug, PartialEq)]
    struct Age {
        name: String,
        /// The years.
        r#type: Option<i32>,
    }
}

#[derive(Debug, PartialEq)]
struct Initial(char, i64);

impl FromRow for Initial {
    fn from_row(row: &mut Row<'_>) -> Result<Self> {
        let (id, name): (i64, String) = (row.next()?, row.get("name")?);
        Ok(Initial(name.chars().next().unwrap_or('?'), id))
    }
}

#[tokio::test]
async fn structs_are_read_by_names_or_by_hand() {
    on_every_blog("raw_structs", async |db| {
        let sql = "SELECT age AS type, name FROM users WHERE id = $1";
        let ada = db.sql::<Age>(sql).bind(1).one().await?;
        assert_eq!(ada, Age { name: "Ada".to_owned(), r#type: Some(36) });
        let initials: Vec<Initial> = db.sql("SELECT id, name FROM users ORDER BY id").await?;
        assert_eq!(initials, [Initial('A', 1), Initial('G', 2), Initial('L', 3)]);
        let both: Vec<(i64, Age)> = db.sql("SELECT id, name, age AS type FROM users WHERE id = 3").await?;
        assert_eq!(both, [(3, Age { name: "Linus".to_owned(), r#type: None })]);
        let error = db.sql::<Age>("SELECT name FROM users").await.expect_err("a column is missing");
        assert_eq!((error.kind(), error.column()), (Kind::Decode, Some("type")));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_written_is_counted() {
    on_every_blog("raw_writes", async |db| {
        let aged = db.sql("UPDATE users SET age = $1 WHERE age IS NOT NULL").bind(40).execute().await?;
        assert_eq!(aged, 2);
        let returned: Vec<(i64, Option<i32>)> =
            db.sql("UPDATE users SET age = $2 WHERE id = $1 RETURNING id, age").bind(3).bind(41).await?;
        assert_eq!(returned, [(3, Some(41))]);
        // What writes no row says so, whatever was written before.
        assert_eq!(db.sql("CREATE TABLE beside (id INT)").execute().await?, 0);
        assert_eq!(db.sql("DROP TABLE beside").execute().await?, 0);
        assert_eq!(db.sql("DELETE FROM users WHERE id = $1").bind(2).execute().await?, 1);
        let undone: Result<()> = db
            .transaction(async |tx| {
                assert_eq!(tx.sql("DELETE FROM users").execute().await?, 2);
                assert_eq!(tx.sql::<i64>("SELECT count(*) FROM users").one().await?, 0);
                Err(rex_orm::Error::new(Kind::NotFound, "back"))
            })
            .await;
        assert!(undone.is_err());
        assert_eq!(db.sql::<i64>("SELECT count(*) FROM users").one().await?, 2);
        let twice = "INSERT INTO users (email, name, role, created_at) SELECT email, name, role, created_at FROM users";
        let error = db.sql(twice).execute().await.expect_err("the addresses are taken");
        assert_eq!(error.kind(), Kind::Unique);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_cannot_work_is_told() {
    on_every_blog("raw_errors", async |db| errors(&db).await).await;
}

async fn errors(db: &Db) -> Result<()> {
    let kind = |outcome: Result<Vec<(i64, String)>>| outcome.expect_err("refused").kind();
    assert_eq!(kind(db.sql("SELECT id, name FROM users WHERE id = $1").await), Kind::InvalidValue);
    assert_eq!(kind(db.sql("SELECT id, name FROM users").bind(1).await), Kind::InvalidValue);
    assert_eq!(kind(db.sql("SELECT id, name, age FROM users").await), Kind::Decode);
    assert_eq!(kind(db.sql("SELECT id FROM users").await), Kind::Decode);
    assert_eq!(kind(db.sql("SELECT name, id FROM users").await), Kind::Decode);
    assert_eq!(kind(db.sql("SELECT id, nothing FROM users").await), Kind::Database);
    assert_eq!(kind(db.sql("BEGIN").await), Kind::Transaction);
    for sql in ["", "SELECT 1, 'a'; DELETE FROM users", "SELECT id, name FROM users WHERE id = ?"] {
        let expected = match (sql, db.dialect()) {
            ("", _) | (_, Dialect::Sqlite) => Kind::InvalidValue,
            (_, Dialect::Postgres) => Kind::Database,
        };
        assert_eq!(kind(db.sql(sql).await), expected, "{sql}");
    }
    let harmless: Vec<i32> = db.sql("SELECT 1 /* ; */ ; -- the end").await?;
    assert_eq!(harmless, [1]);
    assert_eq!(db.sql::<i64>("SELECT count(*) FROM users").one().await?, 3);
    let error = db.sql::<i64>("SELECT id FROM users WHERE name = $1 AND nothing = 1").bind("s3cret").await;
    let error = error.expect_err("no such column");
    assert!(error.sql().is_some_and(|sql| sql.contains("$1")));
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn every_type_goes_there_and_back_on_postgresql() {
    let database = postgres::server().database("raw_types");
    let db = Db::connect(&database.url()).await.expect("a PostgreSQL server");
    types(&db).await.expect("every type");
}

async fn types(db: &Db) -> Result<()> {
    let day = NaiveDate::from_ymd_opt(1969, 7, 20).expect("a day");
    let time = NaiveTime::from_hms_micro_opt(20, 17, 40, 5).expect("a time");
    let instant: DateTime<Utc> = day.and_time(time).and_utc();
    let id = Uuid::from_u128(7);
    let number = Decimal::new(-1250, 2);
    let sql = "SELECT $1::bool, $2::int2, $3::float4, $4::uuid, $5::numeric, $6::date, $7::time, $8::timestamptz, \
               $9::timestamp, $10::bytea, $11::jsonb, $12::text[]";
    let row = db
        .sql::<(
            bool,
            i16,
            f32,
            Uuid,
            Decimal,
            NaiveDate,
            NaiveTime,
            DateTime<Utc>,
            chrono::NaiveDateTime,
            Vec<u8>,
            serde_json::Value,
            Vec<String>,
        )>(sql)
        .bind(true)
        .bind(-2i16)
        .bind(0.5f32)
        .bind(id)
        .bind(number)
        .bind(day)
        .bind(time)
        .bind(instant)
        .bind(instant.naive_utc())
        .bind(&b"\0\xff"[..])
        .bind(serde_json::json!({"a": [1]}))
        .bind(["a,", "\"b"].map(String::from));
    let (bool, small, float, uuid, decimal, date, clock, zoned, local, bytes, json, texts) =
        row.one().await?;
    assert_eq!((bool, small, float, uuid, decimal), (true, -2, 0.5, id, number));
    assert_eq!((date, clock, zoned, local), (day, time, instant, instant.naive_utc()));
    assert_eq!(
        (bytes, json, texts),
        (vec![0, 0xff], serde_json::json!({"a": [1]}), vec!["a,".to_owned(), "\"b".to_owned()])
    );
    let lists = db.sql::<(Vec<i64>, Vec<Decimal>)>("SELECT ARRAY[1, 2]::int4[], ARRAY[1.5, 2]").one().await?;
    assert_eq!(lists, (vec![1, 2], vec![Decimal::new(15, 1), Decimal::new(2, 0)]));
    Ok(())
}

/// Values of another type have octets too, and none of them may be taken for what is asked for.
#[tokio::test]
async fn no_type_is_taken_for_another_on_postgresql() {
    let database = postgres::server().database("raw_mistaken");
    let db = Db::connect(&database.url()).await.expect("a PostgreSQL server");
    let integer = [
        "1.5::float8",
        "now()",
        "current_time",
        "'7'::text",
        "1.0",
        "'a'::bytea",
        "interval '1 s'",
        "point(1, 2)",
    ];
    for expression in integer {
        let sql: &'static str = String::leak(format!("SELECT {expression}"));
        let error = db.sql::<i64>(sql).await.expect_err(expression);
        assert_eq!(error.kind(), Kind::Decode, "{expression}");
    }
    for expression in ["1", "1.5", "now()", "current_date", "interval '1 s'", "'\\x00'::bytea", "ARRAY[1]"] {
        let sql: &'static str = String::leak(format!("SELECT {expression}"));
        let error = db.sql::<String>(sql).await.expect_err(expression);
        assert_eq!(error.kind(), Kind::Decode, "{expression}");
    }
    assert!(db.sql::<DateTime<Utc>>("SELECT localtimestamp").await.is_err());
    assert!(db.sql::<DateTime<Utc>>("SELECT 'infinity'::timestamptz").await.is_err());
    assert!(db.sql::<Vec<i64>>("SELECT ARRAY[1.5]").await.is_err());
    let error = db.sql::<String>("SELECT $1::text").bind(1).await.expect_err("a number for a text");
    assert_eq!(error.kind(), Kind::InvalidValue);
    assert_eq!(
        error.to_string(),
        "sql: PostgreSQL takes `$1` for a `text`, and a Int is bound: bind another type, or cast it in the \
         statement, `$1::…`"
    );
    assert!(db.sql::<Uuid>("SELECT $1::uuid").bind(vec![0u8; 16]).await.is_err());
}

#[tokio::test]
async fn what_a_trigger_says_is_not_told() {
    on_every_blog("raw_trigger", async |db| {
        for sql in match db.dialect() {
            Dialect::Postgres => &[
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no %', NEW.name; END $$",
                "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()",
            ][..],
            Dialect::Sqlite => &["CREATE TRIGGER refuse BEFORE UPDATE ON users BEGIN \
                 SELECT RAISE(ABORT, 'no s3cret'); END"][..],
        } {
            db.sql(sql).execute().await?;
        }
        let error = db.user().update(1).name("s3cret").save().await.expect_err("the trigger refuses");
        assert_eq!(error.kind(), Kind::Database);
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        Ok(())
    })
    .await;
}

/// `statement_timeout` is for raw SQL too, when it reads, when it writes, and as a stream.
#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_stopped() {
    const ENDLESS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n";
    const WRITES: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) \
                          DELETE FROM users WHERE id IN (SELECT count(*) FROM n)";
    let database = postgres::server().database("raw_limits");
    let limited =
        |url: &str| format!("{url}{}statement_timeout=50ms", if url.contains('?') { '&' } else { '?' });
    for url in ["sqlite::memory:", &database.url()] {
        let db = Db::connect(&limited(url)).await.expect("a database");
        db.create_schema().await.expect("an empty database");
        let read = db.sql::<i64>(ENDLESS).one().await.expect_err("it has no end");
        assert_eq!(read.kind(), Kind::Timeout, "{url}: {read}");
        let written = db.sql(WRITES).execute().await.expect_err("it has no end");
        assert_eq!(written.kind(), Kind::Timeout, "{url}: {written}");
        let streamed = db.sql::<i64>(ENDLESS).stream().try_next().await.expect_err("it has no end");
        assert_eq!(streamed.kind(), Kind::Timeout, "{url}: {streamed}");
        assert_eq!(db.sql::<i64>("SELECT 1").one().await.expect("it is at rest"), 1, "{url}");
    }
}
