//! The first line of a snapshot, `// rex: migration parent=…`: it makes a chain of the migrations.

use std::borrow::Cow;

use super::{Checksum, ParseError};

/// What a snapshot begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The [`identity`] of the migration before this one; none for the first.
    pub parent: Option<Checksum>,
    /// Whether a program that was built before this migration runs on a database that has it.
    pub compatible: bool,
    /// The names of the migrations that it stands for, all that were before it: a database that has them
    /// has it.
    pub replaces: Cow<'static, [Cow<'static, str>]>,
}

const BEGINNING: &str = "// rex: migration ";

impl Head {
    /// One that stands for nothing but itself.
    pub const fn new(parent: Option<Checksum>, compatible: bool) -> Head {
        Head { parent, compatible, replaces: Cow::Borrowed(&[]) }
    }

    /// The line, without its end.
    pub fn print(&self) -> String {
        let parent = self.parent.map_or_else(|| "none".to_owned(), |parent| parent.to_string());
        let compatible = if self.compatible { " compatible" } else { "" };
        let replaces = match self.replaces.as_ref() {
            [] => String::new(),
            ids => format!(" replaces={}", ids.join(",")),
        };
        format!("{BEGINNING}parent={parent}{compatible}{replaces}")
    }

    /// Reads the first line of a snapshot.
    ///
    /// # Errors
    ///
    /// When it is not such a line.
    pub fn parse(snapshot: &str) -> Result<Head, ParseError> {
        let first = snapshot.strip_prefix('\u{feff}').unwrap_or(snapshot).lines().next().unwrap_or("");
        let words = first.strip_prefix(BEGINNING).ok_or_else(|| {
            let message = "the snapshot does not begin with the line that names the migration before it";
            ParseError::new(
                1,
                message,
                format!("it is `{BEGINNING}parent=…`, with a hash, or `none` for the first"),
            )
        })?;
        let (mut parent, mut compatible, mut replaces) = (None, false, Vec::new());
        for word in words.split_whitespace() {
            match word.split_once('=') {
                Some(("parent", "none")) => parent = Some(None),
                Some(("parent", hash)) => {
                    let hash = hash.parse().map_err(|_| {
                        let message = format!("`{hash}` is no hash of a migration");
                        ParseError::new(1, message, "a hash has 32 digits of 0-9a-f")
                    })?;
                    parent = Some(Some(hash));
                }
                Some(("replaces", ids)) if ids.split(',').all(super::is_id) => {
                    replaces = ids.split(',').map(|id| Cow::Owned(id.to_owned())).collect();
                }
                None if word == "compatible" => compatible = true,
                _ => {
                    let message = format!("the head of a snapshot has no `{word}`");
                    return Err(ParseError::new(
                        1,
                        message,
                        "it has `parent=…`, and perhaps `compatible` and `replaces=…`",
                    ));
                }
            }
        }
        let missing = || ParseError::new(1, "the head names no parent", "add `parent=none`, or the hash");
        Ok(Head { parent: parent.ok_or_else(missing)?, compatible, replaces: replaces.into() })
    }
}

/// By what a migration's children name it: its name and its snapshot, and through the head of that all
/// that came before. The SQL is not in it, so that one may still mend it; what of it was applied is
/// known to the database.
pub fn identity(id: &str, snapshot: &str) -> Checksum {
    let snapshot = snapshot.strip_prefix('\u{feff}').unwrap_or(snapshot);
    Checksum::of(&format!("{id}\n{snapshot}"))
}
