//! Ninth pass: names that meet in a database or in generated Rust.

mod rust;
mod scope;

use std::collections::{HashMap, HashSet};

use rex_schema::Dialect;

use self::scope::Scoped;
use super::Cx;
use crate::diagnostic::names;
use crate::source::Place;

/// Finds tables, types, constraints and Rust items of one name.
pub(super) fn check(cx: &mut Cx<'_>) {
    let mut tables = tables(cx);
    join_tables(cx, &mut tables);
    if cx.has(Dialect::Postgres) {
        enum_types(cx, &tables);
    }
    constraints(cx, &tables);
    rust::items(cx);
    rust::fields(cx);
}

/// Tables, with who has them.
type Tables = HashMap<Scoped, (Place, String)>;

fn tables(cx: &mut Cx<'_>) -> Tables {
    let mut tables = Tables::new();
    for model in cx.with_rows() {
        let draft = &cx.models[model];
        let (place, owner) = (draft.table_place, format!("`{}`", draft.name()));
        let scoped = scope::of(cx, draft.storage.schema_name(), &draft.table);
        if let Some(((_, _, name), (first, other))) = taken(&tables, &scoped) {
            let name = if *name == draft.table.to_lowercase() { &draft.table } else { name };
            let diagnostic = names::same_table(name, place, *first, other);
            cx.report(diagnostic);
        }
        fill(&mut tables, scoped, place, &owner);
    }
    tables
}

/// The first of these names that is taken, and by whom.
fn taken<'t>(tables: &'t Tables, scoped: &'t [Scoped]) -> Option<(&'t Scoped, &'t (Place, String))> {
    scoped.iter().find_map(|name| Some((name, tables.get(name)?)))
}

/// Takes what is not taken.
fn fill(tables: &mut Tables, scoped: Vec<Scoped>, place: Place, owner: &str) {
    for name in scoped {
        tables.entry(name).or_insert((place, owner.to_owned()));
    }
}

fn join_tables(cx: &mut Cx<'_>, tables: &mut Tables) {
    for join in 0..cx.join_tables.len() {
        let draft = &cx.join_tables[join];
        let (name, place, (model, field)) = (draft.table.clone(), draft.place, draft.owner);
        let columns: Vec<String> = draft.sides.iter().flat_map(|(_, columns)| columns.clone()).collect();
        let scoped = scope::of(cx, draft.schema.as_deref(), &name);
        if let Some((_, (first, owner))) = taken(tables, &scoped) {
            let diagnostic = names::join_table_clash(&name, place, *first, owner);
            cx.report(diagnostic);
        }
        let owner =
            format!("the join table of `{}.{}`", cx.models[model].name(), cx.field(model, field).name());
        fill(tables, scoped, place, &owner);
        let mut seen: HashSet<String> = HashSet::new();
        let written = cx.field(model, field).attributes.join_table.is_some();
        for column in columns {
            if !written {
                cx.database_name("a column of the join table", place, &column, false);
            }
            if !seen.insert(column.to_lowercase()) {
                cx.report(names::same_join_column(&name, &column, place));
            }
        }
    }
}

/// Types of PostgreSQL that are found before an enum of the same name.
const POSTGRES_TYPES: [&str; 38] = [
    "bit",
    "bool",
    "box",
    "bytea",
    "char",
    "cidr",
    "circle",
    "date",
    "float4",
    "float8",
    "inet",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "jsonb",
    "line",
    "lseg",
    "macaddr",
    "money",
    "name",
    "numeric",
    "oid",
    "path",
    "point",
    "polygon",
    "record",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "trigger",
    "uuid",
    "varchar",
    "void",
    "xid",
    "xml",
];

fn enum_types(cx: &mut Cx<'_>, tables: &Tables) {
    let mut types: HashMap<Scoped, Place> = HashMap::new();
    for index in 0..cx.enums.len() {
        let draft = &cx.enums[index];
        let (name, place) = (draft.type_name.clone(), Place { file: draft.file, span: draft.ast.name.span });
        let scoped = scope::in_database(Dialect::Postgres, draft.schema.as_deref(), &name);
        if draft.schema.is_none() && POSTGRES_TYPES.contains(&name.as_str()) {
            cx.report(names::postgres_type(&name, place));
        } else if let Some((table, _)) = tables.get(&scoped) {
            cx.report(names::table_and_enum(&name, place, *table));
        } else if let Some(first) = types.get(&scoped) {
            cx.report(names::same_type(&name, place, *first));
        } else {
            types.insert(scoped, place);
        }
    }
}

/// Names that the user wrote for constraints and indexes; those that Rex makes give way. Indexes,
/// and unique constraints, which bring one, share the names of tables; foreign keys share those
/// of their table's constraints.
fn constraints(cx: &mut Cx<'_>, tables: &Tables) {
    let mut seen: HashMap<Scoped, Place> = HashMap::new();
    let mut found = Vec::new();
    for model in cx.models.iter().filter(|model| model.has_rows()) {
        let indexes = model.uniques.iter().chain(&model.indexes);
        for (name, place) in indexes.filter_map(|index| index.name.as_ref()) {
            let scoped = scope::of_index(cx, model.storage.schema_name(), name);
            if let Some((_, (first, _))) = taken(tables, &scoped) {
                found.push(names::index_and_table(name, *place, *first));
            } else if let Some(first) = scoped.iter().find_map(|name| seen.get(name)) {
                found.push(names::same_constraint(name, *place, *first));
            } else {
                seen.extend(scoped.into_iter().map(|name| (name, *place)));
            }
        }
        let uniques = model.uniques.iter().filter_map(|unique| unique.name.as_ref());
        let uniques = uniques.chain(model.checks.iter().filter_map(|check| check.name.as_ref()));
        let mut of_table: HashMap<&str, Place> =
            uniques.map(|(name, place)| (name.as_str(), *place)).collect();
        for (name, place) in model.fields.iter().filter_map(|field| field.attributes.constraint.as_ref()) {
            match of_table.get(name.as_str()) {
                Some(first) => found.push(names::same_constraint(name, *place, *first)),
                None => drop(of_table.insert(name, *place)),
            }
        }
    }
    cx.diagnostics.extend(found);
}
