//! What a value becomes when its column's type changes, and what that costs.

use rex_sql::ident;

use crate::database::{Sql, Type as DbType};
use crate::diff::{AlterColumn, Conversion};
use crate::postgres::native::plain;
use crate::postgres::{Element, Type, ty};

/// What a change of type does to the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// Only the catalogue changes.
    Free,
    /// Every row is written anew; values stay what they are.
    Rewrite,
    /// The same, and values may be cut, rounded or refused.
    Lossy,
}

pub(super) fn cost(before: &Type, after: &Type) -> Cost {
    let (before, after) = (plain(before), plain(after));
    match (before.array, after.array) {
        (false, false) => of_elements(&before.element, &after.element),
        // All but the first value, and there may be none.
        (true, false) => Cost::Lossy,
        (false, true) | (true, true) => match of_elements(&before.element, &after.element) {
            Cost::Free if before == after => Cost::Free,
            Cost::Free | Cost::Rewrite => Cost::Rewrite,
            Cost::Lossy => Cost::Lossy,
        },
    }
}

fn of_elements(before: &Element, after: &Element) -> Cost {
    use Element as E;
    match (before, after) {
        (before, after) if before == after => Cost::Free,
        (E::Varchar(_), E::Text) => Cost::Free,
        (E::Varchar(old), E::Varchar(new)) if new >= old => Cost::Free,
        (E::Numeric { precision: p, scale: s }, E::Numeric { precision, scale })
            if scale == s && precision >= p =>
        {
            Cost::Free
        }
        (E::Numeric { precision: p, scale: s }, E::Numeric { precision, scale })
            if scale >= s && precision - scale >= p - s =>
        {
            Cost::Rewrite
        }
        (E::SmallInt, E::Integer | E::BigInt | E::DoublePrecision)
        | (E::Integer, E::BigInt | E::DoublePrecision) => Cost::Rewrite,
        (E::Real, E::DoublePrecision) | (E::Date, E::Timestamp | E::Timestamptz) => Cost::Rewrite,
        // See `in_utc`.
        (E::Timestamp, E::Timestamptz) | (E::Timestamptz, E::Timestamp) => Cost::Free,
        (_, E::Text) => Cost::Rewrite,
        (E::Enum { .. }, E::Enum { .. }) => Cost::Rewrite,
        (E::Native(_), E::Native(_)) => Cost::Rewrite,
        _ => Cost::Lossy,
    }
}

/// Whether values stay what they are as long as the session's time zone is UTC: an instant and a civil time.
pub(super) fn in_utc(change: &AlterColumn) -> bool {
    let (DbType::Postgres(before), DbType::Postgres(after)) = (&change.before.ty, &change.after.ty) else {
        return false;
    };
    let is_time = |ty: &Type| !ty.array && matches!(ty.element, Element::Timestamp | Element::Timestamptz);
    before != after && is_time(before) && is_time(after) && change.conversion.is_none()
}

/// ` USING …`; nothing where the server does the same by itself.
pub(super) fn using(change: &AlterColumn) -> String {
    if let Some(conversion) = &change.conversion {
        return format!(" USING {}", conversion.value);
    }
    let (DbType::Postgres(before), DbType::Postgres(after)) = (&change.before.ty, &change.after.ty) else {
        return String::new();
    };
    match cost(before, after) {
        Cost::Free => String::new(),
        Cost::Rewrite | Cost::Lossy => format!(" USING {}", value(&ident(&change.after.name), before, after)),
    }
}

fn value(name: &str, before: &Type, after: &Type) -> String {
    let (before, target) = (plain(before), ty(after));
    let after = plain(after);
    use Element as E;
    match (before.array, after.array) {
        (false, true) => return format!("CASE WHEN {name} IS NOT NULL THEN ARRAY[{name}]::{target} END"),
        (true, true) => return format!("{name}::text[]::{target}"),
        (true, false) => return format!("({name})[1]::text::{target}"),
        (false, false) => {}
    }
    match (&before.element, &after.element) {
        (E::Boolean, E::SmallInt | E::Integer | E::BigInt) => format!("{name}::integer::{target}"),
        (E::SmallInt | E::Integer | E::BigInt, E::Boolean) => format!("{name} <> 0"),
        (E::Date, E::Timestamptz) => format!("{name}::timestamp AT TIME ZONE 'utc'"),
        (E::Timestamptz, E::Date | E::Time) => format!("({name} AT TIME ZONE 'utc')::{target}"),
        (E::Bytea, E::Uuid) => format!("encode({name}, 'hex')::uuid"),
        (E::Uuid, E::Bytea) => format!("uuid_send({name})"),
        (E::Text | E::Varchar(_), E::Bytea) => format!("convert_to({name}, 'UTF8')"),
        (E::Bytea, E::Text | E::Varchar(_)) => format!("convert_from({name}, 'UTF8')"),
        (before, after) if is_number(before) && is_number(after) => format!("{name}::{target}"),
        (E::Date, E::Timestamp) | (E::Timestamp, E::Date | E::Time) => format!("{name}::{target}"),
        (E::Text | E::Varchar(_), _) => format!("{name}::{target}"),
        _ => format!("{name}::text::{target}"),
    }
}

fn is_number(element: &Element) -> bool {
    matches!(
        element,
        Element::SmallInt
            | Element::Integer
            | Element::BigInt
            | Element::Real
            | Element::DoublePrecision
            | Element::Numeric { .. }
    )
}

/// The same label in another type.
pub(super) fn through_text(change: &AlterColumn) -> Option<Conversion> {
    let (DbType::Postgres(before), DbType::Postgres(after)) = (&change.before.ty, &change.after.ty) else {
        return None;
    };
    let name = ident(&change.after.name);
    let text = match (before.array, after.array) {
        (false, false) => format!("{name}::text::{}", ty(after)),
        (true, true) => format!("{name}::text[]::{}", ty(after)),
        _ => value(&name, before, after),
    };
    Some(Conversion { value: Sql::written(text), undo: None })
}
