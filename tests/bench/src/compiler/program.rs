//! The program `rexc`, as it is run from a shell.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::other_profile::cargo;
use super::{Measured, PROFILE, write_sample};
use crate::Failure;
use crate::clock::median_of_runs;
use crate::report::progress;

/// Builds `rexc`, and measures `rexc check` from its start to its end.
pub(super) fn measure(models: &[usize]) -> Result<Vec<Measured>, Failure> {
    let program = build()?;
    models.iter().map(|&models| measure_one(&program, models)).collect()
}

/// Builds `rexc`; answers with where it is.
pub(crate) fn build() -> Result<PathBuf, Failure> {
    progress("building rexc");
    let mut build = Command::new(cargo());
    build.args(["build", "--quiet", "--release", "--package", "rexc", "--manifest-path"]);
    build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let status = build.status()?;
    if !status.success() {
        return Err(format!("`cargo build` of rexc: {status}").into());
    }
    Ok(std::env::current_exe()?.with_file_name(format!("rexc{}", std::env::consts::EXE_SUFFIX)))
}

fn measure_one(program: &Path, models: usize) -> Result<Measured, Failure> {
    progress(&format!("rexc check, {models} models"));
    let folder = tempfile::tempdir()?;
    write_sample(models, folder.path())?;
    let mut check = Command::new(program);
    check.arg("check").arg(folder.path()).args(["--databases", "sqlite,postgres"]);
    check.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = check.status()?;
    if !status.success() {
        return Err(format!("`rexc check` of the sample: {status}").into());
    }
    let ns = median_of_runs(|| check.status());
    Ok(Measured::new("rexc check", models, PROFILE, ns))
}
