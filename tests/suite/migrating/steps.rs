//! The kinds of steps.

use rex_orm::migrate::Runner;

use super::chain::{Draft, USERS, chain};
use super::live::Live;

const INDEX: Draft<'_> = Draft {
    id: "20260102T000000_index",
    up: "-- rex: step outside_transaction probe=index_valid(\"users_name_idx\")\n\
         CREATE UNIQUE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
    down: "-- rex: step outside_transaction probe=index_gone(\"users_name_idx\")\n\
           DROP INDEX CONCURRENTLY IF EXISTS users_name_idx;\n",
    compatible: false,
};

/// A build that fails leaves an index that is of no use, which is taken away; one that was left by a
/// runner that was killed is so before the next attempt; and one that is whole is not built again.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_built_outside_of_transactions() {
    let live = Live::postgres("concurrently");
    let migrations = chain(&[USERS, INDEX]);
    let db = live.db().await;
    let mut runner = Runner::new(&db, &migrations);
    runner.apply_to(USERS.id).await.expect("an empty database");
    live.run("INSERT INTO users (id, name) VALUES (2, 'Ada; Countess')").await;
    let error = runner.apply().await.expect_err("a name is there twice");
    assert_eq!(error.kind(), rex_orm::Kind::Unique, "{error}");
    assert!(!live.has("users_name_idx").await, "what is of no use is gone");
    assert_eq!(live.history().await, "users up 1/1");

    // As if killed: the index is there, and not valid.
    let Live::Postgres(database) = &live else { unreachable!("it is PostgreSQL") };
    let client = database.client().await;
    client
        .batch_execute("CREATE UNIQUE INDEX CONCURRENTLY users_name_idx ON users (name)")
        .await
        .expect_err("twice");
    assert!(live.has("users_name_idx").await);
    live.run("DELETE FROM users WHERE id = 2").await;
    runner.apply().await.expect("the rows are mended");
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_name_idx'::regclass";
    assert_eq!(live.one(valid).await, "t");

    // As if killed between the index and its row of the history.
    let made = "SELECT 'users_name_idx'::regclass::oid";
    let first = live.one(made).await;
    live.run("DELETE FROM rex_migrations WHERE id LIKE '%index'").await;
    runner.apply().await.expect("it is there");
    assert_eq!(live.one(made).await, first, "it is not built again");

    runner.rollback(1).await.expect("there is a way back");
    assert!(!live.has("users_name_idx").await);
    live.run("INSERT INTO rex_migrations SELECT '20260102T000000_index', direction, step, steps, 'x', compatible, rows_written, progress, applied_at, duration_ms, version FROM rex_migrations").await;
    live.run("DELETE FROM rex_migrations WHERE id LIKE '%index'").await;
    runner.apply().await.expect("up again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_probe_does_not_see_is_not_taken_for_done() {
    let live = Live::postgres("probe");
    let wrong = Draft { up: &INDEX.up.replace("valid(\"users_name_idx", "valid(\"users_nam_idx"), ..INDEX };
    let error = live.apply(&chain(&[USERS, wrong])).await.expect_err("no such index");
    assert_eq!(
        error.to_string(),
        "20260102T000000_index/postgres.up.sql (step 1 of 1): the statement went through, and the probe does not see what it did: mend the probe"
    );
    assert_eq!(live.history().await, "users up 1/1");
}

/// Labels, constraints, and what may be done twice.
#[tokio::test(flavor = "multi_thread")]
async fn other_probes_see_what_was_done() {
    let live = Live::postgres("probes");
    let types = Draft::new(
        "20260102T000000_types",
        "CREATE TYPE role AS ENUM ('reader');\n\
         ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '') NOT VALID;\n\
         -- rex: step outside_transaction probe=label_exists(\"role\",\"author\")\n\
         ALTER TYPE role ADD VALUE 'author';\n\
         -- rex: step outside_transaction probe=constraint_valid(\"users\",\"named\")\n\
         ALTER TABLE users VALIDATE CONSTRAINT named;\n\
         -- rex: step outside_transaction probe=repeatable\nVACUUM users;\n",
        "",
    );
    let migrations = chain(&[USERS, types]);
    live.apply(&migrations).await.expect("an empty database");
    live.run("DELETE FROM rex_migrations WHERE step > 1").await;
    // Without the probe, the label would be there already.
    assert_eq!(live.apply(&migrations).await.expect("it is seen").steps.len(), 3);
}

/// Whatever a step sets is put back, and the history is where it was.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_step_sets_is_gone_after_it() {
    let live = Live::postgres("settings");
    let sets = Draft::new(
        "20260102T000000_sets",
        "CREATE SCHEMA other; SET search_path = other; SET ROLE pg_monitor; SET default_transaction_read_only = on;\n\
         -- rex: step transaction\nCREATE TABLE here (id INTEGER);\n",
        "DROP TABLE here; DROP SCHEMA other",
    );
    live.apply(&chain(&[USERS, sets])).await.expect("an empty database");
    assert_eq!(
        live.one("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'here'").await,
        "public"
    );
    assert_eq!(live.history().await, "users up 1/1; sets up 1/2; sets up 2/2");
}

const REBUILD: Draft<'_> = Draft {
    id: "20260103T000000_rebuild",
    up: "-- rex: step rebuild tables=\"users\"\n\
         CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER);\n\
         INSERT INTO new_users (id, name) SELECT id, name FROM users;\n\
         DROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n",
    down: "",
    compatible: false,
};

const KEPT: Draft<'_> = Draft {
    id: "20260102T000000_kept",
    up: "CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id) ON DELETE CASCADE);\n\
         INSERT INTO posts VALUES (1, 1), (2, 1);\n\
         CREATE INDEX \"users_known_idx\" ON users (name);\n",
    down: "",
    compatible: false,
};

/// Rows that refer to it, triggers, and indexes that no migration knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_made_anew_loses_nothing() {
    let live = Live::sqlite();
    live.apply(&chain(&[USERS, KEPT])).await.expect("an empty database");
    live.run(
        "CREATE TABLE log (what TEXT);
         CREATE TRIGGER logged AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (new.name); END;
         CREATE INDEX by_hand ON users (name DESC)",
    )
    .await;
    live.apply(&chain(&[USERS, KEPT, REBUILD])).await.expect("it goes through");
    assert_eq!(live.one("SELECT count(*) FROM posts").await, "2");
    assert!(live.has("by_hand").await, "an index of somebody's own");
    assert!(!live.has("users_known_idx").await, "what a migration knows, a migration makes");
    live.run("UPDATE users SET name = 'b'").await;
    assert_eq!(live.one("SELECT what FROM log").await, "b");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_would_refer_to_nothing_stop_it() {
    let live = Live::sqlite();
    live.apply(&chain(&[USERS, KEPT])).await.expect("an empty database");
    // One that does already is not this step's fault.
    live.run("PRAGMA foreign_keys = OFF; INSERT INTO posts VALUES (3, 77)").await;
    let up = REBUILD.up.replace("FROM users;", "FROM users WHERE id > 1;");
    let error =
        live.apply(&chain(&[USERS, KEPT, Draft { up: &up, ..REBUILD }])).await.expect_err("a row is lost");
    assert_eq!(
        error.to_string(),
        "20260103T000000_rebuild/sqlite.up.sql (step 1 of 1): 2 rows of `posts` would refer to rows of `users` that are not there"
    );
    assert_eq!(error.kind(), rex_orm::Kind::ForeignKey);
    assert_eq!(live.one("SELECT count(*) FROM users").await, "1");
    live.apply(&chain(&[USERS, KEPT, REBUILD])).await.expect("nothing more is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_does_not_fit_any_more_stops_it() {
    let live = Live::sqlite();
    live.apply(&chain(&[USERS])).await.expect("an empty database");
    live.run("CREATE INDEX by_hand ON users (name)").await;
    let up = REBUILD.up.replace("name TEXT NOT NULL", "title TEXT").replace("(id, name)", "(id, title)");
    let error =
        live.apply(&chain(&[USERS, Draft { up: &up, ..REBUILD }])).await.expect_err("it names `name`");
    assert_eq!(
        error.to_string(),
        "20260103T000000_rebuild/sqlite.up.sql (step 1 of 1): the index `by_hand` does not fit its table any more, which was made anew: drop it before, and make it as it \
         shall be afterwards (SQLite refused: no such column: name)"
    );
    assert_eq!(live.one("SELECT name FROM users").await, "Ada; Countess");
}

/// SQLite takes a name in double quotes that is no column for a text, if it is let.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_no_column_is_no_text() {
    let live = Live::sqlite();
    let index = Draft { up: "CREATE INDEX by_nothing ON users (\"nope\");\n", down: "", ..INDEX };
    let error = live.apply(&chain(&[USERS, index])).await.expect_err("there is no such column");
    assert!(error.to_string().contains("no such column: \"nope\""), "{error}");
    assert!(!live.has("by_nothing").await);
}

/// What PostgreSQL does in no transaction has a step of its own, which its error says.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_in_the_wrong_kind_of_step_is_told_so() {
    let live = Live::postgres("wrong_step");
    let vacuum = Draft::new("20260102T000000_vacuum", "VACUUM users", "");
    let error = live.apply(&chain(&[USERS, vacuum])).await.expect_err("it is a transaction");
    assert_eq!(
        error.to_string(),
        "20260102T000000_vacuum/postgres.up.sql:1 (step 1 of 1): PostgreSQL refused: VACUUM cannot run inside a transaction \
         block: give it a step of its own, which begins with `-- rex: step outside_transaction probe=…` (`repeatable`, if \
         it does no harm a second time)"
    );
}

/// A setting that a table is made anew with is not left in the connection of a database in memory.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_rebuild_sets_is_gone_after_it_fails() {
    let db =
        rex_orm::Db::connect("sqlite::memory:?shared_memory=rebuild_sets").await.expect("it is in memory");
    let up = "-- rex: step rebuild tables=\"users\"\nPRAGMA legacy_alter_table = ON;\nSELECT nothing;\n";
    let broken = Draft { up, ..REBUILD };
    db.migrate(&chain(&[USERS, broken])).await.expect_err("there is no such column");
    // With the setting, what refers to a table keeps its former name.
    let renames = Draft {
        id: "20260102T000000_renames",
        up: "CREATE VIEW names AS SELECT name FROM users;\nALTER TABLE users RENAME TO people;\n\
             INSERT INTO people (id, name) SELECT 2, name FROM names;\n",
        ..REBUILD
    };
    db.migrate(&chain(&[USERS, renames])).await.expect("the view follows");
}

/// The server and the role may have limits that are for others, and be read-only for them.
#[tokio::test(flavor = "multi_thread")]
async fn limits_of_others_are_not_those_of_a_step() {
    let live = Live::postgres("limits");
    let name = live.one("SELECT current_database()").await;
    live.run(&format!(
        "ALTER DATABASE \"{name}\" SET statement_timeout = '50ms'; ALTER DATABASE \"{name}\" SET lock_timeout = 1; \
         ALTER DATABASE \"{name}\" SET default_transaction_read_only = on"
    ))
    .await;
    let sleeps = Draft { up: &INDEX.up.replace("(name)", "(name) WHERE slow(id)"), ..INDEX };
    let users = Draft {
        up: &format!(
            "{}CREATE FUNCTION slow(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM pg_sleep(0.2); RETURN true; END';\n\
             SELECT pg_sleep(0.2);\n",
            USERS.up
        ),
        ..USERS
    };
    live.apply(&chain(&[users, sleeps])).await.expect("it has the time, and may write");
    assert_eq!(live.history().await, "users up 1/1; index up 1/1");
}
