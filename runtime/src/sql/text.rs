//! What can be told of a statement by its words, without reading its language.

use crate::adapter::Access;
use crate::error::{Error, Kind, Result};

/// Words that begin statements which leave a connection in another state than it was in.
const TRANSACTION: [&str; 9] =
    ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"];

/// What a statement needs: a connection that reads will do for a query.
///
/// # Errors
///
/// Of [`Kind::Transaction`] or [`Kind::InvalidValue`], for what is not to be sent as raw SQL.
pub(crate) fn access(sql: &str) -> Result<Access> {
    let word = first_word(sql);
    let is = |known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
    if word.is_empty() {
        return Err(Error::new(Kind::InvalidValue, "the text holds no statement"));
    }
    if is(&TRANSACTION) {
        let word = word.to_ascii_uppercase();
        let message = format!(
            "`{word}` is not sent as raw SQL: `transaction` begins and ends transactions, so that a connection \
             is at rest when it goes back"
        );
        return Err(Error::new(Kind::Transaction, message));
    }
    if is(&["COPY"]) {
        let message =
            "`COPY` is not sent as raw SQL, since its rows travel beside the text: use `insert_many`";
        return Err(Error::new(Kind::InvalidValue, message));
    }
    let reads = is(&["SELECT", "VALUES", "TABLE"]) || (is(&["WITH"]) && !writes(sql));
    Ok(if reads { Access::Read } else { Access::Write })
}

/// Whether one of the words of a statement that writes is in there, be it in a text.
fn writes(sql: &str) -> bool {
    let words = sql.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    let writing = ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"];
    words.into_iter().any(|word| writing.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// The first word, behind spaces, comments, and opening parentheses.
pub(crate) fn first_word(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|char: char| char.is_whitespace() || matches!(char, ';' | '('));
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = behind_comment(comment);
        } else {
            let end = rest.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(rest.len());
            // What is neither a word nor a space is the database's to refuse.
            return if end == 0 { rest } else { &rest[..end] };
        }
    }
}

/// What follows a comment whose opening is read. PostgreSQL's comments nest, SQLite's do not; a word
/// that only one of them sees is refused by the other, which sees the end of the comment there.
fn behind_comment(comment: &str) -> &str {
    comment.split_once("*/").map_or("", |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_read_and_the_rest_writes() {
        for sql in
            ["select 1", " -- a\n/* b */ (SELECT 1)", "WITH a AS (SELECT 1) SELECT * FROM a", "values (1)"]
        {
            assert_eq!(access(sql).expect("it may be sent"), Access::Read, "{sql}");
        }
        for sql in
            ["INSERT INTO a VALUES (1)", "WITH a AS (SELECT 1) DELETE FROM b", "PRAGMA user_version", "§"]
        {
            assert_eq!(access(sql).expect("it may be sent"), Access::Write, "{sql}");
        }
    }

    #[test]
    fn what_leaves_a_connection_open_is_refused() {
        for sql in ["BEGIN", "/* x */ commit;", "; ROLLBACK TO a", "-- x\nSavepoint a", "start transaction"] {
            assert_eq!(access(sql).expect_err("refused").kind(), Kind::Transaction, "{sql}");
        }
        for sql in ["", " ; ", "-- only a comment", "/* open", "COPY a FROM STDIN"] {
            assert_eq!(access(sql).expect_err("refused").kind(), Kind::InvalidValue, "{sql}");
        }
    }
}
