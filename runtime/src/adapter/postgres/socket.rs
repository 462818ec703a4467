//! The socket that leads to a server.

#[cfg(unix)]
mod unix;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[cfg(unix)]
pub(super) use unix::UnixSocket;

/// How long a connection is unused before it is asked whether there is still a server.
const IDLE: Duration = Duration::from_secs(30);

/// How often it is asked, and how many times: a server that is gone without a word is noticed within a
/// minute; the system's own limits are hours.
const INTERVAL: Duration = Duration::from_secs(10);
const RETRIES: u32 = 3;

/// How long what is sent may wait for the other side's system to take it.
#[cfg(target_os = "linux")]
const UNTAKEN: Duration = Duration::from_secs(60);

/// Where a server listens.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// A name, an address, or the folder of a Unix socket.
    pub(super) host: String,
    pub(super) port: u16,
}

impl Address {
    /// Whether it is the folder of a Unix socket.
    pub(super) fn is_unix(&self) -> bool {
        self.host.starts_with('/')
    }

    /// The file of a Unix socket.
    pub(super) fn file(&self) -> String {
        format!("{}/.s.PGSQL.{}", self.host, self.port)
    }

    pub(super) async fn dial(&self) -> io::Result<Socket> {
        if self.is_unix() {
            return dial_unix(&self.file()).await;
        }
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        let keepalive = TcpKeepalive::new().with_time(IDLE).with_interval(INTERVAL);
        #[cfg(not(windows))]
        let keepalive = keepalive.with_retries(RETRIES);
        socket.set_tcp_keepalive(&keepalive)?;
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(Some(UNTAKEN))?;
        Ok(Socket::Tcp(stream))
    }
}

#[cfg(unix)]
async fn dial_unix(file: &str) -> io::Result<Socket> {
    Ok(Socket::Unix(UnixSocket::connect(file).await?))
}

#[cfg(not(unix))]
async fn dial_unix(_: &str) -> io::Result<Socket> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "there are no Unix sockets here"))
}

/// A socket that is open.
pub(crate) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixSocket),
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut *self {
            Socket::Tcp(stream) => Pin::new(stream).poll_read(context, buffer),
            #[cfg(unix)]
            Socket::Unix(stream) => stream.poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut *self {
            Socket::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(unix)]
            Socket::Unix(stream) => stream.poll_write(context, bytes),
        }
    }

    /// Neither holds anything back.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Socket::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            #[cfg(unix)]
            Socket::Unix(stream) => Poll::Ready(stream.shutdown()),
        }
    }
}
