//! A database of a test, seen by Rex and by the bare driver.

use rex_orm::Db;
use rex_orm::migrate::{Event, Migrations, Report, Runner, Status};

use crate::support::postgres::{self, TestDatabase};

/// A database, empty at first.
pub(super) enum Live {
    Sqlite(tempfile::TempDir),
    Postgres(Box<TestDatabase<'static>>),
}

/// One of each kind.
pub(super) fn both(name: &str) -> [Live; 2] {
    [Live::sqlite(), Live::postgres(name)]
}

impl Live {
    pub(super) fn sqlite() -> Live {
        Live::Sqlite(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(super) fn postgres(name: &str) -> Live {
        Live::Postgres(Box::new(postgres::server().database(name)))
    }

    pub(super) fn url(&self) -> String {
        match self {
            Live::Sqlite(folder) => format!("sqlite://{}", folder.path().join("test.db").display()),
            Live::Postgres(database) => database.url(),
        }
    }

    pub(super) async fn db(&self) -> Db {
        Db::connect(&self.url()).await.expect("it is there")
    }

    pub(super) async fn apply(&self, migrations: &Migrations) -> rex_orm::Result<Report> {
        self.db().await.migrate(migrations).await
    }

    pub(super) async fn rollback(&self, migrations: &Migrations, count: usize) -> rex_orm::Result<Report> {
        Runner::new(&self.db().await, migrations).rollback(count).await
    }

    pub(super) async fn status(&self, migrations: &Migrations) -> Status {
        Runner::new(&self.db().await, migrations).status().await.expect("it can be asked")
    }

    /// Takes everything out.
    pub(super) async fn clear(&self) {
        match self {
            Live::Sqlite(folder) => {
                for name in ["test.db", "test.db-wal", "test.db-shm", "test.db-journal"] {
                    _ = std::fs::remove_file(folder.path().join(name));
                }
            }
            Live::Postgres(_) => self.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await,
        }
    }

    /// The report, and all that was told.
    pub(super) async fn told(&self, migrations: &Migrations) -> (rex_orm::Result<Report>, Vec<Event>) {
        let db = self.db().await;
        let mut events = Vec::new();
        let report = Runner::new(&db, migrations).on_event(|event| events.push(event)).apply().await;
        (report, events)
    }

    /// Runs SQL by the bare driver.
    pub(super) async fn run(&self, sql: &str) {
        match self {
            Live::Sqlite(_) => {
                self.bare().execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"))
            }
            Live::Postgres(database) => {
                database
                    .client()
                    .await
                    .batch_execute(sql)
                    .await
                    .unwrap_or_else(|error| panic!("{error}: {sql}"));
            }
        }
    }

    /// The first value of a query, as a text; `null` for null, `nothing` for no row.
    pub(super) async fn one(&self, query: &str) -> String {
        match self {
            Live::Sqlite(_) => {
                let bare = self.bare();
                let mut statement = bare.prepare(query).unwrap_or_else(|error| panic!("{error}: {query}"));
                let mut rows = statement.query([]).expect("it runs");
                let Some(row) = rows.next().expect("it runs") else { return "nothing".to_owned() };
                match row.get_ref(0).expect("it has a column") {
                    rusqlite::types::ValueRef::Null => "null".to_owned(),
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    other => panic!("{other:?}"),
                }
            }
            Live::Postgres(database) => {
                let answer = database.client().await.simple_query(query).await;
                let answer = answer.unwrap_or_else(|error| panic!("{error}: {query}"));
                let row = answer.iter().find_map(|message| match message {
                    tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
                    _ => None,
                });
                row.map_or("nothing", |row| row.get(0).unwrap_or("null")).to_owned()
            }
        }
    }

    pub(super) fn bare(&self) -> rusqlite::Connection {
        let Live::Sqlite(folder) = self else { panic!("it is PostgreSQL") };
        let bare = rusqlite::Connection::open(folder.path().join("test.db")).expect("a file");
        bare.busy_timeout(std::time::Duration::from_secs(60)).expect("it may wait");
        bare
    }

    /// Whether a table is there.
    pub(super) async fn has(&self, table: &str) -> bool {
        let query = match self {
            Live::Sqlite(_) => format!("SELECT count(*) FROM sqlite_schema WHERE name = '{table}'"),
            Live::Postgres(_) => format!("SELECT count(*) FROM pg_class WHERE relname = '{table}'"),
        };
        self.one(&query).await == "1"
    }

    /// How many locks runners hold there.
    pub(super) async fn locks(&self) -> String {
        let here = "(SELECT oid FROM pg_database WHERE datname = current_database())";
        self.one(&format!("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = {here}"))
            .await
    }

    /// The names of all tables.
    pub(super) async fn tables(&self) -> String {
        let query = match self {
            Live::Sqlite(_) => {
                "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name)"
            }
            Live::Postgres(_) => {
                "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = \
                 'public'::regnamespace"
            }
        };
        self.one(query).await
    }

    /// The history in short: each step as `id direction step/steps`.
    pub(super) async fn history(&self) -> String {
        let list = match self {
            Live::Sqlite(_) => "group_concat(line, '; ')",
            Live::Postgres(_) => "string_agg(line, '; ')",
        };
        self.one(&format!(
            "SELECT {list} FROM (SELECT substr(id, 17) || ' ' || direction || ' ' || step || '/' || steps || \
             CASE WHEN applied_at IS NULL THEN ' …' ELSE '' END AS line FROM rex_migrations ORDER BY id, direction, step) lines"
        ))
        .await
    }
}
