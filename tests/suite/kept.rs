//! Generated files that are kept are those that would be generated anew.

use std::time::{Duration, Instant};

use rex_compiler::codegen::{self, GeneratedFile, Kept, Layout, generate, generate_from};
use rex_compiler::{Options, Sources, check};
use rex_schema::Dialect;

use super::diagnostics::fixture;
use crate::support::mutate::{Random, mutate};

const BUILD: &str = "a build";

fn options(databases: Vec<Dialect>) -> codegen::Options {
    codegen::Options {
        databases,
        datetime: Default::default(),
        serde: false,
        layout: Layout::Included,
        migrations: false,
    }
}

fn both() -> codegen::Options {
    options(vec![Dialect::Postgres, Dialect::Sqlite])
}

/// Files on disk, with the index beside them.
#[derive(Default)]
struct Disk {
    files: Vec<GeneratedFile>,
    index: String,
}

impl Disk {
    fn kept(&self, build: &str) -> Kept {
        let text =
            |name: &str| self.files.iter().find(|file| file.name == name).map(|file| file.text.clone());
        Kept::read(build, &self.index, text)
    }

    /// Generates from what is kept, and compares with what is generated anew. Gives the number of
    /// files that were reused.
    fn generate(&mut self, sources: &Sources, options: &codegen::Options) -> usize {
        let checked = check(sources, &Options { databases: options.databases.clone(), ..Options::default() });
        let (files, kept) = generate_from(checked.partial(), options, &self.kept(BUILD));
        let anew = generate(checked.partial(), options);
        for (file, anew) in files.iter().zip(&anew) {
            assert!(file == anew, "kept:\n{}\nanew:\n{}", file.text, anew.text);
        }
        assert_eq!(files.len(), anew.len());
        *self = Disk { files, index: kept.index() };
        kept.reused
    }
}

fn schema(text: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add("schema/a.rex", text);
    sources
}

const SCHEMA: &str = "\
enum Role { reader, author }
enum State { draft, done }
model User {
    id: BigInt = autoincrement() @id
    name: String(80) @unique
    role: Role = reader
    posts: [Post]
}
model Post {
    id: BigInt = autoincrement() @id
    author: User
    title: String
    state: State = draft
    tags: [Tag]
}
model Tag {
    id: BigInt = autoincrement() @id
    name: String
    posts: [Post]
}
model Alone {
    id: BigInt = autoincrement() @id
    note: String?
}
model Country {
    code: String(2) @id
    name: String
}
";

/// What an edit of the schema leaves as it is: of the root, 2 enums and 5 models.
fn reused_after(from: &str, to: &str) -> usize {
    assert!(SCHEMA.contains(from), "{from}");
    let mut disk = Disk::default();
    assert_eq!(disk.generate(&schema(SCHEMA), &both()), 0);
    let reused = disk.generate(&schema(&SCHEMA.replacen(from, to, 1)), &both());
    let again = disk.generate(&schema(&SCHEMA.replacen(from, to, 1)), &both());
    assert_eq!(again, disk.files.len(), "nothing changed");
    reused
}

#[test]
fn what_an_edit_does_not_touch_is_kept() {
    assert_eq!(reused_after("note: String?", "note: Int?"), 6, "the root and a model");
    let (from, to) = ("posts: [Post]\n}\nmodel Post", "posts: [Post]\n    home: Country?\n}\nmodel Post");
    assert!(reused_after(from, to) >= 3, "the numbers of relations move");
    assert!(reused_after("title: String", "title: String(20)") >= 4);
    assert!(reused_after("reader, author", "reader, author, admin") >= 4);
    assert!(reused_after("model Alone", "model Before { id: Int @id }\nmodel Alone") >= 5, "ids move");
}

#[test]
fn what_another_compiler_or_hand_made_is_not_trusted() {
    let mut disk = Disk::default();
    disk.generate(&schema(SCHEMA), &both());
    let checked = check(&schema(SCHEMA), &Options::default());
    let reused = |kept: Kept| generate_from(checked.partial(), &both(), &kept).1.reused;
    assert_eq!(reused(disk.kept(BUILD)), 8);
    assert_eq!(reused(disk.kept("another build")), 0);
    disk.files[3].text.push(' ');
    assert_eq!(reused(disk.kept(BUILD)), 7);
    disk.index.truncate(disk.index.len() / 2);
    assert!(reused(disk.kept(BUILD)) < 7);
    disk.index = "\t\n\0".repeat(100);
    assert_eq!(reused(disk.kept(BUILD)), 0);
}

#[test]
fn options_are_part_of_what_files_are_made_from() {
    let mut disk = Disk::default();
    disk.generate(&schema(SCHEMA), &both());
    assert_eq!(disk.generate(&schema(SCHEMA), &options(vec![Dialect::Sqlite])), 0);
    let serde = codegen::Options { serde: true, ..options(vec![Dialect::Sqlite]) };
    assert_eq!(disk.generate(&schema(SCHEMA), &serde), 0);
}

/// Edits that mostly leave a schema without errors.
const EDITS: &[(&str, &str)] = &[
    ("BigInt", "Int"),
    ("BigInt", "Uuid"),
    ("= autoincrement()", ""),
    ("String", "Int"),
    ("Int", "String(30)"),
    ("?", ""),
    ("]", "]  @allow(int_key)"),
    ("name", "title"),
    ("posts", "articles"),
    ("author", "writer"),
    ("@unique", ""),
    ("@id", "@id @column(\"key\")"),
    ("model ", "/// Documented.\nmodel "),
    (" {\n", " {\n    more_text: String?\n"),
    (" {\n", " {\n    more_number: Int? @unique\n"),
    ("@on_delete(cascade)", ""),
    ("User", "Person"),
    ("enum ", "enum More { a, b }\nenum "),
    ("model ", "model More { id: Int @id }\nmodel "),
    ("reader", "guest, reader"),
];

/// Replaces one of the places where a text stands.
fn edit(text: &str, random: &mut Random) -> String {
    let (from, to) = EDITS[random.below(EDITS.len())];
    let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
    match places.get(random.below(places.len())) {
        // A name is changed throughout, else it would be unknown.
        Some(_) if from.len() > 3 && random.below(2) == 0 => text.replace(from, to),
        Some(&at) => format!("{}{to}{}", &text[..at], &text[at + from.len()..]),
        None => mutate(text, random),
    }
}

#[test]
fn after_any_edits_the_files_are_those_that_are_generated_anew() {
    let seed = std::env::var("REX_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x517c_c1b7);
    let seconds =
        std::env::var("REX_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(4);
    let (start, mut random) = (Instant::now(), Random(seed));
    let fixtures = fixture::all(&["valid"]);
    let mut texts: Vec<String> = fixtures
        .iter()
        .map(|fixture| fixture.sources.ids().map(|id| fixture.sources.text(id)).collect())
        .filter(|text: &String| text.len() < 4_000)
        .collect();
    texts.push(SCHEMA.to_owned());
    let mut reused = 0;
    while start.elapsed() < Duration::from_secs(seconds) {
        let mut text = texts[random.below(texts.len())].clone();
        let mut disk = Disk::default();
        for _ in 0..6 {
            reused += disk.generate(&schema(&text), &both());
            text = edit(&text, &mut random);
        }
    }
    assert!(reused > 0);
}
