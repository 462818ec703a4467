//! New names for what is there.

use rex_sql::ident;

use super::{Planner, table_name};
use crate::diff::{Change, Id, TableChange};
use crate::plan::{Code, Hazard, Step, shown_id};
use crate::{order, render};

impl Planner<'_> {
    pub(super) fn rename(&mut self) {
        self.rename_tables();
        self.rename_columns();
        self.rename_constraints();
    }

    fn rename_tables(&mut self) {
        let renames: Vec<(&Id, &Id)> = (self.state.changes.iter())
            .filter_map(|change| match change {
                Change::RenameTable(old, new) => Some((old, new)),
                _ => None,
            })
            .collect();
        let mut schemas: Vec<&Option<String>> = renames.iter().map(|(_, new)| &new.0).collect();
        schemas.dedup();
        for (old, new) in renames.iter().filter(|(old, new)| old.0 != new.0) {
            let name = render::qualified(old.0.as_deref(), &old.1);
            let schema = ident(new.0.as_deref().unwrap_or("public"));
            let statement = format!("ALTER TABLE {name} SET SCHEMA {schema}");
            self.run(format!("move the table {} to another schema", shown_id(old)), vec![statement]);
        }
        for schema in schemas {
            let names: Vec<(&str, &str)> = (renames.iter())
                .filter(|(old, new)| new.0 == *schema && old.1 != new.1)
                .map(|(old, new)| (old.1.as_str(), new.1.as_str()))
                .collect();
            for (old, new, is_real) in order::renames(&names) {
                let name = render::qualified(schema.as_deref(), &old);
                let statement = format!("ALTER TABLE {name} RENAME TO {}", ident(&new));
                let shown = shown_id(&(schema.clone(), new.clone()));
                let hazard = Hazard::new(Code::Rename, &shown, "programs that use the old name fail");
                let step = Step::new(format!("rename the table {old} to {shown}"), vec![statement]);
                self.add(step.with(if is_real { vec![hazard] } else { Vec::new() }));
            }
        }
    }

    fn rename_columns(&mut self) {
        for table in &self.state.after.tables {
            let id = (table.schema.clone(), table.name.clone());
            let columns: Vec<(&str, &str)> = (self.state.changes.iter())
                .filter_map(|change| match change {
                    Change::RenameColumn(of, old, new) if *of == id => Some((old.as_str(), new.as_str())),
                    _ => None,
                })
                .collect();
            for (old, new, is_real) in order::renames(&columns) {
                let on = table_name(table);
                let statement = format!("ALTER TABLE {on} RENAME COLUMN {} TO {}", ident(&old), ident(&new));
                let shown = format!("{}.{new}", shown_id(&id));
                let hazard = Hazard::new(Code::Rename, &shown, "programs that use the old name fail");
                let step =
                    Step::new(format!("rename the column {}.{old} to {new}", shown_id(&id)), vec![statement]);
                self.add(step.with(if is_real { vec![hazard] } else { Vec::new() }));
            }
        }
    }

    fn rename_constraints(&mut self) {
        for alter in self.alters.clone() {
            let on = table_name(&alter.after);
            let constraints: Vec<(&str, &str)> = (alter.changes.iter())
                .filter_map(|change| match change {
                    TableChange::RenameConstraint(old, new) => Some((old.as_str(), new.name())),
                    _ => None,
                })
                .collect();
            for (old, new, _) in order::renames(&constraints) {
                let statement =
                    format!("ALTER TABLE {on} RENAME CONSTRAINT {} TO {}", ident(&old), ident(&new));
                self.run(format!("rename the constraint {old} to {new}"), vec![statement]);
            }
            let indexes: Vec<(&str, &str)> = (alter.changes.iter())
                .filter_map(|change| match change {
                    TableChange::RenameIndex(old, new) => Some((old.as_str(), new.name.as_str())),
                    _ => None,
                })
                .collect();
            for (old, new, _) in order::renames(&indexes) {
                let name = render::qualified(alter.after.schema.as_deref(), &old);
                let statement = format!("ALTER INDEX {name} RENAME TO {}", ident(&new));
                self.run(format!("rename the index {old} to {new}"), vec![statement]);
            }
        }
    }
}
