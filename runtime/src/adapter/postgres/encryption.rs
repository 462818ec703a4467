//! Whether connections are encrypted. What is asked for is met, or refused; never less.

use std::io;

use tokio_postgres::config::SslMode as Negotiation;

#[cfg(not(feature = "tls"))]
use tokio_postgres::NoTls as Tls;

#[cfg(feature = "tls")]
use super::tls::Tls;
use crate::config::{Config, SslMode, wrong};
use crate::error::Result;

/// How connections are encrypted.
#[derive(Clone)]
pub(super) struct Encryption {
    pub(super) negotiation: Negotiation,
    tls: Tls,
}

impl Encryption {
    /// The handshake with a host, should there be one.
    pub(super) fn connect(&self, host: &str) -> io::Result<Connect> {
        connect(&self.tls, host)
    }

    /// What a configuration asks for. On this machine nothing is encrypted unasked; a server anywhere
    /// else must show who it is.
    pub(super) fn of(config: &Config, host: &str) -> Result<Self> {
        let unsaid = if is_local(host) { SslMode::Disable } else { SslMode::VerifyFull };
        match config.sslmode.unwrap_or(unsaid) {
            SslMode::Disable => Ok(Encryption { negotiation: Negotiation::Disable, tls: none() }),
            _ if host.starts_with('/') => Err(wrong(
                "`sslmode` asks for encryption and `host` is a Unix socket, which PostgreSQL never encrypts: leave \
                 `sslmode` out",
            )),
            mode => Ok(Encryption { negotiation: Negotiation::Require, tls: some(config, mode, host)? }),
        }
    }
}

#[cfg(feature = "tls")]
pub(super) use super::tls::Connect;

#[cfg(not(feature = "tls"))]
pub(super) use tokio_postgres::NoTls as Connect;

#[cfg(feature = "tls")]
fn connect(tls: &Tls, host: &str) -> io::Result<Connect> {
    tls.connect(host)
}

#[cfg(not(feature = "tls"))]
fn connect(_: &Tls, _: &str) -> io::Result<Connect> {
    Ok(Tls)
}

#[cfg(feature = "tls")]
fn none() -> Tls {
    Tls::none()
}

#[cfg(feature = "tls")]
fn some(config: &Config, mode: SslMode, _: &str) -> Result<Tls> {
    Tls::of(config, mode)
}

#[cfg(not(feature = "tls"))]
fn none() -> Tls {
    Tls
}

#[cfg(not(feature = "tls"))]
fn some(config: &Config, _: SslMode, host: &str) -> Result<Tls> {
    let why = match config.sslmode {
        Some(_) => "`sslmode` asks for encryption".to_owned(),
        None => format!("`{host}` is another machine"),
    };
    Err(wrong(format!(
        "{why} and TLS is not compiled in: turn on the cargo feature `tls` of rex-orm (`cargo add rex-orm --features \
         tls`), or say `sslmode=disable` to connect without encryption"
    )))
}

fn is_local(host: &str) -> bool {
    let is_loopback =
        |host: &str| host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    host.starts_with('/') || host == "localhost" || is_loopback(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiation(sslmode: Option<SslMode>, host: &str) -> Result<Negotiation> {
        let config = Config { sslmode, ..Config::default() };
        Encryption::of(&config, host).map(|encryption| encryption.negotiation)
    }

    #[test]
    fn nothing_goes_unencrypted_over_a_network_in_silence() {
        for host in ["/tmp/x", "localhost", "127.0.0.1", "127.8.8.8", "::1"] {
            assert_eq!(negotiation(None, host).expect("it is here"), Negotiation::Disable, "{host}");
        }
        for host in ["db.example", "10.0.0.1", "localhost.example", "0.0.0.0"] {
            // Without TLS compiled in, or roots on this machine, it is refused.
            assert!(
                negotiation(None, host).is_ok_and(|it| it == Negotiation::Require) || !cfg!(feature = "tls")
            );
            assert_ne!(negotiation(None, host).ok(), Some(Negotiation::Disable), "{host}");
        }
        assert_eq!(negotiation(Some(SslMode::Disable), "db.example").ok(), Some(Negotiation::Disable));
        assert_ne!(negotiation(Some(SslMode::Require), "localhost").ok(), Some(Negotiation::Disable));
        assert!(negotiation(Some(SslMode::Require), "/tmp/x").is_err());
    }
}
