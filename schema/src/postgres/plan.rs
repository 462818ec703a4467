//! How PostgreSQL gets from one state to another while programs use it: what would stop them for
//! long is taken apart into steps that do not.
//!
//! | phase | what |
//! |---|---|
//! | adopt | tables that another tool has made |
//! | make room | schemas, enum types, labels; views, keys, checks and indexes that go |
//! | rename | tables, columns, sequences, constraints, indexes |
//! | change | new tables; columns of old ones |
//! | fill | values of new columns, then what is required |
//! | hold | indexes and keys, built beside the traffic; checks and foreign keys, validated later |
//! | tidy | views, comments, types and schemas that nothing uses any more |

mod adopt;
mod columns;
mod dependents;
mod enums;
mod hold;
mod names;
mod using;
mod views;

use std::collections::HashSet;

use rex_sql::ident;

use super::render::{add_foreign_key, create_schema, create_table, table_comments};
use crate::database::{ForeignKey, Table};
use crate::diff::{AlterTable, Change, Constraint, Id, TableChange};
use crate::plan::{Code, Hazard, Reverse, State, Step, hazard_of, is_replaced, shown, shown_id};
use crate::{order, render};

pub(super) fn plan(state: &State<'_>) -> Vec<Step> {
    let retyped = enums::rebuilt(state.changes);
    let alters = dependents::expanded(state, &retyped);
    let mut planner = Planner { state, alters, retyped, steps: Vec::new(), sealed: true };
    planner.adopt_tables();
    planner.create_schemas();
    planner.make_enums();
    let views = planner.drop_views();
    planner.drop_keys_of_tables();
    planner.drop_constraints();
    planner.drop_indexes();
    planner.drop_tables();
    planner.rename();
    planner.rebuild_enums();
    let keys = planner.create_tables();
    planner.change_columns();
    planner.fill_columns();
    planner.hold();
    planner.add_keys(&keys);
    planner.create_views(&views);
    planner.comment();
    planner.drop_types();
    planner.steps
}

/// Statements of a transaction. A server with little room has it for the locks of 6,400 objects, and a table
/// with a key and an index is five.
const LONGEST: usize = 500;

struct Planner<'a> {
    state: &'a State<'a>,
    /// Changes of tables, with those that others bring along.
    alters: Vec<AlterTable>,
    /// Enum types that are made anew.
    retyped: HashSet<Id>,
    steps: Vec<Step>,
    /// Whether the last step is complete.
    sealed: bool,
}

impl<'a> Planner<'a> {
    /// In the transaction of what came before, if that is one which may be longer.
    fn add(&mut self, step: Step) {
        let may_be_longer = |last: &&mut Step| !self.sealed && last.statements.len() < LONGEST;
        match self.steps.last_mut().filter(may_be_longer) {
            Some(last) => last.join(step),
            None => self.steps.push(step),
        }
        self.sealed = false;
    }

    fn run(&mut self, change: impl Into<String>, statements: Vec<String>) {
        self.add(Step::new(change, statements));
    }

    /// On its own.
    fn alone(&mut self, step: Step) {
        self.steps.push(step);
        self.sealed = true;
    }

    fn create_schemas(&mut self) {
        for change in self.state.changes {
            if let Change::CreateSchema(name) = change {
                self.run(format!("create the schema {name}"), vec![create_schema(name)]);
            }
        }
    }

    /// The keys of tables that go: the constraints that they lead to may go as well.
    fn drop_keys_of_tables(&mut self) {
        for table in self.gone() {
            for key in &table.foreign_keys {
                let statement =
                    format!("ALTER TABLE {} DROP CONSTRAINT {}", table_name(table), ident(&key.name));
                self.run(format!("drop the constraint {}", key.name), vec![statement]);
            }
        }
    }

    /// The tables that go, as they are before.
    fn gone(&self) -> Vec<&'a Table> {
        let gone = self.state.changes.iter().filter_map(|change| match change {
            Change::DropTable(table) => Some(table),
            _ => None,
        });
        gone.collect()
    }

    /// Before renames: by the names of before.
    fn drop_tables(&mut self) {
        for table in self.gone() {
            let shown = shown(table.schema.as_deref(), &table.name);
            let hazard = Hazard::new(Code::DropTable, &shown, "the rows of the table are lost");
            let statement = format!("DROP TABLE {}", table_name(table));
            let step = Step::new(format!("drop the table {shown}"), vec![statement]);
            self.add(step.with(vec![hazard]).reversed(Reverse::loses(format!("the rows of {shown}"))));
        }
    }

    /// Answers with the keys of new tables that have to wait until what they refer to is changed.
    fn create_tables(&mut self) -> Vec<(Table, ForeignKey)> {
        let new: Vec<Table> = (self.state.changes.iter())
            .filter_map(|change| match change {
                Change::CreateTable(table) => Some(table.clone()),
                _ => None,
            })
            .collect();
        let mut created = HashSet::new();
        let mut late = Vec::new();
        for place in order::creation(&new) {
            let table = &new[place];
            created.insert(table.id());
            let (now, later): (Vec<_>, Vec<_>) =
                table.foreign_keys.iter().partition(|key| created.contains(&key.target_id()));
            let mut statements = vec![create_table(table, &now)];
            statements.extend(render::indexes(table.schema.as_deref(), &table.name, &table.indexes));
            statements.extend(table_comments(table));
            let shown = shown(table.schema.as_deref(), &table.name);
            self.run(format!("create the table {shown}"), statements);
            late.extend(later.into_iter().map(|key| (table, key)));
        }
        let is_changed =
            |key: &ForeignKey| self.alters.iter().any(|alter| alter.after.id() == key.target_id());
        let (waiting, late): (Vec<_>, Vec<_>) = late.into_iter().partition(|(_, key)| is_changed(key));
        // A key locks the table that it refers to: one at a time, and for a moment, since the new
        // table is empty.
        for (table, key) in late {
            if !new.iter().any(|other| other.id() == key.target_id()) {
                self.sealed = true;
            }
            self.run(format!("add the constraint {}", key.name), vec![add_foreign_key(table, key)]);
        }
        waiting.into_iter().map(|(table, key)| (table.clone(), key.clone())).collect()
    }

    fn add_keys(&mut self, keys: &[(Table, ForeignKey)]) {
        for (table, key) in keys {
            self.sealed = true;
            self.run(format!("add the constraint {}", key.name), vec![add_foreign_key(table, key)]);
        }
    }

    fn drop_constraints(&mut self) {
        let alters = self.alters.clone();
        let all = alters.iter().flat_map(|alter| alter.changes.iter().map(move |change| (alter, change)));
        let (keys, others): (Vec<_>, Vec<_>) = all.partition(|(_, change)| {
            matches!(change, TableChange::DropConstraint(Constraint::ForeignKey(_)))
        });
        // Foreign keys before what they refer to.
        for pass in [keys, others] {
            for (alter, change) in pass {
                let TableChange::DropConstraint(constraint) = change else { continue };
                // The old key goes in the moment in which the new one comes.
                if matches!(constraint, Constraint::PrimaryKey(_)) && alter.after.primary_key.is_some() {
                    continue;
                }
                if self.is_replaced(alter, constraint) {
                    continue;
                }
                let name = self.old_name(&alter.after);
                let statement = format!("ALTER TABLE {name} DROP CONSTRAINT {}", ident(constraint.name()));
                let step = Step::new(format!("drop the constraint {}", constraint.name()), vec![statement]);
                self.add(step.with(hazard_of(alter, change)));
            }
        }
    }

    /// Whether a constraint holds until another one of its name does. A key must go before what it leads to.
    fn is_replaced(&self, alter: &AlterTable, constraint: &Constraint) -> bool {
        let is_free = match constraint {
            Constraint::ForeignKey(key) => {
                let target = self.alters.iter().find(|other| other.after.id() == key.target_id());
                target.is_none_or(|target| {
                    dependents::moved(target).is_empty() && dependents::dropped_keys([target]).is_empty()
                })
            }
            Constraint::PrimaryKey(_) | Constraint::Unique(_) | Constraint::Check(_) => true,
        };
        is_free && is_replaced(alter, constraint)
    }

    /// The name of a table before it is renamed.
    fn old_name(&self, table: &Table) -> String {
        let id = (table.schema.clone(), table.name.clone());
        let old = self.state.changes.iter().find_map(|change| match change {
            Change::RenameTable(old, new) if *new == id => Some(old),
            _ => None,
        });
        let (schema, name) = old.unwrap_or(&id);
        render::qualified(schema.as_deref(), name)
    }

    /// The name of a table's schema before it is renamed.
    fn old_schema(&self, table: &Table) -> Option<String> {
        let id = (table.schema.clone(), table.name.clone());
        let old = self.state.changes.iter().find_map(|change| match change {
            Change::RenameTable(old, new) if *new == id => Some(old.0.clone()),
            _ => None,
        });
        old.unwrap_or(id.0)
    }

    fn comment(&mut self) {
        for alter in self.alters.clone() {
            let (before, after) = (&alter.before, &alter.after);
            let name = table_name(after);
            if before.comment != after.comment {
                let statement = comment_on("TABLE", &name, &after.comment);
                self.run(format!("another comment of the table {}", after.name), vec![statement]);
            }
            for column in &after.columns {
                let old = before.columns.iter().find(|old| old.name == column.name);
                let is_new = self.is_remade(&alter, &column.name);
                let old = old.filter(|_| !is_new).map(|old| old.comment.as_str()).unwrap_or_default();
                if old != column.comment {
                    let on = format!("{name}.{}", ident(&column.name));
                    let statement = comment_on("COLUMN", &on, &column.comment);
                    self.run(
                        format!("another comment of the column {}.{}", after.name, column.name),
                        vec![statement],
                    );
                }
            }
        }
    }

    /// Whether a column is there because it has been added.
    fn is_remade(&self, alter: &AlterTable, column: &str) -> bool {
        alter.changes.iter().any(|change| match change {
            TableChange::AddColumn(new, _) => new.name == column,
            TableChange::AlterColumn(change) => change.after.name == column && columns::is_made_anew(change),
            _ => false,
        })
    }

    fn drop_types(&mut self) {
        for id in self.retyped.clone().into_iter().collect::<std::collections::BTreeSet<Id>>() {
            let statement =
                format!("DROP TYPE {}", render::qualified(id.0.as_deref(), &enums::old_name(&id.1)));
            self.run(format!("drop what the type {} was", shown_id(&id)), vec![statement]);
        }
        for change in self.state.changes {
            if let Change::DropEnum(item) = change {
                let statement =
                    format!("DROP TYPE {}", render::qualified(item.schema.as_deref(), &item.name));
                self.run(format!("drop the type {}", item.name), vec![statement]);
            }
        }
        for change in self.state.changes {
            if let Change::DropSchema(name) = change {
                // Others may have put something there: then it stays, and this fails.
                let statement = format!("DROP SCHEMA {}", ident(name));
                self.run(format!("drop the schema {name}"), vec![statement]);
            }
        }
    }
}

fn table_name(table: &Table) -> String {
    render::qualified(table.schema.as_deref(), &table.name)
}

/// An empty comment is none.
fn comment_on(kind: &str, name: &str, comment: &str) -> String {
    let text = if comment.is_empty() { "NULL".to_owned() } else { rex_sql::text(comment) };
    format!("COMMENT ON {kind} {name} IS {text}")
}
