//! Migrations: what whoever reads their folder has to tell.

use super::Diagnostic;
use super::codes::Code::*;

/// Two migrations follow the same one, or both are the first.
pub fn two_heads(parent: Option<&str>, earlier: &str, later: &str) -> Diagnostic {
    let after = match parent {
        Some(parent) => format!("both follow `{parent}`"),
        None => "both are the first".to_owned(),
    };
    Diagnostic::placeless(E0910, format!("`{earlier}` and `{later}` are two branches of migrations: {after}"))
        .note("two branches of the repository each brought one, and neither knows of the other")
        .help("`rexc migrate rebase` writes the later one anew, behind the earlier one")
}

/// A snapshot is not what was written.
pub fn edited_snapshot(file: &str) -> Diagnostic {
    Diagnostic::placeless(E0911, format!("`{file}` was edited after it was written"))
        .note("a snapshot says what its migration leads to, and the next one begins there")
        .help(
            "restore it (`git checkout` of the file); what is to change belongs into the schema, and \
             `rexc migrate new` makes a migration of it",
        )
}

/// A file of a migration is not there.
pub fn missing_file(file: &str, what: &str) -> Diagnostic {
    Diagnostic::placeless(E0912, format!("there is no `{file}`"))
        .note(what)
        .help("restore it; or, if no database has the migration yet, remove its folder and make it anew")
}

/// The migration before one is not there.
pub fn no_parent(id: &str) -> Diagnostic {
    Diagnostic::placeless(E0913, format!("the migration that comes before `{id}` is not there"))
        .note("it was removed or renamed, or lies in a branch that was not merged")
        .help(format!("restore it; or write `{id}` anew, behind what is there, with `rexc migrate rebase`"))
}

/// The SQL of a migration has a mistake in it.
pub fn broken_sql(file: &str, error: &rex_sql::migration::ParseError) -> Diagnostic {
    let message = format!("`{file}`, line {}: {}", error.line, error.message);
    Diagnostic::placeless(E0915, message).help(error.help.clone())
}

/// A snapshot that does not begin as one, or a folder that is not called as one.
pub fn no_migration(file: &str, reason: &str, help: &str) -> Diagnostic {
    Diagnostic::placeless(E0914, format!("`{file}` is no migration's: {reason}")).help(help)
}

/// The schema has changes that no migration has.
pub fn unmigrated(folder: &str, changes: &[String]) -> Diagnostic {
    const TOLD: usize = 5;
    let mut lines: Vec<String> = changes.iter().take(TOLD).cloned().collect();
    if changes.len() > TOLD {
        lines.push(format!("and {} more", changes.len() - TOLD));
    }
    Diagnostic::placeless(W0016, format!("the schema has changes that no migration in `{folder}` has"))
        .note(lines.join(", "))
        .help("`rexc migrate new NAME` makes one")
}
