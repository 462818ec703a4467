//! The rules of the house that a machine can hold.
//!
//! Each test is named as the rule, and lists every place that breaks it.

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

use super::licence;
use crate::support::sources::{self, RustFile};

/// Who may know whom: a package, and those of ours that it may depend on.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("rex-sql", &[]),
    ("rex-grammar", &[]),
    ("rex-schema", &["rex-sql"]),
    ("rex-compiler", &["rex-grammar", "rex-schema", "rex-sql"]),
    ("rex-orm", &["rex-sql"]),
];

/// The direct dependencies of `rex-orm`.
const RUNTIME_DEPENDENCIES: &[&str] = &[
    "bytes",
    "chrono",
    "deadpool",
    "email_address",
    "futures-core",
    "futures-util",
    "jiff",
    "regex",
    "rex-sql",
    "rusqlite",
    "rust_decimal",
    "rustls-native-certs",
    "serde",
    "serde_json",
    "socket2",
    "time",
    "tokio",
    "tokio-postgres",
    "tokio-rustls",
    "tracing",
    "url",
    "uuid",
];

/// What `ls` shows.
const TOP_LEVEL: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "build-support",
    "compiler",
    "fixtures",
    "grammar",
    "runtime",
    "schema",
    "tests",
];

/// Lines of the longest file that is not a fault.
const MAX_LINES: usize = 800;

/// Where neither files nor the clock, the environment or the network may be touched.
const PURE: &[&str] = &["grammar/src/", "schema/src/", "compiler/src/"];

// Packages and their dependencies.

#[test]
fn packages_know_only_those_below_them() {
    let ours: BTreeSet<&str> = members().map(|package| package.name.as_str()).collect();
    let mut faults = Vec::new();
    for (name, allowed) in DIRECTIONS {
        for dependency in shipped_dependencies(member(name)) {
            if ours.contains(dependency) && !allowed.contains(&dependency) {
                faults.push(format!("{name} depends on {dependency}, and may on {allowed:?} only"));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn sql_depends_on_nothing() {
    let dependencies = shipped_dependencies(member("rex-sql"));
    assert!(dependencies.is_empty(), "build time and run time both carry rex-sql: {dependencies:?}");
}

#[test]
fn the_dependencies_of_the_runtime_are_frozen() {
    let dependencies = shipped_dependencies(member("rex-orm"));
    let expected: BTreeSet<&str> = RUNTIME_DEPENDENCIES.iter().copied().collect();
    let added: Vec<_> = dependencies.difference(&expected).collect();
    let removed: Vec<_> = expected.difference(&dependencies).collect();
    assert!(
        added.is_empty() && removed.is_empty(),
        "every dependency of rex-orm is compiled and shipped by each of its users, so that the list \
         changes on purpose only, here and there. Added: {added:?}; removed: {removed:?}"
    );
}

#[test]
fn pest_is_known_in_the_grammar_only() {
    let mut faults = Vec::new();
    for package in members().filter(|package| package.name != "rex-grammar") {
        let named = package.dependencies.iter().filter(|dependency| dependency.name.starts_with("pest"));
        faults.extend(named.map(|dependency| format!("{} depends on {}", package.name, dependency.name)));
    }
    assert_none(faults);
}

#[test]
fn diagnostics_are_drawn_in_one_file() {
    let files = sources::rust_files();
    let drawing = files.iter().filter(|file| file.tokens().iter().any(|token| token == "codespan_reporting"));
    let paths: Vec<&str> = drawing.map(|file| file.path.as_str()).collect();
    assert!(
        paths.len() == 1 && paths[0].starts_with("compiler/src/"),
        "exactly one file, in compiler/src, may name codespan_reporting: {paths:?}"
    );
}

#[test]
fn dependencies_say_why_they_are_there() {
    let mut faults = Vec::new();
    let manifests = members().map(|package| package.manifest_path.clone());
    for path in manifests.chain([metadata().workspace_root.join("Cargo.toml")]) {
        let manifest = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let name = path.strip_prefix(&metadata().workspace_root).unwrap_or(&path);
        faults.extend(unexplained(&manifest).map(|(line, text)| format!("{name}:{line}: {text}")));
    }
    assert_none(faults);
}

/// The lines, from 1, that name a dependency and end without a comment. The table of the
/// workspace says of its own packages where they are, which explains itself.
fn unexplained(manifest: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut section = "";
    manifest.lines().enumerate().filter_map(move |(number, line)| {
        if line.starts_with('[') {
            section = line.split(']').next().unwrap_or_default();
        }
        let key = line.split('=').next().unwrap_or_default();
        let names_one = if line.starts_with('[') {
            section.contains("dependencies.")
        } else {
            section.ends_with("dependencies") && line.contains('=') && is_key(key.trim_end())
        };
        let is_ours = section == "[workspace.dependencies" && line.contains("path = ");
        let explained = comment(line).contains(char::is_alphabetic);
        (names_one && !is_ours && !explained).then_some((number + 1, line))
    })
}

/// What follows the `#` that is not in a string.
fn comment(line: &str) -> &str {
    let mut in_a_string = false;
    let start = line.find(|c| {
        in_a_string ^= c == '"';
        c == '#' && !in_a_string
    });
    start.map_or("", |start| &line[start + 1..])
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[test]
fn unexplained_dependencies_are_seen() {
    let manifest = r##"
        [workspace.dependencies]
        ours = { path = "ours" }
        no-1 = "1"
        yes = "1" # a reason

        [dependencies]
        no-2.workspace = true
        yes.workspace = true # "a reason"
        no-3 = { version = "#", features = ["# in a string"] }

        [target.'cfg(unix)'.build-dependencies.no-4]
        version = "1"

        [features]
        default = []
    "##;
    let manifest = manifest.replace("        ", "");
    let names = unexplained(&manifest).map(|(_, line)| line.find("no-").map(|at| &line[at..at + 4]));
    assert_eq!(names.collect::<Vec<_>>(), ["no-1", "no-2", "no-3", "no-4"].map(Some));
}

#[test]
fn licences_are_permissive() {
    let mut faults = Vec::new();
    for package in &metadata().packages {
        let expression = package.license.as_deref().unwrap_or("none");
        if !licence::is_allowed(expression) {
            faults.push(format!("{} {}: {expression}", package.name, package.version));
        }
    }
    assert_none(faults);
}

// Files.

#[test]
fn the_top_level_is_the_architecture() {
    let entries = fs::read_dir(sources::root()).expect("the root can be read");
    let names = entries.map(|entry| entry.expect("the root can be read").file_name());
    let visible: BTreeSet<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect();
    let expected: BTreeSet<String> = TOP_LEVEL.iter().map(|&name| name.to_owned()).collect();
    let extra: Vec<_> = visible.difference(&expected).collect();
    let missing: Vec<_> = expected.difference(&visible).collect();
    assert!(extra.is_empty() && missing.is_empty(), "too much: {extra:?}; missing: {missing:?}");
}

#[test]
fn files_are_short() {
    assert_no_file(|file| {
        let lines = file.text.lines().count();
        (lines > MAX_LINES).then(|| format!("{lines} lines, and {MAX_LINES} are the most"))
    });
}

#[test]
fn files_say_what_lives_in_them() {
    assert_no_file(|file| (!file.text.starts_with("//!")).then(|| "does not open with `//!`".to_owned()));
}

#[test]
fn nothing_unfinished_lands() {
    assert_no_file(|file| {
        let tokens = file.tokens();
        let macros = ["todo", "unimplemented", "dbg"];
        let calls = |pair: &[String]| macros.contains(&pair[0].as_str()) && pair[1] == "!";
        let ignores = |triple: &[String]| triple.concat() == "#[ignore";
        let found = tokens.windows(2).any(calls) || tokens.windows(3).any(ignores);
        found.then(|| "has a todo!, unimplemented!, dbg! or #[ignore]".to_owned())
    });
}

#[test]
fn grammar_schema_and_compiler_touch_nothing_outside() {
    assert_no_file(|file| {
        let is_pure = PURE.iter().any(|folder| file.path.starts_with(folder));
        if !is_pure || file.path.ends_with("/tests.rs") {
            return None;
        }
        let tokens = file.shipped_tokens();
        let clocks = tokens.iter().filter(|token| ["SystemTime", "Instant"].contains(&token.as_str()));
        let modules = modules_of_std(&tokens);
        let outside = modules.into_iter().filter(|name| ["fs", "env", "net", "process"].contains(name));
        let found: Vec<&str> = clocks.map(String::as_str).chain(outside).collect();
        (!found.is_empty()).then(|| format!("names {found:?} of std"))
    });
}

/// What follows `std::`, also in braces.
fn modules_of_std(tokens: &[String]) -> Vec<&str> {
    let mut modules = Vec::new();
    for (start, four) in tokens.windows(4).enumerate() {
        if four[0] != "std" || four[1] != ":" || four[2] != ":" {
            continue;
        }
        if four[3] != "{" {
            modules.push(four[3].as_str());
            continue;
        }
        let mut depth = 0;
        for pair in tokens[start + 3..].windows(2) {
            match pair[0].as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 && (pair[0] == "{" || pair[0] == ",") {
                modules.push(pair[1].as_str());
            }
        }
    }
    modules
}

#[test]
fn modules_of_std_are_seen() {
    let text = r#"
        //! std::env is in a comment.
        use std::{collections::{BTreeMap, env}, fs, io::Read};
        fn process() { std::net::lookup("std::env"); }
        #[cfg(test)]
        mod tests { use std::process; }
        use std::path;
    "#;
    let file = RustFile { path: "a.rs".to_owned(), text: text.to_owned() };
    assert_eq!(modules_of_std(&file.shipped_tokens()), ["collections", "fs", "io", "net", "path"]);
    assert!(modules_of_std(&file.tokens()).contains(&"process"));
}

// What the rules are asked of.

fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| {
        let mut command = MetadataCommand::new();
        command.manifest_path(sources::root().join("Cargo.toml")).other_options(["--locked".to_owned()]);
        command.exec().unwrap_or_else(|error| panic!("cargo metadata: {error}"))
    })
}

fn members() -> impl Iterator<Item = &'static Package> {
    metadata().workspace_packages().into_iter()
}

fn member(name: &str) -> &'static Package {
    members().find(|package| package.name == name).unwrap_or_else(|| panic!("no package `{name}`"))
}

/// The names of the direct dependencies that a user compiles.
fn shipped_dependencies(package: &Package) -> BTreeSet<&str> {
    let shipped = package.dependencies.iter().filter(|it| it.kind != DependencyKind::Development);
    shipped.map(|dependency| dependency.name.as_str()).collect()
}

fn assert_no_file(fault: impl Fn(&RustFile) -> Option<String>) {
    let files = sources::rust_files();
    assert_none(files.iter().filter_map(|file| Some(format!("{}: {}", file.path, fault(file)?))).collect());
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
