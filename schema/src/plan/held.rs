//! Which new rules no row that is there can break: because all of them have the same in a column that
//! comes, or because a rule that was there before has kept out the same, or more.

use crate::database::{
    Check, Column, Condition, Default, ForeignKey, Index, IndexKey, Key, Rule, Sql, Table, Type,
};
use crate::diff::{AlterColumn, AlterTable, Constraint, TableChange};
use crate::syntax::known::{self, Constant};
use crate::{dialect, render, sqlite};

/// Whether all rows that are there obey a constraint that comes.
pub(super) fn is_kept(alter: &AlterTable, constraint: &Constraint) -> bool {
    let rows = Rows { alter };
    match constraint {
        Constraint::Check(check) => rows.keep_check(check),
        Constraint::ForeignKey(key) => rows.keep_foreign_key(key),
        Constraint::PrimaryKey(key) => rows.are_distinct(&key.columns, true, None),
        Constraint::Unique(key) => {
            !key.nulls_not_distinct && key.columns.iter().any(|name| rows.is_null(name))
                || rows.are_distinct(&key.columns, key.nulls_not_distinct, None)
        }
    }
}

/// The same of a unique index.
pub(super) fn is_kept_by_index(alter: &AlterTable, index: &Index) -> bool {
    let rows = Rows { alter };
    let columns = index.parts.iter().filter_map(|part| match &part.key {
        IndexKey::Column(name) => Some(name.clone()),
        IndexKey::Sql(_) => None,
    });
    let columns: Vec<String> = columns.collect();
    let holds_none = |condition: &Sql| {
        let known = |name: &str| rows.only(name);
        rows.has_plain_names() && known::is_never_true(condition.as_str(), &known)
    };
    index.condition.as_ref().is_some_and(holds_none)
        || !index.nulls_not_distinct && columns.iter().any(|name| rows.is_null(name))
        || rows.are_distinct(&columns, index.nulls_not_distinct, index.condition.as_ref())
}

/// The rows that are there.
struct Rows<'a> {
    alter: &'a AlterTable,
}

/// Columns, and what is in them.
type Row<'n> = Vec<(&'n str, Constant)>;

fn in_row(row: &Row<'_>) -> impl Fn(&str) -> Option<Constant> {
    |name| row.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone())
}

/// How many rows are gone through that differ in what columns may hold.
const MOST: usize = 1000;

impl Rows<'_> {
    fn keep_check(&self, check: &Check) -> bool {
        let sql = check.condition.sql();
        if let Condition::Column { column, rule } = &check.condition
            && (self.is_of_its_type(column, rule) || self.has_kept(column, rule))
        {
            return true;
        }
        if !self.has_plain_names() {
            return false;
        }
        if self.old_checks().any(|old| known::implies(old.as_str(), sql.as_str())) {
            return true;
        }
        let named = self.alter.after.columns.iter().filter(|column| sql.mentions(&column.name));
        let mut rows: Vec<Row<'_>> = vec![Vec::new()];
        for (name, values) in named.filter_map(|column| self.possible(&column.name)) {
            if rows.len().saturating_mul(values.len()) > MOST {
                return false;
            }
            let mut longer = Vec::with_capacity(rows.len() * values.len());
            for row in &rows {
                longer.extend(values.iter().map(|value| [row.as_slice(), &[(name, value.clone())]].concat()));
            }
            rows = longer;
        }
        let is_there =
            |row: &&Row<'_>| !self.old_checks().any(|old| known::is_false(old.as_str(), &in_row(row)));
        rows.iter().filter(is_there).all(|row| known::holds(sql.as_str(), &in_row(row)))
    }

    /// What rows have obeyed, of columns that are as they were.
    fn old_checks(&self) -> impl Iterator<Item = Sql> {
        let before = &self.alter.before;
        let is_as_it_was = |sql: &Sql| {
            let named = before.columns.iter().filter(|column| sql.mentions(&column.name));
            named.into_iter().all(|column| self.is_as_it_was(&column.name))
        };
        let there = before.checks.iter().filter(|check| self.stays(&check.name));
        there.map(|check| check.condition.sql()).filter(is_as_it_was)
    }

    /// What rows may have in a column, as far as that is known.
    fn possible<'n>(&self, name: &'n str) -> Option<(&'n str, Vec<Constant>)> {
        let values = self.values(name).or_else(|| {
            let column = self.alter.before.columns.iter().find(|column| column.name == name)?;
            let null = column.nullable.then(Constant::null);
            self.is_as_it_was(name).then(|| null.into_iter().chain([Constant::not_null()]).collect())
        });
        Some((name, values?))
    }

    /// Null refers to nothing, and what has referred goes on to.
    fn keep_foreign_key(&self, key: &ForeignKey) -> bool {
        let is_same = |old: &ForeignKey| {
            self.stays(&old.name)
                && old.columns == key.columns
                && old.target_id() == key.target_id()
                && old.target_columns == key.target_columns
        };
        key.columns.iter().any(|name| self.is_null(name))
            || self.alter.before.foreign_keys.iter().any(is_same)
                && key.columns.iter().all(|name| self.is_as_it_was(name))
    }

    /// Whether no two rows agree in these columns: the database numbers one of them, or an older rule has
    /// seen to it. With `all`, that includes rows that have null there.
    fn are_distinct(&self, columns: &[String], all: bool, condition: Option<&Sql>) -> bool {
        let is_numbered = |column: &Column| column.autoincrement && columns.contains(&column.name);
        let added = self.alter.changes.iter().filter_map(|change| match change {
            TableChange::AddColumn(column, _) => Some(column),
            _ => None,
        });
        let before = &self.alter.before;
        let is_required =
            |name: &String| before.columns.iter().any(|column| column.name == *name && !column.nullable);
        let does = |names: &[String], with_nulls: bool| {
            names.iter().all(|name| columns.contains(name) && self.is_as_it_was(name))
                && (!all || with_nulls || names.iter().all(is_required))
        };
        let by_key = |key: &Key| does(&key.columns, key.nulls_not_distinct);
        let by_unique = |key: &Key| self.stays(&key.name) && by_key(key);
        let by_index = |index: &Index| {
            let names = index.parts.iter().map(|part| match &part.key {
                IndexKey::Column(name) => Some(name.clone()),
                IndexKey::Sql(_) => None,
            });
            let is_enough = index.condition.is_none() || index.condition.as_ref() == condition;
            let names: Option<Vec<String>> = names.collect();
            index.unique
                && is_enough
                && self.stays(&index.name)
                && names.is_some_and(|names| does(&names, index.nulls_not_distinct))
        };
        added.into_iter().any(is_numbered)
            || before.primary_key.iter().any(by_key)
            || before.uniques.iter().any(by_unique)
            || before.indexes.iter().any(by_index)
    }

    /// Whether a column's values are of its type by what they are made of, where the text of the rule
    /// does not show it.
    fn is_of_its_type(&self, column: &str, rule: &Rule) -> bool {
        let Some((added, value)) = self.added(column) else { return false };
        let is_constant = match &added.default {
            None => true,
            Some(Default::Sqlite(default)) => matches!(default, sqlite::Default::Constant(_)),
            Some(Default::Postgres(_)) => false,
        };
        let Rule::Sqlite(rule) = rule;
        match (rule, value) {
            (sqlite::Rule::Bytes(_) | sqlite::Rule::Json | sqlite::Rule::JsonArray, None) => is_constant,
            (sqlite::Rule::Bytes(16), Some(value)) => {
                value.as_str() == dialect::target(rex_sql::Dialect::Sqlite).random_uuid
            }
            _ => false,
        }
    }

    /// Whether a column has had a rule that is as strict.
    fn has_kept(&self, column: &str, rule: &Rule) -> bool {
        let old = self.alter.before.checks.iter().filter_map(|check| match &check.condition {
            Condition::Column { column: of, rule } if of == column => Some(rule),
            _ => None,
        });
        self.is_as_it_was(column) && old.into_iter().any(|old| is_as_strict(old, rule))
    }

    /// Whether a rule of before holds until the new one does: some of what PostgreSQL drops is gone
    /// transactions before; SQLite does all in one.
    fn stays(&self, name: &str) -> bool {
        let is_sqlite = self.alter.after.columns.iter().any(|column| matches!(column.ty, Type::Sqlite(_)));
        let drops = |change: &TableChange| match change {
            TableChange::DropConstraint(old) => old.name() == name && !super::is_replaced(self.alter, old),
            TableChange::DropIndex(index) => index.name == name,
            _ => false,
        };
        is_sqlite || !self.alter.changes.iter().any(drops)
    }

    /// A column that comes, and what rows have in it, if not its default.
    fn added(&self, name: &str) -> Option<(&Column, Option<&Sql>)> {
        self.alter.changes.iter().find_map(|change| match change {
            TableChange::AddColumn(column, value) if column.name == name => Some((column, value.as_ref())),
            _ => None,
        })
    }

    fn altered(&self, name: &str) -> Option<&AlterColumn> {
        self.alter.changes.iter().find_map(|change| match change {
            TableChange::AlterColumn(change) if change.after.name == name => Some(change.as_ref()),
            _ => None,
        })
    }

    /// Whether a column was there, and holds what it held.
    fn is_as_it_was(&self, name: &str) -> bool {
        let was_there = |table: &Table| table.columns.iter().any(|column| column.name == name);
        was_there(&self.alter.before)
            && self.added(name).is_none()
            && self.altered(name).is_none_or(|change| {
                change.before.ty == change.after.ty
                    && change.before.computed == change.after.computed
                    && change.conversion.is_none()
                    && change.backfill.is_none()
            })
    }

    /// Whether a column is null in all rows.
    fn is_null(&self, name: &str) -> bool {
        self.only(name).is_some_and(|value| value.is_null())
    }

    /// What all rows have in a column.
    fn only(&self, name: &str) -> Option<Constant> {
        let values = self.values(name)?;
        let [value] = values.as_slice() else { return None };
        Some(value.clone())
    }

    /// All that rows may have in a column, if that is a few things.
    fn values(&self, name: &str) -> Option<Vec<Constant>> {
        if let Some((column, value)) = self.added(name) {
            return (column.computed.is_none() && !column.autoincrement)
                .then(|| initial(column, value))
                .flatten()
                .map(|value| vec![value]);
        }
        let column = self.alter.before.columns.iter().find(|column| column.name == name)?;
        let there = self.alter.before.checks.iter().filter(|check| self.stays(&check.name));
        let listed = |check: &Check| known::members(check.condition.sql().as_str(), name);
        let mut values = there.into_iter().find_map(listed)?;
        if column.nullable {
            values.push(Constant::null());
        }
        match self.altered(name) {
            Some(change) => values.into_iter().map(|value| becomes(change, value)).collect(),
            None => Some(values),
        }
    }

    /// Words that are no names where a text is read, are none here.
    fn has_plain_names(&self) -> bool {
        let words = ["null", "true", "false"];
        !self.alter.after.columns.iter().any(|column| words.contains(&column.name.as_str()))
    }
}

/// What rows that are there have in a new column. Where they can have nothing, there are none, or they
/// stop before.
fn initial(column: &Column, value: Option<&Sql>) -> Option<Constant> {
    match (value, &column.default) {
        (Some(value), _) => Constant::read(value.as_str()),
        (None, Some(default)) => Constant::read(&render::default(default)),
        (None, None) => Some(Constant::null()),
    }
}

/// What a value of a column becomes.
fn becomes(change: &AlterColumn, value: Constant) -> Option<Constant> {
    let name = &change.after.name;
    let is_other = change.before.ty != change.after.ty || change.before.computed != change.after.computed;
    let value = match &change.conversion {
        Some(conversion) => {
            known::value(conversion.value.as_str(), &|of| (of == name).then(|| value.clone()))?
        }
        None if is_other => return None,
        None => value,
    };
    match &change.backfill {
        Some(backfill) if value.is_null() => Constant::read(backfill.as_str()),
        _ => Some(value),
    }
}

/// Whether what obeys one rule obeys the other.
fn is_as_strict(old: &Rule, new: &Rule) -> bool {
    use sqlite::Rule as R;
    let (Rule::Sqlite(old), Rule::Sqlite(new)) = (old, new);
    match (old, new) {
        (old, new) if old == new => true,
        (R::Boolean, R::Range { min, max }) => *min <= 0 && *max >= 1,
        (R::Range { min: low, max: high }, R::Range { min, max }) => min <= low && max >= high,
        (R::MaxLength(old), R::MaxLength(new)) => old <= new,
        (R::OneOf(old), R::OneOf(new)) => old.iter().all(|label| new.contains(label)),
        (R::JsonArray, R::Json) => true,
        _ => false,
    }
}
