//! The databases: each once as Rex has it, once as the driver has it, with the same tables and
//! rows.

use std::collections::HashMap;
use std::env;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use deadpool::managed::{Manager, Metrics, Pool, RecycleError, RecycleResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls, Statement};
use url::Url;

use super::postgres::{self, Server, TestDatabase};
use super::schema::{CommentId, Db, NewComment, NewEntry, NewItem, NewPost, NewUser, PostId, UserId};
use super::workloads::{Times, Workload, get};
use crate::Failure;

/// Items in each database, their keys from 1.
pub(super) const ITEMS: u64 = 10_000;

/// Entries that are there from the start.
pub(super) const ENTRIES: u64 = 1_000;

/// Users who have posts; one more has none. Keys are from 1.
pub(super) const USERS: u64 = 300;

/// Posts of a user, and comments on a post.
pub(super) const EACH: u64 = 10;

/// Connections of each pool.
const POOL: usize = 8;

/// A database, reached both ways.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) db: Db,
    pub(super) raw: Raw,
    /// What is to be cleaned up, after the connections.
    _folder: Option<TempDir>,
    _database: Option<TestDatabase<'static>>,
}

impl Place {
    /// Two databases in memory, since nothing shares one.
    pub(super) async fn sqlite_in_memory() -> Result<Place, Failure> {
        let db = fill(Db::connect("sqlite::memory:").await?).await?;
        let folder = tempfile::tempdir()?;
        let model = folder.path().join("model.db");
        drop(fill(Db::connect(&url(&model)).await?).await?);
        let connection = Connection::open_in_memory()?;
        set_up(&connection, "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;")?;
        copy(&model, &connection)?;
        let raw = Raw::Sqlite(Sqlite { writer: connection, reader: None });
        Ok(Place { name: "sqlite, memory", db, raw, _folder: None, _database: None })
    }

    /// Two files, so that each side moves its own log into its own file.
    pub(super) async fn sqlite_file() -> Result<Place, Failure> {
        let folder = tempfile::tempdir()?;
        let [ours, file] = ["rex.db", "raw.db"].map(|name| folder.path().join(name));
        // Closed in between, so that both begin with all rows in the file and none in the log.
        drop(fill(Db::connect(&url(&file)).await?).await?);
        drop(fill(Db::connect(&url(&ours)).await?).await?);
        let db = Db::connect(&url(&ours)).await?;
        let (writer, reader) = (open(&file)?, open(&file)?);
        set_up(&writer, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;")?;
        set_up(&reader, "PRAGMA query_only = ON;")?;
        let raw = Raw::Sqlite(Sqlite { writer, reader: Some(reader) });
        Ok(Place { name: "sqlite, file", db, raw, _folder: Some(folder), _database: None })
    }

    /// One database of a throwaway server, reached through the same socket.
    pub(super) async fn postgres() -> Result<Place, Failure> {
        let server: &'static Server = match env::var_os("REX_TEST_POSTGRES_URL") {
            Some(_) => postgres::server(),
            // It stops when this process ends.
            None => Box::leak(Box::new(Server::start()?)),
        };
        let database = server.database("bench");
        // Closed in between, so that both begin with a session that has done nothing.
        drop(fill(Db::connect(&database.url()).await?).await?);
        let mut url = Url::parse(&database.url())?;
        url.query_pairs_mut().append_pair("pool_size", &POOL.to_string());
        let db = Db::connect(url.as_str()).await?;
        let client = database.client().await;
        // The server does not do so by itself.
        client.batch_execute("VACUUM ANALYZE").await?;
        let pool = Pool::builder(Connector(database.url())).max_size(POOL).build()?;
        let raw = Raw::Postgres(Postgres { client, statements: Mutex::default(), pool });
        Ok(Place { name: "postgres", db, raw, _folder: None, _database: Some(database) })
    }
}

/// A driver and what it holds.
pub(super) enum Raw {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Raw {
    /// Runs a workload.
    pub(super) async fn run(&mut self, workload: &dyn Workload, times: Times) -> Result<(), Failure> {
        match self {
            Raw::Sqlite(raw) => Ok(workload.sqlite(raw, times)?),
            Raw::Postgres(raw) => workload.postgres(raw, times).await,
        }
    }
}

/// Connections of rusqlite, with the settings that Rex gives its own.
pub(super) struct Sqlite {
    writer: Connection,
    /// None where the writer reads.
    reader: Option<Connection>,
}

impl Sqlite {
    /// The connection that reads.
    pub(super) fn reader(&self) -> &Connection {
        self.reader.as_ref().unwrap_or(&self.writer)
    }

    /// The connection that writes.
    pub(super) fn writer(&self) -> &Connection {
        &self.writer
    }
}

/// A connection of tokio-postgres, and a pool of them.
pub(super) struct Postgres {
    pub(super) client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
    pub(super) pool: Pool<Connector>,
}

/// Connects, and prepares a statement once for each connection.
pub(super) struct Connector(String);

impl Manager for Connector {
    type Type = (Client, Statement);
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Self::Type, tokio_postgres::Error> {
        let (client, connection) = tokio_postgres::connect(&self.0, NoTls).await?;
        tokio::spawn(connection);
        let statement = client.prepare(get::POSTGRES).await?;
        Ok((client, statement))
    }

    async fn recycle(&self, connection: &mut Self::Type, _: &Metrics) -> RecycleResult<Self::Error> {
        match connection.0.is_closed() {
            true => Err(RecycleError::message("it is closed")),
            false => Ok(()),
        }
    }
}

impl Postgres {
    /// A statement, prepared the first time that it is asked for.
    pub(super) async fn prepare(&self, sql: &'static str) -> Result<Statement, tokio_postgres::Error> {
        let statements = || self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        let known = statements().get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        statements().insert(sql, statement.clone());
        Ok(statement)
    }
}

/// Makes the tables and their rows.
async fn fill(db: Db) -> Result<Db, Failure> {
    db.create_schema().await?;
    let items = (0..ITEMS).map(|number| NewItem {
        id: None,
        name: format!("The item that is called {number}"),
        quantity: (number % 500) as i32,
        rating: (number % 4 != 0).then_some(number as f64 / 8.0),
        active: number % 3 != 0,
        note: (number % 2 == 0).then(|| "Somebody should have a look at it.".to_owned()),
    });
    db.item().insert_many(items).await?;
    let entries = (0..ENTRIES).map(|number| NewEntry {
        id: None,
        title: format!("The entry that is called {number}"),
        amount: number as i32,
        done: None,
    });
    db.entry().insert_many(entries).await?;
    fill_with_users(&db).await?;
    Ok(db)
}

async fn fill_with_users(db: &Db) -> Result<(), Failure> {
    let users = (1..=USERS + 1).map(|number| NewUser {
        id: Some(UserId(number as i64)),
        email: format!("user{number}@example.com"),
        name: format!("The user who is called {number}"),
    });
    db.user().insert_many(users).await?;
    let posts = (0..USERS * EACH).map(|number| NewPost {
        id: Some(PostId(number as i64 + 1)),
        author_id: UserId((number / EACH) as i64 + 1),
        title: format!("What there is to be said about {number}"),
    });
    db.post().insert_many(posts).await?;
    let comments = (0..USERS * EACH * EACH).map(|number| NewComment {
        id: Some(CommentId(number as i64 + 1)),
        post_id: PostId((number / EACH) as i64 + 1),
        text: format!("What somebody thinks of it, for the time being: {number}"),
    });
    db.comment().insert_many(comments).await?;
    Ok(())
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
}

fn set_up(connection: &Connection, pragmas: &str) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(500);
    connection.execute_batch(pragmas)
}

/// Copies the tables and the rows that Rex made.
fn copy(model: &Path, connection: &Connection) -> Result<(), Failure> {
    connection.execute("ATTACH ?1 AS model", [model.to_str().ok_or("the temporary folder is not UTF-8")?])?;
    let mut statement = connection
        .prepare("SELECT sql FROM model.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")?;
    let tables: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    drop(statement);
    tables.iter().try_for_each(|sql| connection.execute_batch(sql))?;
    let copies = ["items", "entries", "users", "posts", "comments"];
    copies.iter().try_for_each(|table| {
        connection.execute_batch(&format!("INSERT INTO {table} SELECT * FROM model.{table}"))
    })?;
    connection.execute_batch("DETACH model")?;
    Ok(())
}
