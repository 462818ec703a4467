//! Views: their queries, and what makes their rows those of the schema.

use rex_sql::Dialect;

use super::{ascending, column_names, comment, index, partial_unique, place};
use crate::database as db;
use crate::dialect::Target;
use crate::model::{Column, Model, ModelKind, Schema, Unique};
use crate::names;

/// A model's view, if it is one.
pub(super) fn view(schema: &Schema, target: &Target, dialect: Dialect, model: &Model) -> Option<db::View> {
    let ModelKind::View(source) = &model.kind else { return None };
    let query = source.sql.of(dialect)?;
    let (schema_name, name) = place(target, model.schema.as_deref(), &model.table);
    let materialized = source.materialized && target.materialized_views;
    let column = |column: &Column| db::ViewColumn {
        name: column.name.clone(),
        cast: (target.view_type)(schema, column),
        comment: comment(target, &column.docs),
    };
    Some(db::View {
        schema: schema_name,
        name,
        comment: comment(target, &model.docs),
        columns: model.columns.iter().map(column).collect(),
        query: db::Query(db::Sql::written(query)),
        materialized,
        indexes: if materialized { indexes(schema, target, model) } else { Vec::new() },
    })
}

/// The key's index comes first: without a unique one, PostgreSQL cannot refresh the rows while
/// they are read.
fn indexes(schema: &Schema, target: &Target, model: &Model) -> Vec<db::Index> {
    let key = (!model.primary_key.is_empty())
        .then(|| unique_index(names::primary_key(&model.stem()), column_names(model, &model.primary_key)));
    let unique = |unique: &Unique| match unique.condition {
        Some(_) => partial_unique(schema, target, model, unique),
        None => Some(unique_index(unique.name.clone(), column_names(model, &unique.columns))),
    };
    let uniques = model.uniques.iter().filter_map(unique);
    let others = model.indexes.iter().filter_map(|i| index(schema, target, model, i));
    key.into_iter().chain(uniques).chain(others).collect()
}

fn unique_index(name: String, columns: Vec<String>) -> db::Index {
    let parts = columns.iter().map(|column| ascending(column)).collect();
    db::Index {
        name,
        parts,
        unique: true,
        condition: None,
        method: None,
        include: vec![],
        nulls_not_distinct: false,
    }
}
