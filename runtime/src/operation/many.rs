//! Statements that write many rows, in a few sizes: their texts are made once for all of the program,
//! and prepared once for each connection.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use rex_sql::{Dialect, Insert, Name, NewRows, OnConflict};

use crate::meta::{ColumnMeta, ModelMeta};
use crate::write::arrays;

/// Up to so many rows have a statement of their own; beyond, numbers that are powers of two.
const SMALL: usize = 16;

/// So many larger numbers of a model's rows have one too: those that come twice in a row, as programs
/// write in batches of one size.
const OWN: usize = 8;

/// The text of a statement, which lives as long as the program.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The text.
    pub sql: &'static str,
    /// Dense within the program: the place of the prepared statement in a list.
    pub id: u32,
}

/// The numbers of a model's rows that are written together.
#[derive(Debug, Default)]
struct Habit {
    last: usize,
    own: Vec<usize>,
}

impl Habit {
    /// Whether so many rows have a statement of their own from now on.
    fn takes(&mut self, rows: usize) -> bool {
        if self.own.contains(&rows) {
            return true;
        }
        let again = std::mem::replace(&mut self.last, rows) == rows;
        let taken = again && self.own.len() < OWN;
        if taken {
            self.own.push(rows);
        }
        taken
    }
}

/// Numbers of rows of a model that are together `rows`, each at most `most` and one that has a
/// statement.
pub fn sizes(model: &'static ModelMeta, rows: usize, most: usize) -> Vec<usize> {
    static HABITS: OnceLock<Mutex<HashMap<usize, Habit>>> = OnceLock::new();
    if rows > SMALL && rows < most {
        let habits = HABITS.get_or_init(Mutex::default);
        let mut habits = habits.lock().unwrap_or_else(PoisonError::into_inner);
        if habits.entry(std::ptr::from_ref(model).addr()).or_default().takes(rows) {
            return vec![rows];
        }
    }
    split(rows, most).collect()
}

fn split(rows: usize, most: usize) -> impl Iterator<Item = usize> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let size = match left.min(most) {
            0 => return None,
            whole if whole == most || whole <= SMALL => whole,
            part => 1 << part.ilog2(),
        };
        left -= size;
        Some(size)
    })
}

/// The insert of so many rows of a model into all columns but those that the database fills.
pub(super) fn text(model: &'static ModelMeta, rows: usize, dialect: Dialect) -> Text {
    kept(model, rows, dialect, || statement(model, rows))
}

/// The same of any number of rows, whose values are arrays, in PostgreSQL.
pub(super) fn arrays(model: &'static ModelMeta) -> Text {
    // No other statement has no rows.
    kept(model, 0, Dialect::Postgres, || {
        let columns = set(model).map(|column| arrays::column(column, Vec::new()));
        Insert { rows: NewRows::Arrays(columns.collect()), ..statement(model, 0) }
    })
}

fn kept(model: &'static ModelMeta, rows: usize, dialect: Dialect, make: impl FnOnce() -> Insert<()>) -> Text {
    type Texts = HashMap<(usize, usize, Dialect), Text>;
    static TEXTS: OnceLock<Mutex<Texts>> = OnceLock::new();
    // A model is where its description is.
    let key = (std::ptr::from_ref(model).addr(), rows, dialect);
    let mut texts = TEXTS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let id = u32::try_from(texts.len()).expect("models and sizes are fewer");
    *texts.entry(key).or_insert_with(|| {
        let sql = make().render(dialect).sql;
        Text { sql: Box::leak(sql.into_boxed_str()), id }
    })
}

/// The columns that the fixed insert sets.
fn set(model: &'static ModelMeta) -> impl Iterator<Item = &'static ColumnMeta> {
    model.table.columns.iter().filter(|column| !column.default.is_the_databases())
}

fn statement(model: &'static ModelMeta, rows: usize) -> Insert<()> {
    let table = &model.table;
    let columns: Vec<Name> = set(model).map(|column| column.name.into()).collect();
    Insert {
        table: table.table(),
        rows: NewRows::Values(vec![vec![Some(()); columns.len()]; rows]),
        columns,
        on_conflict: OnConflict::Fail,
        returning: table.columns.iter().map(ColumnMeta::shown).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn splits(rows: usize, most: usize, expected: &[usize]) {
        assert_eq!(split(rows, most).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn rows_are_written_in_few_sizes() {
        splits(0, 1_000, &[]);
        splits(1, 1_000, &[1]);
        splits(16, 1_000, &[16]);
        splits(17, 1_000, &[16, 1]);
        splits(100, 1_000, &[64, 32, 4]);
        splits(999, 1_000, &[512, 256, 128, 64, 32, 7]);
        splits(1_000, 1_000, &[1_000]);
        splits(2_001, 1_000, &[1_000, 1_000, 1]);
        splits(7, 3, &[3, 3, 1]);
    }

    #[test]
    fn what_comes_twice_in_a_row_is_written_at_once() {
        let mut habit = Habit::default();
        assert!(!habit.takes(100) && !habit.takes(90) && !habit.takes(100));
        assert!(habit.takes(100) && habit.takes(100));
        assert!(!habit.takes(90) && habit.takes(100), "what has a statement keeps it");
        for rows in 200..300 {
            habit.takes(rows);
            habit.takes(rows);
        }
        assert_eq!(habit.own.len(), OWN);
    }
}
