//! What a database is, by means that are not ours: `pg_dump`, and what SQLite says of itself.
//!
//! What is not compared, because it must differ:
//!
//! | | why |
//! |---|---|
//! | the order of a table's columns and constraints | those that are added come last |
//! | the order of objects | they were made in another one |
//! | white space in SQLite's text of a table | it is that of the statement; what is added stands in the line of the last column |
//! | whether a constraint of one column stands behind it or behind all | with `ADD COLUMN` it can stand nowhere else |

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};

use rex_schema::Dialect;

use super::live::Live;
use crate::support::postgres::{self, Server};

/// What a database holds, but for rows: in lines, each by itself.
pub(crate) type Dump = BTreeSet<String>;

/// Everything that is in each of two, which are of one kind.
pub(super) async fn both(one: &Live, other: &Live) -> [Dump; 2] {
    match one.dialect() {
        Dialect::Postgres => {
            let dumping = [start(&url(one).await), start(&url(other).await)];
            dumping.map(end)
        }
        Dialect::Sqlite => [sqlite(one).await, sqlite(other).await],
    }
}

async fn url(live: &Live) -> String {
    let name = live.rows("SELECT current_database()").await[0][0].clone().unwrap_or_default();
    postgres::server().database_url(&name)
}

/// The same, of a database that is named by its URL.
pub(crate) async fn of(url: &str) -> Dump {
    match url.strip_prefix("sqlite://") {
        Some(path) => {
            let connection = rusqlite::Connection::open(path).expect("the file can be opened");
            sqlite(&Live::Sqlite(Box::new(connection))).await
        }
        None => end(start(url)),
    }
}

/// Panics with what only one of two has.
pub(crate) fn assert_alike(what: &str, found: &Dump, expected: &Dump) {
    let only = |one: &Dump, other: &Dump| one.difference(other).cloned().collect::<Vec<_>>().join("\n");
    assert!(
        found == expected,
        "{what}: not what a fresh one is\nonly here:\n{}\nonly in the fresh one:\n{}",
        only(found, expected),
        only(expected, found)
    );
}

/// Lets `pg_dump` write what a database is, but for the history.
fn start(url: &str) -> Child {
    let program = Server::program("pg_dump").unwrap_or_else(|reason| panic!("{reason}"));
    let mut command = Command::new(program);
    command.args(["--schema-only", "--exclude-table=*.rex_migrations", "--dbname", url]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).env("LC_ALL", "C");
    command.spawn().expect("pg_dump can be run")
}

fn end(dumping: Child) -> Dump {
    let output = dumping.wait_with_output().expect("pg_dump ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("it is text");
    // `\restrict` is a word by chance, against what somebody may have hidden in a dump.
    let is_said = |line: &&str| !line.is_empty() && !line.starts_with("--") && !line.starts_with('\\');
    let text = text.lines().filter(is_said).collect::<Vec<_>>().join("\n") + "\n";
    let statements = text.split_terminator(";\n");
    let statements = statements.filter(|one| !one.starts_with("SET ") && !one.contains("set_config"));
    statements.map(in_order).collect()
}

/// A statement of `pg_dump`, whose lines between those of the parentheses are in order.
fn in_order(statement: &str) -> String {
    let is_table = statement.starts_with("CREATE TABLE ");
    let Some((head, rest)) = statement.split_once(" (\n").filter(|_| is_table) else {
        return statement.to_owned();
    };
    let (body, end) = rest.rsplit_once("\n)").unwrap_or((rest, ""));
    let mut lines: Vec<&str> = body.lines().map(|line| line.trim_end_matches(',')).collect();
    lines.sort_unstable();
    format!("{head} (\n{}\n){end}", lines.join("\n"))
}

async fn sqlite(live: &Live) -> Dump {
    let mut dump = Dump::new();
    let objects = "SELECT type, name, tbl_name, sql FROM sqlite_schema \
                   WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND name <> 'rex_migrations'";
    for row in live.rows(objects).await {
        let [kind, name, table, sql] = texts(row);
        let parts = if kind == "table" { parts(&sql) } else { vec![spaced(&sql)] };
        dump.extend(parts.iter().map(|part| format!("{kind} {name} of {table}: {part}")));
    }
    let tables = "SELECT name, type, ncol, wr, strict FROM pragma_table_list \
                  WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND name <> 'rex_migrations'";
    for row in live.rows(tables).await {
        let [name, kind, columns, without_rowid, strict] = texts(row);
        dump.insert(format!("{kind} {name}: {columns} columns, {without_rowid} {strict}"));
        for query in PRAGMAS {
            let rows = live.rows(&query.replace("TABLE", &rex_sql::text(&name))).await;
            dump.extend(rows.into_iter().map(|row| format!("{name}: {:?}", row)));
        }
    }
    dump
}

/// What SQLite makes of a table: its columns, its keys with their columns, and its indexes with theirs.
/// Numbers, which are those of an order, are not asked for.
const PRAGMAS: [&str; 3] = [
    "SELECT 'column', name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(TABLE)",
    "SELECT 'key', \"table\", on_update, on_delete, group_concat(\"from\" || ' to ' || \"to\") FROM \
     (SELECT * FROM pragma_foreign_key_list(TABLE) ORDER BY id, seq) GROUP BY id",
    "SELECT 'index', origin, \"unique\", partial, CASE origin WHEN 'c' THEN list.name END, \
     (SELECT group_concat(coalesce(name, 'an expression') || ' ' || \"desc\" || coll) FROM \
     (SELECT * FROM pragma_index_xinfo(list.name) WHERE key ORDER BY seqno)) FROM pragma_index_list(TABLE) AS list",
];

fn texts<const N: usize>(row: Vec<Option<String>>) -> [String; N] {
    let texts: Vec<String> = row.into_iter().map(Option::unwrap_or_default).collect();
    texts.try_into().expect("as many as were asked for")
}

/// What stands between the parentheses of a `CREATE TABLE`, each by itself, and what stands behind them.
/// A constraint with a name is by itself also where it stands behind its column.
fn parts(sql: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), Vec::new(), 0);
    for word in words(sql) {
        depth += match word {
            "(" => 1,
            ")" => -1,
            _ => 0,
        };
        match (word, depth) {
            ("(", 1) | (",", 1) | (")", 0) => parts.push(std::mem::take(&mut part)),
            ("CONSTRAINT", 1) => parts.push(std::mem::replace(&mut part, vec![word])),
            _ => part.push(word),
        }
    }
    parts.push(part);
    parts.retain(|part| !part.is_empty());
    let mut column = "";
    for part in &mut parts {
        match part.as_slice() {
            ["CONSTRAINT", _, "REFERENCES", ..] => {
                part.splice(2..2, ["FOREIGN", "KEY", "(", column, ")"]);
            }
            ["CONSTRAINT", ..] => {}
            other => column = other[0],
        }
    }
    parts.into_iter().map(|part| part.join(" ")).collect()
}

/// With one space between words.
fn spaced(sql: &str) -> String {
    words(sql).join(" ")
}

/// Names, texts, words and signs.
fn words(sql: &str) -> Vec<&str> {
    let (mut words, mut rest) = (Vec::new(), sql.trim_start());
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => {
                let mut end = 1;
                while let Some(next) = rest[end..].find(first) {
                    end += next + 1;
                    if !rest[end..].starts_with(first) {
                        break;
                    }
                    end += 1;
                }
                end
            }
            c if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        words.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    words
}
