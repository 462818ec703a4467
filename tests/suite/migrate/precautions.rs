//! What a table that is made anew in SQLite must not lose.

use rex_schema::diff::Intent;
use rex_schema::plan::{Mode, Options, Plan, plan};
use rex_schema::{Dialect, Schema, lower};

use super::live::Live;
use super::round_trip::read;

const BEFORE: &str = "
    model User { id: BigInt = autoincrement() @id  name: String  age: Int  posts: [Post] }
    model Post { id: BigInt = autoincrement() @id  author: User @on_delete(cascade) }
    model Code { code: String @id  n: String }";

fn way(before: &Schema, after: &Schema, allowed: &[String]) -> Plan {
    let dialect = Dialect::Sqlite;
    let options = Options { server: after.servers().sqlite, allowed };
    plan(&lower(before, dialect), &lower(after, dialect), &Intent::between(before, after, dialect), options)
}

async fn created(schema: &Schema) -> Live {
    let live = Live::sqlite();
    for statement in rex_schema::create(schema, Dialect::Sqlite) {
        live.run(&statement).await.expect("it is created");
    }
    live
}

async fn one(live: &Live, query: &str) -> String {
    live.rows(query).await[0][0].clone().unwrap_or_default()
}

#[tokio::test]
async fn rows_that_refer_triggers_and_numbers_survive() {
    let (before, after) =
        (read(BEFORE), read(&BEFORE.replace("age: Int", "age: BigInt").replace("n: String", "n: String?")));
    let live = created(&before).await;
    live.run(
        "INSERT INTO users (id, name, age) VALUES (1, 'a', 1), (2, 'b', 2), (9, 'c', 3);
         INSERT INTO posts (id, author_id) VALUES (1, 1), (2, 2);
         DELETE FROM users WHERE id = 9;
         INSERT INTO codes (rowid, code, n) VALUES (7, 'x', '1');
         CREATE TABLE log (what TEXT) STRICT;
         CREATE TRIGGER logged AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (new.name); END;
         CREATE VIEW ours AS SELECT name FROM users",
    )
    .await
    .expect("rows");
    let plan = way(&before, &after, &[]);
    assert!(matches!(&plan.steps[0].mode, Mode::Rebuild { tables } if tables.len() == 2), "{plan:#?}");
    for step in &plan.steps {
        live.step(step).await.expect("it goes through");
    }
    assert_eq!(one(&live, "SELECT count(*) FROM posts").await, "2");
    assert_eq!(one(&live, "SELECT rowid FROM codes").await, "7");
    assert_eq!(one(&live, "SELECT count(*) FROM ours").await, "2");
    live.run("INSERT INTO users (name, age) VALUES ('d', 1)").await.expect("a row");
    assert_eq!(one(&live, "SELECT max(id) FROM users").await, "10");
    live.run("UPDATE users SET name = 'e' WHERE id = 1").await.expect("a row");
    assert_eq!(one(&live, "SELECT what FROM log").await, "e");
    live.run("DELETE FROM users WHERE id = 1").await.expect("keys are on again");
    assert_eq!(one(&live, "SELECT count(*) FROM posts").await, "1");
}

#[tokio::test]
async fn values_that_would_change_stop_it_unless_that_is_allowed() {
    let (before, after) = (read(BEFORE), read(&BEFORE.replace("n: String", "n: BigInt")));
    let live = created(&before).await;
    live.run("INSERT INTO codes (code, n) VALUES ('x', '007')").await.expect("a row");
    let [step] = way(&before, &after, &[]).steps.try_into().expect("one step");
    let error = live.step(&step).await.expect_err("a value would change");
    assert!(error.contains("values of codes.n change as INTEGER"), "{error}");
    assert_eq!(one(&live, "SELECT n FROM codes").await, "007");
    let allowed = ["lossy_type:codes.n".to_owned()];
    let [step] = way(&before, &after, &allowed).steps.try_into().expect("one step");
    live.step(&step).await.expect("it is allowed");
    assert_eq!(one(&live, "SELECT n FROM codes").await, "7");
}

#[tokio::test]
async fn a_key_that_leads_nowhere_stops_it() {
    let before = read("model User { id: Int @id }  model Post { id: Int @id  n: Int }");
    let after =
        read("model User { id: Int @id }  model Post { id: Int @id  author: User @renamed_from(\"n\") }");
    let live = created(&before).await;
    live.run("INSERT INTO posts (id, n) VALUES (1, 5)").await.expect("a row");
    let plan = way(&before, &after, &[]);
    let error = live.step(&plan.steps[0]).await.expect_err("there is no user 5");
    assert!(error.contains("foreign keys lead nowhere"), "{error}");
    assert!(
        live.inspect().await.managed(&lower(&before, Dialect::Sqlite)) == lower(&before, Dialect::Sqlite)
    );
}

#[tokio::test]
async fn labels_within_lists_have_their_new_names() {
    let model = |labels: &str| read(&format!("enum S {{ {labels} }}  model Post {{ id: Int @id  s: [S] }}"));
    let (before, after) = (model("a, b"), model("a, c @renamed_from(\"b\")"));
    let live = created(&before).await;
    live.run("INSERT INTO posts (id, s) VALUES (1, '[\"a\",\"b\",\"b\"]')").await.expect("a row");
    for step in &way(&before, &after, &[]).steps {
        live.step(step).await.expect("it goes through");
    }
    assert_eq!(one(&live, "SELECT s FROM posts").await, "[\"a\",\"c\",\"c\"]");
}
