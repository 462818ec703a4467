//! New names for what is there.

use rex_sql::ident;

use super::{Planner, table_name};
use crate::database::Table;
use crate::diff::{Change, Id, TableChange};
use crate::plan::{Code, Hazard, Step, shown_id};
use crate::{order, render};

impl Planner<'_> {
    pub(super) fn rename(&mut self) {
        self.rename_tables();
        self.rename_columns();
        self.rename_sequences();
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
            let hazard = Hazard::new(Code::Rename, shown_id(new), "programs that use the old name fail");
            let statement = set_schema("TABLE", &name, new.0.as_deref());
            let change = format!("move the table {} to {}", shown_id(old), in_words(new.0.as_deref()));
            // One that has another name too is told below.
            self.add(Step::new(change, vec![statement]).with(if old.1 == new.1 {
                vec![hazard]
            } else {
                vec![]
            }));
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

    /// An identity's sequence has the name of its table and column, as it would have in a new database: a
    /// table that takes the old name later finds it free.
    fn rename_sequences(&mut self) {
        let mut renames: Vec<(Option<String>, String, String)> = Vec::new();
        for table in &self.state.after.tables {
            let Some((before, column, former)) = self.identity(table) else { continue };
            let (old, new) = (sequence(&before.name, former), sequence(&table.name, column));
            if old != new {
                renames.push((table.schema.clone(), old, new));
            }
        }
        let mut schemas: Vec<Option<String>> = renames.iter().map(|(schema, ..)| schema.clone()).collect();
        schemas.dedup();
        for schema in schemas {
            let names: Vec<(&str, &str)> = (renames.iter())
                .filter(|(of, ..)| *of == schema)
                .map(|(_, old, new)| (old.as_str(), new.as_str()))
                .collect();
            for (old, new, _) in order::renames(&names) {
                let name = render::qualified(schema.as_deref(), &old);
                let statement = format!("ALTER SEQUENCE IF EXISTS {name} RENAME TO {}", ident(&new));
                self.run(format!("rename the sequence {old} to {new}"), vec![statement]);
            }
        }
    }

    /// A table as it was, its column that is an identity before and after, and that column's former name.
    fn identity<'t>(&'t self, table: &'t Table) -> Option<(&'t Table, &'t str, &'t str)> {
        let id: Id = (table.schema.clone(), table.name.clone());
        let old = self.state.changes.iter().find_map(|change| match change {
            Change::RenameTable(old, new) if *new == id => Some(old),
            _ => None,
        });
        let old = old.unwrap_or(&id);
        let before =
            self.state.before.tables.iter().find(|one| one.id() == (old.0.as_deref(), old.1.as_str()))?;
        let column = table.columns.iter().find(|column| column.autoincrement)?;
        let former = self.state.changes.iter().find_map(|change| match change {
            Change::RenameColumn(of, old, new) if *of == id && *new == column.name => Some(old.as_str()),
            _ => None,
        });
        let former = former.unwrap_or(&column.name);
        let is_kept = before.columns.iter().any(|one| one.name == former && one.autoincrement);
        is_kept.then_some((before, column.name.as_str(), former))
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

/// Moves something to another schema. There is no word for the one in which it would be made.
pub(super) fn set_schema(kind: &str, name: &str, schema: Option<&str>) -> String {
    match schema {
        Some(schema) => format!("ALTER {kind} {name} SET SCHEMA {}", ident(schema)),
        None => {
            let text = rex_sql::text(&format!("ALTER {kind} {} SET SCHEMA %I", name.replace('%', "%%")));
            format!("DO $$BEGIN EXECUTE format({text}, current_schema()); END$$")
        }
    }
}

fn in_words(schema: Option<&str>) -> String {
    schema.map_or_else(|| "the default schema".to_owned(), |schema| format!("the schema {schema}"))
}

/// The name that PostgreSQL gives to the sequence of an identity: of 63 bytes, the longer of both names
/// gives up what is too much (`makeObjectName`).
fn sequence(table: &str, column: &str) -> String {
    const ROOM: usize = 63 - "__seq".len();
    let (mut first, mut second) = (table.len(), column.len());
    while first + second > ROOM {
        if first > second { first -= 1 } else { second -= 1 }
    }
    // Never in the middle of a character.
    let cut = |name: &str, end: usize| {
        let ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
        name[..ends.take_while(|&at| at <= end).last().unwrap_or(0)].to_owned()
    };
    format!("{}_{}_seq", cut(table, first), cut(column, second))
}

#[cfg(test)]
mod tests {
    use super::sequence;

    #[test]
    fn names_of_sequences_are_those_of_postgresql() {
        assert_eq!(sequence("users", "id"), "users_id_seq");
        let (long, middle) = ("t".repeat(63), "c".repeat(40));
        assert_eq!(sequence(&long, "id"), format!("{}_id_seq", "t".repeat(56)));
        assert_eq!(sequence(&long, &middle), format!("{}_{}_seq", "t".repeat(29), "c".repeat(29)));
        assert_eq!(sequence(&"ä".repeat(31), "id"), format!("{}_id_seq", "ä".repeat(28)));
    }
}
