//! The rules of a schema, run over values before they are sent. All that is wrong is told at once.
//!
//! Values come here with their defaults filled in and in the form in which columns store them.
//! What the database makes, it makes later, and is not looked at.

mod custom;
mod forms;
mod test;

pub use custom::{check_list, check_text, check_value};
pub use forms::{Pattern, email, ip, url};
pub use test::Test;

use crate::check;
use crate::error::{Error, Result, Violation};
use crate::meta::{ModelMeta, RuleMeta};
use crate::query::Side;
use crate::value::Value;

/// Checks a new row: a value for each column.
pub(crate) fn row(meta: &ModelMeta, values: &[Value]) -> Result<()> {
    refuse(violations(meta, values))
}

/// Checks new rows, whose values stand one after the other; what is found says which row it is of.
pub(crate) fn rows(meta: &ModelMeta, values: &[Value]) -> Result<()> {
    if meta.rules.is_empty() && meta.checks.is_empty() {
        return Ok(());
    }
    let of_row = |(place, values): (usize, &[Value])| {
        violations(meta, values).into_iter().map(move |found| Violation { row: Some(place), ..found })
    };
    refuse(values.chunks(meta.table.columns.len().max(1)).enumerate().flat_map(of_row).collect())
}

/// Checks a change: the columns that it sets, and what is over no others.
/// What is computed by the database, it checks.
pub(crate) fn changes(meta: &ModelMeta, set: &[(u16, Side)]) -> Result<()> {
    let value = |column: u16| match set.iter().find(|(place, _)| *place == column)? {
        (_, Side::Value(value)) => Some(value),
        (_, Side::Term(_)) => None,
    };
    let mut found: Vec<Violation> =
        meta.rules.iter().filter_map(|rule| broken(rule, value(rule.column)?)).collect();
    found.extend(check::broken(meta.checks, meta.table.columns, &value));
    refuse(found)
}

/// What a row breaks, by column; then what is over the row.
fn violations(meta: &ModelMeta, values: &[Value]) -> Vec<Violation> {
    let of_column = |rule: &RuleMeta| broken(rule, &values[usize::from(rule.column)]);
    let mut found: Vec<Violation> = meta.rules.iter().filter_map(of_column).collect();
    found.extend(check::broken(meta.checks, meta.table.columns, &|place| values.get(usize::from(place))));
    found
}

/// Null satisfies every rule.
fn broken(rule: &RuleMeta, value: &Value) -> Option<Violation> {
    if matches!(value, Value::Null | Value::Unset) {
        return None;
    }
    let fault = rule.test.fault(value)?;
    let violation = |message| Violation::of_field(rule.field, rule.code, message);
    Some(match fault {
        Some(said) if rule.message.is_empty() => violation(said.into()),
        _ => violation(std::borrow::Cow::Borrowed(rule.message)),
    })
}

fn refuse(found: Vec<Violation>) -> Result<()> {
    if found.is_empty() { Ok(()) } else { Err(Error::of_violations(found)) }
}
