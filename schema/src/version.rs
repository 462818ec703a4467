//! Versions of database servers: which SQL the oldest one understands that a schema is for.

use std::fmt;

use rex_sql::Dialect;

/// A version: `13`, `3.45`, `3.45.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second number; 0 where none is said.
    pub minor: u16,
    /// The third number; 0 where none is said.
    pub patch: u16,
}

impl Version {
    /// A version of two numbers.
    pub const fn new(major: u16, minor: u16) -> Version {
        Version { major, minor, patch: 0 }
    }

    /// Reads one to three numbers with points between them.
    pub fn parse(text: &str) -> Option<Version> {
        let mut numbers = [0; 3];
        for (at, part) in text.split('.').enumerate() {
            let is_plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            *numbers.get_mut(at)? = part.parse().ok().filter(|_| is_plain)?;
        }
        let [major, minor, patch] = numbers;
        Some(Version { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.minor, self.patch) {
            (0, 0) => write!(f, "{}", self.major),
            (minor, 0) => write!(f, "{}.{minor}", self.major),
            (minor, patch) => write!(f, "{}.{minor}.{patch}", self.major),
        }
    }
}

/// The oldest servers that a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Servers {
    /// Of PostgreSQL.
    pub postgres: Version,
    /// Of SQLite.
    pub sqlite: Version,
}

impl Servers {
    /// The oldest ones that Rex serves.
    pub const OLDEST: Servers = Servers { postgres: Version::new(13, 0), sqlite: Version::new(3, 45) };

    /// That of a database.
    pub fn of(&self, dialect: Dialect) -> Version {
        match dialect {
            Dialect::Postgres => self.postgres,
            Dialect::Sqlite => self.sqlite,
        }
    }
}

impl Default for Servers {
    fn default() -> Servers {
        Servers::OLDEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        for text in ["13", "3.45", "3.45.1"] {
            assert_eq!(Version::parse(text).map(|version| version.to_string()).as_deref(), Some(text));
        }
        assert!(Version::parse("3.9") < Version::parse("3.45"));
        for text in ["", "x", "13.", "1.2.3.4", "+1", "-1", "70000"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
