//! What is written when a schema has errors, so that rustc tells them and nothing else.
//!
//! A crate uses what its schema declares, all over. If rustc were given what could be made out, it
//! would tell of each field and method that is missing because of the errors. So it gets a module
//! with nothing in it but `compile_error!`:
//!
//! - From 1.95 on rustc says nothing about a name that it does not find in such a module, nor
//!   about what is done with it. A glob import (`use blog::*`) brings no such name, and what it
//!   should have brought is told of. Therefore each name stands there, as an alias of a type that
//!   is not found.
//! - An older rustc tells all the names. It stops at once at `include!` of a file that does not
//!   exist, with one more error, which the name of that file explains.
//!
//! Editors see what could be made out: rust-analyzer sets `cfg(rust_analyzer)`.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write;
use std::process::Command;

use heck::ToSnakeCase;
use rex_compiler::Sources;
use rex_compiler::codegen::GeneratedFile;

use crate::output::HEAD;

/// The file with the text of the errors.
pub(crate) const ERRORS: &str = "errors.txt";

/// The first minor version of rustc that keeps quiet about modules with `compile_error!`.
const QUIET: u32 = 95;

/// Words that declare a name.
const DECLARING: [&str; 5] = ["model", "enum", "type", "view", "union"];

/// The files of a schema with errors. `text` tells the errors, `files` is what could be made out.
pub(crate) fn files(sources: &Sources, files: &[GeneratedFile], text: String) -> Vec<GeneratedFile> {
    let is_quiet = rustc_minor().is_some_and(|minor| minor >= QUIET);
    let mut out = vec![
        GeneratedFile { name: "schema.rs".to_owned(), text: root(sources, is_quiet) },
        GeneratedFile { name: ERRORS.to_owned(), text },
    ];
    out.extend(files.iter().cloned().map(|file| match file.name.as_str() {
        "schema.rs" => GeneratedFile { name: "editor.rs".to_owned(), ..file },
        _ => file,
    }));
    out
}

fn root(sources: &Sources, is_quiet: bool) -> String {
    let quieting = match is_quiet {
        true => aliases(sources),
        false => "#[cfg(not(rust_analyzer))]\n::core::include!(\"the schema has errors, told above\");\n"
            .to_owned(),
    };
    format!(
        r#"{HEAD} from a schema with errors.

#[cfg(not(rust_analyzer))]
::core::compile_error!(::core::include_str!("errors.txt"));

#[cfg(rust_analyzer)]
::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/rex/editor.rs"));

{quieting}"#
    )
}

/// Each name that generated code would have, or may have.
fn aliases(sources: &Sources) -> String {
    let mut types = BTreeSet::from(["Db".to_owned()]);
    let mut modules = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for name in sources.ids().flat_map(|id| declared(sources.text(id))) {
        types.extend([name.to_owned(), format!("New{name}")]);
        ids.insert(format!("{name}Id"));
        modules.insert(name.to_snake_case());
    }
    let mut text = String::from(
        "// Each name is of a type that does not exist, about which rustc says nothing beside `compile_error!`.\n",
    );
    let mut line = |item: String| {
        writeln!(text, "#[cfg(not(rust_analyzer))] {item}").expect("a text can be written to");
    };
    types.union(&ids).for_each(|name| line(format!("pub type {name} = self::__missing::T;")));
    for name in &ids {
        line(format!(
            "#[allow(non_upper_case_globals)] pub const {name}: self::__missing::T = ::core::panic!();"
        ));
    }
    for name in modules.difference(&types) {
        line(format!("#[allow(non_camel_case_types)] pub type r#{name} = self::__missing::T;"));
    }
    text
}

/// The names that a text seems to declare. Broken declarations count, which no syntax tree has;
/// a name too many does no harm.
fn declared(text: &str) -> impl Iterator<Item = &str> {
    let mut before = "";
    let words =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    words.filter(move |word| {
        let declares = DECLARING.contains(&before) && word.starts_with(|c: char| c.is_ascii_uppercase());
        before = word;
        // Neither is written as a raw identifier.
        declares && *word != "Self" && !["self", "super", "crate"].contains(&word.to_snake_case().as_str())
    })
}

/// The 95 of `rustc 1.95.0 (…)`, of the rustc that cargo will run.
fn rustc_minor() -> Option<u32> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}
