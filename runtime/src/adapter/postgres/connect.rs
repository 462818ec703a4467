//! Makes connections.

use std::error::Error as _;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio_postgres::config::ChannelBinding as Binding;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config as Settings};

use super::encryption::{Connect, Encryption};
use super::line::Line;
use super::pooler::{Pooled, Types};
use super::session::Failure;
use super::socket::Address;
use super::statements::Statements;
use crate::config::{ChannelBinding, Config, wrong};
use crate::error::{Error, Kind, Result};
use crate::executor;

/// A connection, with what it has prepared.
pub(crate) struct Connection {
    pub(super) client: Client,
    /// What the client leads to.
    pub(super) line: Line,
    pub(super) statements: Arc<Statements>,
    /// There if it leads through a pooler.
    pub(super) pooled: Option<Pooled>,
    /// Where it leads, for what is sent beside it.
    way: Way,
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

    /// Whether the server has closed it, as far as is known without waiting.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed() || self.line.is_closed()
    }

    /// Whether a transaction is open in it. Behind a pooler that is not known.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.pooled.is_none() && self.line.is_in_transaction()
    }

    /// Sends statements of our own that answer nothing.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), Failure> {
        match self.pooled {
            Some(_) => Ok(Box::pin(self.client.batch_execute(sql)).await?),
            None => self.line.ask(sql).told(&self.client).await,
        }
    }

    /// Closes it, at the latest after a while: the driver says goodbye when it has been answered, and a server
    /// that does not answer is not waited for.
    pub(super) async fn close(self: Box<Self>, patience: Duration) {
        let line = self.line.downgrade();
        drop(self);
        tokio::time::sleep(patience).await;
        if let Some(line) = line.upgrade() {
            line.end();
        }
    }

    /// Stops what it is at.
    pub(super) async fn cancel(&self) -> Result<(), Refused> {
        let (line, tls) = self.way.open().await?;
        let token = self.client.cancel_token();
        token.cancel_query_raw(line.clone(), tls).await.map_err(Refused::Driver)?;
        // A pooler in between forgets the wish of who hangs up first.
        line.until_closed().await;
        Ok(())
    }
}

/// Where connections lead, and how they are encrypted.
#[derive(Clone)]
struct Way {
    address: Address,
    encryption: Encryption,
}

impl Way {
    async fn open(&self) -> Result<(Line, Connect), Refused> {
        let socket = self.address.dial().await.map_err(Refused::Socket)?;
        let tls = self.encryption.connect(&self.address.host).map_err(Refused::Socket)?;
        Ok((Line::new(socket), tls))
    }
}

/// From now on the driver and Rex share the line. The driver's task reads and writes what is the driver's until
/// the client is dropped or the server goes. What went wrong then is reported to whoever uses the client next.
pub(super) fn drive<T>(line: &Line, connection: tokio_postgres::Connection<Line, T>) -> JoinHandle<()>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    line.share();
    let ends = Ends(line.clone());
    tokio::spawn(async move {
        _ = connection.await;
        drop(ends);
    })
}

/// Ends a line together with the driver's task, be it that its runtime is no more: nobody would read for
/// several who wait.
struct Ends(Line);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Why there is no connection.
pub(super) enum Refused {
    Socket(io::Error),
    Driver(tokio_postgres::Error),
}

/// Where connections lead.
pub(super) struct Target {
    settings: Settings,
    way: Way,
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
        settings.dbname(&database);
        // Without one, the driver takes the operating system's user.
        if let Some(user) = &user {
            settings.user(user);
        }
        settings.application_name(config.application_name.as_deref().unwrap_or("rex"));
        settings.ssl_mode(encryption.negotiation);
        settings.channel_binding(match config.channel_binding {
            Some(ChannelBinding::Disable) => Binding::Disable,
            Some(ChannelBinding::Require) => Binding::Require,
            Some(ChannelBinding::Prefer) | None => Binding::Prefer,
        });
        if let Some(options) = options(config)? {
            settings.options(options);
        }
        if let Some(password) = &config.password {
            settings.password(password.reveal());
        }
        let address = Address { host, port };
        let place = if address.is_unix() { address.file() } else { format!("{}:{port}", address.host) };
        let (timeout, max_lifetime) = (config.connect_timeout(), config.max_lifetime());
        let pooler = (config.pgbouncer == Some(true)).then(Types::default);
        let way = Way { address, encryption };
        Ok(Target { settings, way, pooler, timeout, max_lifetime, place, database })
    }

    pub(super) async fn connect(&self) -> Result<Connection> {
        let (client, line) = match executor::timeout(self.timeout, self.sign_in()).await {
            Some(Ok(connected)) => connected,
            Some(Err(Refused::Driver(error))) => return Err(self.explain(error)),
            Some(Err(Refused::Socket(error))) => {
                return Err(Error::new(Kind::Connection, self.explain_socket(&error)).with_source(error));
            }
            None => return Err(self.no_answer()),
        };
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
        let (statements, way) = (Arc::<Statements>::default(), self.way.clone());
        Ok(Connection { client, line, statements, pooled, way, used, expires })
    }

    async fn sign_in(&self) -> Result<(Client, Line), Refused> {
        let (line, tls) = self.way.open().await?;
        let connecting = self.settings.connect_raw(line.clone(), tls);
        let (client, connection) = connecting.await.map_err(Refused::Driver)?;
        drive(&line, connection);
        Ok((client, line))
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
                Some(said) if said.contains("channel binding") => {
                    format!(
                        "PostgreSQL at {place} cannot bind the password to its certificate: encrypt the connection \
                         (`sslmode=verify-full`), or leave `channel_binding` out"
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
        self.explain_socket(io)
    }

    fn explain_socket(&self, io: &io::Error) -> String {
        let place = &self.place;
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
