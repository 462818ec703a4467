//! The table of settings: for each its name, whose it is, and how its text is read.

mod texts;

use super::nearest::nearest;
use super::{ChannelBinding, Config, DatabaseKind, JournalMode, MEMORY, SslMode, Synchronous, wrong};
use crate::error::Result;

use texts::{choice, number, password, path, ssl_mode, switch, text, time, time_with_unit};

/// A setting.
struct Setting {
    /// Its name, everywhere.
    name: &'static str,
    /// The one database that has it; none if all have.
    of: Option<DatabaseKind>,
    /// Sets it from a text; the error says what is expected.
    set: fn(&mut Config, &str) -> Result<(), String>,
    is_set: fn(&Config) -> bool,
}

const POSTGRES: Option<DatabaseKind> = Some(DatabaseKind::Postgres);
const SQLITE: Option<DatabaseKind> = Some(DatabaseKind::Sqlite);

macro_rules! setting {
    ($of:expr, $field:ident, $read:expr) => {
        Setting {
            name: stringify!($field),
            of: $of,
            set: |config, text| {
                config.$field = Some($read(text)?);
                Ok(())
            },
            is_set: |config| config.$field.is_some(),
        }
    };
}

/// All of them but `kind`, which says what the others are of.
const SETTINGS: &[Setting] = &[
    setting!(POSTGRES, host, text),
    setting!(POSTGRES, port, number),
    setting!(POSTGRES, user, text),
    setting!(POSTGRES, password, password),
    setting!(POSTGRES, database, text),
    setting!(POSTGRES, sslmode, ssl_mode),
    setting!(POSTGRES, sslrootcert, path),
    setting!(POSTGRES, sslcert, path),
    setting!(POSTGRES, sslkey, path),
    setting!(POSTGRES, application_name, text),
    setting!(POSTGRES, search_path, text),
    setting!(POSTGRES, pgbouncer, switch),
    setting!(POSTGRES, shared_reads, number),
    setting!(POSTGRES, shared_read_wait, time_with_unit),
    setting!(POSTGRES, channel_binding, choice::<ChannelBinding>),
    setting!(SQLITE, path, path),
    setting!(SQLITE, shared_memory, text),
    setting!(SQLITE, read_only, switch),
    setting!(SQLITE, journal_mode, choice::<JournalMode>),
    setting!(SQLITE, synchronous, choice::<Synchronous>),
    setting!(SQLITE, busy_timeout, time_with_unit),
    setting!(SQLITE, foreign_keys, switch),
    setting!(None, pool_size, number),
    setting!(None, connect_timeout, time),
    setting!(None, acquire_timeout, time),
    setting!(None, statement_timeout, time_with_unit),
    setting!(None, slow_after, time_with_unit),
    setting!(None, idle_timeout, time),
    setting!(None, max_lifetime, time),
];

/// What cannot be set.
pub(super) enum Fault {
    /// No setting is called so; perhaps this one is meant.
    Unknown(Option<&'static str>),
    /// The value is none; this is one.
    Unfit(String),
}

impl Setting {
    fn is_of(&self, kind: DatabaseKind) -> bool {
        self.of.is_none_or(|of| of == kind)
    }
}

/// Sets what is called `name` from a text.
pub(super) fn set(config: &mut Config, name: &str, text: &str) -> Result<(), Fault> {
    match SETTINGS.iter().find(|setting| setting.name == name) {
        Some(setting) => (setting.set)(config, text).map_err(Fault::Unfit),
        None if name == "kind" => {
            config.kind = Some(choice(text).map_err(Fault::Unfit)?);
            Ok(())
        }
        None => {
            let of_kind =
                SETTINGS.iter().filter(|setting| config.kind.is_none_or(|kind| setting.is_of(kind)));
            Err(Fault::Unknown(nearest(name, of_kind.map(|setting| setting.name))))
        }
    }
}

/// The names of the settings of a database, for messages.
pub(super) fn names(kind: DatabaseKind) -> String {
    let of_kind = SETTINGS.iter().filter(|setting| setting.is_of(kind));
    of_kind.map(|setting| setting.name).collect::<Vec<_>>().join(", ")
}

/// The database whose settings are there.
pub(super) fn implied(config: &Config) -> Option<DatabaseKind> {
    let mut kinds =
        SETTINGS.iter().filter(|setting| (setting.is_set)(config)).filter_map(|setting| setting.of);
    let kind = kinds.next()?;
    kinds.all(|other| other == kind).then_some(kind)
}

/// Refuses settings of another database, and those that contradict each other.
pub(super) fn check(config: &Config, kind: DatabaseKind) -> Result<()> {
    if let Some(strange) = SETTINGS.iter().find(|setting| !setting.is_of(kind) && (setting.is_set)(config)) {
        let other = strange.of.map_or("", DatabaseKind::title);
        let (name, title) = (strange.name, kind.title());
        return Err(wrong(format!(
            "`{name}` is a setting of {other}, and the database is {title}: leave it out"
        )));
    }
    if config.pool_size == Some(0) {
        return Err(wrong("`pool_size` is 0: at least one connection is needed"));
    }
    let in_a_file = config.path.as_deref().is_some_and(|path| path.as_os_str() != MEMORY);
    if config.shared_memory.is_some() && in_a_file {
        return Err(wrong(
            "both `path` and `shared_memory` are set: the database is in a file, or in memory",
        ));
    }
    if config.read_only == Some(true) && (config.is_in_memory() || config.shared_memory.is_some()) {
        return Err(wrong(
            "`read_only` is set for a database in memory, which would stay empty: leave it out",
        ));
    }
    if config.journal_mode.is_some() && !in_a_file {
        return Err(wrong(
            "`journal_mode` is set for a database in memory, which has no journal: leave it out",
        ));
    }
    check_certificates(config)
}

fn check_certificates(config: &Config) -> Result<()> {
    let files = [
        ("sslrootcert", config.sslrootcert.is_some()),
        ("sslcert", config.sslcert.is_some()),
        ("sslkey", config.sslkey.is_some()),
    ];
    let plain = config.sslmode == Some(SslMode::Disable);
    if let Some((name, _)) = files.iter().find(|(_, given)| plain && *given) {
        return Err(wrong(format!(
            "`{name}` is set and `sslmode=disable` does not encrypt: leave one of them out"
        )));
    }
    if config.sslrootcert.is_some() && config.sslmode == Some(SslMode::Require) {
        return Err(wrong(
            "`sslrootcert` is set and `sslmode=require` looks at no certificate: say `verify-ca` or \
             `verify-full`",
        ));
    }
    match (&config.sslcert, &config.sslkey) {
        (Some(_), None) => Err(wrong("`sslcert` is set without `sslkey`, the file with its private key")),
        (None, Some(_)) => Err(wrong("`sslkey` is set without `sslcert`, the file with its certificate")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn every_setting_is_found_by_its_name_and_shows_that_it_is_set() {
        let value = |name: &str| match name {
            "port" | "pool_size" | "shared_reads" => "1",
            "sslmode" | "channel_binding" => "disable",
            "journal_mode" => "Delete",
            "pgbouncer" | "read_only" | "foreign_keys" | "synchronous" => "off",
            "shared_read_wait" | "slow_after" => "1s",
            _ if name.contains("time") => "1s",
            _ => "x",
        };
        for setting in SETTINGS {
            let mut config = Config::default();
            assert!(!(setting.is_set)(&config), "{}", setting.name);
            assert!(set(&mut config, setting.name, value(setting.name)).is_ok(), "{}", setting.name);
            assert!((setting.is_set)(&config), "{}", setting.name);
            assert_eq!(implied(&config), setting.of, "{}", setting.name);
        }
    }

    #[test]
    fn settings_of_another_database_are_refused() {
        let mut config = Config::sqlite("x");
        config.host = Some("h".to_owned());
        let error = config.check().expect_err("SQLite has no host");
        assert_eq!(
            error.to_string(),
            "`host` is a setting of PostgreSQL, and the database is SQLite: leave it out"
        );
    }

    #[test]
    fn contradictions_are_refused() {
        let fails = |config: Config, words: &str| {
            let error = config.check().expect_err("it contradicts itself").to_string();
            assert!(error.contains(words), "{error}");
        };
        let server = Config::postgres("h", "u", "d");
        let root = Some(PathBuf::from("root.pem"));
        let sslmode = Some(SslMode::Disable);
        fails(Config { sslmode, sslrootcert: root.clone(), ..server.clone() }, "does not encrypt");
        let sslmode = Some(SslMode::Require);
        fails(Config { sslmode, sslrootcert: root.clone(), ..server.clone() }, "`verify-ca`");
        fails(Config { sslcert: root.clone(), ..server.clone() }, "without `sslkey`");
        fails(Config { sslkey: root, ..server }, "without `sslcert`");
        fails(
            Config { journal_mode: Some(JournalMode::Wal), ..Config::sqlite_in_memory() },
            "has no journal",
        );
        fails(Config { read_only: Some(true), ..Config::sqlite_in_memory() }, "stay empty");
        fails(
            Config { shared_memory: Some("x".to_owned()), ..Config::sqlite("y") },
            "in a file, or in memory",
        );
    }
}
