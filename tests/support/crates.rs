//! Crates that use Rex, made for a test: the blog, copied, to be broken or added to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A copy of the blog in a folder of its own, with a target folder that later runs find warm.
pub(crate) struct Crate {
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is there")
}

impl Crate {
    /// `name` is the package's: cargo tells packages of one target folder apart by it.
    pub(crate) fn new(name: &str) -> Crate {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blog = root().join("tests/blog");
        for part in ["schema", "src", "migrations"] {
            copy(&blog.join(part), &folder.path().join(part));
        }
        for file in ["build.rs", "../../Cargo.lock"] {
            let name = Path::new(file).file_name().expect("a file has a name");
            fs::copy(blog.join(file), folder.path().join(name)).expect("a file can be copied");
        }
        let manifest =
            MANIFEST.replace("NAME", name).replace("ROOT", &root().display().to_string().replace('\\', "/"));
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("a manifest");
        Crate { folder }
    }

    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replacen(from, to, 1)).expect("the file can be written");
    }

    /// `cargo check` with more arguments.
    pub(crate) fn check(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--offline", "--color", "never"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", root().join("target/tests/crates"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }
}

/// Copies a folder and all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the blog is there").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy(&from, &to),
            false => drop(fs::copy(from, to).expect("a file can be copied")),
        }
    }
}

const MANIFEST: &str = r#"
[package]
name = "NAME"
version = "0.1.0"
edition = "2024"

[workspace]

[package.metadata.rex]
databases = ["sqlite", "postgres"]

[dependencies]
rex-orm = { path = "ROOT/runtime", default-features = false, features = ["chrono", "decimal", "uuid", "postgres"] }
tokio = { version = "1", default-features = false, features = ["macros", "rt-multi-thread"] }

[build-dependencies]
rex-build = { path = "ROOT/build-support" }

[profile.dev.package."*"]
debug = false
"#;

/// What differs between machines and runs: the build folder's hash, and where things are.
pub(crate) fn normalised(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = match line.find("-blog-").and_then(|at| line[..at].rfind("build/")) {
            Some(at) => {
                let start = line[..at].rfind([' ', '"']).map_or(0, |space| space + 1);
                let end = line[at..].find("/out/").map_or(line.len(), |end| at + end);
                format!("{}OUT_DIR{}", &line[..start], &line[end..].replacen("/out", "", 1))
            }
            None => line.to_owned(),
        };
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}
