//! The tables and views that a query of the user's reads, as far as its text shows it: names that
//! stand where a table stands, behind `FROM`, `JOIN` and the commas between them.
//!
//! Must not be asked for more than an order: a query may say something else than it seems to.

/// The names, with their schemas where they are written.
pub(super) fn tables(query: &str) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    // For each open parenthesis, whether its commas separate tables.
    let mut lists = vec![false];
    let mut expected = false;
    let mut rest = tokens(query).peekable();
    while let Some(token) = rest.next() {
        match token {
            Token::Open => lists.push(expected),
            Token::Close => {
                lists.truncate(lists.len().saturating_sub(1).max(1));
                expected = false;
            }
            Token::Comma => expected = lists.last() == Some(&true),
            Token::Word(word) if MODIFIERS.contains(&word.as_str()) && expected => {}
            Token::Word(word) if STARTS.contains(&word.as_str()) => {
                expected = true;
                lists.last_mut().into_iter().for_each(|list| *list = true);
            }
            Token::Word(word) if ENDS.contains(&word.as_str()) => {
                expected = false;
                lists.last_mut().into_iter().for_each(|list| *list = false);
            }
            Token::Word(name) | Token::Quoted(name) if expected => {
                expected = false;
                let inner = rest.next_if_eq(&Token::Dot).and_then(|_| match rest.next() {
                    Some(Token::Word(inner) | Token::Quoted(inner)) => Some(inner),
                    _ => None,
                });
                found.push(match inner {
                    Some(inner) => (Some(name), inner),
                    None => (None, name),
                });
            }
            Token::Word(_) | Token::Quoted(_) | Token::Dot | Token::Other => expected = false,
        }
    }
    found
}

/// What stands before a table.
const STARTS: [&str; 3] = ["from", "join", "table"];

/// What may stand between.
const MODIFIERS: [&str; 2] = ["only", "lateral"];

/// What ends a list of tables.
const ENDS: [&str; 14] = [
    "select",
    "where",
    "group",
    "having",
    "window",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "intersect",
    "except",
    "values",
];

#[derive(PartialEq)]
enum Token {
    /// Without quotes: in lower case.
    Word(String),
    /// A name in quotes.
    Quoted(String),
    Open,
    Close,
    Comma,
    Dot,
    Other,
}

fn tokens(mut rest: &str) -> impl Iterator<Item = Token> {
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start();
            let (token, length) = token(rest)?;
            rest = &rest[length..];
            if let Some(token) = token {
                return Some(token);
            }
        }
    })
}

/// The next token and its length in bytes; a comment is none.
fn token(text: &str) -> Option<(Option<Token>, usize)> {
    let first = text.chars().next()?;
    let until =
        |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let token = match first {
        '-' if text.starts_with("--") => return Some((None, until("\n", 2))),
        '/' if text.starts_with("/*") => return Some((None, until("*/", 2))),
        '\'' => return Some((Some(Token::Other), until("'", 1))),
        '"' | '`' | '[' => {
            let close = if first == '[' { "]" } else { &text[..1] };
            let end = until(close, 1);
            let name = text[1..end].trim_end_matches(close).to_owned();
            return Some((Some(Token::Quoted(name)), end));
        }
        c if c.is_alphabetic() || c == '_' => {
            let end = text.find(|c| !is_of_word(c)).unwrap_or(text.len());
            return Some((Some(Token::Word(text[..end].to_lowercase())), end));
        }
        '(' => Token::Open,
        ')' => Token::Close,
        ',' => Token::Comma,
        '.' => Token::Dot,
        _ => Token::Other,
    };
    Some((Some(token), first.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::tables;

    #[track_caller]
    fn check(query: &str, expected: &[&str]) {
        let found = tables(query).into_iter().map(|(schema, name)| match schema {
            Some(schema) => format!("{schema}.{name}"),
            None => name,
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{query}");
    }

    #[test]
    fn tables_stand_behind_from_and_join() {
        check("select a from b", &["b"]);
        check(
            "SELECT b.c FROM A AS x, only \"B\" y LEFT JOIN s.c ON c.d = x.e, f where g in (h, i)",
            &["a", "B", "s.c", "f"],
        );
        check("select (select max(a) from b where b.c = d.e), f from d group by f, g", &["b", "d"]);
        check(
            "with x as (select 1 from y) select * from x join (select 2 from z) q using (a, b)",
            &["y", "x", "z"],
        );
        check("select * from (a join b on a.c = b.c), d", &["a", "b", "d"]);
        check("select a from \"s\".\"t\" union all select b from [u] union table v", &["s.t", "u", "v"]);
    }

    #[test]
    fn texts_and_comments_are_no_tables() {
        check("select 'from a' -- from b\n, /* from c */ d from e -- f", &["e"]);
        check("select 'it''s from a', \"from b\", c from d", &["d"]);
        check("select a, b in (c, d), e", &[]);
        check("from", &[]);
        check("select ')' from a) from b, c", &["a", "b", "c"]);
        check("select x from \"a", &["a"]);
    }
}
