//! Connecting: what cannot work is told in one line that says what to do, and shows no password.

use std::net::TcpListener;

use rex_orm::{Config, DatabaseKind, Error, Kind};

use crate::blog::{Db, NewTag};
use crate::support::postgres;

const PASSWORD: &str = "s3cr3t-canary";

/// The error of connecting, which is one line, without the password.
async fn refusal(url: &str) -> Error {
    let error = Db::connect(url).await.expect_err(url);
    let (display, debug) = (error.to_string(), format!("{error:?}"));
    assert!(!display.contains('\n'), "{display}");
    assert!(!display.contains(PASSWORD) && !debug.contains(PASSWORD), "{display} {debug}");
    assert!(!debug.contains("panicked"), "{debug}");
    error
}

async fn tells(url: &str, kind: Kind, words: &[&str]) {
    let error = refusal(url).await;
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{url}: {text}");
    for word in words {
        assert!(text.contains(word), "{url}: {text:?} says nothing of {word:?}");
    }
}

/// All refusals together, to be read.
#[tokio::test]
async fn the_words_are_as_they_were_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path().display().to_string();
    std::fs::write(
        folder.path().join("text.db"),
        "no database at all, but long enough to be one. ".repeat(40),
    )
    .expect("a file");
    let urls = [
        String::new(),
        "blog.db".to_owned(),
        "mysql://root@localhost/blog".to_owned(),
        "postgres://".to_owned(),
        "postgres://localhost:port/blog".to_owned(),
        "postgres://localhost/blog?colour=red".to_owned(),
        "postgres://localhost/blog?pool_size=many".to_owned(),
        format!("postgres://ada:{PASSWORD}@db.example.com/blog?sslrootcert=/nowhere/root.pem"),
        format!("postgres://ada:{PASSWORD}@db.example.com/blog?sslmode=prefer"),
        "postgres:///blog?host=/tmp&user=ada&sslmode=require".to_owned(),
        "postgres://ada@127.0.0.1/blog?pgbouncer=true&search_path=blog".to_owned(),
        "postgres://ada@127.0.0.1:1/blog".to_owned(),
        "postgres:///blog?host=/nowhere".to_owned(),
        "sqlite://".to_owned(),
        format!("sqlite://{here}/nowhere/blog.db"),
        format!("sqlite://{here}"),
        format!("sqlite://{here}/text.db"),
    ];
    let mut lines = String::new();
    for url in urls {
        let error = refusal(&url).await;
        lines.push_str(&format!("{url}\n    {:?}: {error}\n", error.kind()).replace(&here, "FOLDER"));
    }
    insta::assert_snapshot!("refusals", lines);
}

#[tokio::test]
async fn a_wrong_url_is_explained() {
    tells("", Kind::Configuration, &["sqlite://"]).await;
    tells("mysql://root@localhost/blog", Kind::Configuration, &["mysql", "postgres://", "sqlite://"]).await;
    tells("blog.db", Kind::Configuration, &["sqlite://"]).await;
    tells("postgres://", Kind::Configuration, &["database"]).await;
    tells("sqlite://", Kind::Configuration, &["path"]).await;
    tells("postgres://localhost/blog?colour=red", Kind::Configuration, &["colour"]).await;
    tells("postgres://localhost:port/blog", Kind::Configuration, &["port"]).await;
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = folder.path().join("nowhere");
    let url = format!("sqlite://{}/blog.db", missing.display());
    tells(&url, Kind::Configuration, &["nowhere", "create it"]).await;
    tells(&format!("sqlite://{}", folder.path().display()), Kind::Configuration, &["folder"]).await;
    let file = folder.path().join("text.db");
    std::fs::write(&file, "this is no database, and long enough to be looked at as one: ".repeat(40))
        .expect("a file");
    tells(&format!("sqlite://{}", file.display()), Kind::Connection, &["database"]).await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_told_within_its_time() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = nobody.local_addr().expect("it has an address").port();
    // It takes the connection and says nothing.
    let url = format!("postgres://ada:{PASSWORD}@127.0.0.1:{port}/blog?connect_timeout=1");
    let start = std::time::Instant::now();
    let error = refusal(&url).await;
    assert!(matches!(error.kind(), Kind::Timeout | Kind::Connection), "{error}");
    assert!(start.elapsed().as_secs() < 5, "it took {:?}", start.elapsed());
    drop(nobody);
    tells(&url, Kind::Connection, &["127.0.0.1", &port.to_string()]).await;
}

#[tokio::test]
async fn a_wrong_password_is_told_without_it() {
    let database = postgres::server().database("password");
    let url = database.tcp_url("postgres", PASSWORD);
    let error = refusal(&url).await;
    assert_eq!(error.kind(), Kind::Connection, "{error}");
    assert!(error.to_string().contains("password"), "{error}");
}

/// As with `psql`: who names no user is the operating system's.
#[tokio::test]
async fn a_url_without_a_user_is_of_the_operating_systems() {
    let database = postgres::server().database("nobody_named");
    let output = std::process::Command::new("id").arg("-un").output().expect("`id` is there");
    let user = String::from_utf8(output.stdout).expect("a name").trim().to_owned();
    let unnamed = database.url_without_user();
    let client = database.client().await;
    let roles = client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&user]).await.expect("roles");
    if roles.is_empty() {
        tells(&unnamed, Kind::Connection, &["the operating system's user", "PGUSER"]).await;
        client.batch_execute(&format!("CREATE ROLE \"{user}\" LOGIN")).await.expect("a role");
    }
    let db = Db::connect(&unnamed).await.expect("the role is there");
    assert_eq!(db.sql::<String>("SELECT current_user::text").one().await.expect("a name"), user);
}

#[tokio::test]
async fn a_server_elsewhere_is_never_spoken_to_in_plain_text_unasked() {
    let url = format!("postgres://ada:{PASSWORD}@192.0.2.1/blog");
    // The roots are asked for before anything is sent.
    tells(&format!("{url}?sslrootcert=/nowhere/root.pem"), Kind::Configuration, &["/nowhere/root.pem"]).await;
    tells(&format!("{url}?sslmode=prefer"), Kind::Configuration, &["in silence"]).await;
}

#[tokio::test]
async fn an_incomplete_configuration_names_what_is_missing() {
    let missing = |config: Config| async move {
        let error = Db::connect_with(&config).await.expect_err("it is incomplete");
        assert_eq!(error.kind(), Kind::Configuration, "{error}");
        error.to_string()
    };
    let postgres = missing(Config { kind: Some(DatabaseKind::Postgres), ..Config::default() }).await;
    assert!(postgres.contains("database"), "{postgres}");
    let sqlite = missing(Config { kind: Some(DatabaseKind::Sqlite), ..Config::default() }).await;
    assert!(sqlite.contains("path"), "{sqlite}");
}

/// A file of settings, as a program reads it.
#[tokio::test]
async fn a_configuration_is_read_and_hides_its_password() {
    let text =
        format!(r#"{{ "kind": "sqlite", "path": ":memory:", "pool_size": 3, "password": "{PASSWORD}" }}"#);
    let config: Config = serde_json::from_str(&text).expect("a configuration");
    assert!(!format!("{config:?}").contains(PASSWORD), "{config:?}");
    let wrong =
        serde_json::from_str::<Config>(r#"{ "kind": "sqlite", "pth": "x" }"#).expect_err("no such setting");
    assert!(wrong.to_string().contains("pth"), "{wrong}");
}

/// Many tasks on few connections: each gets its turn, and what they write is all there.
#[tokio::test(flavor = "multi_thread")]
async fn tasks_share_a_pool() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = postgres::server().database("pool");
    let file = format!("sqlite://{}?pool_size=3", folder.path().join("blog.db").display());
    let server = database.url();
    let server = format!("{server}{}pool_size=3", if server.contains('?') { '&' } else { '?' });
    for url in [file, server] {
        let db = Db::connect(&url).await.expect("a database");
        db.create_schema().await.expect("an empty database");
        let tasks: Vec<_> = (0..50)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    let tag = db.tag().insert(NewTag::new(format!("tag {task}"))).await?;
                    db.transaction(async |tx| {
                        tx.tag().update(&tag).name(format!("task {task}")).save().await
                    })
                    .await?;
                    db.tag().get(&tag).await
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no task panics").unwrap_or_else(|error| panic!("{url}: {error}"));
        }
        let count = db.tag().find().filter(|t| t.name.starts_with("task ")).count().await;
        assert_eq!(count.expect("it can be counted"), 50);
    }
}

/// A transaction whose future is dropped midway leaves nothing behind, and its connection is free.
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_transaction_is_rolled_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = postgres::server().database("dropped");
    let server = database.url();
    let server = format!("{server}{}pool_size=1", if server.contains('?') { '&' } else { '?' });
    for url in [format!("sqlite://{}", folder.path().join("blog.db").display()), server] {
        let db = Db::connect(&url).await.expect("a database");
        db.create_schema().await.expect("an empty database");
        for _ in 0..3 {
            let midway = db.transaction(async |tx| {
                tx.tag().insert(NewTag::new("dropped")).await?;
                std::future::pending::<rex_orm::Result<()>>().await
            });
            let dropped = tokio::time::timeout(std::time::Duration::from_millis(100), midway).await;
            assert!(dropped.is_err(), "{url}: {dropped:?}");
        }
        assert_eq!(db.tag().find().count().await.expect("the connection is free"), 0, "{url}");
        db.tag().insert(NewTag::new("after")).await.expect("it can write");
    }
}

/// What only the driver can do, on a connection that nobody gets after it.
#[tokio::test(flavor = "multi_thread")]
async fn the_drivers_own_connection_is_lent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = format!("sqlite://{}", folder.path().join("lent.db").display());
    for url in [&file, "sqlite::memory:"] {
        let db = Db::connect(url).await.expect("a database");
        db.create_schema().await.expect("an empty database");
        let driver = db.handle().sqlite().await.expect("a connection");
        driver
            .execute_batch("INSERT INTO tags (name) VALUES ('rust'); PRAGMA foreign_keys = OFF; BEGIN")
            .unwrap();
        driver.execute("DELETE FROM tags", []).expect("a table");
        drop(driver);
        assert_eq!(db.tag().find().count().await.expect("a number"), 1, "{url}: what was open is undone");
        db.tag().insert(NewTag::new("sqlite")).await.expect("another connection writes");
        let keys =
            db.sql::<i64>("SELECT foreign_keys FROM pragma_foreign_keys").one().await.expect("a number");
        assert_eq!(keys, i64::from(url == file), "what is left in memory is what it was left as");
        let error = db.handle().postgres().await.expect_err("it is another database");
        assert_eq!(error.kind(), Kind::Configuration, "{error}");
    }
    let database = postgres::server().database("lent");
    let db = Db::connect(&format!("{}?pool_size=1", database.url())).await.expect("a database");
    db.create_schema().await.expect("an empty database");
    let mut driver = db.handle().postgres().await.expect("a connection");
    let transaction = driver.transaction().await.expect("a transaction");
    transaction.batch_execute("INSERT INTO tags (name) VALUES ('rust')").await.expect("a table");
    transaction.commit().await.expect("it is kept");
    driver.batch_execute("SET search_path = pg_catalog; BEGIN").await.expect("a session");
    drop(driver);
    assert_eq!(db.tag().find().count().await.expect("another connection"), 1);
    let error =
        db.transaction(async |tx| tx.handle().postgres().await.map(drop)).await.expect_err("it is its own");
    assert_eq!(error.kind(), Kind::Transaction, "{error}");
}
