//! The same by other names, and what has no history: `diff`, `push`, `rollback`, `generate migration`.

use rexc::Exit;

use super::{Crate, POSTS, USERS, execute, targets};

#[test]
fn some_commands_have_two_names() {
    for target in targets("names") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(USERS);
        krate.run("generate migration create_blog").is(Exit::Clean);
        krate.on(&target.url, "migrate").is(Exit::Clean);
        krate.on(&target.url, "rollback").is(Exit::Clean);
        krate.on(&target.url, "migrate").is(Exit::Clean);
        krate.on(&target.url, "rollback 5").is(Exit::Clean);
        krate.on(&target.url, "rollback --to none").is(Exit::Clean);
    }
}

#[test]
fn states_are_compared() {
    for target in targets("diff") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let diff = |arguments: &str| krate.on(&target.url, &format!("migrate diff {arguments}"));
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.schema(POSTS);
        krate.run("migrate diff").is(Exit::Clean);
        krate.run("migrate diff --exit-code --database sqlite").is(Exit::Drift);
        krate.run("migrate diff --from create_blog --to empty --database postgres").is(Exit::Clean);
        krate.run("migrate diff --from schema --to schema --exit-code").is(Exit::Clean);
        diff("--from empty --to database --exit-code").is(Exit::Clean);
        krate.on(&target.url, "migrate").is(Exit::Clean);
        execute(&target.url, "CREATE TABLE helpers (id integer)");
        diff("--from database --to create_blog --exit-code").is(Exit::Clean);
        diff("--from database").is(Exit::Clean);
        diff("--from database --to empty").is(Exit::Clean);
        execute(&target.url, "ALTER TABLE users ADD COLUMN extra text");
        diff("--from create_blog --to database --exit-code").is(Exit::Drift);
        diff("--from nothing").is(Exit::CouldNotRun);
        let other = if target.name == "sqlite" { "postgres" } else { "sqlite" };
        diff(&format!("--from database --database {other}")).is(Exit::CouldNotRun);
        krate.told(&format!("diff_{}", target.name));
    }
}

#[test]
fn a_prototype_is_pushed() {
    for target in targets("push") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let push = |arguments: &str| krate.on(&target.url, &format!("push {arguments}"));
        krate.schema(USERS);
        push("--dry-run").is(Exit::Clean);
        push("").is(Exit::Clean);
        push("").is(Exit::Clean);
        execute(
            &target.url,
            "INSERT INTO users (name, nick) VALUES ('Ada', 'A'); CREATE TABLE helpers (id integer)",
        );
        krate.schema(POSTS);
        push("").is(Exit::Clean);
        krate.schema(&POSTS.replace("    nick:  String?\n", ""));
        push("").is(Exit::NeedsDecision);
        push("--allow drop_column:users.nick").is(Exit::Clean);
        krate.schema(&POSTS.replace("    nick:  String?\n", "    age: Int\n"));
        push("").is(Exit::NeedsDecision);
        push("--allow no_value").is(Exit::Errors);
        krate.schema(&POSTS.replace("    nick:  String?\n", "    age: Int  @backfill(1)\n"));
        push("--format json").is(Exit::Clean);
        execute(
            &target.url,
            "INSERT INTO users (name, age) SELECT name, age + 1 FROM users; DROP TABLE helpers",
        );

        // What has a history goes on with it.
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.on(&target.url, "migrate baseline").is(Exit::Clean);
        push("").is(Exit::Errors);
        krate.told(&format!("push_{}", target.name));
    }
}

/// A table that another tool takes over stays, with its rows, whatever else is changed.
#[test]
fn a_table_that_is_left_to_another_tool_stays() {
    let sale = "\nmodel Sale {\n    id:    BigInt  @id\n    title: String\n}\n";
    for target in targets("left") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(&format!("{USERS}{sale}"));
        krate.run("migrate new create_shop").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        execute(&target.url, "INSERT INTO sales VALUES (1, 'a')");
        let left = sale.replace("    id:", "    unmanaged\n\n    id:");
        krate.schema(&format!("{USERS}{left}"));
        assert!(krate.run("migrate new left").is(Exit::Clean).err.contains("nothing to do"));
        krate.schema(&format!("{}{left}", USERS.replace("nick: String?", "nick: String?\n    age:  Int?")));
        on("migrate new left").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate verify").is(Exit::Clean);
        on("migrate rollback").is(Exit::Clean);
        // It is there, and its row is.
        execute(&target.url, "INSERT INTO sales SELECT id + 1, title FROM sales WHERE id = 1");
        execute(&target.url, "INSERT INTO users (id, name) SELECT id, title FROM sales WHERE id = 2");
    }
}
