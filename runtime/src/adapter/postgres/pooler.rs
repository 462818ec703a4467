//! Connections that lead through PgBouncer, or another pooler, in transaction mode.
//!
//! Each transaction may be another server's session, so that nothing can be kept in one: a statement
//! is sent with its values in one go and has no name. Its placeholders have no types either, since
//! nothing is asked in advance; values travel as text, and the server reads them.
//!
//! The driver looks up types that are not PostgreSQL's own, enums above all, by named statements. That
//! is done here, once for each connection, within one transaction, which leaves no statement behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, RowStream};

use super::words::Worded;
use crate::operation::Prepared;

/// The types of the database that columns may have, with arrays of them. A domain that is not null
/// cannot be asked for a null, but for no row.
const TYPES: &str = "
SELECT pg_catalog.format_type(t.oid, NULL)
FROM pg_catalog.pg_type t
LEFT JOIN pg_catalog.pg_type element ON element.oid = t.typelem
WHERE t.oid >= 16384 AND t.typtype IN ('b', 'e', 'd', 'r', 'm')
    AND coalesce(element.typtype, 'b') IN ('b', 'e', 'd', 'r', 'm')
    AND pg_catalog.has_schema_privilege(t.typnamespace, 'USAGE')";

/// A row has fewer columns than PostgreSQL's 1664.
const COLUMNS: usize = 1_000;

/// What all connections of a pool know of the database's types.
#[derive(Clone, Default)]
pub(super) struct Types(Arc<AtomicU64>);

/// What one connection knows.
pub(super) struct Pooled {
    types: Types,
    learned: u64,
    /// Whether it changed the schema, or met a type that it does not know.
    outdated: AtomicBool,
}

impl Pooled {
    /// Learns the types that there are.
    pub(super) async fn learn(client: &Client, types: &Types) -> Result<Self, Error> {
        let learned = types.0.load(Ordering::Acquire);
        client.batch_execute("BEGIN READ ONLY").await?;
        let names = client.query_typed(TYPES, &[]).await?;
        let names: Vec<&str> = names.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        if !names.is_empty() {
            // What somebody else left behind may have the name that the driver chooses.
            client.batch_execute("DEALLOCATE ALL").await?;
            for names in names.chunks(COLUMNS) {
                let columns: Vec<String> = names.iter().map(|name| format!("NULL::{name}")).collect();
                client.query_typed(&format!("SELECT {} WHERE false", columns.join(", ")), &[]).await?;
            }
            client.batch_execute("DEALLOCATE ALL").await?;
        }
        client.batch_execute("COMMIT").await?;
        Ok(Pooled { types: types.clone(), learned, outdated: AtomicBool::new(false) })
    }

    /// Whether it knows less than it should.
    pub(super) fn is_outdated(&self) -> bool {
        self.outdated.load(Ordering::Relaxed) || self.learned < self.types.0.load(Ordering::Acquire)
    }

    /// The schema is being changed by this connection.
    pub(super) fn changes(&self) {
        self.outdated.store(true, Ordering::Relaxed);
    }

    /// It is given back: what it changed is there for all.
    pub(super) fn rests(&self) {
        if self.outdated.load(Ordering::Relaxed) {
            self.types.0.fetch_add(1, Ordering::Release);
        }
    }

    /// Sends a statement with its values.
    pub(super) async fn query(&self, client: &Client, prepared: &Prepared<'_>) -> Result<RowStream, Error> {
        let values = prepared.binds.iter().map(|bind| (Worded(bind), Type::UNKNOWN));
        let sent = client.query_typed_raw(&prepared.sql, values).await;
        if let Err(error) = &sent
            && error.code() == Some(&SqlState::INVALID_SQL_STATEMENT_NAME)
        {
            // The driver looked for a type that was made since.
            self.changes();
        }
        sent
    }
}
