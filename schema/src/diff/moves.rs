//! Tables and enum types that are in another schema now: told by the name of their model or enum, where that
//! leaves no doubt.

use std::collections::HashSet;

use rex_sql::Dialect;

use super::intent::Intent;
use super::renames::Id;
use crate::dialect::target;
use crate::lower::place;
use crate::model::{Enum, Model, ModelKind, Schema};

/// Adds them to what an intent says of former names.
pub(super) fn between(before: &Schema, after: &Schema, dialect: Dialect, intent: &mut Intent) {
    let target = target(dialect);
    let id = |model: &Model| place(target, model.schema.as_deref(), &model.table);
    let all = |schema| models(schema).map(id).collect::<HashSet<Id>>();
    let (old, new) = (all(before), all(after));
    for model in models(after).filter(|model| model.kind == ModelKind::Table && !old.contains(&id(model))) {
        if intent.tables.iter().any(|(former, of)| *of == id(model) && old.contains(former)) {
            continue;
        }
        let is_free = |one: &&Model| one.kind == ModelKind::Table && !new.contains(&id(one));
        let former: Vec<&Model> =
            models(before).filter(is_free).filter(|one| is_former(one, model)).collect();
        if let [former] = former.as_slice() {
            intent.tables.retain(|(_, of)| *of != id(model));
            intent.tables.push((id(former), id(model)));
        }
    }
    if target.enums {
        enums(before, after, intent);
    }
}

fn enums(before: &Schema, after: &Schema, intent: &mut Intent) {
    let id = |item: &Enum| (item.schema.clone(), item.type_name.clone());
    let all = |schema: &Schema| schema.enums().map(|(_, item)| id(item)).collect::<HashSet<Id>>();
    let (old, new) = (all(before), all(after));
    for (_, item) in after.enums().filter(|(_, item)| !old.contains(&id(item))) {
        let is_former = |one: &&Enum| {
            let name = item.renamed_from.as_ref().unwrap_or(&item.type_name);
            let is_named = item.renamed_from.is_some() || one.name == item.name;
            let is_told = intent.enums.iter().any(|(former, of)| *of == id(item) && old.contains(former));
            one.schema != item.schema
                && one.type_name == *name
                && is_named
                && !is_told
                && !new.contains(&id(one))
        };
        let former: Vec<&Enum> = before.enums().map(|(_, one)| one).filter(is_former).collect();
        if let [former] = former.as_slice() {
            intent.enums.retain(|(_, of)| *of != id(item));
            intent.enums.push((id(former), id(item)));
        }
    }
}

fn models(schema: &Schema) -> impl Iterator<Item = &Model> {
    schema.models().map(|(_, model)| model)
}

/// Whether a model is one of another schema: it says so by its former name, or has the same name, table and
/// columns.
fn is_former(former: &Model, model: &Model) -> bool {
    if former.schema == model.schema || former.table != *model.renamed_from.as_ref().unwrap_or(&model.table) {
        return false;
    }
    model.renamed_from.is_some() || former.name == model.name && have_the_same_columns(former, model)
}

/// By their names, old or new.
fn have_the_same_columns(former: &Model, model: &Model) -> bool {
    let old: Vec<&str> = former.columns.iter().map(|column| column.name.as_str()).collect();
    let mut new = model.columns.iter().map(|column| {
        let renamed = column.renamed_from.as_deref().filter(|name| old.contains(name));
        renamed.unwrap_or(&column.name)
    });
    old.len() == model.columns.len() && new.all(|name| old.contains(&name))
}
