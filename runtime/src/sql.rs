//! Raw SQL: statements of the user's own, whose text is fixed when the program is compiled and whose
//! values are bound.

mod text;
mod to_value;

use std::borrow::Cow;
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;

use crate::Pending;
use crate::adapter::{Access, BoxFuture, SingleRaw};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::from_row::{Arrangement, FromRow};
use crate::operation::{self, RawStatement};
use crate::row::{NoRows, Row, Sink};

pub(crate) use text::{access, first_word};
pub use to_value::ToValue;

/// A statement of the user's own. Awaiting it sends it and reads its rows into `R`s.
///
/// Values are bound to `$1`, `$2` and so on, in every database. The statement goes out as it stands,
/// so that what it says is the database's own language; a statement that begins or ends a
/// transaction is refused, since [`Db::transaction`] does that.
#[must_use = "a statement is sent when it is awaited, or by `.execute()`"]
pub struct Sql<R> {
    pub(crate) db: Db,
    pub(crate) statement: RawStatement,
    of: PhantomData<fn() -> R>,
}

impl Db {
    /// A statement of one's own: see [`Sql`].
    ///
    /// ```text
    /// let rows: Vec<(i64, String)> = db.sql("SELECT id, name FROM users WHERE age > $1").bind(18).await?;
    /// let users: Vec<User> = db.sql("SELECT * FROM users WHERE name ~ $1").bind("^A").await?;
    /// let gone = db.sql("DELETE FROM users WHERE age < $1").bind(18).execute().await?;
    /// ```
    pub fn sql<R>(&self, text: &'static str) -> Sql<R> {
        let statement = RawStatement {
            sql: Cow::Borrowed(text),
            values: Vec::new(),
            sensitive: Vec::new(),
            // What it is not when it is sent is told then.
            access: access(text).unwrap_or(Access::Write),
        };
        Sql { db: self.clone(), statement, of: PhantomData }
    }
}

impl<R> Sql<R> {
    /// Binds the value of the next placeholder.
    pub fn bind(mut self, value: impl ToValue) -> Self {
        self.statement.values.push(value.to_value());
        self
    }

    /// The same, and the value is never shown, not even to who asks for values in traces.
    pub fn bind_sensitive(mut self, value: impl ToValue) -> Self {
        self.statement.sensitive.push(self.statement.values.len());
        self.bind(value)
    }
}

impl Sql<()> {
    /// Sends it; answers with how many rows were written.
    pub fn execute(self) -> Pending<u64> {
        Box::pin(async move { send(&self.db, &self.statement, &mut NoRows).await })
    }
}

impl<R: FromRow> Sql<R> {
    /// Sends it; answers with the first row, or an error of [`Kind::NotFound`].
    pub fn one(self) -> Pending<R> {
        Box::pin(async move {
            let none = || {
                Error::new(Kind::NotFound, "the statement answers with no row").with_operation(operation::RAW)
            };
            self.first().await?.ok_or_else(none)
        })
    }

    /// Sends it; answers with the first row, if there is one.
    pub fn first(self) -> Pending<Option<R>> {
        Box::pin(async move {
            let (mut first, mut arrangement) = (None, Arrangement::default());
            let mut sink = |row: &mut Row<'_>| {
                if first.is_none() {
                    first = Some(arrangement.read(row)?);
                }
                Ok(())
            };
            send(&self.db, &self.statement, &mut sink).await?;
            Ok(first)
        })
    }
}

impl<R: FromRow> IntoFuture for Sql<R> {
    type Output = Result<Vec<R>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (mut rows, mut arrangement) = (Vec::new(), Arrangement::default());
            let mut sink = |row: &mut Row<'_>| {
                rows.push(arrangement.read(row)?);
                Ok(())
            };
            send(&self.db, &self.statement, &mut sink).await?;
            Ok(rows)
        })
    }
}

impl<R> fmt::Debug for Sql<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sql({:?}, {:?})", self.statement.sql, self.statement.values)
    }
}

async fn send(db: &Db, statement: &RawStatement, sink: &mut dyn Sink) -> Result<u64> {
    let titled = |error: Error| error.with_operation(operation::RAW).with_sql(statement.sql.clone());
    let access = access(&statement.sql).map_err(titled)?;
    let mut work = SingleRaw::new(statement, sink);
    db.run(access, &mut work).await.map_err(titled)?;
    Ok(work.written())
}
