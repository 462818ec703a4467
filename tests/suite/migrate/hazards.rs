//! Each hazard is told where it is, and nowhere else.

use rex_schema::diff::Intent;
use rex_schema::plan::{Code, Hazard, Options, Plan, plan};
use rex_schema::{Dialect, Schema, lower};

use super::live::Live;
use super::round_trip::read;
use crate::support::postgres;

fn way(before: &Schema, after: &Schema, dialect: Dialect) -> Plan {
    let options = Options { server: after.servers().of(dialect), allowed: &[] };
    plan(&lower(before, dialect), &lower(after, dialect), &Intent::between(before, after, dialect), options)
}

fn hazards(plan: &Plan) -> Vec<&Hazard> {
    plan.steps.iter().flat_map(|step| &step.hazards).collect()
}

/// What is in the model before and after, and which hazards that is, by dialect.
const CASES: &[(&str, &str, &[&str], &[&str])] = &[
    ("a: Int?", "", &["drop_column:users.a"], &["drop_column:users.a"]),
    ("a: Int", "a: Int?", &["drop_not_null:users.a"], &["drop_not_null:users.a"]),
    ("a: Int?", "a: Int", &["set_not_null:users.a"], &["set_not_null:users.a"]),
    ("a: Int?", "a: Int @backfill(1)", &[], &[]),
    ("", "a: Int", &["no_value:users.a"], &["no_value:users.a"]),
    ("", "a: BigInt @backfill(1)", &[], &[]),
    ("", "a: Uuid = uuid4()", &[], &[]),
    ("a: String", "a: BigInt", &["rewrite:users.a", "lossy_type:users.a"], &["lossy_type:users.a"]),
    ("a: BigInt", "a: String", &["rewrite:users.a"], &[]),
    ("a: String(5)", "a: String(9)", &[], &[]),
    (
        "a: String(9)",
        "a: String(5)",
        &["rewrite:users.a", "lossy_type:users.a"],
        &["new_rule:users.users_a_check"],
    ),
    ("a: BigInt", "b: BigInt @renamed_from(\"a\")", &["rename:users.b"], &["rename:users.b"]),
    (
        "a: BigInt  check \"c\" (a > 0)",
        "a: BigInt",
        &["drop_constraint:users.c"],
        &["drop_constraint:users.c"],
    ),
    ("a: BigInt", "a: BigInt  check \"c\" (a > 0)", &["new_rule:users.c"], &["new_rule:users.c"]),
    ("a: BigInt", "a: BigInt @unique", &["new_rule:users.users_a_key"], &["new_rule:users.users_a_key"]),
    ("a: BigInt", "a: BigInt @index", &[], &[]),
    ("a: BigInt", "a: BigInt  b: BigInt @computed(a + 1)", &["rewrite:users.b"], &[]),
];

/// Rules that come, and whether rows that are there can break them, on any database.
const RULES: &[(&str, &str, &[&str])] = &[
    // All rows are null in a column that comes.
    ("", "a: String(60)?", &[]),
    ("", "a: Int?  @range(0..)", &[]),
    ("", "a: Json?", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt?  check \"c\" (a > b)", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt?  check \"c\" (b + a * 2 < 9)", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt?  check \"c\" (a == null || b > 0)", &[]),
    ("b: BigInt?", "b: BigInt?  a: BigInt?  check \"c\" (a == null || b != null)", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt?  check \"c\" (a != null || b > 0)", &["new_rule:users.c"]),
    ("b: BigInt", "b: BigInt  a: BigInt?  check \"c\" (coalesce(a, b) > 0)", &["new_rule:users.c"]),
    ("b: BigInt", "b: BigInt  a: BigInt?  check \"c\" (a != null || b != null)", &[]),
    ("", "a: BigInt?  @unique", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt?  unique (a, b)", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt?  unique \"c\" (b) where a != null", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt?  unique \"c\" (b) where a == null", &["new_rule:users.c"]),
    ("", "boss: User?  all: [User]", &[]),
    // Or they have its default.
    ("", "a: Int = 1", &[]),
    ("", "a: Int = 1  @range(1..=5)", &[]),
    ("", "a: String(3) = \"ab\"  @one_of(\"ab\", \"c\")", &[]),
    ("", "a: Bool = true  check \"c\" (a)", &[]),
    ("", "a: Bool = false  check \"c\" (a)", &["new_rule:users.c"]),
    ("", "a: Decimal(8, 2) = 1.50  @range(0..)", &[]),
    ("", "a: BigInt = 1  check \"c\" (a > 5)", &["new_rule:users.c"]),
    ("", "a: String = \"ab\"  check \"c\" (length(a) > 2)", &["new_rule:users.c"]),
    ("", "a: BigInt  @backfill(1)  check \"c\" (a > 0)", &[]),
    ("b: BigInt", "b: BigInt  a: BigInt  @backfill(b)  check \"c\" (a > 0)", &["new_rule:users.c"]),
    ("b: BigInt", "b: BigInt  a: BigInt = 1  check \"c\" (a > b)", &["new_rule:users.c"]),
    ("", "a: BigInt = 1  @unique", &["new_rule:users.users_a_key"]),
    ("b: BigInt", "b: BigInt  a: BigInt = 1  unique (a, b)", &["new_rule:users.users_a_b_key"]),
    // Or a rule has seen to it.
    ("b: BigInt  @unique", "b: BigInt  @unique  a: BigInt = 1  unique (a, b)", &[]),
    ("b: BigInt?  @unique", "b: BigInt?  @unique  a: BigInt = 1  unique (a, b)", &[]),
    ("b: BigInt", "b: BigInt  unique (id, b)", &[]),
    ("boss: User?  all: [User]", "boss: User?  @on_delete(cascade)  all: [User]", &[]),
    ("b: BigInt  unique \"c\" (b)", "b: BigInt  unique \"c\" (b, id)", &[]),
    ("b: BigInt  unique \"c\" (b, id)", "b: BigInt  unique \"c\" (b)", &["new_rule:users.c"]),
    ("b: BigInt  @range(0..=10)", "b: BigInt  @range(0..=20)", &[]),
    ("b: BigInt  @range(0..=20)", "b: BigInt  @range(0..=10)", &["new_rule:users.users_b_range_check"]),
    ("b: BigInt  @one_of(1, 2)", "b: BigInt  @one_of(1, 2, 3)", &[]),
    ("b: BigInt?  @one_of(1, 2)", "b: BigInt?  @one_of(1, 2)  check \"c\" (b < 3)", &[]),
];

fn in_user(fields: &str) -> Schema {
    read(&format!("model User {{ id: BigInt @id  {fields} }}"))
}

fn told(before: &Schema, after: &Schema, dialect: Dialect) -> Vec<String> {
    hazards(&way(before, after, dialect)).iter().map(|hazard| hazard.name()).collect()
}

#[test]
fn rules_are_told_where_rows_may_break_them() {
    for (before, after, expected) in RULES {
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            let told = told(&in_user(before), &in_user(after), dialect);
            assert_eq!(told, *expected, "{before} -> {after} on {}", dialect.name());
        }
    }
}

/// A column's rule is another one where its type is, in SQLite.
#[test]
fn rules_that_only_let_in_more_are_not_told() {
    let user = |declared: &str, fields: &str| {
        read(&format!("{declared}  model User {{ id: BigInt @id  {fields} }}"))
    };
    let state = |labels: &str| user(&format!("enum State {{ {labels} }}"), "state: State?");
    let place = "type Place { street: String  city: String(9)? }";
    let union = |members: &str, ty: &str| {
        let models = "model A { id: BigInt @id }  model B { id: BigInt @id }  model C { id: BigInt @id }";
        user(&format!("{models}  union Owner = {members}"), &format!("owner: {ty}"))
    };
    let cases = [
        (state("a, b"), state("a, b, c"), false),
        (state("a, b"), state("a, c @renamed_from(\"b\")"), false),
        (state("a, b, c"), state("a, b"), true),
        (user("", "n: SmallInt"), user("", "n: Int"), false),
        (user("", "n: Int"), user("", "n: SmallInt"), true),
        (user("", "n: Bool"), user("", "n: SmallInt"), false),
        (user(place, ""), user(place, "home: Place?"), false),
        (union("A | B", "Owner?"), union("A | B | C", "Owner?"), false),
        (union("A | B", "Owner"), union("A | B | C", "Owner"), false),
        (union("A | B | C", "Owner?"), union("A | B", "Owner?"), false),
        (union("A | B | C", "Owner"), union("A | B", "Owner"), true),
        (union("A | B", "Owner?"), union("A | B", "Owner"), true),
    ];
    for (place, (before, after, is_told)) in cases.iter().enumerate() {
        let told = told(before, after, Dialect::Sqlite);
        assert_eq!(told.iter().any(|name| name.starts_with("new_rule:")), *is_told, "{place}: {told:?}");
    }
}

#[test]
fn hazards_of_columns_are_told() {
    for (before, after, postgres, sqlite) in CASES {
        for (dialect, expected) in [(Dialect::Postgres, postgres), (Dialect::Sqlite, sqlite)] {
            let plan = way(&in_user(before), &in_user(after), dialect);
            let mut names: Vec<String> = hazards(&plan).iter().map(|hazard| hazard.name()).collect();
            let mut expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
            names.sort();
            expected.sort();
            assert_eq!(names, expected, "{before} -> {after} on {}", dialect.name());
            let wanting = plan.to_allow(&[]).count();
            assert_eq!(plan.to_allow(&names).count(), 0, "all of {wanting} are allowed by their names");
        }
    }
}

/// A table is told to be written anew where the server does so, and not where only its catalogue changes.
#[tokio::test]
async fn types_are_rewritten_where_the_server_does() {
    let database = postgres::server().database("rewrites");
    let live = Live::postgres(&database).await;
    let types = [
        "String(5)",
        "String(9)",
        "String",
        "SmallInt",
        "Int",
        "BigInt",
        "Float",
        "Double",
        "Decimal(8, 2)",
        "Decimal(10, 2)",
        "Decimal(10, 4)",
        "Date",
        "Time",
        "DateTime",
        "LocalDateTime",
        "Uuid",
        "Json",
        "Bytes",
    ];
    let mut wrong = Vec::new();
    for (from, to) in types.iter().flat_map(|from| types.iter().map(move |to| (from, to))) {
        let (before, after) = (in_user(&format!("a: {from}")), in_user(&format!("a: {to}")));
        let plan = way(&before, &after, Dialect::Postgres);
        live.clear().await;
        let made = rex_schema::create(&before, Dialect::Postgres).join(";\n");
        live.run(&made).await.unwrap_or_else(|error| panic!("{from}: {error}"));
        let file = live.rows("SELECT pg_relation_filenode('users')::text").await;
        let mut done = true;
        for step in &plan.steps {
            // Some types have no way to some others, rows or none.
            done = done && live.step(step).await.is_ok();
        }
        let is_rewritten = live.rows("SELECT pg_relation_filenode('users')::text").await != file;
        let is_told = hazards(&plan).iter().any(|hazard| hazard.code == Code::Rewrite);
        if is_rewritten != is_told && done {
            wrong.push(format!("{from} -> {to} is {}told", if is_told { "" } else { "not " }));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn hazards_of_tables_types_and_views_are_told() {
    let user = "model User { id: BigInt @id }\n";
    let view = "view V { id: BigInt @id  sql(\"SELECT id FROM users\") }";
    let post = |labels: &str| format!("{user} enum S {{ {labels} }} model Post {{ id: BigInt @id  s: S }}");
    let cases = [
        (format!("{user} model Post {{ id: BigInt @id }}"), user.to_owned(), Code::DropTable),
        (format!("{user} {view}"), user.to_owned(), Code::DropView),
        (post("a, b"), post("a"), Code::DropLabel),
    ];
    for (before, after, code) in cases {
        let plan = way(&read(&before), &read(&after), Dialect::Postgres);
        assert!(hazards(&plan).iter().any(|hazard| hazard.code == code), "{code:?}: {plan:#?}");
    }
}

#[test]
fn a_new_table_is_no_hazard() {
    let before = read("model User { id: BigInt @id }");
    let after = read(
        "model User { id: BigInt @id }
         enum S { a, b }
         model Post {
             id: BigInt @id  s: S  n: Int @range(0..)  u: Uuid = uuid4()  name: String @unique
             author: User  up: String @computed(upper(name))
             index (n)
             check (n != 7)
         }",
    );
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let plan = way(&before, &after, dialect);
        assert_eq!(hazards(&plan), Vec::<&Hazard>::new());
    }
}

#[test]
fn every_hazard_has_a_name_of_its_own() {
    let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len());
}

/// Where a column stands in its table means nothing.
#[test]
fn another_order_of_columns_is_nothing_to_do() {
    let (before, after) = (
        read("model User { id: BigInt @id  name: String  age: Int }"),
        read("model User { age: Int  id: BigInt @id  name: String }"),
    );
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        assert_eq!(way(&before, &after, dialect).steps, []);
    }
}
