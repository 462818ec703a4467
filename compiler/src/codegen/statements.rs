//! The SQL that is fixed at build time, each statement under a number of its own.

use rex_schema::model::{Column, Model, ModelId};
use rex_schema::{Dialect, Schema};
use rex_sql::{ColumnRef, Table, fixed};
use syn::Expr;

use super::{Options, constant, repository, types};

/// The fixed statements of all models.
pub(super) struct Statements {
    models: Vec<ModelStatements>,
}

/// The fixed statements of a model.
#[derive(Debug)]
pub(super) struct ModelStatements {
    /// By the primary key, if there is one, then by each unique.
    pub(super) gets: Vec<Text>,
    /// All columns, as queries list them.
    listed: [String; 2],
    /// None where rows are only read.
    pub(super) writes: Option<Writes>,
}

/// The statements that write one row.
#[derive(Debug)]
pub(super) struct Writes {
    pub(super) insert: Text,
    pub(super) delete: Text,
}

/// A statement's number and its text for each database.
#[derive(Debug)]
pub(super) struct Text {
    id: u32,
    /// Empty where the schema does not serve the database.
    pub(super) postgres: String,
    pub(super) sqlite: String,
}

impl Statements {
    pub(super) fn new(schema: &Schema, options: &Options) -> Statements {
        let mut writer = Writer { next: 0, options };
        Statements { models: schema.models().map(|(_, model)| writer.model(model)).collect() }
    }

    pub(super) fn of(&self, model: ModelId) -> &ModelStatements {
        &self.models[model.index()]
    }
}

/// The table of a model, as statements name it.
pub(super) fn table(model: &Model) -> Table {
    Table { schema: model.schema.clone().map(Into::into), name: model.table.clone().into() }
}

struct Writer<'a> {
    next: u32,
    options: &'a Options,
}

impl Writer<'_> {
    fn model(&mut self, model: &Model) -> ModelStatements {
        let table = table(model);
        let all: Vec<&str> = model.columns.iter().map(|column| column.name.as_str()).collect();
        let names = |places: &[usize]| -> Vec<&str> { places.iter().map(|&place| all[place]).collect() };
        let shown = |column: &Column| ColumnRef::new(column.name.clone()).shown(types::as_text(column));
        let shown: Vec<ColumnRef> = model.columns.iter().map(shown).collect();
        let gone = model.soft_delete.map(|place| all[place]);
        // Of a row that counts its changes one version is deleted, and no other.
        let deleted: Vec<usize> = model.primary_key.iter().copied().chain(model.version).collect();
        let key = Some(&model.primary_key).filter(|key| !key.is_empty());
        let keys = key.into_iter().chain(repository::total(model).map(|(_, unique)| &unique.columns));
        let own: Vec<&str> = model
            .columns
            .iter()
            .filter(|column| !types::is_the_databases(column))
            .map(|column| column.name.as_str())
            .collect();
        let listed = [Dialect::Postgres, Dialect::Sqlite];
        ModelStatements {
            listed: listed.map(|dialect| self.served(dialect, |dialect| fixed::list(dialect, &shown))),
            gets: keys
                .map(|key| self.text(|dialect| fixed::get(dialect, &table, &shown, &names(key), gone)))
                .collect(),
            writes: (!model.is_read_only()).then(|| Writes {
                insert: self.text(|dialect| fixed::insert(dialect, &table, &own, &shown)),
                delete: self.text(|dialect| fixed::delete(dialect, &table, &names(&deleted))),
            }),
        }
    }

    fn text(&mut self, sql: impl Fn(Dialect) -> String) -> Text {
        let id = self.next;
        self.next += 1;
        let [postgres, sqlite] =
            [Dialect::Postgres, Dialect::Sqlite].map(|dialect| self.served(dialect, &sql));
        Text { id, postgres, sqlite }
    }

    fn served(&self, dialect: Dialect, sql: impl Fn(Dialect) -> String) -> String {
        match self.options.databases.contains(&dialect) {
            true => sql(dialect),
            false => String::new(),
        }
    }
}

impl ModelStatements {
    /// The runtime's `SelectList`.
    pub(super) fn listed(&self) -> Expr {
        let [postgres, sqlite] = &self.listed;
        let fields = [("postgres", constant::raw(postgres)), ("sqlite", constant::raw(sqlite))];
        constant::structure("__::SelectList", fields)
    }
}

impl Text {
    /// The runtime's `Statement`.
    pub(super) fn constant(&self) -> Expr {
        let fields = [
            ("id", constant::number(self.id as usize)),
            ("postgres", constant::raw(&self.postgres)),
            ("sqlite", constant::raw(&self.sqlite)),
        ];
        constant::structure("__::Statement", fields)
    }

    /// The text as documentation; once if both databases have the same.
    pub(super) fn docs(&self) -> String {
        let texts = [("PostgreSQL", &self.postgres), ("SQLite", &self.sqlite)];
        let served: Vec<_> = texts.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        let blocks = served.iter().map(|(name, text)| match served.len() {
            1 => format!("```sql\n{text}\n```"),
            _ => format!("{name}:\n\n```sql\n{text}\n```"),
        });
        blocks.collect::<Vec<_>>().join("\n\n")
    }
}
