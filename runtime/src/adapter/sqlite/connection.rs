//! A connection and the statements that it has prepared.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Deref;

use super::raw::Statement;
use crate::operation::Prepared;

/// Beyond so many statements made at run time, all of them are forgotten: a program has far fewer
/// shapes of queries, unless it makes them up as it goes.
const MADE: usize = 500;

/// A connection. Through [`Deref`] it is the driver's own.
pub(super) struct Connection {
    // First, so that they are dropped before the connection closes.
    statements: Statements,
    driver: rusqlite::Connection,
}

#[derive(Default)]
struct Statements {
    /// Fixed statements by their id, with the text that they were prepared from: a connection
    /// serves one schema, but nothing breaks if it serves two.
    fixed: Vec<Option<(&'static str, Statement)>>,
    /// Those made at run time, by their text.
    made: HashMap<String, Statement>,
    /// The last one that is too long to be kept with the others: programs write batches of one size.
    long: Option<(String, Statement)>,
}

impl Connection {
    pub(super) fn new(driver: rusqlite::Connection) -> Self {
        Connection { statements: Statements::default(), driver }
    }

    /// The prepared statement for a text; prepared now if it is the first time.
    pub(super) fn statement(&mut self, prepared: &Prepared<'_>) -> rusqlite::Result<&mut Statement> {
        self.statements.get(&self.driver, prepared)
    }
}

impl Deref for Connection {
    type Target = rusqlite::Connection;

    fn deref(&self) -> &rusqlite::Connection {
        &self.driver
    }
}

impl Statements {
    fn get(
        &mut self,
        driver: &rusqlite::Connection,
        prepared: &Prepared<'_>,
    ) -> rusqlite::Result<&mut Statement> {
        match (prepared.id, &prepared.sql) {
            (Some(id), Cow::Borrowed(sql)) => self.fixed(driver, id as usize, sql),
            _ if prepared.is_kept() => self.made(driver, &prepared.sql),
            _ => self.long(driver, &prepared.sql),
        }
    }

    fn fixed(
        &mut self,
        driver: &rusqlite::Connection,
        id: usize,
        sql: &'static str,
    ) -> rusqlite::Result<&mut Statement> {
        if self.fixed.len() <= id {
            self.fixed.resize_with(id + 1, || None);
        }
        let place = &mut self.fixed[id];
        if !place.as_ref().is_some_and(|(text, _)| std::ptr::eq(*text, sql)) {
            *place = None;
        }
        match place {
            Some((_, statement)) => Ok(statement),
            None => Ok(&mut place.insert((sql, Statement::prepare(driver, sql, true)?)).1),
        }
    }

    fn long(&mut self, driver: &rusqlite::Connection, sql: &str) -> rusqlite::Result<&mut Statement> {
        if self.long.as_ref().is_some_and(|(text, _)| text != sql) {
            self.long = None;
        }
        match &mut self.long {
            Some((_, statement)) => Ok(statement),
            place => Ok(&mut place.insert((sql.to_owned(), Statement::prepare(driver, sql, true)?)).1),
        }
    }

    fn made(&mut self, driver: &rusqlite::Connection, sql: &str) -> rusqlite::Result<&mut Statement> {
        if !self.made.contains_key(sql) {
            if self.made.len() >= MADE {
                self.made.clear();
            }
            self.made.insert(sql.to_owned(), Statement::prepare(driver, sql, true)?);
        }
        Ok(self.made.get_mut(sql).expect("it was put there just now"))
    }
}
