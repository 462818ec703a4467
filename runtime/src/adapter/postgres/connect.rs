//! Makes connections.

use std::error::Error as _;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config as Settings};

use super::encryption::Encryption;
use super::pooler::{Pooled, Types};
use super::statements::Statements;
use crate::config::{Config, wrong};
use crate::error::{Error, Kind, Result};
use crate::executor;

/// A connection, with what it has prepared.
pub(crate) struct Connection {
    pub(super) client: Client,
    pub(super) statements: Statements,
    /// There if it leads through a pooler.
    pub(super) pooled: Option<Pooled>,
    /// How it is encrypted, for what is sent beside it.
    pub(super) encryption: Encryption,
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
    encryption: Encryption,
    /// There if connections lead through a pooler.
    pooler: Option<Types>,
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
        let user = config.user.clone().or_else(|| std::env::var("PGUSER").ok());
        let user = user.filter(|user| !user.is_empty());
        let database = config.database.clone().unwrap_or_default();
        let encryption = Encryption::of(config, &host)?;
        let mut settings = Settings::new();
        settings.dbname(&database).port(port);
        // Without one, the driver takes the operating system's user.
        if let Some(user) = &user {
            settings.user(user);
        }
        settings.application_name(config.application_name.as_deref().unwrap_or("rex"));
        settings.ssl_mode(encryption.negotiation);
        // A server that is gone without a word is noticed within a minute, whether it owes an answer
        // or is sent one; the system's own limits are hours.
        settings.keepalives_idle(Duration::from_secs(30)).keepalives_interval(Duration::from_secs(10));
        settings.keepalives_retries(3).tcp_user_timeout(Duration::from_secs(60));
        if let Some(options) = options(config)? {
            settings.options(options);
        }
        if let Some(password) = &config.password {
            settings.password(password.reveal());
        }
        let place =
            if host.starts_with('/') { format!("{host}/.s.PGSQL.{port}") } else { format!("{host}:{port}") };
        settings.host(host);
        let (timeout, max_lifetime) = (config.connect_timeout(), config.max_lifetime());
        let pooler = (config.pgbouncer == Some(true)).then(Types::default);
        Ok(Target { settings, encryption, pooler, timeout, max_lifetime, place, database })
    }

    pub(super) async fn connect(&self) -> Result<Connection> {
        let connecting = executor::timeout(self.timeout, self.settings.connect(self.encryption.tls()));
        let (client, connection) = match connecting.await {
            Some(Ok(connected)) => connected,
            Some(Err(error)) => return Err(self.explain(error)),
            None => return Err(self.no_answer()),
        };
        // Reads from and writes to the socket until the client is dropped or the server goes. What
        // went wrong then is reported to whoever uses the client next.
        tokio::spawn(async move { _ = connection.await });
        let pooled = match &self.pooler {
            None => None,
            Some(types) => {
                let learning = executor::timeout(self.timeout, Pooled::learn(&client, types)).await;
                let learned = learning.ok_or_else(|| self.no_answer())?;
                Some(learned.map_err(|error| self.explain(error))?)
            }
        };
        let used = Instant::now();
        let expires = self.max_lifetime.map(|lifetime| used + lifetime.mul_f64(part()));
        let (statements, encryption) = (Statements::default(), self.encryption.clone());
        Ok(Connection { client, statements, pooled, encryption, used, expires })
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
        let said = error.as_db_error().map_or("", |error| error.message());
        let message = match code {
            // The server's own words have the user's name in them.
            Some(_) if said.contains("client certificate") => {
                format!(
                    "PostgreSQL at {place} asks for a certificate: name the files of one in `sslcert` and `sslkey`"
                )
            }
            Some(SqlState::INVALID_AUTHORIZATION_SPECIFICATION) if said.ends_with("no encryption") => {
                format!("PostgreSQL at {place} lets nobody in without encryption: say `sslmode=verify-full`")
            }
            Some(SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
                let whom = match self.settings.get_user() {
                    Some(_) => "the user",
                    None => "the operating system's user, since neither the URL nor `PGUSER` names one",
                };
                format!(
                    "PostgreSQL at {place} refused {whom}: check the user's name, password and pg_hba.conf"
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
            Some(_) => format!("PostgreSQL at {place} refused the connection: {said}"),
            None => self.explain_without_answer(&error),
        };
        Error::new(Kind::Connection, message).with_source(error)
    }

    fn explain_without_answer(&self, error: &tokio_postgres::Error) -> String {
        let place = &self.place;
        #[cfg(feature = "tls")]
        if let Some(said) = super::tls::explain(error, place) {
            return said;
        }
        let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) else {
            return match error.source().map(ToString::to_string) {
                Some(said) if said.contains("password missing") => {
                    format!(
                        "PostgreSQL at {place} asks for a password: add it to the URL or the configuration"
                    )
                }
                Some(said) if said.contains("does not support TLS") => {
                    format!(
                        "PostgreSQL at {place} does not encrypt: turn `ssl` on there, or say `sslmode=disable` to connect \
                         without encryption"
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

/// What the session begins with, as options of the server's command line.
fn options(config: &Config) -> Result<Option<String>> {
    let mut options = String::new();
    let mut set = |name: &str, value: &str| {
        // A blank or backslash would end the value.
        let value = value.replace('\\', r"\\").replace(' ', r"\ ");
        options.push_str(&format!("-c {name}={value} "));
    };
    if let Some(path) = &config.search_path {
        set("search_path", path);
    }
    if let Some(limit) = config.statement_timeout() {
        set("statement_timeout", &format!("{}", limit.as_millis().max(1)));
    }
    if !options.is_empty() && config.pgbouncer == Some(true) {
        return Err(wrong(
            "`search_path` and `statement_timeout` are of a session, and with `pgbouncer` there is none: set them for \
             the user in PostgreSQL (`ALTER ROLE … SET …`)",
        ));
    }
    Ok((!options.is_empty()).then_some(options))
}

/// Nine tenths of a lifetime or more, by chance: connections that are made together end apart.
fn part() -> f64 {
    let random = RandomState::new().hash_one(0) as u32;
    1.0 - f64::from(random) / f64::from(u32::MAX) / 10.0
}
