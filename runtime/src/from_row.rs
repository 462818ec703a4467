//! What the rows of raw SQL become: scalars, tuples, models, and structs of the user's own.

use crate::error::{Error, Kind, Result};
use crate::meta::ModelMeta;
use crate::row::{Cells, Row, no_column};
use crate::scalar::Scalar;
use crate::value::Cell;

/// What a row of raw SQL can become.
///
/// Scalars, tuples of up to twelve, and models are such types. [`from_row!`](crate::from_row) makes a
/// struct one, by the names of its fields; by hand it is:
///
/// ```text
/// impl rex_orm::FromRow for Total {
///     fn from_row(row: &mut rex_orm::row::Row<'_>) -> rex_orm::Result<Self> {
///         Ok(Total { name: row.get("name")?, rooms: row.get("rooms")? })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a row cannot become a `{Self}`",
    label = "rows are read into scalars, tuples of them, models, and what implements `FromRow`",
    note = "`rex_orm::from_row! {{ struct Total {{ name: String }} }}` makes a struct that rows are read into"
)]
pub trait FromRow: Sized + Send + 'static {
    /// Says which of the row's columns are read, in which order: unless it says something else, all
    /// that are left, as they come.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Decode`], when they are not there.
    #[doc(hidden)]
    fn arrange(columns: &mut Arranging<'_>) -> Result<()> {
        columns.rest();
        Ok(())
    }

    /// Reads a row.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Decode`], when it holds something else.
    fn from_row(row: &mut Row<'_>) -> Result<Self>;
}

impl<T: Scalar> FromRow for T {
    fn arrange(columns: &mut Arranging<'_>) -> Result<()> {
        columns.one();
        Ok(())
    }

    fn from_row(row: &mut Row<'_>) -> Result<Self> {
        row.next()
    }
}

macro_rules! tuples {
    ($($($part:ident)*;)*) => {$(
        impl<$($part: FromRow),*> FromRow for ($($part,)*) {
            fn arrange(columns: &mut Arranging<'_>) -> Result<()> {
                $($part::arrange(columns)?;)*
                Ok(())
            }

            fn from_row(row: &mut Row<'_>) -> Result<Self> {
                Ok(($($part::from_row(row)?,)*))
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}

/// The columns of a statement while it is found out which of them are read, in which order.
pub struct Arranging<'a> {
    cells: &'a dyn Cells,
    order: Vec<usize>,
}

impl Arranging<'_> {
    /// The next column.
    fn one(&mut self) {
        // Whether there are so many is looked at when all of them are known.
        self.order.push(self.order.len());
    }

    /// The next columns are those of a model, in whichever order.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Decode`], when one of them is missing.
    pub fn model(&mut self, meta: &'static ModelMeta) -> Result<()> {
        let (columns, first) = (meta.table.columns, self.order.len());
        let end = (first + columns.len()).min(self.cells.len());
        for column in columns {
            let place = (first..end).find(|place| self.cells.name(*place) == column.name);
            self.order.push(place.ok_or_else(|| self.no_column_of(meta, column.name))?);
        }
        Ok(())
    }

    /// All columns that are left.
    fn rest(&mut self) {
        self.order.extend(self.order.len()..self.cells.len());
    }

    /// As many are read as there are.
    fn check_number(&self) -> Result<()> {
        let (there, read) = (self.cells.len(), self.order.len());
        if read == there {
            return Ok(());
        }
        let columns = if there == 1 { "1 column".to_owned() } else { format!("{there} columns") };
        let read = match read {
            1 => "1 is read".to_owned(),
            read => format!("{read} are read"),
        };
        Err(Error::new(Kind::Decode, format!("the rows have {columns}, and {read}")))
    }

    fn no_column_of(&self, meta: &ModelMeta, column: &str) -> Error {
        let (model, all) = (meta.name, meta.table.columns.len());
        let why = no_column(self.cells, column);
        let message = format!(
            "{}: `{model}` is read from {all} columns that stand together, as `SELECT {}.*` has them",
            why.message(),
            meta.table.name
        );
        Error::new(Kind::Decode, message).with_column(column.to_owned())
    }
}

/// How the rows of a statement are read; found out at the first of them.
#[derive(Default)]
pub(crate) struct Arrangement(Option<Vec<usize>>);

impl Arrangement {
    /// Reads a row.
    pub(crate) fn read<R: FromRow>(&mut self, row: &Row<'_>) -> Result<R> {
        let cells = row.cells();
        let order = match &mut self.0 {
            Some(order) => order,
            none => none.insert(arrange::<R>(cells)?),
        };
        R::from_row(&mut Row::new(&Arranged { cells, order }))
    }
}

fn arrange<R: FromRow>(cells: &dyn Cells) -> Result<Vec<usize>> {
    let mut columns = Arranging { cells, order: Vec::with_capacity(cells.len()) };
    R::arrange(&mut columns)?;
    columns.check_number()?;
    Ok(columns.order)
}

/// The cells of a row in the order in which they are read, each with its type.
struct Arranged<'a> {
    cells: &'a dyn Cells,
    order: &'a [usize],
}

impl Cells for Arranged<'_> {
    fn len(&self) -> usize {
        self.order.len()
    }

    fn cell(&self, place: usize) -> Result<Cell<'_>> {
        self.cells.typed_cell(self.order[place])
    }

    fn name(&self, place: usize) -> &str {
        self.cells.name(self.order[place])
    }
}

/// Declares a struct that rows of raw SQL are read into, by the names of its fields.
///
/// ```
/// rex_orm::from_row! {
///     /// Who wrote how much.
///     #[derive(Debug)]
///     pub struct Author {
///         /// The name.
///         pub name: String,
///         pub posts: i64,
///     }
/// }
/// // let authors: Vec<Author> = db.sql("SELECT name, count(*) AS posts FROM …").await?;
/// ```
#[macro_export]
macro_rules! from_row {
    (
        $(#[$outer:meta])*
        $vis:vis struct $name:ident {
            $($(#[$inner:meta])* $field_vis:vis $field:ident: $ty:ty),* $(,)?
        }
    ) => {
        $(#[$outer])*
        $vis struct $name {
            $($(#[$inner])* $field_vis $field: $ty,)*
        }

        impl $crate::FromRow for $name {
            fn from_row(row: &mut $crate::row::Row<'_>) -> $crate::Result<Self> {
                ::core::result::Result::Ok(Self {
                    $($field: row.get($crate::__::column_name(::core::stringify!($field)))?,)*
                })
            }
        }
    };
}
