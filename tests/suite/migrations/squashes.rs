//! One migration in the place of several, of chains of schemas by chance: it leads to what they lead to, to
//! whomever one asks (`dump`), and a database that has those goes on, and does nothing twice.
//!
//! ```text
//! chain        1 2 3 4          ──▶ database `chain`
//! squashed     [1 2 3] 4        ──▶ `first`, from nothing; `chain` has nothing to do
//! goes on      [1 2 3] 4 5 6    ──▶ `chain`, `first`
//! squashed     [1 2 3] [4 5 6]  ──▶ `second`, from nothing; `chain` and `first` have nothing to do
//! ```
//!
//! `REX_RANDOM_SQUASHES` is the number of chains; `REX_RANDOM_SEED` begins with other ones.

use std::time::Instant;

use rex_schema::plan::Code;
use rexc::Exit;

use super::{Crate, Target, root, targets};
use crate::suite::migrate::dump::{self, assert_alike};
use crate::support::chance::{Chance, number};

/// The texts of all schemas that are for both databases, each with a name for messages.
fn schemas() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(root().join("fixtures/migrate")).expect("the folder is there");
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    folders.retain(|folder| !folder.join("Cargo.toml").exists());
    folders.sort();
    let both = |folder: &std::path::PathBuf| {
        ["before.rex", "after.rex"].map(|file| {
            let name = folder.file_name().expect("a case has a name").to_string_lossy();
            (format!("{name}/{file}"), std::fs::read_to_string(folder.join(file)).expect("it is there"))
        })
    };
    folders.iter().flat_map(both).collect()
}

/// A crate that goes from schema to schema.
struct Walk<'s> {
    krate: Crate,
    schemas: &'s [(String, String)],
    chance: &'s mut Chance,
    /// Where it was.
    names: Vec<&'s str>,
    allow: String,
}

impl<'s> Walk<'s> {
    /// Makes so many migrations more.
    fn go(&mut self, count: usize) {
        let end = self.names.len() + count;
        while self.names.len() < end {
            let schemas = self.schemas;
            let (name, text) = &schemas[self.chance.below(schemas.len())];
            self.krate.schema(text);
            let made = self.run(&format!("migrate new to_{} --allow {}", self.names.len(), self.allow));
            // By chance it may be what was there.
            if !made.contains("nothing to do") {
                self.names.push(name);
            }
        }
    }

    fn run(&self, arguments: &str) -> String {
        let ran = self.krate.run(arguments);
        assert_eq!(ran.exit, Exit::Clean, "{:?}: {arguments}\n{}{}", self.names, ran.err, ran.out);
        ran.err
    }

    fn on(&self, target: &Target, arguments: &str) -> String {
        self.run(&format!("{arguments} --database-url {}", target.url))
    }

    /// It has everything, and stays what it is.
    fn has_all(&self, target: &Target) {
        let before = dump_of(target);
        let told = self.on(target, "migrate");
        assert!(told.starts_with("nothing to do"), "{:?}: {told}", self.names);
        assert_alike(&format!("{:?}, again", self.names), &dump_of(target), &before);
        self.on(target, "migrate status");
    }

    /// From nothing it becomes what another one is.
    fn is_alike(&self, target: &Target, other: &Target) {
        self.on(target, "migrate");
        let status = self.on(target, "migrate status");
        assert!(!status.contains("the database is not"), "{status}");
        assert_alike(&format!("{:?}", self.names), &dump_of(target), &dump_of(other));
    }
}

fn dump_of(target: &Target) -> dump::Dump {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime needs nothing").block_on(dump::of(&target.url))
}

#[test]
fn what_is_squashed_leads_to_what_the_chain_leads_to() {
    let (start, schemas) = (Instant::now(), schemas());
    let kinds: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let chance = &mut Chance::of_run();
    let (count, mut migrations) = (number("REX_RANDOM_SQUASHES", 3), 0);
    for _ in 0..count {
        let [chain, first, second] = ["chain", "first", "second"].map(targets);
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let mut walk = Walk { krate, schemas: &schemas, chance, names: Vec::new(), allow: kinds.join(",") };
        let length = 3 + walk.chance.below(4);
        walk.go(length);
        for target in &chain {
            walk.on(target, "migrate");
        }
        let to = walk.krate.migrations()[length - 1 - walk.chance.below(2)].clone();
        walk.run(&format!("migrate squash first --to {to}"));
        for (place, target) in chain.iter().enumerate() {
            walk.has_all(target);
            walk.is_alike(&first[place], target);
        }
        let more = 2 + walk.chance.below(3);
        walk.go(more);
        for (place, target) in chain.iter().enumerate() {
            walk.on(target, "migrate");
            walk.is_alike(&first[place], target);
        }
        walk.run("migrate squash second");
        assert_eq!(walk.krate.migrations().len(), 2, "{:?}", walk.krate.migrations());
        for (place, target) in chain.iter().enumerate() {
            walk.has_all(target);
            walk.has_all(&first[place]);
            walk.is_alike(&second[place], target);
        }
        migrations += walk.names.len();
    }
    println!("{count} chains, {migrations} migrations, {:.1} s", start.elapsed().as_secs_f64());
}

/// A name that is accepted is so for all databases: what one of them asked about is not by hand in another.
#[test]
fn what_was_accepted_for_one_database_is_not_by_hand_in_another() {
    let krate = Crate::new("\"sqlite\", \"postgres\"");
    krate.schema("model User {\n    id: BigInt = autoincrement()  @id\n}\n");
    krate.run("migrate new create").is(Exit::Clean);
    krate.schema("model User {\n    id: Uuid  @id\n}\n");
    krate.run("migrate new other_key --allow lossy_type,rewrite,no_value").is(Exit::Clean);
    krate.run("migrate squash").is(Exit::Clean);
    assert_eq!(krate.migrations().len(), 1);
}
