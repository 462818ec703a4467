//! Encrypted connections, by rustls.

mod binding;
mod certificates;
mod trust;

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error as Failure, crypto};

use super::line::Line;
use crate::config::{Config, SslMode, wrong};
use crate::error::Result;

/// How a connection is encrypted; none if it is not.
#[derive(Clone)]
pub(crate) struct Tls(Option<Arc<ClientConfig>>);

impl Tls {
    pub(super) fn none() -> Self {
        Tls(None)
    }

    /// Reads the certificates that a configuration names.
    pub(super) fn of(config: &Config, mode: SslMode) -> Result<Self> {
        let provider = Arc::new(crypto::ring::default_provider());
        let trust = trust::of(config, mode, &provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(format!("TLS cannot be set up: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(trust);
        let client = match certificates::own(config)? {
            None => builder.with_no_client_auth(),
            Some((certificates, key)) => {
                builder.with_client_auth_cert(certificates, key).map_err(|error| {
                    wrong(format!(
                        "`sslcert` and `sslkey` do not belong together, or are of an unknown kind: {error}"
                    ))
                })?
            }
        };
        Ok(Tls(Some(Arc::new(client))))
    }
}

impl Tls {
    /// The handshake with a host.
    pub(super) fn connect(&self, host: &str) -> io::Result<Connect> {
        let Some(client) = &self.0 else { return Ok(Connect(None)) };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| io::Error::other("`host` is neither a name nor an address"))?;
        Ok(Connect(Some((TlsConnector::from(Arc::clone(client)), name))))
    }
}

/// A handshake that is to be done.
pub(crate) struct Connect(Option<(TlsConnector, ServerName<'static>)>);

impl TlsConnect<Line> for Connect {
    type Stream = Line;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Line>> + Send>>;

    fn connect(self, line: Line) -> Self::Future {
        Box::pin(async move {
            let Some((connector, name)) = self.0 else {
                return Err(io::Error::other("the connection is not to be encrypted"));
            };
            let encrypted = connector.connect(name, line.take()?).await?;
            let certificates = encrypted.get_ref().1.peer_certificates();
            let binding = certificates.and_then(<[_]>::first).and_then(|first| binding::of(first));
            line.put(encrypted, binding);
            Ok(line)
        })
    }
}

impl TlsStream for Line {
    fn channel_binding(&self) -> ChannelBinding {
        self.state().binding.take().map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// Why there is no encrypted connection to `place`, in one line, and what to do; none when it is not
/// for TLS.
pub(super) fn explain(error: &tokio_postgres::Error, place: &str) -> Option<String> {
    let failure = error.source().and_then(failure)?;
    Some(match failure {
        Failure::InvalidCertificate(why) => {
            let (what, help) = distrust(why);
            format!("the certificate of PostgreSQL at {place} {what}: {help}")
        }
        other => format!("cannot connect to PostgreSQL at {place} by TLS: {other}"),
    })
}

/// What rustls says, out of the layers around it.
fn failure<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Failure> {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return Some(failure);
    }
    let inner: &'e (dyn StdError + 'static) = match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref()?,
        None => error.source()?,
    };
    failure(inner)
}

fn distrust(why: &CertificateError) -> (String, &'static str) {
    let said = |what: &str, help| (what.to_owned(), help);
    match why {
        CertificateError::UnknownIssuer => said(
            "is signed by nobody who is trusted",
            "name the file of its authority's certificate in `sslrootcert`, if you trust it",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => said(
            "is another host's",
            "say in `host` the name that is in it, or `sslmode=verify-ca` if the authority signs for nobody else",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            said("has expired", "the server needs a new one; or is the clock of this machine wrong?")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            said("is not valid yet", "is the clock of this machine wrong?")
        }
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => said(
            "is that of an authority, signed by itself",
            "give the server one of its own that the authority signs",
        ),
        other => (format!("cannot be trusted ({other})"), "the server needs another one"),
    }
}
