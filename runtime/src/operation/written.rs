//! Texts of statements that were written once, by the shape of the statement, for all of the program.
//!
//! A program has few shapes of statements, which are found here again without a lock. Those that a
//! program makes up as it goes are kept up to a number; the text of what comes later is written each
//! time.

use std::cell::Cell;
use std::hash::Hasher as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rex_sql::{Bind, Dialect, Rendered, Shape};

use super::{Binds, Id, Prepared};
use crate::value::Value;
use crate::words::Words;

/// So many texts are kept.
const MOST: usize = 4_096;

/// Shapes of more words have no text that is kept: most of them have lists of whatever length.
const LONGEST: usize = 400;

/// Lists of texts. Each list has those whose shapes have a hash in common.
static LISTS: [OnceLock<Entry>; 1_024] = [const { OnceLock::new() }; 1_024];

/// How many there are.
static KEPT: AtomicUsize = AtomicUsize::new(0);

struct Entry {
    dialect: Dialect,
    words: Box<[u64]>,
    sql: Box<str>,
    /// No other one's.
    number: u32,
    next: OnceLock<Box<Entry>>,
}

thread_local! {
    /// Where shapes are written to.
    static SHAPE: Cell<Shape> = const { Cell::new(Shape::new()) };
}

/// The text of a statement, found by its shape if it has one, and its values.
pub(super) fn prepared<'a>(
    dialect: Dialect,
    view: impl FnOnce(&mut Shape) -> Option<Vec<Bind<'a, Value>>>,
    write: impl FnOnce() -> Rendered<'a, Value>,
) -> Prepared<'a> {
    let mut shape = SHAPE.take();
    let prepared = match view(&mut shape) {
        Some(binds) => viewed(dialect, &shape, binds, write),
        None => made(write()),
    };
    SHAPE.set(shape);
    prepared
}

fn viewed<'a>(
    dialect: Dialect,
    shape: &Shape,
    binds: Vec<Bind<'a, Value>>,
    write: impl FnOnce() -> Rendered<'a, Value>,
) -> Prepared<'a> {
    match find(dialect, shape) {
        Ok(Entry { sql, number, .. }) => {
            let sql: &'static str = sql;
            #[cfg(debug_assertions)]
            {
                let Rendered { sql: written, binds: bound } = write();
                assert!(sql == written && same(&binds, &bound), "not of the shape of {sql}: {written}");
            }
            Prepared { sql: sql.into(), id: Some(Id::Written(*number)), binds: Binds::Ways(binds) }
        }
        Err(last) => {
            let rendered = write();
            keep(last, dialect, shape, &rendered.sql);
            made(rendered)
        }
    }
}

fn made(rendered: Rendered<'_, Value>) -> Prepared<'_> {
    Prepared { sql: rendered.sql.into(), id: None, binds: Binds::Ways(rendered.binds) }
}

/// The text for a shape, or else the end of the list that it belongs to.
fn find(dialect: Dialect, words: &[u64]) -> Result<&'static Entry, &'static OnceLock<Entry>> {
    let mut hash = Words::default();
    words.iter().for_each(|word| hash.write_u64(*word));
    let list = &LISTS[hash.finish() as usize % LISTS.len()];
    let mut next = list.get();
    while let Some(entry) = next {
        if entry.dialect == dialect && *entry.words == *words {
            return Ok(entry);
        }
        next = entry.next.get().map(|next| &**next);
    }
    Err(list)
}

fn keep(list: &'static OnceLock<Entry>, dialect: Dialect, words: &[u64], sql: &str) {
    if words.len() > LONGEST {
        return;
    }
    let number = KEPT.fetch_add(1, Ordering::Relaxed);
    if number >= MOST {
        return;
    }
    let (number, next) = (number as u32, OnceLock::new());
    let entry = Entry { dialect, words: words.into(), sql: sql.into(), number, next };
    let Err(entry) = list.set(entry) else { return };
    // Whoever comes to an end first is there, and the others go behind.
    let (mut entry, mut last) = (Box::new(entry), list.get());
    while let Some(here) = last {
        let Err(back) = here.next.set(entry) else { return };
        entry = back;
        last = here.next.get().map(|next| &**next);
    }
}

/// Whether the same values are bound in the same ways.
#[cfg(debug_assertions)]
fn same(left: &[Bind<'_, Value>], right: &[Bind<'_, Value>]) -> bool {
    let is_same = |(left, right): (&Bind<'_, Value>, &Bind<'_, Value>)| match (*left, *right) {
        (Bind::One(left), Bind::One(right))
        | (Bind::Member(left), Bind::Member(right))
        | (Bind::Pattern(left), Bind::Pattern(right)) => std::ptr::eq(left, right),
        (Bind::Set(left), Bind::Set(right)) => std::ptr::eq(left, right),
        _ => false,
    };
    left.len() == right.len() && left.iter().zip(right).all(is_same)
}
