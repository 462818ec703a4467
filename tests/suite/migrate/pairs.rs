//! From any schema to any other: chains of schemas of `fixtures/migrate` that have nothing to do with
//! each other, one after the other up and then all the way down, each over tables with rows in
//! them. After each step the database is what the schema asks for, on the way up also by means of
//! others (`dump`), nothing is left of the one before, and tables that stay have as many rows as before,
//! with the same values in each column whose type stays.
//!
//! `REX_RANDOM_PAIRS` is the number of steps in all, instead of the few here; `REX_RANDOM_SEED` begins
//! with other ones.

use rex_schema::database::Database;
use rex_schema::diff::Intent;
use rex_schema::inspect::Rows;
use rex_schema::plan::{Code, Options, Plan, plan, plan_back, script};
use rex_schema::{Dialect, Schema, Servers, lower};

use super::cases::{Case, cases, create, load, nothing_left};
use super::dump::{self, assert_alike};
use super::live::Live;
use super::rows::{self, Kept, fill_what_fits};
use crate::support::chance::{Chance, number};
use crate::support::postgres;

/// Schemas in a chain.
const LENGTH: usize = 20;

/// All schemas for a database, each with a name for messages.
fn schemas(dialect: Dialect) -> Vec<(String, Schema)> {
    let loaded = cases().into_iter().map(|folder| load(&folder));
    let both = |case: Case| {
        let Case { name, before, after, .. } = case;
        [(format!("{name}/before"), before), (format!("{name}/after"), after)]
    };
    // Any of them may be the next, on any server.
    let oldest = |case: &Case| case.after.servers() == Servers::OLDEST;
    loaded.filter(|case| case.dialects.contains(&dialect) && oldest(case)).flat_map(both).collect()
}

/// What went how often.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// Ways that were gone with rows.
    ways: u32,
    /// Of those, such that rows stopped, as was said before; they were gone to their end without rows.
    stopped: u32,
    /// Tables that were there before and after, with a column that stayed and rows in it.
    kept: u32,
    /// Ways up whose end was, to `pg_dump` or to SQLite itself, what a fresh database is.
    alike: u32,
}

async fn chain(chosen: &[&(String, Schema)], live: &Live, fresh: &Live) -> Counts {
    let dialect = live.dialect();
    let options = |schema: &Schema| Options { server: schema.servers().of(dialect), allowed: &[] };
    let ways = || chosen.iter().zip(&chosen[1..]);
    let mut counts = Counts::default();
    for ((from, before), (to, schema)) in ways() {
        let name = format!("{from} → {to}");
        let intent = Intent::between(before, schema, dialect);
        let (before, wanted) = (lower(before, dialect), lower(schema, dialect));
        let kept = Kept::between(&before, &wanted, &intent);
        let plan = plan(&before, &wanted, &intent, options(schema));
        go(&name, (&before, &wanted), &plan, (&kept, true), live, &mut counts).await;
        fresh.clear().await;
        create(&name, schema, fresh).await;
        let [found, made] = dump::both(live, fresh).await;
        assert_alike(&name, &found, &made);
        counts.alike += 1;
    }
    for ((to, before), (from, after)) in ways().rev() {
        let name = format!("{from} → back to {to}");
        let intent = Intent::between(before, after, dialect);
        let (wanted, now) = (lower(before, dialect), lower(after, dialect));
        let kept = Kept::between(&wanted, &now, &intent);
        let plan = plan_back(&wanted, &now, &intent, options(after));
        go(&name, (&now, &wanted), &plan, (&kept, false), live, &mut counts).await;
    }
    counts
}

/// One way with rows: what stays holds what it held. Where rows stop it and a hazard has said so, it is
/// ended without them.
async fn go(
    name: &str,
    (now, wanted): (&Database, &Database),
    plan: &Plan,
    (kept, is_up): (&[Kept], bool),
    live: &Live,
    counts: &mut Counts,
) {
    fill_what_fits(now, live).await;
    let rows = rows::dump(kept, live, !is_up).await;
    let mut is_stopped = false;
    for step in &plan.steps {
        let Err(error) = live.step(step).await else { continue };
        assert!(!is_stopped && may_stop(plan), "{name}: {error}\n{}", script(plan));
        is_stopped = true;
        live.empty().await;
        live.step(step).await.unwrap_or_else(|error| panic!("{name}: {error}\n{}", script(plan)));
    }
    nothing_left(name, live, wanted).await;
    counts.ways += 1;
    counts.stopped += u32::from(is_stopped);
    if !is_stopped {
        assert_eq!(rows::dump(kept, live, is_up).await, rows, "{name}: rows\n{}", script(plan));
        let is_seen = |(kept, rows): &(&Kept, &Rows)| kept.has_columns() && !rows.is_empty();
        counts.kept += kept.iter().zip(&rows).filter(is_seen).count() as u32;
    }
}

/// Whether it is said that rows may be in the way.
fn may_stop(plan: &Plan) -> bool {
    plan.steps.iter().flat_map(|step| &step.hazards).any(|hazard| match hazard.code {
        Code::NoValue | Code::SetNotNull | Code::NewRule | Code::LossyType | Code::DropLabel => true,
        Code::DropNotNull
        | Code::DropTable
        | Code::DropColumn
        | Code::DropConstraint
        | Code::DropView
        | Code::Rewrite
        | Code::Rename
        | Code::AdoptTable => false,
    })
}

/// A database that is changed, and one that is made at once.
#[derive(Clone, Copy)]
enum Which {
    Changed,
    Fresh,
}

/// Tells all chains that break, not only the first.
fn chains(dialect: Dialect, steps: u64, connect: impl AsyncFn(Which) -> Live + Sync) {
    let (schemas, empty) = (schemas(dialect), ("nothing".to_owned(), super::round_trip::read("")));
    let mut chance = Chance::of_run();
    let (mut broken, mut counts) = (0, Counts::default());
    let number = number("REX_RANDOM_PAIRS", steps).div_ceil(2 * LENGTH as u64);
    for _ in 0..number {
        let mut chosen = vec![&empty];
        let mut place = 0;
        for _ in 0..LENGTH {
            // Every other time the other schema of a case, which has to do with it.
            place = if chance.below(2) == 0 { chance.below(schemas.len()) } else { place ^ 1 };
            chosen.push(&schemas[place]);
        }
        let walk = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime needs nothing").block_on(async {
                chain(&chosen, &connect(Which::Changed).await, &connect(Which::Fresh).await).await
            })
        };
        match std::thread::scope(|scope| scope.spawn(walk).join()) {
            Ok(one) => {
                counts.ways += one.ways;
                counts.stopped += one.stopped;
                counts.kept += one.kept;
                counts.alike += one.alike;
            }
            Err(_) => broken += 1,
        }
    }
    println!("{}: {counts:?}, {broken} of {number} chains broken", dialect.name());
    assert_eq!(broken, 0, "of {number} chains");
    let Counts { ways, stopped, kept, alike } = counts;
    assert!(stopped < ways / 2 && kept > ways / 4 && alike * 2 == ways, "too little was tried: {counts:?}");
}

#[test]
fn sqlite_goes_from_any_schema_to_any_other() {
    chains(Dialect::Sqlite, 400, async |_| Live::sqlite());
}

#[test]
fn postgresql_goes_from_any_schema_to_any_other() {
    let (changed, fresh) = (postgres::server().database("pairs"), postgres::server().database("fresh"));
    chains(Dialect::Postgres, 80, async |which| {
        let live = Live::postgres(match which {
            Which::Changed => &changed,
            Which::Fresh => &fresh,
        })
        .await;
        live.clear().await;
        live
    });
}
