//! What may go wrong when a database that is in use is changed.

use super::find::{self, Find};
use super::held;
use crate::database::{Column, Table};
use crate::diff::{AlterColumn, AlterTable, Constraint, Id, TableChange};

/// A hazard of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hazard {
    /// Which.
    pub code: Code,
    /// What it is about: `posts.body`.
    pub object: String,
    /// What happens, in a sentence without a full stop.
    pub message: String,
    /// What finds the rows that it is about, where those are there before.
    pub find: Option<Find>,
}

/// The kinds of hazards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// A table goes with its rows.
    DropTable,
    /// A column goes with its values.
    DropColumn,
    /// A constraint goes: what it kept out comes in.
    DropConstraint,
    /// A column may be null from now on.
    DropNotNull,
    /// A label of an enum goes: rows that have it stop the migration.
    DropLabel,
    /// A view goes.
    DropView,
    /// A required column comes, and the rows that are there have no value for it.
    NoValue,
    /// A column becomes required; a row that has null in it stops the migration.
    SetNotNull,
    /// Values take another type, and may not survive it.
    LossyType,
    /// The whole table is written anew while nobody can read it.
    Rewrite,
    /// A program that runs still uses the old name.
    Rename,
    /// Rows that break a new rule stop the migration.
    NewRule,
    /// A table of another tool is taken to be what the schema says of it.
    AdoptTable,
}

impl Code {
    /// All of them.
    pub const ALL: [Code; 13] = [
        Code::DropTable,
        Code::DropColumn,
        Code::DropConstraint,
        Code::DropNotNull,
        Code::DropLabel,
        Code::DropView,
        Code::NoValue,
        Code::SetNotNull,
        Code::LossyType,
        Code::Rewrite,
        Code::Rename,
        Code::NewRule,
        Code::AdoptTable,
    ];

    /// Its name: `drop_table`.
    pub fn name(self) -> &'static str {
        match self {
            Code::DropTable => "drop_table",
            Code::DropColumn => "drop_column",
            Code::DropConstraint => "drop_constraint",
            Code::DropNotNull => "drop_not_null",
            Code::DropLabel => "drop_label",
            Code::DropView => "drop_view",
            Code::NoValue => "no_value",
            Code::SetNotNull => "set_not_null",
            Code::LossyType => "lossy_type",
            Code::Rewrite => "rewrite",
            Code::Rename => "rename",
            Code::NewRule => "new_rule",
            Code::AdoptTable => "adopt_table",
        }
    }

    /// Whether somebody has to accept it: there is no way around, and something is lost or stands
    /// still.
    pub fn needs_consent(self) -> bool {
        match self {
            Code::DropTable
            | Code::DropColumn
            | Code::DropConstraint
            | Code::DropNotNull
            | Code::DropLabel
            | Code::NoValue
            | Code::LossyType
            | Code::Rewrite
            | Code::AdoptTable => true,
            Code::DropView | Code::SetNotNull | Code::Rename | Code::NewRule => false,
        }
    }
}

impl Hazard {
    pub(crate) fn new(code: Code, object: impl Into<String>, message: impl Into<String>) -> Hazard {
        Hazard { code, object: object.into(), message: message.into(), find: None }
    }

    pub(crate) fn found_by(self, find: Option<Find>) -> Hazard {
        Hazard { find, ..self }
    }

    /// By what it is accepted: `drop_column:posts.body`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.code.name(), self.object)
    }
}

/// `auth.users`, for people.
pub(crate) fn shown(schema: Option<&str>, name: &str) -> String {
    schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"))
}

pub(crate) fn shown_id(id: &Id) -> String {
    shown(id.0.as_deref(), &id.1)
}

/// A table that another tool has made is taken for what the schema says of it.
pub(crate) fn adopts(shown: &str) -> Hazard {
    let message = "the table is taken to be what the schema said of it, and stays as it is where it is not";
    Hazard::new(Code::AdoptTable, shown, message)
}

/// What every database risks with a change of a table.
pub(crate) fn of(alter: &AlterTable, change: &TableChange) -> Vec<Hazard> {
    let table = shown(alter.after.schema.as_deref(), &alter.after.name);
    let on = |name: &str| format!("{table}.{name}");
    match change {
        TableChange::DropColumn(column) => {
            vec![Hazard::new(Code::DropColumn, on(&column.name), "the values of the column are lost")]
        }
        TableChange::AddColumn(column, None)
            if !column.nullable
                && column.default.is_none()
                && column.computed.is_none()
                && !column.autoincrement =>
        {
            let message = "rows that are there have no value for the column, which stops the migration";
            vec![Hazard::new(Code::NoValue, on(&column.name), message)]
        }
        TableChange::AlterColumn(column) => of_column(alter, column, &on(&column.after.name)),
        TableChange::DropConstraint(constraint)
            if !super::has_constraint(&alter.after, constraint.name())
                && super::covers_kept_columns(alter, constraint) =>
        {
            let message = "what the constraint keeps out comes in";
            vec![Hazard::new(Code::DropConstraint, on(constraint.name()), message)]
        }
        TableChange::AddConstraint(constraint) if !held::is_kept(alter, constraint) => {
            let message = match constraint {
                Constraint::PrimaryKey(_) | Constraint::Unique(_) => "rows that are equal stop the migration",
                Constraint::ForeignKey(_) => "rows that refer to nothing stop the migration",
                Constraint::Check(_) => "rows that break it stop the migration",
            };
            let hazard = Hazard::new(Code::NewRule, on(constraint.name()), message);
            vec![hazard.found_by(find::of_new_constraint(&alter.before, &alter.after, constraint))]
        }
        TableChange::AddIndex(index) if index.unique && !held::is_kept_by_index(alter, index) => {
            let message = "rows that are equal stop the migration";
            let hazard = Hazard::new(Code::NewRule, on(&index.name), message);
            vec![hazard.found_by(find::of_new_index(&alter.before, &alter.after, index))]
        }
        TableChange::AddColumn(..)
        | TableChange::AddConstraint(_)
        | TableChange::DropConstraint(_)
        | TableChange::RenameConstraint(..)
        | TableChange::AddIndex(_)
        | TableChange::DropIndex(_)
        | TableChange::RenameIndex(..)
        | TableChange::Comment => Vec::new(),
    }
}

/// A row that has null stops the migration.
pub(crate) fn set_not_null(table: &Table, column: &Column, name: &str) -> Hazard {
    let message = "a row that has null in the column stops the migration";
    Hazard::new(Code::SetNotNull, name, message).found_by(Some(find::of_null(table, column)))
}

fn of_column(alter: &AlterTable, column: &AlterColumn, name: &str) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    if column.after.nullable && !column.before.nullable {
        let message = "the column may be null, which a program that runs does not expect";
        hazards.push(Hazard::new(Code::DropNotNull, name, message));
    }
    if !column.after.nullable && column.before.nullable && column.backfill.is_none() {
        hazards.push(set_not_null(&alter.after, &column.after, name));
    }
    hazards
}
