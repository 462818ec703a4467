//! No secret of a URL is ever shown: not by a configuration, not by an error, not by what is behind
//! an error.

mod values;

use std::error::Error as _;
use std::net::TcpListener;

use rex_orm::{Builder, Config, Error};

use crate::blog::Db;
use crate::support::postgres;

/// A URL with a secret in it, in a form that each place of a URL may hold; `{}` stands for it.
///
/// Of the last ones something is wrong, so that parts of the password land elsewhere.
const URLS: &[&str] = &[
    // Where secrets belong, and what may stand in their place.
    "postgres://ada:{}@127.0.0.1:PORT/blog",
    "postgres://{}@127.0.0.1:PORT/blog",
    "postgres://{}:{}@127.0.0.1:PORT/blog",
    "postgres://{}:@127.0.0.1:PORT/blog",
    "postgres://:{}@127.0.0.1:PORT/blog",
    "postgresql://ada:{}@[::1]:PORT/blog",
    "postgres://ada:{}%40@127.0.0.1:PORT/blog",
    "postgres://ada:%2F{}%3F@127.0.0.1:PORT/blog",
    "postgres://127.0.0.1:PORT/blog?user=ada&password={}",
    "postgres://127.0.0.1:PORT/blog?user={}",
    "postgres://127.0.0.1:PORT/blog?user={}&password={}",
    "postgres:///blog?host=/nowhere&user=ada&password={}",
    "postgres:///blog?host=/nowhere&user={}",
    // The server is not there, is another's, or cannot be asked.
    "postgres://ada:{}@127.0.0.1:1/blog",
    "postgres://ada:{}@127.0.0.1:0/blog",
    "postgres://ada:{}@no-such-host.invalid/blog?sslmode=disable&connect_timeout=200ms",
    "postgres://ada:{}@192.0.2.1/blog?sslmode=disable&connect_timeout=50ms",
    "postgres://ada:{}@db.example.com/blog?sslmode=require&sslrootcert=/nowhere/root.pem",
    "postgres://ada:{}@127.0.0.1:SILENT/blog?connect_timeout=50ms",
    "postgres://ada:{}@127.0.0.1:SILENT/blog?sslmode=require&connect_timeout=50ms",
    // What is set is wrong.
    "postgres://ada:{}@127.0.0.1/blog?sslmode=prefer",
    "postgres://ada:{}@127.0.0.1/blog?sslmode=perhaps",
    "postgres://ada:{}@127.0.0.1/blog?pool_size=0",
    "postgres://ada:{}@127.0.0.1/blog?pool_size={}",
    "postgres://ada:{}@127.0.0.1/blog?statement_timeout=5",
    "postgres://ada:{}@127.0.0.1/blog?statement_timeout={}",
    "postgres://ada:{}@127.0.0.1/blog?journal_mode=wal",
    "postgres://ada:{}@127.0.0.1/blog?colour=red",
    "postgres://ada:{}@127.0.0.1/blog?colour={}",
    "postgres://ada:{}@127.0.0.1/blog?sslmode={}",
    "postgres://ada:{}@127.0.0.1/blog?port={}",
    "postgres://ada:{}@127.0.0.1/blog?connect_timeout={}",
    "postgres://ada:{}@127.0.0.1/blog?pgbouncer={}",
    "postgres://ada:{}@127.0.0.1",
    "postgres://ada:{}@/blog",
    // What is malformed.
    "postgres://ada:{}@127.0.0.1:port/blog",
    "postgres://ada:{}@127.0.0.1:99999/blog",
    "postgres://127.0.0.1:{}/blog",
    "postgres://ada:{}%@127.0.0.1/blog",
    "postgres://ada:{}%zz@127.0.0.1/blog",
    "postgres://ada:{}%ff@127.0.0.1/blog",
    "postgres://ada:{}%00@127.0.0.1/blog",
    "postgres://ada:{}@[::1/blog",
    "postgres://ada:a/{}@127.0.0.1/blog",
    "postgres://ada:1/{}@127.0.0.1/blog",
    "postgres://ada:{}/1@127.0.0.1/blog",
    "postgres://ada:a?{}@127.0.0.1/blog",
    "postgres://ada:1?{}=1@127.0.0.1/blog",
    "postgres://ada:{}?1@127.0.0.1/blog",
    "postgres://127.0.0.1/blog?user=ada&password=a&{}",
    "postgres://127.0.0.1/blog?user=ada&password=a&{}=b",
    "postgres:ada:{}@127.0.0.1/blog",
    "postgres:/ada:{}@127.0.0.1/blog",
    "ada:{}@127.0.0.1/blog",
    "{}@127.0.0.1/blog",
    "{}@127.0.0.1:5432/blog",
    "{}",
    "//ada:{}@127.0.0.1/blog",
    "postgre://ada:{}@127.0.0.1/blog",
    "mysql://ada:{}@127.0.0.1/blog",
    "jdbc:postgresql://127.0.0.1/blog?user=ada&password={}",
    "sqlite://?password={}",
    "sqlite://blog.db?password={}",
    "sqlite://blog.db?key={}",
];

/// What a secret looks like: like a name, like a token, in escapes, in parts.
fn secrets(number: usize) -> [String; 3] {
    let letters = ["canaryqzx", "Canaryqzx", "canary_qzx"][number % 3];
    [letters.to_owned(), format!("c4nary{number}qzx"), format!("c%34nary%2D{number}qzx")]
}

/// What of a secret must not be seen.
const TRACES: &[&str] = &["canary", "Canary", "c4nary", "c%34nary", "qzx"];

/// All that a person or a log may get to see of an error.
fn everything(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!("{error}\n{error:?}\n{error:#?}\n"));
        source = error.source();
    }
    text
}

#[track_caller]
fn hidden(url: &str, text: &str) {
    let seen: Vec<&&str> = TRACES.iter().filter(|trace| text.contains(**trace)).collect();
    assert!(seen.is_empty(), "{url}: {seen:?} is in\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_part_of_a_url_that_may_be_a_secret_is_shown() {
    let (_, port) = postgres::server().tcp_address().rsplit_once(':').map(own).expect("an address");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = silent.local_addr().expect("it has an address").port().to_string();
    let mut count = 0;
    for (number, pattern) in URLS.iter().enumerate() {
        let pattern = pattern.replace("PORT", &port).replace("SILENT", &silent);
        for secret in secrets(number) {
            let url = pattern.replace("{}", &secret);
            hidden(&url, &format!("{:?}", Db::builder().url(&url)));
            match Config::from_url(&url) {
                Ok(config) => hidden(&url, &format!("{config:?} {config:#?}")),
                Err(error) => hidden(&url, &everything(&error)),
            }
            // A file of that name is not what is tried here.
            if !url.starts_with("sqlite://") {
                let error = Db::connect(&url).await.expect_err(&url);
                hidden(&url, &everything(&error));
            }
            count += 1;
        }
    }
    assert!(count >= 150, "{count} URLs");
}

fn own((host, port): (&str, &str)) -> (String, String) {
    (host.to_owned(), port.to_owned())
}

/// Settings by name, as a file has them.
#[test]
fn no_value_of_a_configuration_file_is_shown() {
    let names = ["port", "pool_size", "sslmode", "pgbouncer", "statement_timeout", "kind", "url", "path"];
    for name in names.into_iter().chain(["password", "user", "pasword", "passwd"]) {
        for value in [r#""canaryqzx""#, r#"["canaryqzx"]"#, r#"{"canaryqzx": "canaryqzx"}"#] {
            let text = format!(r#"{{ "{name}": {value} }}"#);
            match serde_json::from_str::<Config>(&text) {
                Ok(config) if name == "path" => assert!(format!("{config:?}").contains("canaryqzx")),
                Ok(config) => hidden(&text, &format!("{config:?}")),
                Err(error) => hidden(&text, &format!("{error} {error:?}")),
            }
        }
    }
}

/// The password is wrong, and the server says so.
#[tokio::test]
async fn a_refused_password_is_not_shown() {
    let database = postgres::server().database("refused_password");
    let (user, _) = database.superuser();
    let url = database.tcp_url(&user, "c4nary0qzx");
    let builder: Builder<Db> = Db::builder().url(&url);
    hidden(&url, &format!("{builder:?}"));
    let error = builder.connect().await.expect_err("the password is wrong");
    hidden(&url, &everything(&error));
}
