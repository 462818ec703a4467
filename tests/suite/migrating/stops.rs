//! A server that stops at once, and a network that ends, with any statement under way: the next run ends
//! what was begun, and everything is done once.
//!
//! By default at every few of the statements; at each of them with `REX_CRASHES=all`.

use std::time::{Duration, Instant};

use rex_orm::migrate::Runner;
use rex_orm::{Config, Dialect, Kind};

use super::chain::{Draft, USERS, chain};
use super::crashes::{UP, go, migrations, state};
use super::live::Live;
use crate::support::postgres::{self, Server, TestDatabase};
use crate::support::proxy::{Fate, Proxy};

/// What happens to a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// The server stops as in a crash, and is started again.
    Stopped,
    /// The connection is gone, and the server learns of it when it answers.
    Cut,
}

/// How many statements are gone over for one at which something happens.
fn stride(otherwise: usize) -> usize {
    if std::env::var("REX_CRASHES").is_ok_and(|which| which == "all") { 1 } else { otherwise }
}

/// A server of one's own: others do not live through its stops. It goes with this process. Unlike that of
/// the other tests, it keeps what it has said to be kept.
fn own_server() -> &'static Server {
    let server = Box::leak(Box::new(Server::start().unwrap_or_else(|error| panic!("{error}"))));
    server.administrate_with(&["ALTER SYSTEM SET synchronous_commit = on", "SELECT pg_reload_conf()"]);
    server
}

fn on(server: &'static Server, name: &str) -> Live {
    Live::Postgres(Box::new(server.database(name)))
}

fn inner(live: &Live) -> &TestDatabase<'static> {
    let Live::Postgres(database) = live else { unreachable!("it is PostgreSQL") };
    database
}

/// Lets a run come to its end as it must, and says so.
async fn end(end: End, server: &'static Server, proxy: &Proxy) {
    if end == End::Stopped {
        tokio::task::spawn_blocking(|| server.restart()).await.expect("no panic");
    }
    proxy.set(Fate::Cut);
}

/// At each thing that is said to the server: it has it, and nobody hears the answer.
async fn at_any_statement(how: End, server: &'static Server, stride: usize) {
    let start = Instant::now();
    let (live, migrations) = (on(server, "stops"), migrations(Dialect::Postgres));
    let ((user, password), address) = (inner(&live).superuser(), server.tcp_address());
    let direct = inner(&live).tcp_url(&user, &password);
    let mut ended = 0;
    for said in (1..).step_by(stride) {
        live.clear().await;
        let proxy = Proxy::before(address.clone()).await;
        proxy.set(Fate::StallBehind(said));
        let through = direct.replace(&address, &proxy.address().to_string());
        let run = go(&through, &migrations, true);
        tokio::pin!(run);
        let error = tokio::select! {
            outcome = &mut run => {
                outcome.unwrap_or_else(|error| panic!("{said}: {error:?}"));
                None
            }
            () = proxy.reached() => {
                end(how, server, &proxy).await;
                Some(run.await.expect_err("its connection is gone"))
            }
        };
        if let Some(error) = &error {
            assert!(matches!(error.kind(), Kind::Connection | Kind::CommitUnknown), "{said}: {error:?}");
        }
        go(&direct, &migrations, true).await.unwrap_or_else(|error| panic!("{said}: {error:?}"));
        assert_eq!(state(&live).await, UP, "{how:?} at {said}");
        if error.is_none() {
            break;
        }
        ended += 1;
    }
    println!("{how:?} at {ended} statements, {:.1} s", start.elapsed().as_secs_f64());
    assert!(ended * stride > 50, "only {ended} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_ends_with_any_statement_under_way() {
    at_any_statement(End::Cut, postgres::server(), stride(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_stops_with_any_statement_under_way() {
    let server = own_server();
    at_any_statement(End::Stopped, server, stride(10)).await;
    for way in WAYS {
        in_the_middle(End::Stopped, server, way).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_ends_while_a_statement_waits() {
    for way in WAYS {
        in_the_middle(End::Cut, postgres::server(), way).await;
    }
}

const TABLE: Draft<'_> = Draft {
    id: "20260102T000000_table",
    up: "CREATE TABLE counted (id INTEGER NOT NULL PRIMARY KEY, n INTEGER NOT NULL);\n\
         INSERT INTO counted VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0);\n",
    down: "",
    compatible: false,
};

/// A step that somebody makes wait.
struct Way {
    draft: Draft<'static>,
    /// What makes it wait.
    holds: &'static str,
    /// What is so while it waits, and what in the end; each a row with a `t`.
    halfway: &'static str,
    ended: &'static str,
}

const WAYS: [Way; 3] = [
    // The index is there, is not valid, and is in the way of writers.
    Way {
        draft: Draft {
            id: "20260103T000000_index",
            up: "-- rex: step outside_transaction probe=index_valid(\"counted_n_idx\")\n\
                 CREATE INDEX CONCURRENTLY counted_n_idx ON counted (n);\n",
            down: "",
            compatible: false,
        },
        holds: "BEGIN; UPDATE counted SET n = n WHERE id = 1",
        halfway: "SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass('counted_n_idx')",
        ended: "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('counted_n_idx')",
    },
    // One batch is kept, the next is not.
    Way {
        draft: Draft {
            id: "20260103T000000_fill",
            up: "-- rex: step backfill batch=2 table=\"counted\" key=\"id\"\n\
                 UPDATE counted SET n = n + 1 WHERE n < 1000 /* rex: batch */;\n",
            down: "",
            compatible: false,
        },
        holds: "BEGIN; SELECT FROM counted WHERE id = 4 FOR UPDATE",
        halfway: "SELECT sum(n) = 2 FROM counted",
        ended: "SELECT sum(n) = 5 AND max(n) = 1 FROM counted",
    },
    // The first of two statements is done, and not kept.
    Way {
        draft: Draft {
            id: "20260103T000000_alter",
            up: "UPDATE users SET name = name || '!';\nALTER TABLE counted ADD COLUMN m INTEGER;\n",
            down: "",
            compatible: false,
        },
        holds: "BEGIN; SELECT FROM counted",
        halfway: "SELECT name = 'Ada; Countess' FROM users",
        ended: "SELECT name = 'Ada; Countess!' FROM users WHERE (SELECT count(m) = 0 FROM counted)",
    },
];

async fn in_the_middle(how: End, server: &'static Server, way: Way) {
    let live = on(server, "middle");
    let ((user, password), address) = (inner(&live).superuser(), server.tcp_address());
    let direct = inner(&live).tcp_url(&user, &password);
    let migrations = chain(&[USERS, TABLE, way.draft]);
    let config = Config::from_url(&direct).expect("it is one");
    Runner::with_config(&config, &migrations).apply_to(TABLE.id).await.expect("an empty database");

    let holder = inner(&live).client().await;
    holder.batch_execute(way.holds).await.expect("nobody is in its way");
    let proxy = Proxy::before(address.clone()).await;
    let through = direct.replace(&address, &proxy.address().to_string());
    let run = go(&through, &migrations, true);
    tokio::pin!(run);
    let waits = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waiting = async {
        while live.one(waits).await != "t" || live.one(way.halfway).await != "t" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        outcome = &mut run => panic!("nobody holds it: {outcome:?}"),
        () = waiting => {}
    }
    end(how, server, &proxy).await;
    let error = run.await.expect_err("its connection is gone");
    assert!(matches!(error.kind(), Kind::Connection | Kind::CommitUnknown), "{error:?}");
    if how == End::Stopped {
        assert_eq!(live.one(way.halfway).await, "t", "{}", way.draft.id);
    }
    drop(holder);
    go(&direct, &migrations, true).await.unwrap_or_else(|error| panic!("{}: {error:?}", way.draft.id));
    assert_eq!(live.one(way.ended).await, "t", "{how:?}: {}", way.draft.id);
    let last = format!("{} up 1/1", &way.draft.id[16..]);
    assert!(live.history().await.contains(&last), "{}", live.history().await);
    assert_eq!(live.locks().await, "0");
}
