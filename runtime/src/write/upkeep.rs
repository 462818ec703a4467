//! What updates write of their own accord: `@version`, `@on_update`.

use rex_sql::{ColumnRef, Expr, Name};

use super::defaults::{fallback, now};
use crate::error::Result;
use crate::meta::TableMeta;
use crate::query::Side;
use crate::value::Value;

/// Adds what `@on_update` gives for columns that are not set.
pub(super) fn refresh(table: &TableMeta, set: &mut Vec<(u16, Side)>) -> Result<()> {
    if table.upkeep.on_update.is_empty() {
        return Ok(());
    }
    // One time stamp serves the whole row.
    let now = now();
    for (place, value) in table.upkeep.on_update {
        if !set.iter().any(|(set, _)| set == place) {
            set.push((*place, Side::Value(fallback(table.column(*place), value, now)?)));
        }
    }
    Ok(())
}

/// The version that comes next, where rows count their changes.
pub(super) fn next_version(table: &TableMeta) -> Option<(Name, Expr<Value>)> {
    let name = table.column(table.upkeep.version?).name;
    Some((name.into(), Expr::Next(ColumnRef::new(name))))
}
