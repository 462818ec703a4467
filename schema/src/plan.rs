//! How a database gets from one state to the next: steps with their statements, and what each of
//! them risks, in the order in which they are taken.

mod find;
mod hazard;
mod held;
mod lock;
mod script;

use crate::Version;
use crate::database::{Check, Condition, Database, Table};
use crate::dialect::target;
use crate::diff::{AlterTable, Change, Constraint, Intent, TableChange, all, diff, reverse};

pub(crate) use find::of_label as find_label;
pub use find::{Find, find};
pub use hazard::{Code, Hazard};
pub(crate) use hazard::{adopts, of as hazard_of, set_not_null, shown, shown_id};
pub use lock::{Lock, Locked, Locks, locks};
pub use rex_sql::migration::{Backfill, By, Mode, Object, Probe};
pub use script::{FIND, of as script_of, script};

/// A way from one state of a database to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// In order.
    pub steps: Vec<Step>,
}

/// A step: what is there after it stays, whatever comes of the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it does, a line for each change: `add the column posts.body`.
    pub changes: Vec<String>,
    /// The statements, without semicolons.
    pub statements: Vec<String>,
    /// How they are run.
    pub mode: Mode,
    /// What they risk.
    pub hazards: Vec<Hazard>,
    /// Whether the way back gives all of it back.
    pub reverse: Reverse,
}

/// What the way back gives back.
#[derive(Clone, Debug, PartialEq)]
pub enum Reverse {
    /// Everything.
    Whole,
    /// The structure; not what was in it.
    Structure {
        /// What is lost.
        lost: Vec<String>,
    },
    /// Not even that, unless tables are empty.
    Never {
        /// Why not.
        reasons: Vec<String>,
    },
}

/// What a plan is made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options<'a> {
    /// The oldest server that it is run on.
    pub server: Version,
    /// The names of the [hazards](Hazard::name) that are accepted.
    pub allowed: &'a [String],
}

/// The plan from `before` to `after`.
pub fn plan(before: &Database, after: &Database, intent: &Intent, options: Options<'_>) -> Plan {
    let changes = diff(before, after, intent);
    Plan { steps: (target(after.dialect).plan)(&State { before, after, changes: &changes, options }) }
}

/// The plan back, from `after` to `before`.
pub fn plan_back(before: &Database, after: &Database, intent: &Intent, options: Options<'_>) -> Plan {
    let changes = reverse(before, after, intent);
    let (before, after) = (after, before);
    Plan { steps: (target(after.dialect).plan)(&State { before, after, changes: &changes, options }) }
}

/// What a dialect makes a plan of.
pub(crate) struct State<'a> {
    pub(crate) before: &'a Database,
    pub(crate) after: &'a Database,
    pub(crate) changes: &'a [Change],
    pub(crate) options: Options<'a>,
}

impl Plan {
    /// What is to be accepted by name before it is run: hazards without a safe way.
    pub fn to_allow<'a>(&'a self, allowed: &'a [String]) -> impl Iterator<Item = &'a Hazard> {
        let hazards = self.steps.iter().flat_map(|step| &step.hazards);
        hazards.filter(move |hazard| hazard.code.needs_consent() && !allowed.contains(&hazard.name()))
    }
}

impl Step {
    /// A step in a transaction.
    pub(crate) fn new(change: impl Into<String>, statements: Vec<String>) -> Step {
        Step {
            changes: vec![change.into()],
            statements,
            mode: Mode::Transaction,
            hazards: Vec::new(),
            reverse: Reverse::Whole,
        }
    }

    pub(crate) fn with(mut self, hazards: Vec<Hazard>) -> Step {
        self.hazards.extend(hazards);
        self
    }

    pub(crate) fn reversed(mut self, reverse: Reverse) -> Step {
        self.reverse = self.reverse.and(reverse);
        self
    }

    /// Both in one.
    pub(crate) fn join(&mut self, other: Step) {
        self.changes.extend(other.changes);
        self.statements.extend(other.statements);
        self.hazards.extend(other.hazards);
        self.reverse = std::mem::replace(&mut self.reverse, Reverse::Whole).and(other.reverse);
    }
}

impl Reverse {
    pub(crate) fn loses(what: impl Into<String>) -> Reverse {
        Reverse::Structure { lost: vec![what.into()] }
    }

    pub(crate) fn never(why: impl Into<String>) -> Reverse {
        Reverse::Never { reasons: vec![why.into()] }
    }

    pub(crate) fn and(self, other: Reverse) -> Reverse {
        match (self, other) {
            (Reverse::Whole, other) | (other, Reverse::Whole) => other,
            (Reverse::Structure { lost: mut left }, Reverse::Structure { lost: right }) => {
                left.extend(right);
                Reverse::Structure { lost: left }
            }
            (
                Reverse::Never { reasons: mut left } | Reverse::Structure { lost: mut left },
                Reverse::Never { reasons: right } | Reverse::Structure { lost: right },
            ) => {
                left.extend(right);
                Reverse::Never { reasons: left }
            }
        }
    }
}

fn has_constraint(table: &Table, name: &str) -> bool {
    all(table).iter().any(|constraint| constraint.name() == name)
}

/// Whether a constraint goes for another reason than that its columns do, or become of another type.
fn covers_kept_columns(alter: &AlterTable, constraint: &Constraint) -> bool {
    let is_gone = |name: &String| !alter.after.columns.iter().any(|column| column.name == *name);
    match constraint {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => !key.columns.iter().any(is_gone),
        Constraint::ForeignKey(key) => !key.columns.iter().any(is_gone),
        Constraint::Check(Check { condition: Condition::Column { .. }, .. }) => false,
        Constraint::Check(check) => {
            let sql = check.condition.sql();
            let gone = alter.before.columns.iter().map(|column| &column.name).filter(|name| is_gone(name));
            !gone.into_iter().any(|name| sql.mentions(name))
        }
    }
}

/// Whether a constraint can give way to another one of its name in the moment in which that one comes: it is
/// not in the way of what is done to columns before.
pub(crate) fn is_replaced(alter: &AlterTable, old: &Constraint) -> bool {
    let is_new = |change: &TableChange| match (change, old) {
        (TableChange::AddConstraint(Constraint::ForeignKey(new)), Constraint::ForeignKey(old)) => {
            new.name == old.name
                && new != old
                && new.target_id() == old.target_id()
                && new.target_columns == old.target_columns
        }
        (TableChange::AddConstraint(Constraint::Check(new)), Constraint::Check(old)) => {
            new.name == old.name && new != old
        }
        (TableChange::AddConstraint(Constraint::Unique(new)), Constraint::Unique(old)) => {
            new.name == old.name && new != old
        }
        _ => false,
    };
    let is_named = |name: &str| match old {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => key.columns.iter().any(|one| one == name),
        Constraint::ForeignKey(key) => key.columns.iter().any(|one| one == name),
        Constraint::Check(check) => check.condition.sql().mentions(name),
    };
    let is_in_the_way = |change: &TableChange| match change {
        TableChange::AddColumn(column, _) | TableChange::DropColumn(column) => is_named(&column.name),
        TableChange::AlterColumn(change) => {
            let (before, after) = (&change.before, &change.after);
            let is_other = before.ty != after.ty || before.computed != after.computed;
            is_named(&after.name) && (is_other || change.conversion.is_some() || change.backfill.is_some())
        }
        _ => false,
    };
    alter.changes.iter().any(is_new) && !alter.changes.iter().any(is_in_the_way)
}

/// What the way back lacks.
pub(crate) fn reverse_of(alter: &AlterTable, change: &TableChange) -> Reverse {
    match change {
        TableChange::DropColumn(column) if column.computed.is_none() => {
            let name = format!("{}.{}", shown(alter.after.schema.as_deref(), &alter.after.name), column.name);
            let has_value = column.nullable || column.default.is_some() || column.autoincrement;
            match has_value {
                true => Reverse::loses(format!("the values of {name}")),
                false => Reverse::never(format!("{name} is required, and its values are gone")),
            }
        }
        TableChange::AlterColumn(column) if column.after.nullable && !column.before.nullable => {
            let name =
                format!("{}.{}", shown(alter.after.schema.as_deref(), &alter.after.name), column.after.name);
            Reverse::never(format!("{name} is null in rows that come meanwhile"))
        }
        _ => Reverse::Whole,
    }
}
