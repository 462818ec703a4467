//! One JSON object a line. Keys are never left out: what is not there is null, or empty.

use std::io::{self, Write};

use rex_compiler::diagnostic::{Diagnostic, Fix, Label};
use rex_compiler::{Severity, Sources};
use serde::Serialize;

use super::region::Region;
use super::{Told, each, other_help};

pub(super) fn write(all: &[Told<'_>], out: &mut dyn Write) -> io::Result<()> {
    for (sources, diagnostic) in each(all) {
        serde_json::to_writer(&mut *out, &object(sources, diagnostic))?;
        writeln!(out)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Object<'a> {
    code: &'static str,
    lint: Option<&'static str>,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
    labels: Vec<LabelObject<'a>>,
    notes: Vec<String>,
    fixes: Vec<FixObject<'a>>,
}

/// A word about a place; the primary place's own comes first.
#[derive(Serialize)]
struct LabelObject<'a> {
    primary: bool,
    text: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
}

#[derive(Serialize)]
struct FixObject<'a> {
    title: &'a str,
    edits: Vec<EditObject<'a>>,
}

#[derive(Serialize)]
struct EditObject<'a> {
    #[serde(flatten)]
    region: Region<'a>,
    text: &'a str,
}

fn object<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Object<'a> {
    let label = |label: &'a Label, primary| LabelObject {
        primary,
        text: &label.text,
        region: Region::new(sources, label.place),
    };
    let primary = diagnostic.primary.iter().filter(|label| !label.text.is_empty());
    let help = other_help(diagnostic).map(|help| format!("help: {help}"));
    Object {
        code: diagnostic.code.as_str(),
        lint: diagnostic.code.lint(),
        severity: match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        region: diagnostic
            .primary
            .as_ref()
            .map_or_else(Region::default, |label| Region::new(sources, label.place)),
        labels: primary
            .map(|it| label(it, true))
            .chain(diagnostic.secondary.iter().map(|it| label(it, false)))
            .collect(),
        notes: diagnostic.notes.iter().cloned().chain(help).collect(),
        fixes: diagnostic.fixes.iter().map(|it| fix(sources, it)).collect(),
    }
}

fn fix<'a>(sources: &'a Sources, fix: &'a Fix) -> FixObject<'a> {
    let edits =
        fix.edits.iter().map(|(place, text)| EditObject { region: Region::new(sources, *place), text });
    FixObject { title: &fix.title, edits: edits.collect() }
}
