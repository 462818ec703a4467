//! The repository as data: its Rust files, as text and as tokens.
//!
//! Must not judge: what is right is said in `suite::tidy`.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Folders with Rust that is data: inputs and outputs of the compiler, programs that are wrong
/// on purpose.
const DATA: &[&str] = &["fixtures", "expected", "ui", "target"];

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("`tests` is in the workspace")
}

/// What the `Cargo.toml` in a fixture's folder says; without one, it is for both databases.
pub(crate) fn configuration(fixture: &Path) -> rex_build::Config {
    let folder = if fixture.is_file() { fixture.parent().unwrap_or(fixture) } else { fixture };
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    rex_build::Config::from_manifest("Cargo.toml", &manifest).expect("it is TOML").0
}

/// A Rust file that somebody here wrote.
pub(crate) struct RustFile {
    /// From the root, with `/` on every system.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The Rust files that are neither data nor generated, in the order of their paths.
pub(crate) fn rust_files() -> Vec<RustFile> {
    let mut paths = Vec::new();
    collect(root(), &mut paths);
    paths.sort();
    let files = paths.into_iter().map(|path| RustFile {
        text: fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        path: relative(&path),
    });
    files.filter(|file| !file.text.starts_with("// @generated")).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().expect("entries have names").to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !DATA.contains(&name.as_str()) {
            collect(&path, paths);
        } else if path.is_file() && name.ends_with(".rs") {
            paths.push(path);
        }
    }
}

fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("the walk begins at the root");
    inside.to_string_lossy().replace('\\', "/")
}

impl RustFile {
    /// The tokens without comments; every literal is `""`.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        flatten(self.parse(), &mut tokens);
        tokens
    }

    /// The same without items under `#[cfg(test)]`.
    pub(crate) fn shipped_tokens(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        flatten(without_tests(self.parse()), &mut tokens);
        tokens
    }

    fn parse(&self) -> TokenStream {
        self.text.parse().unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<String>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(open.to_owned());
                flatten(group.stream(), tokens);
                tokens.push(close.to_owned());
            }
            TokenTree::Literal(_) => tokens.push("\"\"".to_owned()),
            TokenTree::Ident(_) | TokenTree::Punct(_) => tokens.push(tree.to_string()),
        }
    }
}

/// Leaves out what follows an outer `#[cfg(test)]`, to the end of that item.
fn without_tests(stream: TokenStream) -> TokenStream {
    let mut in_a_test_item = false;
    let mut kept = Vec::<TokenTree>::new();
    for tree in stream {
        let ends_an_item = match &tree {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        if in_a_test_item {
            in_a_test_item = !ends_an_item;
        } else if is_cfg_test(&tree) {
            kept.pop_if(|tree| tree.to_string() == "#");
            in_a_test_item = true;
        } else {
            kept.push(tree);
        }
    }
    kept.into_iter().collect()
}

fn is_cfg_test(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    let text: String = group.stream().to_string().split_whitespace().collect();
    group.delimiter() == Delimiter::Bracket && text == "cfg(test)"
}
