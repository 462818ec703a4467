//! The way of every day: make, apply, look, go back.

use rexc::Exit;

use super::{Crate, POSTS, USERS, targets};

#[test]
fn a_schema_that_grows_is_followed_by_both_databases() {
    for target in targets("grows") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        krate.schema(POSTS);
        assert!(krate.run("check").is(Exit::Clean).err.contains("W0016"));
        krate.run("migrate new add_posts").is(Exit::Clean);
        assert!(!krate.run("check").is(Exit::Clean).err.contains("W0016"));
        on("migrate status").is(Exit::Clean);
        on("migrate --dry-run").is(Exit::Clean);
        on("migrate apply").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate verify").is(Exit::Clean);
        on("migrate redo").is(Exit::Clean);
        on("migrate rollback").is(Exit::Clean);
        on("migrate status").is(Exit::Clean);
        on("migrate apply --to add_posts").is(Exit::Clean);
        on("migrate rollback --to none").is(Exit::Clean);
        on("migrate rollback").is(Exit::Clean);
        krate.told(&format!("way_{}", target.name));
    }
}

#[test]
fn what_was_done_is_told_to_programs() {
    for target in targets("json") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let json = |arguments: &str, exit| {
            krate.on(&target.url, &format!("{arguments} --format json")).is(exit).json()
        };
        krate.schema(USERS);
        let made = json("migrate new create_blog", Exit::Clean);
        assert_eq!(
            (made["status"].as_str(), made["migration"].as_str()),
            (Some("created"), Some("20261122T093000_create_blog"))
        );
        assert_eq!(made["compatible"], true);
        assert_eq!(made["databases"][0]["up"][0]["changes"][0], "create the table users");
        assert_eq!(json("migrate new again", Exit::Clean)["status"], "nothing");
        assert_eq!(json("migrate --dry-run", Exit::Clean)["steps"][0]["step"], 1);
        let done = json("migrate", Exit::Clean);
        assert_eq!(done["migrations"], serde_json::json!(["20261122T093000_create_blog"]));
        assert_eq!(done["database"], target.name);
        let status = json("migrate status", Exit::Clean);
        assert_eq!(status["migrations"][0]["state"], "applied");
        krate.schema(&USERS.replace("    nick: String?\n", ""));
        let asked = json("migrate new less", Exit::NeedsDecision);
        assert_eq!(asked["questions"][0]["name"], "drop_column:users.nick");
        assert_eq!(json("migrate verify", Exit::Clean)["migrations"], 1);
    }
}

/// Outside of cargo: nothing but a folder of migrations, and a database.
#[test]
fn migrations_are_applied_without_cargo() {
    for target in targets("bare") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        std::fs::remove_file(krate.path().join("Cargo.toml")).expect("it was there");
        std::fs::rename(krate.path().join("migrations"), krate.path().join("db")).expect("it was there");
        std::fs::remove_dir_all(krate.path().join("schema")).expect("it was there");
        krate.on(&target.url, "migrate").is(Exit::CouldNotRun);
        krate.on(&target.url, "migrate --migrations db").is(Exit::Clean);
        krate.on(&target.url, "migrate status --migrations db").is(Exit::Clean);
        // A file of settings does as well, and the schema may be anywhere.
        krate.write(
            "rex/rex.toml",
            "databases = [\"sqlite\", \"postgres\"]\nmigrations = \"../db\"\nschema = \"model\"\n",
        );
        krate.write("rex/model/blog.rex", POSTS);
        krate.on(&target.url, "migrate --config rex/rex.toml status").is(Exit::Clean);
        krate.run("migrate new add_posts --config rex/rex.toml").is(Exit::Clean);
        krate.on(&target.url, "migrate --config rex/rex.toml").is(Exit::Clean);
        krate.run("migrate new more --schema rex/model --migrations db").is(Exit::Clean);
        krate.told(&format!("without_cargo_{}", target.name));
    }
}

/// The rule of a column that comes with it binds no program that does not know the column.
#[test]
fn a_column_with_a_rule_of_its_own_is_but_more() {
    let krate = Crate::new("\"sqlite\", \"postgres\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    for (field, is_compatible) in [("city: String(60)?", true), ("age: Int?\n    check (age != id)", false)] {
        krate.schema(&USERS.replace("nick: String?", &format!("nick: String?\n    {field}")));
        let made = krate.run("migrate new more --dry-run --format json").is(Exit::Clean).json();
        assert_eq!(made["compatible"], is_compatible, "{field}");
    }
}
