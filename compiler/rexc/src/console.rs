//! Where a run stands and what it writes to.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use rex_compiler::diagnostic::Colour;

use crate::Exit;

/// Where a run stands and what it writes to.
pub struct Console<'a> {
    /// The current directory, absolute: paths in arguments and messages begin there.
    pub folder: PathBuf,
    /// For what was asked for.
    pub out: Stream<'a>,
    /// For everything else.
    pub err: Stream<'a>,
}

/// A stream of text.
pub struct Stream<'a> {
    /// What it goes to.
    pub write: &'a mut dyn Write,
    /// Whether it shows colours.
    pub colour: Colour,
}

/// A stream of the process: in colour on a terminal, unless `NO_COLOR` says no.
pub(crate) fn standard<S: Write + IsTerminal>(stream: &mut S) -> Stream<'_> {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let able = std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
    let colour = if wanted && able && stream.is_terminal() { Colour::Ansi } else { Colour::Never };
    Stream { write: stream, colour }
}

impl Console<'_> {
    /// Writes to the error stream. When that is closed nobody is left to be told.
    pub(crate) fn tell(&mut self, text: &str) {
        let _ = self.err.write.write_all(text.as_bytes()).and_then(|()| self.err.write.flush());
    }

    /// Says why it could not run.
    pub(crate) fn fail(&mut self, reason: &str) -> Exit {
        let head = match self.err.colour {
            Colour::Ansi => "\x1b[1;31merror\x1b[0m",
            Colour::Never => "error",
        };
        self.tell(&format!("{head}: {reason}\n"));
        Exit::CouldNotRun
    }
}
