//! Diagnostics as text. The only file that knows codespan-reporting.

use std::borrow::Cow;

use codespan_reporting::diagnostic as report;
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term;
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};

use super::{Diagnostic, Severity};
use crate::source::{Place, Sources};

/// Whether text carries colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Never,
    /// ANSI escape sequences.
    Ansi,
}

/// Draws diagnostics with the source under them, each followed by an empty line.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], colour: Colour) -> String {
    let mut files = SimpleFiles::new();
    for id in sources.ids() {
        files.add(sources.name(id), printable(sources.text(id)));
    }
    let reports = diagnostics.iter().map(|diagnostic| to_report(sources, diagnostic));
    let bytes = match colour {
        Colour::Never => write(NoColor::new(Vec::new()), &files, reports).into_inner(),
        Colour::Ansi => write(Ansi::new(Vec::new()), &files, reports).into_inner(),
    };
    String::from_utf8(bytes).expect("drawn from text, hence text")
}

type Files<'a> = SimpleFiles<&'a str, Cow<'a, str>>;

/// Without characters that command a terminal or turn the direction of text. What replaces each
/// has as many bytes.
pub fn printable(text: &str) -> Cow<'_, str> {
    let commands = |c: char| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t');
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match text.contains(|c| commands(c) || turns(c)) {
        true => Cow::Owned(text.replace(commands, "?").replace(turns, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

fn write<W: WriteColor>(
    mut writer: W,
    files: &Files<'_>,
    reports: impl Iterator<Item = report::Diagnostic<usize>>,
) -> W {
    let config = term::Config { chars: term::Chars::ascii(), tab_width: 4, ..term::Config::default() };
    for report in reports {
        term::emit_to_write_style(&mut writer, &config, files, &report)
            .expect("memory can be written to, and places are in their files");
    }
    writer
}

/// The longest line that is drawn, in bytes. Each label draws its line anew.
const MAX_LINE: usize = 2000;

fn to_report(sources: &Sources, diagnostic: &Diagnostic) -> report::Diagnostic<usize> {
    let severity = match diagnostic.severity() {
        Severity::Error => report::Severity::Error,
        Severity::Warning => report::Severity::Warning,
    };
    let code = match diagnostic.code.lint() {
        Some(lint) => format!("{}, {lint}", diagnostic.code.as_str()),
        None => diagnostic.code.as_str().to_owned(),
    };
    let is_short = |place: Place| sources.line_length(place.file, place.span.start) <= MAX_LINE;
    let primary = diagnostic.primary.iter().filter(|label| is_short(label.place)).map(|label| (label, true));
    let secondary =
        diagnostic.secondary.iter().filter(|label| is_short(label.place)).map(|label| (label, false));
    let not_drawn =
        diagnostic.primary.iter().map(|label| label.place).find(|&place| !is_short(place)).map(|place| {
            let (line, column) = sources.line_column(place.file, place.span.start);
            format!("at: {}:{line}:{column}", sources.name(place.file))
        });
    let labels = primary.chain(secondary).map(|(label, primary)| {
        let (file, range) = (label.place.file.0 as usize, label.place.span.range());
        let drawn =
            if primary { report::Label::primary(file, range) } else { report::Label::secondary(file, range) };
        drawn.with_message(&label.text)
    });
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    report::Diagnostic::new(severity)
        .with_code(code)
        .with_message(printable(&diagnostic.message))
        .with_labels(labels.collect())
        .with_notes(not_drawn.into_iter().chain(notes).chain(help).collect())
}
