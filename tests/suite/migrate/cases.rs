//! `fixtures/migrate/*/{before,after}.rex`: from the one to the other and back, on live databases
//! with rows in them.
//!
//! | holds | after |
//! |---|---|
//! | what is read back is what the schema asks for, and nothing more is to be done | up, down |
//! | it is what a fresh database has, by our own inspection and by that of others (`dump`) | up |
//! | rows are there, and columns that do not change hold what they held | up, down |

use std::path::{Path, PathBuf};

use rex_build::migrations::beginning;
use rex_schema::database::Database;
use rex_schema::diff::{Intent, diff};
use rex_schema::plan::{Code, Options, Plan, Reverse, plan, plan_back, script, script_of};
use rex_schema::{Dialect, Schema, Version, lower};
use rex_sql::migration::Script;

use super::dump::{self, assert_alike};
use super::live::Live;
use super::round_trip::{assert_same, checked};
use super::rows::{self, Kept, empty, fill};
use crate::support::{postgres, sources};

/// The folders of all cases.
pub(super) fn cases() -> Vec<PathBuf> {
    let folder = sources::root().join("fixtures/migrate");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    cases.sort();
    assert!(cases.len() > 100, "too few cases: {}", cases.len());
    cases
}

#[derive(Clone)]
pub(super) struct Case {
    pub(super) name: String,
    folder: PathBuf,
    pub(super) before: Schema,
    pub(super) after: Schema,
    pub(super) dialects: Vec<Dialect>,
    /// The server that plans are for, if not the oldest that the schema is for.
    server: Option<Version>,
}

impl Case {
    fn options(&self, dialect: Dialect) -> Options<'static> {
        let server = self.server.unwrap_or_else(|| self.after.servers().of(dialect));
        Options { server, allowed: &[] }
    }
}

impl Case {
    /// Whether it asks for nothing that only later servers have.
    pub(super) async fn is_for(&self, database: &postgres::TestDatabase<'_>) -> bool {
        self.after.servers().of(Dialect::Postgres) <= Version::new(database.major().await, 0)
    }
}

pub(super) fn load(folder: &Path) -> Case {
    let name = folder.file_name().expect("a case has a name").to_string_lossy().into_owned();
    let (before, dialects) = checked(&folder.join("before.rex"));
    let (after, _) = checked(&folder.join("after.rex"));
    Case { name, folder: folder.to_owned(), before, after, dialects, server: None }
}

#[test]
fn plans_are_as_they_were_read() {
    for folder in cases() {
        let case = load(&folder);
        let mut text = String::new();
        for dialect in &case.dialects {
            let intent = Intent::between(&case.before, &case.after, *dialect);
            let before = beginning(Some(&case.before), &case.after, &intent, *dialect);
            let after = lower(&case.after, *dialect);
            let up = plan(&before, &after, &intent, case.options(*dialect));
            let down = plan_back(&before, &after, &intent, case.options(*dialect));
            for (way, plan) in [("up", up), ("down", down)] {
                let printed = script(&plan);
                assert_reads(&case.name, &printed, &plan, *dialect);
                text += &format!("# {} {way}\n\n{printed}\n", dialect.name());
            }
        }
        let source = |name: &str| std::fs::read_to_string(folder.join(name)).expect("it was read before");
        let text = format!("{}\n==>\n\n{}\n==>\n\n{text}", source("before.rex"), source("after.rex"));
        insta::with_settings!({ snapshot_path => "../snapshots/migrate", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(case.name, text);
        });
    }
}

/// What is printed is read as what is to be done.
fn assert_reads(name: &str, printed: &str, plan: &Plan, dialect: Dialect) {
    let mut read =
        Script::parse(printed, dialect).unwrap_or_else(|error| panic!("{name}: {error}\n{printed}"));
    for statement in read.steps.iter_mut().flat_map(|step| &mut step.statements) {
        statement.line = 0;
    }
    assert_eq!(read, script_of(plan), "{name}: {printed}");
}

#[test]
fn every_case_goes_up_and_down_on_sqlite() {
    each(Dialect::Sqlite, async |case| check(case, &Live::sqlite(), &Live::sqlite()).await);
}

/// The version that is linked here, which knows more statements than the oldest one.
#[test]
fn every_case_goes_up_and_down_on_the_latest_sqlite() {
    let latest = Version::parse(rusqlite::version()).expect("it is numbers and points");
    assert!(latest >= Version::new(3, 53), "nothing new is tried with {latest}");
    each(Dialect::Sqlite, async |case| {
        let case = Case { server: Some(latest), ..case.clone() };
        check(&case, &Live::sqlite(), &Live::sqlite()).await;
    });
}

#[test]
fn every_case_goes_up_and_down_on_postgresql() {
    let (database, other) = (postgres::server().database("migrate"), postgres::server().database("fresh"));
    each(Dialect::Postgres, async |case| {
        if !case.is_for(&database).await {
            return;
        }
        let (live, fresh) = (Live::postgres(&database).await, Live::postgres(&other).await);
        live.clear().await;
        fresh.clear().await;
        check(case, &live, &fresh).await;
    });
}

/// Tells all that fail, not only the first.
fn each(dialect: Dialect, check: impl AsyncFn(&Case) + Sync) {
    let mut failed = Vec::new();
    for folder in cases() {
        let run = || {
            let case = load(&folder);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if case.dialects.contains(&dialect) {
                runtime.expect("a runtime needs nothing").block_on(check(&case));
            }
        };
        let result = std::thread::scope(|scope| scope.spawn(run).join());
        failed.extend(result.err().map(|_| folder));
    }
    assert_eq!(failed, Vec::<PathBuf>::new());
}

async fn check(case: &Case, live: &Live, fresh: &Live) {
    let name = &case.name;
    let dialect = live.dialect();
    let intent = Intent::between(&case.before, &case.after, dialect);
    let before = beginning(Some(&case.before), &case.after, &intent, dialect);
    let after = lower(&case.after, dialect);
    assert_eq!(diff(&before, &before, &Intent::of(&case.before, dialect)), [], "{name}");
    assert_eq!(diff(&after, &after, &Intent::of(&case.after, dialect)), [], "{name}");
    let made = rex_schema::render(&before);
    live.run(&made).await.unwrap_or_else(|error| panic!("{name}: {error}\n{made}"));
    fill(&case.folder, &before, live).await;

    let kept = Kept::between(&before, &after, &intent);
    let rows = rows::dump(&kept, live, false).await;
    assert!(rows.iter().all(|rows| !rows.is_empty()), "{name}: every table has rows");

    let up = plan(&before, &after, &intent, case.options(dialect));
    let needs_none =
        up.steps.iter().flat_map(|step| &step.hazards).any(|hazard| hazard.code == Code::NoValue);
    if needs_none {
        let failed = try_run(&up, live).await;
        assert!(failed.is_err(), "{name}: rows had no value, and it went through");
        empty(&before, live).await;
    }
    run(name, &up, live).await;
    let found = nothing_left(&format!("{name}, up"), live, &after).await;
    if !needs_none {
        assert_eq!(rows::dump(&kept, live, true).await, rows, "{name}, up: rows");
    }
    create(name, &case.after, fresh).await;
    let made = fresh.inspect().await.managed(&after);
    assert_same(&format!("{name}, fresh"), &found, &made);
    let [found, made] = dump::both(live, fresh).await;
    assert_alike(name, &found, &made);

    let down = plan_back(&before, &after, &intent, case.options(dialect));
    let is_real = up.steps.iter().all(|step| !matches!(step.reverse, Reverse::Never { .. }));
    if !is_real {
        empty(&after, live).await;
    }
    run(name, &down, live).await;
    nothing_left(&format!("{name}, down"), live, &before).await;
    if is_real && !needs_none {
        assert_eq!(rows::dump(&kept, live, false).await, rows, "{name}, down: rows");
    }
}

/// It is what is wanted, and needs no change; nothing is there that was only on the way.
pub(super) async fn nothing_left(what: &str, live: &Live, wanted: &Database) -> Database {
    let found = live.inspect().await;
    let managed = found.managed(wanted);
    assert_same(what, &managed, wanted);
    assert_eq!(found.others, [], "{what}");
    let tables = |database: &Database| {
        let mut names: Vec<_> = database.tables.iter().map(|t| (t.schema.clone(), t.name.clone())).collect();
        names.sort();
        names
    };
    assert_eq!(tables(&found.database), tables(wanted), "{what}");
    assert_eq!(found.database.enums.len(), wanted.enums.len(), "{what}: types");
    assert_eq!(found.database.views.len(), wanted.views.len(), "{what}: views");
    assert_eq!(found.database.schemas.len(), wanted.schemas.len(), "{what}: schemas");
    assert_eq!(diff(&managed, wanted, &Intent::default()), [], "{what}: a second time");
    managed
}

pub(super) async fn create(name: &str, schema: &Schema, live: &Live) {
    let all = rex_schema::create(schema, live.dialect()).join(";\n");
    live.run(&all).await.unwrap_or_else(|error| panic!("{name}: {error}\n{all}"));
}

pub(super) async fn run(name: &str, plan: &Plan, live: &Live) {
    if let Err(error) = try_run(plan, live).await {
        panic!("{name}: {error}\n{}", script(plan));
    }
}

async fn try_run(plan: &Plan, live: &Live) -> Result<(), String> {
    for step in &plan.steps {
        live.step(step).await?;
    }
    Ok(())
}
