//! What is written of migrations is written whole, or not at all; and what only looks writes nothing.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rexc::Exit;

use super::{Crate, POSTS, USERS, execute, targets};

/// All files of a folder, with their texts.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push((path.display().to_string(), fs::read_to_string(&path).expect("it is text"))),
        }
    }
    all.sort();
    all
}

/// Four migrations, the last of which was made behind another that is not there.
fn four() -> Crate {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    krate.schema(POSTS);
    krate.run("migrate new add_posts").is(Exit::Clean);
    krate.schema(&POSTS.replace("nick:  String?", "nick:  String?\n    age:   Int?"));
    krate.run("migrate new add_age").is(Exit::Clean);
    krate
}

/// Something is in the way of the last file: those before it are as they were.
#[test]
fn a_chain_that_cannot_be_squashed_is_as_it_was() {
    let krate = four();
    let before = files(&krate.path().join("migrations"));
    let last = krate.migration("add_age").join("schema.rex");
    let mut rights = fs::metadata(&last).expect("it is there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(&last, rights.clone()).expect("it is ours");
    let ran = krate.run("migrate squash --to add_posts").is(Exit::Errors);
    assert_eq!(
        ran.err,
        "error: `migrations/20261122T093200_add_age/schema.rex` cannot be written: it may not be written to; nothing was \
         changed\n"
    );
    assert_eq!(files(&krate.path().join("migrations")), before);
    krate.run("check --deny unmigrated").is(Exit::Clean);

    krate.write("migrations/20261122T093200_squashed", "a file");
    krate.run("migrate squash").is(Exit::Errors);
    fs::remove_file(krate.path().join("migrations/20261122T093200_squashed")).expect("it was made here");
    assert_eq!(files(&krate.path().join("migrations")), before);
    krate.run("check --deny unmigrated").is(Exit::Clean);
}

/// Notes that somebody keeps beside the SQL go along when a migration is written anew.
#[test]
fn files_of_somebody_else_go_along() {
    let krate = four();
    let aside = krate.path().join("aside");
    fs::rename(krate.migration("add_age"), &aside).expect("it was there");
    krate.schema(&POSTS.replace("nick:  String?", "nick:  String?\n    size:  Int?"));
    krate.run("migrate new add_size").is(Exit::Clean);
    fs::rename(aside, krate.path().join("migrations/20261122T093200_add_age")).expect("it was there");
    krate.schema(&POSTS.replace("nick:  String?", "nick:  String?\n    age:   Int?\n    size:  Int?"));
    fs::write(krate.migration("add_size").join("notes.md"), "mind").expect("it can be written");
    krate.run("migrate rebase").is(Exit::Clean);
    krate.run("check --deny unmigrated").is(Exit::Clean);
    assert_eq!(
        fs::read_to_string(krate.migration("add_size").join("notes.md")).ok().as_deref(),
        Some("mind")
    );
}

/// A migration without steps is noted when it is applied, and not by a look at what would be.
#[test]
fn a_dry_run_notes_nothing() {
    for target in targets("dry") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        krate.run("migrate new nothing --empty").is(Exit::Clean);
        for way in ["up", "down"] {
            let file = krate.migration("nothing").join(format!("{}.{way}.sql", target.name));
            fs::write(file, "").expect("it can be written");
        }
        krate.transcript.take();
        on("migrate --dry-run").is(Exit::Clean);
        on("migrate --dry-run --format json").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate --dry-run").is(Exit::Clean);
        on("migrate rollback --dry-run").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate rollback").is(Exit::Clean);
        on("migrate rollback 0").is(Exit::CouldNotRun);
        on("migrate rollback --to create_blog").is(Exit::Clean);
        krate.told(&format!("dry_{}", target.name));
    }
}

#[test]
fn a_dry_push_makes_no_file() {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    let file = krate.path().join("blog.db");
    let url = format!("sqlite://{}", file.display());
    let ran = krate.on(&url, "push --dry-run").is(Exit::Clean);
    assert!(ran.out.contains("CREATE TABLE \"users\""), "{}", ran.out);
    assert!(!file.exists());
    krate.on(&url, "push").is(Exit::Clean);
    assert!(file.exists());
}

/// Neither statistics nor another journal mode: a file of somebody else is as it was.
#[test]
fn a_look_at_a_file_changes_nothing_of_it() {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    let file = krate.path().join("blog.db");
    let url = format!("sqlite://{}", file.display());
    let ddl = krate.run("ddl").is(Exit::Clean).out;
    execute(
        &url,
        &format!("PRAGMA journal_mode = DELETE; {ddl}; CREATE TABLE others (id INTEGER, n INTEGER);"),
    );
    execute(&url, "CREATE INDEX o ON others (n); INSERT INTO others (n) VALUES (1), (2)");
    let before = fs::read(&file).expect("it is there");
    for (arguments, exit) in [
        ("migrate status", Exit::Clean),
        ("migrate diff --from database --exit-code", Exit::Clean),
        ("migrate --dry-run", Exit::Clean),
        ("migrate baseline --dry-run", Exit::Clean),
        ("migrate rollback --dry-run", Exit::Clean),
        ("migrate redo --dry-run", Exit::Clean),
        ("push --dry-run", Exit::Clean),
        ("debug queries --explain", Exit::Clean),
    ] {
        krate.on(&url, arguments).is(exit);
        assert!(fs::read(&file).expect("it is there") == before, "{arguments}");
    }
    let mut rights = fs::metadata(&file).expect("it is there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(&file, rights).expect("it is ours");
    krate.on(&url, "migrate status").is(Exit::Clean);
    krate.on(&format!("{url}?read_only=true"), "migrate status").is(Exit::Clean);
}

/// A history in another schema of `search_path` is another program's.
#[test]
fn a_push_leaves_the_history_of_others() {
    let [_, target] = targets("others");
    let krate = Crate::new("\"postgres\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    krate.on(&target.url, "migrate").is(Exit::Clean);
    execute(&target.url, "CREATE SCHEMA mine");
    let mine = format!("{}?search_path=mine,public", target.url);
    krate.on(&mine, "push").is(Exit::Clean);
    execute(&target.url, "INSERT INTO mine.users (name) VALUES ('Ada')");
    assert!(krate.on(&target.url, "migrate status").is(Exit::Clean).out.starts_with("applied"));
    krate.on(&mine, "push").is(Exit::Clean);
    execute(&target.url, "DO $$ BEGIN ASSERT to_regclass('mine.rex_migrations') IS NULL; END $$");
}

/// What runs have left that were killed goes with a later one; what may still be used stays.
#[test]
fn databases_that_were_left_are_removed() {
    let [_, target] = targets("left_behind");
    let krate = Crate::new("\"postgres\"");
    krate.schema(USERS);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later").as_micros();
    let (old, new) = ("rexc_scratch_1_0_1700000000000000".to_owned(), format!("rexc_scratch_1_0_{now}"));
    execute(&target.url, &format!("CREATE DATABASE {old}"));
    execute(&target.url, &format!("CREATE DATABASE {new}"));
    krate.on(&target.url, "migrate new create_blog").is(Exit::Clean);
    let is_there = |name: &str| format!("EXISTS (SELECT FROM pg_database WHERE datname = '{name}')");
    let is_so = format!("NOT {} AND {}", is_there(&old), is_there(&new));
    execute(&target.url, &format!("DO $$ BEGIN ASSERT {is_so}; END $$"));
    execute(&target.url, &format!("DROP DATABASE {new}"));
}
