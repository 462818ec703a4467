//! `check`: rules over the row, computed in Rust as the databases compute them.
//!
//! A check is broken only when it is false: unknown is fine, as in SQL.

mod eval;
mod expr;

pub use expr::{CheckMeta, Expr};
pub use rex_sql::compute::{Datum, Failure, Number};

use crate::error::Violation;
use crate::meta::ColumnMeta;
use crate::value::Value;

/// Looks up the value of a column; none where it is not known.
pub type Lookup<'l, 'a> = &'l dyn Fn(u16) -> Option<&'a Value>;

/// The checks that a row breaks. One that is over a column whose value is not known is left to the
/// database.
pub(crate) fn broken(
    checks: &'static [CheckMeta],
    columns: &[ColumnMeta],
    row: Lookup<'_, '_>,
) -> Vec<Violation> {
    checks.iter().filter_map(|check| broken_one(check, columns, row)).collect()
}

fn broken_one(check: &'static CheckMeta, columns: &[ColumnMeta], row: Lookup<'_, '_>) -> Option<Violation> {
    let is_known = |place: &u16| row(*place).is_some_and(|value| *value != Value::Unset);
    if !check.columns.iter().all(is_known) {
        return None;
    }
    match evaluate(&check.condition, columns, row) {
        Ok(Datum::Bool(false)) => Some(violation(check, "does not hold")),
        Err(Failure::Overflow) => Some(violation(check, "cannot be computed: a number leaves its type")),
        Ok(_) | Err(Failure::Beyond) => None,
    }
}

fn violation(check: &'static CheckMeta, what: &str) -> Violation {
    match check.message {
        Some(message) => Violation::of_row(check.name, message),
        None => Violation::of_row(check.name, format!("`{}` {what}", check.name)),
    }
}

/// What an expression is for a row.
///
/// # Errors
///
/// When a number leaves its type, as it would in every database.
pub fn evaluate<'a>(expr: &Expr, columns: &[ColumnMeta], row: Lookup<'_, 'a>) -> Result<Datum<'a>, Failure> {
    eval::Evaluator { columns, row }.value(expr)
}
