//! Database URLs.
//!
//! Read by hand: the host of `postgres:///db?host=/tmp` is empty, the rest of `sqlite://blog.db`
//! is a path, and what is wrong should be told in the terms of a database.
//!
//! An error holds nothing of the URL but names of settings: in a URL that is malformed, a part of
//! the password may be anywhere.

use std::path::PathBuf;

use super::nearest::nearest;
use super::settings::{self, Fault};
use super::{Config, DatabaseKind, Password, wrong};
use crate::error::{Error, Result};

const SCHEMES: &str = "sqlite://path, sqlite::memory: or postgres://user:password@host/database";

/// Adds what a URL says.
pub(super) fn read(config: &mut Config, url: &str) -> Result<()> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(wrong(format!("the database URL has no scheme: expected {SCHEMES}")));
    };
    match scheme {
        "sqlite" => sqlite(config, rest),
        "postgres" | "postgresql" => postgres(config, rest),
        _ => Err(other_scheme(scheme)),
    }
}

/// Of other databases. Only these are shown: without a scheme, a URL begins with its user.
const OTHERS: &[&str] =
    &["cockroachdb", "file", "jdbc", "libsql", "mariadb", "mongodb", "mssql", "mysql", "oracle", "sqlserver"];

fn other_scheme(scheme: &str) -> Error {
    if OTHERS.contains(&scheme) {
        return wrong(format!("no adapter for URLs that start with `{scheme}:`: expected {SCHEMES}"));
    }
    let meant = nearest(scheme, ["sqlite", "postgres", "postgresql"].into_iter());
    let meant = meant.map(|meant| format!("; did you mean `{meant}:`?")).unwrap_or_default();
    wrong(format!("the database URL does not start with a scheme of Rex: expected {SCHEMES}{meant}"))
}

fn sqlite(config: &mut Config, rest: &str) -> Result<()> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err(wrong("the database URL names no file: expected sqlite://path or sqlite::memory:"));
    }
    config.kind = Some(DatabaseKind::Sqlite);
    config.path = Some(PathBuf::from(decode(path)?));
    parameters(config, DatabaseKind::Sqlite, query)
}

fn postgres(config: &mut Config, rest: &str) -> Result<()> {
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(wrong("the database URL lacks `//` after `postgres:`"));
    };
    config.kind = Some(DatabaseKind::Postgres);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    check_password(authority, database, query)?;
    let host = match authority.rsplit_once('@') {
        None => authority,
        Some((login, host)) => {
            let (user, password) = match login.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (login, None),
            };
            config.user = non_empty(decode(user)?).or(config.user.take());
            config.password = password.map(decode).transpose()?.map(Password::new).or(config.password.take());
            host
        }
    };
    host_and_port(config, host)?;
    config.database = non_empty(decode(database)?).or(config.database.take());
    parameters(config, DatabaseKind::Postgres, query)
}

/// A password with one of these signs in it breaks the URL into wrong parts.
fn check_password(authority: &str, database: &str, query: &str) -> Result<()> {
    let behind = if authority.is_empty() { "" } else { query };
    if !database.contains('@') && (!behind.contains('@') || authority.contains('@')) {
        return Ok(());
    }
    Err(wrong(
        "the database URL has an `@` behind a `/` or a `?`: in user and password write `%2F` for `/`, `%3F` for \
         `?`, `%40` for `@`",
    ))
}

fn host_and_port(config: &mut Config, authority: &str) -> Result<()> {
    // An IPv6 address stands in brackets: [::1]:5432.
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let unclosed = || wrong("the database URL has a `[` without `]` around an address");
            let (host, rest) = rest.split_once(']').ok_or_else(unclosed)?;
            (host, rest.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    config.host = non_empty(decode(host)?).or(config.host.take());
    match port {
        Some(port) => set(config, DatabaseKind::Postgres, "port", port),
        None => Ok(()),
    }
}

fn parameters(config: &mut Config, kind: DatabaseKind, query: &str) -> Result<()> {
    let mut after_password = false;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        let name = if name == "dbname" { "database" } else { name.as_str() };
        set(config, kind, name, &value).map_err(|error| match after_password {
            true => wrong(
                "the database URL has an unknown parameter after `password`: in a password write `%26` for `&`",
            ),
            false => error,
        })?;
        after_password = name == "password";
    }
    Ok(())
}

fn set(config: &mut Config, kind: DatabaseKind, name: &str, value: &str) -> Result<()> {
    // The database is the scheme's, and its path the URL's.
    let fault = match name {
        "kind" | "path" => Fault::Unknown(None),
        _ => match settings::set(config, name, value) {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        },
    };
    Err(wrong(match fault {
        Fault::Unfit(expected) => format!("`{name}` in the database URL must be {expected}"),
        Fault::Unknown(Some(meant)) => {
            format!("the database URL has an unknown parameter{}: did you mean `{meant}`?", shown(name))
        }
        Fault::Unknown(None) => {
            format!(
                "the database URL has an unknown parameter{}: expected one of {}",
                shown(name),
                settings::names(kind)
            )
        }
    }))
}

/// The name of an unknown parameter, when it is like a name of one.
fn shown(name: &str) -> String {
    let is_name =
        name.len() <= 30 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-.".contains(&byte));
    if is_name { format!(" `{name}`") } else { String::new() }
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Undoes `%40`. The text itself is not in the error: it may be a password.
fn decode(text: &str) -> Result<String> {
    let broken =
        || wrong("the database URL has a `%` that two hexadecimal digits do not follow: write `%25`");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or_else(broken);
        bytes.push((digit()? * 16 + digit()?) as u8);
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => {
            Err(wrong("the database URL has a `%00`: no part of it holds a NUL"))
        }
        Ok(text) => Ok(text),
        Err(_) => Err(wrong("the database URL is not UTF-8 once its `%…` are read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SslMode;

    #[track_caller]
    fn reads(url: &str) -> Config {
        Config::from_url(url).expect("a good URL")
    }

    #[track_caller]
    fn fails(url: &str, expected: &str) {
        let error = Config::from_url(url).and_then(|config| config.check()).expect_err("a bad URL");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn sqlite_paths() {
        assert_eq!(reads("sqlite://blog.db").path, Some("blog.db".into()));
        assert_eq!(reads("sqlite:///var/blog.db").path, Some("/var/blog.db".into()));
        assert_eq!(reads("sqlite:blog.db").path, Some("blog.db".into()));
        assert_eq!(reads("sqlite://a%20b.db?pool_size=3").pool_size, Some(3));
        assert!(reads("sqlite::memory:").is_in_memory());
        assert!(reads("sqlite://:memory:").is_in_memory());
    }

    #[test]
    fn postgres_parts() {
        let config = reads("postgres://ann:se%40cret@db.example:6432/blog?sslmode=disable&pool_size=5");
        assert_eq!(config.host.as_deref(), Some("db.example"));
        assert_eq!(config.port, Some(6432));
        assert_eq!(config.user.as_deref(), Some("ann"));
        assert_eq!(config.password.as_ref().map(Password::reveal), Some("se@cret"));
        assert_eq!(config.database.as_deref(), Some("blog"));
        assert_eq!(config.sslmode, Some(SslMode::Disable));
        assert!(!format!("{config:?}").contains("cret"));
    }

    #[test]
    fn postgres_sockets_and_addresses() {
        let config = reads("postgresql:///blog?host=/tmp/x&user=ann&port=5433");
        assert_eq!(config.host.as_deref(), Some("/tmp/x"));
        assert_eq!(config.port, Some(5433));
        assert_eq!(reads("postgres://ann@[::1]:5432/blog").host.as_deref(), Some("::1"));
    }

    #[test]
    fn what_cannot_work_says_what_to_do() {
        fails("blog.db", "no scheme: expected sqlite://path");
        fails("mysql://x", "no adapter for URLs that start with `mysql:`");
        fails("sqlite://", "names no file");
        fails("sqlite://x?mode=ro", "unknown parameter `mode`: did you mean `read_only`?");
        fails("sqlite://x?sslmode=disable", "`sslmode` is a setting of PostgreSQL");
        fails("sqlite://x?busy_timeout=5000", "milliseconds and seconds are easily mistaken");
        fails("postgresq://x", "did you mean `postgres:`?");
        fails("postgres://ann:secret@h/db?ssl=1", "unknown parameter `ssl`: did you mean `sslmode`?");
        fails("postgres://ann:secret@h/db?poolsize=1", "did you mean `pool_size`?");
        fails("postgres://ann:secret@h/db?s3cret=1", "has an unknown parameter: expected one of");
        fails("postgres://h/db?user=ann&password=a&secret", "write `%26` for `&`");
        fails("postgres://ann:1/secret@h/db", "write `%2F` for `/`");
        fails("postgres://ann:1?secret@h/db", "`%3F` for `?`");
        fails("ann:secret@h/db", "does not start with a scheme");
        fails("secret@h:5432/db", "does not start with a scheme");
        fails("postgres://ann:secret@[::1/db", "`[` without `]`");
        fails("postgres://ann:secret%00@h/db", "NUL");
        fails("postgres://ann:secret%@h/db", "write `%25`");
        fails(
            "postgres://ann:secret@h:port/db",
            "`port` in the database URL must be a whole number up to 65535",
        );
        fails("postgres://ann:secret@h/db?sslmode=prefer", "in silence");
        fails("postgres://ann@/db", "lacks `host`");
        fails("postgres://localhost", "lacks `database`");
        fails("sqlite://x?pool_size=0", "at least one connection");
    }
}
