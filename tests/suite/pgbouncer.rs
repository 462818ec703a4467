//! Through PgBouncer in transaction mode, where no session is anybody's own.

use std::process::Command;

use rex_orm::Kind;

use crate::blog::{Db, NewUser, Role};
use crate::support::{pgbouncer, postgres};

/// Everything that asks a database something, by this same binary, with each URL leading through
/// PgBouncer.
const SUITES: &[&str] = &[
    "suite::scenario::postgresql",
    "suite::language",
    "suite::expressions",
    "suite::transactions",
    "suite::raw_sql",
    "suite::sakila",
    "suite::queries",
    "suite::filters",
    "suite::writes",
    "suite::streams",
    "suite::naughty",
    "suite::failures",
    "suite::checking",
    "suite::watching",
    "suite::codegen::every_fixture_is_created_on_both_databases",
    "suite::connecting::tasks_share_a_pool",
    "suite::connecting::a_dropped_transaction_is_rolled_back",
];

#[test]
fn the_suites_of_queries_pass_through_it() {
    let binary = std::env::current_exe().expect("it runs");
    let mut command = Command::new(binary);
    // A plan that is made for each statement does not grow stale; nothing is asked for the types of
    // placeholders before values are sent; what nobody polls holds up what is behind it, since all goes by the
    // driver; `statement_timeout` is of a session; a server that is stopped is stopped for all of the tests;
    // and how often an operation waits is another number.
    command.args(SUITES).args([
        "--skip",
        "a_plan_that_ddl_made_stale",
        "--skip",
        "a_stream_that_is_not_even_sent",
        "--skip",
        "streams_that_nobody_polls",
        "--skip",
        "no_type_is_taken_for_another",
        "--skip",
        "what_takes_too_long_is_stopped",
        "--skip",
        "transactions::chaos",
        "--skip",
        "transactions::cancellation",
        // Nothing travels behind another statement there: all goes by the driver.
        "--skip",
        "who_travels_along_needs_no_connection",
        "--skip",
        "nobody_travels_for_longer",
        "--skip",
        "transactions::together::they_are_sent",
        "--skip",
        "transactions::together::who_is_not_polled",
    ]);
    command.env(pgbouncer::SWITCH, "1").env("INSTA_UPDATE", "no");
    let output = command.output().expect("it can be run again");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let passed = text.split("test result: ok. ").nth(1).and_then(|rest| rest.split(' ').next());
    let passed: usize = passed.and_then(|number| number.parse().ok()).expect("the number of tests");
    assert!(passed >= 150, "only {passed} tests ran:\n{text}");
}

/// Many tasks over few sessions, with an enum that the driver has to know of; and nothing is left in
/// the sessions.
#[tokio::test(flavor = "multi_thread")]
async fn no_statement_is_kept_in_a_session() {
    let database = postgres::server().database("pgbouncer");
    let db = Db::connect(&database.pooled_url()).await.expect("PgBouncer");
    db.create_schema().await.expect("an empty database");
    let tasks = (0..40).map(|task| {
        let db = db.clone();
        tokio::spawn(async move {
            let user =
                NewUser { role: Some(Role::Author), ..NewUser::new(format!("{task}@example.com"), "Ada") };
            let user = db.user().insert(user).await?;
            let same = db.transaction(async |tx| tx.user().get(&user).await).await?;
            db.user().find().filter(|u| u.role.eq(Role::Author) & u.email.eq(same.email)).one().await
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        let user = task.await.expect("no task panics").expect("it is there");
        assert_eq!(user.role, Role::Author);
    }
    let bare =
        postgres::connect(&database.pooled_url().replace("?pgbouncer=true", "")).await.expect("PgBouncer");
    for _ in 0..6 {
        let kept = bare.simple_query("SELECT name FROM pg_prepared_statements").await.expect("an answer");
        let names =
            kept.iter().filter(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_)));
        assert_eq!(names.count(), 0, "a session has a statement of somebody's");
    }
}

/// Without the setting, it does not work: the tests above would notice.
#[tokio::test(flavor = "multi_thread")]
async fn named_statements_are_lost_there() {
    let database = postgres::server().database("named");
    let url = database.pooled_url();
    Db::connect(&url).await.expect("PgBouncer").create_schema().await.expect("an empty database");
    let db = Db::connect(&url.replace("pgbouncer=true", "pool_size=4")).await.expect("PgBouncer");
    let mut lost = 0;
    // On a busy machine one session may serve several rounds.
    for _ in 0..200 {
        if lost > 0 {
            break;
        }
        let together = (0..8).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.tag().find().count().await })
        });
        for outcome in together.collect::<Vec<_>>() {
            lost += usize::from(outcome.await.expect("no task panics").is_err());
        }
    }
    assert!(lost > 0, "each statement came to the session that it was prepared in");
}

#[tokio::test]
async fn what_is_of_a_session_is_refused() {
    let database = postgres::server().database("session");
    for setting in ["search_path=blog", "statement_timeout=5s"] {
        let url = format!("{}&{setting}", database.pooled_url());
        let error = Db::connect(&url).await.expect_err("there is no session");
        assert_eq!(error.kind(), Kind::Configuration, "{error}");
        assert!(error.to_string().contains("ALTER ROLE"), "{error}");
    }
}
