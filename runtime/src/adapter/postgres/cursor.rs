//! Cursors: the rows of a query a part at a time, within a transaction.
//!
//! A cursor is a portal of the protocol's: the query with its values, which the server runs for as many rows at
//! a time as it is asked for. Through a pooler all is the driver's, which has no portals of that name: there it is
//! declared in SQL.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BufMut;
use rex_sql::Dialect;

use super::bind;
use super::connect::Connection;
use super::exchange::Sent;
use super::frames::{self, client};
use super::kept::{Kept, are_much};
use super::line::{Line, Manner};
use super::reading::Reading;
use super::session::{CheckTypes, Failure, Session, query, read};
use crate::adapter::{Access, Query};
use crate::error::Result;
use crate::operation::Prepared;
use crate::row::{NoRows, Sink};

/// What a cursor is called.
fn name(cursor: u64) -> String {
    format!("rex_cursor_{cursor}")
}

/// The statement that closes a cursor.
pub(super) fn close(cursor: u64) -> String {
    format!("CLOSE {};", name(cursor))
}

/// The portals that are open in a connection.
#[derive(Default)]
pub(super) struct Portals(Mutex<Vec<Arc<Portal>>>);

struct Portal {
    cursor: u64,
    kept: Kept,
}

impl Portals {
    fn list(&self) -> MutexGuard<'_, Vec<Arc<Portal>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, cursor: u64) -> Option<Arc<Portal>> {
        self.list().iter().find(|portal| portal.cursor == cursor).map(Arc::clone)
    }

    pub(super) fn forget(&self, cursor: u64) {
        self.list().retain(|portal| portal.cursor != cursor);
    }
}

impl Line {
    /// Opens a portal; nothing, where a value has no form.
    fn open(&self, portal: &str, kept: &Kept, prepared: &Prepared<'_>) -> Option<Sent<'_>> {
        if !kept.takes(&prepared.binds) {
            return None;
        }
        let mut state = self.state();
        let begun = state.begin_request();
        if kept.put(portal, &prepared.binds, &mut state.outbox).is_err() {
            state.take_back(begun);
            return None;
        }
        frames::put_fixed(client::SYNC, &[], &mut state.outbox);
        Some(Sent::entered(self, state, Manner::Alone))
    }

    /// Asks for a portal's next rows.
    fn fetch(&self, portal: &str, rows: u32) -> Sent<'_> {
        let mut state = self.state();
        let mut follows = [portal.as_bytes(), b"\0"].concat();
        follows.put_u32(rows);
        state.send_ahead();
        frames::put_fixed(client::EXECUTE, &follows, &mut state.outbox);
        frames::put_fixed(client::SYNC, &[], &mut state.outbox);
        Sent::entered(self, state, Manner::Alone)
    }
}

impl Session<'_> {
    pub(super) async fn open_cursor(&self, cursor: u64, query: Query<'_>) -> Result<()> {
        let (check, table): (Option<CheckTypes>, _) = match query {
            Query::Operation(operation) => (None, Some(operation.table)),
            Query::Raw(_) => (Some(bind::check_types), None),
        };
        let prepared = query.prepare(Dialect::Postgres);
        bind::check(&prepared.binds)?;
        self.lease.starts();
        let answer = self.lease.within(pin!(self.open_portal(cursor, &prepared, check))).await;
        let outcome = answer.unwrap_or(Err(Failure::Overdue));
        self.lease.answered();
        let explained = outcome.map_err(|failure| self.explain(failure, Access::Read, table));
        explained.map_err(|error| error.with_sql(prepared.sql))
    }

    /// The statement is of use once, so that it is not kept.
    async fn open_portal(
        &self,
        cursor: u64,
        prepared: &Prepared<'_>,
        check: Option<CheckTypes>,
    ) -> Result<(), Failure> {
        let Connection { client, line, pooled, .. } = self.lease.connection();
        if pooled.is_some() {
            return self.declare(cursor, prepared).await;
        }
        let kept = match check {
            None if !are_much(&prepared.binds) => line.open_first(client, &name(cursor), prepared).await?,
            check => {
                let kept = line.prepare(client, &prepared.sql).await?;
                check.map_or(Ok(()), |check| check(kept.types(), &prepared.binds))?;
                let Some(sent) = line.open(&name(cursor), &kept, prepared) else {
                    // The driver says of a value that has no form what it has always said.
                    return self.declare(cursor, prepared).await;
                };
                sent.told(client).await?;
                kept
            }
        };
        self.lease.portals.list().push(Arc::new(Portal { cursor, kept }));
        Ok(())
    }

    async fn declare(&self, cursor: u64, prepared: &Prepared<'_>) -> Result<(), Failure> {
        let Connection { client, pooled, .. } = self.lease.connection();
        let sql = format!("DECLARE {} NO SCROLL CURSOR FOR {}", name(cursor), prepared.sql);
        let declare = Prepared { sql: sql.into(), id: None, binds: prepared.binds.clone() };
        match pooled {
            Some(pooled) => read(pooled.query(client, &declare).await?, &mut NoRows).await?,
            None => query(client, &client.prepare(&declare.sql).await?, &declare, &mut NoRows).await?,
        };
        Ok(())
    }

    pub(super) async fn fetch_from_cursor(
        &self,
        cursor: u64,
        rows: usize,
        sink: &mut dyn Sink,
    ) -> Result<usize> {
        let mut count = 0;
        let mut counting = |row: &mut crate::row::Row<'_>| {
            count += 1;
            sink.row(row)
        };
        let portal = self.lease.portals.find(cursor);
        let text = format!("FETCH FORWARD {rows} FROM {}", name(cursor));
        self.lease.starts();
        let answer = match &portal {
            Some(portal) => self.lease.within(pin!(self.fetch(portal, rows, &mut counting))).await,
            None => self.lease.within(Box::pin(self.fetch_declared(&text, &mut counting))).await,
        };
        let outcome = answer.unwrap_or(Err(Failure::Overdue));
        self.lease.answered();
        outcome.map_err(|failure| self.explain(failure, Access::Read, None))?;
        Ok(count)
    }

    async fn fetch(&self, portal: &Portal, rows: usize, sink: &mut dyn Sink) -> Result<u64, Failure> {
        let Connection { client, line, .. } = self.lease.connection();
        let sent = line.fetch(&name(portal.cursor), u32::try_from(rows).unwrap_or(u32::MAX));
        let mut reading = Reading::new(portal.kept.columns(), sink);
        let outcome = sent.answer(&mut reading).await;
        line.outcome(client, outcome, &mut reading).await
    }

    async fn fetch_declared(&self, text: &str, sink: &mut dyn Sink) -> Result<u64, Failure> {
        let none = std::iter::empty::<(bind::Bound<'_>, _)>();
        read(self.lease.connection().client.query_typed_raw(text, none).await?, sink).await
    }
}
