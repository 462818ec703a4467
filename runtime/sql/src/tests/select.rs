//! Queries of several tables, of groups, and of other queries.

use super::check;
use crate::*;

fn column(source: u16, name: &'static str) -> Expr<i32> {
    Expr::Column(ColumnRef::of(source, name))
}

fn order(by: Expr<i32>, direction: Direction) -> Order<i32> {
    Order { by, direction, nulls: Nulls::Never }
}

fn posts(values: Vec<Expr<i32>>) -> Select<i32> {
    Select::new(Projection::Values(values), Table::new("posts"))
}

fn aggregate(function: AggregateFunction, of: Option<Expr<i32>>) -> Expr<i32> {
    Expr::Aggregate(Box::new(Aggregate::new(function, of)))
}

#[track_caller]
fn same(select: &Select<i32>, sql: &str) {
    check(select, sql, &sql.replace('$', "?"));
}

#[test]
fn joins_are_of_five_kinds() {
    let mut select = posts(vec![column(0, "title"), column(1, "name"), column(2, "name")]);
    let users = |kind, source: u16| Join {
        kind,
        source: Source::Table(Table::new("users")),
        on: column(source, "id").equals(column(0, "author_id")),
    };
    let kinds = [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full, JoinKind::Cross];
    select.joins = kinds.into_iter().zip(1..).map(|(kind, source)| users(kind, source)).collect();
    same(
        &select,
        concat!(
            r#"SELECT t0."title", t1."name", t2."name" FROM "posts" AS t0 "#,
            r#"JOIN "users" AS t1 ON t1."id" = t0."author_id" "#,
            r#"LEFT JOIN "users" AS t2 ON t2."id" = t0."author_id" "#,
            r#"RIGHT JOIN "users" AS t3 ON t3."id" = t0."author_id" "#,
            r#"FULL JOIN "users" AS t4 ON t4."id" = t0."author_id" CROSS JOIN "users" AS t5"#,
        ),
    );
}

#[test]
fn what_is_bound_in_a_key_is_bound_once() {
    let key = Expr::Call(Call::Concat, vec![column(0, "title"), Expr::Value(1)]);
    let mut select = posts(vec![Expr::Key(0), aggregate(AggregateFunction::Count, None)]);
    select.filter = Some(column(0, "views").compare(Comparison::Greater, Expr::Value(2)));
    select.group = vec![key];
    select.having =
        Some(aggregate(AggregateFunction::Count, None).compare(Comparison::Greater, Expr::Value(3)));
    select.order = vec![order(Expr::Key(0), Direction::Descending)];
    same(
        &select,
        concat!(
            r#"SELECT (("title") || ($1)), count(*) FROM "posts" WHERE "views" > $2 "#,
            r#"GROUP BY (("title") || ($1)) HAVING count(*) > $3 ORDER BY (("title") || ($1)) DESC"#
        ),
    );
    assert_eq!(select.render(Dialect::Sqlite).binds, [Bind::One(&1), Bind::One(&2), Bind::One(&3)]);
}

#[test]
fn the_number_of_groups_is_counted_around_them() {
    let mut select = posts(vec![]);
    select.projection = Projection::Count;
    select.group = vec![column(0, "author_id")];
    same(&select, r#"SELECT count(*) FROM (SELECT 1 FROM "posts" GROUP BY "author_id") AS counted"#);
    select.group.clear();
    select.projection = Projection::Values(vec![column(0, "title")]);
    select.distinct = Distinct::Rows;
    same(&select, r#"SELECT DISTINCT "title" FROM "posts""#);
}

#[test]
fn sqlite_numbers_rows_where_postgresql_has_distinct_on() {
    let mut select = posts(vec![column(0, "title")]);
    select.distinct = Distinct::On(vec![column(0, "author_id")]);
    select.order =
        vec![order(Expr::Key(0), Direction::Ascending), order(column(0, "views"), Direction::Descending)];
    select.limit = Some(3);
    check(
        &select,
        r#"SELECT DISTINCT ON ("author_id") "title" FROM "posts" ORDER BY "author_id", "views" DESC LIMIT $1"#,
        concat!(
            r#"SELECT c0 FROM (SELECT "title" AS c0, "author_id" AS o0, "views" AS o1, row_number() OVER "#,
            r#"(PARTITION BY "author_id" ORDER BY "author_id", "views" DESC) AS place FROM "posts") AS ranked "#,
            r#"WHERE place = 1 ORDER BY o0, o1 DESC LIMIT ?1"#
        ),
    );
}

#[test]
fn queries_are_united_within_another() {
    let mut united = posts(vec![column(0, "title")]);
    let mut users = Select::new(Projection::Values(vec![column(0, "name")]), Table::new("users"));
    users.filter = Some(column(0, "age").compare(Comparison::Greater, Expr::Value(1)));
    united.compound = vec![
        (SetOperator::Union, users.clone()),
        (SetOperator::UnionAll, users.clone()),
        (SetOperator::Intersect, users.clone()),
        (SetOperator::Except, users),
    ];
    let mut select = Select::new(Projection::Values(vec![column(0, "c0")]), Source::Query(Box::new(united)));
    select.order = vec![order(column(0, "c0"), Direction::Ascending)];
    select.limit = Some(5);
    let users = |place| format!(r#"SELECT t{place}."name" FROM "users" AS t{place} WHERE t{place}."age" > "#);
    let [a, b, c, d] = [2, 3, 4, 5].map(users);
    same(
        &select,
        &format!(
            concat!(
                r#"SELECT t0."c0" FROM (SELECT t1."title" AS c0 FROM "posts" AS t1 UNION {}$1 UNION ALL {}$2 "#,
                r#"INTERSECT {}$3 EXCEPT {}$4) AS t0 ORDER BY t0."c0" LIMIT $5"#
            ),
            a, b, c, d
        ),
    );
}

#[test]
fn a_query_may_name_itself() {
    let root = Select::new(Projection::Values(vec![column(0, "id")]), Table::new("comments"));
    let mut below = root.clone();
    below.joins = vec![Join {
        kind: JoinKind::Inner,
        source: Source::Common("tree".into()),
        on: column(0, "parent_id").equals(column(1, "c0")),
    }];
    let mut tree = root;
    tree.filter = Some(column(0, "id").equals(Expr::Value(1)));
    tree.compound = vec![(SetOperator::UnionAll, below)];
    let mut select = Select::new(Projection::Values(vec![column(0, "c0")]), Source::Common("tree".into()));
    select.with = vec![Common { name: "tree".into(), width: 1, query: tree, recursive: true }];
    same(
        &select,
        concat!(
            r#"WITH RECURSIVE "tree" (c0) AS (SELECT "id" FROM "comments" WHERE "id" = $1 UNION ALL "#,
            r#"SELECT t0."id" FROM "comments" AS t0 JOIN "tree" AS t1 ON t0."parent_id" = t1."c0") "#,
            r#"SELECT t2."c0" FROM "tree" AS t2"#
        ),
    );
}

#[test]
fn a_query_within_names_the_columns_around_it() {
    let mut inner = Select::new(
        Projection::Values(vec![aggregate(AggregateFunction::Count, None)]),
        Table::new("comments"),
    );
    inner.filter = Some(column(0, "post_id").equals(Expr::Column(ColumnRef::new("id").outer())));
    let select = posts(vec![column(0, "id"), Expr::Query(Box::new(inner))]);
    same(
        &select,
        concat!(
            r#"SELECT t0."id", (SELECT count(*) FROM "comments" AS t1 WHERE t1."post_id" = t0."id") "#,
            r#"FROM "posts" AS t0"#
        ),
    );
}

#[test]
fn aggregates_have_one_meaning() {
    let of = |function| posts(vec![aggregate(function, Some(column(0, "x")))]);
    let is = |function, postgres: &str, sqlite: &str| {
        let tail = r#" FROM "posts""#;
        check(&of(function), &format!("SELECT {postgres}{tail}"), &format!("SELECT {sqlite}{tail}"));
    };
    is(AggregateFunction::Count, r#"count("x")"#, r#"count("x")"#);
    is(AggregateFunction::Sum(Sum::Integer), r#"CAST(sum("x") AS bigint)"#, r#"sum("x")"#);
    is(AggregateFunction::Sum(Sum::Double), r#"sum(CAST("x" AS double precision))"#, r#"sum("x")"#);
    is(AggregateFunction::Sum(Sum::Decimal), r#"sum("x")"#, r#"sum("x")"#);
    is(AggregateFunction::Average(Averaged::Plain), r#"CAST(avg("x") AS double precision)"#, r#"avg("x")"#);
    is(
        AggregateFunction::Average(Averaged::Decimal(2)),
        r#"CAST(avg("x") AS double precision)"#,
        r#"(CAST(sum("x") AS REAL) / (count("x") * 100.0))"#,
    );
    is(AggregateFunction::Greatest(Ordered::Plain), r#"max("x")"#, r#"max("x")"#);
    is(AggregateFunction::Least(Ordered::Bool), r#"bool_and("x")"#, r#"min("x")"#);
    is(
        AggregateFunction::Least(Ordered::Uuid),
        r#"CAST(min(CAST("x" AS text) COLLATE "C") AS uuid)"#,
        r#"min("x")"#,
    );
    is(
        AggregateFunction::Greatest(Ordered::Enum(&["a", "b"])),
        r#"max("x")"#,
        r#"CASE max(CASE "x" WHEN 'a' THEN 0 WHEN 'b' THEN 1 END) WHEN 0 THEN 'a' WHEN 1 THEN 'b' END"#,
    );
    is(
        AggregateFunction::List(Listed::Plain),
        r#"COALESCE(array_agg("x") FILTER (WHERE "x" IS NOT NULL), '{}')"#,
        r#"json_group_array("x") FILTER (WHERE "x" IS NOT NULL)"#,
    );
}

#[test]
fn aggregates_are_of_some_rows_in_some_order() {
    let texts = Aggregate {
        between: Some(1),
        order: vec![order(column(0, "title"), Direction::Descending)],
        filter: Some(column(0, "views").compare(Comparison::Greater, Expr::Value(2))),
        ..Aggregate::new(AggregateFunction::Texts, Some(column(0, "title")))
    };
    same(
        &posts(vec![Expr::Aggregate(Box::new(texts))]),
        r#"SELECT string_agg("title", $1 ORDER BY "title" DESC) FILTER (WHERE "views" > $2) FROM "posts""#,
    );
    let distinct =
        Aggregate { distinct: true, ..Aggregate::new(AggregateFunction::Count, Some(column(0, "title"))) };
    same(&posts(vec![Expr::Aggregate(Box::new(distinct))]), r#"SELECT count(DISTINCT "title") FROM "posts""#);
}

#[test]
fn windows_are_over_rows_around_each() {
    let over = |function| Window {
        function,
        partition: vec![column(0, "author_id")],
        order: vec![order(column(0, "views"), Direction::Descending)],
        frame: None,
    };
    let is = |window, postgres: &str, sqlite: &str| {
        let select = posts(vec![Expr::Window(Box::new(window))]);
        let tail = r#" FROM "posts""#;
        check(&select, &format!("SELECT {postgres}{tail}"), &format!("SELECT {sqlite}{tail}"));
    };
    let window = r#"OVER (PARTITION BY "author_id" ORDER BY "views" DESC)"#;
    is(over(WindowFunction::Rank), &format!("rank() {window}"), &format!("rank() {window}"));
    is(
        over(WindowFunction::Tile(4)),
        &format!("CAST(ntile(CAST(CAST($1 AS bigint) AS integer)) {window} AS bigint)"),
        &format!("ntile(CAST(CAST(?1 AS INTEGER) AS integer)) {window}"),
    );
    let sum = Aggregate::new(AggregateFunction::Sum(Sum::Integer), Some(column(0, "views")));
    let running = Window {
        frame: Some(Frame { start: Bound::Before(2), end: Bound::Here }),
        partition: Vec::new(),
        ..over(WindowFunction::Aggregate(sum))
    };
    let rows = r#"OVER (ORDER BY "views" DESC ROWS BETWEEN"#;
    is(
        running,
        &format!(r#"CAST(sum("views") {rows} CAST($1 AS bigint) PRECEDING AND CURRENT ROW) AS bigint)"#),
        &format!(r#"sum("views") {rows} CAST(?1 AS INTEGER) PRECEDING AND CURRENT ROW)"#),
    );
}
