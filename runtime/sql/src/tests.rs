//! What trees become.

mod select;

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::*;

#[track_caller]
fn check(select: &Select<i32>, postgres: &str, sqlite: &str) {
    assert_eq!(select.render(Dialect::Postgres).sql, postgres);
    assert_eq!(select.render(Dialect::Sqlite).sql, sqlite);
    check_shape(select);
}

/// What is bound stands in the order of the text, and no other text has this shape.
#[track_caller]
fn check_shape(select: &Select<i32>) {
    static TEXTS: Mutex<BTreeMap<(Dialect, Vec<u64>), String>> = Mutex::new(BTreeMap::new());
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let (mut words, rendered) = (Shape::new(), select.render(dialect));
        let Some(binds) = select.shape(dialect, &mut words) else { continue };
        assert_eq!(binds, rendered.binds);
        let mut texts = TEXTS.lock().expect("no test broke in here");
        let text = texts.entry((dialect, words)).or_insert_with(|| rendered.sql.clone());
        assert_eq!(*text, rendered.sql);
    }
}

fn users(filter: Expr<i32>) -> Select<i32> {
    let mut select = Select::new(Projection::Columns(vec![ColumnRef::new("id")]), Table::new("users"));
    select.filter = Some(filter);
    select
}

fn age() -> Box<Expr<i32>> {
    Box::new(Expr::column("age"))
}

#[test]
fn names_are_quoted() {
    assert_eq!(ident(r#"a"b"#), r#""a""b""#);
    assert_eq!(text("it's"), "'it''s'");
    let table = Table { schema: Some("auth".into()), name: "users".into() };
    assert_eq!(table.quoted(Dialect::Postgres), r#""auth"."users""#);
    assert_eq!(table.quoted(Dialect::Sqlite), r#""auth_users""#);
}

#[test]
fn conditions_nest() {
    let young = age().compare(Comparison::Less, Expr::Value(20));
    let old = age().compare(Comparison::GreaterOrEqual, Expr::Value(60));
    let unknown = Expr::IsNull(age());
    check(
        &users(young.or(old).and(unknown.negate())),
        r#"SELECT "id" FROM "users" WHERE ("age" < $1 OR "age" >= $2) AND (NOT "age" IS NULL)"#,
        r#"SELECT "id" FROM "users" WHERE ("age" < ?1 OR "age" >= ?2) AND (NOT "age" IS NULL)"#,
    );
}

#[test]
fn a_shape_is_of_the_tree_and_not_of_its_values() {
    let of = |filter| {
        let mut shape = Shape::new();
        users(filter).shape(Dialect::Sqlite, &mut shape).expect("it is no rare one");
        shape
    };
    let equals = |value| age().equals(Expr::Value(value));
    assert_eq!(of(equals(1)), of(equals(2)));
    assert_eq!(of(Expr::In(age(), vec![])), of(Expr::In(age(), vec![1, 2])));
    let others = [
        equals(1).or(equals(2)),
        equals(1).and(equals(2)),
        Expr::All(vec![]),
        Expr::Any(vec![]),
        equals(1).and(equals(2)).and(equals(3)),
        Expr::All(vec![equals(1), equals(2).and(equals(3))]),
        Expr::column("name").equals(Expr::Value(1)),
        Expr::column("name".to_owned()).equals(Expr::Value(1)),
        Expr::column("nam2".to_owned()).equals(Expr::Value(1)),
        Expr::Column(ColumnRef::new("age").outer()).equals(Expr::Value(1)),
        Expr::Column(ColumnRef::of(1, "age")).equals(Expr::Value(1)),
        age().compare(Comparison::Less, Expr::Value(1)),
        equals(1).negate(),
        Expr::IsNull(age()),
        Expr::IsNotNull(age()),
        Expr::In(age(), vec![]),
        Expr::NotIn(age(), vec![]),
        Expr::Typed(1, Kind::I32),
        Expr::Typed(1, Kind::I64),
        Expr::Typed(1, Kind::Label("\"role\"")),
        Expr::Typed(1, Kind::Label("\"mood\"")),
        Expr::Text(TextTest::Contains, age(), 1),
        Expr::Text(TextTest::Like, age(), 1),
    ];
    let mut shapes: Vec<_> = others.into_iter().map(of).collect();
    shapes.push(of(equals(1)));
    let all = shapes.len();
    shapes.sort();
    shapes.dedup();
    assert_eq!(shapes.len(), all);
}

#[test]
fn a_list_is_one_array() {
    let select = users(Expr::In(age(), vec![1, 2, 3]));
    check(
        &select,
        r#"SELECT "id" FROM "users" WHERE "age" = ANY($1)"#,
        r#"SELECT "id" FROM "users" WHERE "age" IN (SELECT value FROM rarray(?1))"#,
    );
    assert_eq!(select.render(Dialect::Sqlite).binds, [Bind::Set(&[1, 2, 3])]);
    check(
        &users(Expr::NotIn(age(), vec![])),
        r#"SELECT "id" FROM "users" WHERE "age" <> ALL($1)"#,
        r#"SELECT "id" FROM "users" WHERE "age" NOT IN (SELECT value FROM rarray(?1))"#,
    );
}

#[test]
fn empty_lists_of_conditions_are_constants() {
    check(
        &users(Expr::Any(vec![])),
        r#"SELECT "id" FROM "users" WHERE (1 = 0)"#,
        r#"SELECT "id" FROM "users" WHERE (1 = 0)"#,
    );
    check(&users(Expr::All(vec![])), r#"SELECT "id" FROM "users""#, r#"SELECT "id" FROM "users""#);
}

#[test]
fn long_chains_are_balanced() {
    let terms = (0..100_000).map(|value| age().compare(Comparison::NotEqual, Expr::Value(value)));
    let chain = terms.reduce(Expr::and).expect("terms");
    let select = users(chain);
    let rendered = select.render(Dialect::Sqlite);
    assert_eq!(rendered.binds.len(), 100_000);
    let deepest = rendered.sql.split(|sign| sign != '(').map(str::len).max();
    assert!(deepest < Some(20), "{deepest:?}");
}

#[test]
fn enums_compare_by_rank_in_sqlite() {
    let labels = &["reader", "admin"];
    let rank = |inner| Expr::Rank(Box::new(inner), labels);
    let above = rank(Expr::column("role")).compare(Comparison::Greater, rank(Expr::Value(1)));
    let case = "WHEN 'reader' THEN 0 WHEN 'admin' THEN 1 END";
    check(
        &users(above),
        r#"SELECT "id" FROM "users" WHERE "role" > $1"#,
        &format!(r#"SELECT "id" FROM "users" WHERE CASE "role" {case} > CASE ?1 {case}"#),
    );
}

#[test]
fn nulls_stand_where_they_stand_in_postgresql() {
    let key = |nulls, direction| Order { by: Expr::column("age"), direction, nulls };
    let mut select = users(Expr::All(vec![]));
    select.order = vec![
        key(Nulls::Largest, Direction::Ascending),
        key(Nulls::Largest, Direction::Descending),
        key(Nulls::Never, Direction::Descending),
        key(Nulls::First, Direction::Ascending),
    ];
    check(
        &select,
        r#"SELECT "id" FROM "users" ORDER BY "age", "age" DESC, "age" DESC, "age" NULLS FIRST"#,
        r#"SELECT "id" FROM "users" ORDER BY "age" NULLS LAST, "age" DESC NULLS FIRST, "age" DESC, "age" NULLS FIRST"#,
    );
}

#[test]
fn an_offset_needs_no_limit() {
    let mut select = users(Expr::All(vec![]));
    select.offset = Some(5);
    check(&select, r#"SELECT "id" FROM "users" OFFSET $1"#, r#"SELECT "id" FROM "users" LIMIT -1 OFFSET ?1"#);
    select.projection = Projection::Count;
    let counted = r#"SELECT count(*) FROM (SELECT 1 FROM "users" LIMIT -1 OFFSET ?1) AS counted"#;
    assert_eq!(select.render(Dialect::Sqlite).sql, counted);
}

#[test]
fn a_limit_per_parent_is_a_window() {
    let mut select = users(Expr::All(vec![]));
    let key = ColumnRef::of(1, "post_id");
    let on = Expr::Column(ColumnRef::of(1, "tag_id")).equals(Expr::column("id"));
    select.projection = Projection::Columns(vec![key.clone(), ColumnRef::new("id")]);
    select.joins = vec![Join::inner(Table::new("posts_tags"), on)];
    select.per = vec![key];
    select.limit = Some(2);
    select.order =
        vec![Order { by: Expr::column("id"), direction: Direction::Descending, nulls: Nulls::Never }];
    let expected = concat!(
        r#"SELECT c0, c1 FROM (SELECT t1."post_id" AS c0, t0."id" AS c1, row_number() OVER "#,
        r#"(PARTITION BY t1."post_id" ORDER BY t0."id" DESC) AS place FROM "users" AS t0 "#,
        r#"JOIN "posts_tags" AS t1 ON t1."tag_id" = t0."id") AS ranked "#,
        r#"WHERE place <= CAST($1 AS bigint) ORDER BY place"#,
    );
    assert_eq!(select.render(Dialect::Postgres).sql, expected);
}

#[test]
fn a_value_that_stands_twice_is_bound_once() {
    let select = users(Expr::Text(TextTest::StartsWith, Box::new(Expr::column("name")), 7));
    check(
        &select,
        r#"SELECT "id" FROM "users" WHERE starts_with("name", $1)"#,
        r#"SELECT "id" FROM "users" WHERE substr(CAST('.' || "name" AS BLOB), 2, octet_length(?1)) = CAST(?1 AS BLOB)"#,
    );
    assert_eq!(select.render(Dialect::Sqlite).binds, [Bind::One(&7)]);
}

#[test]
fn rows_may_leave_columns_to_the_database() {
    let insert = Insert {
        table: Table::new("tags"),
        columns: vec!["id".into(), "name".into()],
        rows: NewRows::Values(vec![vec![None, Some(1)], vec![Some(2), Some(3)]]),
        on_conflict: OnConflict::Skip,
        returning: vec![ColumnRef::new("id")],
    };
    let head = r#"INSERT INTO "tags" ("id", "name") VALUES"#;
    let tail = r#"ON CONFLICT DO NOTHING RETURNING "id""#;
    assert_eq!(insert.render(Dialect::Postgres).sql, format!("{head} (DEFAULT, $1), ($2, $3) {tail}"));
    assert_eq!(insert.render(Dialect::Sqlite).sql, format!("{head} (NULL, ?1), (?2, ?3) {tail}"));
}

fn array(kind: Kind, cast: Option<&'static str>, values: [i32; 2]) -> Array<i32> {
    Array { kind, cast: cast.map(Into::into), values: values.to_vec() }
}

#[test]
fn arrays_are_cast_to_what_their_columns_take() {
    let insert = Insert {
        table: Table::new("tags"),
        columns: vec!["id".into(), "state".into(), "words".into()],
        rows: NewRows::Arrays(vec![
            array(Kind::I64, None, [1, 2]),
            array(Kind::Text, Some(r#""state""#), [3, 4]),
            array(Kind::Text, Some("text[]"), [5, 6]),
        ]),
        on_conflict: OnConflict::Fail,
        returning: vec![ColumnRef::new("id")],
    };
    assert_eq!(
        insert.render(Dialect::Postgres).sql,
        r#"INSERT INTO "tags" ("id", "state", "words") SELECT c0, c1::"state", c2::text[] FROM unnest($1::bigint[], $2::text[], $3::text[]) AS r (c0, c1, c2) RETURNING "id""#
    );
}

#[test]
fn rows_are_arrays_or_change_what_is_there() {
    let insert = Insert {
        table: Table::new("tags"),
        columns: vec!["id".into(), "name".into()],
        rows: NewRows::Arrays(vec![array(Kind::I64, None, [1, 2]), array(Kind::Text, None, [3, 4])]),
        on_conflict: OnConflict::Update {
            target: vec!["id".into()],
            only: None,
            set: vec![
                ("name".into(), Expr::Column(ColumnRef::of(ColumnRef::NEW, "name"))),
                ("hits".into(), Expr::Next(ColumnRef::new("hits"))),
            ],
        },
        returning: vec![ColumnRef::new("id")],
    };
    let head = r#"INSERT INTO "tags" AS t0 ("id", "name")"#;
    let tail =
        r#"ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name", "hits" = t0."hits" + 1 RETURNING "id""#;
    let arrays = "SELECT * FROM unnest($1::bigint[], $2::text[])";
    assert_eq!(insert.render(Dialect::Postgres).sql, format!("{head} {arrays} {tail}"));
    assert_eq!(insert.render(Dialect::Sqlite).sql, format!("{head} VALUES (?1, ?2), (?3, ?4) {tail}"));
    assert_eq!(insert.render(Dialect::Sqlite).binds, [&1, &3, &2, &4].map(Bind::One));
    static ONLY: Only = Only { postgres: "gone IS NULL", sqlite: "gone IS NULL" };
    let OnConflict::Update { target, set, .. } = insert.on_conflict.clone() else {
        unreachable!("it is one")
    };
    let partly = Insert { on_conflict: OnConflict::Update { target, only: Some(&ONLY), set }, ..insert };
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let text = partly.render(dialect).sql;
        assert!(text.contains(r#"ON CONFLICT ("id") WHERE gone IS NULL DO UPDATE SET"#), "{text}");
    }
}

#[test]
fn fixed_statements() {
    let table = Table::new("users");
    let columns = [ColumnRef::new("id"), ColumnRef::new("name")];
    assert_eq!(
        fixed::get(Dialect::Postgres, &table, &columns, &["a", "b"], None),
        r#"SELECT "id", "name" FROM "users" WHERE "a" = $1 AND "b" = $2"#
    );
    let shown = [ColumnRef::new("ip").shown(true)];
    assert_eq!(
        fixed::get(Dialect::Postgres, &table, &shown, &["id"], Some("gone")),
        concat!(
            r#"SELECT CASE WHEN "ip" IS NOT NULL THEN format('%s', "ip") END FROM "users" "#,
            r#"WHERE "id" = $1 AND "gone" IS NULL"#
        )
    );
    assert_eq!(
        fixed::get(Dialect::Sqlite, &table, &shown, &["id"], None),
        r#"SELECT "ip" FROM "users" WHERE "id" = ?1"#
    );
    assert_eq!(
        fixed::insert(Dialect::Sqlite, &table, &["name"], &columns),
        r#"INSERT INTO "users" ("name") VALUES (?1) RETURNING "id", "name""#
    );
    assert_eq!(
        fixed::insert(Dialect::Postgres, &table, &[], &columns[..1]),
        r#"INSERT INTO "users" DEFAULT VALUES RETURNING "id""#
    );
    assert_eq!(fixed::delete(Dialect::Postgres, &table, &["id"]), r#"DELETE FROM "users" WHERE "id" = $1"#);
}

#[test]
fn updates_set_and_answer() {
    static SHOWN: SelectList = SelectList { postgres: r#""id", "ip"::text"#, sqlite: r#""id", "ip""# };
    let update = Update {
        table: Table::new("users"),
        set: vec![("name".into(), Expr::Value(1)), ("age".into(), Expr::Value(2))],
        filter: Some(Expr::column("id").equals(Expr::Value(3))),
        returning: Some(&SHOWN),
    };
    assert_eq!(
        update.render(Dialect::Postgres).sql,
        r#"UPDATE "users" SET "name" = $1, "age" = $2 WHERE "id" = $3 RETURNING "id", "ip"::text"#
    );
    assert_eq!(
        Update { returning: None, ..update.clone() }.render(Dialect::Sqlite).sql,
        r#"UPDATE "users" SET "name" = ?1, "age" = ?2 WHERE "id" = ?3"#
    );
    assert_eq!(update.render(Dialect::Postgres).binds, [Bind::One(&1), Bind::One(&2), Bind::One(&3)]);
}
