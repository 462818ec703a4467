//! Migrations, and the order that they name.

use std::borrow::Cow;
use std::fmt;

use super::{Checksum, Head, ParseError, identity};
use crate::Dialect;

/// Migrations of one schema, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Migrations {
    /// All of them.
    pub list: Cow<'static, [Migration]>,
}

/// A migration, as its folder has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// The name of its folder: `20261122T093000_create_blog`.
    pub id: Cow<'static, str>,
    /// Its [`identity`](super::identity).
    pub identity: Checksum,
    /// The first line of its snapshot.
    pub head: Head,
    /// Its SQL.
    pub scripts: Cow<'static, [Scripts]>,
}

/// The SQL of a migration for one database.
#[derive(Clone, Debug, PartialEq)]
pub struct Scripts {
    /// For which.
    pub dialect: Dialect,
    /// The file of the way up.
    pub up: Cow<'static, str>,
    /// The file of the way back, if there is one.
    pub down: Option<Cow<'static, str>>,
}

impl Migration {
    /// From the texts of its folder.
    ///
    /// # Errors
    ///
    /// When the snapshot does not begin with a [`Head`]. The SQL is read when it is needed.
    pub fn read(id: &str, snapshot: &str, scripts: Vec<Scripts>) -> Result<Migration, ParseError> {
        let (head, identity) = (Head::parse(snapshot)?, identity(id, snapshot));
        Ok(Migration { id: id.to_owned().into(), identity, head, scripts: scripts.into() })
    }

    /// One that is compiled into a program. Hashes are texts of [`Checksum`].
    ///
    /// # Panics
    ///
    /// At compile time, when a hash is none.
    pub const fn embedded(
        id: &'static str,
        identity: &str,
        parent: Option<&str>,
        compatible: bool,
        replaces: &'static [Cow<'static, str>],
        scripts: &'static [Scripts],
    ) -> Migration {
        let parent = match parent {
            Some(parent) => Some(Checksum::embedded(parent)),
            None => None,
        };
        Migration {
            id: Cow::Borrowed(id),
            identity: Checksum::embedded(identity),
            head: Head { parent, compatible, replaces: Cow::Borrowed(replaces) },
            scripts: Cow::Borrowed(scripts),
        }
    }

    /// Its SQL for a database.
    pub fn scripts(&self, dialect: Dialect) -> Option<&Scripts> {
        self.scripts.iter().find(|scripts| scripts.dialect == dialect)
    }
}

impl Scripts {
    /// Those that are compiled into a program.
    pub const fn embedded(dialect: Dialect, up: &'static str, down: Option<&'static str>) -> Scripts {
        let down = match down {
            Some(down) => Some(Cow::Borrowed(down)),
            None => None,
        };
        Scripts { dialect, up: Cow::Borrowed(up), down }
    }
}

impl Migrations {
    /// From embedded ones.
    pub const fn embedded(list: &'static [Migration]) -> Migrations {
        Migrations { list: Cow::Borrowed(list) }
    }

    /// Each after the one that it names as its parent.
    ///
    /// # Errors
    ///
    /// When they are not one chain.
    pub fn in_order(&self) -> Result<Vec<&Migration>, ChainError> {
        for (place, migration) in self.list.iter().enumerate() {
            if self.list[..place].iter().any(|other| other.id == migration.id) {
                return Err(ChainError::Twice { id: migration.id.to_string() });
            }
            let parent = migration.head.parent;
            if parent.is_some_and(|parent| !self.list.iter().any(|other| other.identity == parent)) {
                return Err(ChainError::NoParent { id: migration.id.to_string() });
            }
        }
        let mut order: Vec<&Migration> = Vec::with_capacity(self.list.len());
        while order.len() < self.list.len() {
            let last = order.last().map(|migration| migration.identity);
            let mut next = self.list.iter().filter(|migration| migration.head.parent == last);
            match (next.next(), next.next()) {
                (Some(only), None) => order.push(only),
                (Some(one), Some(other)) => return Err(self.heads(last, one, other)),
                // Those that are left name each other. No hash can be made so.
                (None, _) => {
                    let is_left = |migration: &&Migration| !order.iter().any(|done| done.id == migration.id);
                    let id = self.list.iter().find(is_left).map(|migration| migration.id.to_string());
                    return Err(ChainError::NoParent { id: id.unwrap_or_default() });
                }
            }
        }
        Ok(order)
    }

    fn heads(&self, parent: Option<Checksum>, one: &Migration, other: &Migration) -> ChainError {
        let parent = self.list.iter().find(|migration| Some(migration.identity) == parent);
        let mut heads = [one.id.to_string(), other.id.to_string()];
        heads.sort();
        ChainError::TwoHeads { parent: parent.map(|parent| parent.id.to_string()), heads }
    }
}

/// Why migrations are not one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainError {
    /// Two begin where one ends: branches that grew at the same time.
    TwoHeads {
        /// The one that they follow, if any.
        parent: Option<String>,
        /// Both, the earlier one first.
        heads: [String; 2],
    },
    /// It names a parent that is not there, or not as it was.
    NoParent {
        /// Which.
        id: String,
    },
    /// Two have the same name.
    Twice {
        /// Which.
        id: String,
    },
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChainError::TwoHeads { parent, heads: [one, other] } => {
                let parent = parent.as_ref().map_or_else(
                    || "both are the first".to_owned(),
                    |parent| format!("both follow `{parent}`"),
                );
                write!(f, "the migrations `{one}` and `{other}` are two branches, {parent}: ")?;
                write!(f, "write the later one anew with `rexc migrate rebase`")
            }
            ChainError::NoParent { id } => {
                write!(f, "the migration before `{id}` is not there, or its schema.rex was changed: ")?;
                write!(f, "restore it, or write `{id}` anew with `rexc migrate rebase`")
            }
            ChainError::Twice { id } => write!(f, "two migrations are called `{id}`: rename one of them"),
        }
    }
}

impl std::error::Error for ChainError {}

/// Whether a name is that of a migration: `20261122T093000_create_blog`, the time and words of
/// `[a-z0-9_]`.
pub fn is_id(name: &str) -> bool {
    let Some((time, words)) = name.split_once('_') else { return false };
    let is_time = time.len() == 15
        && time
            .bytes()
            .enumerate()
            .all(|(place, byte)| if place == 8 { byte == b'T' } else { byte.is_ascii_digit() });
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    is_time && !words.is_empty() && words.bytes().all(is_word)
}
