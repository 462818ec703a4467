//! Indexes and constraints of tables that are there, without keeping writers waiting: indexes are
//! built beside the traffic, keys take such an index over, checks and foreign keys hold for new rows
//! at once and are proved for the old ones in a transaction that blocks nobody.

use rex_sql::ident;

use super::{Planner, table_name};
use crate::database::{Index, IndexKey, IndexPart, Key, Table};
use crate::diff::{AlterTable, Constraint, TableChange};
use crate::plan::{Mode, Object, Probe, Step, hazard_of, shown};
use crate::{names, render};

impl Planner<'_> {
    pub(super) fn drop_indexes(&mut self) {
        for alter in self.alters.clone() {
            for change in &alter.changes {
                let TableChange::DropIndex(index) = change else { continue };
                let schema = self.old_schema(&alter.before);
                let name = render::qualified(schema.as_deref(), &index.name);
                let what = format!("drop the index {}", index.name);
                // It is in the way of what is done in the next transaction.
                if must_go_now(&alter, index) {
                    self.run(what, vec![format!("DROP INDEX {name}")]);
                    continue;
                }
                let mut step = Step::new(what, vec![format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")]);
                step.mode = Mode::Alone(Probe::IndexIsGone(Object { schema, name: index.name.clone() }));
                self.alone(step);
            }
        }
    }

    pub(super) fn hold(&mut self) {
        let alters = self.alters.clone();
        let each = |wanted: fn(&TableChange) -> bool| {
            alters.iter().flat_map(move |alter| {
                alter.changes.iter().filter(move |change| wanted(change)).map(move |change| (alter, change))
            })
        };
        for (alter, change) in each(|change| matches!(change, TableChange::AddIndex(_))) {
            if let TableChange::AddIndex(index) = change {
                let step = concurrently(&alter.after, index).with(hazard_of(alter, change));
                self.alone(step);
            }
        }
        for (alter, change) in each(|change| matches!(change, TableChange::AddConstraint(_))) {
            match change {
                TableChange::AddConstraint(Constraint::PrimaryKey(key)) => {
                    self.add_key(alter, change, key, "PRIMARY KEY")
                }
                TableChange::AddConstraint(Constraint::Unique(key)) => {
                    self.add_key(alter, change, key, "UNIQUE")
                }
                _ => {}
            }
        }
        for (alter, change) in each(|change| matches!(change, TableChange::AddConstraint(_))) {
            match change {
                TableChange::AddConstraint(Constraint::Check(check)) => {
                    self.add_proved(alter, change, &check.name, &render::check(check));
                }
                TableChange::AddConstraint(Constraint::ForeignKey(key)) => {
                    self.add_proved(alter, change, &key.name, &render::foreign_key(key));
                }
                _ => {}
            }
        }
    }

    fn add_key(&mut self, alter: &AlterTable, change: &TableChange, key: &Key, kind: &str) {
        let index = Index {
            name: names::passing(&key.name),
            parts: key.columns.iter().map(|column| part(column)).collect(),
            unique: true,
            condition: None,
            method: None,
            include: Vec::new(),
            nulls_not_distinct: key.nulls_not_distinct,
        };
        self.alone(concurrently(&alter.after, &index).with(hazard_of(alter, change)));
        let on = table_name(&alter.after);
        let mut statements = Vec::new();
        let old = alter.before.primary_key.as_ref().filter(|_| kind == "PRIMARY KEY");
        if let Some(old) = old {
            statements.push(format!("ALTER TABLE {on} DROP CONSTRAINT IF EXISTS {}", ident(&old.name)));
        }
        let replaced = self.replaced(alter, &key.name);
        let verb = if replaced.is_some() { "replace" } else { "add" };
        statements.extend(replaced);
        let name = ident(&key.name);
        statements.push(format!(
            "ALTER TABLE {on} ADD CONSTRAINT {name} {kind} USING INDEX {}",
            ident(&index.name)
        ));
        self.run(format!("{verb} the constraint {}", key.name), statements);
    }

    /// What takes the place of a constraint of the same name, which held until now, drops it.
    fn replaced(&self, alter: &AlterTable, name: &str) -> Option<String> {
        let is_old = |change: &&TableChange| match change {
            TableChange::DropConstraint(old) => old.name() == name && self.is_replaced(alter, old),
            _ => false,
        };
        let on = table_name(&alter.after);
        let drop = || format!("ALTER TABLE {on} DROP CONSTRAINT {}", ident(name));
        alter.changes.iter().find(is_old).map(|_| drop())
    }

    fn add_proved(&mut self, alter: &AlterTable, change: &TableChange, name: &str, text: &str) {
        let on = table_name(&alter.after);
        self.sealed = true;
        let mut statements: Vec<String> = self.replaced(alter, name).into_iter().collect();
        statements.push(format!("ALTER TABLE {on}\n    ADD {text} NOT VALID"));
        let verb = if statements.len() > 1 { "replace" } else { "add" };
        let step = Step::new(format!("{verb} the constraint {name}, for rows to come"), statements);
        self.add(step.with(hazard_of(alter, change)));
        self.sealed = true;
        let statement = format!("ALTER TABLE {on} VALIDATE CONSTRAINT {}", ident(name));
        self.run(format!("prove {name} for the rows that are there"), vec![statement]);
        self.sealed = true;
    }
}

fn part(column: &str) -> IndexPart {
    let key = IndexKey::Column(column.to_owned());
    IndexPart { key, descending: false, nulls: None, collate: None, ops: None }
}

/// Whether an index names a column that goes or changes its type.
fn must_go_now(alter: &AlterTable, index: &Index) -> bool {
    let names = |name: &str| {
        let part = index.parts.iter().any(|part| match &part.key {
            IndexKey::Column(column) => column == name,
            IndexKey::Sql(sql) => sql.mentions(name),
        });
        part || index.include.iter().any(|column| column == name)
            || index.condition.as_ref().is_some_and(|sql| sql.mentions(name))
    };
    alter.changes.iter().any(|change| match change {
        TableChange::DropColumn(column) => names(&column.name),
        TableChange::AlterColumn(change) => names(&change.after.name),
        _ => false,
    })
}

pub(super) fn concurrently(table: &Table, index: &Index) -> Step {
    let statement = render::indexes(table.schema.as_deref(), &table.name, std::slice::from_ref(index))
        .map(|text| text.replacen("INDEX ", "INDEX CONCURRENTLY ", 1))
        .collect();
    let on = shown(table.schema.as_deref(), &table.name);
    let mut step = Step::new(format!("build the index {} of {on}", index.name), statement);
    let name = Object::new(table.schema.as_deref(), &index.name);
    step.mode = Mode::Alone(Probe::IndexIsValid(name));
    step
}
