//! Measures the compiler, stage by stage, and what rustc makes of the generated code.

mod crate_check;
mod other_profile;
mod sample;
mod stages;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::command_line::CompilerArguments;
use crate::report::{Measurement, Report, time};

/// Models of the crate that rustc checks.
const CHECKED: usize = 100;

/// The profile that this program is built in.
const PROFILE: &str = if cfg!(debug_assertions) { "dev" } else { "release" };

/// Measures all that the arguments ask for.
pub(crate) fn run(arguments: &CompilerArguments) -> Result<(), Failure> {
    let mut report = Report::new::<Measured>(arguments.json);
    for &models in &arguments.models {
        for measured in stages::measure(models) {
            report.add(&measured)?;
        }
    }
    if !arguments.stages_only {
        if PROFILE == "release" {
            for measured in other_profile::measure(&arguments.models)? {
                report.add(&measured)?;
            }
        }
        report.add(&crate_check::measure(CHECKED)?)?;
    }
    Ok(report.finish()?)
}

/// Writes the schema of so many models into a folder.
pub(crate) fn write_sample(models: usize, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let sources = sample::schema(models);
    for id in sources.ids() {
        let name = Path::new(sources.name(id)).file_name().ok_or("a file has a name")?;
        fs::write(folder.join(name), sources.text(id))?;
    }
    Ok(())
}

/// What a stage took.
#[derive(Debug, Deserialize, Serialize)]
struct Measured {
    workload: String,
    models: usize,
    profile: String,
    ns: u64,
    /// Lines of the Rust that came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lines: Option<usize>,
    /// The most memory that rustc had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    peak_bytes: Option<u64>,
}

impl Measurement for Measured {
    const HEAD: &'static [&'static str] = &["workload", "models", "profile", "time", "lines", "peak memory"];

    fn cells(&self) -> Vec<String> {
        let peak = self.peak_bytes.map(|bytes| format!("{} MiB", bytes >> 20));
        vec![
            self.workload.clone(),
            self.models.to_string(),
            self.profile.clone(),
            time(self.ns),
            self.lines.map(|lines| lines.to_string()).unwrap_or_default(),
            peak.unwrap_or_default(),
        ]
    }
}
