//! From a schema to what a database must hold for it. What differs between databases is asked
//! of [`Target`].

mod view;

use std::collections::BTreeSet;

use rex_sql::Dialect;

use crate::database as db;
use crate::dialect::{Target, target};
use crate::model::{self, Action, Formula, JoinTable, Model, ModelKind, Nulls, Scalar, Schema};
use crate::plan::Object;
use crate::{names, rules};

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
    let managed = schema.models().filter(|(_, m)| m.kind == ModelKind::Table);
    let models = managed.map(|(_, m)| table(schema, target, m));
    let joins = schema.join_tables().map(|(_, j)| join_table(schema, target, j));
    let mut database = db::Database {
        dialect,
        schemas: Vec::new(),
        enums,
        tables: models.chain(joins).collect(),
        views: schema.models().filter_map(|(_, m)| view::view(schema, target, dialect, m)).collect(),
    };
    database.schemas = schemas(&database);
    database
}

/// The schemas that something is in.
fn schemas(database: &db::Database) -> Vec<String> {
    let tables = database.tables.iter().map(|table| &table.schema);
    let enums = database.enums.iter().map(|item| &item.schema);
    let views = database.views.iter().map(|view| &view.schema);
    let named: BTreeSet<&String> = tables.chain(enums).chain(views).flatten().collect();
    named.into_iter().cloned().collect()
}

/// The tables that a schema leaves to other tools, by schema and name.
pub fn unmanaged(schema: &Schema, dialect: Dialect) -> Vec<(Option<String>, String)> {
    let target = target(dialect);
    let models = schema.models().map(|(_, model)| model);
    let unmanaged = models.filter(|model| model.kind == model::ModelKind::Unmanaged);
    unmanaged.map(|model| place(target, model.schema.as_deref(), &model.table)).collect()
}

/// The tables that one schema leaves to other tools, and the next one does not: as the one says that they are.
/// One of which it does not know the key has that of the next.
pub(crate) fn adopted(before: &Schema, after: &Schema, dialect: Dialect) -> Vec<db::Table> {
    let target = target(dialect);
    let id = |model: &Model| place(target, model.schema.as_deref(), &model.table);
    let ours = || after.models().map(|(_, model)| model).filter(|model| model.kind == ModelKind::Table);
    let left = before.models().map(|(_, model)| model).filter(|model| model.kind == ModelKind::Unmanaged);
    let adopted = left.filter_map(|model| {
        let ours = ours().find(|one| id(one) == id(model))?;
        let mut table = table(before, target, model);
        let named = |name: &String| table.columns.iter().any(|column| column.name == *name);
        let key = if model.primary_key.is_empty() {
            self::table(after, target, ours).primary_key
        } else {
            table.primary_key
        };
        table.primary_key = key.filter(|key| key.columns.iter().all(named));
        Some(table)
    });
    adopted.collect()
}

/// The schema and the name that something has in a database.
pub(crate) fn place(target: &Target, schema: Option<&str>, name: &str) -> (Option<String>, String) {
    match target.schemas {
        true => (schema.map(str::to_owned), name.to_owned()),
        false => (None, names::stem(schema, name)),
    }
}

/// What the table or view of a model is called in a database of `dialect`.
pub fn table_of(model: &Model, dialect: Dialect) -> Object {
    let (schema, name) = place(target(dialect), model.schema.as_deref(), &model.table);
    Object { schema, name }
}

fn enumeration(target: &Target, source: &model::Enum) -> db::Enum {
    db::Enum {
        schema: source.schema.clone(),
        name: source.type_name.clone(),
        labels: source.variants.iter().map(|v| v.label.clone()).collect(),
        comment: comment(target, &source.docs),
    }
}

fn table(schema: &Schema, target: &Target, model: &Model) -> db::Table {
    let stem = model.stem();
    let (schema_name, name) = place(target, model.schema.as_deref(), &model.table);
    let column = |c: &model::Column, place: usize| db::Column {
        autoincrement: c.default == Some(model::Default::Autoincrement)
            && (!target.autoincrement_is_key || model.primary_key == [place]),
        default: (target.default)(schema, c),
        computed: c.computed.as_ref().and_then(|formula| self::formula(schema, target, model, formula)),
        comment: comment(target, &c.docs),
        ..bare_column(schema, target, &c.name, c)
    };
    db::Table {
        schema: schema_name,
        name,
        comment: comment(target, &model.docs),
        columns: model.columns.iter().enumerate().map(|(place, c)| column(c, place)).collect(),
        primary_key: Some(db::Key {
            name: names::primary_key(&stem),
            columns: column_names(model, &model.primary_key),
            nulls_not_distinct: false,
        }),
        uniques: model.uniques.iter().filter(|u| u.condition.is_none()).map(|u| unique(model, u)).collect(),
        foreign_keys: model.foreign_keys.iter().map(|k| foreign_key(schema, target, model, k)).collect(),
        checks: (model.columns.iter().filter_map(|c| check(schema, target, &stem, &c.name, c)))
            .chain(rules::checks(schema, target, &stem, model))
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

/// A condition over the rows of a model, as it stands in DDL; none where the user has written none for this
/// database.
pub fn condition(schema: &Schema, model: &Model, condition: &Formula, dialect: Dialect) -> Option<String> {
    formula(schema, target(dialect), model, condition).map(|sql| sql.as_str().to_owned())
}

/// The SQL of a condition or a value; none where the user has written none for this database.
pub(crate) fn formula(schema: &Schema, target: &Target, model: &Model, formula: &Formula) -> Option<db::Sql> {
    let text = match formula {
        Formula::Expr(expr) => Some((target.expr)(schema, model, expr)),
        Formula::Sql(text) => (target.sql)(text).map(str::to_owned),
    };
    text.map(db::Sql::written)
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
        method: None,
        include: vec![],
        nulls_not_distinct: unique.nulls_not_distinct,
    })
}

fn unique(model: &Model, unique: &model::Unique) -> db::Key {
    db::Key {
        name: unique.name.clone(),
        columns: column_names(model, &unique.columns),
        nulls_not_distinct: unique.nulls_not_distinct,
    }
}

fn foreign_key(schema: &Schema, target: &Target, model: &Model, key: &model::ForeignKey) -> db::ForeignKey {
    let referred = &schema[key.target];
    let (target_schema, name) = place(target, referred.schema.as_deref(), &referred.table);
    db::ForeignKey {
        name: key.name.clone(),
        columns: column_names(model, &key.columns),
        target_schema,
        target: name,
        target_columns: column_names(referred, &key.target_columns),
        on_delete: key.on_delete,
        on_key_change: key.on_key_change,
        deferrable: key.deferrable,
    }
}

fn index(schema: &Schema, target: &Target, model: &Model, index: &model::Index) -> Option<db::Index> {
    if index.method.is_some() && !target.index_methods {
        return None;
    }
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
            collate: part.collate.clone().filter(|_| target.index_methods),
            ops: part.ops.clone().filter(|_| target.index_methods),
        })
    };
    let condition = match &index.condition {
        Some(condition) => Some(formula(schema, target, model, condition)?),
        None => None,
    };
    let parts = index.parts.iter().map(part).collect::<Option<_>>()?;
    let include = if target.index_methods { column_names(model, &index.include) } else { vec![] };
    Some(db::Index {
        name: index.name.clone(),
        parts,
        unique: false,
        condition,
        method: index.method.clone(),
        include,
        nulls_not_distinct: false,
    })
}

/// The key is both sides' columns, so its own index serves the first side; the second has one of
/// its own, for the way back and for cascades.
fn join_table(schema: &Schema, target: &Target, join: &JoinTable) -> db::Table {
    let stem = join.stem();
    let (schema_name, name) = place(target, join.schema.as_deref(), &join.table);
    let columns = || join.sides.iter().flat_map(|side| side_columns(schema, side));
    let [_, second] = &join.sides;
    db::Table {
        schema: schema_name,
        name,
        comment: String::new(),
        columns: columns().map(|(column, like)| bare_column(schema, target, column, like)).collect(),
        primary_key: Some(db::Key {
            name: names::primary_key(&stem),
            columns: columns().map(|(column, _)| column.to_owned()).collect(),
            nulls_not_distinct: false,
        }),
        uniques: vec![],
        foreign_keys: join.sides.iter().map(|side| side_key(schema, target, &stem, side)).collect(),
        checks: columns().filter_map(|(column, like)| check(schema, target, &stem, column, like)).collect(),
        indexes: vec![db::Index {
            name: names::index(&stem, &strs(&second.columns)),
            parts: second.columns.iter().map(|c| ascending(c)).collect(),
            unique: false,
            condition: None,
            method: None,
            include: vec![],
            nulls_not_distinct: false,
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

fn side_key(schema: &Schema, target: &Target, stem: &str, side: &model::JoinSide) -> db::ForeignKey {
    let model = &schema[side.model];
    let (target_schema, name) = place(target, model.schema.as_deref(), &model.table);
    db::ForeignKey {
        name: names::foreign_key(stem, &strs(&side.columns)),
        columns: side.columns.clone(),
        target_schema,
        target: name,
        target_columns: column_names(model, &model.primary_key),
        on_delete: Action::Cascade,
        on_key_change: Action::Cascade,
        deferrable: false,
    }
}

fn ascending(column: &str) -> db::IndexPart {
    db::IndexPart {
        key: db::IndexKey::Column(column.to_owned()),
        descending: false,
        nulls: None,
        collate: None,
        ops: None,
    }
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
