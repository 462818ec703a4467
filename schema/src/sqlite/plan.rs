//! How SQLite gets from one state to another: in one transaction. A change that it has a statement
//! for is that statement; ([`super::small`]); for all else the table is made anew ([`super::rebuild`]).

use rex_sql::ident;

use super::render::{create_table, create_view};
use super::{rebuild, small};
use crate::database::Table;
use crate::diff::{AlterTable, Change, Id};
use crate::order;
use crate::plan::{Code, Hazard, Mode, Reverse, State, Step, adopts, hazard_of, reverse_of, shown};
use crate::render;

pub(super) fn plan(state: &State<'_>) -> Vec<Step> {
    if state.changes.is_empty() {
        return Vec::new();
    }
    let mut planner = Planner { state, steps: Vec::new(), rebuilt: Vec::new(), keys_off: false };
    planner.adopt_tables();
    let views = planner.views_to_drop();
    planner.drop_views(&views);
    planner.renames();
    planner.drop_tables();
    planner.alter_tables();
    planner.create_tables();
    planner.create_views(&views);
    let Planner { steps, rebuilt, keys_off, .. } = planner;
    let mut steps = steps.into_iter();
    let Some(mut whole) = steps.next() else { return Vec::new() };
    steps.for_each(|step| whole.join(step));
    if keys_off {
        whole.mode = Mode::Rebuild { tables: rebuilt };
    }
    vec![whole]
}

struct Planner<'a> {
    state: &'a State<'a>,
    steps: Vec<Step>,
    rebuilt: Vec<String>,
    /// Whether foreign keys must not act while it runs.
    keys_off: bool,
}

impl Planner<'_> {
    /// Views of before that change, or that may read what changes: SQLite looks at all views when
    /// it renames.
    fn views_to_drop(&self) -> Vec<String> {
        let touches = |change: &Change| {
            let is_rename = matches!(change, Change::RenameTable(..) | Change::RenameColumn(..));
            is_rename || matches!(change, Change::DropTable(_) | Change::AlterTable(_))
        };
        let all = self.state.changes.iter().any(touches);
        let is_changed = |name: &str| {
            self.state.changes.iter().any(|change| match change {
                Change::DropView(view) | Change::AlterView(view, _) => view.name == name,
                _ => false,
            })
        };
        let old = &self.state.before.views;
        let views = order::of_views(old).into_iter().map(|place| old[place].name.clone());
        views.filter(|name| all || is_changed(name)).collect()
    }

    fn drop_views(&mut self, views: &[String]) {
        for name in views.iter().rev() {
            let is_gone = !self.state.after.views.iter().any(|view| view.name == *name);
            let hazard = Hazard::new(Code::DropView, name, "programs that read the view fail");
            let hazards = if is_gone { vec![hazard] } else { Vec::new() };
            let statement = format!("DROP VIEW {}", ident(name));
            self.steps.push(Step::new(format!("drop the view {name}"), vec![statement]).with(hazards));
        }
    }

    fn create_views(&mut self, dropped: &[String]) {
        let new = &self.state.after.views;
        for view in order::of_views(new).into_iter().map(|place| &new[place]) {
            let is_there = self.state.before.views.iter().any(|old| old.name == view.name);
            if !is_there || dropped.contains(&view.name) {
                let change = format!("create the view {}", view.name);
                self.steps.push(Step::new(change, vec![create_view(view)]));
            }
        }
    }

    fn renames(&mut self) {
        let tables: Vec<(&Id, &Id)> = (self.state.changes.iter())
            .filter_map(|change| match change {
                Change::RenameTable(before, after) => Some((before, after)),
                _ => None,
            })
            .collect();
        self.keys_off |= !tables.is_empty();
        let names: Vec<(&str, &str)> =
            tables.iter().map(|(old, new)| (old.1.as_str(), new.1.as_str())).collect();
        for (old, new, is_real) in order::renames(&names) {
            let statement = format!("ALTER TABLE {} RENAME TO {}", ident(&old), ident(&new));
            let hazard = Hazard::new(Code::Rename, &new, "programs that use the old name fail");
            let hazards = if is_real { vec![hazard] } else { Vec::new() };
            let change = format!("rename the table {old} to {new}");
            self.steps.push(Step::new(change, vec![statement]).with(hazards));
        }
        for table in &self.state.after.tables {
            let columns: Vec<(&str, &str)> = (self.state.changes.iter())
                .filter_map(|change| match change {
                    Change::RenameColumn(id, old, new) if id.1 == table.name => {
                        Some((old.as_str(), new.as_str()))
                    }
                    _ => None,
                })
                .collect();
            for (old, new, is_real) in order::renames(&columns) {
                let name = &table.name;
                let statement =
                    format!("ALTER TABLE {} RENAME COLUMN {} TO {}", ident(name), ident(&old), ident(&new));
                let hazard =
                    Hazard::new(Code::Rename, format!("{name}.{new}"), "programs that use the old name fail");
                let hazards = if is_real { vec![hazard] } else { Vec::new() };
                let change = format!("rename the column {name}.{old} to {new}");
                self.steps.push(Step::new(change, vec![statement]).with(hazards));
            }
        }
    }

    fn drop_tables(&mut self) {
        for change in self.state.changes {
            let Change::DropTable(table) = change else { continue };
            self.keys_off = true;
            let name = &table.name;
            let hazard = Hazard::new(Code::DropTable, name, "the rows of the table are lost");
            let step =
                Step::new(format!("drop the table {name}"), vec![format!("DROP TABLE {}", ident(name))]);
            self.steps.push(step.with(vec![hazard]).reversed(Reverse::loses(format!("the rows of {name}"))));
        }
    }

    /// Tables that another tool has made: they are there, unless the database is made from the migrations
    /// alone.
    fn adopt_tables(&mut self) {
        let adopted: Vec<Table> = (self.state.changes.iter())
            .filter_map(|change| match change {
                Change::AdoptTable(table) => Some(table.clone()),
                _ => None,
            })
            .collect();
        for table in order::creation(&adopted).into_iter().map(|place| &adopted[place]) {
            let mut statements = vec![create_table(table).replacen("TABLE ", "TABLE IF NOT EXISTS ", 1)];
            let indexes = render::indexes(None, &table.name, &table.indexes);
            statements.extend(indexes.map(|text| text.replacen("INDEX ", "INDEX IF NOT EXISTS ", 1)));
            let step = Step::new(format!("adopt the table {}", table.name), statements);
            self.steps.push(step.with(vec![adopts(&table.name)]));
        }
    }

    fn create_tables(&mut self) {
        let new: Vec<Table> = (self.state.changes.iter())
            .filter_map(|change| match change {
                Change::CreateTable(table) => Some(table.clone()),
                _ => None,
            })
            .collect();
        for place in order::creation(&new) {
            let table = &new[place];
            let mut statements = vec![create_table(table)];
            statements.extend(render::indexes(None, &table.name, &table.indexes));
            self.steps.push(Step::new(format!("create the table {}", table.name), statements));
        }
    }

    fn alter_tables(&mut self) {
        for change in self.state.changes {
            let Change::AlterTable(alter) = change else { continue };
            let mut step = match small::statements(alter, self.state.options.server) {
                Some(statements) => Step::new(described(alter), statements),
                None => {
                    self.keys_off = true;
                    self.rebuilt.push(alter.after.name.clone());
                    Step::new(described(alter), rebuild::statements(alter, self.state.options.allowed))
                }
            };
            for change in &alter.changes {
                step = step.with(hazard_of(alter, change)).reversed(reverse_of(alter, change));
            }
            step = step.with(rebuild::hazards(alter));
            self.steps.push(step);
        }
    }
}

fn described(alter: &AlterTable) -> String {
    let changes: Vec<String> = alter.changes.iter().map(|change| change.described()).collect();
    format!("change the table {}: {}", shown(None, &alter.after.name), changes.join(", "))
}
