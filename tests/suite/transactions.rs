//! Transactions: their forms, their options, their retries, and what they leave behind.

mod callbacks;
mod cancellation;
mod chaos;
mod company;
mod conflicts;
mod forms;
mod options;
mod together;

use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::Client;

use crate::blog::{Db, NewTag};
use crate::support::postgres::{self, TestDatabase};

type Result<T = ()> = rex_orm::Result<T>;

/// A database with the blog's tables, and how else it is reached.
struct Place {
    db: Db,
    url: String,
    _folder: Option<TempDir>,
    /// None for SQLite.
    server: Option<TestDatabase<'static>>,
}

impl Place {
    async fn file(settings: &str) -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}?{settings}", folder.path().join("blog.db").display());
        Place::at(url, Some(folder), None).await
    }

    async fn memory() -> Place {
        Place::at("sqlite::memory:".to_owned(), None, None).await
    }

    async fn server(settings: &str) -> Place {
        let database = postgres::server().database("transactions");
        let url = with(&database.url(), settings);
        Place::at(url, None, Some(database)).await
    }

    /// One of each sort.
    async fn all() -> [Place; 3] {
        [Place::file("").await, Place::memory().await, Place::server("").await]
    }

    async fn at(url: String, folder: Option<TempDir>, server: Option<TestDatabase<'static>>) -> Place {
        let db = Db::connect(&url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        db.create_schema().await.unwrap_or_else(|error| panic!("{url}: {error}"));
        Place { db, url, _folder: folder, server }
    }

    /// The names of all tags, in the order of their ids.
    async fn tags(&self) -> Vec<String> {
        let tags = self.db.tag().find().order(|t| t.id.asc()).await;
        tags.unwrap_or_else(|error| panic!("{}: {error}", self.url)).into_iter().map(|tag| tag.name).collect()
    }
}

/// A URL with more settings.
pub(super) fn with(url: &str, settings: &str) -> String {
    format!("{url}{}{settings}", if url.contains('?') { '&' } else { '?' })
}

/// Returns when somebody waits for a lock in the client's database.
async fn somebody_waits(client: &Client) {
    let waits = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database \
        WHERE datname = current_database() AND NOT granted";
    while client.query_one(waits, &[]).await.expect("an answer").get::<_, i64>(0) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn add(db: &Db, name: &str) -> Result {
    db.tag().insert(NewTag::new(name)).await.map(drop)
}
