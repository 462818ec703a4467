//! What a live database does for a statement: its plan, and whether it reads a whole table for want of
//! an index.

use std::sync::atomic::{AtomicUsize, Ordering};

use rex_orm::{__, Blocking};
use rex_schema::Dialect;
use rex_schema::database::{Database, IndexKey, Table};
use rex_schema::plan::Object;
use rex_sql::ident;

use crate::Stop;
use crate::migrate::live::{Live, failed};
use crate::migrate::steps::rows_in_words;

/// A table is large from so many rows on: reading all of it is worth a word.
const LARGE: u64 = 1_000;

/// What a database does for a statement.
pub(crate) struct Plan {
    /// As the database tells it.
    pub(crate) lines: Vec<String>,
    scan: Option<Scan>,
}

/// Why a whole table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// No index serves the condition.
    NoIndex,
    /// The planner holds it to be cheaper than the index that there is.
    Cheaper,
}

/// A look-up by a foreign key: what relations are loaded by, and what the database does itself for each
/// row that is referred to when it is deleted.
pub(crate) struct Lookup {
    pub(crate) table: Object,
    columns: Vec<String>,
    /// The schema's index that serves it.
    index: Option<String>,
}

/// The look-ups by foreign keys, of the table of a model or of all.
pub(crate) fn lookups(database: &Database, only: Option<&str>) -> Vec<Lookup> {
    let chosen = |table: &&Table| {
        let name = Object::new(table.schema.as_deref(), &*table.name).to_string();
        only.is_none_or(|only| only == name)
    };
    let lookups = database.tables.iter().filter(chosen).flat_map(|table| {
        table.foreign_keys.iter().map(|key| Lookup {
            table: Object::new(table.schema.as_deref(), &*table.name),
            columns: key.columns.clone(),
            index: index_of(table, &key.columns),
        })
    });
    lookups.collect()
}

/// The name of what has the columns first.
fn index_of(table: &Table, columns: &[String]) -> Option<String> {
    let keys = table.primary_key.iter().chain(&table.uniques);
    let mut keys = keys.map(|key| (&key.name, key.columns.iter().map(String::as_str).collect::<Vec<_>>()));
    let whole = table.indexes.iter().filter(|index| index.condition.is_none());
    let mut indexes = whole.map(|index| {
        let parts = index.parts.iter().map_while(|part| match &part.key {
            IndexKey::Column(name) => Some(name.as_str()),
            IndexKey::Sql(_) => None,
        });
        (&index.name, parts.collect())
    });
    let serves = |(_, has): &(&String, Vec<&str>)| {
        has.len() >= columns.len()
            && has[..columns.len()].iter().all(|name| columns.iter().any(|c| c == name))
    };
    let found = keys.find(serves).or_else(|| indexes.find(serves));
    found.map(|(name, _)| name.clone())
}

impl Lookup {
    /// As people name it: `posts.author_id`.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.table, self.columns.join(", "))
    }

    /// Its statement.
    pub(crate) fn sql(&self, dialect: Dialect) -> String {
        let sign = match dialect {
            Dialect::Postgres => '$',
            Dialect::Sqlite => '?',
        };
        let conditions = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| format!("{} = {}", ident(column), format_args!("{sign}{}", at + 1)));
        format!(
            "SELECT * FROM {} WHERE {}",
            self.table.quoted(),
            conditions.collect::<Vec<_>>().join(" AND ")
        )
    }
}

/// Asks the database how it would run a statement over a table.
pub(crate) fn explain(live: &Live, sql: &str, table: &Object) -> Result<Plan, Stop> {
    match live.dialect() {
        Dialect::Sqlite => {
            let query = format!("EXPLAIN QUERY PLAN {}", dollars(sql));
            let lines = read(live, &[], &query, placeholders(&query))?;
            let scan = lines.iter().any(|line| is_scan_of(line, &table.name)).then_some(Scan::NoIndex);
            Ok(Plan { lines, scan })
        }
        Dialect::Postgres => {
            let lines = read_generic(live, sql, &[])?;
            let scan = match is_scan(&lines) {
                false => None,
                true if is_scan(&read_generic(live, sql, &["SET LOCAL enable_seqscan = off"])?) => {
                    Some(Scan::NoIndex)
                }
                true => Some(Scan::Cheaper),
            };
            Ok(Plan { lines, scan })
        }
    }
}

/// Whether SQLite reads all of a table: that of the statement. What it looks at for foreign keys to it, it
/// tells as well.
fn is_scan_of(line: &str, table: &str) -> bool {
    let rest = line.strip_prefix("SCAN ").and_then(|rest| rest.strip_prefix(table));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The plan for whatever values: a prepared statement's.
fn read_generic(live: &Live, sql: &str, settings: &[&str]) -> Result<Vec<String>, Stop> {
    // A prepared statement outlives its transaction.
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let name = format!("rex_explained_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let prepare = format!("PREPARE {name} AS {sql}");
    let settings: Vec<&str> = ["SET LOCAL plan_cache_mode = force_generic_plan"]
        .into_iter()
        .chain(settings.iter().copied())
        .chain([prepare.as_str()])
        .collect();
    let values = vec!["NULL"; placeholders(sql)].join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    read(live, &settings, &format!("EXPLAIN EXECUTE {name}{values}"), 0)
}

fn read(live: &Live, settings: &[&str], query: &str, nulls: usize) -> Result<Vec<String>, Stop> {
    __::read_lines(&live.db, settings, query, nulls).wait().map_err(failed)
}

/// A statement of SQLite with the placeholders that a program writes: `$1` for `?1`.
fn dollars(sql: &str) -> String {
    let mut quote = None;
    let signs = sql.chars().map(|c| match (c, quote) {
        ('\'' | '"', None) => {
            quote = Some(c);
            c
        }
        (c, Some(open)) if c == open => {
            quote = None;
            c
        }
        ('?', None) => '$',
        (c, _) => c,
    });
    signs.collect()
}

/// How many values a statement takes: the highest of `$1`, `$2`, outside of quotes.
fn placeholders(sql: &str) -> usize {
    let outside = sql.split(['\'', '"']).step_by(2);
    let numbers = outside.flat_map(|part| part.split('$').skip(1)).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().unwrap_or(0)
    });
    numbers.max().unwrap_or(0)
}

/// Whether all rows of a table are looked at to find some.
fn is_scan(lines: &[String]) -> bool {
    let pairs = lines.iter().zip(lines.iter().skip(1));
    pairs
        .into_iter()
        .any(|(line, next)| line.contains("Seq Scan on ") && next.trim_start().starts_with("Filter:"))
}

impl Plan {
    /// What there is to say of it, and how to mend it.
    pub(crate) fn note(
        &self,
        table: &Object,
        lookup: Option<&Lookup>,
        live: &Live,
    ) -> Option<(Scan, String)> {
        let scan = self.scan?;
        let rows = rows(live, table);
        let of = match rows {
            Some(rows) => format!("all of {table} is read each time, {} now", rows_in_words(rows)),
            None => format!("all of {table} is read each time"),
        };
        let mend = match (scan, lookup) {
            (Scan::Cheaper, _) if rows.is_none_or(|rows| rows < LARGE) => return None,
            (Scan::Cheaper, _) => {
                "though an index would serve: `ANALYZE` it, and look at how many rows share a value"
                    .to_owned()
            }
            (Scan::NoIndex, Some(Lookup { columns, index: None, .. })) => {
                format!(
                    "the schema has no index of {}: take `@no_index` away, and migrate",
                    columns.join(", ")
                )
            }
            (Scan::NoIndex, Some(Lookup { index: Some(name), .. })) => lacks(&format!("the index {name}")),
            (Scan::NoIndex, None) => lacks("an index for this"),
        };
        Some((scan, format!("{of}: {mend}")))
    }
}

fn lacks(what: &str) -> String {
    format!(
        "the schema has {what}, and the database lacks it: see `rexc migrate diff --from schema --to database`"
    )
}

/// About how many rows a table has, as PostgreSQL holds; exactly where it holds nothing of that.
fn rows(live: &Live, table: &Object) -> Option<u64> {
    let held = match live.dialect() {
        Dialect::Sqlite => None,
        Dialect::Postgres => {
            let name = table.quoted().replace('\'', "''");
            let query =
                format!("SELECT reltuples::bigint::text FROM pg_class WHERE oid = to_regclass('{name}')");
            read(live, &[], &query, 0).ok()?.first()?.parse().ok().filter(|&rows: &u64| rows > 0)
        }
    };
    held.or_else(|| live.count(table, ""))
}

#[cfg(test)]
mod tests {
    use super::{dollars, is_scan, placeholders};

    #[test]
    fn placeholders_are_counted_outside_of_quotes() {
        assert_eq!(placeholders("SELECT 1"), 0);
        assert_eq!(placeholders("SELECT \"$9\" FROM t WHERE a = $1 AND b = $12 AND c = 'it''s $40'"), 12);
    }

    #[test]
    fn question_marks_become_dollars_outside_of_quotes() {
        assert_eq!(
            dollars("SELECT \"a?1\", '?''?' WHERE b = ?1 AND c = ?2"),
            "SELECT \"a?1\", '?''?' WHERE b = $1 AND c = $2"
        );
    }

    #[test]
    fn a_scan_with_a_filter_is_one_for_want_of_an_index() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert!(is_scan(&lines(
            "Delete on a\n  ->  Parallel Seq Scan on a  (cost=1)\n        Filter: (b = $1)"
        )));
        assert!(!is_scan(&lines("Seq Scan on a  (cost=1)")));
        assert!(!is_scan(&lines("Index Scan using b on a\n  Index Cond: (b = $1)\n  Filter: (c = $2)")));
    }
}
