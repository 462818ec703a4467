//! What of two texts is the same.

use super::{is_same_meaning, is_same_text, json, without_parentheses};

#[test]
fn what_postgresql_reprints_means_what_was_written() {
    let pairs = [
        (r#""state" IN ('a'::"state", 'b'::"state")"#, "(state = ANY (ARRAY['a'::state, 'b'::state]))"),
        ("state in ('a')", "(state = 'a'::state)"),
        ("a NOT IN (1, 2)", "(a <> ALL (ARRAY[1, 2]))"),
        ("a BETWEEN 1 AND 2 AND b", "(((a >= 1) AND (a <= 2)) AND b)"),
        ("now() AT TIME ZONE 'utc'", "timezone('utc'::text, now())"),
        ("((now() AT TIME ZONE 'utc')::date)", "((now() AT TIME ZONE 'utc'::text))::date"),
        ("name LIKE 'a%'", "((name)::text ~~ 'a%'::text)"),
        ("\"rating\" >= '0.0'::double precision", "(rating >= '0'::double precision)"),
        ("-90", "'-90'::integer"),
        ("1e30", "'1000000000000000000000000000000'::numeric"),
        ("'{\"b\":1, \"a\":[]}'", "'{\"a\": [], \"b\": 1}'::jsonb"),
        ("'{\"a\",b}'", "'{a,b}'::text[]"),
        ("'2026-01-01T00:00:00.500000Z'", "'2026-01-01 00:00:00.5+00'::timestamp with time zone"),
        ("'09:00:00.000000'", "'09:00:00'::time without time zone"),
        ("trim(both ' ' from a)", "btrim(a, ' '::text)"),
        ("position('a' in b)", "POSITION(('a'::text) IN (b))"),
        ("position('a' in b)", "\"position\"(b, 'a'::text)"),
        ("extract(year from a)", "date_part('year', a)"),
        ("NOT a = 1 OR b", "((NOT (a = 1)) OR b)"),
        ("a - 1 < b * 2 + 3", "((a - 1) < ((b * 2) + 3))"),
        ("a->>'x' = 'y'", "((a ->> 'x'::text) = 'y'::text)"),
        ("CASE WHEN a THEN 1 ELSE 2 END", "\nCASE\n    WHEN a THEN 1\n    ELSE 2\nEND"),
        ("a is distinct from b", "(a IS DISTINCT FROM b)"),
        ("lower(\"a\" COLLATE \"C\")", "lower((a COLLATE \"C\"))"),
        ("a=-1", "(a = '-1'::integer)"),
        ("current_timestamp", "CURRENT_TIMESTAMP"),
        ("'it''s'", "'it''s'::text"),
        ("E'a\\nb'", "'a\nb'::text"),
        ("a[1] > 0", "(a[1] > 0)"),
        ("'{true,false}'", "'{t,f}'::boolean[]"),
        ("a <= 'inf'::double precision", "(a <= 'Infinity'::double precision)"),
    ];
    for (written, reprinted) in pairs {
        assert!(is_same_meaning(written, reprinted), "{written} and {reprinted}");
    }
}

#[test]
fn what_says_something_else_is_something_else() {
    let pairs = [
        ("a > 1", "(a > 2)"),
        ("a > 1", "(a >= 1)"),
        ("a AND b OR c", "(a AND (b OR c))"),
        ("a - (b - c)", "((a - b) - c)"),
        ("a IN (1, 2)", "(a = ANY (ARRAY[2, 1]))"),
        ("'007'", "'7'::text"),
        ("'a'", "'A'::text"),
        ("'{\"a\":1}'", "'{\"a\": 2}'::jsonb"),
        ("NOT a OR b", "(NOT (a OR b))"),
        ("a IS NULL", "(a IS NOT NULL)"),
        ("a", "b"),
    ];
    for (left, right) in pairs {
        assert!(!is_same_meaning(left, right), "{left} and {right}");
    }
}

#[test]
fn texts_are_compared_by_their_words() {
    assert!(is_same_text("SELECT a -- first\nFROM \"t\"", "select  A from t"));
    assert!(!is_same_text("SELECT 'a'", "SELECT 'A'"));
    assert!(!is_same_text("SELECT \"A\"", "SELECT a"));
    assert_eq!(without_parentheses("((a) + (b))"), "(a) + (b)");
    assert_eq!(without_parentheses("(a) + (b)"), "(a) + (b)");
}

#[test]
fn json_has_one_spelling() {
    assert_eq!(
        json::canonical(r#" {"b": 1.0, "a": "\u00e4", "b": 2} "#).as_deref(),
        Some(r#"{"a":"ä","b":2e0}"#)
    );
    for text in ["{", "[1,]", "{a:1}", "", "nul", "[1 2]"] {
        assert_eq!(json::canonical(text), None, "{text}");
    }
}

#[test]
fn no_text_is_too_odd() {
    for text in ["(", "'", "/*", "((((", "$a$", "a[", "\"", "::", "a in", "case when", "€ü", "1e", "E'\\'"]
    {
        assert!(!is_same_meaning(text, "1"));
        assert!(!is_same_meaning(&"(".repeat(100_000), text));
    }
}
