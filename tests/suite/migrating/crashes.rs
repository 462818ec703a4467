//! A runner that is gone at any of its statements: the next one ends what it began, and everything is
//! done once.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rex_orm::migrate::{Migrations, Runner};
use rex_orm::{Config, Dialect};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};

use super::chain::{Draft, POSTS, TAGS, USERS, chain};
use super::live::Live;
use crate::support::postgres;
use crate::support::proxy::{Fate, Proxy};

/// Tells a child process which way it goes, where, and at which moment it is gone.
const CHILD: &str = "REX_TEST_MIGRATES";

/// What is done to the rows may not be done twice.
const COUNT: &str = "-- rex: step backfill batch=2 table=\"counted\" key=\"id\"\n\
                     UPDATE counted SET n = n + 1 WHERE n < 1000 /* rex: batch */;\n";
const COUNTED: &str = "CREATE TABLE counted (id INTEGER NOT NULL PRIMARY KEY, n INTEGER NOT NULL);\n\
                       INSERT INTO counted VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0);\n";

pub(super) fn migrations(dialect: Dialect) -> Migrations {
    let (up, down) = match dialect {
        Dialect::Postgres => (
            "-- rex: step outside_transaction probe=index_valid(\"users_name_idx\")\n\
             CREATE UNIQUE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
            "-- rex: step outside_transaction probe=index_gone(\"users_name_idx\")\n\
             DROP INDEX CONCURRENTLY IF EXISTS users_name_idx;\n",
        ),
        Dialect::Sqlite => (
            "-- rex: step rebuild tables=\"users\"\n\
             CREATE TABLE new_users (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER);\n\
             INSERT INTO new_users SELECT id, name, age FROM users;\n\
             DROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n",
            "-- rex: step rebuild tables=\"users\"\n\
             CREATE TABLE new_users (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, age INTEGER);\n\
             INSERT INTO new_users SELECT id, name, age FROM users;\n\
             DROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n",
        ),
    };
    let back = "-- rex: step transaction\nDELETE FROM counted WHERE n <> 1;\n\
                -- rex: step backfill batch=3 table=\"counted\" key=\"id\"\n\
                UPDATE counted SET n = n - 1 WHERE n > -1000 /* rex: batch */;\n";
    let count = format!("{COUNTED}\n{COUNT}");
    chain(&[
        USERS,
        POSTS,
        Draft::new("20260104T000000_index", up, down),
        Draft::new("20260105T000000_count", &count, back),
        TAGS,
    ])
}

/// Everything that is there in the end.
pub(super) async fn state(live: &Live) -> String {
    let tables = live.tables().await;
    let rows = live
        .one("SELECT (SELECT count(*) || ' ' || max(name) FROM users) || ' ' || (SELECT count(*) || ' with ' || sum(n) FROM counted)")
        .await;
    format!("{tables}: {rows}: {}", live.history().await)
}

pub(super) const UP: &str = "counted posts rex_migrations tags users: 1 Ada; Countess 5 with 5: users up 1/1; posts up 1/3; \
                  posts up 2/3; posts up 3/3; tags up 1/1; index up 1/1; count up 1/2; count up 2/2";

/// All the way back, but for the first; the table that was filled stays, with what was done undone.
const DOWN: &str = "counted rex_migrations users: 1 Ada; Countess 5 with 0: users up 1/1";

pub(super) async fn go(url: &str, migrations: &Migrations, up: bool) -> rex_orm::Result<()> {
    let config = Config::from_url(url)?;
    let mut runner = Runner::with_config(&config, migrations);
    if up {
        runner.apply().await?
    } else {
        runner.rollback_to(USERS.id).await?
    };
    Ok(())
}

/// Does something before the `at`th statement, which is after the one before it.
struct Moments {
    at: u64,
    seen: AtomicU64,
    act: Box<dyn Fn() + Send + Sync>,
}

impl Moments {
    fn at(at: u64, act: impl Fn() + Send + Sync + 'static) -> Arc<Moments> {
        Arc::new(Moments { at, seen: AtomicU64::new(0), act: Box::new(act) })
    }

    /// Is the subscriber while something is done.
    fn during<T>(self: &Arc<Moments>, work: impl FnOnce() -> T) -> T {
        // With one subscriber in a process, others of its threads may switch a span off for all.
        static OTHER: OnceLock<Dispatch> = OnceLock::new();
        OTHER.get_or_init(|| Dispatch::new(Moments::at(0, || {})));
        tracing::subscriber::with_default(Arc::clone(self), work)
    }
}

impl Subscriber for Moments {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "rex_orm" && metadata.is_span()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        let seen = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        if seen == self.at {
            (self.act)();
        }
        Id::from_u64(seen)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn event(&self, _: &Event<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn on_this_thread<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

/// Migrates, and is gone.
fn child(order: &str) {
    let mut words = order.splitn(3, ' ');
    let mut word = || words.next().expect("three words");
    let (up, at, url) = (word() == "up", word().parse().expect("a number"), word());
    let dialect = if url.starts_with("sqlite") { Dialect::Sqlite } else { Dialect::Postgres };
    let moments = Moments::at(at, if at % 2 == 0 { || std::process::abort() } else { killed });
    moments.during(|| {
        on_this_thread(go(url, &migrations(dialect), up)).expect("nothing is in its way");
    });
    println!("it came to its end");
}

/// Is gone as by `kill -9`: nothing of the process runs any more.
fn killed() {
    let command = format!("kill -KILL {}", std::process::id());
    let status = Command::new("sh").args(["-c", &command]).status().expect("there is a shell");
    unreachable!("nobody outlives that: {status}");
}

/// How a child ended.
#[derive(PartialEq)]
enum End {
    Itself,
    Aborted,
    Killed,
}

fn spawn(test: &str, order: &str) -> End {
    let mut command = Command::new(std::env::current_exe().expect("it runs"));
    command.args(["--exact", test, "--nocapture"]).env(CHILD, order);
    let output = command.stdin(Stdio::null()).output().expect("it can be run again");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.matches("panicked").count(), 0, "{said}");
    match output.status.signal() {
        _ if said.contains("it came to its end") => End::Itself,
        Some(6) => End::Aborted,
        Some(9) => End::Killed,
        _ => panic!("{order}: {}: {said}", output.status),
    }
}

/// Aborted or killed, in turn, before and after each statement, and each commit, up and back.
fn is_ended_by_the_next(test: &str, live: &Live) {
    if let Ok(order) = std::env::var(CHILD) {
        return child(&order);
    }
    let dialect = if let Live::Sqlite(_) = live { Dialect::Sqlite } else { Dialect::Postgres };
    let migrations = migrations(dialect);
    let (mut aborted, mut killed) = (0, 0);
    for at in 1.. {
        on_this_thread(live.clear());
        let up = spawn(test, &format!("up {at} {}", live.url()));
        on_this_thread(go(&live.url(), &migrations, true))
            .unwrap_or_else(|error| panic!("up {at}: {error:?}"));
        assert_eq!(on_this_thread(state(live)), UP, "up {at}");
        let down = spawn(test, &format!("down {at} {}", live.url()));
        on_this_thread(go(&live.url(), &migrations, false))
            .unwrap_or_else(|error| panic!("down {at}: {error:?}"));
        assert_eq!(on_this_thread(state(live)), DOWN, "down {at}");
        if up == End::Itself && down == End::Itself {
            break;
        }
        for end in [up, down] {
            aborted += u32::from(end == End::Aborted);
            killed += u32::from(end == End::Killed);
        }
    }
    assert!(aborted > 50 && killed > 50, "it was aborted {aborted} times, and killed {killed} times only");
}

#[test]
fn aborted_at_any_statement_of_sqlite() {
    let test = "suite::migrating::crashes::aborted_at_any_statement_of_sqlite";
    is_ended_by_the_next(test, &Live::sqlite());
}

#[test]
fn aborted_at_any_statement_of_postgresql() {
    let test = "suite::migrating::crashes::aborted_at_any_statement_of_postgresql";
    // A child has the server of its parent.
    match std::env::var(CHILD) {
        Ok(order) => child(&order),
        Err(_) => is_ended_by_the_next(test, &Live::postgres("aborted")),
    }
}

/// The server ends the session at each statement, and the runner is told so.
#[test]
fn ended_by_the_server_at_any_statement() {
    let live = Live::postgres("terminated");
    let migrations = migrations(Dialect::Postgres);
    let mut ended = 0;
    for at in 1.. {
        on_this_thread(live.clear());
        let url = live.url();
        let moments = Moments::at(at, move || {
            let url = url.clone();
            let end = || {
                on_this_thread(async {
                    let client = postgres::connect(&url).await.expect("the server is there");
                    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                               WHERE datname = current_database() AND pid <> pg_backend_pid()";
                    client.simple_query(end).await.expect("a superuser may");
                });
            };
            std::thread::scope(|scope| scope.spawn(end).join()).expect("no panic");
        });
        let outcome = moments.during(|| on_this_thread(go(&live.url(), &migrations, true)));
        if let Err(error) = &outcome {
            use rex_orm::Kind::{CommitUnknown, Connection};
            assert!(matches!(error.kind(), Connection | CommitUnknown), "{at}: {error:?}");
        }
        on_this_thread(go(&live.url(), &migrations, true)).unwrap_or_else(|error| panic!("{at}: {error:?}"));
        assert_eq!(on_this_thread(state(&live)), UP, "{at}");
        if moments.seen.load(Ordering::Relaxed) < at {
            break;
        }
        ended += u32::from(outcome.is_err());
    }
    assert!(ended > 50, "it was ended {ended} times only");
}

/// The network ends at a commit, before it or behind it: nobody knows, and the next one looks.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_not_done_again() {
    let live = Live::postgres("commit");
    let Live::Postgres(database) = &live else { unreachable!("it is PostgreSQL") };
    let migrations = migrations(Dialect::Postgres);
    let ((user, password), server) = (database.superuser(), postgres::server().tcp_address());
    let direct = database.tcp_url(&user, &password);
    for fate in [Fate::CutBeforeCommit, Fate::CutAfterCommit] {
        live.clear().await;
        let proxy = Proxy::before(server.clone()).await;
        let through = direct.replace(&server, &proxy.address().to_string());
        proxy.set(fate);
        let mut cut = 0;
        // Each run gets one step further, or none.
        while live.one("SELECT to_regclass('tags')").await == "null" {
            let error = go(&through, &migrations, true).await.expect_err("it is cut at its first commit");
            assert_eq!(error.kind(), rex_orm::Kind::CommitUnknown, "{error:?}");
            cut += 1;
            if fate == Fate::CutBeforeCommit {
                break;
            }
        }
        assert!(fate == Fate::CutBeforeCommit || cut > 8, "{cut}");
        go(&direct, &migrations, true).await.expect("nothing is in its way");
        assert_eq!(state(&live).await, UP, "{fate:?}");
    }
}
