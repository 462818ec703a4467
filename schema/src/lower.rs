//! From a schema to what a database must hold for it. What differs between databases is asked
//! of [`Target`].

use rex_sql::Dialect;

use crate::database as db;
use crate::dialect::{Target, target};
use crate::model::{self, Action, Formula, JoinTable, Model, Nulls, Scalar, Schema};
use crate::names;

/// What a database of `dialect` holds for `schema`. Total: the checker has refused what the
/// dialect cannot hold.
///
/// # Panics
///
/// When a column's default is not of its type, or a `Decimal` has more digits than the
/// dialect holds: bugs of the compiler.
pub fn lower(schema: &Schema, dialect: Dialect) -> db::Database {
    let target = target(dialect);
    let enums =
        if target.enums { schema.enums().map(|(_, e)| enumeration(target, e)).collect() } else { vec![] };
    let models = schema.models().map(|(_, m)| table(schema, target, m));
    let joins = schema.join_tables().map(|(_, j)| join_table(schema, target, j));
    db::Database { dialect, enums, tables: models.chain(joins).collect() }
}

fn enumeration(target: &Target, source: &model::Enum) -> db::Enum {
    db::Enum {
        name: source.type_name.clone(),
        labels: source.variants.iter().map(|v| v.label.clone()).collect(),
        comment: comment(target, &source.docs),
    }
}

fn table(schema: &Schema, target: &Target, model: &Model) -> db::Table {
    let name = &model.table;
    let column = |c: &model::Column, place: usize| db::Column {
        autoincrement: c.default == Some(model::Default::Autoincrement)
            && (!target.autoincrement_is_key || model.primary_key == [place]),
        default: (target.default)(schema, c),
        computed: c.computed.as_ref().and_then(|formula| self::formula(schema, target, model, formula)),
        comment: comment(target, &c.docs),
        ..bare_column(schema, target, &c.name, c)
    };
    db::Table {
        name: name.clone(),
        comment: comment(target, &model.docs),
        columns: model.columns.iter().enumerate().map(|(place, c)| column(c, place)).collect(),
        primary_key: Some(db::Key {
            name: names::primary_key(name),
            columns: column_names(model, &model.primary_key),
        }),
        uniques: model.uniques.iter().filter(|u| u.condition.is_none()).map(|u| unique(model, u)).collect(),
        foreign_keys: model.foreign_keys.iter().map(|k| foreign_key(schema, model, k)).collect(),
        checks: (model.columns.iter().filter_map(|c| check(schema, target, name, &c.name, c)))
            .chain(model.checks.iter().filter_map(|check| row_check(schema, target, model, check)))
            .collect(),
        indexes: (model.uniques.iter().filter_map(|unique| partial_unique(schema, target, model, unique)))
            .chain(model.indexes.iter().filter_map(|i| index(schema, target, model, i)))
            .collect(),
    }
}

/// A column called `name` that stores what `like` does, and nothing about where values come from.
fn bare_column(schema: &Schema, target: &Target, name: &str, like: &model::Column) -> db::Column {
    db::Column {
        name: name.to_owned(),
        ty: (target.ty)(schema, like),
        nullable: like.nullable,
        default: None,
        autoincrement: false,
        computed: None,
        comment: String::new(),
    }
}

fn check(
    schema: &Schema,
    target: &Target,
    table: &str,
    column: &str,
    like: &model::Column,
) -> Option<db::Check> {
    let rule = (target.rule)(schema, like)?;
    let condition = db::Condition::Column { column: column.to_owned(), rule };
    Some(db::Check { name: names::check(table, column), condition })
}

/// The SQL of a condition or a value; none where the user has written none for this database.
fn formula(schema: &Schema, target: &Target, model: &Model, formula: &Formula) -> Option<String> {
    match formula {
        Formula::Expr(expr) => Some((target.expr)(schema, model, expr)),
        Formula::Sql(text) => (target.sql)(text).map(str::to_owned),
    }
}

fn row_check(schema: &Schema, target: &Target, model: &Model, check: &model::Check) -> Option<db::Check> {
    let condition = db::Condition::Sql(formula(schema, target, model, &check.condition)?);
    Some(db::Check { name: check.name.clone(), condition })
}

/// A unique constraint over some rows only is a unique index.
fn partial_unique(
    schema: &Schema,
    target: &Target,
    model: &Model,
    unique: &model::Unique,
) -> Option<db::Index> {
    let condition = formula(schema, target, model, unique.condition.as_ref()?)?;
    let parts = unique.columns.iter().map(|&place| ascending(&model.columns[place].name));
    Some(db::Index {
        name: unique.name.clone(),
        parts: parts.collect(),
        unique: true,
        condition: Some(condition),
    })
}

fn unique(model: &Model, unique: &model::Unique) -> db::Key {
    db::Key { name: unique.name.clone(), columns: column_names(model, &unique.columns) }
}

fn foreign_key(schema: &Schema, model: &Model, key: &model::ForeignKey) -> db::ForeignKey {
    let target = &schema[key.target];
    db::ForeignKey {
        name: key.name.clone(),
        columns: column_names(model, &key.columns),
        target: target.table.clone(),
        target_columns: column_names(target, &key.target_columns),
        on_delete: key.on_delete,
        on_key_change: key.on_key_change,
        deferrable: key.deferrable,
    }
}

fn index(schema: &Schema, target: &Target, model: &Model, index: &model::Index) -> Option<db::Index> {
    let part = |part: &model::IndexPart| {
        let habit = if part.descending { Nulls::First } else { Nulls::Last };
        let key = match &part.key {
            model::IndexKey::Column(place) => db::IndexKey::Column(model.columns[*place].name.clone()),
            model::IndexKey::Formula(of) => db::IndexKey::Sql(formula(schema, target, model, of)?),
        };
        Some(db::IndexPart {
            key,
            descending: part.descending,
            nulls: part.nulls.filter(|&nulls| target.index_nulls && nulls != habit),
        })
    };
    let condition = match &index.condition {
        Some(condition) => Some(formula(schema, target, model, condition)?),
        None => None,
    };
    let parts = index.parts.iter().map(part).collect::<Option<_>>()?;
    Some(db::Index { name: index.name.clone(), parts, unique: false, condition })
}

/// The key is both sides' columns, so its own index serves the first side; the second has one of
/// its own, for the way back and for cascades.
fn join_table(schema: &Schema, target: &Target, join: &JoinTable) -> db::Table {
    let name = &join.table;
    let columns = || join.sides.iter().flat_map(|side| side_columns(schema, side));
    let [_, second] = &join.sides;
    db::Table {
        name: name.clone(),
        comment: String::new(),
        columns: columns().map(|(column, like)| bare_column(schema, target, column, like)).collect(),
        primary_key: Some(db::Key {
            name: names::primary_key(name),
            columns: columns().map(|(column, _)| column.to_owned()).collect(),
        }),
        uniques: vec![],
        foreign_keys: join.sides.iter().map(|side| side_key(schema, name, side)).collect(),
        checks: columns().filter_map(|(column, like)| check(schema, target, name, column, like)).collect(),
        indexes: vec![db::Index {
            name: names::index(name, &strs(&second.columns)),
            parts: second.columns.iter().map(|c| ascending(c)).collect(),
            unique: false,
            condition: None,
        }],
    }
}

/// The columns of one side, each with the key's column that it refers to.
fn side_columns<'a>(
    schema: &'a Schema,
    side: &'a model::JoinSide,
) -> impl Iterator<Item = (&'a str, &'a model::Column)> {
    let model = &schema[side.model];
    side.columns.iter().zip(&model.primary_key).map(|(name, &place)| (name.as_str(), &model.columns[place]))
}

fn side_key(schema: &Schema, table: &str, side: &model::JoinSide) -> db::ForeignKey {
    let model = &schema[side.model];
    db::ForeignKey {
        name: names::foreign_key(table, &strs(&side.columns)),
        columns: side.columns.clone(),
        target: model.table.clone(),
        target_columns: column_names(model, &model.primary_key),
        on_delete: Action::Cascade,
        on_key_change: Action::Cascade,
        deferrable: false,
    }
}

fn ascending(column: &str) -> db::IndexPart {
    db::IndexPart { key: db::IndexKey::Column(column.to_owned()), descending: false, nulls: None }
}

/// The digits after the point of a decimal; none for other types.
pub(crate) fn scale(ty: model::Type) -> u16 {
    match ty {
        model::Type::Scalar(Scalar::Decimal { scale, .. }) => scale,
        model::Type::Scalar(_) | model::Type::Enum(_) => 0,
    }
}

/// The label in the database of an enum's variant.
pub(crate) fn label(schema: &Schema, ty: model::Type, variant: usize) -> &str {
    match ty {
        model::Type::Enum(id) => &schema[id].variants[variant].label,
        model::Type::Scalar(_) => panic!("only an enum's column has a variant as its default"),
    }
}

fn comment(target: &Target, docs: &str) -> String {
    if target.comments { docs.to_owned() } else { String::new() }
}

fn column_names(model: &Model, places: &[usize]) -> Vec<String> {
    places.iter().map(|&place| model.columns[place].name.clone()).collect()
}

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
