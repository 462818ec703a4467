//! Makes connections.

use std::error::Error as _;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config as Settings, NoTls};

use super::statements::Statements;
use crate::config::{Config, SslMode, wrong};
use crate::error::{Error, Kind, Result};
use crate::executor;

/// A connection, with what it has prepared.
pub(crate) struct Connection {
    pub(super) client: Client,
    pub(super) statements: Statements,
    /// When it was last given back.
    pub(super) used: Instant,
    /// When it is too old.
    expires: Option<Instant>,
}

impl Connection {
    /// Whether it was unused for longer than `idle`, or is too old.
    pub(super) fn is_expired(&self, idle: Option<Duration>) -> bool {
        let is_idle = idle.is_some_and(|idle| self.used.elapsed() > idle);
        is_idle || self.expires.is_some_and(|end| Instant::now() > end)
    }
}

/// Where connections lead.
pub(super) struct Target {
    settings: Settings,
    timeout: Option<Duration>,
    max_lifetime: Option<Duration>,
    /// For messages: `db.example:5432`, or a socket's folder.
    place: String,
    database: String,
}

impl Target {
    pub(super) fn of(config: &Config) -> Result<Self> {
        let host = config.host.clone().unwrap_or_default();
        let port = config.port.unwrap_or(5432);
        let user = config.user.clone().unwrap_or_default();
        let database = config.database.clone().unwrap_or_default();
        check_encryption(config.sslmode, &host)?;
        let mut settings = Settings::new();
        settings.user(&user).dbname(&database).port(port);
        settings.application_name(config.application_name.as_deref().unwrap_or("rex"));
        settings.ssl_mode(tokio_postgres::config::SslMode::Disable);
        if let Some(password) = &config.password {
            settings.password(password.reveal());
        }
        let place =
            if host.starts_with('/') { format!("{host}/.s.PGSQL.{port}") } else { format!("{host}:{port}") };
        settings.host(host);
        let (timeout, max_lifetime) = (config.connect_timeout(), config.max_lifetime());
        Ok(Target { settings, timeout, max_lifetime, place, database })
    }

    pub(super) async fn connect(&self) -> Result<Connection> {
        let connecting = executor::timeout(self.timeout, self.settings.connect(NoTls));
        let (client, connection) = match connecting.await {
            Some(Ok(connected)) => connected,
            Some(Err(error)) => return Err(self.explain(error)),
            None => return Err(self.no_answer()),
        };
        // Reads from and writes to the socket until the client is dropped or the server goes. What
        // went wrong then is reported to whoever uses the client next.
        tokio::spawn(async move { _ = connection.await });
        let used = Instant::now();
        let expires = self.max_lifetime.map(|lifetime| used + lifetime.mul_f64(part()));
        Ok(Connection { client, statements: Statements::default(), used, expires })
    }

    fn no_answer(&self) -> Error {
        let (place, time) = (&self.place, self.timeout.unwrap_or_default());
        let message =
            format!("PostgreSQL at {place} did not answer within {time:?}: check host, port and firewall");
        Error::new(Kind::Connection, message)
    }

    /// Says in one line why there is no connection, and what to do.
    fn explain(&self, error: tokio_postgres::Error) -> Error {
        let (place, database) = (&self.place, &self.database);
        let code = error.code().cloned();
        let message = match code {
            Some(SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
                format!(
                    "PostgreSQL at {place} refused the user: check the user's name, password and pg_hba.conf"
                )
            }
            Some(SqlState::INVALID_CATALOG_NAME) => {
                format!(
                    "PostgreSQL at {place} has no database `{database}`: create it (`createdb {database}`)"
                )
            }
            Some(SqlState::TOO_MANY_CONNECTIONS) => {
                format!(
                    "PostgreSQL at {place} has no connection left: lower `pool_size` or raise `max_connections`"
                )
            }
            Some(_) => {
                let said = error.as_db_error().map_or("", |error| error.message());
                format!("PostgreSQL at {place} refused the connection: {said}")
            }
            None => self.explain_without_answer(&error),
        };
        Error::new(Kind::Connection, message).with_source(error)
    }

    fn explain_without_answer(&self, error: &tokio_postgres::Error) -> String {
        let place = &self.place;
        let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) else {
            return match error.source().map(ToString::to_string) {
                Some(said) if said.contains("password missing") => {
                    format!(
                        "PostgreSQL at {place} asks for a password: add it to the URL or the configuration"
                    )
                }
                said => format!("cannot connect to PostgreSQL at {place}: {}", said.unwrap_or_default()),
            };
        };
        match io.kind() {
            io::ErrorKind::ConnectionRefused => {
                format!("nothing answers at {place}: is PostgreSQL running there?")
            }
            io::ErrorKind::NotFound if place.starts_with('/') => {
                let folder = Path::new(place).parent().unwrap_or(Path::new("/")).display();
                format!("there is no socket of PostgreSQL in `{folder}`: is it running, and on this port?")
            }
            _ => format!("cannot reach PostgreSQL at {place}: {io}"),
        }
    }
}

/// Nine tenths of a lifetime or more, by chance: connections that are made together end apart.
fn part() -> f64 {
    let random = RandomState::new().hash_one(0) as u32;
    1.0 - f64::from(random) / f64::from(u32::MAX) / 10.0
}

/// Encryption is not there yet: whoever sends a password over a network says that they know.
fn check_encryption(mode: Option<SslMode>, host: &str) -> Result<()> {
    match mode {
        Some(SslMode::Disable) => Ok(()),
        None if is_local(host) => Ok(()),
        None => Err(wrong(format!(
            "`{host}` is another machine and TLS is not available yet: say `sslmode=disable` to connect without \
             encryption"
        ))),
        Some(SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => Err(wrong(
            "TLS is not available yet: only `sslmode=disable` works, which connects without encryption",
        )),
    }
}

fn is_local(host: &str) -> bool {
    let is_loopback =
        |host: &str| host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    host.starts_with('/') || host == "localhost" || is_loopback(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_goes_unencrypted_over_a_network_in_silence() {
        for host in ["/tmp/x", "localhost", "127.0.0.1", "127.8.8.8", "::1"] {
            assert!(check_encryption(None, host).is_ok(), "{host}");
        }
        assert!(check_encryption(None, "db.example").is_err());
        assert!(check_encryption(None, "10.0.0.1").is_err());
        assert!(check_encryption(Some(SslMode::Disable), "db.example").is_ok());
        assert!(check_encryption(Some(SslMode::Require), "localhost").is_err());
    }
}
