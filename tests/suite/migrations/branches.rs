//! Several people, several branches, several versions of a program.

use std::fs;

use rexc::Exit;

use super::{Crate, POSTS, USERS, targets};

/// Two branches, each with a migration behind the first one.
fn merged() -> Crate {
    let krate = Crate::new("\"sqlite\", \"postgres\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    krate.schema(POSTS);
    krate.run("migrate new add_posts").is(Exit::Clean);
    let aside = krate.path().join("aside");
    fs::rename(krate.migration("add_posts"), &aside).expect("it was there");
    krate.schema(&USERS.replace("nick: String?", "nick: String?\n    age:  Int?"));
    krate.run("migrate new add_age").is(Exit::Clean);
    fs::rename(aside, krate.path().join("migrations/20261122T093100_add_posts")).expect("it was there");
    krate.schema(&POSTS.replace("nick:  String?", "nick:  String?\n    age:   Int?"));
    krate.transcript.take();
    krate
}

#[test]
fn two_branches_are_found() {
    let krate = merged();
    krate.run("check").is(Exit::Errors);
    krate.run("migrate new more").is(Exit::Errors);
    krate.on("sqlite::memory:", "migrate").is(Exit::Errors);
    krate.on("sqlite::memory:", "migrate status").is(Exit::Errors);
    krate.told("two_heads");
}

/// The database has what the folder lacks, or what the folder has otherwise.
#[test]
fn a_database_that_is_elsewhere_is_told() {
    for target in targets("elsewhere") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.schema(&USERS.replace("nick: String?", "nick: String?  @unique"));
        krate.run("migrate new add_posts").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        krate.transcript.take();

        // A program that is older than the database.
        let aside = krate.path().join("aside");
        fs::rename(krate.migration("add_posts"), &aside).expect("it was there");
        on("migrate status").is(Exit::Drift);
        on("migrate").is(Exit::Drift);
        on("migrate rollback").is(Exit::Drift);
        fs::rename(aside, krate.path().join("migrations/20261122T093100_add_posts")).expect("it was there");
        on("migrate status").is(Exit::Clean);

        // A migration that was edited after it was applied.
        let file = krate.migration("add_posts").join(format!("{}.up.sql", target.name));
        let text = fs::read_to_string(&file).expect("it is there");
        fs::write(&file, format!("{text}SELECT 1;\n")).expect("it can be written");
        on("migrate status").is(Exit::Drift);
        on("migrate").is(Exit::Drift);
        fs::write(&file, text).expect("it can be written");

        // Somebody changed the tables.
        super::execute(&target.url, "ALTER TABLE users ADD COLUMN extra text");
        on("migrate status").is(Exit::Drift);
        krate.told(&format!("elsewhere_{}", target.name));
    }
}

#[test]
fn a_database_that_has_the_tables_begins_there() {
    for target in targets("baseline") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        on("migrate baseline").is(Exit::CouldNotRun);
        krate.run("migrate new create_blog").is(Exit::Clean);
        on("migrate baseline").is(Exit::Drift);
        let ddl = krate.run(&format!("ddl --database {}", target.name)).is(Exit::Clean).out;
        super::execute(&target.url, &ddl);
        krate.transcript.take();
        on("migrate baseline --dry-run").is(Exit::Clean);
        on("migrate baseline").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        krate.told(&format!("baseline_{}", target.name));
    }
}

#[test]
fn the_later_branch_is_written_anew() {
    for target in targets("rebase") {
        let krate = merged();
        let on = |arguments: &str| krate.on(&target.url, arguments);
        on("migrate rebase --dry-run").is(Exit::Clean);
        assert_eq!(
            krate.migrations(),
            ["20261122T093000_create_blog", "20261122T093100_add_posts", "20261122T093200_add_age"]
        );
        on("migrate rebase").is(Exit::Clean);
        krate.run("check").is(Exit::Clean);
        on("migrate rebase").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate diff --from database --exit-code").is(Exit::Clean);
        krate.told(&format!("rebase_{}", target.name));
    }
}

/// The other one may be chosen; its time is then later than that of the one before it.
#[test]
fn either_branch_may_be_written_anew() {
    let krate = merged();
    krate.run("migrate rebase create_blog").is(Exit::CouldNotRun);
    krate.run("migrate rebase add_posts").is(Exit::Clean);
    assert_eq!(krate.migrations()[1], "20261122T093200_add_age");
    assert!(krate.migrations()[2].ends_with("_add_posts"));
    krate.run("check --deny unmigrated").is(Exit::Clean);
    krate.told("rebase_other");
}

#[test]
fn what_was_written_by_hand_is_kept() {
    let krate = merged();
    let path = krate.migration("add_age").join("sqlite.up.sql");
    let text = fs::read_to_string(&path).expect("it is there");
    let text = text + "INSERT INTO users (name, age) VALUES ('Ada', 36);\n";
    fs::write(&path, &text).expect("it can be written");
    krate.run("migrate rebase").is(Exit::Clean);
    assert_eq!(fs::read_to_string(&path).expect("it is there"), text);

    // What does not lead there any more is not written.
    let krate = merged();
    let path = krate.migration("add_age").join("sqlite.up.sql");
    fs::write(&path, "CREATE TABLE posts (id INTEGER PRIMARY KEY);\n").expect("it can be written");
    krate.run("migrate rebase").is(Exit::Errors);
    krate.run("check").is(Exit::Errors);
    krate.told("rebase_by_hand");
}

/// One branch squashed what the other began with: what was written by hand there is not lost.
#[test]
fn what_was_written_by_hand_outlives_a_squash() {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    krate.schema(POSTS);
    krate.run("migrate new add_posts").is(Exit::Clean);
    let aside = krate.path().join("aside");
    let age = POSTS.replace("nick:  String?", "nick:  String?\n    age:   Int?");
    krate.schema(&age);
    krate.run("migrate new add_age").is(Exit::Clean);
    fs::rename(krate.migration("add_age"), &aside).expect("it was there");
    krate.schema(POSTS);
    krate.run("migrate squash").is(Exit::Clean);
    let back = krate.path().join("migrations/20261122T093200_add_age");
    fs::rename(&aside, &back).expect("it was there");
    krate.schema(&age);
    let up = back.join("sqlite.up.sql");
    let made = fs::read_to_string(&up).expect("it is there");
    fs::write(&up, format!("{made}UPDATE users SET age = 36;\n")).expect("it can be written");
    krate.transcript.take();
    krate.run("check").is(Exit::Errors);
    krate.run("migrate rebase --dry-run --allow by_hand:add_age").is(Exit::CouldNotRun);
    krate.run("migrate rebase --dry-run --allow by_hand").is(Exit::Clean);
    krate.run("migrate rebase").is(Exit::Clean);
    assert!(fs::read_to_string(&up).expect("it is there").ends_with("UPDATE users SET age = 36;\n"));
    krate.run("check --deny unmigrated").is(Exit::Clean);
    krate.told("rebase_squashed");
}

/// A migration that was removed is not made again by those behind it, unless somebody says so.
#[test]
fn what_came_behind_a_migration_that_is_gone_is_written_anew() {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    krate.schema(POSTS);
    krate.run("migrate new add_posts").is(Exit::Clean);
    krate.schema(&POSTS.replace("nick:  String?", "nick:  String?\n    age:   Int?"));
    krate.run("migrate new add_age").is(Exit::Clean);
    fs::remove_dir_all(krate.migration("add_posts")).expect("it was there");
    krate.transcript.take();
    krate.run("migrate rebase").is(Exit::Errors);
    krate.run("migrate rebase --allow by_hand:20261122T093200_add_age").is(Exit::Clean);
    krate.run("check --deny unmigrated").is(Exit::Clean);
    krate.told("rebase_gone");
}

/// Both changed the same line, and somebody has merged the schema since.
#[test]
fn branches_that_meet_follow_the_schema() {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    let aside = krate.path().join("aside");
    krate.schema(&USERS.replace("nick: String?", "nick: String(40)?"));
    krate.run("migrate new one --allow lossy_type").is(Exit::Clean);
    fs::rename(krate.migration("one"), &aside).expect("it was there");
    krate.schema(&USERS.replace("nick: String?", "nick: String(60)?"));
    krate.run("migrate new other --allow lossy_type").is(Exit::Clean);
    fs::rename(aside, krate.path().join("migrations/20261122T093100_one")).expect("it was there");
    krate.schema(&USERS.replace("nick: String?", "nick: String(50)?"));
    krate.transcript.take();
    krate.run("migrate rebase").is(Exit::Clean);
    krate.run("check --deny unmigrated").is(Exit::Clean);
    krate.run("migrate verify").is(Exit::Clean);
    krate.told("rebase_met");
}

/// A chain of four becomes one and two; databases that have it, or have nothing, go on.
#[test]
fn a_chain_is_squashed() {
    for (target, fresh) in targets("squash").into_iter().zip(targets("fresh")) {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.run("migrate squash").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        krate.schema(POSTS);
        krate.run("migrate new add_posts").is(Exit::Clean);
        krate.run("migrate new fill --empty").is(Exit::Clean);
        let fill = krate.migration("fill").join(format!("{}.up.sql", target.name));
        fs::write(&fill, "UPDATE users SET nick = name;\n").expect("it can be written");
        krate.schema(&POSTS.replace("nick:  String?", "nick:  String?\n    age:   Int?"));
        krate.run("migrate new add_age").is(Exit::Clean);
        krate.transcript.take();

        krate.run("migrate squash").is(Exit::NeedsDecision);
        krate.run("migrate squash everything --allow by_hand --dry-run").is(Exit::Clean);
        assert_eq!(krate.migrations().len(), 4);
        krate.run("migrate squash add_posts --to add_posts").is(Exit::CouldNotRun);
        krate.run("migrate squash --to add_posts").is(Exit::Clean);
        assert_eq!(krate.migrations().len(), 3);
        krate.run("check --deny unmigrated").is(Exit::Clean);

        // One database has a part of it, another has nothing.
        on("migrate status").is(Exit::Drift);
        on("migrate").is(Exit::Drift);
        krate.on(&fresh.url, "migrate").is(Exit::Clean);
        krate.on(&fresh.url, "migrate status").is(Exit::Clean);
        krate.told(&format!("squash_{}", target.name));
    }
}

#[test]
fn a_database_that_has_what_was_squashed_goes_on() {
    for target in targets("squashed") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.schema(POSTS);
        krate.run("migrate new add_posts").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        krate.run("migrate squash").is(Exit::Clean);
        krate.transcript.take();
        on("migrate status").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        krate.schema(&POSTS.replace("nick:  String?", "nick:  String?\n    age:   Int?"));
        krate.run("migrate new add_age").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        // What was squashed stays one: only what is behind it can be.
        krate.run("migrate squash").is(Exit::Clean);
        on("migrate rollback --to none").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate verify").is(Exit::Clean);
        krate.told(&format!("squashed_{}", target.name));
    }
}
