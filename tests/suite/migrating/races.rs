//! Runners that want something else of one database at the same time.

use std::time::Duration;

use rex_orm::migrate::{Event, Migrations, Options, Refusal, Report, Runner};
use rex_orm::{Config, Result};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::chain::{Draft, POSTS, TAGS, USERS, chain};
use super::live::{Live, both};

/// A step that takes as long as somebody holds the lock 42, either way.
const WAITS: Draft<'_> = Draft {
    id: "20260103T000000_waits",
    up: "SELECT pg_advisory_xact_lock(42)",
    down: "SELECT pg_advisory_xact_lock(42)",
    compatible: false,
};

/// What a runner is asked for.
#[derive(Clone, Copy)]
enum Task {
    Apply,
    Rollback,
}

/// A runner at work; what is received says that it has begun, or waits for another.
fn begin(
    live: &Live,
    migrations: &Migrations,
    task: Task,
) -> (JoinHandle<Result<Report>>, oneshot::Receiver<Event>) {
    let (url, migrations) = (live.url(), migrations.clone());
    let (tell, told) = oneshot::channel();
    let mut tell = Some(tell);
    let work = tokio::spawn(async move {
        let config = Config::from_url(&url)?;
        let mut runner = Runner::with_config(&config, &migrations)
            .options(Options::new().lock_timeout(Duration::from_secs(60)))
            .on_event(|event| _ = tell.take().map(|tell| tell.send(event)));
        match task {
            Task::Apply => runner.apply().await,
            Task::Rollback => runner.rollback(1).await,
        }
    });
    (work, told)
}

/// Two that begin one after the other, while the first cannot end.
async fn together(live: &Live, applied: &Migrations, [first, second]: [Task; 2]) -> [Result<Report>; 2] {
    let Live::Postgres(database) = live else { unreachable!("it is PostgreSQL") };
    let holder = database.client().await;
    holder.batch_execute("SELECT pg_advisory_lock(42)").await.expect("nobody has it");
    let (first, begun) = begin(live, applied, first);
    assert!(matches!(begun.await, Ok(Event::Begins { .. })));
    let (second, waits) = begin(live, applied, second);
    assert_eq!(waits.await, Ok(Event::Waiting));
    holder.batch_execute("SELECT pg_advisory_unlock(42)").await.expect("it has it");
    [first.await.expect("no panic"), second.await.expect("no panic")]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_roll_the_last_one_back_do_so_once() {
    let live = Live::postgres("back_twice");
    let migrations = chain(&[USERS, POSTS, WAITS]);
    live.apply(&migrations).await.expect("an empty database");
    let [first, second] = together(&live, &migrations, [Task::Rollback, Task::Rollback]).await;
    assert_eq!(first.expect("it is the first").steps.len(), 1);
    assert!(second.expect("it is done").steps.is_empty());
    assert!(live.has("posts").await, "nobody asked for more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_applied_meanwhile_is_not_rolled_back() {
    let live = Live::postgres("back_and_forth");
    let migrations = chain(&[USERS, POSTS, WAITS]);
    live.apply(&chain(&[USERS, POSTS])).await.expect("an empty database");
    let [first, second] = together(&live, &migrations, [Task::Apply, Task::Rollback]).await;
    assert_eq!(first.expect("it is the first").steps.len(), 1);
    let error = second.expect_err("it is another database now");
    assert_eq!(error.refusal(), Some(&Refusal::Later { id: WAITS.id.to_owned() }), "{error}");
    assert_eq!(
        error.to_string(),
        "another program has applied `20260103T000000_waits` meanwhile, which was not to be rolled back: look at what is \
         to go now, with `rexc migrate status`, and begin again"
    );
    assert!(live.history().await.ends_with("waits up 1/1"));
}

/// What somebody was shown is what goes.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_is_rolled_back_and_nothing_else() {
    let ids = |drafts: &[Draft<'_>]| drafts.iter().map(|draft| draft.id.to_owned()).collect::<Vec<_>>();
    for live in both("shown") {
        let migrations = chain(&[USERS, POSTS, TAGS]);
        live.apply(&migrations).await.expect("an empty database");
        let db = live.db().await;
        let mut runner = Runner::new(&db, &migrations);
        let error = runner.rollback_exactly(&ids(&[POSTS])).await.expect_err("there are tags");
        assert_eq!(error.refusal(), Some(&Refusal::Later { id: TAGS.id.to_owned() }));
        assert!(live.has("tags").await && live.has("posts").await);
        let report = runner.rollback_exactly(&ids(&[TAGS, POSTS])).await.expect("these are the last");
        assert_eq!(report.migrations().collect::<Vec<_>>(), [TAGS.id, POSTS.id]);
        // Somebody else was quicker.
        assert!(runner.rollback_exactly(&ids(&[TAGS, POSTS])).await.expect("they are gone").steps.is_empty());
        assert!(runner.rollback_exactly(&[]).await.expect("it is nothing").steps.is_empty());
        assert_eq!(live.history().await, "users up 1/1");
    }
}
