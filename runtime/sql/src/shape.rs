//! The shape of a statement: all that its text depends on, in a few words.
//!
//! The text of a tree depends on its shape only, so that a text that was written once serves every
//! statement of its shape. To see the shape takes a fraction of what it takes to write the text. What
//! is rare has no shape, and its text is written each time.
//!
//! Two statements whose words are equal have the same text for a dialect: each part begins with a word
//! that says which part it is and how long. Names of the program's own are told apart by where they
//! stand in memory, names that were made at run time by their octets.

use crate::Dialect;
use crate::expr::{ColumnRef, Expr, Kind, Name, Order, TextTest};
use crate::render::Bind;
use crate::statement::{
    Delete, Distinct, Insert, Join, NewRows, OnConflict, Projection, Select, SelectList, Source, Table,
    Update, Whole,
};

/// Inserts of more rows have no shape: they are as many as there are numbers.
const ROWS: usize = 16;

/// The shape of a statement: what its text depends on.
pub type Shape = Vec<u64>;

/// What a word begins: its lowest octet.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Part {
    Select,
    Update,
    Delete,
    Insert,
    Columns,
    Listed,
    Whole,
    Values,
    Count,
    Exists,
    Table,
    SchemaTable,
    Query,
    Common,
    Join,
    Order,
    Row,
    Skip,
    Upsert,
    Only,
    Name,
    MadeName,
    Column,
    MadeColumn,
    Value,
    Typed,
    Next,
    All,
    Any,
    Not,
    Compare,
    IsNull,
    IsNotNull,
    Same,
    ExistsIn,
    Scalar,
    In,
    NotIn,
    InSelect,
    InQuery,
    Text,
    Case,
    Rank,
    General,
}

/// Whether a part has a shape.
type Seen = Option<()>;

macro_rules! shapes {
    ($($statement:ident $method:ident;)*) => {$(
        impl<V> $statement<V> {
            /// Writes its shape for a dialect to `shape`, and tells what has to be bound, in the order
            /// of the placeholders; nothing if it is one of the rare ones.
            pub fn shape(&self, dialect: Dialect, shape: &mut Shape) -> Option<Vec<Bind<'_, V>>> {
                shape.clear();
                let mut viewer = Viewer { words: shape, binds: Vec::new(), dialect };
                viewer.$method(self)?;
                Some(viewer.binds)
            }
        }
    )*};
}

shapes! {
    Select select;
    Update update;
    Delete delete;
    Insert insert;
}

struct Viewer<'a, 's, V> {
    words: &'s mut Shape,
    binds: Vec<Bind<'a, V>>,
    dialect: Dialect,
}

impl<'a, V> Viewer<'a, '_, V> {
    /// Begins a part, about which `told` has at most 32 bits, as on any machine.
    fn part(&mut self, part: Part, told: usize) {
        self.words.push(part as u64 | (told as u64) << 8);
    }

    fn bind(&mut self, bind: Bind<'a, V>) {
        self.binds.push(bind);
    }

    fn select(&mut self, select: &'a Select<V>) -> Seen {
        self.clauses(select)?;
        self.projection(&select.projection)?;
        self.rest(select)
    }

    /// Which clauses it has.
    fn clauses(&mut self, select: &'a Select<V>) -> Seen {
        let distinct = match select.distinct {
            Distinct::All => false,
            Distinct::Rows => true,
            Distinct::On(_) => return None,
        };
        let is_plain = select.with.is_empty()
            && select.group.is_empty()
            && select.having.is_none()
            && select.compound.is_empty()
            && (select.per.is_empty() || select.limit.is_none() && select.offset.is_none());
        if !is_plain {
            return None;
        }
        let lock = select.lock.map_or(0, |lock| 1 + lock.strength as usize + 2 * lock.wait as usize);
        let told = usize::from(distinct)
            | usize::from(select.filter.is_some()) << 1
            | usize::from(select.limit.is_some()) << 2
            | usize::from(select.offset.is_some()) << 3
            | lock << 4
            | select.order.len() << 8
            | select.joins.len() << 24;
        self.part(Part::Select, told);
        Some(())
    }

    /// All behind what it answers with.
    fn rest(&mut self, select: &'a Select<V>) -> Seen {
        self.source(&select.from)?;
        select.joins.iter().try_for_each(|join| self.join(join))?;
        select.filter.iter().try_for_each(|filter| self.expr(filter))?;
        select.order.iter().try_for_each(|key| self.order(key))?;
        self.binds.extend(select.limit.iter().chain(&select.offset).map(Bind::One));
        Some(())
    }

    fn projection(&mut self, projection: &'a Projection<V>) -> Seen {
        match projection {
            Projection::Columns(columns) => self.columns(columns),
            Projection::Listed(listed) => self.listed(listed),
            Projection::Whole(tables) => {
                self.part(Part::Whole, tables.len());
                for Whole { source, table } in tables {
                    let table = std::ptr::from_ref(*table).addr() as u64;
                    self.words.extend([u64::from(*source), table]);
                }
            }
            Projection::Values(values) => {
                self.part(Part::Values, values.len());
                values.iter().try_for_each(|value| self.expr(value))?;
            }
            Projection::Count => self.part(Part::Count, 0),
            Projection::Exists => self.part(Part::Exists, 0),
        }
        Some(())
    }

    fn listed(&mut self, listed: &'static SelectList) {
        self.part(Part::Listed, 0);
        self.words.push(std::ptr::from_ref(listed).addr() as u64);
    }

    fn columns(&mut self, columns: &[ColumnRef]) {
        self.part(Part::Columns, columns.len());
        columns.iter().for_each(|column| self.column(column));
    }

    fn source(&mut self, source: &'a Source<V>) -> Seen {
        match source {
            Source::Table(table) => self.table(table),
            Source::Query(query) => {
                self.part(Part::Query, 0);
                self.select(query)?;
            }
            Source::Common(name) => {
                self.part(Part::Common, 0);
                self.name(name);
            }
        }
        Some(())
    }

    fn table(&mut self, table: &Table) {
        match &table.schema {
            None => self.part(Part::Table, 0),
            Some(schema) => {
                self.part(Part::SchemaTable, 0);
                self.name(schema);
            }
        }
        self.name(&table.name);
    }

    fn join(&mut self, join: &'a Join<V>) -> Seen {
        self.part(Part::Join, join.kind as usize);
        self.source(&join.source)?;
        // Nothing is asked of a cross join, but then nothing is bound in it either.
        if join.kind == crate::JoinKind::Cross { Some(()) } else { self.expr(&join.on) }
    }

    fn order(&mut self, key: &'a Order<V>) -> Seen {
        self.part(Part::Order, key.direction as usize | (key.nulls as usize) << 1);
        self.expr(&key.by)
    }

    fn update(&mut self, update: &'a Update<V>) -> Seen {
        self.part(Part::Update, usize::from(update.filter.is_some()) | update.set.len() << 1);
        self.table(&update.table);
        self.assignments(&update.set)?;
        update.filter.iter().try_for_each(|filter| self.expr(filter))?;
        update.returning.iter().for_each(|listed| self.listed(listed));
        Some(())
    }

    fn assignments(&mut self, set: &'a [(Name, Expr<V>)]) -> Seen {
        set.iter().try_for_each(|(name, value)| {
            self.name(name);
            self.expr(value)
        })
    }

    fn delete(&mut self, delete: &'a Delete<V>) -> Seen {
        self.part(Part::Delete, usize::from(delete.filter.is_some()));
        self.table(&delete.table);
        delete.filter.iter().try_for_each(|filter| self.expr(filter))
    }

    fn insert(&mut self, insert: &'a Insert<V>) -> Seen {
        let NewRows::Values(rows) = &insert.rows else { return None };
        if rows.len() > ROWS {
            return None;
        }
        self.part(Part::Insert, insert.columns.len() | rows.len() << 24);
        self.table(&insert.table);
        insert.columns.iter().for_each(|name| self.name(name));
        if !insert.columns.is_empty() {
            rows.iter().for_each(|row| self.row(row));
        }
        match &insert.on_conflict {
            OnConflict::Fail => {}
            OnConflict::Skip => self.part(Part::Skip, 0),
            OnConflict::Update { target, only, set } => {
                self.part(Part::Upsert, target.len() | set.len() << 24);
                target.iter().for_each(|name| self.name(name));
                if let Some(only) = only {
                    self.part(Part::Only, 0);
                    self.words.push(std::ptr::from_ref(*only).addr() as u64);
                }
                self.assignments(set)?;
            }
        }
        self.columns(&insert.returning);
        Some(())
    }

    /// Which of its cells are given.
    fn row(&mut self, row: &'a [Option<V>]) {
        for cells in row.chunks(16) {
            let given = |(place, cell): (usize, &Option<V>)| usize::from(cell.is_some()) << place;
            let given: usize = cells.iter().enumerate().map(given).sum();
            self.part(Part::Row, given | cells.len() << 16);
        }
        self.binds.extend(row.iter().flatten().map(Bind::One));
    }

    /// A type is told by its name, which two of them have in common.
    fn kind(&mut self, part: Part, kind: Kind) {
        let name = kind.postgres();
        self.part(part, usize::from(kind == Kind::Member));
        self.words.extend([name.as_ptr().addr() as u64, name.len() as u64]);
    }

    fn name(&mut self, name: &Name) {
        self.named(Part::Name, Part::MadeName, 0, name);
    }

    fn column(&mut self, column: &ColumnRef) {
        let ColumnRef { source, up, as_text, name, .. } = column;
        let told = usize::from(*source) | usize::from(*up & 0x7fff) << 16 | usize::from(*as_text) << 31;
        self.named(Part::Column, Part::MadeColumn, told, name);
    }

    /// A part that ends with a name; `told` has at most 32 bits.
    fn named(&mut self, fixed: Part, made: Part, told: usize, name: &Name) {
        match name {
            Name::Borrowed(name) => {
                self.part(fixed, told);
                self.words.extend([name.as_ptr().addr() as u64, name.len() as u64]);
            }
            Name::Owned(name) => {
                self.part(made, told);
                self.words.push(name.len() as u64);
                for octets in name.as_bytes().chunks(8) {
                    let mut word = [0; 8];
                    word[..octets.len()].copy_from_slice(octets);
                    self.words.push(u64::from_le_bytes(word));
                }
            }
        }
    }

    fn exprs(&mut self, part: Part, exprs: &'a [Expr<V>]) -> Seen {
        self.part(part, exprs.len());
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn one(&mut self, part: Part, told: usize, expr: &'a Expr<V>) -> Seen {
        self.part(part, told);
        self.expr(expr)
    }

    fn two(&mut self, part: Part, told: usize, left: &'a Expr<V>, right: &'a Expr<V>) -> Seen {
        self.part(part, told);
        self.expr(left)?;
        self.expr(right)
    }

    fn expr(&mut self, expr: &'a Expr<V>) -> Seen {
        match expr {
            Expr::Column(column) => self.column(column),
            Expr::Value(value) => {
                self.part(Part::Value, 0);
                self.bind(Bind::One(value));
            }
            Expr::Typed(value, kind) => {
                self.kind(Part::Typed, *kind);
                self.bind(match (kind, self.dialect) {
                    (Kind::Member, Dialect::Sqlite) => Bind::Member(value),
                    _ => Bind::One(value),
                });
            }
            Expr::Next(column) => {
                self.part(Part::Next, 0);
                self.column(column);
            }
            Expr::All(all) => self.exprs(Part::All, all)?,
            Expr::Any(any) => self.exprs(Part::Any, any)?,
            Expr::Not(inner) => self.one(Part::Not, 0, inner)?,
            Expr::Compare(comparison, sides) => {
                let [left, right] = &**sides;
                self.two(Part::Compare, *comparison as usize, left, right)?;
            }
            Expr::IsNull(inner) => self.one(Part::IsNull, 0, inner)?,
            Expr::IsNotNull(inner) => self.one(Part::IsNotNull, 0, inner)?,
            Expr::Same(left, right) => self.two(Part::Same, 0, left, right)?,
            Expr::Exists(select) => {
                // Whatever it answers with, it is not written.
                self.part(Part::ExistsIn, 0);
                self.clauses(select)?;
                self.rest(select)?;
            }
            Expr::Query(select) => {
                self.part(Part::Scalar, 0);
                self.select(select)?;
            }
            Expr::In(inner, values) => self.member(Part::In, inner, values)?,
            Expr::NotIn(inner, values) => self.member(Part::NotIn, inner, values)?,
            Expr::InSelect(columns, select) => {
                self.part(Part::InSelect, 0);
                self.columns(columns);
                self.select(select)?;
            }
            Expr::InQuery(inner, select) => {
                self.one(Part::InQuery, 0, inner)?;
                self.select(select)?;
            }
            Expr::Text(test, inner, value) => self.text(*test, inner, value)?,
            Expr::Case(branches, last) => {
                self.part(Part::Case, usize::from(last.is_some()) | branches.len() << 1);
                for (when, then) in branches {
                    self.expr(when)?;
                    self.expr(then)?;
                }
                last.iter().try_for_each(|last| self.expr(last))?;
            }
            Expr::Rank(inner, labels) => {
                self.part(Part::Rank, labels.len());
                self.words.push(labels.as_ptr().addr() as u64);
                self.expr(inner)?;
            }
            Expr::General(inner, kind) => {
                self.kind(Part::General, *kind);
                self.expr(inner)?;
            }
            Expr::TextOf(..)
            | Expr::Arithmetic(..)
            | Expr::Negate(..)
            | Expr::Abs(..)
            | Expr::Widen { .. }
            | Expr::Call(..)
            | Expr::Aggregate(_)
            | Expr::Window(_)
            | Expr::Key(_) => return None,
        }
        Some(())
    }

    fn member(&mut self, part: Part, inner: &'a Expr<V>, values: &'a [V]) -> Seen {
        self.one(part, 0, inner)?;
        self.bind(Bind::Set(values));
        Some(())
    }

    /// Some tests write what they test twice: it is a column here, in which nothing is bound.
    fn text(&mut self, test: TextTest, inner: &'a Expr<V>, value: &'a V) -> Seen {
        let Expr::Column(column) = inner else { return None };
        self.part(Part::Text, test as usize);
        self.column(column);
        self.bind(match (test, self.dialect) {
            (TextTest::Like, Dialect::Sqlite) => Bind::Pattern(value),
            _ => Bind::One(value),
        });
        Some(())
    }
}
