//! What a program sees of its statements: spans by OpenTelemetry's names, slow ones, counts, values on
//! request, and how busy the pool is.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rex_orm::{Counts, Dialect, Result, Watch};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::raw_sql::on_every_blog;
use super::transactions::with;
use crate::blog::{Db as Blog, NewComment, NewTag, Role};
use crate::fixtures::serde::Db as Parcels;
use crate::support::postgres;

/// The fields of a span or an event.
type Fields = BTreeMap<String, String>;

/// Keeps what it is told.
#[derive(Clone, Default)]
struct Kept {
    spans: Arc<Mutex<BTreeMap<u64, Fields>>>,
    events: Arc<Mutex<Vec<Fields>>>,
    next: Arc<AtomicU64>,
}

struct Keeping<'a>(&'a mut Fields);

impl Visit for Keeping<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "rex_orm"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = Fields::new();
        span.record(&mut Keeping(&mut fields));
        self.spans.lock().expect("no panic").insert(id, fields);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.spans.lock().expect("no panic");
        values.record(&mut Keeping(spans.get_mut(&span.into_u64()).expect("a span")));
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Keeping(&mut fields));
        self.events.lock().expect("no panic").push(fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Kept {
    /// The spans so far, forgotten afterwards.
    fn take(&self) -> Vec<Fields> {
        std::mem::take(&mut *self.spans.lock().expect("no panic")).into_values().collect()
    }
}

fn field<'f>(span: &'f Fields, name: &str) -> &'f str {
    span.get(name).map_or("", String::as_str)
}

#[tokio::test]
async fn each_statement_has_a_span() {
    on_every_blog("watch_spans", async |db| {
        let kept = Kept::default();
        let _guard = tracing::subscriber::set_default(kept.clone());
        db.user().find().filter(|u| u.role.eq(Role::Author)).with(|u| u.posts()).await?;
        let spans = kept.take();
        let methods: Vec<String> = spans
            .iter()
            .map(|span| {
                format!(
                    "{} {}.{}",
                    field(span, "otel.name"),
                    field(span, "rex.model"),
                    field(span, "rex.method")
                )
            })
            .collect();
        assert_eq!(methods, ["SELECT users User.find", "SELECT posts User.posts"]);
        let system = if db.dialect() == Dialect::Postgres { "postgresql" } else { "sqlite" };
        let users = &spans[0];
        assert_eq!(field(users, "db.system.name"), system);
        assert_eq!(field(users, "db.operation.name"), "SELECT");
        assert_eq!(field(users, "db.collection.name"), "users");
        assert_eq!(field(users, "db.response.returned_rows"), "3");
        assert!(field(users, "db.query.text").starts_with("SELECT "), "{users:?}");
        assert!(!field(users, "rex.duration_us").is_empty());
        assert!(!users.contains_key("rex.values"), "nobody asked for them");
        assert!(!users.contains_key("error.type"));

        db.sql("UPDATE users SET age = $1").bind(7).execute().await?;
        assert!(db.user().by_email("ada@example.com").await?.is_some());
        assert!(db.user().create().email("ada@example.com").name("x").save().await.is_err());
        let spans = kept.take();
        assert_eq!(field(&spans[0], "otel.name"), "UPDATE");
        assert_eq!((field(&spans[0], "rex.method"), field(&spans[0], "rex.rows_written")), ("sql", "3"));
        let read: Vec<i64> = db.sql("SELECT id FROM users").await?;
        let read_spans = kept.take();
        assert_eq!(
            (read.len(), read_spans[0].contains_key("rex.rows_written")),
            (3, false),
            "{read_spans:?}"
        );
        assert_eq!(field(&spans[1], "rex.method"), "by_email");
        assert_eq!(
            (field(&spans[2], "error.type"), field(&spans[2], "otel.status_code")),
            ("Unique", "ERROR")
        );
        assert!(!format!("{spans:?}").contains("ada@"), "no value unasked: {spans:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn slow_statements_are_told() {
    on_every_blog("watch_slow", async |db| {
        let kept = Kept::default();
        let _guard = tracing::subscriber::set_default(kept.clone());
        db.watch(Watch::new().slow_after(Duration::from_secs(60))).user().get(1).await?;
        assert!(kept.events.lock().expect("no panic").is_empty());
        db.watch(Watch::new().slow_after(Duration::ZERO)).user().get(1).await?;
        let events = kept.events.lock().expect("no panic").clone();
        assert_eq!(events.len(), 1);
        assert_eq!(
            (field(&events[0], "message"), field(&events[0], "rex.operation")),
            ("slow statement", "User.get")
        );
        assert!(field(&events[0], "db.query.text").starts_with("SELECT "));
        Ok(())
    })
    .await;
}

/// By the configuration, whatever else is watched.
#[tokio::test]
async fn slow_statements_are_told_to_who_says_so_in_the_url() {
    let database = postgres::server().database("watch_slow_url");
    for url in ["sqlite::memory:", &database.url()] {
        let kept = Kept::default();
        let _guard = tracing::subscriber::set_default(kept.clone());
        let told = |kept: &Kept| std::mem::take(&mut *kept.events.lock().expect("no panic")).len();
        for (after, events) in [("1ms", 1), ("1h", 0)] {
            let db = Blog::connect(&with(url, &format!("slow_after={after}"))).await.expect("a database");
            let counts = Counts::new();
            let watched = db.watch(Watch::new().count(&counts));
            let slow = match db.dialect() {
                Dialect::Postgres => "SELECT CAST(count(*) AS bigint) FROM generate_series(1, 200000)",
                Dialect::Sqlite => {
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) \
                     SELECT count(*) FROM n"
                }
            };
            for db in [&db, &watched] {
                assert_eq!(db.sql::<i64>(slow).one().await.expect("a number"), 200_000);
                assert_eq!(told(&kept), events, "{url}, {after}");
            }
            let never = watched.watch(Watch::new().slow_after(Duration::from_secs(3_600)));
            assert_eq!(never.sql::<i64>(slow).one().await.expect("a number"), 200_000);
            assert_eq!(told(&kept), 0, "the handle says otherwise");
            assert_eq!(counts.statements(), 1);
        }
    }
}

#[tokio::test]
async fn a_transaction_is_seen_from_its_beginning_to_its_end() {
    on_every_blog("watch_transaction", async |db| {
        let kept = Kept::default();
        let _guard = tracing::subscriber::set_default(kept.clone());
        let outcome: Result<()> = db
            .transaction(async |tx| {
                tx.transaction(async |tx| tx.tag().insert(NewTag::new("one")).await).await?;
                let undone: Result<()> = tx
                    .transaction(async |tx| {
                        tx.tag().insert(NewTag::new("two")).await?;
                        tx.user().get(99).await.map(drop)
                    })
                    .await;
                assert!(undone.is_err());
                Ok(())
            })
            .await;
        outcome?;
        db.begin().await?.rollback().await?;
        let spans = kept.take();
        let names: Vec<&str> = spans.iter().map(|span| field(span, "otel.name")).collect();
        assert_eq!(
            names,
            [
                "BEGIN",
                "SAVEPOINT",
                "INSERT tags",
                "RELEASE SAVEPOINT",
                "SAVEPOINT",
                "INSERT tags",
                "SELECT users",
                "ROLLBACK TO SAVEPOINT",
                "COMMIT",
                "BEGIN",
                "ROLLBACK"
            ]
        );
        assert_eq!(
            (field(&spans[0], "db.operation.name"), field(&spans[0], "db.query.text")),
            ("BEGIN", "BEGIN")
        );
        assert_eq!(field(&spans[8], "rex.method"), "transaction");
        assert!(!field(&spans[8], "rex.duration_us").is_empty());
        Ok(())
    })
    .await;
}

/// What begins and ends it is told of a call that needs several statements, within a transaction too.
#[tokio::test]
async fn a_call_of_several_statements_is_seen_from_its_beginning_to_its_end() {
    on_every_blog("watch_calls", async |db| {
        let kept = Kept::default();
        let _guard = tracing::subscriber::set_default(kept.clone());
        let names = |what: &str, expected: &[&str]| {
            let spans = kept.take();
            let names: Vec<&str> = spans.iter().map(|span| field(span, "otel.name")).collect();
            assert_eq!(names, expected, "{what}, in {:?}", db.dialect());
            spans
        };
        let post = |db: &Blog, title: &str| {
            let new = db.post().create().author(1).title(title).body("…");
            new.save_with(|post, _| [NewComment::new(post, 1, "first")])
        };
        let (first, _) = post(&db, "nested").await?;
        let spans = names("a nested write", &["BEGIN", "INSERT posts", "INSERT comments", "COMMIT"]);
        for step in [&spans[0], &spans[3]] {
            assert_eq!(field(step, "rex.method"), "transaction");
            assert!(!field(step, "rex.duration_us").is_empty(), "{step:?}");
        }
        assert!(post(&db, "nested").await.is_err(), "the author has one of that title");
        names("one that fails", &["BEGIN", "INSERT posts", "ROLLBACK"]);
        let tag = db.tag().insert(NewTag::new("one")).await?;
        kept.take();
        db.post().tags(first.id).set([tag.id]).await?;
        names("links", &["BEGIN", "DELETE posts_tags", "INSERT posts_tags", "COMMIT"]);
        assert!(db.post().tags(first.id).set([9_999]).await.is_err(), "there is no such tag");
        names("links to nowhere", &["BEGIN", "DELETE posts_tags", "INSERT posts_tags", "ROLLBACK"]);
        let tx = db.begin().await?;
        post(&tx, "within").await?;
        assert!(post(&tx, "within").await.is_err());
        tx.post().tags(first.id).set([tag.id]).await?;
        assert!(tx.post().tags(first.id).set([9_999]).await.is_err());
        tx.commit().await?;
        names(
            "within a transaction",
            &[
                "BEGIN",
                "SAVEPOINT",
                "INSERT posts",
                "INSERT comments",
                "RELEASE SAVEPOINT",
                "SAVEPOINT",
                "INSERT posts",
                "ROLLBACK TO SAVEPOINT",
                "SAVEPOINT",
                "DELETE posts_tags",
                "INSERT posts_tags",
                "RELEASE SAVEPOINT",
                "SAVEPOINT",
                "DELETE posts_tags",
                "INSERT posts_tags",
                "ROLLBACK TO SAVEPOINT",
                "COMMIT",
            ],
        );
        db.tag().insert_many((0..2_000).map(|n| NewTag::new(format!("tag {n}")))).await?;
        let spans = kept.take();
        let names: Vec<&str> = spans.iter().map(|span| field(span, "otel.name")).collect();
        match db.dialect() {
            Dialect::Postgres => assert_eq!(names, ["INSERT tags"]),
            Dialect::Sqlite => {
                let [first, inserts @ .., last] = &*names else { panic!("{names:?}") };
                assert_eq!((*first, *last), ("BEGIN", "COMMIT"));
                assert!(inserts.len() > 1 && inserts.iter().all(|name| *name == "INSERT tags"), "{names:?}");
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn statements_are_counted() {
    on_every_blog("watch_counts", async |db| {
        let counts = Counts::new();
        let watched = db.watch(Watch::new().count(&counts));
        let loaded = watched.user().find().with(|u| u.posts().with(|p| p.tags())).await?;
        assert_eq!((loaded.len(), counts.statements(), counts.rows()), (3, 3, 4));
        let in_transaction = watched.transaction(async |tx| {
            tx.tag().insert(NewTag::new("one")).await?;
            tx.tag().insert(NewTag::new("one")).await
        });
        assert!(in_transaction.await.is_err());
        assert_eq!((counts.statements(), counts.failures()), (5, 1));
        db.user().get(1).await?;
        assert_eq!(counts.statements(), 5, "only what the watched handle sends");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn values_are_shown_on_request_and_secrets_never() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    let db = Parcels::connect("sqlite::memory:").await.expect("a database in memory");
    let shown = async || -> Result<Vec<String>> {
        db.create_schema().await?;
        let db = db.watch(Watch::new().values());
        kept.take();
        db.sender().create().name("Ada").save().await?;
        db.sender().find().filter(|s| s.name.eq("Grace")).await?;
        db.clerk().create().name("Grace").password("s3cret").save().await?;
        db.clerk().find().filter(|c| c.password.eq("s3cret")).await?;
        db.clerk().find().filter(|c| c.name.eq("Grace")).update().password("s3cret").save().await?;
        db.sql::<i64>("SELECT id FROM clerks WHERE name = $1 AND password = $2")
            .bind("Grace")
            .bind_sensitive("s3cret")
            .await?;
        let spans = kept.take();
        assert!(!format!("{spans:?}").contains("s3cret"), "{spans:?}");
        Ok(spans.iter().map(|span| field(span, "rex.values").replace('\\', "")).collect())
    };
    let expected =
        [r#"["Ada"]"#, r#"["Grace"]"#, "‹hidden›", "‹hidden›", "‹hidden›", r#"["Grace", ‹hidden›]"#];
    assert_eq!(shown().await.expect("values"), expected);
}

#[tokio::test]
async fn gauges_tell_how_busy_the_pool_is() {
    on_every_blog("watch_gauges", async |db| {
        let before = db.gauges();
        assert!(before.max >= 1 && before.open >= 1 && before.idle == before.open, "{before:?}");
        let used = db.transaction(async |tx| {
            tx.user().get(1).await?;
            Ok(db.gauges())
        });
        let used = used.await?;
        assert_eq!((used.open - used.idle, used.waiting), (1, 0), "{used:?}");
        let after = db.gauges();
        assert_eq!(after.idle, after.open);
        Ok(())
    })
    .await;
}
