//! What PostgreSQL makes of an expression means what was written: the same is found again for every
//! one of these, as a check, as a condition of an index, and as a default.

use rex_schema::database::Sql;
use rex_schema::inspect::Rows;

use super::live::Live;
use crate::support::postgres;

const COLUMNS: &str = "i int, s smallint, b bigint, n numeric(10, 2), r real, d double precision, t text, \
    v varchar(20), c char(3), o boolean, y bytea, u uuid, dd date, tt time, ts timestamp, tz timestamptz, \
    j jsonb, m mood, a text[], ai int[], \"Odd Name\" int, \"order\" int";

const CONDITIONS: &[&str] = &[
    "i > 0",
    "i >= 0 AND i <= 10",
    "i between 1 and 10",
    "i not between 1 and 10",
    "i in (1, 2, 3)",
    "i in (1)",
    "i not in (1, 2, 3)",
    "i = any (array[1, 2])",
    "i <> all (array[1, 2])",
    "i = any ('{1,2}'::int[])",
    "i != 3",
    "not (i = 3)",
    "not i = 3",
    "not o",
    "o",
    "o = true",
    "o is true",
    "o is not true",
    "o is false",
    "o is unknown",
    "i is null",
    "i is not null",
    "i isnull",
    "i notnull",
    "i is distinct from 3",
    "i is not distinct from 3",
    "i > -1",
    "i > - 1",
    "i = -2147483648",
    "-i < 0",
    "+i < 0",
    "i + 1 > 2",
    "i + 1 * 2 > 3",
    "(i + 1) * 2 > 3",
    "i - 1 - 2 > 0",
    "i - (1 - 2) > 0",
    "i / 2 * 3 % 4 = 0",
    "i % 2 = 0",
    "i ^ 2 > 1",
    "i & 1 = 1",
    "i | 1 = 1",
    "i # 1 = 1",
    "~i = 1",
    "i << 1 > 2",
    "s > 1",
    "s = 1::smallint",
    "s + i > 1",
    "b > 5000000000",
    "b > i",
    "b * 2 > i",
    "n > 1.50",
    "n > 1",
    "n > i",
    "n = 0.10",
    "n * 1.1 > 2",
    "round(n, 1) = n",
    "r > 1.5",
    "r > 1",
    "d > 1.5e10",
    "d > 1e-10",
    "d < 'infinity'",
    "d <> 'NaN'",
    "abs(i) < 10",
    "t <> ''",
    "t = 'it''s'",
    "t = E'a\\nb'",
    "t = $$it's$$",
    "t like 'a%'",
    "t not like 'a%'",
    "t ilike 'a%'",
    "t not ilike 'a%'",
    "t ~ '^[a-z]+$'",
    "t !~ 'a'",
    "t ~* 'a'",
    "t similar to 'a|b'",
    "length(t) > 1",
    "char_length(t) <= 20",
    "octet_length(t) < 20",
    "lower(t) = t",
    "upper(v) = v",
    "v = 'a'",
    "v <> 'a' and v like 'b%'",
    "v in ('a', 'b')",
    "v = t",
    "c = 'abc'",
    "c in ('abc', 'def')",
    "trim(t) = t",
    "trim(both from t) = t",
    "trim(leading 'x' from t) = t",
    "trim(trailing 'x' from t) = t",
    "btrim(t, ' x') = t",
    "substring(t from 1 for 2) = 'ab'",
    "substring(t, 1, 2) = 'ab'",
    "substr(t, 1, 2) = 'ab'",
    "position('a' in t) > 0",
    "strpos(t, 'a') > 0",
    "left(t, 1) = 'a'",
    "t || v = 'ab'",
    "t || 'x' <> v || 'y'",
    "concat(t, v) <> ''",
    "replace(t, 'a', 'b') = t",
    "coalesce(t, 'a') <> ''",
    "coalesce(v, t, 'a') <> ''",
    "coalesce(i, 0) > 0",
    "nullif(i, 0) > 1",
    "greatest(i, 1) = i",
    "least(i, s) > 0",
    "t collate \"C\" < 'b'",
    "t < 'b' collate \"C\"",
    "lower(t collate \"C\") = t",
    "case when i > 0 then o else not o end",
    "case i when 1 then true when 2 then false end",
    "case when i > 0 then 1 else 2 end = 1",
    "y <> '\\x00'",
    "length(y) = 16",
    "u <> '00000000-0000-0000-0000-000000000000'",
    "u = '01890A5D-AC96-774B-BCCE-B302099A8057'::uuid",
    "dd > '2026-01-01'",
    "dd > date '2026-01-01'",
    "dd between '2026-01-01' and '2026-12-31'",
    "dd > current_date",
    "dd + 1 > '2026-01-01'",
    "tt > '09:00'",
    "tt > '09:00:00.500000'",
    "ts > '2026-01-01T00:00:00'",
    "ts > timestamp '2026-01-01 10:00:00'",
    "tz > '2026-01-01T00:00:00Z'",
    "tz > '2026-01-01T00:00:00.123456Z'::timestamptz",
    "tz < now()",
    "tz < current_timestamp",
    "ts < localtimestamp",
    "tz at time zone 'utc' > '2026-01-01T00:00:00'",
    "(tz at time zone 'utc')::date = dd",
    "extract(year from dd) > 2000",
    "extract(hour from tt) < 20",
    "date_trunc('day', ts) = ts",
    "j ? 'a'",
    "j @> '{\"b\":1, \"a\":[1,2]}'",
    "j ->> 'a' = 'x'",
    "(j -> 'a') is not null",
    "j #>> '{a,b}' = 'x'",
    "jsonb_typeof(j) = 'object'",
    "m = 'sad'",
    "m <> 'sad'::mood",
    "m in ('sad', 'ok')",
    "m > 'sad' or m is null",
    "m::text <> 'x'",
    "cardinality(a) > 0",
    "array_length(a, 1) < 5",
    "a[1] = 'x'",
    "'x' = any (a)",
    "a @> array['x']",
    "a <> '{}'",
    "a = '{\"a b\",c}'",
    "ai[1] > ai[2]",
    "ai = array[1, 2, 3]",
    "\"Odd Name\" > 1",
    "\"order\" > 1",
    "i::text <> ''",
    "cast(i as text) <> ''",
    "i::numeric / 2 > 1",
    "(i, s) = (1, 2)",
    "(i > 0) = o",
    "i > 0 and s > 0 and b > 0",
    "i > 0 or s > 0 or b > 0",
    "i > 0 and (s > 0 or b > 0)",
    "(i > 0 and s > 0) or b > 0",
    "i > 0 or s > 0 and b > 0",
    "(i > 0 or s > 0) and (b > 0 or n > 0)",
    "not (i > 0 and s > 0)",
    "num_nonnulls(i, s) = 1",
    "(i is null) = (s is null)",
    "i is null or i > 0",
    "starts_with(t, 'a')",
    "md5(t) <> t",
    "true",
    "1 = 1",
];

const DEFAULTS: &[(&str, &str)] = &[
    ("i", "1"),
    ("i", "-1"),
    ("i", "1 + 1"),
    ("s", "-32768"),
    ("b", "-9223372036854775808"),
    ("n", "0.10"),
    ("n", "-1.50"),
    ("r", "-0.5"),
    ("r", "1e30"),
    ("d", "0.1"),
    ("d", "1e-300"),
    ("d", "'infinity'"),
    ("t", "'a'"),
    ("t", "''"),
    ("t", "'it''s \"q\" \\ {b}'"),
    ("t", "'2026-01-01'"),
    ("t", "'007'"),
    ("t", "upper('a')"),
    ("t", "current_user"),
    ("v", "'ab'"),
    ("c", "'abc'"),
    ("o", "true"),
    ("y", "'\\x00ff'"),
    ("u", "gen_random_uuid()"),
    ("u", "'01890a5d-ac96-774b-bcce-b302099a8057'"),
    ("dd", "'2026-01-01'"),
    ("dd", "current_date"),
    ("dd", "(now() AT TIME ZONE 'utc')::date"),
    ("tt", "'09:00:00.000000'"),
    ("tt", "((now() AT TIME ZONE 'utc')::time)"),
    ("ts", "'2026-01-01T00:00:00.000000'"),
    ("ts", "(now() AT TIME ZONE 'utc')"),
    ("tz", "'2026-01-01T00:00:00.000001Z'"),
    ("tz", "now()"),
    ("tz", "current_timestamp"),
    ("tz", "clock_timestamp()"),
    ("j", "'{\"b\":1, \"a\":[true,null,\"x\"]}'"),
    ("j", "'[]'"),
    ("j", "'\"x\"'"),
    ("m", "'sad'"),
    ("a", "'{}'"),
    ("a", "'{\"a\",\"b c\",\"d\\\"e\"}'"),
    ("a", "array['a', 'b']"),
    ("ai", "'{1,-2}'"),
    ("ai", "array[]::int[]"),
];

async fn table(live: &Live) {
    live.run(&format!("CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t ({COLUMNS})"))
        .await
        .expect("a table");
}

/// The one text that a query gives.
fn text(rows: &Rows) -> Sql {
    Sql::reprinted(rows[0][0].clone().expect("it is not null"))
}

#[tokio::test]
async fn expressions_are_found_again() {
    let database = postgres::server().database("reprinted");
    let live = Live::postgres(&database).await;
    table(&live).await;
    for statement in rex_schema::inspect::session(rex_schema::Dialect::Postgres) {
        live.run(&statement.replace("LOCAL ", "")).await.expect("a setting");
    }
    let mut lost = Vec::new();
    for condition in CONDITIONS {
        live.run(&format!("ALTER TABLE t ADD CONSTRAINT c CHECK ({condition})")).await.expect(condition);
        let found =
            text(&live.rows("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'c'").await);
        live.run("ALTER TABLE t DROP CONSTRAINT c").await.expect("it is there");
        let found = Sql::reprinted(found.as_str().trim_start_matches("CHECK "));
        if found != Sql::written(*condition) {
            lost.push(format!("{condition}\n    {found}"));
        }
    }
    for (column, default) in DEFAULTS {
        live.run(&format!("ALTER TABLE t ALTER COLUMN {column} SET DEFAULT {default}")).await.expect(default);
        let found = text(&live.rows("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef").await);
        live.run(&format!("ALTER TABLE t ALTER COLUMN {column} DROP DEFAULT")).await.expect("it is there");
        if found != Sql::written(*default) {
            lost.push(format!("{default}\n    {found}"));
        }
    }
    let all: Vec<Sql> = CONDITIONS.iter().map(|text| Sql::written(*text)).collect();
    assert!(all.len() + DEFAULTS.len() > 200);
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
