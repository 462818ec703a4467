//! The values of a statement as a text, for those who ask for it; never those of fields with
//! `@sensitive`.

use std::fmt::Write as _;

use rex_sql::{Bind, ColumnRef, Expr, calendar};

use crate::meta::{ColumnMeta, TableMeta};
use crate::operation::{Binds, Operation, RawStatement, Shape};
use crate::value::Value;

/// What stands in the place of a value that is not shown.
const HIDDEN: &str = "‹hidden›";

/// Of one value so many characters are shown.
const SHOWN: usize = 200;

/// Those of raw SQL.
pub(super) fn of_raw(raw: &RawStatement) -> String {
    let values = raw.values.iter().enumerate();
    list(values.map(|(place, value)| (!raw.sensitive.contains(&place)).then_some(value)))
}

/// Those of an operation. If a sensitive field takes part in it, none of them is shown.
pub(super) fn of_operation(operation: &Operation, binds: &Binds<'_>) -> String {
    if is_sensitive(operation) {
        return HIDDEN.to_owned();
    }
    let mut text = String::from("[");
    for (place, bind) in binds.iter().enumerate() {
        text.push_str(if place > 0 { ", " } else { "" });
        match bind {
            Bind::One(value) | Bind::Member(value) | Bind::Pattern(value) => show(&mut text, value),
            Bind::Set(values) => text.push_str(&list(values.iter().map(Some))),
        }
    }
    text.push(']');
    text
}

/// Whether a sensitive column is set, or stands in a condition or an order.
fn is_sensitive(operation: &Operation) -> bool {
    let tables = [operation.table, &operation.model.table];
    let named = |name: &str| tables.iter().any(|table| has(table, name));
    let placed = |place: u16| operation.table.column(place).sensitive;
    match &operation.shape {
        Shape::Get { by, .. } => by.columns.iter().any(|place| placed(*place)),
        Shape::Create { .. } | Shape::CreateMany { .. } | Shape::CreateArrays { .. } => {
            operation.table.columns.iter().any(|column| column.sensitive)
        }
        Shape::Remove { .. } => operation.table.key.columns.iter().any(|place| placed(*place)),
        Shape::Insert(insert) => insert.columns.iter().any(|name| named(name)),
        Shape::Copy(_) => false,
        Shape::Update(update) => {
            update.set.iter().any(|(name, value)| named(name) || value.any_column(&mut told(&named)))
                || mentions(update.filter.as_ref(), &named)
        }
        Shape::Delete(delete) => mentions(delete.filter.as_ref(), &named),
        Shape::Select(select) | Shape::Explain(select) => select.any_column(&mut told(&named)),
    }
}

fn has(table: &TableMeta, name: &str) -> bool {
    let is_it = |column: &ColumnMeta| column.sensitive && column.name == name;
    table.columns.iter().any(is_it)
}

fn mentions(filter: Option<&Expr<Value>>, named: &dyn Fn(&str) -> bool) -> bool {
    filter.is_some_and(|filter| filter.any_column(&mut told(named)))
}

/// Whether a column is sensitive: it says so itself, or has the name of one that is.
fn told(named: &dyn Fn(&str) -> bool) -> impl FnMut(&ColumnRef) -> bool {
    |column| column.sensitive || named(&column.name)
}

fn list<'v>(values: impl Iterator<Item = Option<&'v Value>>) -> String {
    let mut text = String::from("[");
    for (place, value) in values.enumerate() {
        text.push_str(if place > 0 { ", " } else { "" });
        match value {
            Some(value) => show(&mut text, value),
            None => text.push_str(HIDDEN),
        }
    }
    text.push(']');
    text
}

/// A value, as a span has it.
pub(crate) struct Shown<'v>(pub(crate) &'v Value);

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        show(&mut text, self.0);
        f.write_str(&text)
    }
}

fn show(out: &mut String, value: &Value) {
    let text = match value {
        Value::Null => "null".to_owned(),
        Value::Unset => "default".to_owned(),
        Value::Bool(bool) => bool.to_string(),
        Value::I16(number) => number.to_string(),
        Value::I32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::F32(number) => number.to_string(),
        Value::F64(number) => number.to_string(),
        Value::Text(text) | Value::Json(text) => {
            format!("{:?}", text.chars().take(SHOWN).collect::<String>())
        }
        Value::Label(label) => format!("{label:?}"),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Uuid(bytes) => format!("{:032x}", u128::from_be_bytes(*bytes)),
        Value::Decimal(number) | Value::BeyondScale { value: number, .. } => number.to_string(),
        Value::Date(days) => calendar::date_text((*days).into()).unwrap_or_default(),
        Value::Time(micros) => calendar::time_text(*micros).unwrap_or_default(),
        Value::DateTime(micros) | Value::LocalDateTime(micros) => {
            calendar::date_time_text(*micros).unwrap_or_default()
        }
        Value::List(values) => list(values.iter().map(Some)),
    };
    write!(out, "{text}").expect("text can be written to");
}
