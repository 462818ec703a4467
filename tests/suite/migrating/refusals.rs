//! What is refused, and with which words; and what is not.

use rex_orm::Kind;
use rex_orm::migrate::{Migration, Migrations, Refusal, Runner};

use super::chain::{Draft, POSTS, TAGS, USERS, chain, following};
use super::live::{Live, both};

#[track_caller]
fn refused(outcome: rex_orm::Result<rex_orm::migrate::Report>, expected: &str) -> Refusal {
    let error = outcome.expect_err("it is refused");
    assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Migration, expected));
    error.refusal().expect("it says why").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_was_applied_may_not_change() {
    for live in both("edited") {
        live.apply(&chain(&[USERS, POSTS])).await.expect("an empty database");
        let up = POSTS.up.replace("VALUES (1, 1)", "VALUES (2, 1)");
        let edited = chain(&[USERS, Draft { up: &up, ..POSTS }, TAGS]);
        let refusal = refused(
            live.apply(&edited).await,
            "the migration `20260102T000000_posts` was applied, and its step 2 is another now: restore its file, and \
             write what is to change as a new migration",
        );
        assert_eq!(refusal, Refusal::Edited { id: POSTS.id.to_owned(), step: 2 });
        assert!(!live.has("tags").await, "nothing is done");
        assert_eq!(live.status(&edited).await.migrations[1].edited, Some(2));

        let up = format!("{}\n-- rex: step transaction\nCREATE TABLE more (id INTEGER);\n", POSTS.up);
        let refusal =
            live.apply(&chain(&[USERS, Draft { up: &up, ..POSTS }])).await.expect_err("a step more");
        assert_eq!(refusal.refusal(), Some(&Refusal::Edited { id: POSTS.id.to_owned(), step: 4 }));
        let up = POSTS.up.rsplit_once("-- rex").expect("it has steps").0;
        let refusal = live.apply(&chain(&[USERS, Draft { up, ..POSTS }])).await.expect_err("a step less");
        assert_eq!(refusal.refusal(), Some(&Refusal::Edited { id: POSTS.id.to_owned(), step: 3 }));
    }
}

/// Git on Windows, an editor, and somebody who explains.
#[tokio::test(flavor = "multi_thread")]
async fn line_ends_a_byte_order_mark_and_comments_change_nothing() {
    for live in both("line_ends") {
        live.apply(&chain(&[USERS, POSTS])).await.expect("an empty database");
        let up = format!("\u{feff}{}", POSTS.up.replace('\n', "\r\n"));
        let up = up.replace("say who wrote the first", "somebody must have");
        let users = USERS.up.replace('\n', "\r\n");
        let same = chain(&[Draft { up: &users, ..USERS }, Draft { up: &up, ..POSTS }]);
        assert!(live.apply(&same).await.expect("it is the same").steps.is_empty());
        assert_eq!(live.rollback(&same, 2).await.expect("there is a way back").steps.len(), 3);
        live.apply(&same).await.expect("it is applied as any other");
        assert!(live.apply(&chain(&[USERS, POSTS])).await.expect("and is the same").steps.is_empty());
    }
}

/// Tables that `create_schema` or `rexc push` made are in the way of the migrations that make them.
#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_there_already_lead_to_the_baseline() {
    let mut told = String::new();
    for live in both("there_already") {
        live.run("CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)").await;
        let error = live.apply(&chain(&[USERS, POSTS])).await.expect_err("the table is there");
        told.push_str(&format!("{error}\n"));
    }
    insta::assert_snapshot!("there_already", told);
}

/// Where no tables were there before, a table that is made twice is a fault of the files.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_a_migration_makes_twice_is_its_own_fault() {
    let twice = Draft { up: "CREATE TABLE users (id INTEGER);\nCREATE TABLE users (id INTEGER);\n", ..USERS };
    let again = Draft { up: "CREATE TABLE users (id INTEGER);\n", ..POSTS };
    for live in both("twice") {
        for drafts in [&[twice][..], &[USERS, again]] {
            let error = live.apply(&chain(drafts)).await.expect_err("it is made twice").to_string();
            assert!(error.contains(" already exists") && !error.contains("baseline"), "{error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_runs_on_a_database_that_is_ahead_if_that_is_compatible() {
    for live in both("ahead") {
        live.apply(&chain(&[USERS, POSTS, TAGS])).await.expect("an empty database");
        assert!(live.apply(&chain(&[USERS, POSTS])).await.expect("`tags` is compatible").steps.is_empty());
        let words = "the database has the migration `20260102T000000_posts`, which this program does not know: run a \
                     newer program, or roll it back with the one that applied it";
        let refusal = refused(live.apply(&chain(&[USERS])).await, words);
        assert_eq!(refusal, Refusal::Ahead { id: POSTS.id.to_owned() });
        // What is compatible with a program need not be with what that program would do.
        let other = Draft { id: "20260104T000000_other", ..TAGS };
        refused(live.apply(&chain(&[USERS, POSTS, other])).await, &words.replace(POSTS.id, TAGS.id));
        refused(live.rollback(&chain(&[USERS, POSTS]), 1).await, &words.replace(POSTS.id, TAGS.id));
        let unknown = live.status(&chain(&[USERS])).await.unknown;
        let unknown: Vec<_> = unknown.iter().map(|one| (one.id.as_str(), one.compatible)).collect();
        assert_eq!(unknown, [(POSTS.id, false), (TAGS.id, true)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_came_between_is_not_skipped() {
    for live in both("gap") {
        live.apply(&chain(&[USERS, TAGS])).await.expect("an empty database");
        let refusal = refused(
            live.apply(&chain(&[USERS, POSTS, TAGS])).await,
            "the database has the migration `20260103T000000_tags`, but not `20260102T000000_posts` before it: write \
             the later one anew with `rexc migrate rebase`",
        );
        assert_eq!(refusal, Refusal::Gap { missing: POSTS.id.to_owned(), applied: TAGS.id.to_owned() });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_branches_are_refused_before_anything_is_done() {
    let users = following(None, &USERS);
    let parent = Some(users.identity.to_string());
    let list: Vec<Migration> = vec![users, following(parent.clone(), &POSTS), following(parent, &TAGS)];
    for live in both("heads") {
        let refusal = refused(
            live.apply(&Migrations { list: list.clone().into() }).await,
            "the migrations `20260102T000000_posts` and `20260103T000000_tags` are two branches, both follow \
             `20260101T000000_users`: write the later one anew with `rexc migrate rebase`",
        );
        assert!(matches!(refusal, Refusal::Chain(_)));
        assert!(!live.has("users").await && !live.has("rex_migrations").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_way_back_says_why() {
    let never = Draft { down: "-- rex: irreversible: the names are gone\n", ..POSTS };
    let none = Draft { down: "", ..POSTS };
    for live in both("never") {
        live.apply(&chain(&[USERS, POSTS, TAGS])).await.expect("an empty database");
        let refusal = refused(
            live.rollback(&chain(&[USERS, never, TAGS]), 2).await,
            "the migration `20260102T000000_posts` cannot be rolled back: the names are gone",
        );
        assert!(matches!(refusal, Refusal::Irreversible { .. }));
        assert!(live.has("tags").await, "what cannot be gone to its end is not begun");
        let error = live.rollback(&chain(&[USERS, none, TAGS]), 3).await.expect_err("it has no file");
        let (title, file) = match live {
            Live::Sqlite(_) => ("SQLite", "sqlite.down.sql"),
            Live::Postgres(_) => ("PostgreSQL", "postgres.down.sql"),
        };
        assert_eq!(
            error.to_string(),
            format!("the migration `{}` has no SQL for {title}: add `{file}` to its folder", POSTS.id)
        );
        assert_eq!(
            live.rollback(&chain(&[USERS, none, TAGS]), 1).await.expect("the last has").steps.len(),
            1
        );
    }
}

/// A step that fails leaves those before it, says where it is, and can be mended in its file.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_is_mended_and_the_rest_follows() {
    for live in both("fails") {
        let broken = POSTS.up.replace("VALUES (1, 1)", "VALUES (1, 1), (1, 2)");
        let migrations = chain(&[USERS, Draft { up: &broken, ..POSTS }]);
        let error = live.apply(&migrations).await.expect_err("a key is there twice");
        assert_eq!(error.kind(), Kind::Unique);
        let file = if let Live::Sqlite(_) = live { "sqlite.up.sql" } else { "postgres.up.sql" };
        let place = format!("{}/{file}:6 (step 2 of 3): ", POSTS.id);
        assert!(error.to_string().starts_with(&place), "{error}");
        assert_eq!(error.sql(), Some("INSERT INTO posts (id, author_id) VALUES (1, 1), (1, 2)"));
        assert_eq!(live.history().await, "users up 1/1; posts up 1/3");
        assert_eq!(live.one("SELECT count(*) FROM posts").await, "0", "nothing of the step is left");

        let refusal = refused(
            live.rollback(&migrations, 1).await,
            "the migration `20260102T000000_posts` is applied up to step 1 of 3, and only a whole one can be rolled \
             back: mend what stops it (steps that are not applied may be edited), and apply it",
        );
        assert!(matches!(refusal, Refusal::Unfinished { done: 1, steps: 3, .. }));
        let error =
            Runner::new(&live.db().await, &migrations).baseline(POSTS.id).await.expect_err("it is half done");
        assert!(matches!(error.refusal(), Some(Refusal::Unfinished { .. })), "{error}");

        let report = live.apply(&chain(&[USERS, POSTS])).await.expect("it is mended");
        assert_eq!(report.steps.iter().map(|done| done.step).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(live.history().await, "users up 1/1; posts up 1/3; posts up 2/3; posts up 3/3");
        // It may also be mended with fewer steps than it had.
        live.rollback(&chain(&[USERS, POSTS]), 1).await.expect("there is a way back");
        live.apply(&migrations).await.expect_err("a key is there twice");
        let shorter = "-- rex: step transaction\nCREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY, author_id INTEGER);\n";
        let shorter = chain(&[USERS, Draft { up: shorter, ..POSTS }]);
        live.apply(&shorter).await.expect("nothing is left to do");
        assert_eq!(live.history().await, "users up 1/1; posts up 1/1");
        assert!(live.status(&shorter).await.is_current());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_that_was_begun_is_ended_first() {
    for live in both("half") {
        let broken = Draft { down: &POSTS.down.replace("DROP TABLE posts", "DROP TABLE pots"), ..POSTS };
        live.apply(&chain(&[USERS, broken])).await.expect("an empty database");
        live.rollback(&chain(&[USERS, broken]), 1).await.expect_err("there are no pots");
        assert!(live.history().await.ends_with("posts down 1/2; posts up 1/3; posts up 2/3; posts up 3/3"));
        let refusal = refused(
            live.apply(&chain(&[USERS, broken, TAGS])).await,
            "the migration `20260102T000000_posts` is partly rolled back: end that with `rexc migrate rollback`, and \
             apply it again",
        );
        assert!(matches!(refusal, Refusal::HalfRolledBack { .. }));
        let report = live.rollback(&chain(&[USERS, POSTS]), 1).await.expect("it is mended");
        assert_eq!(report.steps.iter().map(|done| done.step).collect::<Vec<_>>(), [2]);
        assert_eq!(live.history().await, "users up 1/1");
        live.apply(&chain(&[USERS, POSTS, TAGS])).await.expect("up again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_named_with_its_line() {
    let broken = Draft { up: "CREATE TABLE a (b INTEGER);\nCOMMIT;\n", ..POSTS };
    for live in both("broken") {
        let error = live.apply(&chain(&[USERS, broken])).await.expect_err("a step is a transaction");
        let file = if let Live::Sqlite(_) = live { "sqlite.up.sql" } else { "postgres.up.sql" };
        assert_eq!(
            error.to_string(),
            format!(
                "{}/{file}: line 2: `COMMIT` is not for a migration: its steps are transactions: leave it out, and \
                 begin a step with `-- rex: step transaction`",
                POSTS.id
            )
        );
        assert!(!live.has("users").await);
    }
}

/// A program whose migrations are for another database notes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_no_migration_is_for_is_refused() {
    for live in both("other_kind") {
        let title = if let Live::Sqlite(_) = live { "SQLite" } else { "PostgreSQL" };
        let [users, posts] = [USERS, POSTS].map(|draft| Draft { up: "", ..draft });
        let error = live.apply(&chain(&[users, posts])).await.expect_err("there is nothing for it");
        assert!(matches!(error.refusal(), Some(Refusal::NoScript { .. })), "{error}");
        assert!(error.to_string().contains(&format!("has no SQL for {title}")), "{error}");
        assert!(!live.has("rex_migrations").await);
        live.apply(&chain(&[USERS, posts])).await.expect("one of them is");
    }
}
