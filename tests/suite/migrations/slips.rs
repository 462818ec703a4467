//! What is mistyped, or not as somebody thinks it is, is said, and nothing is made of it.

use std::process::{Command, Stdio};

use rexc::Exit;

use super::{Crate, POSTS, USERS, execute, targets};

#[test]
fn nothing_is_made_of_names_that_are_mistyped() {
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    let file = krate.path().join("blgo.db");
    let url = format!("sqlite://{}", file.display());
    for (command, exit) in [
        ("status", Exit::Clean),
        ("diff --from database", Exit::Clean),
        ("rollback", Exit::Clean),
        ("redo", Exit::Clean),
        ("apply --dry-run", Exit::Clean),
        ("baseline", Exit::Drift),
    ] {
        krate.on(&url, &format!("migrate {command}")).is(exit);
        assert!(!file.exists(), "{command}");
    }
    krate.on(&url, "migrate status --migrations migratoins").is(Exit::CouldNotRun);
    krate.on(&url, "migrate --migrations migratoins").is(Exit::CouldNotRun);
    assert!(!file.exists());
    krate.schema(&USERS.replace("    nick: String?\n", ""));
    krate.run("migrate new tidy --allow drop_column:users.nic").is(Exit::CouldNotRun);
    krate.run("migrate new tidy --allow drop_tabel").is(Exit::CouldNotRun);
    krate.run("migrate new tidy --allow drop_column:users.nick,drop_column:users.name").is(Exit::CouldNotRun);
    krate.run("migrate new tidy --allow drop_column:users.nick").is(Exit::Clean);
    assert_eq!(krate.migrations().len(), 2);
    krate.told("mistyped");
}

/// Applying and squashing take no name of nothing either.
#[test]
fn nothing_is_accepted_that_does_not_happen() {
    for target in targets("accepted") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.schema(&USERS.replace("    nick: String?\n", ""));
        krate.run("migrate new tidy --allow drop_column:users.nick").is(Exit::Clean);
        krate.run("migrate new fill --empty").is(Exit::Clean);
        let fill = krate.migration("fill").join(format!("{}.up.sql", target.name));
        std::fs::write(&fill, "UPDATE users SET name = 'Ada';\n").expect("it can be written");
        krate.transcript.take();
        on("migrate --allow drop_column:users.nic").is(Exit::CouldNotRun);
        on("migrate apply --to create_blog --allow drop_column:users.nick").is(Exit::CouldNotRun);
        on("migrate --dry-run --allow drop_tabel").is(Exit::CouldNotRun);
        on("migrate status").is(Exit::Clean);
        on("migrate --allow drop_column:users.nick").is(Exit::Clean);
        on("migrate --allow drop_column:users.nick").is(Exit::CouldNotRun);
        on("migrate redo --allow drop_table:users").is(Exit::CouldNotRun);
        krate.run("migrate squash --allow by_hand:fill").is(Exit::CouldNotRun);
        krate.run("migrate squash --allow by_hand,drop_column").is(Exit::CouldNotRun);
        krate.run("migrate squash --to tidy --allow by_hand:20261122T093200_fill").is(Exit::CouldNotRun);
        krate.run("migrate squash --dry-run --allow by_hand:20261122T093200_fill").is(Exit::Clean);
        assert_eq!(krate.migrations().len(), 3);
        krate.told(&format!("accepted_{}", target.name));
    }
}

#[test]
fn what_is_not_as_it_seems_is_said() {
    for target in targets("slips") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.on(&target.url, "migrate").is(Exit::Clean);
        krate.schema(POSTS);
        let status = krate.on(&target.url, "migrate status --format json").is(Exit::Clean).json();
        assert_eq!(status["unmigrated"][0], "create the table posts", "{status}");
        krate.transcript.take();
        krate.on(&target.url, "migrate status").is(Exit::Clean);
        krate.schema(USERS);
        krate.on(&target.url, "migrate rollback 7 --allow drop_tabel").is(Exit::CouldNotRun);
        let file = format!("{}.up.sql", target.name);
        let path = krate.migration("_create_blog").join(&file);
        let sql = std::fs::read_to_string(&path).expect("it was written");
        std::fs::write(&path, sql.replace("80", "90").replace("STRICT", "")).expect("it can be written");
        krate.on(&target.url, "migrate status").is(Exit::Drift);
        std::fs::write(&path, sql).expect("it can be written");
        krate.on(&target.url, "migrate rollback 7 --allow drop_table").is(Exit::Clean);
        krate.told(&format!("slips_{}", target.name));
    }
}

/// Says that this process is to migrate the database of its folder.
const CHILD: &str = "REX_TEST_MIGRATES_BY_ENV";

/// The variable goes before the file, and the option before both.
#[test]
fn the_database_is_that_of_the_file_env() {
    if std::env::var_os(CHILD).is_some() {
        let exit = rexc::run(["rexc", "migrate", "apply"]);
        return assert_eq!(exit, Exit::Clean);
    }
    let krate = Crate::new("\"sqlite\"");
    krate.schema(USERS);
    krate.run("migrate new create_blog").is(Exit::Clean);
    krate.write(".env", "# where it is\nexport DATABASE_URL=\"sqlite://of_file.db\"\n");
    let migrate = |url: Option<&str>| {
        let mut command = Command::new(std::env::current_exe().expect("it runs"));
        let test = "suite::migrations::slips::the_database_is_that_of_the_file_env";
        command.args(["--exact", test]).current_dir(krate.path()).env(CHILD, "1").env_remove("DATABASE_URL");
        command.envs(url.map(|url| ("DATABASE_URL", url))).stdin(Stdio::null());
        let output = command.output().expect("it can be run again");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    };
    let (of_file, of_variable) = (krate.path().join("of_file.db"), krate.path().join("of_variable.db"));
    migrate(Some("sqlite://of_variable.db"));
    assert!(of_variable.exists() && !of_file.exists());
    migrate(None);
    let found = rusqlite::Connection::open(of_file).expect("it is there");
    let users: i64 = found.query_row("SELECT count(*) FROM users", [], |row| row.get(0)).expect("a table");
    assert_eq!(users, 0);
}

/// What SQL of one's own says when it stops is told, and so is that an extension's type needs the extension.
#[test]
fn what_stops_a_migration_is_told_in_its_own_words() {
    for target in targets("words") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.run("migrate new check --empty").is(Exit::Clean);
        let sql = match target.name {
            "sqlite" => {
                "CREATE TRIGGER few BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'users stay'); END;\n\
                 INSERT INTO users (name) VALUES ('Ada');\nDELETE FROM users;\n"
            }
            _ => "DO $$ BEGIN RAISE EXCEPTION 'users stay' USING HINT = 'ask first'; END $$;\n",
        };
        let file = krate.migration("check").join(format!("{}.up.sql", target.name));
        std::fs::write(file, sql).expect("it can be written");
        krate.transcript.take();
        krate.on(&target.url, "migrate").is(Exit::Errors);
        krate.on(&target.url, "migrate --format json").is(Exit::Errors);
        krate.on(&target.url, "migrate verify").is(Exit::Errors);
        krate.told(&format!("words_{}", target.name));
    }
}

#[test]
fn a_type_of_an_extension_needs_the_extension() {
    let [_, target] = targets("extension");
    let krate = Crate::new("\"postgres\"");
    krate.schema(&USERS.replace("nick: String?", "nick: String?  @db(postgres: \"citext\")"));
    let told = krate.on(&target.url, "migrate new create_blog").is(Exit::Errors).err;
    assert!(
        told.ends_with(
            "type \"citext\" does not exist: where it is an extension's, a migration before this one is to create that; \
             `rexc migrate new NAME --empty` makes one\n"
        ),
        "{told}"
    );
    let told = krate.run("migrate new extension --empty").is(Exit::Clean).err;
    assert!(
        told.contains("not tried on any database: name a PostgreSQL server with `--database-url`\n"),
        "{told}"
    );
}

/// Whoever asks for an object gets one, whatever happens, and nothing else on the output.
#[test]
fn a_failure_is_an_object_too() {
    let krate = Crate::new("\"sqlite\"");
    let failed = |arguments: &str, exit| {
        let told = krate.run(&format!("{arguments} --format json")).is(exit).json();
        assert_eq!(told["status"], "failed", "{arguments}: {told}");
        told["message"].as_str().expect("it says why").to_owned()
    };
    krate.schema("model User {");
    let faults = "the schema or its migrations have faults: see `rexc check`";
    assert_eq!(failed("migrate new create_blog", Exit::Errors), faults);
    assert_eq!(failed("push --database-url sqlite::memory:", Exit::Errors), faults);
    krate.schema(USERS);
    assert!(failed("migrate new ü", Exit::CouldNotRun).starts_with("`ü` cannot be in the name"));
    assert!(failed("generate migration ü", Exit::CouldNotRun).starts_with("`ü` cannot be in the name"));
    krate.run("migrate new create_blog").is(Exit::Clean);
    for command in ["migrate", "migrate status", "migrate redo", "rollback", "migrate baseline"] {
        let told =
            failed(&format!("{command} --database-url mysql://ada:secret@host/blog"), Exit::CouldNotRun);
        assert!(told.starts_with("no adapter for URLs") && !told.contains("secret"), "{command}: {told}");
    }
    assert!(
        failed("migrate baseline --database-url sqlite::memory:", Exit::Drift)
            .contains("create the table users")
    );
    assert!(
        failed("migrate apply --to nothing --database-url sqlite::memory:", Exit::CouldNotRun)
            .contains("`nothing`")
    );
}

/// A database of another kind would get nothing but notes that it has what it has not.
#[test]
fn a_database_of_another_kind_is_refused() {
    for target in targets("kind") {
        let (other, title) = match target.name {
            "sqlite" => ("postgres", "SQLite"),
            _ => ("sqlite", "PostgreSQL"),
        };
        let krate = Crate::new(&format!("\"{other}\""));
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        for command in
            ["migrate", "migrate --dry-run", "migrate status", "migrate baseline", "migrate redo", "rollback"]
        {
            let told = krate.on(&target.url, command).is(Exit::CouldNotRun).err;
            assert!(
                told.ends_with(&format!(
                    "error: the database is {title}, and no migration in `migrations` is for it: name another database, or \
                     say it in `databases`, and make a migration\n"
                )),
                "{command}: {told}"
            );
        }
        let told = krate.on(&target.url, "push").is(Exit::CouldNotRun).err;
        assert!(told.contains(&format!("the database is {title}, and the schema is not for it")), "{told}");
    }
}

/// A table of this name that another program made is not taken for a history.
#[test]
fn a_table_that_is_no_history_is_told() {
    for target in targets("foreign") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        execute(&target.url, "CREATE TABLE rex_migrations (id INTEGER, name TEXT)");
        for command in ["migrate", "migrate status", "rollback", "push"] {
            let told = krate.on(&target.url, command).is(Exit::Errors).err;
            assert!(
                told.contains("the table rex_migrations is no history of migrations, or one of another"),
                "{told}"
            );
        }
        execute(&target.url, "SELECT name FROM rex_migrations");
    }
}

/// What is pushed is no file: the statement itself is named.
#[test]
fn a_push_that_fails_names_its_statement() {
    for target in targets("push_fails") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(USERS);
        krate.on(&target.url, "push").is(Exit::Clean);
        execute(&target.url, "INSERT INTO users (name) VALUES ('Ada'), ('Ada')");
        krate.schema(&USERS.replace("name: String(80)", "name: String(80)  @unique"));
        krate.transcript.take();
        krate.on(&target.url, "push").is(Exit::Errors);
        krate.told(&format!("push_fails_{}", target.name));
    }
}
