//! Rust, SQLite and PostgreSQL compute alike: random expressions over random rows, through the
//! compiler, give one value, null or error in all three.
//!
//! Each run has a fixed seed and a fresh one, which is told when something differs.
//! `REX_EXPRESSIONS_SEED` gives another; `REX_EXPRESSIONS` says how many to try with each.

mod databases;
mod datum;
mod operations;
mod random;
mod rows;
mod source;
mod tree;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use rex_compiler::{Options, Sources, check};
use rex_orm::__::Value;
use rex_orm::__::expr::{Datum, Failure, evaluate};
use rex_schema::Schema;
use rex_schema::model::{Expr, Formula, IndexKey};

use self::databases::{Postgres, Sqlite};
use self::operations::Operation;
use self::random::Random;

const FIXED: u64 = 0x5eed_0001;
const ROWS: i64 = 24;
/// Rounds for what has not occurred yet.
const MORE: u64 = 10;

#[tokio::test]
async fn the_three_agree() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let fresh = number("REX_EXPRESSIONS_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let tries = number("REX_EXPRESSIONS").unwrap_or(600);
    println!("fresh seed: {fresh}");
    let mut seen = Seen::default();
    for seed in [FIXED, fresh] {
        round(seed, tries, &mut seen).await;
    }
    // What is rare, as a difference of doubles that overflows, may need more rounds.
    let mut more = 0;
    while let Some(lacking) = seen.lacking() {
        assert!(more < MORE, "{lacking} of {seen:#?}");
        more += 1;
        round(fresh.wrapping_add(more), tries, &mut seen).await;
    }
    println!("{seen:#?}");
}

/// What occurred, and how often it gave a value, null, and an error.
#[derive(Debug, Default)]
struct Seen {
    /// By operator or function, and the type that it is of.
    operations: BTreeMap<String, [usize; 3]>,
    /// What the checker refused: too many digits, most of all.
    refused: usize,
    /// What is left to the database: infinities.
    left: usize,
    compared: usize,
}

impl Seen {
    fn count(&mut self, expr: &Expr, outcome: usize) {
        let Some(name) = tree::name(expr) else { return };
        self.operations.entry(name).or_default()[outcome] += 1;
    }

    /// What is lacking until each operation, of each type that it takes, has given values; and null
    /// and errors, where it can.
    fn lacking(&self) -> Option<String> {
        let of = |name: &str| self.operations.get(name).copied().unwrap_or_default();
        let lacks = |names: Vec<String>, outcome: usize, least: usize| {
            let lacking: Vec<String> = names.into_iter().filter(|name| of(name)[outcome] < least).collect();
            (!lacking.is_empty()).then(|| format!("too few of outcome {outcome}: {lacking:?}"))
        };
        let all = operations::all();
        let names = |choose: &dyn Fn(&Operation) -> bool| {
            all.iter().filter(|one| choose(one)).map(|one| one.name.clone()).collect::<Vec<_>>()
        };
        lacks(names(&|_| true), 0, 3)
            .or_else(|| lacks(names(&|one| one.can_be_null), 1, 1))
            .or_else(|| lacks(names(&|one| one.can_fail), 2, 1))
    }
}

async fn round(seed: u64, tries: u64, seen: &mut Seen) {
    let mut random = Random::new(seed);
    let (schema, texts) = compiled(&mut random, tries, seen);
    let (_, model) = schema.models().next().expect("there is one model");
    let rows: Vec<Vec<rows::Cell>> =
        (0..ROWS).map(|number| rows::row(&mut random, &model.columns, number)).collect();
    let columns = tree::columns(&schema, model);
    let mut sqlite = Sqlite::with(&schema, model, &rows);
    let mut postgres = Postgres::with(&schema, model, &rows).await;
    let values: Vec<Vec<Value>> = rows.iter().map(|row| datum::row(&schema, model, row)).collect();
    for index in &model.indexes {
        let IndexKey::Formula(Formula::Expr(expr)) = &index.parts[0].key else { continue };
        let tree = tree::of(expr);
        let ours: Vec<Result<Datum<'_>, Failure>> = values
            .iter()
            .map(|row| evaluate(&tree, &columns, &|place| row.get(usize::from(place))))
            .collect();
        let told = || format!("{} (seed {seed})", texts[&index.name]);
        for (operation, outcome) in tree::outcomes(expr, &values, &columns) {
            seen.count(operation, outcome);
        }
        seen.left += ours.iter().filter(|one| **one == Err(Failure::Beyond)).count();
        seen.compared += ours.len();
        sqlite.agrees(&schema, model, expr, &ours, &told);
        postgres.agrees(&schema, model, expr, &ours, &told).await;
    }
    postgres.indexes(&schema, model).await;
}

/// A schema with an index over each expression that the checker takes, and the texts by the
/// indexes' names.
fn compiled(random: &mut Random, tries: u64, seen: &mut Seen) -> (Schema, BTreeMap<String, String>) {
    let mut texts = BTreeMap::new();
    let mut text = source::MODEL.to_owned();
    let each: Vec<String> = operations::all().into_iter().flat_map(|one| one.expressions).collect();
    let tries = tries + each.len() as u64;
    let mut each = each.into_iter();
    for number in 0..tries {
        let expression = each.next().unwrap_or_else(|| source::expression(random));
        text += &format!("    index \"e{number}\" ({expression})\n");
        texts.insert(format!("e{number}"), expression);
    }
    let mut sources = Sources::default();
    sources.add("sample.rex", text + "}\n");
    let checked = check(&sources, &Options::default());
    let schema = checked.partial().clone();
    let (_, model) = schema.models().next().expect("the model is sound");
    seen.refused += usize::try_from(tries).expect("it is small") - model.indexes.len();
    // What is refused is refused for a reason that the generator does not know of.
    let known = ["E0716", "E0720", "E0718"];
    for diagnostic in &checked.diagnostics {
        let code = diagnostic.code.as_str();
        assert!(known.contains(&code) || code.starts_with('W'), "{code} {}", diagnostic.message);
    }
    (schema, texts)
}
