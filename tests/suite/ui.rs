//! The wording of rustc's errors for programs that use the generated code wrongly.
//!
//! Every file in `tests/ui` is a program with one mistake. All of them are checked by one run of
//! cargo, beside a library that is the blog's generated code.

use std::collections::BTreeMap;
use std::fs;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;

use crate::support::crates::{Crate, normalised, root};

/// A message of rustc's may have so many lines before nobody reads it.
const MOST_LINES: usize = 30;

#[test]
fn mistakes_are_told_in_the_users_terms() {
    let blog = Crate::new("ui");
    let source = blog.folder.path().join("src");
    fs::remove_file(source.join("main.rs")).expect("the blog's program");
    fs::write(source.join("lib.rs"), LIBRARY).expect("a library");
    fs::create_dir(source.join("bin")).expect("a folder");
    let more = blog.folder.path().join("schema/ui.rex");
    fs::copy(root().join("tests/ui/schema.rex"), more).expect("more models can be added");
    let mut programs = BTreeMap::new();
    for entry in fs::read_dir(root().join("tests/ui")).expect("tests/ui is there").flatten() {
        if entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let name = entry.path().file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path()).expect("a program");
        fs::write(source.join("bin").join(entry.file_name()), &text).expect("a program");
        programs.insert(name, text);
    }
    assert!(programs.len() >= 7, "too few programs: {:?}", programs.keys());
    let mut told = told(&blog);
    for (name, text) in programs {
        let messages = told.remove(&name).unwrap_or_default();
        assert!(!messages.is_empty(), "nothing is wrong with {name}");
        for message in &messages {
            let lines = message.lines().count();
            assert!(lines <= MOST_LINES, "{name}: {lines} lines:\n{message}");
        }
        let messages: Vec<String> = messages.iter().map(|message| without_bounds(message)).collect();
        insta::assert_snapshot!(format!("ui_{name}"), format!("{text}\n----\n\n{}", messages.join("\n")));
    }
}

/// What a type lacks that a field is to have.
#[test]
fn types_without_conversions_are_told() {
    let blog = Crate::new("types-blog");
    let source = blog.folder.path().join("src");
    fs::remove_file(source.join("main.rs")).expect("the blog's program");
    fs::write(source.join("lib.rs"), format!("{LIBRARY}{TYPES}")).expect("a library");
    let schema = "model Person {\n    id: BigInt = autoincrement() @id\n    email: String @rust(\"crate::Email\")\n}\n";
    fs::write(blog.folder.path().join("schema/person.rex"), schema).expect("a schema");
    let told = told_of(&blog, "--lib").remove("types_blog").unwrap_or_default().join("\n");
    // Where it stands in the generated code changes with that code.
    let says = |line: &&str| line.starts_with("error") || line.trim_start().starts_with("= note:");
    let says: Vec<&str> = told.lines().filter(says).map(str::trim).collect();
    insta::assert_snapshot!("ui_types_without_conversions", format!("{TYPES}\n----\n\n{}", says.join("\n")));
}

/// What a program is told that applies migrations, and has none.
#[test]
fn migrations_that_are_not_there_are_told() {
    let blog = Crate::new("unmigrated-blog");
    let source = blog.folder.path().join("src");
    fs::remove_file(source.join("main.rs")).expect("the blog's program");
    fs::remove_dir_all(blog.folder.path().join("migrations")).expect("its migrations");
    fs::write(source.join("lib.rs"), format!("{LIBRARY}{MIGRATES}")).expect("a library");
    let told = told_of(&blog, "--lib").remove("unmigrated_blog").unwrap_or_default();
    // Where `Db` stands in the generated code changes with that code.
    let is_said =
        |line: &&str| line.starts_with("error") || line.contains("^ there is") || line.contains("= note:");
    let said: Vec<&str> = told.iter().flat_map(|message| message.lines()).filter(is_said).collect();
    insta::assert_snapshot!(
        "ui_migrations_that_are_not_there",
        format!("{MIGRATES}\n----\n\n{}", said.join("\n"))
    );
}

/// A feature that rules need, and that is off, is told once, however many fields have them.
#[test]
fn features_of_rules_that_are_off_are_told_once() {
    let blog = Crate::new("rules-blog");
    let source = blog.folder.path().join("src");
    fs::remove_file(source.join("main.rs")).expect("the blog's program");
    fs::write(source.join("lib.rs"), LIBRARY).expect("a library");
    fs::write(blog.folder.path().join("schema/rules.rex"), RULES).expect("a schema");
    let told = told_of(&blog, "--lib").remove("rules_blog").unwrap_or_default();
    let is_said = |line: &&str| line.starts_with("error") || line.contains("^ ") || line.contains("= note:");
    let said: Vec<&str> = told.iter().flat_map(|message| message.lines()).filter(is_said).collect();
    insta::assert_snapshot!("ui_features_of_rules", format!("{RULES}\n----\n\n{}", said.join("\n")));
}

const RULES: &str = "
model Sender {
    id:      BigInt = autoincrement()  @id
    address: String                    @email
    reply:   String                    @email
    home:    String                    @url
    code:    String                    @pattern(r\"^[a-z]+$\")
}

model Receiver {
    id:      BigInt = autoincrement()  @id
    address: String                    @email
    home:    String                    @url
    code:    String                    @pattern(r\"^[a-z]+$\")
}
";

const MIGRATES: &str = "
pub async fn start(db: &blog::Db) -> rex_orm::Result<()> {
    db.migrate().await?;
    Ok(())
}
";

const TYPES: &str = "
/// A text with an `@` in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Email(pub String);
";

const LIBRARY: &str =
    "//! The blog's generated code.\n\npub mod blog {\n    rex_orm::include_schema!();\n}\n";

/// What rustc says of each program.
fn told(blog: &Crate) -> BTreeMap<String, Vec<String>> {
    told_of(blog, "--bins")
}

fn told_of(blog: &Crate, targets: &str) -> BTreeMap<String, Vec<String>> {
    let output = blog.check(&[targets, "--keep-going", "--message-format=json"]);
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in Message::parse_stream(output.stdout.as_slice()) {
        let Ok(Message::CompilerMessage(message)) = message else { continue };
        let level = message.message.level;
        let counts = message.message.spans.is_empty();
        if matches!(level, DiagnosticLevel::Error | DiagnosticLevel::Warning) && !counts {
            let rendered = message.message.rendered.unwrap_or_default();
            told.entry(message.target.name).or_default().push(normalised(&rendered));
        }
    }
    told
}

/// Without the lines that show where a bound, a method or a type stands: they change with every line of
/// the runtime, of the generated code, and of rustc's own sources, and with the folder of all that.
fn without_bounds(message: &str) -> String {
    let mut kept = Vec::new();
    let (mut skipping, mut in_a_file) = (false, false);
    for line in message.lines() {
        let said = line.trim_start();
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let elsewhere = [
                "note: required by a bound",
                "note: tuple variant",
                "note: method defined here",
                "help: the following other types implement trait",
                "help: the trait `",
            ];
            skipping = elsewhere.iter().any(|start| line.starts_with(start));
        }
        in_a_file = said.starts_with("::: ") || (in_a_file && !said.starts_with("= "));
        let of_a_long_type = ["full name for the type", "to print the full type name"];
        if !skipping && !in_a_file && !of_a_long_type.iter().any(|words| said.contains(words)) {
            kept.push(line);
        }
    }
    kept.join("\n")
}
