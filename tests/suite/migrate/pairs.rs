//! From any schema to any other: chains of schemas of `fixtures/migrate` that have nothing to do with
//! each other, one after the other up and then all the way down, over tables without rows. After each
//! step the database is what the schema asks for, and nothing is left of the one before.
//!
//! `REX_RANDOM_PAIRS` is the number of steps in all, instead of the few here; `REX_RANDOM_SEED` begins
//! with other ones.

use rex_schema::diff::Intent;
use rex_schema::plan::{Options, plan, plan_back};
use rex_schema::{Dialect, Schema, lower};

use super::cases::{Case, cases, load, nothing_left, run};
use super::live::Live;
use crate::support::postgres;

/// Schemas in a chain.
const LENGTH: usize = 20;

/// Numbers by chance, the same ones in each run (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// All schemas for a database, each with a name for messages.
fn schemas(dialect: Dialect) -> Vec<(String, Schema)> {
    let loaded = cases().into_iter().map(|folder| load(&folder));
    let both = |case: Case| {
        let Case { name, before, after, .. } = case;
        [(format!("{name}/before"), before), (format!("{name}/after"), after)]
    };
    loaded.filter(|case| case.dialects.contains(&dialect)).flat_map(both).collect()
}

async fn chain(chosen: &[&(String, Schema)], live: &Live) {
    let dialect = live.dialect();
    let options = |schema: &Schema| Options { server: schema.servers().of(dialect), allowed: &[] };
    let ways = || chosen.iter().zip(&chosen[1..]);
    for ((from, before), (to, after)) in ways() {
        let name = format!("{from} → {to}");
        let intent = Intent::between(before, after, dialect);
        let (before, wanted) = (lower(before, dialect), lower(after, dialect));
        run(&name, &plan(&before, &wanted, &intent, options(after)), live).await;
        nothing_left(&name, live, &wanted).await;
    }
    for ((to, before), (from, after)) in ways().rev() {
        let name = format!("{from} → back to {to}");
        let intent = Intent::between(before, after, dialect);
        let (wanted, now) = (lower(before, dialect), lower(after, dialect));
        run(&name, &plan_back(&wanted, &now, &intent, options(after)), live).await;
        nothing_left(&name, live, &wanted).await;
    }
}

/// Tells all chains that break, not only the first.
fn chains(dialect: Dialect, steps: u64, connect: impl AsyncFn() -> Live + Sync) {
    let (schemas, empty) = (schemas(dialect), ("nothing".to_owned(), super::round_trip::read("")));
    let mut chance = Chance(number("REX_RANDOM_SEED", 0x9e37_79b9_7f4a_7c15).max(1));
    let mut broken = 0;
    let number = number("REX_RANDOM_PAIRS", steps).div_ceil(2 * LENGTH as u64);
    for _ in 0..number {
        let mut chosen = vec![&empty];
        chosen.extend((0..LENGTH).map(|_| &schemas[chance.below(schemas.len())]));
        let walk = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .expect("a runtime needs nothing")
                .block_on(async { chain(&chosen, &connect().await).await });
        };
        broken += u32::from(std::thread::scope(|scope| scope.spawn(walk).join()).is_err());
    }
    assert_eq!(broken, 0, "of {number} chains");
}

#[test]
fn sqlite_goes_from_any_schema_to_any_other() {
    chains(Dialect::Sqlite, 400, async || Live::sqlite());
}

#[test]
fn postgresql_goes_from_any_schema_to_any_other() {
    let database = postgres::server().database("pairs");
    chains(Dialect::Postgres, 80, async || {
        let live = Live::postgres(&database).await;
        live.clear().await;
        live
    });
}
