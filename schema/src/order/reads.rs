//! The tables and views that a query of the user's reads, as far as its text shows it: names that
//! stand where a table stands, behind `FROM`, `JOIN` and the commas between them.
//!
//! Must not be asked for more than an order: a query may say something else than it seems to.

use crate::syntax;

/// The names, with their schemas where they are written. None of a text that ends within a name,
/// a text or a comment.
pub(super) fn tables(query: &str) -> Vec<(Option<String>, String)> {
    let tokens = syntax::tokens(query).unwrap_or_default();
    let mut found = Vec::new();
    // For each open parenthesis, whether its commas separate tables.
    let mut lists = vec![false];
    let mut expected = false;
    let mut rest = tokens.iter().peekable();
    while let Some(token) = rest.next() {
        let is_one_of = |words: &[&str]| words.iter().any(|word| token.is_word(word));
        if is_one_of(&STARTS) || is_one_of(&ENDS) {
            expected = is_one_of(&STARTS);
            lists.last_mut().into_iter().for_each(|list| *list = expected);
        } else if token.is_name() && expected {
            // Words that may stand between.
            expected = is_one_of(&["only", "lateral"]);
            if !expected {
                let inner =
                    rest.next_if(|next| next.text == ".").and_then(|_| rest.next_if(|next| next.is_name()));
                found.push(match inner {
                    Some(inner) => (Some(token.folded()), inner.folded()),
                    None => (None, token.folded()),
                });
            }
        } else {
            match token.text {
                "(" => lists.push(expected),
                ")" => lists.truncate(lists.len().saturating_sub(1).max(1)),
                _ => {}
            }
            expected = match token.text {
                "(" => expected,
                "," => lists.last() == Some(&true),
                _ => false,
            };
        }
    }
    found
}

/// What stands before a table.
const STARTS: [&str; 3] = ["from", "join", "table"];

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
        check("select a from \"s\".\"t\" union all select b from u union table v", &["s.t", "u", "v"]);
    }

    #[test]
    fn texts_and_comments_are_no_tables() {
        check("select 'from a' -- from b\n, /* from c */ d from e -- f", &["e"]);
        check("select 'it''s from a', \"from b\", c from d", &["d"]);
        check("select a, b in (c, d), e", &[]);
        check("from", &[]);
        check("select ')' from a) from b, c", &["a", "b", "c"]);
        check("select x from \"a", &[]);
    }
}
