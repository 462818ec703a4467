//! Rows as they come back, decoded by position.

use crate::error::{Error, Kind, Result};
use crate::meta::ColumnMeta;
use crate::scalar::Scalar;
use crate::value::Cell;

/// The cells of one row, as an adapter has them.
pub trait Cells {
    /// How many there are.
    fn len(&self) -> usize;

    /// The cell at a place that is less than [`Cells::len`].
    ///
    /// # Errors
    ///
    /// When the database holds something there that is no cell, such as a text that is not UTF-8.
    fn cell(&self, place: usize) -> Result<Cell<'_>>;

    /// The cell at a place, where nobody but the database knows its type.
    ///
    /// # Errors
    ///
    /// As [`Cells::cell`].
    fn typed_cell(&self, place: usize) -> Result<Cell<'_>> {
        self.cell(place)
    }

    /// What the database calls the column at a place.
    fn name(&self, place: usize) -> &str;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A row that is being decoded, from its first column to its last.
pub struct Row<'a> {
    cells: &'a dyn Cells,
    /// Its cells in PostgreSQL's binary form, from the first on, where an adapter has them at hand: none
    /// of them is asked for then.
    wires: &'a [Option<&'a [u8]>],
    /// How many cells there are.
    len: usize,
    place: usize,
    /// The columns of the model, which stand from `first` on.
    columns: &'static [ColumnMeta],
    first: usize,
    /// The digits after the point of each cell that is an exact number, where no column tells.
    scales: &'a [Option<u32>],
}

impl<'a> Row<'a> {
    /// The start of a row.
    pub fn new(cells: &'a dyn Cells) -> Self {
        Row::with_wires(cells, &[])
    }

    /// The start of a row whose first cells, in PostgreSQL's binary form, are at hand.
    pub fn with_wires(cells: &'a dyn Cells, wires: &'a [Option<&'a [u8]>]) -> Self {
        Row { cells, wires, len: cells.len(), place: 0, columns: &[], first: 0, scales: &[] }
    }

    /// The cells that it is read from.
    pub(crate) fn cells(&self) -> &'a dyn Cells {
        self.cells
    }

    /// The value of the column that the database calls `name`; of several, the first.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Decode`], when there is none, or it holds something else.
    pub fn get<T: Scalar>(&self, name: &str) -> Result<T> {
        let place = (0..self.len).find(|place| self.cells.name(*place) == name);
        let place = place.ok_or_else(|| no_column(self.cells, name))?;
        let cell = self.cells.cell(place)?;
        T::decode(cell).ok_or_else(|| mismatch(name, T::NAME, cell))
    }

    /// The same row from its start; it is told the digits after the point of its cells.
    pub(crate) fn with_scales<'s>(&self, scales: &'s [Option<u32>]) -> Row<'s>
    where
        'a: 's,
    {
        Row { scales, ..Row::with_wires(self.cells, self.wires) }
    }

    /// The same row, to be read from one of its places on.
    pub(crate) fn at(&self, place: usize) -> Row<'a> {
        Row { place, columns: &[], first: place, ..*self }
    }

    /// From here on the cells are these columns.
    pub fn enter(&mut self, columns: &'static [ColumnMeta]) {
        self.columns = columns;
        self.first = self.place;
    }

    /// The value of the next column.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Decode`], when the database holds something else there than the schema says.
    #[allow(clippy::should_implement_trait, reason = "a row is not an iterator: each value has its own type")]
    #[inline]
    pub fn next<T: Scalar>(&mut self) -> Result<T> {
        let place = self.place;
        // What PostgreSQL sends tells its scale itself.
        let decoded = match self.wires.get(place) {
            Some(Some(wire)) => T::decode(Cell::Wire(wire)),
            Some(None) => T::decode(Cell::Null),
            None => return self.ask(),
        };
        self.place = place + 1;
        match decoded {
            Some(value) => Ok(value),
            None => Err(self.mismatch(place, T::NAME, self.cell(place))),
        }
    }

    /// The same of a cell that is not at hand.
    fn ask<T: Scalar>(&mut self) -> Result<T> {
        let place = self.place;
        if place >= self.len {
            return Err(self.missing());
        }
        let cell = match self.cells.cell(place) {
            Ok(cell) => cell,
            Err(error) => return Err(unreadable(self.column(place), error)),
        };
        let cell = if T::SCALES { self.scaled(place, cell) } else { cell };
        self.place = place + 1;
        T::decode(cell).ok_or_else(|| self.mismatch(place, T::NAME, cell))
    }

    /// A cell that is at hand.
    fn cell(&self, place: usize) -> Cell<'a> {
        match self.wires.get(place).copied().flatten() {
            Some(wire) => Cell::Wire(wire),
            None => Cell::Null,
        }
    }

    /// The column of the model at a place of the row.
    fn column(&self, place: usize) -> Option<&'static ColumnMeta> {
        self.columns.get(place - self.first)
    }

    /// An integer of a column that has a scale, with that.
    fn scaled(&self, place: usize, cell: Cell<'a>) -> Cell<'a> {
        let told = || self.scales.get(place).copied().flatten();
        match (cell, self.column(place).map_or_else(told, ColumnMeta::scale)) {
            (Cell::Integer(units), Some(scale)) => Cell::Scaled(units, scale),
            (cell, _) => cell,
        }
    }

    #[cold]
    fn mismatch(&self, place: usize, expected: &'static str, cell: Cell<'_>) -> Error {
        let name = self.column(place).map_or_else(|| self.cells.name(place), |column| column.name);
        mismatch(name, expected, cell)
    }

    /// Skips so many columns if all of them are null; whether they were.
    ///
    /// # Errors
    ///
    /// Of [`Kind::Decode`], when the row ends before.
    pub(crate) fn skip_nulls(&mut self, columns: usize) -> Result<bool> {
        let end = self.place + columns;
        if end > self.len {
            return Err(self.missing());
        }
        for place in self.place..end {
            let is_null = match self.wires.get(place) {
                Some(wire) => wire.is_none(),
                None => matches!(self.cells.cell(place)?, Cell::Null),
            };
            if !is_null {
                return Ok(false);
            }
        }
        self.place = end;
        Ok(true)
    }

    #[cold]
    fn missing(&self) -> Error {
        Error::new(Kind::Decode, format!("the row has {} columns, and more were expected", self.len))
    }
}

#[cold]
fn mismatch(name: &str, expected: &'static str, cell: Cell<'_>) -> Error {
    Error::of_mismatch(name, expected, cell.kind())
}

#[cold]
pub(crate) fn no_column(cells: &dyn Cells, name: &str) -> Error {
    let names: Vec<&str> = (0..cells.len()).map(|place| cells.name(place)).collect();
    let message = format!("the row has no column `{name}`; it has {}", names.join(", "));
    Error::new(Kind::Decode, message).with_column(name.to_owned())
}

/// Says in which column the adapter found something that is no cell.
#[cold]
fn unreadable(column: Option<&'static ColumnMeta>, error: Error) -> Error {
    match column {
        Some(column) if error.kind() == Kind::Decode => {
            Error::new(Kind::Decode, format!("column `{}`: {error}", column.name)).with_column(column.name)
        }
        _ => error,
    }
}

/// What takes the rows of an operation, one by one.
pub trait Sink: Send {
    /// Takes a row.
    ///
    /// # Errors
    ///
    /// When it cannot be decoded; the operation then fails with this.
    fn row(&mut self, row: &mut Row<'_>) -> Result<()>;
}

/// A sink for operations that answer with no rows.
pub(crate) struct NoRows;

impl Sink for NoRows {
    fn row(&mut self, _row: &mut Row<'_>) -> Result<()> {
        Ok(())
    }
}

impl<F: FnMut(&mut Row<'_>) -> Result<()> + Send> Sink for F {
    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        self(row)
    }
}
