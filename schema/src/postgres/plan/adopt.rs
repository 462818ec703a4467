//! Tables that another tool has made: they are there, and stay as they are. In a database that is made from
//! the migrations alone they are not, and come: whoever has them is not touched.

use std::collections::HashSet;

use rex_sql::ident;

use super::hold::concurrently;
use super::{Planner, table_name};
use crate::database::Table;
use crate::diff::Change;
use crate::order;
use crate::plan::{Step, adopts, shown};
use crate::postgres::render::{add_foreign_key, create_schema, create_table};

impl Planner<'_> {
    pub(super) fn adopt_tables(&mut self) {
        let tables: Vec<Table> = (self.state.changes.iter())
            .filter_map(|change| match change {
                Change::AdoptTable(table) => Some(table.clone()),
                _ => None,
            })
            .collect();
        let mut keys = Vec::new();
        let mut late: HashSet<_> = tables.iter().map(|table| table.id()).collect();
        for place in order::creation(&tables) {
            let table = &tables[place];
            late.remove(&table.id());
            let (later, now): (Vec<_>, Vec<_>) =
                table.foreign_keys.iter().partition(|key| late.contains(&key.target_id()));
            let mut statements: Vec<String> = table.schema.iter().map(|name| create_schema(name)).collect();
            statements.push(create_table(table, &now).replacen("TABLE ", "TABLE IF NOT EXISTS ", 1));
            let shown = shown(table.schema.as_deref(), &table.name);
            self.add(Step::new(format!("adopt the table {shown}"), statements).with(vec![adopts(&shown)]));
            keys.extend(later.into_iter().map(|key| (table, key)));
        }
        // Of tables that refer to each other; there is no other way to say that one may be there.
        for (table, key) in keys {
            let gone =
                format!("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table_name(table), ident(&key.name));
            self.run(format!("adopt the constraint {}", key.name), vec![gone, add_foreign_key(table, key)]);
        }
        for table in &tables {
            for index in &table.indexes {
                let mut step = concurrently(table, index);
                step.statements = step.statements.iter().map(|text| only_if_new(text)).collect();
                self.alone(step);
            }
        }
    }
}

fn only_if_new(statement: &str) -> String {
    statement.replacen("CONCURRENTLY ", "CONCURRENTLY IF NOT EXISTS ", 1)
}
