//! Measurements on the screen: a table for people, or a line of JSON each.

use std::io::{self, IsTerminal, Write};

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

/// One line of a report.
pub(crate) trait Measurement: Serialize {
    /// The names of the columns.
    const HEAD: &'static [&'static str];

    /// The columns for people; the first words are to the left, numbers to the right.
    fn cells(&self) -> Vec<String>;
}

/// Where measurements go.
pub(crate) struct Report {
    json: bool,
    table: Table,
}

impl Report {
    /// A report of measurements `M`.
    pub(crate) fn new<M: Measurement>(json: bool) -> Report {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(M::HEAD.to_vec());
        Report { json, table }
    }

    /// Takes a measurement; JSON is printed at once.
    pub(crate) fn add(&mut self, measurement: &impl Measurement) -> io::Result<()> {
        if !self.json {
            self.table.add_row(measurement.cells());
            return Ok(());
        }
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, measurement)?;
        out.write_all(b"\n")
    }

    /// Prints the table.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        for column in self.table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(io::stdout(), "{}", self.table.trim_fmt())
    }
}

/// Says what is being done, to somebody who waits.
pub(crate) fn progress(what: &str) {
    if io::stderr().is_terminal() {
        eprintln!("measuring {what} …");
    }
}

/// A time with three digits and its unit.
pub(crate) fn time(ns: u64) -> String {
    const UNITS: [(&str, f64); 4] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0)];
    let ns = ns as f64;
    let (unit, size) = UNITS.into_iter().find(|&(_, size)| ns >= size).unwrap_or(UNITS[3]);
    let value = ns / size;
    let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.places$} {unit}")
}

/// An amount of memory in KiB.
pub(crate) fn size(bytes: u64) -> String {
    format!("{:.1} KiB", bytes as f64 / 1024.0)
}
