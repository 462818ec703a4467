//! The program `rexc`, run from its start to its end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::Sample;
use crate::Failure;
use crate::compiler::build_rexc;

/// The program.
pub(super) struct Program(PathBuf);

impl Program {
    /// Builds it.
    pub(super) fn build() -> Result<Program, Failure> {
        build_rexc().map(Program)
    }

    /// A command in a folder.
    pub(super) fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command.current_dir(folder).args(arguments).env_remove("DATABASE_URL");
        command
    }

    /// Runs a command.
    pub(super) fn run(&self, folder: &Path, arguments: &[&str]) -> Result<u64, Failure> {
        run(&mut self.command(folder, arguments))
    }
}

/// Runs a command; the nanoseconds that it took.
pub(super) fn run(command: &mut Command) -> Result<u64, Failure> {
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    let ns = start.elapsed().as_nanos() as u64;
    match output.status.success() {
        true => Ok(ns),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

/// The shortest of several.
pub(super) fn best(runs: usize, mut run: impl FnMut() -> Result<u64, Failure>) -> Result<u64, Failure> {
    let first = run()?;
    (1..runs).try_fold(first, |best, _| Ok(best.min(run()?)))
}

/// What every command is told of the sample.
pub(super) fn places(database: &str) -> [String; 6] {
    let migrations = format!("migrations_{database}");
    ["--schema", "schema", "--migrations", &migrations, "--databases", database].map(str::to_owned)
}

/// `rexc migrate new` with a column more in one model, behind a migration that makes all tables.
pub(super) fn new(rexc: &Program, sample: &Sample, database: &str, runs: usize) -> Result<u64, Failure> {
    let folder = sample.0.path();
    let places = places(database);
    let new = |name: &str| {
        let mut command = rexc.command(folder, &["migrate", "new", name]);
        command.args(&places);
        command
    };
    run(&mut new("create_all"))?;
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("schema"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, Failure>>()?;
    files.sort();
    let file = files.pop().ok_or("the sample has files")?;
    let plain = fs::read_to_string(&file)?;
    let changed = plain.replacen("    notes: ", "    remark:     String?\n    notes: ", 1);
    fs::write(&file, changed)?;
    let migrations = folder.join(format!("migrations_{database}"));
    let ns = best(runs, || {
        let ns = run(&mut new("add_remark"))?;
        // The next one is to do the same.
        for entry in fs::read_dir(&migrations)? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with("_add_remark") {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(ns)
    });
    fs::write(&file, plain)?;
    ns
}
