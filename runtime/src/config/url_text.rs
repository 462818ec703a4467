//! Database URLs.
//!
//! Read by hand: the host of `postgres:///db?host=/tmp` is empty, the rest of `sqlite://blog.db`
//! is a path, and what is wrong should be told in the terms of a database.

use std::path::PathBuf;

use super::{Config, DatabaseKind, Password, SslMode, wrong};
use crate::error::Result;

const SCHEMES: &str = "sqlite://path, sqlite::memory: or postgres://user:password@host/database";

pub(super) fn read(url: &str) -> Result<Config> {
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(wrong(format!("the database URL has no scheme: expected {SCHEMES}")));
    };
    match scheme {
        "sqlite" => sqlite(rest),
        "postgres" | "postgresql" => postgres(rest),
        other => Err(wrong(format!("no adapter for URLs that start with `{other}:`: expected {SCHEMES}"))),
    }
}

fn sqlite(rest: &str) -> Result<Config> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err(wrong("the database URL names no file: expected sqlite://path or sqlite::memory:"));
    }
    let mut config = Config::sqlite(PathBuf::from(decode(path)?));
    for (name, value) in parameters(query)? {
        if !shared_parameter(&mut config, &name, &value)? {
            return Err(unknown(&name, "pool_size, connect_timeout, acquire_timeout"));
        }
    }
    Ok(config)
}

fn postgres(rest: &str) -> Result<Config> {
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(wrong("the database URL lacks `//` after `postgres:`"));
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let mut config = Config { kind: Some(DatabaseKind::Postgres), ..Config::default() };
    let host = match authority.rsplit_once('@') {
        None => authority,
        Some((login, host)) => {
            let (user, password) = match login.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (login, None),
            };
            config.user = non_empty(decode(user)?);
            config.password = password.map(decode).transpose()?.map(Password::new);
            host
        }
    };
    host_and_port(&mut config, host)?;
    config.database = non_empty(decode(database)?);
    for (name, value) in parameters(query)? {
        postgres_parameter(&mut config, &name, value)?;
    }
    if config.user.is_none() && config.host.as_deref().is_some_and(|host| host.starts_with('/')) {
        // As libpq does, for a socket the login's name does.
        config.user = std::env::var("USER").ok().and_then(non_empty);
    }
    Ok(config)
}

fn host_and_port(config: &mut Config, authority: &str) -> Result<()> {
    // An IPv6 address stands in brackets: [::1]:5432.
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    config.host = non_empty(decode(host)?);
    config.port = port.map(|port| number("port", port)).transpose()?;
    Ok(())
}

fn postgres_parameter(config: &mut Config, name: &str, value: String) -> Result<()> {
    match name {
        "host" => config.host = non_empty(value),
        "port" => config.port = Some(number(name, &value)?),
        "user" => config.user = non_empty(value),
        "password" => config.password = Some(Password::new(value)),
        "dbname" => config.database = non_empty(value),
        "sslmode" => config.sslmode = Some(ssl_mode(&value)?),
        _ if shared_parameter(config, name, &value)? => {}
        _ => {
            let known = "host, port, user, password, dbname, sslmode, pool_size, connect_timeout, \
                         acquire_timeout";
            return Err(unknown(name, known));
        }
    }
    Ok(())
}

fn shared_parameter(config: &mut Config, name: &str, value: &str) -> Result<bool> {
    match name {
        "pool_size" => config.pool_size = Some(number(name, value)?),
        "connect_timeout" => config.connect_timeout = Some(number(name, value)?),
        "acquire_timeout" => config.acquire_timeout = Some(number(name, value)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn ssl_mode(value: &str) -> Result<SslMode> {
    match value {
        "disable" => Ok(SslMode::Disable),
        "require" => Ok(SslMode::Require),
        "verify-ca" => Ok(SslMode::VerifyCa),
        "verify-full" => Ok(SslMode::VerifyFull),
        "allow" | "prefer" => Err(wrong(format!(
            "`sslmode={value}` would fall back to an unencrypted connection in silence: say `disable`, or \
             `verify-full`"
        ))),
        _ => Err(wrong("`sslmode` is one of disable, require, verify-ca, verify-full")),
    }
}

fn parameters(query: &str) -> Result<Vec<(String, String)>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

fn unknown(name: &str, known: &str) -> crate::Error {
    wrong(format!("the database URL has an unknown parameter `{name}`: expected one of {known}"))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| wrong(format!("`{name}` in the database URL is not a number in range")))
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
    String::from_utf8(bytes).map_err(|_| wrong("the database URL is not UTF-8 once its `%…` are read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(url: &str) -> Config {
        read(url).expect("a good URL")
    }

    #[track_caller]
    fn fails(url: &str, expected: &str) {
        let error = read(url).and_then(|config| config.check()).expect_err("a bad URL");
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
        fails("sqlite://x?mode=ro", "unknown parameter `mode`");
        fails("postgres://ann:secret@h/db?ssl=1", "unknown parameter `ssl`");
        fails("postgres://ann:secret%@h/db", "write `%25`");
        fails("postgres://ann:secret@h:port/db", "`port` in the database URL");
        fails("postgres://ann:secret@h/db?sslmode=prefer", "in silence");
        fails("postgres://ann@/db", "lacks `host`");
        fails("postgres://localhost", "lacks `user`, `database`");
        fails("sqlite://x?pool_size=0", "at least one connection");
    }
}
