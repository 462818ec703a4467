//! A primary server and replicas of it, which follow it a moment behind.
//!
//! What reads outside of a transaction goes to a replica; what writes, and every transaction, to the
//! primary. Whoever has written reads what was written: from a write on, all of this adapter's reads go
//! to the primary until a replica has replayed the log up to a position behind that write. A replica
//! that cannot be reached is left out, and comes back when it can.
//!
//! One task for each replica follows it ([`follow`]); reading only looks at two numbers.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use rex_sql::Dialect;
use tokio::sync::Notify;

use super::lease::Lease;
use super::session::Session;
use super::{BEGIN_TO_READ, Postgres, enclosed};
use crate::adapter::driver::DriverConnection;
use crate::adapter::{Access, Adapter, BoxFuture, Direct, Transaction, Work};
use crate::config::{Config, wrong};
use crate::error::{Error, Kind, Result};
use crate::executor;
use crate::row::{Row, Sink};
use crate::transaction::TransactionOptions;
use crate::watch::{Gauged, Gauges};

/// How long a replica that lags is waited for before it is asked again: the first time, and at most.
const LAG: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));

/// A replica that cannot be reached is tried again after so long.
const GONE: Duration = Duration::from_millis(500);

/// How long the answer to a question about positions is waited for.
const ANSWER: Duration = Duration::from_secs(5);

/// A primary and its replicas.
pub(crate) struct Replicated(Arc<Servers>);

struct Servers {
    primary: Postgres,
    replicas: Vec<Replica>,
    /// Where the next read begins to look for a replica.
    next: AtomicUsize,
    /// How many writes have ended.
    writes: AtomicU64,
}

struct Replica {
    server: Postgres,
    is_there: AtomicBool,
    /// It has replayed so many of the writes.
    replayed: AtomicU64,
    /// Its task is to look.
    look: Notify,
}

impl Replicated {
    /// Connects to the primary; and to the replicas, of which one that is not there is not waited for.
    pub(crate) async fn open(primary: &Config, replicas: &[Config]) -> Result<Self> {
        let primary = Postgres::open(primary).await?;
        let mut opened = Vec::with_capacity(replicas.len());
        for config in replicas {
            let server = Postgres::new(config)?;
            let is_there = match server.answer("SELECT pg_is_in_recovery()").await {
                Some(answer) if answer.as_deref() == Some("f") => return Err(no_replica(config)),
                answer => answer.is_some(),
            };
            let (is_there, replayed, look) = (is_there.into(), AtomicU64::new(0), Notify::new());
            opened.push(Replica { server, is_there, replayed, look });
        }
        // Until they are followed nobody knows how far they are: what was written before counts too.
        let (next, writes) = (AtomicUsize::new(0), AtomicU64::new(1));
        let servers = Arc::new(Servers { primary, replicas: opened, next, writes });
        for place in 0..servers.replicas.len() {
            tokio::spawn(follow(Arc::downgrade(&servers), place));
        }
        Ok(Replicated(servers))
    }
}

fn no_replica(config: &Config) -> Error {
    let host = config.host.as_deref().unwrap_or_default();
    wrong(format!(
        "the server at {host} follows no other, so it is no replica: reads would miss what is written to the primary"
    ))
}

impl Servers {
    /// A replica that has all that was written so far.
    fn pick(&self) -> Option<&Replica> {
        let (writes, number) = (self.writes.load(Ordering::SeqCst), self.replicas.len());
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let in_turn = (0..number).map(|step| &self.replicas[first.wrapping_add(step) % number]);
        in_turn.into_iter().find(|replica| replica.has(writes))
    }
}

impl Replica {
    fn has(&self, writes: u64) -> bool {
        self.is_there.load(Ordering::SeqCst) && self.replayed.load(Ordering::SeqCst) >= writes
    }

    fn is_gone(&self) {
        self.is_there.store(false, Ordering::SeqCst);
        self.look.notify_one();
    }

    /// Reads. An error before anything was handed on, which another server may not have, is none.
    async fn read(&self, access: Access, work: &mut dyn Work) -> Option<Result<()>> {
        let Ok(object) = self.server.object().await else {
            self.is_gone();
            return None;
        };
        let lease = Lease::new(object, self.server.statement_timeout);
        let mut handed = true;
        let outcome = if access == Access::Snapshot {
            enclosed(lease, BEGIN_TO_READ, Access::Snapshot, work).await
        } else if let Some(running) = work.operation() {
            let mut sink = Seen { sink: running.sink, rows: 0 };
            let outcome = Session::single(&lease).run_operation(running.operation, &mut sink).await;
            lease.rests();
            handed = sink.rows > 0;
            outcome.map(|written| *running.written = written)
        } else {
            let outcome = Session::single(&lease).run(work).await;
            lease.rests();
            outcome
        };
        match outcome {
            Err(error) if error.kind() == Kind::Connection => {
                self.is_gone();
                handed.then_some(Err(error))
            }
            // The replica had to go on, and stopped what was in its way.
            Err(error) if error.kind() == Kind::Serialization && !handed => None,
            outcome => Some(outcome),
        }
    }
}

/// A sink that counts.
struct Seen<'s> {
    sink: &'s mut dyn Sink,
    rows: u64,
}

impl Sink for Seen<'_> {
    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        self.rows += 1;
        self.sink.row(row)
    }
}

/// Something that may write: until it ends, however that is.
struct Writing(Arc<Servers>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.writes.fetch_add(1, Ordering::SeqCst);
        self.0.replicas.iter().for_each(|replica| replica.look.notify_one());
    }
}

impl Gauged for Replicated {
    fn gauges(&self) -> Gauges {
        let replicas = self.0.replicas.iter().map(|replica| replica.server.gauges());
        replicas.fold(self.0.primary.gauges(), |all, one| {
            Gauges::new(
                all.max + one.max,
                all.open + one.open,
                all.idle + one.idle,
                all.waiting + one.waiting,
            )
        })
    }
}

impl Adapter for Replicated {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn run<'a>(&'a self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        Box::pin(executor::inside(move || async move {
            let reads = matches!(access, Access::Read | Access::Snapshot);
            if reads
                && let Some(replica) = self.0.pick()
                && let Some(outcome) = replica.read(access, work).await
            {
                return outcome;
            }
            let _writing = (!reads).then(|| Writing(Arc::clone(&self.0)));
            self.0.primary.run(access, work).await
        }))
    }

    fn begin(&self, options: TransactionOptions) -> BoxFuture<'_, Result<Box<dyn Transaction>>> {
        let writing = (!options.is_read_only()).then(|| Writing(Arc::clone(&self.0)));
        Box::pin(async move {
            let transaction = self.0.primary.begin(options).await?;
            Ok(Box::new(Noted { transaction, writing }) as Box<dyn Transaction>)
        })
    }

    fn driver(&self) -> BoxFuture<'_, Result<DriverConnection>> {
        self.0.primary.driver()
    }

    fn direct(&self) -> BoxFuture<'_, Result<Box<dyn Direct>>> {
        self.0.primary.direct()
    }
}

/// A transaction whose end is noted.
struct Noted {
    transaction: Box<dyn Transaction>,
    writing: Option<Writing>,
}

impl Transaction for Noted {
    fn run<'a>(&'a mut self, access: Access, work: &'a mut dyn Work) -> BoxFuture<'a, Result<()>> {
        self.transaction.run(access, work)
    }

    fn savepoint(&mut self) -> BoxFuture<'_, Result<()>> {
        self.transaction.savepoint()
    }

    fn release(&mut self) -> BoxFuture<'_, Result<()>> {
        self.transaction.release()
    }

    fn abandon(&mut self) {
        self.transaction.abandon();
    }

    fn close(&mut self, cursor: u64) {
        self.transaction.close(cursor);
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        let Noted { transaction, writing } = *self;
        Box::pin(async move {
            let _writing = writing;
            transaction.commit().await
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        self.transaction.rollback()
    }
}

/// Looks how far a replica is, whenever something was written, as long as there is the adapter.
async fn follow(servers: Weak<Servers>, place: usize) {
    let mut pause = LAG.0;
    loop {
        let Some(strong) = servers.upgrade() else { return };
        let replica = &strong.replicas[place];
        let writes = strong.writes.load(Ordering::SeqCst);
        if replica.has(writes) {
            pause = LAG.0;
            // Now and then, whether there is the adapter.
            _ = tokio::time::timeout(ANSWER, replica.look.notified()).await;
            continue;
        }
        let has_replayed = look(&strong, replica).await;
        replica.is_there.store(has_replayed.is_some(), Ordering::SeqCst);
        if has_replayed == Some(true) {
            replica.replayed.store(writes, Ordering::SeqCst);
            continue;
        }
        drop(strong);
        match has_replayed {
            Some(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LAG.1);
            }
            None => tokio::time::sleep(GONE).await,
        }
    }
}

/// Whether a replica has replayed all that the primary has written so far; none if it is not there, or
/// is no replica any more.
async fn look(servers: &Servers, replica: &Replica) -> Option<bool> {
    let Some(Some(position)) = servers.primary.answer("SELECT pg_current_wal_insert_lsn()").await else {
        // Without the primary nothing is written, but nobody knows what was.
        return Some(false);
    };
    let question =
        format!("SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() >= '{position}' END");
    replica.server.answer(&question).await?.map(|answer| answer == "t")
}

impl Postgres {
    /// The one value that a query answers with, if there is an answer in time.
    async fn answer(&self, sql: &str) -> Option<Option<String>> {
        let asking = async {
            let lease = Lease::new(self.object().await.ok()?, None);
            lease.starts();
            let messages = lease.connection().client.simple_query(sql).await.ok()?;
            lease.answered();
            messages.into_iter().find_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
                _ => None,
            })
        };
        tokio::time::timeout(ANSWER, asking).await.ok().flatten()
    }
}
