//! What tables and views there are.

use std::borrow::Cow;

use super::connection::Connection;
use super::session::execute_raw;
use crate::adapter::Access;
use crate::error::Result;
use crate::operation::RawStatement;
use crate::row::Sink;
use crate::value::Value;

/// Tells the objects and their parts. Constraints are found by their names only, in the text of their
/// table.
pub(super) fn ask(
    connection: &mut Connection,
    objects: &Value,
    parts: &Value,
    sink: &mut dyn Sink,
) -> Result<()> {
    let outline = RawStatement {
        sql: Cow::Borrowed(OUTLINE),
        values: vec![objects.clone(), parts.clone()],
        sensitive: Vec::new(),
        access: Access::Read,
    };
    execute_raw(connection, &outline, sink).map_err(|error| error.with_sql(OUTLINE))?;
    Ok(())
}

const OUTLINE: &str = "
WITH object AS (
    SELECT type, name, sql FROM sqlite_schema
    WHERE type IN ('table', 'view') AND name IN (SELECT value FROM json_each($1))
)
SELECT name, '', type FROM object
UNION ALL
SELECT o.name, c.name, c.type || CASE WHEN c.\"notnull\" OR c.pk > 0 THEN ' not null' ELSE '' END
FROM object o, pragma_table_xinfo(o.name) c WHERE o.type = 'table'
UNION ALL
SELECT tbl_name, name, 'index' FROM sqlite_schema
WHERE type = 'index' AND tbl_name IN (SELECT value FROM json_each($1))
UNION ALL
SELECT o.name, p.value, 'constraint' FROM object o, json_each($2) p
WHERE p.value <> '' AND instr(o.sql, 'CONSTRAINT \"' || replace(p.value, '\"', '\"\"') || '\"') > 0
UNION ALL
SELECT o.name, c.name, 'required' FROM object o, pragma_table_xinfo(o.name) c
WHERE o.type = 'table' AND c.\"notnull\" AND c.dflt_value IS NULL AND c.pk = 0 AND c.hidden = 0";
