//! Views: what they read cannot change its type or go while they are there.

use std::collections::HashSet;

use super::Planner;
use crate::database::View;
use crate::diff::{Change, Id, TableChange};
use crate::plan::{Code, Hazard, Step, shown_id};
use crate::postgres::view;
use crate::{order, render};

fn id(view: &View) -> Id {
    (view.schema.clone(), view.name.clone())
}

/// Each after those that it reads.
fn ordered(views: &[View]) -> Vec<&View> {
    order::of_views(views).into_iter().map(|place| &views[place]).collect()
}

fn keyword(view: &View) -> &'static str {
    if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" }
}

impl Planner<'_> {
    /// Drops those that change or are in the way, and tells which they are.
    pub(super) fn drop_views(&mut self) -> HashSet<Id> {
        let moved = self.moved_tables();
        let mut dropped: HashSet<Id> = HashSet::new();
        let mut names: Vec<String> = moved;
        let old: Vec<&View> = ordered(&self.state.before.views);
        for &view in &old {
            let is_changed = self.state.changes.iter().any(|change| match change {
                Change::DropView(old) => id(old) == id(view),
                Change::AlterView(_, new) => id(new) == id(view),
                _ => false,
            });
            let is_in_the_way = names.iter().any(|name| view.query.0.mentions(name));
            let has_type = view.columns.iter().any(|column| self.is_retyped(column.cast.as_ref()));
            if is_changed || is_in_the_way || has_type {
                dropped.insert(id(view));
                names.push(view.name.clone());
            }
        }
        for view in old.into_iter().rev().filter(|view| dropped.contains(&id(view))) {
            let shown = shown_id(&id(view));
            let is_gone = !self.state.after.views.iter().any(|after| id(after) == id(view));
            let hazard = Hazard::new(Code::DropView, &shown, "programs that read the view fail");
            let name = render::qualified(view.schema.as_deref(), &view.name);
            let step =
                Step::new(format!("drop the view {shown}"), vec![format!("DROP {} {name}", keyword(view))]);
            self.add(step.with(if is_gone { vec![hazard] } else { Vec::new() }));
        }
        dropped
    }

    fn is_retyped(&self, ty: Option<&crate::database::Type>) -> bool {
        use crate::database::Type;
        use crate::postgres::Element;
        match ty {
            Some(Type::Postgres(crate::postgres::Type {
                element: Element::Enum { schema, name }, ..
            })) => self.retyped.contains(&(schema.clone(), name.clone())),
            _ => false,
        }
    }

    /// Tables that go, or of which a column goes or changes its type; by the names of before.
    fn moved_tables(&self) -> Vec<String> {
        let mut moved = Vec::new();
        for alter in &self.alters {
            let is_moved = alter.changes.iter().any(|change| match change {
                TableChange::DropColumn(_) => true,
                TableChange::AlterColumn(change) => {
                    change.before.ty != change.after.ty
                        || change.conversion.is_some()
                        || change.before.computed != change.after.computed
                }
                _ => false,
            });
            if is_moved {
                moved.push(alter.after.name.clone());
                moved.extend(self.state.changes.iter().filter_map(|change| match change {
                    Change::RenameTable(old, new) if new.1 == alter.after.name => Some(old.1.clone()),
                    _ => None,
                }));
            }
        }
        moved.extend(self.state.changes.iter().filter_map(|change| match change {
            Change::DropTable(table) => Some(table.name.clone()),
            _ => None,
        }));
        moved
    }

    pub(super) fn create_views(&mut self, dropped: &HashSet<Id>) {
        for after in ordered(&self.state.after.views) {
            let is_there = self.state.before.views.iter().any(|before| id(before) == id(after));
            if !is_there || dropped.contains(&id(after)) {
                let mut statements = view::create(after);
                statements.extend(view::comments(std::slice::from_ref(after)));
                self.run(format!("create the view {}", shown_id(&id(after))), statements);
            }
        }
    }
}
