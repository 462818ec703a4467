//! What a statement keeps others from, by its words and by what is known of the tables. Tried on a
//! server: see `tests/suite/migrate/locks.rs`.
//!
//! | statement | table | others |
//! |---|---|---|
//! | `ALTER TABLE`, `DROP TABLE` | all | a table that a key goes to which goes with it: all |
//! | `ADD … FOREIGN KEY`, `CREATE TABLE … REFERENCES` | writes | the table that it goes to: writes |
//! | `VALIDATE CONSTRAINT`, `CREATE INDEX CONCURRENTLY`, `COMMENT` | other changes | |
//! | `CREATE INDEX` | writes | |
//! | `UPDATE`, `INSERT`, `DELETE` | the rows | |

use crate::database::{Database, Table};
use crate::plan::{Lock, Locked, Object};
use crate::syntax::cursor::Cursor;

/// What a statement locks; none where its words are not known.
pub(super) fn locks(statement: &str, known: &[&Database]) -> Option<Vec<Locked>> {
    let mut words = Cursor::new(statement)?;
    let known = Known(known);
    if words.words("alter table") {
        words.words("if exists");
        words.words("only");
        let table = object(&mut words)?;
        return Some(known.alter(&table, words.rest()));
    }
    if words.words("create") {
        return known.create(&mut words);
    }
    if words.words("do") {
        return within(&words.next()?.value(), known.0);
    }
    if words.words("drop table") {
        words.words("if exists");
        let table = object(&mut words)?;
        let mut locked = vec![Locked::new(table.clone(), Lock::All)];
        locked.extend(known.targets(&table, |_| true).map(|target| Locked::new(target, Lock::All)));
        return Some(locked);
    }
    if words.words("drop index") {
        let lock = if words.words("concurrently") { Lock::Changes } else { Lock::All };
        words.words("if exists");
        let index = object(&mut words)?;
        return Some(
            known.table_of_index(&index).map(|table| Locked::new(table, lock)).into_iter().collect(),
        );
    }
    if words.words("drop view")
        || words.words("drop materialized view")
        || words.words("refresh materialized view")
    {
        words.words("if exists");
        return Some(vec![Locked::new(object(&mut words)?, Lock::All)]);
    }
    if words.words("comment on table") {
        return Some(vec![Locked::new(object(&mut words)?, Lock::Changes)]);
    }
    if words.words("comment on column") {
        let mut path = words.path()?;
        path.pop();
        return Some(vec![Locked::new(of_path(path)?, Lock::Changes)]);
    }
    if words.words("update") || words.words("insert into") || words.words("delete from") {
        words.words("only");
        return Some(vec![Locked::new(object(&mut words)?, Lock::Rows)]);
    }
    let touches_no_table = [
        "drop type",
        "drop schema",
        "alter type",
        "alter index",
        "alter sequence",
        "comment on",
        "select",
        "set",
    ];
    touches_no_table.into_iter().any(|start| words.words(start)).then(Vec::new)
}

/// What a block does that Rex has written: it builds one statement, and executes it.
fn within(block: &str, known: &[&Database]) -> Option<Vec<Locked>> {
    let mut words = Cursor::new(block)?;
    if !words.words("begin execute format") || !words.symbol("(") {
        return None;
    }
    locks(&words.next()?.value(), known)
}

fn object(words: &mut Cursor<'_>) -> Option<Object> {
    of_path(words.path()?)
}

fn of_path(mut path: Vec<String>) -> Option<Object> {
    let name = path.pop()?;
    Some(Object { schema: path.pop(), name })
}

/// What is known of the database, before and after.
struct Known<'a>(&'a [&'a Database]);

impl Known<'_> {
    fn tables<'s>(&'s self, id: &'s Object) -> impl Iterator<Item = &'s Table> {
        let tables = self.0.iter().flat_map(|database| &database.tables);
        tables.filter(move |table| table.schema == id.schema && table.name == id.name)
    }

    /// The tables that some of a table's foreign keys go to.
    fn targets<'s>(
        &'s self,
        table: &'s Object,
        which: impl Fn(&crate::database::ForeignKey) -> bool + 's,
    ) -> impl Iterator<Item = Object> + 's {
        let keys = self.tables(table).flat_map(|table| &table.foreign_keys).filter(move |key| which(key));
        keys.map(|key| Object { schema: key.target_schema.clone(), name: key.target.clone() })
    }

    /// The tables with foreign keys to a table, to one of these columns.
    fn sources(&self, target: &Object, column: &str) -> Vec<Object> {
        let tables = self.0.iter().flat_map(|database| &database.tables);
        let refers = |table: &&Table| {
            table.foreign_keys.iter().any(|key| {
                key.target_schema == target.schema
                    && key.target == target.name
                    && key.target_columns.iter().any(|name| name == column)
            })
        };
        tables
            .filter(refers)
            .map(|table| Object { schema: table.schema.clone(), name: table.name.clone() })
            .collect()
    }

    fn table_of_index(&self, index: &Object) -> Option<Object> {
        let tables = self.0.iter().flat_map(|database| &database.tables);
        let has = |table: &&Table| {
            table.schema == index.schema && table.indexes.iter().any(|one| one.name == index.name)
        };
        let table = tables.into_iter().find(has)?;
        Some(Object { schema: table.schema.clone(), name: table.name.clone() })
    }

    fn create(&self, words: &mut Cursor<'_>) -> Option<Vec<Locked>> {
        if words.words("temp table") {
            return Some(Vec::new());
        }
        if words.words("table") {
            words.words("if not exists");
            return Some(
                references(words).into_iter().map(|target| Locked::new(target, Lock::Writes)).collect(),
            );
        }
        words.words("unique");
        if words.words("index") {
            let lock = if words.words("concurrently") { Lock::Changes } else { Lock::Writes };
            words.words("if not exists");
            while !words.words("on") {
                words.next()?;
            }
            return Some(vec![Locked::new(object(words)?, lock)]);
        }
        let makes_no_table =
            ["type", "schema", "view", "materialized view", "extension", "function", "sequence"];
        makes_no_table.into_iter().any(|start| words.words(start)).then(Vec::new)
    }

    /// What an `ALTER TABLE` does, which may be several things.
    fn alter(&self, table: &Object, actions: &str) -> Vec<Locked> {
        let mut locked: Vec<Locked> = Vec::new();
        let mut words = Cursor::new(actions).into_iter().next();
        while let Some(cursor) = words.as_mut().filter(|cursor| !cursor.is_done()) {
            let action = cursor.until(|cursor| cursor.is_symbol(","));
            locked.extend(self.action(table, action));
            if !cursor.symbol(",") {
                break;
            }
        }
        locked
    }

    fn action(&self, table: &Object, action: &str) -> Vec<Locked> {
        let on = |lock| Locked::new(table.clone(), lock);
        let Some(mut words) = Cursor::new(action) else { return vec![on(Lock::All)] };
        if words.words("validate constraint") {
            return vec![on(Lock::Changes)];
        }
        let all = |others: &mut dyn Iterator<Item = Object>| {
            let others = others.map(|other| Locked::new(other, Lock::All));
            others.chain([on(Lock::All)]).collect()
        };
        if words.words("drop constraint") {
            words.words("if exists");
            let name = words.name().unwrap_or_default();
            return all(&mut self.targets(table, move |key| key.name == name));
        }
        if words.words("drop column") {
            words.words("if exists");
            let column = words.name().unwrap_or_default();
            return all(&mut self.targets(table, move |key| key.columns.contains(&column)));
        }
        if words.words("alter column") {
            let column = words.name().unwrap_or_default();
            // Keys over it are made anew.
            let sources = if words.words("type") { self.sources(table, &column) } else { Vec::new() };
            let targets = self.targets(table, move |key| key.columns.contains(&column));
            return all(&mut sources.into_iter().chain(targets));
        }
        if words.words("add") {
            let mut targets = references(&mut words).into_iter().peekable();
            if targets.peek().is_some() {
                let targets = targets.map(|target| Locked::new(target, Lock::Writes));
                return targets.chain([on(Lock::Writes)]).collect();
            }
        }
        vec![on(Lock::All)]
    }
}

/// What stands behind `REFERENCES`.
fn references(words: &mut Cursor<'_>) -> Vec<Object> {
    let mut targets = Vec::new();
    while !words.is_done() {
        if words.words("references") {
            targets.extend(object(words));
        } else {
            words.next();
        }
    }
    targets
}
