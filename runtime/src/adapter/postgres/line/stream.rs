//! What a connection's octets go through: a socket, encrypted or not.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
#[cfg(feature = "tls")]
use tokio_rustls::client::TlsStream as Encrypted;

use crate::adapter::postgres::socket::Socket;

pub(super) enum Stream {
    Plain(Socket),
    #[cfg(feature = "tls")]
    Encrypted(Box<Encrypted<Socket>>),
    #[cfg(feature = "tls")]
    None,
}

impl Stream {
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(socket) => Pin::new(socket).poll_read(context, buffer),
            #[cfg(feature = "tls")]
            Stream::Encrypted(stream) => Pin::new(&mut **stream).poll_read(context, buffer),
            #[cfg(feature = "tls")]
            Stream::None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    pub(super) fn poll_write(&mut self, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Plain(socket) => Pin::new(socket).poll_write(context, octets),
            #[cfg(feature = "tls")]
            Stream::Encrypted(stream) => Pin::new(&mut **stream).poll_write(context, octets),
            #[cfg(feature = "tls")]
            Stream::None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    pub(super) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(socket) => Pin::new(socket).poll_flush(context),
            #[cfg(feature = "tls")]
            Stream::Encrypted(stream) => Pin::new(&mut **stream).poll_flush(context),
            #[cfg(feature = "tls")]
            Stream::None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    pub(super) fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Plain(socket) => Pin::new(socket).poll_shutdown(context),
            #[cfg(feature = "tls")]
            Stream::Encrypted(stream) => Pin::new(&mut **stream).poll_shutdown(context),
            #[cfg(feature = "tls")]
            Stream::None => Poll::Ready(Ok(())),
        }
    }
}
