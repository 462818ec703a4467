//! Statements that a connection has prepared, and how they are sent with values.
//!
//! A statement of Rex's own is prepared as it is first sent, in one go with its values. Their types are the
//! server's to say then, so that they travel as text; it answers with the types, and from then on values have
//! their binary forms. Of types that are not PostgreSQL's own, enums above all, nothing need be known: values of
//! theirs travel as text for good. Raw SQL has its values' types looked at before anything is sent: it is
//! prepared by the driver, which learns all types.

#[cfg(all(test, unix))]
mod tests;

use bytes::{BufMut, BytesMut};
use rex_sql::Bind;
use tokio_postgres::types::{Format, IsNull, Kind as TypeKind, ToSql, Type};
use tokio_postgres::{Client, Statement};

use super::bind::{self, Bound};
use super::exchange::Sent;
use super::frames::{self, client};
use super::line::{Line, Manner, WeakLine};
use super::reading::{Columns, Described, Reading};
use super::session::Failure;
use super::statements::Statements;
use super::words::Worded;
use crate::error::Result;
use crate::operation::{Binds, Prepared};
use crate::row::{NoRows, Sink};
use crate::value::Value;

/// A statement that a connection has prepared.
pub(super) struct Kept {
    /// What the server knows it by.
    name: String,
    types: Vec<Type>,
    by: By,
}

/// Who has prepared it.
enum By {
    /// The driver, which closes it too.
    Driver(Statement),
    /// Rex, with what the server said of its columns.
    Rex { columns: Vec<u8>, has_strange: bool, line: WeakLine },
}

impl Kept {
    pub(super) fn by_driver(statement: Statement, name: String) -> Self {
        Kept { name, types: statement.params().to_vec(), by: By::Driver(statement) }
    }

    fn by_rex(line: &Line, name: String) -> Self {
        let by = By::Rex { columns: Vec::new(), has_strange: false, line: line.downgrade() };
        Kept { name, types: Vec::new(), by }
    }

    /// With what the server said of it.
    fn described(mut self, described: Described) -> Self {
        let known = |oid| Type::from_oid(oid);
        let strange = |oid| Type::new(String::new(), oid, TypeKind::Simple, String::new());
        if let By::Rex { columns, has_strange, .. } = &mut self.by {
            *columns = described.columns;
            *has_strange = described.types.iter().any(|oid| known(*oid).is_none());
        }
        self.types =
            described.types.into_iter().map(|oid| known(oid).unwrap_or_else(|| strange(oid))).collect();
        self
    }

    pub(super) fn types(&self) -> &[Type] {
        &self.types
    }

    /// The driver's, if the driver has prepared it.
    pub(super) fn statement(&self) -> Option<&Statement> {
        match &self.by {
            By::Driver(statement) => Some(statement),
            By::Rex { .. } => None,
        }
    }

    pub(super) fn columns(&self) -> Columns<'_> {
        match &self.by {
            By::Driver(statement) => Columns::Driver(statement),
            By::Rex { columns, .. } => Columns::Told(columns),
        }
    }

    /// Whether it can be sent with values.
    pub(super) fn takes(&self, binds: &Binds<'_>) -> bool {
        !self.name.is_empty() && self.types.len() == binds.len()
    }

    /// Whether a type is one of which nothing is known but that it has a text.
    fn is_strange(&self, ty: &Type) -> bool {
        matches!(self.by, By::Rex { has_strange: true, .. }) && Type::from_oid(ty.oid()).is_none()
    }

    /// Writes it with its values as a portal, in a message. Each value has its form, the answer is binary.
    ///
    /// # Errors
    ///
    /// When a value has none; there may be a part of the message then.
    pub(super) fn put(
        &self,
        portal: &str,
        binds: &Binds<'_>,
        out: &mut BytesMut,
    ) -> Result<(), bind::Failed> {
        frames::put(client::BIND, out, |out| {
            put_names(portal, &self.name, out);
            let count = u16::try_from(self.types.len())?;
            let is_text = |(bind, ty): (Bind<'_, Value>, &Type)| {
                self.is_strange(ty) || matches!(Bound(bind).encode_format(ty), Format::Text)
            };
            if binds.iter().zip(&self.types).any(is_text) {
                out.put_u16(count);
                binds.iter().zip(&self.types).for_each(|bind| out.put_i16((!is_text(bind)).into()));
            } else {
                out.put_slice(&[0, 1, 0, 1]);
            }
            out.put_u16(count);
            for (bind, ty) in binds.iter().zip(&self.types) {
                put_value(out, |out| match self.is_strange(ty) {
                    true => Worded(bind).to_sql(ty, out),
                    false => Bound(bind).to_sql(ty, out),
                })?;
            }
            out.put_slice(&[0, 1, 0, 1]);
            Ok(())
        })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let By::Rex { line, .. } = &self.by
            && let Some(line) = line.upgrade()
        {
            line.state().closes(std::mem::take(&mut self.name));
        }
    }
}

/// So many octets are worth a trip of their own.
const MUCH: usize = 64 * 1024;

/// Whether values are so much longer as text that their types are asked for first.
pub(super) fn are_much(binds: &Binds<'_>) -> bool {
    let length = |value: &Value| match value {
        Value::Bytes(octets) => octets.len(),
        Value::List(values) => values.len() * 8,
        _ => 0,
    };
    let lengths = binds.iter().map(|bind| match bind {
        Bind::One(value) | Bind::Member(value) | Bind::Pattern(value) => length(value),
        Bind::Set(values) => values.len() * 8 + values.iter().map(length).sum::<usize>(),
    });
    lengths.sum::<usize>() > MUCH
}

fn put_names(portal: &str, statement: &str, out: &mut BytesMut) {
    for name in [portal, statement] {
        out.put_slice(name.as_bytes());
        out.put_u8(0);
    }
}

/// The length of a value and its octets; null has the length -1.
fn put_value(
    out: &mut BytesMut,
    put: impl FnOnce(&mut BytesMut) -> Result<IsNull, bind::Failed>,
) -> Result<(), bind::Failed> {
    let start = out.len();
    out.put_i32(-1);
    if let IsNull::No = put(out)? {
        let size = i32::try_from(out.len() - start - 4)?;
        out[start..start + 4].copy_from_slice(&size.to_be_bytes());
    }
    Ok(())
}

/// A statement that nobody has prepared, under a name, and with its values as text as a portal.
fn put_first(
    portal: &str,
    name: &str,
    prepared: &Prepared<'_>,
    out: &mut BytesMut,
) -> Result<(), bind::Failed> {
    // The server says of what types its placeholders are.
    let parse = [name.as_bytes(), b"\0", prepared.sql.as_bytes(), b"\0\0\0"].concat();
    frames::put(client::PARSE, out, |out| {
        out.put_slice(&parse);
        Ok::<_, bind::Failed>(())
    })?;
    frames::put_fixed(client::DESCRIBE, &[b"S", name.as_bytes(), b"\0"].concat(), out);
    frames::put(client::BIND, out, |out| {
        put_names(portal, name, out);
        out.put_u16(0);
        out.put_u16(u16::try_from(prepared.binds.len())?);
        for bind in prepared.binds.iter() {
            put_value(out, |out| Worded(bind).to_sql(&Type::UNKNOWN, out))?;
        }
        out.put_slice(&[0, 1, 0, 1]);
        Ok(())
    })
}

impl Line {
    /// Prepares a statement and sends it with its values, in one go; else as [`Line::query`].
    pub(super) async fn first(
        &self,
        client: &Client,
        statements: &Statements,
        prepared: &Prepared<'_>,
        is_sociable: bool,
        sink: &mut dyn Sink,
    ) -> Result<u64, Failure> {
        let manner = if is_sociable { Manner::Sociable } else { Manner::Alone };
        let (sent, kept) = self.send_first("", prepared, manner).map_err(bind::refused)?;
        let mut reading = Reading::first(sink);
        let outcome = sent.answer(&mut reading).await;
        // It is there though its values were refused.
        if let Some(described) = reading.described() {
            statements.keep(prepared, &kept.described(described).into());
        }
        self.outcome(client, outcome, &mut reading).await
    }

    /// Prepares a statement and opens a portal of it, in one go.
    pub(super) async fn open_first(
        &self,
        client: &Client,
        portal: &str,
        prepared: &Prepared<'_>,
    ) -> Result<Kept, Failure> {
        let (sent, kept) = self.send_first(portal, prepared, Manner::Alone).map_err(bind::refused)?;
        let mut sink = NoRows;
        let mut reading = Reading::first(&mut sink);
        let outcome = sent.answer(&mut reading).await;
        let described = reading.described().unwrap_or_default();
        self.outcome(client, outcome, &mut reading).await?;
        Ok(kept.described(described))
    }

    /// What has no portal of a name is run at once. Should nobody keep it, what was prepared is closed.
    fn send_first(
        &self,
        portal: &str,
        prepared: &Prepared<'_>,
        manner: Manner,
    ) -> Result<(Sent<'_>, Kept), bind::Failed> {
        let mut state = self.state();
        let name = state.next_name();
        state.close_unkept();
        let begun = state.begin_request();
        if let Err(error) = put_first(portal, &name, prepared, &mut state.outbox) {
            state.take_back(begun);
            return Err(error);
        }
        if portal.is_empty() {
            frames::put_fixed(client::EXECUTE, &[0, 0, 0, 0, 0], &mut state.outbox);
        }
        frames::put_fixed(client::SYNC, &[], &mut state.outbox);
        Ok((Sent::entered(self, state, manner), Kept::by_rex(self, name)))
    }
}
