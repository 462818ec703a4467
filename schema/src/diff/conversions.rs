//! Values that SQLite stores in another form when their type in the language changes: its own types
//! are too few to tell.

use rex_sql::{Dialect, ident};

use super::intent::{Conversion, Intent};
use super::renames::Id;
use crate::database::Sql;
use crate::dialect::target;
use crate::lower::{place, scale};
use crate::model::{Column, Model, ModelKind, Scalar, Schema, Type};

/// Adds what old values become, both ways.
pub(super) fn between(before: &Schema, after: &Schema, dialect: Dialect, intent: &mut Intent) {
    if dialect != Dialect::Sqlite {
        return;
    }
    for (_, model) in after.models().filter(|(_, model)| model.kind == ModelKind::Table) {
        let id = place(target(dialect), model.schema.as_deref(), &model.table);
        let Some(old) = former(before, model, &id, intent) else { continue };
        for column in model.columns.iter().filter(|column| column.computed.is_none()) {
            let Some(was) = former_column(old, column) else { continue };
            let key: (Id, String) = (id.clone(), column.name.clone());
            // Of lists no check says which labels they hold.
            let labels =
                if was.list && column.list { labels(before, after, was, column) } else { Vec::new() };
            if !labels.is_empty() {
                intent.conversions.insert(key.clone(), elements(&column.name, &labels));
                let back: Vec<_> = labels.into_iter().map(|(old, new)| (new, old)).collect();
                intent.conversions_back.insert(key.clone(), elements(&was.name, &back));
                continue;
            }
            if let Some(made) = both_ways(was, column, &column.name) {
                intent.conversions.insert(key.clone(), made);
            }
            if let Some(made) = both_ways(column, was, &was.name) {
                intent.conversions_back.insert(key, made);
            }
        }
    }
}

/// Labels that have another name now.
fn labels(before: &Schema, after: &Schema, was: &Column, column: &Column) -> Vec<(String, String)> {
    let (Type::Enum(old), Type::Enum(new)) = (was.ty, column.ty) else { return Vec::new() };
    let had = |label: &str| before[old].variants.iter().any(|variant| variant.label == label);
    let renamed = after[new].variants.iter().filter_map(|v| Some((v.renamed_from.clone()?, v.label.clone())));
    renamed.filter(|(old, new)| had(old) && !had(new)).collect()
}

/// A JSON array whose elements have other names.
fn elements(column: &str, labels: &[(String, String)]) -> Conversion {
    let case = super::table::relabelled("value", labels);
    let name = ident(column);
    let value = format!(
        "CASE WHEN {name} IS NOT NULL THEN (SELECT json_group_array({case}) FROM json_each({name})) END"
    );
    Conversion { value: Sql::written(value), undo: None }
}

/// What a value becomes, and what shows that nothing is lost.
fn both_ways(before: &Column, after: &Column, name: &str) -> Option<Conversion> {
    let name = ident(name);
    let value = Sql::written(conversion(before, after, &name)?);
    let undo = match loses(before, after) {
        true => Some(Sql::written(conversion(after, before, &name).unwrap_or(name))),
        false => None,
    };
    Some(Conversion { value, undo })
}

fn loses(before: &Column, after: &Column) -> bool {
    use Scalar as S;
    if before.list != after.list {
        return before.list;
    }
    match (before.ty, after.ty) {
        (Type::Scalar(S::Decimal { scale: old, .. }), Type::Scalar(S::Decimal { scale: new, .. })) => {
            new < old
        }
        (Type::Scalar(S::Decimal { scale, .. }), Type::Scalar(new)) => new.is_integer() && scale > 0,
        (Type::Scalar(S::DateTime | S::LocalDateTime), Type::Scalar(S::Date | S::Time)) => true,
        (Type::Scalar(S::Float | S::Double), Type::Scalar(S::Decimal { .. })) => true,
        (Type::Scalar(S::String { .. }), Type::Scalar(S::Uuid)) => true,
        (Type::Scalar(old), Type::Scalar(S::Bool)) => old.is_integer(),
        _ => false,
    }
}

fn former<'a>(before: &'a Schema, model: &Model, id: &Id, intent: &Intent) -> Option<&'a Model> {
    let models = || before.models().map(|(_, old)| old);
    let is_at =
        |old: &Model, id: &Id| place(target(Dialect::Sqlite), old.schema.as_deref(), &old.table) == *id;
    let renamed = || intent.tables.iter().find(|(_, new)| new == id).map(|(old, _)| old);
    models()
        .find(|old| old.schema == model.schema && old.table == model.table)
        .or_else(|| renamed().and_then(|former| models().find(|old| is_at(old, former))))
}

fn former_column<'a>(model: &'a Model, column: &Column) -> Option<&'a Column> {
    let named = |name: &str| model.columns.iter().find(|old| old.name == name);
    named(&column.name)
        .or_else(|| named(column.renamed_from.as_deref()?))
        .filter(|old| old.computed.is_none())
}

/// What a value called `name` becomes; none where SQLite's own cast does, or nothing is to be done.
fn conversion(before: &Column, after: &Column, name: &str) -> Option<String> {
    if before.native.sqlite.is_some() || after.native.sqlite.is_some() {
        return None;
    }
    match (before.list, after.list) {
        (false, true) => return Some(format!("CASE WHEN {name} IS NOT NULL THEN json_array({name}) END")),
        (true, false) => return Some(format!("json_extract({name}, '$[0]')")),
        (true, true) => return None,
        (false, false) => {}
    }
    let (Type::Scalar(old), Type::Scalar(new)) = (before.ty, after.ty) else { return None };
    use Scalar as S;
    let is_whole = |scalar: S| scalar.is_integer();
    match (old, new) {
        (old, new) if old == new => None,
        (S::Decimal { .. }, S::Decimal { .. }) => scaled(name, scale(before.ty), scale(after.ty)),
        (old, S::Decimal { scale, .. }) if is_whole(old) => scaled(name, 0, scale),
        (S::Decimal { scale, .. }, new) if is_whole(new) => scaled(name, scale, 0),
        (S::Float | S::Double, S::Decimal { scale, .. }) => {
            Some(format!("CAST(round({name} * {}) AS INTEGER)", power(scale)))
        }
        (S::Decimal { scale, .. }, S::Float | S::Double) => {
            Some(format!("CAST({name} AS REAL) / {}", power(scale)))
        }
        (S::Decimal { scale, .. }, S::String { .. }) if scale > 0 => Some(format!(
            "printf('%s%d.%0{scale}d', CASE WHEN {name} < 0 THEN '-' ELSE '' END, abs({name}) / {0}, abs({name}) % {0})",
            power(scale)
        )),
        (S::Uuid, S::String { .. }) => Some(format!(
            "lower(substr(hex({name}), 1, 8) || '-' || substr(hex({name}), 9, 4) || '-' || substr(hex({name}), 13, 4) \
             || '-' || substr(hex({name}), 17, 4) || '-' || substr(hex({name}), 21))"
        )),
        (S::String { .. }, S::Uuid) => Some(format!("unhex(replace({name}, '-', ''))")),
        (S::Date, S::DateTime) => Some(format!("{name} || 'T00:00:00.000000Z'")),
        (S::Date, S::LocalDateTime) => Some(format!("{name} || 'T00:00:00.000000'")),
        (S::DateTime | S::LocalDateTime, S::Date) => Some(format!("substr({name}, 1, 10)")),
        (S::DateTime | S::LocalDateTime, S::Time) => Some(format!("substr({name}, 12, 15)")),
        (S::DateTime, S::LocalDateTime) => Some(format!("substr({name}, 1, 26)")),
        (S::LocalDateTime, S::DateTime) => Some(format!("{name} || 'Z'")),
        (S::String { .. }, S::Bytes) => Some(format!("CAST({name} AS BLOB)")),
        (S::Bytes, S::String { .. }) => Some(format!("CAST({name} AS TEXT)")),
        (old, S::Bool) if is_whole(old) => Some(format!("{name} <> 0")),
        _ => None,
    }
}

fn power(scale: u16) -> u64 {
    10u64.checked_pow(scale.into()).unwrap_or(u64::MAX)
}

/// A decimal with another number of digits behind the point, rounded half away from zero.
fn scaled(name: &str, before: u16, after: u16) -> Option<String> {
    match before.cmp(&after) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => Some(format!("{name} * {}", power(after - before))),
        std::cmp::Ordering::Greater => {
            let by = power(before - after);
            Some(format!("({name} + CASE WHEN {name} < 0 THEN -{0} ELSE {0} END) / {by}", by / 2))
        }
    }
}
