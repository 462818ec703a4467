//! What is written, what is found wrong with it, and what the world does to files.

use std::fs;

use rexc::Exit;

use super::{Crate, POSTS, USERS, snapshot, targets};

#[test]
fn the_files_of_a_migration() {
    let krate = Crate::new("\"sqlite\", \"postgres\"");
    krate.schema(USERS);
    krate.write(
        "schema/more.rex",
        "// A comment stays.\nmodel Tag { id: BigInt = autoincrement() @id\n name: String @unique }\n",
    );
    krate.run("migrate new create_blog").is(Exit::Clean);
    fs::remove_file(krate.path().join("schema/more.rex")).expect("it was there");
    krate.schema(POSTS);
    krate.run("migrate new add_posts --allow drop_table").is(Exit::Clean);
    let mut text = String::new();
    for name in krate.migrations() {
        let folder = krate.path().join("migrations").join(&name);
        for file in ["schema.rex", "sqlite.up.sql", "sqlite.down.sql", "postgres.up.sql", "postgres.down.sql"]
        {
            text += &format!(
                "=== {name}/{file}\n{}\n",
                fs::read_to_string(folder.join(file)).expect("it is there")
            );
        }
        assert_eq!(fs::read_dir(folder).expect("it is there").count(), 5);
    }
    snapshot("files", &text);
}

/// Git on Windows writes other line ends, and editors a mark before the first character.
#[test]
fn line_ends_change_nothing() {
    for target in targets("crlf") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.on(&target.url, "migrate").is(Exit::Clean);
        krate.schema(POSTS);
        krate.run("migrate new add_posts").is(Exit::Clean);
        for name in krate.migrations() {
            let folder = krate.path().join("migrations").join(name);
            for entry in fs::read_dir(folder).expect("it is there") {
                let path = entry.expect("it can be read").path();
                let text = fs::read_to_string(&path).expect("it is text");
                fs::write(&path, format!("\u{feff}{}", text.replace('\n', "\r\n")))
                    .expect("it can be written");
            }
        }
        krate.run("check").is(Exit::Clean);
        krate.on(&target.url, "migrate status").is(Exit::Clean);
        krate.on(&target.url, "migrate").is(Exit::Clean);
        krate.on(&target.url, "migrate verify").is(Exit::Clean);
        krate.run("migrate new more").is(Exit::Clean);
        krate.told(&format!("crlf_{}", target.name));
    }
}

#[test]
fn what_is_wrong_with_files_is_told() {
    let made = || {
        let krate = Crate::new("\"sqlite\"");
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.schema(POSTS);
        krate.run("migrate new add_posts").is(Exit::Clean);
        krate.transcript.take();
        krate
    };
    type Fault = fn(&Crate);
    let faults: [(&str, Fault); 6] = [
        ("edited", |krate| {
            let path = krate.migration("add_posts").join("schema.rex");
            let text = fs::read_to_string(&path).expect("it is there");
            fs::write(path, text.replace("200", "300")).expect("it can be written");
        }),
        ("no_script", |krate| {
            fs::remove_file(krate.migration("add_posts").join("sqlite.down.sql")).expect("it was there");
        }),
        ("no_snapshot", |krate| {
            fs::remove_file(krate.migration("create_blog").join("schema.rex")).expect("it was there");
        }),
        ("removed", |krate| fs::remove_dir_all(krate.migration("create_blog")).expect("it was there")),
        ("other_name", |krate| {
            fs::rename(krate.migration("add_posts"), krate.path().join("migrations/Add Posts"))
                .expect("it was there");
        }),
        ("no_head", |krate| krate.write("migrations/20261122T093100_add_posts/schema.rex", POSTS)),
    ];
    for (name, fault) in faults {
        let krate = made();
        fault(&krate);
        krate.run("check").is(Exit::Errors);
        krate.run("migrate new more").is(Exit::Errors);
        krate.on("sqlite::memory:", "migrate").is(Exit::Errors);
        krate.told(&format!("fault_{name}"));
    }
}

/// SQL that somebody wrote is tried as well as what was made.
#[test]
fn sql_that_does_not_lead_there_is_found() {
    for target in targets("by_hand") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.run("migrate new fill --empty").is(Exit::Clean);
        on("migrate verify").is(Exit::Clean);
        let file = krate.migration("fill").join(format!("{}.up.sql", target.name));
        let write = |sql: &str| {
            fs::write(&file, format!("-- rex: step transaction\n{sql}\n")).expect("it can be written")
        };
        let down = krate.migration("fill").join(format!("{}.down.sql", target.name));
        fs::write(down, "DROP TABLE IF EXISTS helpers;\nDELETE FROM users;\n").expect("it can be written");
        write("INSERT INTO users (name) VALUES ('Ada');\nCREATE TABLE helpers (id integer);");
        on("migrate verify").is(Exit::Clean);
        write("ALTER TABLE users ADD COLUMN more text;");
        on("migrate verify").is(Exit::Errors);
        write("INSERT INTO nobody VALUES (1);");
        on("migrate verify").is(Exit::Errors);
        write("COMMIT;");
        on("migrate verify").is(Exit::Errors);
        on("migrate").is(Exit::Errors);
        krate.told(&format!("by_hand_{}", target.name));
    }
}

/// A database that comes later begins with the whole; what was before is nothing to it.
#[test]
fn databases_may_come_and_names_of_tables_change() {
    let [_, postgres] = targets("later");
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    let manifest = krate.read("Cargo.toml");
    krate.write("Cargo.toml", &manifest.replace("[\"sqlite\"]", "[\"sqlite\", \"postgres\"]"));
    assert!(krate.run("check").is(Exit::Clean).err.contains("W0016"));
    krate.run("migrate new for_postgres").is(Exit::Clean);
    krate.schema(POSTS);
    krate.run("migrate new add_posts").is(Exit::Clean);
    krate.on(&postgres.url, "migrate").is(Exit::Clean);
    krate.on(&postgres.url, "migrate verify").is(Exit::Clean);
    krate.on(&postgres.url, "migrate rollback --to none").is(Exit::Clean);

    // What the snapshots say stays what it was.
    let manifest = krate.read("Cargo.toml") + "tables = \"singular\"\n";
    krate.write("Cargo.toml", &manifest);
    krate.run("migrate new singular").is(Exit::NeedsDecision);
    krate.told("configured");
}

#[test]
fn names_are_words() {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new Create-The.Blog!").is(Exit::CouldNotRun);
    krate.run("migrate new ---").is(Exit::CouldNotRun);
    krate.run("migrate new Create-The.Blog").is(Exit::Clean);
    krate.run("migrate new").is(Exit::CouldNotRun);
    krate.on("sqlite::memory:", "migrate apply --to nothing").is(Exit::CouldNotRun);
    krate.told("names");
}

/// What a crate holds in tests of its own.
#[test]
fn a_crate_can_hold_what_a_change_does() {
    use rex_build::{Dialect, migration_sql};
    let folder = super::root().join("fixtures/migrate/column_add_backfill");
    let (before, after) = (folder.join("before.rex"), folder.join("after.rex"));
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let text = migration_sql(&before, &after, dialect).expect("both are schemas");
        snapshot(&format!("of_a_crate_{}", dialect.name()), &text);
    }
    // A migration of the example, and its schema: nothing is left to be done.
    let blog = super::root().join("tests/blog");
    let migrations = fs::read_dir(blog.join("migrations")).expect("it has some");
    let mut names: Vec<_> = migrations.map(|entry| entry.expect("it can be read").path()).collect();
    names.sort();
    let last = names.pop().expect("it has one");
    let text = migration_sql(&last, blog.join("schema"), Dialect::Postgres).expect("both are schemas");
    assert_eq!(text, "-- up\n\n\n-- down\n\n");
    let text = migration_sql("", blog.join("schema"), Dialect::Sqlite).expect("it is a schema");
    assert!(text.contains("CREATE TABLE \"users\""), "{text}");
    let wrong = migration_sql("", super::root().join("fixtures/migrate"), Dialect::Sqlite);
    assert!(wrong.expect_err("they are many").contains("error[E0201]"));
    assert!(migration_sql("", "nowhere", Dialect::Sqlite).expect_err("it is not there").contains("E0904"));
}

/// The example's migrations lead to its schema, and say what they do.
#[test]
fn the_example_is_whole() {
    let [_, postgres] = targets("example");
    let mut krate = Crate::new("");
    krate.at = Some(super::root().join("tests/blog"));
    krate.run("check --deny unmigrated").is(Exit::Clean);
    krate.on(&postgres.url, "migrate verify").is(Exit::Clean);
    krate.on(&postgres.url, "migrate diff --exit-code").is(Exit::Clean);
}
