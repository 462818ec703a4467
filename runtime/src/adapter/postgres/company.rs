//! Reads by a key that take no connection of their own, because there is none left.
//!
//! Where a pool has nothing free, a read by a key travels behind another one, on a connection that is at
//! nothing else: PostgreSQL answers in order, and each is a look-up in an index that is done at once. So
//! many tasks are answered with few trips. What could take long stays out of it: nobody travels behind a
//! query, a write or a transaction, nor behind more than so many others; and who is not answered
//! within some milliseconds, because a table is locked, say, waits for a connection of its own as everybody does.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use rex_sql::Dialect;

use super::bind;
use super::connect::Connection;
use super::line::{Line, WeakLine};
use super::statements::Statements;
use crate::adapter::Running;
use crate::config::Config;
use crate::error::Result;
use crate::executor;
use crate::operation::Shape;
use crate::row::{Row, Sink};

/// The connections of a pool, for those who travel along.
pub(super) struct Company {
    hosts: Mutex<Vec<Host>>,
    /// So many requests are under way on one connection at most.
    most: usize,
    /// How long an answer is waited for behind others.
    patience: Duration,
}

struct Host {
    line: WeakLine,
    statements: Weak<Statements>,
}

impl Company {
    pub(super) fn of(config: &Config) -> Self {
        let (most, patience) = (config.shared_reads(), config.shared_read_wait());
        Company { hosts: Mutex::default(), most, patience }
    }

    /// A connection that is new.
    pub(super) fn add(&self, connection: &Connection) {
        if connection.pooled.is_some() || self.most == 0 {
            return;
        }
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        hosts.retain(|host| host.statements.strong_count() > 0);
        hosts.push(Host {
            line: connection.line.downgrade(),
            statements: Arc::downgrade(&connection.statements),
        });
    }

    /// The connection with the least company, if one takes any.
    fn find(&self) -> Option<(Line, Arc<Statements>)> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let open = hosts.iter().filter_map(|host| {
            let line = host.line.upgrade()?;
            let company = line.company().filter(|company| *company < self.most)?;
            Some((company, line, host))
        });
        let (_, line, host) = open.min_by_key(|(company, ..)| *company)?;
        Some((line, host.statements.upgrade()?))
    }

    /// Reads in company. Nothing, if it is no read by a key, if nobody takes it along, or if it was not
    /// answered: it is then to be read as everything else is.
    pub(super) async fn read(&self, running: Running<'_>) -> Option<Result<()>> {
        let Running { operation, sink, written } = running;
        if !matches!(operation.shape, Shape::Get { .. }) {
            return None;
        }
        let prepared = operation.prepare(Dialect::Postgres);
        bind::check(&prepared.binds).ok()?;
        let (line, statements) = self.find()?;
        let kept = statements.find(&prepared)?;
        let mut seen = Seen { sink, outcome: None };
        let answer = executor::timeout(Some(self.patience), line.join(&kept, &prepared, &mut seen)).await;
        // What was handed on cannot be taken back; but a key has one row, and then all of it is read.
        let outcome = match (answer.flatten(), seen.outcome) {
            (_, Some(outcome)) => outcome.map(|()| 1),
            (answer, None) => answer?,
        };
        Some(
            outcome
                .map(|count| *written = count)
                .map_err(|error| error.with_operation(operation.title()).with_sql(prepared.sql)),
        )
    }
}

/// Notes what became of the row that was handed on.
struct Seen<'s> {
    sink: &'s mut dyn Sink,
    outcome: Option<Result<()>>,
}

impl Sink for Seen<'_> {
    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        self.outcome = Some(self.sink.row(row));
        Ok(())
    }
}
