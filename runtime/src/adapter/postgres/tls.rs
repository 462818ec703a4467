//! Encrypted connections, by rustls.

mod certificates;
mod trust;

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as Encrypted;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error as Failure, crypto};

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

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = Stream<S>;
    type TlsConnect = Connect;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Connect> {
        let Some(client) = &self.0 else { return Ok(Connect(None)) };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| io::Error::other("`host` is neither a name nor an address"))?;
        Ok(Connect(Some((TlsConnector::from(Arc::clone(client)), name))))
    }
}

/// A handshake that is to be done.
pub(crate) struct Connect(Option<(TlsConnector, ServerName<'static>)>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Connect {
    type Stream = Stream<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let Some((connector, name)) = self.0 else {
                return Err(io::Error::other("the connection is not to be encrypted"));
            };
            connector.connect(name, stream).await.map(Stream)
        })
    }
}

/// An encrypted connection.
pub(crate) struct Stream<S>(Encrypted<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    /// None: it would bind the password to the certificate, which `verify-full` knows already.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
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
