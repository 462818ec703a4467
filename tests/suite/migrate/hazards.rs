//! Each hazard is told where it is, and nowhere else.

use rex_schema::diff::Intent;
use rex_schema::plan::{Code, Hazard, Options, Plan, plan};
use rex_schema::{Dialect, Schema, lower};

use super::round_trip::read;

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
    ("", "a: Int", &["no_value:users.a"], &["no_value:users.a", "new_rule:users.users_a_check"]),
    ("", "a: Int = 1", &[], &["new_rule:users.users_a_check"]),
    ("", "a: BigInt @backfill(1)", &[], &[]),
    ("", "a: Uuid = uuid4()", &[], &["new_rule:users.users_a_check"]),
    ("a: String", "a: BigInt", &["rewrite:users.a", "lossy_type:users.a"], &["lossy_type:users.a"]),
    ("a: BigInt", "a: String", &["rewrite:users.a"], &[]),
    ("a: String(5)", "a: String(9)", &[], &["new_rule:users.users_a_check"]),
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

#[test]
fn hazards_of_columns_are_told() {
    for (before, after, postgres, sqlite) in CASES {
        let model = |fields: &str| read(&format!("model User {{ id: BigInt @id  {fields} }}"));
        for (dialect, expected) in [(Dialect::Postgres, postgres), (Dialect::Sqlite, sqlite)] {
            let plan = way(&model(before), &model(after), dialect);
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
