//! What a plan says that it locks is no less than what the server says, within transactions, of batches, and
//! of what is built beside all traffic.

use std::collections::BTreeMap;

use rex_build::migrations::Way;
use rex_schema::database::Database;
use rex_schema::plan::{Lock, Locks, Mode, Plan, Step, locks};
use rex_schema::{Dialect, Version};

use super::cases::cases;
use super::live::Live;
use super::round_trip::checked;
use crate::support::postgres;

#[tokio::test]
async fn no_step_locks_more_than_it_says() {
    let database = postgres::server().database("locks");
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for folder in cases() {
        let name = folder.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let (before, dialects) = checked(&folder.join("before.rex"));
        let (after, _) = checked(&folder.join("after.rex"));
        let server = Version::new(database.major().await, 0);
        if !dialects.contains(&Dialect::Postgres) || after.servers().of(Dialect::Postgres) > server {
            continue;
        }
        let live = Live::postgres(&database).await;
        live.clear().await;
        let way = Way::between(Some(&before), &after, Dialect::Postgres, &[]);
        live.run(&rex_schema::render(&way.before)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        for (direction, plan, from, to) in
            [("up", &way.up, &way.before, &way.after), ("down", &way.down, &way.after, &way.before)]
        {
            seen += taken(&format!("{name}, {direction}"), plan, [from, to], &live, &mut wrong).await;
        }
    }
    assert!(seen > 300, "too few locks were seen: {seen}");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Takes the steps of a plan; answers with how many locks were seen.
async fn taken(
    name: &str,
    plan: &Plan,
    [from, to]: [&Database; 2],
    live: &Live,
    wrong: &mut Vec<String>,
) -> usize {
    let mut seen = 0;
    // What is new here is nobody else's yet.
    let old = names(live).await;
    for step in &plan.steps {
        match &step.mode {
            Mode::Transaction | Mode::Backfill(_) => {}
            // Below.
            Mode::Alone(_) => {
                live.step(step).await.unwrap_or_else(|error| panic!("{name}: {error}"));
                continue;
            }
            Mode::Rebuild { .. } => unreachable!("that is for SQLite"),
        }
        let stated = stated(step, [from, to], wrong, name);
        let mut names = names(live).await;
        names.retain(|oid, _| old.contains_key(oid));
        live.run("BEGIN").await.expect("no transaction is open");
        for statement in &step.statements {
            live.run(statement).await.unwrap_or_else(|error| panic!("{name}: {error}\n{statement}"));
        }
        for (table, lock, mode) in held(live, "pg_backend_pid()", &names).await {
            seen += 1;
            if stated.get(&table).is_none_or(|stated| *stated < lock) {
                let statements = step.statements.join(";\n    ");
                wrong.push(format!(
                    "{name}: {table} is locked by {mode}, and that is not said of\n    {statements}"
                ));
            }
        }
        live.run("COMMIT").await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    seen
}

fn stated(
    step: &Step,
    [from, to]: [&Database; 2],
    wrong: &mut Vec<String>,
    name: &str,
) -> BTreeMap<String, Lock> {
    let statements = step.statements.iter().map(String::as_str);
    let Locks::Tables { tables, unknown } = locks(Dialect::Postgres, statements, from, to) else {
        panic!("PostgreSQL locks tables");
    };
    if unknown {
        wrong.push(format!("{name}: not known: {:?}", step.statements));
    }
    tables.into_iter().map(|locked| (locked.table.to_string(), locked.lock)).collect()
}

/// What runs outside of a transaction is seen while it waits for somebody who writes.
#[tokio::test]
async fn no_step_outside_of_transactions_locks_more_than_it_says() {
    let database = postgres::server().database("beside");
    for (case, statement) in [
        ("index_add", "CREATE INDEX CONCURRENTLY"),
        ("unique_add", "CREATE UNIQUE INDEX CONCURRENTLY"),
        ("index_drop", "DROP INDEX CONCURRENTLY"),
    ] {
        let folder = crate::support::sources::root().join("fixtures/migrate").join(case);
        let (before, after) = (checked(&folder.join("before.rex")).0, checked(&folder.join("after.rex")).0);
        let [live, writer, looker] = [0, 1, 2].map(|_| Live::postgres(&database));
        let (live, writer, looker) = (live.await, writer.await, looker.await);
        live.clear().await;
        for statement in rex_schema::create(&before, Dialect::Postgres) {
            live.run(&statement).await.unwrap_or_else(|error| panic!("{case}: {error}"));
        }
        let way = Way::between(Some(&before), &after, Dialect::Postgres, &[]);
        let mut steps = way.up.steps.iter().filter(|step| matches!(step.mode, Mode::Alone(_)));
        let step = steps.next().expect("it has such a step");
        assert!(step.statements[0].starts_with(statement), "{case}: {:?}", step.statements);
        let stated = stated(step, [&way.before, &way.after], &mut Vec::new(), case);
        let names = names(&live).await;
        let pid = live.rows("SELECT pg_backend_pid()").await[0][0].clone().expect("it has one");
        writer.run("BEGIN; UPDATE users SET id = id WHERE false").await.expect("nobody is in its way");
        let seen = async {
            let waits =
                format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'");
            while looker.rows(&waits).await.is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            let seen = held(&looker, &pid, &names).await;
            writer.run("COMMIT").await.expect("a transaction is open");
            seen
        };
        let (done, seen) = tokio::join!(live.step(step), seen);
        done.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert!(!seen.is_empty(), "{case}: no lock was seen");
        for (table, lock, mode) in seen {
            assert!(stated.get(&table) >= Some(&lock), "{case}: {table} is locked by {mode}: {stated:?}");
        }
    }
}

const NAME: &str = "CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END || c.relname";

/// What tables are called before a step.
async fn names(live: &Live) -> BTreeMap<String, String> {
    let query = format!(
        "SELECT c.oid::text, {NAME} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    );
    let rows = live.rows(&query).await.into_iter();
    rows.map(|row| (row[0].clone().unwrap_or_default(), row[1].clone().unwrap_or_default())).collect()
}

/// The locks of tables that were there before, but for those that every reader takes.
async fn held(live: &Live, pid: &str, names: &BTreeMap<String, String>) -> Vec<(String, Lock, String)> {
    let query = format!(
        "SELECT relation::text, mode FROM pg_locks WHERE pid = {pid} AND locktype = 'relation' AND granted"
    );
    let rows = live.rows(&query).await;
    let mut held = Vec::new();
    for row in rows {
        let (oid, mode) = (row[0].clone().unwrap_or_default(), row[1].clone().unwrap_or_default());
        let lock = match mode.as_str() {
            "AccessShareLock" | "RowShareLock" => continue,
            "RowExclusiveLock" => Lock::Rows,
            "ShareUpdateExclusiveLock" => Lock::Changes,
            "ShareLock" | "ShareRowExclusiveLock" | "ExclusiveLock" => Lock::Writes,
            "AccessExclusiveLock" => Lock::All,
            other => panic!("{other} is no lock of PostgreSQL 13 to 18"),
        };
        held.extend(names.get(&oid).map(|name| (name.clone(), lock, mode)));
    }
    held
}
