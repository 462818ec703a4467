//! An answer that is being read, and the cells of its rows.

use tokio_postgres::Statement;
use tokio_postgres::types::Type;

use super::exchange::Reads;
use super::frames::{self, tag};
use super::typed;
use crate::error::{Error, Kind, Result};
use crate::row::{Cells, Row, Sink};
use crate::value::Cell;

/// What is known of an answer's columns.
#[derive(Clone, Copy)]
pub(super) enum Columns<'a> {
    /// All, by the driver.
    Driver(&'a Statement),
    /// What the server said of them, as it came.
    Told(&'a [u8]),
}

/// What the server said of a statement.
#[derive(Default)]
pub(super) struct Described {
    /// The types of its placeholders.
    pub(super) types: Vec<u32>,
    /// Its columns, as they came.
    pub(super) columns: Vec<u8>,
}

/// An answer that is being read.
pub(super) struct Reading<'a> {
    /// None where the answer says itself what columns it has.
    columns: Option<Columns<'a>>,
    described: Option<Described>,
    sink: &'a mut dyn Sink,
    /// How many rows were written, or read.
    pub(super) count: u64,
    pub(super) refusal: Option<Vec<u8>>,
    /// What follows a row that cannot be decoded is read all the same: the connection is at rest only when
    /// it is.
    pub(super) undecoded: Option<Error>,
    /// Where the cells of a row are that has many.
    places: Vec<Option<(usize, usize)>>,
}

/// So many cells of a row are looked up at once.
const AT_HAND: usize = 16;

impl<'a> Reading<'a> {
    pub(super) fn new(columns: Columns<'a>, sink: &'a mut dyn Sink) -> Self {
        Reading { columns: Some(columns), ..Reading::first(sink) }
    }

    /// Of a statement that the answer itself describes.
    pub(super) fn first(sink: &'a mut dyn Sink) -> Self {
        Reading {
            columns: None,
            described: None,
            sink,
            count: 0,
            refusal: None,
            undecoded: None,
            places: Vec::new(),
        }
    }

    /// What the answer says of the statement, if it does; at most once.
    pub(super) fn described(&mut self) -> Option<Described> {
        self.described.take()
    }

    fn row(&mut self, body: &[u8]) -> Option<Result<()>> {
        let (count, mut rest) = body.split_first_chunk::<2>()?;
        let count = usize::from(u16::from_be_bytes(*count));
        let mut wires = [None; AT_HAND];
        self.places.clear();
        for place in 0..count {
            let (length, behind) = rest.split_first_chunk::<4>()?;
            rest = behind;
            let cell = match usize::try_from(i32::from_be_bytes(*length)) {
                Ok(length) => {
                    let (cell, behind) = rest.split_at_checked(length)?;
                    rest = behind;
                    Some(cell)
                }
                // A null has the length -1.
                Err(_) => None,
            };
            match wires.get_mut(place) {
                Some(wire) => *wire = cell,
                None => {
                    let end = body.len() - rest.len();
                    self.places.push(cell.map(|cell| (end - cell.len(), end)));
                }
            }
        }
        let wires = &wires[..count.min(AT_HAND)];
        let told = || self.described.as_ref().map_or(&[][..], |described| &described.columns);
        let columns = self.columns.unwrap_or_else(|| Columns::Told(told()));
        let cells = RowCells { body, wires, places: &self.places, columns };
        Some(self.sink.row(&mut Row::with_wires(&cells, wires)))
    }

    fn describe(&mut self, letter: u8, body: &[u8]) {
        match letter {
            tag::PLACEHOLDERS => {
                let types = body.get(2..).unwrap_or_default().chunks_exact(4);
                let oid = |octets: &[u8]| octets.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet));
                self.described = Some(Described { types: types.map(oid).collect(), columns: Vec::new() });
            }
            tag::COLUMNS => {
                if let Some(described) = &mut self.described {
                    described.columns = body.to_vec();
                }
            }
            _ => {}
        }
    }
}

impl Reads for Reading<'_> {
    #[inline]
    fn read(&mut self, letter: u8, message: &[u8]) {
        let body = frames::body(message);
        match letter {
            tag::DATA_ROW if self.undecoded.is_none() => {
                let broken =
                    || Err(Error::new(Kind::Decode, "PostgreSQL sent a row that ends within a value"));
                self.undecoded = self.row(body).unwrap_or_else(broken).err();
            }
            tag::COMMAND_COMPLETE => self.count = frames::rows(body),
            tag::ERROR if self.refusal.is_none() => self.refusal = Some(message.to_vec()),
            _ if self.columns.is_none() => self.describe(letter, body),
            _ => {}
        }
    }
}

/// The cells of one row.
struct RowCells<'a> {
    body: &'a [u8],
    wires: &'a [Option<&'a [u8]>],
    /// Of those behind `wires`.
    places: &'a [Option<(usize, usize)>],
    columns: Columns<'a>,
}

impl RowCells<'_> {
    fn wire(&self, place: usize) -> Option<&[u8]> {
        match self.wires.get(place) {
            Some(wire) => *wire,
            None => self
                .places
                .get(place - self.wires.len())
                .copied()
                .flatten()
                .map(|(start, end)| &self.body[start..end]),
        }
    }

    /// The driver knows the type of a column.
    fn ty(&self, place: usize) -> Option<&Type> {
        match self.columns {
            Columns::Driver(statement) => statement.columns().get(place).map(|column| column.type_()),
            Columns::Told(_) => None,
        }
    }
}

impl Cells for RowCells<'_> {
    fn len(&self) -> usize {
        self.wires.len() + self.places.len()
    }

    fn cell(&self, place: usize) -> Result<Cell<'_>> {
        Ok(self.wire(place).map_or(Cell::Null, Cell::Wire))
    }

    fn typed_cell(&self, place: usize) -> Result<Cell<'_>> {
        Ok(match (self.wire(place), self.ty(place)) {
            (Some(wire), Some(ty)) => typed::cell(ty, wire),
            (Some(wire), None) => Cell::Wire(wire),
            (None, _) => Cell::Null,
        })
    }

    fn name(&self, place: usize) -> &str {
        match self.columns {
            Columns::Driver(statement) => statement.columns().get(place).map_or("", |column| column.name()),
            Columns::Told(body) => frames::columns(body).nth(place).map_or("", |(name, _)| name),
        }
    }
}
