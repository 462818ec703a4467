//! Changes of a table that SQLite has statements for. What it has depends on its version:
//!
//! | statement | from |
//! |---|---|
//! | `ADD COLUMN`, `RENAME COLUMN`, `DROP COLUMN` | 3.35 |
//! | `ADD CONSTRAINT … CHECK`, `DROP CONSTRAINT` of a check, `ALTER COLUMN … SET NOT NULL`, `DROP NOT NULL` | 3.53 |

use rex_sql::ident;

use super::render::add_column;
use crate::Version;
use crate::database::{Column, Default as DbDefault, IndexKey, Table};
use crate::diff::{AlterColumn, AlterTable, Constraint, TableChange, all};
use crate::render;

/// The first version that changes constraints in place.
const CONSTRAINTS: Version = Version::new(3, 53);

/// The changes as statements of SQLite's own; none where one of them has none.
pub(super) fn statements(alter: &AlterTable, server: Version) -> Option<Vec<String>> {
    let mut small = Small { alter, server, first: Vec::new(), then: Vec::new(), inline: Vec::new() };
    small.inline = (alter.changes.iter())
        .filter_map(|change| match change {
            TableChange::AddConstraint(constraint) => Some(constraint),
            _ => None,
        })
        .collect();
    for (place, change) in alter.changes.iter().enumerate() {
        small.change(change, &alter.changes[place + 1..])?;
    }
    small.rest()
}

struct Small<'a> {
    alter: &'a AlterTable,
    server: Version,
    /// What makes room.
    first: Vec<String>,
    then: Vec<String>,
    /// New constraints that have not found their column.
    inline: Vec<&'a Constraint>,
}

impl Small<'_> {
    fn change(&mut self, change: &TableChange, later: &[TableChange]) -> Option<()> {
        let table = &self.alter.after;
        match change {
            TableChange::AddColumn(column, None) => self.add_column(column, later)?,
            TableChange::DropColumn(column) if self.is_free(column) => {
                let statement =
                    format!("ALTER TABLE {} DROP COLUMN {}", ident(&table.name), ident(&column.name));
                self.then.push(statement);
            }
            TableChange::AlterColumn(change) => self.alter_column(change)?,
            TableChange::AddIndex(index) => {
                self.then.extend(render::indexes(None, &table.name, std::slice::from_ref(index)));
            }
            TableChange::DropIndex(index) => self.first.push(format!("DROP INDEX {}", ident(&index.name))),
            TableChange::RenameIndex(old, index) => {
                self.first.push(format!("DROP INDEX {}", ident(old)));
                self.then.extend(render::indexes(None, &table.name, std::slice::from_ref(index)));
            }
            TableChange::DropConstraint(Constraint::Check(check)) if self.server >= CONSTRAINTS => {
                let statement =
                    format!("ALTER TABLE {} DROP CONSTRAINT {}", ident(&table.name), ident(&check.name));
                self.first.push(statement);
            }
            // Below, when all columns are there.
            TableChange::AddConstraint(_) => {}
            TableChange::AddColumn(..)
            | TableChange::DropColumn(_)
            | TableChange::DropConstraint(_)
            | TableChange::RenameConstraint(..)
            | TableChange::Comment => return None,
        }
        Some(())
    }

    fn add_column(&mut self, column: &Column, later: &[TableChange]) -> Option<()> {
        let is_constant = match &column.default {
            None => column.nullable,
            Some(DbDefault::Sqlite(super::Default::Constant(_))) => true,
            Some(_) => false,
        };
        if !is_constant || column.computed.is_some() || column.autoincrement {
            return None;
        }
        let (ours, others): (Vec<&Constraint>, Vec<&Constraint>) = std::mem::take(&mut self.inline)
            .into_iter()
            .partition(|constraint| is_inline(constraint, &column.name, later));
        self.inline = others;
        // With foreign keys on, a column that refers must begin as null.
        let refers = ours.iter().any(|constraint| matches!(constraint, Constraint::ForeignKey(_)));
        if refers && column.default.is_some() {
            return None;
        }
        self.then.push(add_column(&self.alter.after, column, &ours));
        Some(())
    }

    /// Only whether it may be null.
    fn alter_column(&mut self, change: &AlterColumn) -> Option<()> {
        let same = Column { nullable: change.after.nullable, ..change.before.clone() } == change.after;
        if !same || change.conversion.is_some() || change.backfill.is_some() || self.server < CONSTRAINTS {
            return None;
        }
        let verb = if change.after.nullable { "DROP" } else { "SET" };
        let (table, column) = (ident(&self.alter.after.name), ident(&change.after.name));
        self.then.push(format!("ALTER TABLE {table} ALTER COLUMN {column} {verb} NOT NULL"));
        Some(())
    }

    /// Whether nothing that stays names a column.
    fn is_free(&self, column: &Column) -> bool {
        let name = &column.name;
        let goes = |constraint: &Constraint| {
            let is_this = |change: &TableChange| matches!(change, TableChange::DropConstraint(gone) if gone.name() == constraint.name());
            matches!(constraint, Constraint::Check(_)) && self.alter.changes.iter().any(is_this)
        };
        let holds = |constraint: &Constraint| match constraint {
            Constraint::PrimaryKey(key) | Constraint::Unique(key) => key.columns.contains(name),
            Constraint::ForeignKey(key) => key.columns.contains(name) || key.target == self.alter.after.name,
            Constraint::Check(check) => check.condition.sql().mentions(name),
        };
        let before = &self.alter.before;
        column.computed.is_none()
            && !all(before).iter().any(|constraint| holds(constraint) && !goes(constraint))
            && !before
                .columns
                .iter()
                .filter_map(|other| other.computed.as_ref())
                .any(|sql| sql.mentions(name))
            && !is_indexed(&self.alter.after, name)
    }

    fn rest(self) -> Option<Vec<String>> {
        let Small { alter, server, mut first, then, inline } = self;
        first.extend(then);
        for constraint in inline {
            let Constraint::Check(check) = constraint else { return None };
            if server < CONSTRAINTS {
                return None;
            }
            first.push(format!("ALTER TABLE {} ADD {}", ident(&alter.after.name), render::check(check)));
        }
        Some(first)
    }
}

fn is_indexed(table: &Table, column: &str) -> bool {
    table.indexes.iter().any(|index| {
        let part = index.parts.iter().any(|part| match &part.key {
            IndexKey::Column(name) => name == column,
            IndexKey::Sql(sql) => sql.mentions(column),
        });
        part || index.condition.as_ref().is_some_and(|sql| sql.mentions(column))
    })
}

/// Whether a constraint can stand with a column, and with none that comes later.
fn is_inline(constraint: &Constraint, column: &str, later: &[TableChange]) -> bool {
    match constraint {
        Constraint::ForeignKey(key) => key.columns == [column],
        Constraint::Check(check) => {
            let sql = check.condition.sql();
            let comes = |change: &TableChange| matches!(change, TableChange::AddColumn(new, _) if sql.mentions(&new.name));
            sql.mentions(column) && !later.iter().any(comes)
        }
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => false,
    }
}
