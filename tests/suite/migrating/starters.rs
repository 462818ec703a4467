//! Several programs start at once on an empty database.

use std::process::{Command, Stdio};

use super::chain::{Draft, POSTS, TAGS, USERS, chain};
use super::live::Live;

/// Names the database for a process that starts.
const URL: &str = "REX_TEST_STARTS_ON";
const PROCESSES: usize = 8;
const ROUNDS: usize = 5;

/// With an index that is built outside of a transaction, beside those who wait.
const INDEX: Draft<'_> = Draft {
    id: "20260104T000000_index",
    up: "-- rex: step outside_transaction probe=index_valid(\"users_name_idx\")\n\
         CREATE UNIQUE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
    down: "",
    compatible: false,
};

#[test]
fn one_of_eight_migrates_postgresql_and_none_fails() {
    let test = "suite::migrating::starters::one_of_eight_migrates_postgresql_and_none_fails";
    if let Ok(url) = std::env::var(URL) {
        return start(&url, &[USERS, POSTS, INDEX, TAGS]);
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for round in 0..ROUNDS {
        let live = Live::postgres("starters");
        let mut steps = all_start(test, &live.url());
        steps.sort_unstable();
        assert_eq!(steps, [0, 0, 0, 0, 0, 0, 0, 6], "{round}: one does all of it");
        runtime.block_on(async {
            assert_eq!(
                live.history().await,
                "users up 1/1; posts up 1/3; posts up 2/3; posts up 3/3; tags up 1/1; index up 1/1"
            );
            assert_eq!(
                live.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_name_idx'::regclass")
                    .await,
                "t"
            );
            assert_eq!(live.locks().await, "0");
        });
    }
}

/// Who comes second with a step sees that it is done: together they do all of it, each step once.
#[test]
fn eight_migrate_sqlite_and_none_fails() {
    let test = "suite::migrating::starters::eight_migrate_sqlite_and_none_fails";
    if let Ok(url) = std::env::var(URL) {
        return start(&url, &[USERS, POSTS, TAGS]);
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for journal in ["", "?journal_mode=delete"] {
        for round in 0..ROUNDS {
            let live = Live::sqlite();
            let steps = all_start(test, &format!("{}{journal}", live.url()));
            assert_eq!(steps.iter().sum::<usize>(), 5, "{round}: {steps:?}");
            runtime.block_on(async {
                assert_eq!(
                    live.history().await,
                    "users up 1/1; posts up 1/3; posts up 2/3; posts up 3/3; tags up 1/1"
                );
                assert_eq!(live.one("SELECT count(*) FROM users").await, "1");
            });
        }
    }
}

/// How many steps each process took.
fn all_start(test: &str, url: &str) -> Vec<usize> {
    let binary = std::env::current_exe().expect("it runs");
    let start = |_| {
        let mut command = Command::new(&binary);
        command.args(["--exact", test, "--nocapture"]).env(URL, url);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be run again")
    };
    let end = |process: std::process::Child| {
        let output = process.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let steps = said.split("steps: ").nth(1).and_then(|rest| rest.split_whitespace().next());
        steps.and_then(|steps| steps.parse().ok()).unwrap_or_else(|| panic!("{said}"))
    };
    (0..PROCESSES).map(start).collect::<Vec<_>>().into_iter().map(end).collect()
}

fn start(url: &str, drafts: &[Draft<'_>]) {
    let migrations = chain(drafts);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let report = runtime.expect("a runtime").block_on(async {
        let db = rex_orm::Db::connect(url).await.expect("it is there");
        db.migrate(&migrations).await
    });
    println!("steps: {} .", report.unwrap_or_else(|error| panic!("{error:?}")).steps.len());
}
