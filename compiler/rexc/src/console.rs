//! Where a run stands and what it writes to.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use rex_compiler::diagnostic::Colour;

use crate::Exit;

/// Where a run stands and what it writes to.
pub struct Console<'a> {
    /// The current directory, absolute: paths in arguments and messages begin there.
    pub folder: PathBuf,
    /// What is read where a command asks for it.
    pub input: &'a mut dyn Read,
    /// For what was asked for.
    pub out: Stream<'a>,
    /// For everything else.
    pub err: Stream<'a>,
    /// Whether somebody is there to be asked: questions go to the error stream, answers are lines of
    /// the input.
    pub asks: bool,
    /// The time, for names of new files.
    pub now: SystemTime,
}

/// A stream of text.
pub struct Stream<'a> {
    /// What it goes to.
    pub write: &'a mut dyn Write,
    /// Whether it shows colours.
    pub colour: Colour,
}

/// When text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum When {
    /// As the terminal and the environment say
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            When::Auto => "auto",
            When::Always => "always",
            When::Never => "never",
        })
    }
}

/// A stream of the process: in colour on a terminal, unless the environment says otherwise.
pub(crate) fn standard<S: Write + IsTerminal>(stream: &mut S) -> Stream<'_> {
    let colour = match is_coloured(|name| std::env::var_os(name), stream.is_terminal()) {
        true => Colour::Ansi,
        false => Colour::Never,
    };
    Stream { write: stream, colour }
}

/// `NO_COLOR` set to anything turns colours off, `CLICOLOR_FORCE` set to anything but 0 turns them
/// on, `CLICOLOR=0` turns them off, and a dumb terminal has none.
fn is_coloured(variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    is_terminal && set("CLICOLOR").is_none_or(|value| value != "0") && set("TERM").is_none_or(|t| t != "dumb")
}

impl Console<'_> {
    /// Follows `--color`.
    pub(crate) fn set_colours(&mut self, when: When) {
        let colour = match when {
            When::Auto => return,
            When::Always => Colour::Ansi,
            When::Never => Colour::Never,
        };
        (self.out.colour, self.err.colour) = (colour, colour);
    }

    /// Writes to the error stream. When that is closed nobody is left to be told.
    pub(crate) fn tell(&mut self, text: &str) {
        let _ = self.err.write.write_all(text.as_bytes()).and_then(|()| self.err.write.flush());
    }

    /// Asks a question; answers with the line, or none where the input has ended.
    pub(crate) fn ask(&mut self, question: &str) -> Option<String> {
        self.tell(question);
        let (mut line, mut byte) = (Vec::new(), [0]);
        while self.input.read(&mut byte).is_ok_and(|read| read > 0) && byte[0] != b'\n' {
            line.push(byte[0]);
        }
        let is_end = line.is_empty() && byte[0] != b'\n';
        (!is_end).then(|| String::from_utf8_lossy(&line).trim().to_owned())
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

#[cfg(test)]
mod tests {
    use super::is_coloured;

    #[test]
    fn colours_follow_the_terminal_and_the_environment() {
        let is = |variables: &[(&str, &str)], is_terminal: bool| {
            let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
            is_coloured(|name| find(name).map(|(_, value)| value.into()), is_terminal)
        };
        assert!(is(&[], true) && !is(&[], false));
        assert!(!is(&[("NO_COLOR", "1")], true) && is(&[("NO_COLOR", "")], true));
        assert!(is(&[("CLICOLOR_FORCE", "1")], false) && !is(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!is(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true));
        assert!(!is(&[("CLICOLOR", "0")], true) && is(&[("CLICOLOR", "1")], true));
        assert!(!is(&[("TERM", "dumb")], true) && is(&[("TERM", "xterm")], true));
    }
}
