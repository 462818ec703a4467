//! This program once more, in the profile that build scripts get.

use std::process::{Command, Stdio};

use super::Measured;
use crate::Failure;
use crate::report::progress;

/// Builds this program unoptimised, and has it measure the stages.
pub(super) fn measure(models: &[usize]) -> Result<Vec<Measured>, Failure> {
    progress("the compiler, unoptimised: building this program once more");
    let models = models.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    let mut command = Command::new(cargo());
    command.args(["run", "--quiet", "--package", "rex-bench", "--manifest-path"]);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    command.args(["--", "compiler", "--json", "--stages-only", "--models", &models]);
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("`cargo run` in the profile `dev`: {}", output.status).into());
    }
    let lines = str::from_utf8(&output.stdout)?.lines();
    Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// The cargo that runs this program, if one does.
pub(super) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
