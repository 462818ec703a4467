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

/// A table that another tool has made stays with its rows, and what changes with that is done to it. Where
/// it is at hand, it is looked at.
#[test]
fn a_table_of_another_tool_is_taken_over() {
    let sale = "\nmodel Sale {\n    id:    BigInt  @id\n    title: String\n}\n";
    for target in targets("adopted") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(&format!("{USERS}{}", sale.replace("    id:", "    unmanaged\n\n    id:")));
        krate.run("migrate new create_shop").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        let (number, options) = if target.name == "sqlite" { ("INTEGER", " STRICT") } else { ("bigint", "") };
        execute(
            &target.url,
            &format!(
                "CREATE TABLE sales (id {number} NOT NULL, title text, CONSTRAINT sales_pkey PRIMARY KEY (id)){options}"
            ),
        );
        krate.schema(&format!(
            "{USERS}{}",
            sale.replace("title: String", "title: String\n    price: BigInt?")
        ));
        krate.run("migrate new adopt").is(Exit::NeedsDecision);
        on("migrate new adopt").is(Exit::NeedsDecision);
        execute(
            &target.url,
            &format!(
                "DROP TABLE sales; \
                 CREATE TABLE sales (id {number} NOT NULL, title text NOT NULL, CONSTRAINT sales_pkey PRIMARY KEY (id)){options}; \
                 INSERT INTO sales VALUES (1, 'a')"
            ),
        );
        on("migrate new adopt").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate verify").is(Exit::Clean);
        execute(
            &target.url,
            "INSERT INTO sales (id, title, price) SELECT id + 1, title, 5 FROM sales WHERE id = 1",
        );
        on("migrate rollback --allow drop_column").is(Exit::Clean);
        // It is there, and its rows are.
        execute(&target.url, "INSERT INTO sales SELECT id + 2, title FROM sales");
        execute(&target.url, "INSERT INTO users (id, name) SELECT id, title FROM sales WHERE id = 4");
        krate.told(&format!("adopted_{}", target.name));
    }
}

/// A schema in which there is but another tool's table is not ours to drop, nor to make.
#[test]
fn the_schema_of_a_table_that_is_left_stays() {
    let [_, target] = targets("shop");
    let krate = Crate::new("\"postgres\"");
    let on = |arguments: &str| krate.on(&target.url, arguments);
    let with = |sale: &str, user: &str| {
        let sale = format!("\nmodel Sale {{\n    schema \"shop\"\n    {sale}\n    id: BigInt @id\n}}\n");
        krate.schema(&format!("{}{sale}", USERS.replace("nick: String?", user)));
    };
    with("", "nick: String?");
    krate.run("migrate new create").is(Exit::Clean);
    on("migrate").is(Exit::Clean);
    execute(&target.url, "INSERT INTO shop.sales VALUES (7)");
    with("unmanaged", "nick: String?  age: Int?");
    on("migrate new left").is(Exit::Clean);
    on("migrate").is(Exit::Clean);
    on("migrate redo --allow drop_column").is(Exit::Clean);
    with("", "nick: String?");
    on("migrate new back --allow drop_column:users.age").is(Exit::Clean);
    on("migrate").is(Exit::Clean);
    on("migrate redo").is(Exit::Clean);
    on("migrate verify").is(Exit::Clean);
    on("migrate status").is(Exit::Clean);
    execute(&target.url, "INSERT INTO users (id, name) SELECT id, 'Ada' FROM shop.sales");
}

/// Nothing says of a prototype's columns what they are, but what is in them.
#[test]
fn a_prototype_is_not_asked_whether_a_day_is_a_text() {
    let cases = [
        ("born: Date?", "born", "'2026-01-01'", "nick: String?", false),
        ("born: Date?", "born", "'2026-01-01'", "birthday: Date?", true),
        ("at: DateTime?", "at", "'2026-01-01T00:00:00.000000Z'", "since: DateTime?", true),
        ("at: DateTime?", "at", "'2026-01-01T00:00:00.000000Z'", "clock: LocalDateTime?", false),
        ("nick: String?", "nick", "'A'", "born: Date?", false),
        ("nick: String?", "nick", "'A'", "alias: String(40)?", true),
        ("flag: Bool?", "flag", "1", "count: BigInt?", false),
        ("price: Decimal(8, 2)?", "price", "100", "count: BigInt?", false),
        ("prefs: Json?", "prefs", "'{}'", "nick: String?", false),
        ("words: [String] = []", "words", "'[]'", "nick: String?", false),
        ("key: Uuid?", "key", "zeroblob(16)", "bytes: Bytes?", false),
        ("count: Int?", "count", "1", "number: BigInt?", true),
    ];
    for (before, column, value, after, may_be) in cases {
        let [target, _] = targets("kinds");
        let krate = Crate::new("\"sqlite\"");
        krate.schema(&USERS.replace("nick: String?", before));
        krate.on(&target.url, "push").is(Exit::Clean);
        execute(&target.url, &format!("INSERT INTO users (name, {column}) VALUES ('Ada', {value})"));
        krate.schema(&USERS.replace("nick: String?", after));
        let ran = krate.on(&target.url, "push").is(Exit::NeedsDecision);
        assert_eq!(ran.err.contains("renamed_from"), may_be, "{before} -> {after}: {}", ran.err);
    }
}
