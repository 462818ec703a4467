//! Statements of SQLite by its C interface: the one place of the runtime with `unsafe`.
//!
//! rusqlite's statements borrow their connection, so they cannot be kept beside it by number, and
//! each of their cells is looked up three times and checked twice. Here a statement is a pointer that
//! its [`Connection`](super::connection::Connection) keeps, texts and octets are bound where they lie
//! instead of being copied, and a cell is looked up once.
//!
//! Rules that hold all of it:
//!
//! 1. A [`Statement`] never leaves the connection that made it, which drops it before it closes.
//! 2. A connection is used by one thread at a time; it may move between threads in between.
//! 3. What is bound outlives the [`Running`] statement, which forgets it when it is dropped.
//! 4. A cell borrows from the running statement, which cannot be stepped meanwhile.

#![allow(unsafe_code, reason = "the C interface of SQLite; see the rules above")]

use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::slice;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Error, ffi};

use super::aside::STEPS;
use crate::error::{self, Kind};
use crate::value::Cell;

/// A prepared statement.
pub(super) struct Statement {
    pointer: NonNull<ffi::sqlite3_stmt>,
    /// Its last run was.
    was_long: bool,
}

// SAFETY: SQLite's statements may be used from any thread, by one at a time, as `&mut` ensures.
unsafe impl Send for Statement {}

impl Statement {
    /// Prepares a text that is one statement. `kept` says that it is going to be used often.
    pub(super) fn prepare(connection: &rusqlite::Connection, sql: &str, kept: bool) -> Result<Self, Error> {
        let length = c_int::try_from(sql.len()).map_err(|_| too_big())?;
        let flags = if kept { ffi::SQLITE_PREPARE_PERSISTENT } else { 0 };
        let mut statement = ptr::null_mut();
        let mut rest = ptr::null();
        // SAFETY: the text is as long as is said, and SQLite copies it. The handle is only borrowed.
        let code = unsafe {
            let handle = connection.handle();
            let text = sql.as_ptr().cast();
            ffi::sqlite3_prepare_v3(handle, text, length, flags as _, &raw mut statement, &raw mut rest)
        };
        match (code, NonNull::new(statement)) {
            (ffi::SQLITE_OK, Some(statement)) => {
                let statement = Statement { pointer: statement, was_long: false };
                let read = rest.addr() - sql.as_ptr().addr();
                if holds_statement(connection, &sql[read..]) {
                    Err(Error::MultipleStatement)
                } else {
                    Ok(statement)
                }
            }
            // A text without a statement in it.
            (ffi::SQLITE_OK, None) => Err(Error::InvalidQuery),
            // SAFETY: the handle is the open connection's.
            _ => Err(unsafe { failure(connection.handle(), code) }),
        }
    }

    /// The name of a placeholder, the first of which is 1: `$1`. None for one without.
    pub(super) fn parameter(&self, place: usize) -> Option<&str> {
        // SAFETY: the statement is open, and the name lives as long.
        unsafe {
            let name = ffi::sqlite3_bind_parameter_name(self.pointer.as_ptr(), c_int::try_from(place).ok()?);
            (!name.is_null()).then(|| CStr::from_ptr(name))?.to_str().ok()
        }
    }

    /// How many placeholders it has: the largest number of one.
    pub(super) fn parameters(&self) -> usize {
        // SAFETY: the statement is open.
        unsafe { ffi::sqlite3_bind_parameter_count(self.pointer.as_ptr()) }.unsigned_abs() as usize
    }

    /// Starts it; it ends when what is returned is dropped.
    pub(super) fn start<'v>(&mut self) -> Running<'_, 'v> {
        Running {
            statement: self.pointer,
            was_long: &mut self.was_long,
            binds: false,
            copies: false,
            of: PhantomData,
        }
    }

    /// Binds copies of values and leaves them there, for [`Statement::resume`].
    pub(super) fn bind<'v>(
        &mut self,
        bind: impl FnOnce(&mut Running<'_, 'v>) -> error::Result<()>,
    ) -> error::Result<()> {
        let mut running = ManuallyDrop::new(self.start());
        running.copies = true;
        bind(&mut running)
    }

    /// Goes on where it was left: what is returned is not to be dropped before the end.
    pub(super) fn resume(&mut self) -> ManuallyDrop<Running<'_, 'static>> {
        ManuallyDrop::new(self.start())
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: it is open, nobody has it any more, and its connection is open yet.
        unsafe { ffi::sqlite3_finalize(self.pointer.as_ptr()) };
    }
}

/// A statement at work, with values that live for `'v`.
pub(super) struct Running<'s, 'v> {
    statement: NonNull<ffi::sqlite3_stmt>,
    was_long: &'s mut bool,
    binds: bool,
    /// SQLite makes copies of what is bound.
    copies: bool,
    of: PhantomData<&'v ()>,
}

impl<'v> Running<'_, 'v> {
    /// Binds the value of a placeholder, the first of which is 1.
    pub(super) fn bind(&mut self, place: usize, value: ToSqlOutput<'v>) -> Result<(), Error> {
        self.binds = true;
        let (statement, at) = (self.statement.as_ptr(), c_int::try_from(place).map_err(|_| too_big())?);
        // SAFETY: the statement is open. What is bound in place lives for `'v`, longer than `self`, and
        // is forgotten when `self` is dropped.
        let code = unsafe {
            match &value {
                ToSqlOutput::Borrowed(value) if self.copies => {
                    bind(statement, at, *value, ffi::SQLITE_TRANSIENT())
                }
                ToSqlOutput::Borrowed(value) => bind(statement, at, *value, ffi::SQLITE_STATIC()),
                ToSqlOutput::Owned(value) => bind(statement, at, value.into(), ffi::SQLITE_TRANSIENT()),
                ToSqlOutput::Pointer((pointer, name, free)) => {
                    ffi::sqlite3_bind_pointer(statement, at, pointer.cast_mut(), name.as_ptr(), *free)
                }
                _ => unreachable!("values are bound as they are, borrowed, or by pointer"),
            }
        };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.failure(code)) }
    }

    /// Goes to the next row; whether there is one.
    pub(super) fn step(&mut self) -> Result<bool, Error> {
        // SAFETY: the statement is open, and no cell is borrowed.
        match unsafe { ffi::sqlite3_step(self.statement.as_ptr()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            code => Err(self.failure(code)),
        }
    }

    /// Whether its last run was long.
    pub(super) fn was_long(&self) -> bool {
        *self.was_long
    }

    /// How many columns its rows have: 0 if it answers with none.
    pub(super) fn columns(&self) -> usize {
        // SAFETY: the statement is open.
        unsafe { ffi::sqlite3_column_count(self.statement.as_ptr()) }.unsigned_abs() as usize
    }

    /// The cell of the current row at a place.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Decode`] for a text that is not UTF-8.
    pub(super) fn cell(&self, place: usize) -> error::Result<Cell<'_>> {
        // SAFETY: the statement is open. Out of range, or without a current row, the value is null.
        // The value is used on this thread, until the next step at the latest.
        unsafe {
            let value = ffi::sqlite3_column_value(self.statement.as_ptr(), place as c_int);
            Ok(match ffi::sqlite3_value_type(value) {
                ffi::SQLITE_INTEGER => Cell::Integer(ffi::sqlite3_value_int64(value)),
                ffi::SQLITE_FLOAT => Cell::Real(ffi::sqlite3_value_double(value)),
                ffi::SQLITE_TEXT => {
                    let text = ffi::sqlite3_value_text(value);
                    let bytes = octets(text, ffi::sqlite3_value_bytes(value));
                    Cell::Text(std::str::from_utf8(bytes).map_err(|_| not_utf_8())?)
                }
                ffi::SQLITE_BLOB => {
                    let blob = ffi::sqlite3_value_blob(value).cast();
                    Cell::Blob(octets(blob, ffi::sqlite3_value_bytes(value)))
                }
                _ => Cell::Null,
            })
        }
    }

    /// The name of the column at a place; none if it is not UTF-8.
    pub(super) fn name(&self, place: usize) -> Option<&str> {
        // SAFETY: the statement is open, and the name lives until it is prepared again, at the next start.
        unsafe {
            let name = ffi::sqlite3_column_name(self.statement.as_ptr(), c_int::try_from(place).ok()?);
            (!name.is_null()).then(|| CStr::from_ptr(name))?.to_str().ok()
        }
    }

    /// How many rows it wrote.
    pub(super) fn changes(&self) -> u64 {
        // SAFETY: the statement is open, and so is its connection.
        unsafe { ffi::sqlite3_changes64(ffi::sqlite3_db_handle(self.statement.as_ptr())) }.unsigned_abs()
    }

    /// How many rows the connection has written since it was opened, those of triggers and of foreign
    /// keys' actions among them: a statement that leaves the number as it is wrote none, and
    /// [`changes`](Self::changes) tells of an earlier one.
    pub(super) fn all_changes(&self) -> u64 {
        // SAFETY: the statement is open, and so is its connection.
        unsafe { ffi::sqlite3_total_changes64(ffi::sqlite3_db_handle(self.statement.as_ptr())) }
            .unsigned_abs()
    }

    #[cold]
    fn failure(&self, code: c_int) -> Error {
        // SAFETY: the statement is open, and so is its connection.
        unsafe { failure(ffi::sqlite3_db_handle(self.statement.as_ptr()), code) }
    }
}

impl Drop for Running<'_, '_> {
    fn drop(&mut self) {
        // SAFETY: the statement is open; what was bound is not read after this.
        unsafe {
            let steps = ffi::sqlite3_stmt_status(self.statement.as_ptr(), ffi::SQLITE_STMTSTATUS_VM_STEP, 1);
            *self.was_long = steps > STEPS;
            ffi::sqlite3_reset(self.statement.as_ptr());
            if self.binds {
                ffi::sqlite3_clear_bindings(self.statement.as_ptr());
            }
        }
    }
}

/// # Safety
///
/// The statement is open; with `SQLITE_STATIC`, the value outlives the statement's run.
unsafe fn bind(
    statement: *mut ffi::sqlite3_stmt,
    at: c_int,
    value: ValueRef<'_>,
    lives: ffi::sqlite3_destructor_type,
) -> c_int {
    // SAFETY: as above; lengths are those of the slices. An empty slice has a pointer that is not null.
    unsafe {
        match value {
            ValueRef::Null => ffi::sqlite3_bind_null(statement, at),
            ValueRef::Integer(number) => ffi::sqlite3_bind_int64(statement, at, number),
            ValueRef::Real(number) => ffi::sqlite3_bind_double(statement, at, number),
            ValueRef::Text(text) => {
                let (start, length) = (text.as_ptr().cast(), text.len() as u64);
                ffi::sqlite3_bind_text64(statement, at, start, length, lives, ffi::SQLITE_UTF8 as u8)
            }
            ValueRef::Blob(bytes) => {
                ffi::sqlite3_bind_blob64(statement, at, bytes.as_ptr().cast(), bytes.len() as u64, lives)
            }
        }
    }
}

/// # Safety
///
/// `start` is null, or has so many octets, which live for `'a`.
unsafe fn octets<'a>(start: *const u8, length: c_int) -> &'a [u8] {
    // SAFETY: as above.
    if start.is_null() {
        &[]
    } else {
        unsafe { slice::from_raw_parts(start, length.unsigned_abs() as usize) }
    }
}

/// What went wrong last on a connection.
///
/// # Safety
///
/// The connection is open.
#[cold]
unsafe fn failure(connection: *mut ffi::sqlite3, code: c_int) -> Error {
    // SAFETY: as above; the message lives until the next call on the connection.
    unsafe {
        let message = ffi::sqlite3_errmsg(connection);
        let message = (!message.is_null()).then(|| CStr::from_ptr(message).to_string_lossy().into_owned());
        Error::SqliteFailure(ffi::Error::new(code), message)
    }
}

/// Whether there is something in a text that SQLite would run, or refuse.
fn holds_statement(connection: &rusqlite::Connection, sql: &str) -> bool {
    if sql.trim_matches(|char: char| char.is_ascii_whitespace() || char == ';').is_empty() {
        return false;
    }
    !matches!(Statement::prepare(connection, sql, false), Err(Error::InvalidQuery))
}

fn too_big() -> Error {
    Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_TOOBIG), None)
}

#[cold]
fn not_utf_8() -> error::Error {
    error::Error::new(Kind::Decode, "the text is not UTF-8")
}
