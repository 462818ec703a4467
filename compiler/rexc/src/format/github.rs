//! Commands of GitHub's workflows, which annotate the lines of a change.
//!
//! The form and its escapes are those of `@actions/core`: `::error file=…,line=…::message`.

use std::io::{self, Write};

use rex_compiler::diagnostic::{Diagnostic, printable};
use rex_compiler::{Severity, Sources};

use super::region::Region;
use super::{Told, each};

pub(super) fn write(all: &[Told<'_>], out: &mut dyn Write) -> io::Result<()> {
    for (sources, diagnostic) in each(all) {
        writeln!(out, "{}", command(sources, diagnostic))?;
    }
    Ok(())
}

fn command(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let region = diagnostic.primary.as_ref().map(|label| Region::new(sources, label.place));
    let mut properties = Vec::new();
    if let Some(Region { file, line, column, end_line, end_column }) = region {
        let numbers = [("line", line), ("col", column), ("endLine", end_line), ("endColumn", end_column)];
        properties.push(format!("file={}", property(file.unwrap_or_default())));
        properties.extend(numbers.iter().filter_map(|(name, at)| Some(format!("{name}={}", (*at)?))));
    }
    let title = match diagnostic.code.lint() {
        Some(lint) => format!("{} ({lint})", diagnostic.code.as_str()),
        None => diagnostic.code.as_str().to_owned(),
    };
    properties.push(format!("title={}", property(&title)));
    format!("::{level} {}::{}", properties.join(","), data(&message(diagnostic)))
}

fn message(diagnostic: &Diagnostic) -> String {
    let label = diagnostic.primary.iter().map(|label| label.text.as_str()).filter(|text| !text.is_empty());
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(label.map(str::to_owned));
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}

fn data(text: &str) -> String {
    printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
