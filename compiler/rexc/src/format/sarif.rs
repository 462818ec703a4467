//! A SARIF 2.1.0 document: one run, whose rules are the codes that were told, with their pages.

use std::io::{self, Write};

use rex_compiler::diagnostic::Colour;
use rex_compiler::diagnostic::{Code, Diagnostic, Fix, explain};
use rex_compiler::{Place, Severity, Sources};
use serde_json::{Value, json};

use super::region::Region;
use super::{Told, each};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(all: &[Told<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut codes: Vec<Code> = each(all).map(|(_, diagnostic)| diagnostic.code).collect();
    codes.sort();
    codes.dedup();
    let results = each(all).map(|(sources, diagnostic)| result(sources, diagnostic, &codes));
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "rexc",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": codes.iter().map(|&code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.summary() },
        "help": { "text": explain::explain(code, Colour::Never), "markdown": code.page() },
        "defaultConfiguration": { "level": level(code.severity()) },
    });
    if let Some(lint) = code.lint() {
        rule["name"] = json!(lint);
    }
    rule
}

/// `codes` are those of the rules, in order.
fn result(sources: &Sources, diagnostic: &Diagnostic, codes: &[Code]) -> Value {
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": codes.iter().position(|&code| code == diagnostic.code),
        "level": level(diagnostic.severity()),
        "message": { "text": lines.join("\n") },
    });
    if let Some(primary) = &diagnostic.primary {
        result["locations"] = json!([location(sources, primary.place, &primary.text)]);
    }
    let related = diagnostic.secondary.iter().map(|label| location(sources, label.place, &label.text));
    let related: Vec<Value> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    let fixes: Vec<Value> = diagnostic.fixes.iter().map(|it| fix(sources, it)).collect();
    if !fixes.is_empty() {
        result["fixes"] = json!(fixes);
    }
    result
}

fn location(sources: &Sources, place: Place, text: &str) -> Value {
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": artifact(sources.name(place.file)),
        "region": region(sources, place),
    } });
    if !text.is_empty() {
        location["message"] = json!({ "text": text });
    }
    location
}

fn region(sources: &Sources, place: Place) -> Value {
    let Region { line, column, end_line, end_column, .. } = Region::new(sources, place);
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

/// A file's name as a relative URI.
fn artifact(name: &str) -> Value {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    let encode = |byte: u8| if plain(&byte) { (byte as char).to_string() } else { format!("%{byte:02X}") };
    json!({ "uri": name.bytes().map(encode).collect::<String>() })
}

fn fix(sources: &Sources, fix: &Fix) -> Value {
    let mut files: Vec<_> = fix.edits.iter().map(|(place, _)| place.file).collect();
    files.sort();
    files.dedup();
    let change = |file| {
        let edits = fix.edits.iter().filter(|(place, _)| place.file == file);
        let replacement = |(place, text): &(Place, String)| json!({ "deletedRegion": region(sources, *place), "insertedContent": { "text": text } });
        json!({
            "artifactLocation": artifact(sources.name(file)),
            "replacements": edits.map(replacement).collect::<Vec<_>>(),
        })
    };
    json!({
        "description": { "text": fix.title },
        "artifactChanges": files.into_iter().map(change).collect::<Vec<_>>(),
    })
}
