//! `CREATE TABLE`, as SQLite keeps it.

use super::types::{Default, Type};
use crate::database::{self as db, Check, Column, Condition, ForeignKey, Key, Sql, Table};
use crate::syntax::constraint::{self, Clause, Reference};
use crate::syntax::cursor::Cursor;

/// The table of a statement, and what it says that Rex has no word for; none where it is no
/// plain table.
pub(super) fn read(sql: &str) -> Option<(Table, Vec<String>)> {
    let mut reader = Reader { cursor: Cursor::new(sql)?, table: empty(), clauses: Vec::new() };
    reader.table()?;
    Some((reader.table, reader.clauses))
}

fn empty() -> Table {
    Table {
        schema: None,
        name: String::new(),
        comment: String::new(),
        columns: Vec::new(),
        primary_key: None,
        uniques: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        indexes: Vec::new(),
    }
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    table: Table,
    /// What there is no word for.
    clauses: Vec<String>,
}

/// What comes after a column's type.
const CONSTRAINTS: [&str; 10] =
    ["constraint", "not", "null", "primary", "unique", "check", "default", "references", "generated", "as"];

impl Reader<'_> {
    fn table(&mut self) -> Option<()> {
        if !self.cursor.words("create table") {
            return None;
        }
        self.cursor.words("if not exists");
        self.table.name = self.cursor.name()?;
        if !self.cursor.symbol("(") {
            return None;
        }
        loop {
            self.item()?;
            if self.cursor.symbol(")") {
                break;
            }
            if !self.cursor.symbol(",") {
                return None;
            }
        }
        if !self.cursor.words("strict") {
            self.clauses.push("it is not STRICT".to_owned());
        }
        if !self.cursor.is_done() {
            let rest = self.cursor.rest().to_owned();
            self.clauses.push(rest);
        }
        Some(())
    }

    fn item(&mut self) -> Option<()> {
        let is_constraint = ["constraint", "primary", "unique", "check", "foreign"]
            .iter()
            .any(|word| self.cursor.is_word(word));
        if is_constraint { self.constraint() } else { self.column() }
    }

    fn constraint(&mut self) -> Option<()> {
        let start = self.cursor.clone();
        let name = if self.cursor.words("constraint") { self.cursor.name()? } else { String::new() };
        let clause = constraint::clause(&mut self.cursor);
        let is_whole = self.cursor.is_symbol(",") || self.cursor.is_symbol(")");
        match clause.filter(|_| is_whole) {
            Some(clause) => self.add(name, clause),
            None => {
                self.cursor = start;
                let text = self.cursor.until(|cursor| cursor.is_symbol(","));
                self.clauses.push(text.to_owned());
            }
        }
        Some(())
    }

    fn add(&mut self, name: String, clause: Clause) {
        let key = |name, columns, nulls_not_distinct| Key { name, columns, nulls_not_distinct };
        match clause {
            Clause::PrimaryKey(columns) => self.table.primary_key = Some(key(name, columns, false)),
            Clause::Unique { columns, nulls_not_distinct } => {
                self.table.uniques.push(key(name, columns, nulls_not_distinct));
            }
            Clause::Check(text) => {
                self.table.checks.push(Check { name, condition: Condition::Sql(Sql::written(text)) });
            }
            Clause::ForeignKey { columns, reference } => {
                self.table.foreign_keys.push(foreign_key(name, columns, reference));
            }
        }
    }

    fn column(&mut self) -> Option<()> {
        let name = self.cursor.name()?;
        let is_end = |cursor: &Cursor<'_>| {
            cursor.is_symbol(",") || CONSTRAINTS.iter().any(|word| cursor.is_word(word))
        };
        let ty = self.cursor.until(is_end).to_owned();
        let mut column = Column {
            name,
            ty: db::Type::Sqlite(self::ty(&ty)),
            nullable: true,
            default: None,
            autoincrement: false,
            computed: None,
            comment: String::new(),
        };
        let mut constraint = String::new();
        while !self.cursor.is_symbol(",") && !self.cursor.is_symbol(")") {
            if self.cursor.words("constraint") {
                constraint = self.cursor.name()?;
                continue;
            }
            let name = std::mem::take(&mut constraint);
            if self.property(&mut column, &name, &ty).is_none() {
                let is_end = |cursor: &Cursor<'_>| cursor.is_symbol(",");
                let text = format!("{:?}: {}", column.name, self.cursor.until(is_end));
                self.clauses.push(text);
            }
        }
        self.table.columns.push(column);
        Some(())
    }

    /// One of a column's constraints.
    fn property(&mut self, column: &mut Column, name: &str, ty: &str) -> Option<()> {
        let columns = || vec![column.name.clone()];
        let cursor = &mut self.cursor;
        if cursor.is_word("on") {
            return None;
        }
        if cursor.words("not null") {
            column.nullable = false;
        } else if cursor.words("null") {
        } else if cursor.words("primary key") {
            cursor.words("asc");
            column.autoincrement = cursor.words("autoincrement");
            let key = Key { name: name.to_owned(), columns: columns(), nulls_not_distinct: false };
            self.table.primary_key = Some(key);
        } else if cursor.words("unique") {
            let key = Key { name: name.to_owned(), columns: columns(), nulls_not_distinct: false };
            self.table.uniques.push(key);
        } else if cursor.is_word("check") {
            let clause = constraint::clause(cursor)?;
            self.add(name.to_owned(), clause);
        } else if cursor.words("default") {
            column.default = Some(db::Default::Sqlite(Default::Sql(Sql::written(default(cursor)?))));
        } else if cursor.is_word("references") {
            let reference = constraint::reference(cursor)?;
            self.table.foreign_keys.push(foreign_key(name.to_owned(), columns(), reference));
        } else if cursor.words("generated always as") || cursor.words("as") {
            column.computed = Some(Sql::written(cursor.parenthesised()?));
            if !cursor.words("stored") {
                cursor.words("virtual");
                self.clauses.push(format!("{:?}: VIRTUAL", column.name));
            }
        } else if cursor.words("collate") {
            let collation = cursor.name()?;
            column.ty = db::Type::Sqlite(self::ty(&format!("{ty} COLLATE {collation}")));
        } else {
            return None;
        }
        Some(())
    }
}

fn ty(text: &str) -> Type {
    match text.to_ascii_uppercase().as_str() {
        "INTEGER" => Type::Integer,
        "REAL" => Type::Real,
        "TEXT" => Type::Text,
        "BLOB" => Type::Blob,
        _ => Type::Native(text.to_owned()),
    }
}

/// What follows `DEFAULT`: something in parentheses, or a constant with or without a sign.
fn default(cursor: &mut Cursor<'_>) -> Option<String> {
    if cursor.is_symbol("(") {
        return cursor.parenthesised().map(str::to_owned);
    }
    let sign = if cursor.symbol("-") { "-" } else { "" };
    cursor.symbol("+");
    Some(format!("{sign}{}", cursor.next()?.text))
}

fn foreign_key(name: String, columns: Vec<String>, reference: Reference) -> ForeignKey {
    ForeignKey {
        name,
        columns,
        target_schema: None,
        target: reference.target.last().cloned().unwrap_or_default(),
        target_columns: reference.columns,
        on_delete: reference.on_delete,
        on_key_change: reference.on_key_change,
        deferrable: reference.deferrable,
    }
}
