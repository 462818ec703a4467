//! New rows by `COPY`, in PostgreSQL's binary form.
//!
//! The copy is a statement of the simple protocol, so that nothing of it has a name. Right before it the server
//! is asked for the types of the columns, without a name too; both leave together. Rows are written as the
//! server takes them. While a copy is open nothing else may be sent on its connection: it has the turn of its
//! transaction, and the driver waits.

#[cfg(all(test, unix))]
mod tests;

use std::future::poll_fn;
use std::task::{Context, Poll};

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, Kind as TypeKind, Type};

use super::bind;
use super::connect::Connection;
use super::exchange::{Gone, Reads, Sent};
use super::frames::{self, client, tag};
use super::line::{Line, Manner};
use super::session::Failure;
use crate::error::{Error, Kind, Result};
use crate::meta;
use crate::operation::{Binds, Copying};
use crate::value::Value;

/// The signature, the flags, and the length of what else the head has: nothing.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// So many octets are made at once, when those before have gone out.
const PART: usize = 64 * 1024;

/// Sends the rows; answers with how many there were. What fails in between ends the copy, and keeps
/// nothing; so does whoever drops it.
pub(super) async fn send(connection: &Connection, copying: &Copying, sql: &str) -> Result<u64, Failure> {
    for (row, number) in copying.rows.iter().zip(1..) {
        bind::check(&Binds::Values(row)).map_err(|error| error.with_hint(&in_row(number)))?;
    }
    let Connection { client, line, pooled, .. } = connection;
    if pooled.is_some() {
        // All else is the driver's there: what it was handed before has to go out before.
        client.batch_execute("").await?;
    }
    let mut columns = Columns::default();
    let describing = line.describe(&copying.columns_sql());
    // PgBouncer 1.18 loses answers to what something is sent behind.
    let early = pooled.is_none().then(|| line.begin_copy(sql));
    let outcome = describing.answer(&mut columns).await;
    if outcome.is_err() || columns.refusal.is_some() {
        drop(early);
        return Err(line.failed(client, columns.refusal).await);
    }
    let types = columns.types(copying)?;
    let copy = early.unwrap_or_else(|| line.begin_copy(sql));
    match write(copy, Rows::new(&copying.rows, &types)).await? {
        Ok(count) => Ok(count),
        Err(refusal) => Err(line.failed(client, refusal).await),
    }
}

/// Writes rows behind a copy; answers with how many there were, or with what the server said, if it did.
async fn write(mut copy: Sent<'_>, mut rows: Rows<'_>) -> Result<Result<u64, Option<Vec<u8>>>> {
    let mut answer = Answer::default();
    let outcome = poll_fn(|context| poll_copy(&mut copy, context, &mut rows, &mut answer)).await?;
    Ok(match (answer.refusal, outcome) {
        (None, Ok(())) => Ok(answer.count),
        (refusal, _) => Err(refusal),
    })
}

/// What is said of a row, the first of which is 1.
pub(super) fn in_row(number: u64) -> String {
    format!("it is row {number} of those that are copied")
}

/// Sends rows as long as they go out.
fn poll_copy(
    sent: &mut Sent<'_>,
    context: &mut Context<'_>,
    rows: &mut Rows<'_>,
    answer: &mut Answer,
) -> Poll<Result<Result<(), Gone>>> {
    loop {
        if answer.takes_rows() && !rows.is_ended {
            sent.line().state().put_part(rows)?;
        }
        if let Poll::Ready(outcome) = sent.poll_answer(context, answer) {
            return Poll::Ready(Ok(outcome));
        }
        if !answer.takes_rows() || rows.is_ended || !sent.line().state().has_room() {
            return Poll::Pending;
        }
    }
}

impl Line {
    /// Asks for the types of a query's columns.
    fn describe(&self, sql: &str) -> Sent<'_> {
        let mut state = self.state();
        state.send_ahead();
        // Of no name, and no type of its placeholders, as it has none.
        frames::put_fixed(client::PARSE, &[b"\0", sql.as_bytes(), b"\0\0\0"].concat(), &mut state.outbox);
        frames::put_fixed(client::DESCRIBE, b"S\0", &mut state.outbox);
        frames::put_fixed(client::SYNC, &[], &mut state.outbox);
        Sent::entered(self, state, Manner::Ahead)
    }

    fn begin_copy(&self, sql: &str) -> Sent<'_> {
        let mut state = self.state();
        state.send_ahead();
        frames::put_fixed(client::QUERY, &[sql.as_bytes(), b"\0"].concat(), &mut state.outbox);
        Sent::entered(self, state, Manner::Copies)
    }
}

/// What the server says of columns.
#[derive(Default)]
struct Columns {
    types: Vec<u32>,
    refusal: Option<Vec<u8>>,
}

impl Reads for Columns {
    fn read(&mut self, letter: u8, message: &[u8]) {
        match letter {
            tag::COLUMNS => self.types = frames::columns(frames::body(message)).map(|(_, oid)| oid).collect(),
            tag::ERROR if self.refusal.is_none() => self.refusal = Some(message.to_vec()),
            _ => {}
        }
    }
}

impl Columns {
    /// The types of a copy's columns. Of those that are not PostgreSQL's own the values are texts, but for lists of
    /// them, which name their element's; the query has told that behind all columns.
    fn types(&self, copying: &Copying) -> Result<Vec<Type>> {
        let mut elements = self.types.iter().skip(copying.columns.len());
        let types = copying.columns.iter().zip(&self.types).map(|(column, oid)| {
            let kind = match column.ty {
                meta::Type::List(_) => TypeKind::Array(known_or(*elements.next()?, TypeKind::Simple)),
                _ => TypeKind::Simple,
            };
            Some(known_or(*oid, kind))
        });
        let types: Option<Vec<Type>> = types.collect();
        types
            .filter(|types| types.len() == copying.columns.len())
            .ok_or_else(|| Error::new(Kind::Connection, "PostgreSQL's answer cannot be read"))
    }
}

fn known_or(oid: u32, kind: TypeKind) -> Type {
    Type::from_oid(oid).unwrap_or_else(|| Type::new(String::new(), oid, kind, String::new()))
}

/// What the server says to a copy.
#[derive(Default)]
struct Answer {
    is_open: bool,
    count: u64,
    refusal: Option<Vec<u8>>,
}

impl Answer {
    fn takes_rows(&self) -> bool {
        self.is_open && self.refusal.is_none()
    }
}

impl Reads for Answer {
    fn read(&mut self, letter: u8, message: &[u8]) {
        match letter {
            tag::COPY_IN => self.is_open = true,
            tag::COMMAND_COMPLETE => self.count = frames::rows(frames::body(message)),
            tag::ERROR if self.refusal.is_none() => self.refusal = Some(message.to_vec()),
            _ => {}
        }
    }

    fn copies(&self) -> bool {
        true
    }
}

/// The rows of a copy, on their way.
pub(super) struct Rows<'c> {
    rows: &'c [Vec<Value>],
    types: &'c [Type],
    /// So many of them are written.
    sent: usize,
    is_begun: bool,
    is_ended: bool,
}

impl<'c> Rows<'c> {
    fn new(rows: &'c [Vec<Value>], types: &'c [Type]) -> Self {
        Rows { rows, types, sent: 0, is_begun: false, is_ended: false }
    }

    /// Writes the next rows; answers with whether they were the last. On an error nothing is written.
    pub(super) fn put(&mut self, out: &mut BytesMut) -> Result<bool> {
        let start = out.len();
        let outcome = frames::put(client::COPY_DATA, out, |out| self.put_rows(out));
        if let Err(error) = outcome {
            out.truncate(start);
            return Err(bind::refused(error).with_hint(&in_row(self.sent as u64 + 1)));
        }
        Ok(self.is_ended)
    }

    fn put_rows(&mut self, out: &mut BytesMut) -> Result<(), bind::Failed> {
        let end = out.len() + PART;
        if !std::mem::replace(&mut self.is_begun, true) {
            out.put_slice(HEAD);
        }
        while let Some(row) = self.rows.get(self.sent) {
            if out.len() >= end {
                return Ok(());
            }
            put(row, self.types, out)?;
            self.sent += 1;
        }
        out.put_i16(-1);
        self.is_ended = true;
        Ok(())
    }
}

/// The number of values, then for each its length and octets; null has the length -1.
fn put(row: &[Value], types: &[Type], buffer: &mut BytesMut) -> Result<(), bind::Failed> {
    buffer.put_i16(row.len().try_into()?);
    for (value, ty) in row.iter().zip(types) {
        let start = buffer.len();
        buffer.put_i32(-1);
        if let IsNull::No = bind::encode(value, ty, buffer)? {
            let size = i32::try_from(buffer.len() - start - 4)?;
            buffer[start..start + 4].copy_from_slice(&size.to_be_bytes());
        }
    }
    Ok(())
}
