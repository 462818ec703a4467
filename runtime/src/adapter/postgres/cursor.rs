//! Cursors: the rows of a query a part at a time, within a transaction.

use rex_sql::Dialect;

use super::bind;
use super::connect::Connection;
use super::session::{CheckTypes, Failure, Session, are_known, query, read};
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

impl Session<'_> {
    pub(super) async fn open_cursor(&self, cursor: u64, query: Query<'_>) -> Result<()> {
        let (check, table): (CheckTypes, _) = match query {
            Query::Operation(operation) => (are_known, Some(operation.table)),
            Query::Raw(_) => (bind::check_types, None),
        };
        let Prepared { sql, binds, .. } = query.prepare(Dialect::Postgres);
        bind::check(&binds)?;
        let text = format!("DECLARE {} NO SCROLL CURSOR FOR {sql}", name(cursor));
        let declare = Prepared { sql: text.into(), id: None, binds };
        self.lease.starts();
        let answer = self.lease.within(self.declare(&declare, check)).await;
        let outcome = answer.unwrap_or(Err(Failure::Overdue));
        self.lease.answered();
        let explained = outcome.map_err(|failure| self.explain(failure, Access::Read, table));
        explained.map_err(|error| error.with_sql(sql))
    }

    /// The statement is of use once, so that it is not kept.
    async fn declare(&self, declare: &Prepared<'_>, check: CheckTypes) -> Result<(), Failure> {
        let Connection { client, pooled, .. } = self.lease.connection();
        if let Some(pooled) = pooled {
            read(pooled.query(client, declare).await?, &mut NoRows).await?;
            return Ok(());
        }
        let statement = client.prepare(&declare.sql).await?;
        check(statement.params(), &declare.binds)?;
        query(client, &statement, declare, &mut NoRows).await?;
        Ok(())
    }

    pub(super) async fn fetch_from_cursor(
        &self,
        cursor: u64,
        rows: usize,
        sink: &mut dyn Sink,
    ) -> Result<usize> {
        let text = format!("FETCH FORWARD {rows} FROM {}", name(cursor));
        let mut count = 0;
        let mut counting = |row: &mut crate::row::Row<'_>| {
            count += 1;
            sink.row(row)
        };
        self.lease.starts();
        let none = std::iter::empty::<(bind::Bound<'_>, _)>();
        let client = &self.lease.connection().client;
        let fetch = async { read(client.query_typed_raw(&text, none).await?, &mut counting).await };
        let outcome = self.lease.within(fetch).await.unwrap_or(Err(Failure::Overdue));
        self.lease.answered();
        outcome.map_err(|failure| self.explain(failure, Access::Read, None).with_sql(text))?;
        Ok(count)
    }
}
