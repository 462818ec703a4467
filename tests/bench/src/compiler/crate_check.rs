//! What rustc makes of the generated code: a crate of nothing else, checked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::other_profile::cargo;
use super::{Measured, stages};
use crate::Failure;
use crate::clock::median;
use crate::report::progress;

const RUNS: usize = 3;

/// The crate's name, by which its rustc is known among the processes.
const NAME: &str = "rex_bench_generated";

const MANIFEST: &str = r#"[package]
name = "rex_bench_generated"
version = "0.0.0"
edition = "2024"

[dependencies]
rex-orm = { path = "RUNTIME", default-features = false, features = ["chrono", "decimal", "postgres", "sqlite", "uuid"] }

[workspace]
"#;

/// Makes the crate beside this program, and measures `cargo check` of it.
pub(super) fn measure(models: usize) -> Result<Measured, Failure> {
    progress(&format!("cargo check of the generated code of {models} models"));
    let files = stages::generated(models);
    let folder = make(&files)?;
    // Dependencies, the first time; and the crate itself, so that everything is in the cache.
    finish(check(&folder)?)?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        touch(&folder)?;
        let start = Instant::now();
        finish(check(&folder)?)?;
        times.push(start.elapsed());
    }
    touch(&folder)?;
    Ok(Measured {
        lines: Some(stages::lines(&files)),
        peak_bytes: peak(check(&folder)?)?,
        ..Measured::new("cargo-check", models, "dev", median(times).as_nanos() as u64)
    })
}

fn make(files: &[rex_compiler::codegen::GeneratedFile]) -> Result<PathBuf, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).ok_or("this program is in no target folder")?;
    let folder = target.join("rex-bench");
    rex_build::write_files(&folder.join("src/schema"), files)?;
    let runtime = root.join("runtime");
    fs::write(folder.join("Cargo.toml"), MANIFEST.replace("RUNTIME", &runtime.to_string_lossy()))?;
    fs::write(folder.join("src/lib.rs"), "pub mod schema;\n")?;
    // The versions that Rex itself is built with.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(folder)
}

/// A change that is none: cargo goes by the time.
fn touch(folder: &Path) -> Result<(), Failure> {
    Ok(File::options().append(true).open(folder.join("src/lib.rs"))?.set_modified(SystemTime::now())?)
}

fn check(folder: &Path) -> Result<Child, Failure> {
    let mut command = Command::new(cargo());
    command.args(["check", "--quiet", "--color", "never"]).current_dir(folder);
    command.env("CARGO_TARGET_DIR", folder.join("target")).env("CARGO_INCREMENTAL", "0");
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?)
}

fn finish(mut cargo: Child) -> Result<(), Failure> {
    let status = cargo.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`cargo check` of the generated code: {status}").into())
    }
}

/// The most memory that the crate's rustc has while cargo runs; none where there is no `/proc`.
fn peak(mut cargo: Child) -> Result<Option<u64>, Failure> {
    let mut rustc = None;
    let mut most = None;
    while cargo.try_wait()?.is_none() {
        rustc = rustc.or_else(find);
        most = rustc.as_deref().and_then(high_water).or(most);
        thread::sleep(Duration::from_millis(5));
    }
    finish(cargo)?;
    Ok(most)
}

/// The folder in `/proc` of the rustc that checks the crate.
fn find() -> Option<PathBuf> {
    let processes = fs::read_dir("/proc").ok()?.flatten().map(|entry| entry.path());
    let mut checking = processes.filter(|path| {
        let arguments = fs::read(path.join("cmdline")).unwrap_or_default();
        arguments.split(|&byte| byte == 0).any(|argument| argument == NAME.as_bytes())
    });
    checking.next()
}

/// Bytes that a process has had resident at most.
fn high_water(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
