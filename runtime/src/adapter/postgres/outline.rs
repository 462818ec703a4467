//! What tables, views and enum types there are, in one round trip.

use std::pin::pin;

use rex_sql::Bind;
use tokio_postgres::types::Type;

use super::bind::Bound;
use super::session::{Failure, Session, read};
use crate::adapter::Access;
use crate::error::Result;
use crate::row::Sink;
use crate::value::Value;

impl Session<'_> {
    pub(super) async fn ask_outline(&self, objects: &Value, sink: &mut dyn Sink) -> Result<()> {
        self.lease.starts();
        let names = std::iter::once((Bound(Bind::One(objects)), Type::TEXT_ARRAY));
        let client = &self.lease.connection().client;
        let asking = async { read(client.query_typed_raw(OUTLINE, names).await?, sink).await };
        let outcome = self.lease.within(pin!(asking)).await.unwrap_or(Err(Failure::Overdue));
        if !matches!(outcome, Err(Failure::Overdue)) {
            self.lease.answered();
        }
        let explained = outcome.map_err(|failure| self.explain(failure, Access::Read, None));
        explained.map(|_| ()).map_err(|error| error.with_sql(OUTLINE))
    }
}

/// Names of the search path's first schema stand alone, others behind their schema.
const OUTLINE: &str = "
WITH namespace AS (
    SELECT oid, CASE WHEN nspname = current_schema() THEN '' ELSE nspname || '.' END AS prefix
    FROM pg_catalog.pg_namespace
), object AS (
    SELECT c.oid, n.prefix || c.relname AS name, c.relkind
    FROM pg_catalog.pg_class c JOIN namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.prefix || c.relname = ANY($1)
)
SELECT name, ''::text,
    CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END
FROM object
UNION ALL
SELECT o.name, a.attname::text, format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
FROM object o JOIN pg_catalog.pg_attribute a ON a.attrelid = o.oid
WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT o.name, c.conname::text,
    CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' ELSE 'check' END
FROM object o JOIN pg_catalog.pg_constraint c ON c.conrelid = o.oid
WHERE c.contype IN ('p', 'u', 'f', 'c')
UNION ALL
SELECT o.name, i.relname::text, 'index'
FROM object o JOIN pg_catalog.pg_index x ON x.indrelid = o.oid
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT n.prefix || t.typname, '', 'enum ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
FROM pg_catalog.pg_type t JOIN namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
WHERE n.prefix || t.typname = ANY($1)
GROUP BY 1
UNION ALL
SELECT o.name, a.attname::text, 'required'
FROM object o JOIN pg_catalog.pg_attribute a ON a.attrelid = o.oid
WHERE o.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''";
