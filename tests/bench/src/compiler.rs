//! Measures the compiler, stage by stage, and what rustc makes of the generated code.

mod build_script;
mod crate_check;
mod other_profile;
mod program;
mod sample;
mod stages;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use program::build as build_rexc;

use crate::Failure;
use crate::command_line::CompilerArguments;
use crate::report::{Measurement, Report, time};

/// Models of the crate that rustc checks.
const CHECKED: usize = 100;

/// Models of which Rust is made; of more it is hundreds of megabytes.
const MOST_GENERATED: usize = 1_000;

/// The profile that this program is built in.
const PROFILE: &str = if cfg!(debug_assertions) { "dev" } else { "release" };

/// Measures all that the arguments ask for.
pub(crate) fn run(arguments: &CompilerArguments) -> Result<(), Failure> {
    let mut report = Report::new::<Measured>(arguments.json);
    let mut first = Vec::new();
    let mut add = |mut measured: Measured| {
        measured.growth = growth(&mut first, &measured);
        report.add(&measured)
    };
    for &models in &arguments.models {
        stages::measure(models).into_iter().try_for_each(&mut add)?;
    }
    if !arguments.stages_only {
        if PROFILE == "release" {
            program::measure(&arguments.models)?.into_iter().try_for_each(&mut add)?;
            let small: Vec<usize> =
                arguments.models.iter().copied().filter(|&models| models <= MOST_GENERATED).collect();
            other_profile::measure(&small)?.into_iter().try_for_each(&mut add)?;
        }
        build_script::measure(CHECKED)?.into_iter().try_for_each(&mut add)?;
        add(crate_check::measure(CHECKED)?)?;
    }
    Ok(report.finish()?)
}

/// The time of a model as a multiple of what it was in the first, smallest schema.
fn growth(first: &mut Vec<Measured>, measured: &Measured) -> Option<f64> {
    let of_model = |measured: &Measured| measured.ns as f64 / measured.models as f64;
    let same = |other: &&Measured| other.workload == measured.workload && other.profile == measured.profile;
    let found = first.iter().find(same).map(|first| of_model(measured) / of_model(first));
    if found.is_none() {
        first.push(measured.clone());
    }
    found
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
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Measured {
    workload: String,
    models: usize,
    profile: String,
    ns: u64,
    /// Lines of the Rust that came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lines: Option<usize>,
    /// Generated files taken from an earlier run, and all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hits: Option<(usize, usize)>,
    /// The time of a model, as a multiple of that in the smallest schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    growth: Option<f64>,
    /// The most memory that rustc had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    peak_bytes: Option<u64>,
}

impl Measured {
    fn new(workload: &str, models: usize, profile: &str, ns: u64) -> Measured {
        let (workload, profile) = (workload.to_owned(), profile.to_owned());
        Measured { workload, models, profile, ns, ..Measured::default() }
    }
}

impl Measurement for Measured {
    const HEAD: &'static [&'static str] =
        &["workload", "models", "profile", "time", "growth", "kept files", "lines", "peak memory"];

    fn cells(&self) -> Vec<String> {
        let peak = self.peak_bytes.map(|bytes| format!("{} MiB", bytes >> 20));
        vec![
            self.workload.clone(),
            self.models.to_string(),
            self.profile.clone(),
            time(self.ns),
            self.growth.map(|growth| format!("×{growth:.2}")).unwrap_or_default(),
            self.hits.map(|(hits, all)| format!("{hits} of {all}")).unwrap_or_default(),
            self.lines.map(|lines| lines.to_string()).unwrap_or_default(),
            peak.unwrap_or_default(),
        ]
    }
}
