//! No value that is bound is ever shown, nor one of a `@sensitive` field: not by an error, not by
//! `Debug`, not by what a library logs.

use std::sync::{Mutex, OnceLock, PoisonError};

use rex_orm::{Error, Result};

use super::{TRACES, everything};
use crate::blog::{self, Role};
use crate::fixtures::attributes::{self, NewPerson};
use crate::suite::language::types::{Email, Settings, Token};
use crate::support::postgres;

/// What is logged at any level and has a trace of a secret in it, and how much is logged at all.
#[derive(Default)]
struct Log {
    told: Vec<String>,
    count: usize,
}

static LOG: Mutex<Log> = Mutex::new(Log { told: Vec::new(), count: 0 });

struct Listener;

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let text = format!("{}: {}", record.target(), record.args());
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        log.count += 1;
        // The names of databases of other tests are none.
        if TRACES.iter().any(|trace| text.contains(trace)) {
            log.told.push(text);
        }
    }

    fn flush(&self) {}
}

fn listen() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        log::set_logger(&Listener).expect("nobody else listens");
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// The number of a secret, and what is shown when something is done with it.
#[derive(Default)]
struct Shown(Vec<String>);

impl Shown {
    fn refused<T: std::fmt::Debug>(&mut self, outcome: Result<T>) {
        let error: Error = outcome.expect_err("it is refused");
        self.0.push(everything(&error));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_is_shown() {
    listen();
    let (blogs, people) = (postgres::server().database("values"), postgres::server().database("values"));
    let mut count = 0;
    for (blog, people) in [
        ("sqlite::memory:".to_owned(), "sqlite::memory:".to_owned()),
        (blogs.url(), people.url()),
        (blogs.pooled_url(), people.pooled_url()),
    ] {
        let (blog, people) = (blog::Db::connect(&blog).await, attributes::Db::connect(&people).await);
        let (blog, people) = (blog.expect("a database"), people.expect("a database"));
        // Through the pooler the tables are there already.
        _ = blog.create_schema().await;
        _ = people.create_schema().await;
        for number in 0..50 {
            let secret = format!("c4nary{number}{}", if count > 50 { "qzx" } else { "-qzx" });
            let mut shown = Shown::default();
            bound(&blog, &format!("{secret}-{count}"), &mut shown).await;
            sensitive(&people, &format!("{secret}-{count}"), &mut shown).await;
            for text in &shown.0 {
                super::hidden(&secret, text);
            }
            assert!(shown.0.len() >= 12, "{} texts", shown.0.len());
            count += 1;
        }
    }
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(log.count > 1000, "only {} lines are logged", log.count);
    assert!(log.told.is_empty(), "{:#?}", log.told);
}

/// What PostgreSQL cannot make of a secret, and says so.
const CASTS: &[&str] = &[
    "SELECT 1::bigint WHERE CAST($1 AS integer) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS integer) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS uuid) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS uuid) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS jsonb) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS jsonb) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS timestamptz) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS timestamptz) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS inet) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS inet) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS role) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS role) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS integer[]) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS integer[]) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS interval) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS interval) IS NULL",
    "SELECT 1::bigint WHERE CAST($1 AS numeric) IS NULL",
    "SELECT 1::bigint WHERE CAST(CAST($1 AS text) AS numeric) IS NULL",
];

/// Everything that fails with a value.
async fn bound(db: &blog::Db, secret: &str, shown: &mut Shown) {
    let create = || db.user().create().email(secret).name("Ada").role(Role::Author);
    let ada = create().save().await.expect("the first one");
    shown.refused(create().save().await);
    shown.refused(db.user().create().email("ada").name(secret.repeat(20)).save().await);
    shown.refused(db.user().find().filter(|u| u.name.eq(secret)).one().await);
    shown.refused(db.user().update(0).name(secret).save().await);
    shown.refused(db.sql::<i64>("SELECT email FROM users WHERE email = $1").bind(secret).one().await);
    shown.refused(db.sql::<i64>("SELECT nothing FROM users WHERE email = $1").bind(secret).one().await);
    shown.refused(db.sql::<i64>("SELECT id FROM users WHERE email = $1 AND").bind(secret).one().await);
    shown.refused(db.sql::<i64>("SELECT id FROM users").bind(secret).one().await);
    shown.refused(db.sql::<i64>("SELECT id FROM users WHERE id = $2").bind(secret).one().await);
    if db.dialect() == rex_orm::Dialect::Postgres {
        for sql in CASTS {
            shown.refused(db.sql::<i64>(sql).bind(secret).one().await);
        }
    }
    shown.0.push(format!("{:?}", db.user().find().filter(|u| u.email.eq(secret)).count().await));
    db.user().delete(&ada).await.expect("it is there");
}

async fn sensitive(db: &attributes::Db, secret: &str, shown: &mut Shown) {
    let email = |name: &str| Email(format!("{name}@example.com"));
    let settings = Settings { theme: "dark".to_owned(), odd: Vec::new() };
    let person = || NewPerson {
        token: Some(Token(secret.to_owned())),
        secret: Some(vec![secret.to_owned()]),
        ..NewPerson::new("Ada", email("ada"), [email("a")], settings.clone(), secret, 1)
    };
    shown.0.push(format!("{:?} {:#?}", person(), person()));
    let ada = db.person().insert(person()).await.expect("the first one");
    shown.0.push(format!("{ada:?} {ada:#?}"));
    shown.refused(db.person().insert(person()).await);
    shown.refused(db.person().update(0).password(secret).save().await);
    db.person().delete(&ada).await.expect("it is there");
}
