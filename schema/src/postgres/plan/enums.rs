//! Enum types: labels that come or have another name are told to the type; where labels go or change
//! their places, the type is made anew.

use std::collections::HashSet;

use rex_sql::text;

use super::names::set_schema;
use super::{Planner, comment_on};
use crate::database::{Column, Enum, Type as DbType};
use crate::diff::{Change, Id};
use crate::plan::{Code, Hazard, Step, find_label, shown, shown_id};
use crate::postgres::render::{self as pg, create_enum};
use crate::postgres::{Element, Type};
use crate::{names, order, render};

/// The enum types whose labels go or change their places.
pub(super) fn rebuilt(changes: &[Change]) -> HashSet<Id> {
    let is_rebuilt = |change: &Change| match change {
        Change::AlterEnum(before, after) if !is_within(&before.labels, &after.labels) => {
            Some((after.schema.clone(), after.name.clone()))
        }
        _ => None,
    };
    changes.iter().filter_map(is_rebuilt).collect()
}

/// Whether `before` is `after` with some left out.
fn is_within(before: &[String], after: &[String]) -> bool {
    let mut rest = after.iter();
    before.iter().all(|label| rest.any(|other| other == label))
}

/// What a type is called while another one takes its place.
pub(super) fn old_name(name: &str) -> String {
    names::passing(&format!("old_{name}"))
}

/// Whether a column is of one of these types.
pub(super) fn has_type(column: &Column, types: &HashSet<Id>) -> bool {
    match &column.ty {
        DbType::Postgres(Type { element: Element::Enum { schema, name }, .. }) => {
            types.contains(&(schema.clone(), name.clone()))
        }
        DbType::Postgres(_) | DbType::Sqlite(_) => false,
    }
}

impl Planner<'_> {
    pub(super) fn make_enums(&mut self) {
        for change in self.state.changes {
            match change {
                Change::CreateEnum(item) => {
                    let mut statements = vec![create_enum(item)];
                    let name = render::qualified(item.schema.as_deref(), &item.name);
                    statements.extend(pg::comment("TYPE", &name, &item.comment));
                    self.run(format!("create the type {}", item.name), statements);
                }
                Change::RenameEnum(old, new) => {
                    let mut statements = Vec::new();
                    if old.0 != new.0 {
                        let name = render::qualified(old.0.as_deref(), &old.1);
                        statements.push(set_schema("TYPE", &name, new.0.as_deref()));
                    }
                    if old.1 != new.1 {
                        let name = render::qualified(new.0.as_deref(), &old.1);
                        statements.push(format!("ALTER TYPE {name} RENAME TO {}", rex_sql::ident(&new.1)));
                    }
                    self.run(format!("rename the type {} to {}", shown_id(old), shown_id(new)), statements);
                }
                _ => {}
            }
        }
        self.rename_labels();
        for change in self.state.changes {
            if let Change::AlterEnum(before, after) = change {
                self.change_enum(before, after);
            }
        }
    }

    fn rename_labels(&mut self) {
        for item in &self.state.after.enums {
            let id = (item.schema.clone(), item.name.clone());
            let labels: Vec<(&str, &str)> = (self.state.changes.iter())
                .filter_map(|change| match change {
                    Change::RenameLabel(of, old, new) if *of == id => Some((old.as_str(), new.as_str())),
                    _ => None,
                })
                .collect();
            let name = render::qualified(item.schema.as_deref(), &item.name);
            for (old, new, is_real) in order::renames(&labels) {
                let statement = format!("ALTER TYPE {name} RENAME VALUE {} TO {}", text(&old), text(&new));
                let object = format!("{}.{new}", shown_id(&id));
                let hazard = Hazard::new(Code::Rename, object, "programs that use the old label fail");
                let step =
                    Step::new(format!("rename the label {}.{old} to {new}", shown_id(&id)), vec![statement]);
                self.add(step.with(if is_real { vec![hazard] } else { Vec::new() }));
            }
        }
    }

    fn change_enum(&mut self, before: &Enum, after: &Enum) {
        let name = render::qualified(after.schema.as_deref(), &after.name);
        let is_rebuilt = self.retyped.contains(&(after.schema.clone(), after.name.clone()));
        if before.comment != after.comment && !is_rebuilt {
            let statement = comment_on("TYPE", &name, &after.comment);
            self.run(format!("another comment of the type {}", after.name), vec![statement]);
        }
        if is_rebuilt {
            return;
        }
        for (place, label) in after.labels.iter().enumerate() {
            if before.labels.contains(label) {
                continue;
            }
            // A label cannot be used in the transaction that adds it.
            let behind = after.labels[place + 1..].iter().find(|other| before.labels.contains(other));
            let position = behind.map(|other| format!(" BEFORE {}", text(other))).unwrap_or_default();
            let statement = format!("ALTER TYPE {name} ADD VALUE IF NOT EXISTS {}{position}", text(label));
            self.sealed = true;
            self.run(format!("add the label {}.{label}", after.name), vec![statement]);
            self.sealed = true;
        }
    }

    /// The new types, and the columns that are of them.
    pub(super) fn rebuild_enums(&mut self) {
        for change in self.state.changes {
            let Change::AlterEnum(before, after) = change else { continue };
            let id = (after.schema.clone(), after.name.clone());
            if !self.retyped.contains(&id) {
                continue;
            }
            let name = render::qualified(after.schema.as_deref(), &after.name);
            let mut statements =
                vec![format!("ALTER TYPE {name} RENAME TO {}", rex_sql::ident(&old_name(&after.name)))];
            statements.push(create_enum(after));
            statements.extend(pg::comment("TYPE", &name, &after.comment));
            let gone = before.labels.iter().filter(|label| !after.labels.contains(label));
            let hazard = |label: &String| {
                let object = format!("{}.{label}", shown(after.schema.as_deref(), &after.name));
                let hazard =
                    Hazard::new(Code::DropLabel, object, "rows that have the label stop the migration");
                hazard.found_by(find_label(self.state.before, after, label))
            };
            let hazards = gone.map(hazard).collect();
            self.add(Step::new(format!("make the type {} anew", after.name), statements).with(hazards));
        }
    }
}
