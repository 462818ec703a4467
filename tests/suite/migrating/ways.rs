//! Up, down, and where a database stands.

use rex_orm::migrate::{Direction, Event, MigrationState, Report, Runner};

use super::chain::{Draft, POSTS, TAGS, USERS, chain};
use super::live::{Live, both};

fn ids(report: &Report) -> Vec<&str> {
    report.migrations().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_applied_once_and_rolled_back_in_turn() {
    let migrations = chain(&[USERS, POSTS, TAGS]);
    for live in both("ways") {
        let report = live.apply(&migrations).await.expect("an empty database");
        assert_eq!(ids(&report), [USERS.id, POSTS.id, TAGS.id]);
        assert_eq!(report.steps.len(), 5);
        assert_eq!(live.one("SELECT name FROM users").await, "Ada; Countess");
        assert_eq!(live.one("SELECT count(age) FROM users").await, "0");
        assert_eq!(
            live.history().await,
            "users up 1/1; posts up 1/3; posts up 2/3; posts up 3/3; tags up 1/1"
        );
        assert_eq!(live.apply(&migrations).await.expect("all is there"), Report::default());

        let report = live.rollback(&migrations, 2).await.expect("there is a way back");
        assert_eq!(ids(&report), [TAGS.id, POSTS.id]);
        assert!(report.steps.iter().all(|done| done.direction == Direction::Down));
        assert!(!live.has("tags").await && !live.has("posts").await && live.has("users").await);
        assert_eq!(live.history().await, "users up 1/1");
        assert_eq!(ids(&live.apply(&migrations).await.expect("up again")), [POSTS.id, TAGS.id]);

        live.rollback(&migrations, 99).await.expect("all of them");
        assert!(!live.has("users").await);
        assert_eq!(live.history().await, "null");
        assert_eq!(live.rollback(&migrations, 1).await.expect("nothing is left"), Report::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_goes_to_a_migration_by_its_name() {
    let migrations = chain(&[USERS, POSTS, TAGS]);
    for live in both("to") {
        let db = live.db().await;
        let mut runner = Runner::new(&db, &migrations);
        assert_eq!(ids(&runner.apply_to(POSTS.id).await.expect("two")), [USERS.id, POSTS.id]);
        assert!(live.has("posts").await && !live.has("tags").await);
        assert_eq!(ids(&runner.apply().await.expect("the third")), [TAGS.id]);
        assert_eq!(ids(&runner.rollback_to(USERS.id).await.expect("back")), [TAGS.id, POSTS.id]);
        let report = runner.redo().await.expect("down and up");
        assert_eq!(ids(&report), [USERS.id, USERS.id]);
        assert_eq!(
            report.steps.iter().map(|done| done.direction).collect::<Vec<_>>(),
            [Direction::Down, Direction::Up]
        );
        let error = runner.apply_to("20260109T000000_none").await.expect_err("there is none");
        assert_eq!(
            error.to_string(),
            "there is no migration `20260109T000000_none`: `rexc migrate status` lists them"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_done_is_told_before_it_is() {
    let migrations = chain(&[USERS, POSTS, TAGS]);
    for live in both("status") {
        let states = async || {
            let status = live.status(&migrations).await;
            status.migrations.into_iter().map(|migration| migration.state).collect::<Vec<_>>()
        };
        assert_eq!(states().await, [MigrationState::Pending; 3]);
        let db = live.db().await;
        let mut runner = Runner::new(&db, &migrations);
        runner.apply_to(USERS.id).await.expect("the first");
        let pending = runner.pending().await.expect("it can be asked");
        let told: Vec<_> = pending.iter().map(|step| (step.id.as_str(), step.step, step.steps)).collect();
        assert_eq!(told, [(POSTS.id, 1, 3), (POSTS.id, 2, 3), (POSTS.id, 3, 3), (TAGS.id, 1, 1)]);
        assert_eq!(pending[1].what, ["say who wrote the first"]);
        assert_eq!(pending[1].statements, ["INSERT INTO posts (id, author_id) VALUES (1, 1)"]);
        let back = runner.pending_rollback(1).await.expect("it can be asked");
        assert_eq!(
            back.iter().map(|step| step.statements[0].as_str()).collect::<Vec<_>>(),
            ["DROP TABLE users"]
        );
        assert!(!live.has("posts").await, "nothing was done");
        assert_eq!(
            states().await,
            [MigrationState::Applied, MigrationState::Pending, MigrationState::Pending]
        );
        let status = live.status(&migrations).await;
        let at = status.migrations[0].applied_at.as_deref().expect("it was applied");
        assert!(at.len() == 20 && at.ends_with('Z') && at.starts_with("20"), "{at}");
        assert!(!status.is_current());
        runner.apply().await.expect("the others");
        assert!(live.status(&migrations).await.is_current());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_happens_is_told() {
    let migrations = chain(&[USERS, POSTS]);
    for live in both("events") {
        let (report, events) = live.told(&migrations).await;
        let report = report.expect("an empty database");
        let done: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                Event::Ends(done) => Some(done.clone()),
                _ => None,
            })
            .collect();
        assert_eq!(done, report.steps);
        assert!(events.iter().any(|event| matches!(
            event,
            Event::Begins { step: 2, steps: 3, what, .. } if what == &["say who wrote the first"]
        )));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_its_tables_is_taken_over() {
    let migrations = chain(&[USERS, POSTS, TAGS]);
    for live in both("baseline") {
        live.run("CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE posts (id INTEGER PRIMARY KEY)")
            .await;
        let db = live.db().await;
        let mut runner = Runner::new(&db, &migrations);
        runner.baseline(POSTS.id).await.expect("nothing is run");
        assert_eq!(live.history().await, "users up 1/1; posts up 1/3; posts up 2/3; posts up 3/3");
        assert_eq!(ids(&runner.apply().await.expect("what is left")), [TAGS.id]);
        runner.baseline(TAGS.id).await.expect("nothing is to be done");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_may_have_nothing_to_do() {
    let empty = Draft::new("20260102T000000_empty", "-- only the words of a rule\n", "-- nothing\n");
    let migrations = chain(&[USERS, empty, TAGS]);
    for live in both("empty") {
        assert_eq!(ids(&live.apply(&migrations).await.expect("three")), [USERS.id, empty.id, TAGS.id]);
        assert_eq!(live.history().await, "users up 1/1; empty up 0/0; tags up 1/1");
        assert_eq!(live.apply(&migrations).await.expect("all is there"), Report::default());
        assert_eq!(ids(&live.rollback(&migrations, 2).await.expect("back")), [TAGS.id, empty.id]);
        assert_eq!(live.history().await, "users up 1/1");
    }
}

/// A database in memory has one connection, which is the pool's.
#[tokio::test]
async fn a_database_in_memory_is_migrated_on_its_only_connection() {
    let db = rex_orm::Db::connect("sqlite::memory:").await.expect("there is memory");
    let migrations = chain(&[USERS, POSTS]);
    db.migrate(&migrations).await.expect("it is empty");
    let names: Vec<(String,)> = db.sql("SELECT name FROM users").await.expect("it is there");
    assert_eq!(names, [("Ada; Countess".to_owned(),)]);
    let keys: Vec<(i64,)> = db.sql("PRAGMA foreign_keys").await.expect("it is asked");
    assert_eq!(keys, [(1,)]);
    Runner::new(&db, &migrations).rollback(2).await.expect("there is a way back");
    let error =
        db.transaction(async |tx| tx.migrate(&migrations).await).await.expect_err("it is a transaction");
    assert_eq!(error.kind(), rex_orm::Kind::Transaction);
}

#[test]
fn a_program_without_async_migrates() {
    use rex_orm::Blocking;
    let migrations = chain(&[USERS]);
    for live in both("blocking") {
        let db = rex_orm::Db::connect(&live.url()).wait().expect("it is there");
        assert_eq!(ids(&db.migrate(&migrations).wait().expect("an empty database")), [USERS.id]);
        assert_eq!(db.migrate(&migrations).wait().expect("all is there"), Report::default());
    }
}

/// Where the tables are, there the history is.
#[tokio::test(flavor = "multi_thread")]
async fn each_schema_of_a_database_has_its_own_history() {
    let live = Live::postgres("tenants");
    live.run("CREATE SCHEMA one; CREATE SCHEMA two").await;
    let migrations = chain(&[USERS, TAGS]);
    for tenant in ["one", "two"] {
        let db =
            rex_orm::Db::connect(&format!("{}?search_path={tenant}", live.url())).await.expect("it is there");
        assert_eq!(ids(&db.migrate(&migrations).await.expect("an empty schema")), [USERS.id, TAGS.id]);
        assert_eq!(live.one(&format!("SELECT count(*) FROM {tenant}.rex_migrations")).await, "2");
        assert_eq!(live.one(&format!("SELECT count(*) FROM {tenant}.users")).await, "1");
    }
    let db = rex_orm::Db::connect(&format!("{}?search_path=three", live.url())).await.expect("it is there");
    let error = db.migrate(&migrations).await.expect_err("there is no such schema");
    assert_eq!(
        error.to_string(),
        "no schema of `search_path` exists, so that there is no place for the history of migrations: create one"
    );
}
