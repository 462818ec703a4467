//! The throwaway PostgreSQL server does what the other tests rely on.

use std::net::TcpStream;

use tokio_postgres::error::SqlState;

use crate::support::postgres::{self, Server};

#[tokio::test]
async fn a_database_answers() {
    let database = postgres::server().database("answers");
    let client = database.client().await;
    let row = client.query_one("SELECT 1, current_database()", &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 1);
    assert!(row.get::<_, &str>(1).starts_with("rex_test_answers_"));
}

#[tokio::test]
async fn databases_are_apart_and_dropped() {
    let server = postgres::server();
    let (one, other) = (server.database("apart"), server.database("apart"));
    one.client().await.batch_execute("CREATE TABLE t (x integer)").await.unwrap();

    let client = other.client().await;
    let error = client.query("SELECT x FROM t", &[]).await.unwrap_err();
    assert_eq!(error.code(), Some(&SqlState::UNDEFINED_TABLE));

    let url = one.url();
    drop(one);
    let error = postgres::connect(&url).await.expect_err("the database is gone");
    assert_eq!(error.code(), Some(&SqlState::INVALID_CATALOG_NAME));
}

#[tokio::test]
async fn passwords_are_checked() {
    let database = postgres::server().database("passwords");
    let (user, password) = database.superuser();
    let url = database.tcp_url(&user, &password);
    assert!(postgres::connect(&url).await.is_ok());

    let url = database.tcp_url(&user, "not the password");
    let error = postgres::connect(&url).await.expect_err("the password is wrong");
    assert_eq!(error.code(), Some(&SqlState::INVALID_PASSWORD));
}

/// What `Drop` does here by hand, the operating system does when the process ends.
#[test]
fn a_server_whose_owner_is_gone_stops_and_cleans_up() {
    if postgres::server().folder().is_none() {
        println!("nothing to check: the server of REX_TEST_POSTGRES_URL is not ours to stop");
        return;
    }
    let server = Server::start().unwrap();
    let folder = server.folder().expect("it was started here").to_owned();
    assert!(folder.join("data").is_dir());
    let address = server.tcp_address();
    assert!(TcpStream::connect(&address).is_ok());

    drop(server);
    assert!(!folder.exists(), "{folder:?} is left");
    assert!(TcpStream::connect(&address).is_err(), "something still listens on {address}");
}
