//! Measures Rex: its compiler, and its runtime against the raw drivers.
//!
//! ```text
//! cargo run --release -p rex-bench -- compiler | runtime | planner | instructions | memory | sample
//! ```
//!
//! # Terms
//!
//! A *workload* is what is measured, by name. A *measurement* is what came out: one line of the
//! report. A *pair* is a batch of Rex beside a batch of the raw driver, one right after the other.
//!
//! A new workload of the runtime is a file in `runtime/workloads/` and a row in its table.

mod clock;
mod command_line;
mod compiler;
mod heap;
mod planner;
mod report;
mod runtime;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

use command_line::{Arguments, Command};

/// Anything that keeps from measuring.
type Failure = Box<dyn Error + Send + Sync>;

/// What `main` does.
pub fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Compiler(arguments) => compiler::run(&arguments),
        Command::Runtime(arguments) => runtime::run(&arguments),
        Command::Planner(arguments) => planner::run(&arguments),
        Command::Instructions(arguments) => runtime::instructions::run(&arguments),
        Command::Memory { json } => runtime::memory::run(json),
        Command::Repeat(arguments) => runtime::repeat(&arguments),
        Command::Sample(arguments) => compiler::write_sample(arguments.models, &arguments.folder),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
