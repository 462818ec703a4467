//! Which foreign key refused a commit: one that is checked only then, of which SQLite does not say
//! the name. All keys are checked once more, while the transaction is still open.

use rusqlite::{Connection, OptionalExtension};

use super::failure;
use crate::adapter::constraint;
use crate::error::{Error, Kind};

/// Explains the failure of a commit.
pub(super) fn explain(connection: &Connection, error: rusqlite::Error) -> Error {
    let error = failure::commit(error);
    if error.kind() != Kind::ForeignKey {
        return error;
    }
    match broken(connection) {
        Ok(Some((name, target))) => constraint::missing(&name, &target).with_source_of(error),
        _ => error,
    }
}

/// The name of a key that leads nowhere, and the table that it should lead to.
fn broken(connection: &Connection) -> rusqlite::Result<Option<(String, String)>> {
    let check = "SELECT \"table\", parent, fkid FROM pragma_foreign_key_check LIMIT 1";
    let row = connection.query_row(check, [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?))
    });
    let Some((table, target, number)) = row.optional()? else { return Ok(None) };
    let count = "SELECT count(DISTINCT id) FROM pragma_foreign_key_list(?1)";
    let count: u32 = connection.query_row(count, [&table], |row| row.get(0))?;
    let text = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    let text: String = connection.query_row(text, [&table], |row| row.get(0))?;
    let names = names(&text);
    // SQLite numbers them from the last.
    let name = (names.len() == count as usize)
        .then(|| names.into_iter().rev().nth(number as usize))
        .flatten()
        .flatten();
    Ok(name.map(|name| (name, target)))
}

/// The names of a table's foreign keys, in the order of its text: what `CONSTRAINT "…"` says before
/// each `FOREIGN KEY`.
fn names(text: &str) -> Vec<Option<String>> {
    let parts: Vec<&str> = text.split(" FOREIGN KEY").collect();
    let before = &parts[..parts.len() - 1];
    let name = |part: &&str| {
        let (_, name) = part.rsplit_once("CONSTRAINT \"")?;
        Some(name.strip_suffix('"')?.replace("\"\"", "\""))
    };
    before.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_text() {
        let text = r#"CREATE TABLE "t" ("a" INTEGER, CONSTRAINT "a ""b""" FOREIGN KEY ("a") REFERENCES "u",
            FOREIGN KEY ("a") REFERENCES "v", CONSTRAINT "c" CHECK ("a" > 1), CONSTRAINT "d" FOREIGN KEY ("a") …"#;
        assert_eq!(names(text), [Some("a \"b\"".to_owned()), None, Some("d".to_owned())]);
        assert!(names("CREATE TABLE t (a)").is_empty());
    }
}
