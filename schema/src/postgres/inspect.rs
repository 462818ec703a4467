//! What is in a PostgreSQL database, from the answers to the queries of [`super::catalogue`].

use std::collections::HashMap;

use rex_sql::{Dialect, ident};

use super::catalogue::{QUERIES, SESSION};
use super::native;
use super::types::{Default, Element, Type};
use crate::database::{self as db, Column, Condition, Database, Query, Sql, Table, View, ViewColumn};
use crate::inspect::{Inspected, Inspection, Kind, Object, Rows};
use crate::syntax::constraint::{self, Clause};
use crate::syntax::cursor::Cursor;
use crate::syntax::index;

pub(super) const INSPECTION: Inspection = Inspection { session: SESSION, queries: QUERIES, decode };

/// A schema and a name.
type Id = (Option<String>, String);

/// Where a relation is among those found.
#[derive(Clone, Copy)]
enum Place {
    Table(usize),
    View(usize),
}

struct Decoder {
    found: Inspected,
    places: HashMap<Id, Place>,
}

/// A row of an answer.
#[derive(Clone, Copy)]
struct Row<'a>(&'a [Option<String>]);

impl Row<'_> {
    fn optional(self, at: usize) -> Option<String> {
        self.0.get(at).cloned().flatten()
    }

    fn text(self, at: usize) -> String {
        self.optional(at).unwrap_or_default()
    }

    fn is_true(self, at: usize) -> bool {
        self.0.get(at).and_then(Option::as_deref) == Some("true")
    }

    /// Two columns.
    fn id(self, at: usize) -> Id {
        (self.optional(at), self.text(at + 1))
    }
}

fn decode(answers: &[Rows]) -> Inspected {
    let database = Database {
        dialect: Dialect::Postgres,
        schemas: Vec::new(),
        enums: Vec::new(),
        tables: Vec::new(),
        views: Vec::new(),
    };
    let found = Inspected { database, others: Vec::new() };
    let mut decoder = Decoder { found, places: HashMap::new() };
    let steps: [fn(&mut Decoder, Row<'_>); 7] = [
        |decoder, row| decoder.found.database.schemas.push(row.text(0)),
        Decoder::label,
        Decoder::relation,
        Decoder::column,
        Decoder::constraint,
        Decoder::index,
        Decoder::other,
    ];
    for (step, rows) in steps.into_iter().zip(answers) {
        rows.iter().for_each(|row| step(&mut decoder, Row(row)));
    }
    decoder.found
}

impl Decoder {
    fn label(&mut self, row: Row<'_>) {
        let (schema, name) = row.id(0);
        let enums = &mut self.found.database.enums;
        if enums.last().is_none_or(|last| last.schema != schema || last.name != name) {
            enums.push(db::Enum { schema, name, labels: Vec::new(), comment: row.text(2) });
        }
        if let (Some(last), Some(label)) = (enums.last_mut(), row.optional(3)) {
            last.labels.push(label);
        }
    }

    fn relation(&mut self, row: Row<'_>) {
        let (schema, name) = row.id(0);
        let (kind, comment) = (row.text(2), row.text(3));
        let oddity = row.optional(5);
        let tables = &mut self.found.database.tables;
        match kind.as_str() {
            "r" if oddity.as_ref().is_none_or(|oddity| !oddity.contains("part")) => {
                self.places.insert((schema.clone(), name.clone()), Place::Table(tables.len()));
                if let Some(text) = oddity {
                    let table = Some(name.clone());
                    let name = String::new();
                    let schema = schema.clone();
                    self.found.others.push(Object { kind: Kind::Clause, schema, name, table, text });
                }
                tables.push(table(schema, name, comment));
            }
            "v" | "m" => {
                let views = &mut self.found.database.views;
                self.places.insert((schema.clone(), name.clone()), Place::View(views.len()));
                let query = row.text(4);
                views.push(View {
                    schema,
                    name,
                    comment,
                    columns: Vec::new(),
                    query: Query(Sql::reprinted(query.trim().trim_end_matches(';'))),
                    materialized: kind == "m",
                    indexes: Vec::new(),
                });
            }
            _ => {
                let text = oddity.unwrap_or_else(|| "it is in another place".to_owned());
                self.found.others.push(Object { kind: Kind::Table, schema, name, table: None, text });
            }
        }
    }

    fn column(&mut self, row: Row<'_>) {
        let id = row.id(0);
        let (name, comment) = (row.text(2), row.text(11));
        let ty = column_type(row);
        match self.places.get(&id) {
            Some(&Place::View(place)) => {
                let cast = Some(db::Type::Postgres(ty));
                self.found.database.views[place].columns.push(ViewColumn { name, cast, comment });
            }
            Some(&Place::Table(place)) => {
                let text = row.optional(9);
                let generated = row.text(10);
                let (default, computed) = match generated.as_str() {
                    "" => (text.map(|text| Default::Sql(Sql::reprinted(text))), None),
                    _ => (None, text.map(Sql::reprinted)),
                };
                if let Some(text) = oddity(&row.text(8), &generated) {
                    self.note(id, name.clone(), text);
                }
                self.found.database.tables[place].columns.push(Column {
                    name,
                    ty: db::Type::Postgres(ty),
                    nullable: !row.is_true(7),
                    default: default.map(db::Default::Postgres),
                    autoincrement: !row.text(8).is_empty(),
                    computed,
                    comment,
                });
            }
            None => {}
        }
    }

    fn note(&mut self, (schema, table): Id, name: String, text: String) {
        self.found.others.push(Object { kind: Kind::Clause, schema, name, table: Some(table), text });
    }

    fn constraint(&mut self, row: Row<'_>) {
        let id = row.id(0);
        let Some(&Place::Table(place)) = self.places.get(&id) else { return };
        let (name, text) = (row.text(2), row.text(3));
        let table = &mut self.found.database.tables[place];
        let clause = Cursor::new(&text).and_then(|mut cursor| {
            let clause = constraint::clause(&mut cursor)?;
            cursor.is_done().then_some(clause)
        });
        let key = |name, columns, nulls_not_distinct| db::Key { name, columns, nulls_not_distinct };
        match clause {
            Some(Clause::PrimaryKey(columns)) => table.primary_key = Some(key(name, columns, false)),
            Some(Clause::Unique { columns, nulls_not_distinct }) => {
                table.uniques.push(key(name, columns, nulls_not_distinct));
            }
            Some(Clause::Check(text)) => {
                let condition = Condition::Sql(Sql::reprinted(text));
                table.checks.push(db::Check { name, condition });
            }
            Some(Clause::ForeignKey { columns, reference }) => {
                let (target_schema, target) = row.id(4);
                table.foreign_keys.push(db::ForeignKey {
                    name,
                    columns,
                    target_schema,
                    target,
                    target_columns: reference.columns,
                    on_delete: reference.on_delete,
                    on_key_change: reference.on_key_change,
                    deferrable: reference.deferrable,
                });
            }
            None => {
                let (schema, table) = id;
                let table = Some(table);
                self.found.others.push(Object { kind: Kind::Constraint, schema, name, table, text });
            }
        }
    }

    fn index(&mut self, row: Row<'_>) {
        let (schema, relation) = row.id(0);
        let (name, text) = (row.text(2), row.text(3));
        let database = &mut self.found.database;
        let indexes = match self.places.get(&(schema.clone(), relation.clone())) {
            Some(&Place::Table(place)) => &mut database.tables[place].indexes,
            Some(&Place::View(place)) => &mut database.views[place].indexes,
            None => return,
        };
        match index::index(&text, |text| Sql::reprinted(text)).filter(|_| row.is_true(4)) {
            Some(index) => indexes.push(index),
            None => {
                let table = Some(relation);
                self.found.others.push(Object { kind: Kind::Index, schema, name, table, text });
            }
        }
    }

    fn other(&mut self, row: Row<'_>) {
        let kind = match row.text(0).as_str() {
            "trigger" => Kind::Trigger,
            "policy" => Kind::Policy,
            "rule" => Kind::Rule,
            "sequence" => Kind::Sequence,
            "function" => Kind::Function,
            "type" => Kind::Type,
            _ => Kind::Extension,
        };
        let (schema, name) = row.id(1);
        self.found.others.push(Object { kind, schema, name, table: row.optional(3), text: row.text(4) });
    }
}

fn table(schema: Option<String>, name: String, comment: String) -> Table {
    Table {
        schema,
        name,
        comment,
        columns: Vec::new(),
        primary_key: None,
        uniques: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        indexes: Vec::new(),
    }
}

fn column_type(row: Row<'_>) -> Type {
    match (row.optional(5), row.optional(12)) {
        (None, Some(collation)) => {
            let element = Element::Native(format!("{} COLLATE {}", row.text(3), ident(&collation)));
            Type { element, array: false }
        }
        (Some(name), _) => {
            Type { element: Element::Enum { schema: row.optional(4), name }, array: row.is_true(6) }
        }
        (None, None) => native::read(&row.text(3)),
    }
}

/// What a column says that Rex has no word for.
fn oddity(identity: &str, generated: &str) -> Option<String> {
    match (identity, generated) {
        ("a", _) => Some("GENERATED ALWAYS AS IDENTITY".to_owned()),
        (_, "v") => Some("GENERATED ALWAYS AS … VIRTUAL".to_owned()),
        _ => None,
    }
}
