//! What README says, done: its quick start is a crate, and the other blocks of Rust are functions of it.
//!
//! A block of a file stands behind its name (`` `build.rs`: ``). The rest may use `db` and rows that are
//! there; whatever else it names, it says where that is from.

use std::fmt::Write as _;
use std::fs;
use std::time::SystemTime;

use rex_compiler::diagnostic::Colour;
use rexc::{Console, Exit, Stream, run_in};

use crate::support::crates::{Crate, root};

/// A block of code.
struct Block {
    language: String,
    text: String,
    /// The line of README that it begins behind.
    line: usize,
    /// The last line of text before it.
    before: String,
}

fn blocks() -> Vec<Block> {
    let readme = fs::read_to_string(root().join("README.md")).expect("README is there");
    let (mut blocks, mut open, mut before): (Vec<Block>, Option<Block>, _) =
        (Vec::new(), None, String::new());
    for (place, line) in readme.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                let (language, before) = (language.to_owned(), std::mem::take(&mut before));
                open = Some(Block { language, text: String::new(), line: place + 1, before });
            }
            (None, Some(block)) => block.text.push_str(&format!("{line}\n")),
            (None, None) if !line.trim().is_empty() => before = line.to_owned(),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block of README is not closed");
    blocks
}

/// The one block of a file, or of a language.
fn one<'b>(blocks: &'b [Block], what: &str, is_it: impl Fn(&Block) -> bool) -> &'b str {
    let found: Vec<&Block> = blocks.iter().filter(|block| is_it(block)).collect();
    assert_eq!(found.len(), 1, "README has {} blocks of {what}", found.len());
    &found[0].text
}

fn rexc(made: &Crate, arguments: &str) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let console = &mut Console {
        folder: made.folder.path().to_owned(),
        input: &mut std::io::empty(),
        out: Stream { write: &mut out, colour: Colour::Never },
        err: Stream { write: &mut err, colour: Colour::Never },
        asks: false,
        now: SystemTime::UNIX_EPOCH,
    };
    let exit = run_in(std::iter::once("rexc").chain(arguments.split_whitespace()), console);
    let said = [out, err].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert_eq!(exit, Exit::Clean, "rexc {arguments}: {said}");
}

/// The crate of the quick start, in a folder of its own, and where it differs from README.
fn quick_start(blocks: &[Block]) -> Crate {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = root().display().to_string().replace('\\', "/");
    let mut manifest = one(blocks, "Cargo.toml", |block| block.language == "toml").to_owned();
    // The driver of SQLite takes a minute to compile, and nothing here names it.
    let features =
        r#"default-features = false, features = ["chrono", "decimal", "email", "json", "uuid", "postgres"]"#;
    for (from, to) in [
        (
            r#"{ version = "0.1", features = ["sqlite", "postgres"] }"#,
            format!("{{ path = \"{here}/runtime\", {features} }}"),
        ),
        // Its clock needs a crate that nothing here does, and that need not be at hand.
        (r#"chrono = "0.4""#, r#"chrono = { version = "0.4", default-features = false }"#.to_owned()),
        (r#"rex-build = "0.1""#, format!("rex-build = {{ path = \"{here}/build-support\" }}")),
    ] {
        assert!(manifest.contains(from), "README's Cargo.toml has no {from}");
        manifest = manifest.replace(from, &to);
    }
    let head = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n";
    let rust = |file: &str| one(blocks, file, |block| block.before.starts_with(&format!("`{file}`:")));
    let files = [
        ("Cargo.toml", format!("{head}{manifest}")),
        ("schema/shop.rex", one(blocks, "rex", |block| block.language == "rex").to_owned()),
        ("build.rs", rust("build.rs").to_owned()),
        ("src/main.rs", rust("src/main.rs").to_owned()),
        ("src/lib.rs", library(blocks)),
    ];
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock"))
        .expect("the versions of the workspace");
    Crate { folder }
}

/// The blocks that are no files, each as a function.
fn library(blocks: &[Block]) -> String {
    let mut text = String::from(
        "#![allow(unused)]\npub mod shop {\n    rex_orm::include_schema!();\n}\nuse shop::Db;\n",
    );
    for block in blocks.iter().filter(|block| block.language == "rust" && !block.before.ends_with(".rs`:")) {
        // A test's, with crates that only tests have; others hold what it says.
        if block.text.contains("#[test]") {
            continue;
        }
        writeln!(
            text,
            "\nasync fn line_{}(\n    db: Db, ada: shop::Customer, order: shop::Order, product: shop::Product, tag: shop::Tag, \
             email: &str,\n) -> rex_orm::Result<()> {{\n{}\n    Ok(())\n}}",
            block.line, block.text
        )
        .expect("text can be written to");
    }
    text
}

#[test]
fn what_readme_says_compiles() {
    let blocks = blocks();
    let made = quick_start(&blocks);
    rexc(&made, "fmt --check");
    rexc(&made, "check --deny warnings");
    rexc(&made, "migrate new create_shop");
    let output = made.check(&["--all-targets"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
}
