//! A connection and the statements that it has prepared.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Deref;
use std::time::{Duration, Instant};

use super::cursor::Cursor;
use super::limit::{Limit, Timed};
use super::raw::Statement;
use crate::adapter::texts::Texts;
use crate::operation::{Id, Prepared};

/// A connection. Through [`Deref`] it is the driver's own.
pub(super) struct Connection {
    // First, so that they are dropped before the connection closes.
    cursors: HashMap<u64, Cursor>,
    statements: Statements,
    driver: rusqlite::Connection,
    /// Whether it looks at SQLite's statistics when it closes.
    optimizes: bool,
    limit: Option<Limit>,
    opened: Instant,
    used: Instant,
}

#[derive(Default)]
struct Statements {
    /// Fixed statements by their id, with the text that they were prepared from: a connection
    /// serves one schema, but nothing breaks if it serves two.
    fixed: Vec<Option<(&'static str, Statement)>>,
    /// Those that write many rows, likewise.
    many: Vec<Option<(&'static str, Statement)>>,
    /// Those made at run time, by their text.
    made: Texts<Statement>,
    /// The last one that is too long to be kept with the others: programs write batches of one size.
    long: Option<(String, Statement)>,
}

impl Connection {
    /// `optimizes` says that SQLite may bring its statistics up to date when the connection closes;
    /// `limit` is for each statement.
    pub(super) fn new(
        mut driver: rusqlite::Connection,
        optimizes: bool,
        limit: Option<Duration>,
    ) -> rusqlite::Result<Self> {
        let limit = limit.map(|limit| Limit::set(&mut driver, limit)).transpose()?;
        let (statements, now) = (Statements::default(), Instant::now());
        Ok(Connection {
            cursors: HashMap::new(),
            statements,
            driver,
            optimizes,
            limit,
            opened: now,
            used: now,
        })
    }

    /// A statement starts: its time begins, and ends with what is returned.
    pub(super) fn starts(&self) -> Option<Timed> {
        self.limit.as_ref().map(Limit::starts)
    }

    /// Runs something that does not wait for another process, where else `busy` is waited.
    pub(super) fn at_once<T>(
        &mut self,
        busy: Duration,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.driver.busy_timeout(Duration::ZERO)?;
        let outcome = work(self);
        self.driver.busy_timeout(busy)?;
        outcome
    }

    /// Nobody uses it for now.
    pub(super) fn rests(&mut self) {
        self.cursors.clear();
    }

    /// It is used at that time.
    pub(super) fn is_used_at(&mut self, time: Instant) {
        self.used = time;
    }

    /// Whether it was unused for longer than `idle`, or is older than `age`.
    pub(super) fn is_expired(&self, now: Instant, idle: Option<Duration>, age: Option<Duration>) -> bool {
        idle.is_some_and(|idle| now.duration_since(self.used) > idle)
            || age.is_some_and(|age| now.duration_since(self.opened) > age)
    }

    /// Keeps a cursor, by its number.
    pub(super) fn keep_cursor(&mut self, number: u64, cursor: Cursor) {
        self.cursors.insert(number, cursor);
    }

    /// An open cursor, by its number.
    pub(super) fn cursor(&mut self, number: u64) -> Option<&mut Cursor> {
        self.cursors.get_mut(&number)
    }

    pub(super) fn close_cursor(&mut self, number: u64) {
        self.cursors.remove(&number);
    }

    /// The prepared statement for a text; prepared now if it is the first time.
    pub(super) fn statement(&mut self, prepared: &Prepared<'_>) -> rusqlite::Result<&mut Statement> {
        self.statements.get(&self.driver, prepared)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.optimizes {
            // Nobody waits for it, and it waits for nobody.
            _ = self.driver.busy_timeout(Duration::ZERO);
            _ = self.driver.execute_batch("PRAGMA optimize");
        }
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
            (Some(Id::Fixed(id)), Cow::Borrowed(sql)) => known(&mut self.fixed, driver, id as usize, sql),
            (Some(Id::Many(id)), Cow::Borrowed(sql)) => known(&mut self.many, driver, id as usize, sql),
            _ if prepared.is_kept() => self.made(driver, prepared),
            _ => self.long(driver, &prepared.sql),
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

    fn made(
        &mut self,
        driver: &rusqlite::Connection,
        prepared: &Prepared<'_>,
    ) -> rusqlite::Result<&mut Statement> {
        let sql = &prepared.sql;
        let place = match self.made.find(sql, prepared.number()) {
            Some(place) => place,
            None => self.made.keep(sql, Statement::prepare(driver, sql, true)?),
        };
        Ok(self.made.at(place).expect("it was found or put there just now"))
    }
}

/// The statement at a place of a list, prepared now if it is the first time.
fn known<'s>(
    list: &'s mut Vec<Option<(&'static str, Statement)>>,
    driver: &rusqlite::Connection,
    id: usize,
    sql: &'static str,
) -> rusqlite::Result<&'s mut Statement> {
    if list.len() <= id {
        list.resize_with(id + 1, || None);
    }
    let place = &mut list[id];
    if !place.as_ref().is_some_and(|(text, _)| std::ptr::eq(*text, sql)) {
        *place = None;
    }
    match place {
        Some((_, statement)) => Ok(statement),
        None => Ok(&mut place.insert((sql, Statement::prepare(driver, sql, true)?)).1),
    }
}
