//! A build script as cargo builds and runs it: unoptimised, from `.rex` files to the Rust in
//! `OUT_DIR`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::other_profile::cargo;
use super::{Measured, write_sample};
use crate::Failure;
use crate::clock::median;
use crate::report::progress;

const RUNS: usize = 15;

const MANIFEST: &str = r#"[package]
name = "rex_bench_script"
version = "0.0.0"
edition = "2024"

[package.metadata.rex]
databases = ["sqlite", "postgres"]

[build-dependencies]
rex-build = { path = "BUILD" }

[workspace]
"#;

/// What the last file of the sample has, and what a change makes of it.
const CHANGE: [&str; 2] = ["    notes: ", "    remark:      String?\n    notes: "];

/// Builds a crate with a schema beside this program, and runs its script as cargo does: with
/// nothing kept, with one model changed, and with nothing changed.
pub(super) fn measure(models: usize) -> Result<Vec<Measured>, Failure> {
    progress(&format!("the build script of a crate with {models} models"));
    let folder = make(models)?;
    let out = tempfile::tempdir()?;
    let run = |keep: bool| run(&folder, out.path(), keep);
    let [file, plain, changed] = versions(&folder.join("schema"))?;
    let measured = |workload: &str, times: Vec<Duration>| {
        Measured::new(workload, models, "dev", median(times).as_nanos() as u64)
    };
    let cold = (0..RUNS).map(|_| run(false)).collect::<Result<_, _>>()?;
    let same = (0..RUNS).map(|_| run(true)).collect::<Result<_, _>>()?;
    let mut one = Vec::new();
    for text in [&changed, &plain].into_iter().cycle().take(RUNS) {
        fs::write(&file, text)?;
        one.push(run(true)?);
    }
    fs::write(&file, plain)?;
    Ok(vec![
        measured("build script", cold),
        measured("build script, one changed", one),
        measured("build script, none changed", same),
    ])
}

/// The crate, whose script is built.
fn make(models: usize) -> Result<PathBuf, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).ok_or("this program is in no target folder")?;
    let folder = target.join("rex-bench-script");
    let schema = folder.join("schema");
    if schema.exists() {
        fs::remove_dir_all(&schema)?;
    }
    write_sample(models, &schema)?;
    fs::create_dir_all(folder.join("src"))?;
    let build = root.join("build-support");
    fs::write(folder.join("Cargo.toml"), MANIFEST.replace("BUILD", &build.to_string_lossy()))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::write(folder.join("build.rs"), "fn main() {\n    rex_build::compile(\"schema\");\n}\n")?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut build = Command::new(cargo());
    build.args(["build", "--quiet"]).current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
    let status = build.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    match status.success() {
        true => Ok(folder),
        false => Err(format!("`cargo build` of a crate with a schema: {status}").into()),
    }
}

/// The last file of the schema, its text, and the text with another column in one model.
fn versions(schema: &Path) -> Result<[String; 3], Failure> {
    let mut files =
        fs::read_dir(schema)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, Failure>>()?;
    files.sort();
    let file = files.pop().ok_or("the sample has files")?;
    let plain = fs::read_to_string(&file)?;
    let changed = plain.replacen(CHANGE[0], CHANGE[1], 1);
    match plain == changed {
        true => Err("the sample has no column `notes` to change".into()),
        false => Ok([file.to_string_lossy().into_owned(), plain, changed]),
    }
}

/// The script's time from its start to its end.
fn run(folder: &Path, out: &Path, keep: bool) -> Result<Duration, Failure> {
    if !keep && out.join("rex").exists() {
        fs::remove_dir_all(out.join("rex"))?;
    }
    let mut script = Command::new(script(folder)?);
    script.current_dir(folder).env("CARGO_MANIFEST_DIR", folder).env("OUT_DIR", out);
    let start = Instant::now();
    let output = script.stdin(Stdio::null()).output()?;
    let time = start.elapsed();
    let told = String::from_utf8_lossy(&output.stdout);
    match output.status.success() && !told.contains("cargo::error") {
        true => Ok(time),
        false => Err(format!("the build script of a crate with a schema failed:\n{told}").into()),
    }
}

/// The program that cargo made of `build.rs`.
fn script(folder: &Path) -> Result<PathBuf, Failure> {
    let built = fs::read_dir(folder.join("target/debug/build"))?.flatten().map(|entry| entry.path());
    let scripts = built.map(|path| path.join(format!("build-script-build{}", std::env::consts::EXE_SUFFIX)));
    let ours = |path: &PathBuf| path.to_string_lossy().contains("rex_bench_script") && path.exists();
    // The newest: an older one is of an older compiler.
    let newest = scripts.filter(ours).max_by_key(|path| fs::metadata(path).and_then(|of| of.modified()).ok());
    newest.ok_or_else(|| "cargo made no program of `build.rs`".into())
}
