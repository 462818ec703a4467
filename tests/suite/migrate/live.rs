//! A database of either kind, with the bare driver: statements in, catalogue out.

use rex_schema::Dialect;
use rex_schema::inspect::{self, Inspected, Kind, Object, Rows};
use rex_schema::plan::{Mode, Step};
use rusqlite::types::ValueRef;
use tokio_postgres::SimpleQueryMessage;

use crate::support::postgres::TestDatabase;

/// A connection.
pub(super) enum Live {
    Sqlite(Box<rusqlite::Connection>),
    Postgres(tokio_postgres::Client),
}

impl Live {
    /// A database in memory, with foreign keys on and texts only between single quotes.
    pub(super) fn sqlite() -> Live {
        use rusqlite::config::DbConfig;
        let connection = rusqlite::Connection::open_in_memory().expect("there is memory");
        for setting in [DbConfig::SQLITE_DBCONFIG_DQS_DDL, DbConfig::SQLITE_DBCONFIG_DQS_DML] {
            connection.set_db_config(setting, false).expect("SQLite can do without");
        }
        connection.execute_batch("PRAGMA foreign_keys = ON").expect("SQLite knows foreign keys");
        Live::Sqlite(Box::new(connection))
    }

    pub(super) async fn postgres(database: &TestDatabase<'_>) -> Live {
        Live::Postgres(database.client().await)
    }

    /// Takes everything out.
    pub(super) async fn clear(&self) {
        if let Live::Sqlite(connection) = self {
            return reset(connection);
        }
        let schemas = self.rows("SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'").await;
        for schema in schemas.into_iter().flatten().flatten() {
            self.run(&format!("DROP SCHEMA {} CASCADE", rex_sql::ident(&schema)))
                .await
                .expect("a superuser may");
        }
        self.run("CREATE SCHEMA public").await.expect("it is gone");
    }

    /// Takes the rows out of all tables, and with them what a build of an index has left that stopped.
    pub(super) async fn empty(&self) {
        let found = self.inspect().await.database;
        super::rows::empty(&found, self).await;
        if self.dialect() == Dialect::Postgres {
            let broken = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid";
            for name in self.rows(broken).await.into_iter().flatten().flatten() {
                self.run(&format!("DROP INDEX {name}")).await.expect("it is of no use");
            }
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Live::Sqlite(_) => Dialect::Sqlite,
            Live::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs statements; the error is what the server says.
    pub(super) async fn run(&self, sql: &str) -> Result<(), String> {
        match self {
            Live::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| error.to_string()),
            Live::Postgres(client) => client.batch_execute(sql).await.map_err(|error| {
                error.as_db_error().map_or_else(|| error.to_string(), |error| format!("{error:?}"))
            }),
        }
    }

    /// Takes a step of a plan, as the runner does.
    pub(super) async fn step(&self, step: &Step) -> Result<(), String> {
        match &step.mode {
            Mode::Transaction => self.transaction(&step.statements).await,
            Mode::Rebuild { tables } => self.rebuild(tables, &step.statements).await,
            Mode::Alone(_) => self.all(&step.statements).await,
            Mode::Backfill(_) => {
                let Live::Postgres(client) = self else { return Err("SQLite fills as it copies".to_owned()) };
                for statement in &step.statements {
                    while client.execute(statement, &[]).await.map_err(|error| format!("{error:?}"))? > 0 {}
                }
                Ok(())
            }
        }
    }

    async fn all(&self, statements: &[String]) -> Result<(), String> {
        for statement in statements {
            self.run(statement).await.map_err(|error| format!("{error}\nin: {statement}"))?;
        }
        Ok(())
    }

    async fn transaction(&self, statements: &[String]) -> Result<(), String> {
        let begin = if self.dialect() == Dialect::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        self.run(begin).await?;
        let done = self.all(statements).await;
        self.run(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        done
    }

    async fn rebuild(&self, tables: &[String], statements: &[String]) -> Result<(), String> {
        let others = self.inspect().await.others;
        let is_lost = |object: &&Object| {
            object.kind == Kind::Trigger && object.table.as_ref().is_some_and(|table| tables.contains(table))
        };
        let mut statements = statements.to_vec();
        statements.extend(others.iter().filter(is_lost).map(|object| object.text.clone()));
        self.run("PRAGMA foreign_keys = OFF").await?;
        self.run("BEGIN IMMEDIATE").await?;
        let mut done = self.all(&statements).await;
        if done.is_ok() {
            let broken = self.rows("PRAGMA foreign_key_check").await;
            if !broken.is_empty() {
                done = Err(format!("foreign keys lead nowhere: {broken:?}"));
            }
        }
        self.run(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        self.run("PRAGMA foreign_keys = ON").await?;
        done
    }

    /// The rows of a query, as texts.
    pub(super) async fn rows(&self, sql: &str) -> Rows {
        match self {
            Live::Sqlite(connection) => sqlite_rows(connection, sql),
            Live::Postgres(client) => {
                let messages = client.simple_query(sql).await;
                let messages = messages.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
                let rows = messages.iter().filter_map(|message| match message {
                    SimpleQueryMessage::Row(row) => Some(row),
                    _ => None,
                });
                rows.map(|row| (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect()).collect()
            }
        }
    }

    /// What it holds.
    pub(super) async fn inspect(&self) -> Inspected {
        self.run("BEGIN").await.expect("no transaction is open");
        let found = self.inspect_within().await;
        self.run("COMMIT").await.expect("a transaction is open");
        found
    }

    /// What it holds, in the transaction that is open.
    pub(super) async fn inspect_within(&self) -> Inspected {
        let dialect = self.dialect();
        self.run(&inspect::session(dialect).join(";")).await.expect("settings");
        let mut answers = Vec::new();
        for query in inspect::queries(dialect) {
            answers.push(self.rows(query).await);
        }
        inspect::inspect(dialect, &answers)
    }
}

/// Makes a database in memory one that was just made.
fn reset(connection: &rusqlite::Connection) {
    use rusqlite::config::DbConfig::SQLITE_DBCONFIG_RESET_DATABASE;
    for on in [true, false] {
        connection.set_db_config(SQLITE_DBCONFIG_RESET_DATABASE, on).expect("SQLite knows it");
        connection.execute_batch("VACUUM").expect("it is nobody else's");
    }
}

fn sqlite_rows(connection: &rusqlite::Connection, sql: &str) -> Rows {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let width = statement.column_count();
    let mut rows = statement.query([]).expect("the query has no parameters");
    let mut texts = Rows::new();
    while let Some(row) = rows.next().expect("the query runs") {
        let value = |at| match row.get_ref(at).expect("there is such a column") {
            ValueRef::Null => None,
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(format!("{number:?}")),
            ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Some(format!("{bytes:02x?}")),
        };
        texts.push((0..width).map(value).collect());
    }
    texts
}
