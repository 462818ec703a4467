//! Settings that are one of a few words.

/// One of a few words.
pub(super) trait Choice: Sized + Copy + 'static {
    /// Each with its word.
    const ALL: &'static [(&'static str, Self)];
}

/// The databases that Rex has an adapter for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatabaseKind {
    /// PostgreSQL; needs the cargo feature `postgres`.
    Postgres,
    /// SQLite; needs the cargo feature `sqlite`.
    Sqlite,
}

impl DatabaseKind {
    pub(super) fn title(self) -> &'static str {
        match self {
            DatabaseKind::Postgres => "PostgreSQL",
            DatabaseKind::Sqlite => "SQLite",
        }
    }
}

impl Choice for DatabaseKind {
    const ALL: &'static [(&'static str, Self)] = &[
        ("postgres", DatabaseKind::Postgres),
        ("postgresql", DatabaseKind::Postgres),
        ("sqlite", DatabaseKind::Sqlite),
    ];
}

/// Whether a connection is encrypted, by libpq's names. There is none that falls back to plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SslMode {
    /// Never: `disable`.
    Disable,
    /// Always, whoever the server is: `require`.
    Require,
    /// Always, and the server's certificate is signed by a trusted authority: `verify-ca`.
    VerifyCa,
    /// Always, and the server's certificate is its own, too: `verify-full`.
    VerifyFull,
}

impl Choice for SslMode {
    const ALL: &'static [(&'static str, Self)] = &[
        ("disable", SslMode::Disable),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::VerifyCa),
        ("verify-full", SslMode::VerifyFull),
    ];
}

/// How SQLite keeps a transaction until it is whole, by SQLite's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JournalMode {
    /// A write-ahead log: who reads does not wait for who writes.
    Wal,
    /// A journal that is deleted at the end.
    Delete,
    /// A journal that is emptied at the end.
    Truncate,
    /// A journal that is marked at the end.
    Persist,
    /// A journal in memory: a crash in the midst of a transaction destroys the file.
    Memory,
}

impl Choice for JournalMode {
    const ALL: &'static [(&'static str, Self)] = &[
        ("wal", JournalMode::Wal),
        ("delete", JournalMode::Delete),
        ("truncate", JournalMode::Truncate),
        ("persist", JournalMode::Persist),
        ("memory", JournalMode::Memory),
    ];
}

/// Whether PostgreSQL's password is bound to the server's certificate (SCRAM-SHA-256-PLUS), by libpq's
/// names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChannelBinding {
    /// It is not.
    Disable,
    /// Where the connection is encrypted and the server can.
    Prefer,
    /// Or there is no connection.
    Require,
}

impl Choice for ChannelBinding {
    const ALL: &'static [(&'static str, Self)] = &[
        ("disable", ChannelBinding::Disable),
        ("prefer", ChannelBinding::Prefer),
        ("require", ChannelBinding::Require),
    ];
}

/// When SQLite waits for the disk, by SQLite's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Synchronous {
    /// Never: a loss of power may destroy the file.
    Off,
    /// At the moments that matter most: with a write-ahead log a loss of power may take the last
    /// transactions, and leaves the file whole.
    Normal,
    /// At the end of each transaction.
    Full,
    /// And once more for the folder of the journal.
    Extra,
}

impl Choice for Synchronous {
    const ALL: &'static [(&'static str, Self)] = &[
        ("off", Synchronous::Off),
        ("normal", Synchronous::Normal),
        ("full", Synchronous::Full),
        ("extra", Synchronous::Extra),
    ];
}

#[cfg(feature = "sqlite")]
impl JournalMode {
    pub(crate) fn word(self) -> &'static str {
        word(self)
    }
}

#[cfg(feature = "sqlite")]
impl Synchronous {
    pub(crate) fn word(self) -> &'static str {
        word(self)
    }
}

#[cfg(feature = "sqlite")]
fn word<T: Choice + PartialEq>(choice: T) -> &'static str {
    let place = T::ALL.iter().find(|(_, each)| *each == choice);
    place.expect("the list has every choice").0
}
