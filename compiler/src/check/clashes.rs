//! Ninth pass: names that meet in a database or in generated Rust.

mod rust;

use std::collections::{HashMap, HashSet};

use rex_schema::Dialect;

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

/// Tables by name, folded: SQLite compares without regard to case.
type Tables = HashMap<String, (Place, String)>;

fn tables(cx: &mut Cx<'_>) -> Tables {
    let mut tables = Tables::new();
    for model in cx.with_rows() {
        let draft = &cx.models[model];
        let (name, place, owner) = (draft.table.clone(), draft.table_place, draft.name().to_owned());
        match tables.get(&name.to_lowercase()) {
            Some((first, other)) => {
                let diagnostic = names::same_table(&name, place, *first, other);
                cx.report(diagnostic);
            }
            None => drop(tables.insert(name.to_lowercase(), (place, format!("`{owner}`")))),
        }
    }
    tables
}

fn join_tables(cx: &mut Cx<'_>, taken: &mut Tables) {
    for join in 0..cx.join_tables.len() {
        let draft = &cx.join_tables[join];
        let (name, place, (model, field)) = (draft.table.clone(), draft.place, draft.owner);
        let columns: Vec<String> = draft.sides.iter().flat_map(|(_, columns)| columns.clone()).collect();
        let folded = name.to_lowercase();
        match taken.get(&folded) {
            Some((first, owner)) => {
                let diagnostic = names::join_table_clash(&name, place, *first, owner);
                cx.report(diagnostic);
            }
            None => {
                let owner = format!(
                    "the join table of `{}.{}`",
                    cx.models[model].name(),
                    cx.field(model, field).name()
                );
                taken.insert(folded, (place, owner));
            }
        }
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
    let mut types: HashMap<String, Place> = HashMap::new();
    for index in 0..cx.enums.len() {
        let draft = &cx.enums[index];
        let (name, place) = (draft.type_name.clone(), Place { file: draft.file, span: draft.ast.name.span });
        if POSTGRES_TYPES.contains(&name.as_str()) {
            cx.report(names::postgres_type(&name, place));
        } else if let Some((table, _)) = tables.get(&name.to_lowercase()) {
            cx.report(names::table_and_enum(&name, place, *table));
        } else if let Some(first) = types.get(&name) {
            cx.report(names::same_type(&name, place, *first));
        } else {
            types.insert(name, place);
        }
    }
}

/// Names that the user wrote for constraints and indexes; those that Rex makes give way. Indexes,
/// and unique constraints, which bring one, share the names of tables; foreign keys share those
/// of their table's constraints.
fn constraints(cx: &mut Cx<'_>, tables: &Tables) {
    let mut seen: HashMap<String, Place> = HashMap::new();
    let mut found = Vec::new();
    for model in cx.models.iter().filter(|model| model.has_rows()) {
        let indexes = model.uniques.iter().chain(&model.indexes);
        for (name, place) in indexes.filter_map(|index| index.name.as_ref()) {
            let folded = name.to_lowercase();
            if let Some((first, _)) = tables.get(&folded) {
                found.push(names::index_and_table(name, *place, *first));
            } else if let Some(first) = seen.get(&folded) {
                found.push(names::same_constraint(name, *place, *first));
            } else {
                seen.insert(folded, *place);
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
