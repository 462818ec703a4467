//! `--deny`, `--warn` and `--allow`: what becomes of lints, whatever the configuration says.

use std::collections::BTreeMap;

use rex_compiler::check::Level;
use rex_compiler::diagnostic::{Code, REGISTRY, nearest};

use crate::Stop;

/// What becomes of lints, whatever the configuration says. Of several, the strictest counts.
#[derive(Debug, clap::Args)]
pub(crate) struct Levels {
    /// Make a lint an error; `warnings` stands for all
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    deny: Vec<String>,
    /// Tell a lint, also where the configuration is silent about it or denies it
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    warn: Vec<String>,
    /// Silence a lint; `warnings` stands for all
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    allow: Vec<String>,
}

impl Levels {
    /// Puts them over what is configured.
    pub(crate) fn apply(&self, configured: &mut BTreeMap<String, Level>) -> Result<(), Stop> {
        let levels = [(&self.allow, Level::Allow), (&self.warn, Level::Warn), (&self.deny, Level::Deny)];
        for (names, level) in levels {
            for name in names {
                configured.insert(known(name)?.to_owned(), level);
            }
        }
        Ok(())
    }
}

/// The name of a lint, which its code stands for as well.
fn known(name: &str) -> Result<&'static str, Stop> {
    const ALL: &str = "warnings";
    if name == ALL {
        return Ok(ALL);
    }
    let found = Code::find(name).and_then(Code::lint);
    found.ok_or_else(|| {
        let lints = REGISTRY.iter().filter_map(|code| code.lint()).chain([ALL]);
        let help = match nearest(name, lints) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`rexc explain --list` prints all".to_owned(),
        };
        Stop::Reason(format!("no lint is called `{name}`: {help}"))
    })
}
