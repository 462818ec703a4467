//! A Unix socket.
//!
//! One of tokio's own is woken whenever more can be written, which on these sockets is each time that the
//! server takes what was sent: once for every statement, while it has only begun to answer. This one waits
//! for room only where there was none.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll, ready};

use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, ReadBuf};

/// Whether the system tells of everything that comes, so that who has read less than there was room for has
/// read all. Elsewhere it is asked once more.
const TELLS_ALL: bool = cfg!(any(target_os = "linux", target_os = "android", target_os = "macos"));

/// An open Unix socket.
pub(crate) struct UnixSocket {
    stream: AsyncFd<UnixStream>,
    /// The same one, as long as there is no room for what is to be sent.
    full: Option<AsyncFd<UnixStream>>,
}

impl UnixSocket {
    pub(super) async fn connect(file: &str) -> io::Result<Self> {
        UnixSocket::new(tokio::net::UnixStream::connect(file).await?)
    }

    /// Within a runtime.
    pub(in super::super) fn new(stream: tokio::net::UnixStream) -> io::Result<Self> {
        Ok(UnixSocket { stream: watched(stream.into_std()?, Interest::READABLE)?, full: None })
    }

    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.stream.poll_read_ready(context))?;
            let room = buffer.initialize_unfilled();
            let mut stream = self.stream.get_ref();
            match stream.read(room) {
                Ok(count) => {
                    if TELLS_ALL && count > 0 && count < room.len() {
                        ready.clear_ready();
                    }
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready.clear_ready(),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    pub(super) fn poll_write(&mut self, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            if let Some(full) = &self.full {
                ready!(full.poll_write_ready(context))?.clear_ready();
            }
            let mut stream = self.stream.get_ref();
            match stream.write(octets) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if self.full.is_none() {
                        self.full = Some(watched(stream.try_clone()?, Interest::WRITABLE)?);
                    }
                }
                written => {
                    self.full = None;
                    return Poll::Ready(written);
                }
            }
        }
    }

    pub(super) fn shutdown(&self) -> io::Result<()> {
        self.stream.get_ref().shutdown(Shutdown::Write)
    }
}

/// What comes after this function of tokio's is newer than any version that Rex asks for, and unsafe: it is to
/// be promised that the socket owns its descriptor for as long as it is watched, as one of the standard
/// library's does.
#[allow(deprecated, reason = "its successor is unsafe, and nothing here is")]
fn watched(stream: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    AsyncFd::with_interest(stream, interest)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncReadExt;
    use tokio::net::UnixStream;

    use super::*;

    async fn write(socket: &mut UnixSocket, mut octets: &[u8]) {
        while !octets.is_empty() {
            let count = poll_fn(|context| socket.poll_write(context, octets)).await.expect("written");
            octets = &octets[count..];
        }
    }

    #[tokio::test]
    async fn what_has_no_room_waits_for_it() {
        let (ours, mut theirs) = UnixStream::pair().expect("sockets");
        let mut ours = UnixSocket::new(ours).expect("a socket");
        let sent: Vec<u8> = (0..4_000_000_u32).map(|number| number as u8).collect();
        let expected = sent.clone();
        let writing = tokio::spawn(async move {
            write(&mut ours, &sent).await;
            ours
        });
        let mut got = vec![0; expected.len()];
        theirs.read_exact(&mut got).await.expect("all of it");
        assert!(got == expected);
        let ours = writing.await.expect("no panic");
        assert!(ours.full.is_none(), "it waits for room no more");
    }

    #[tokio::test]
    async fn what_comes_is_read_until_the_end() {
        let (ours, theirs) = UnixStream::pair().expect("sockets");
        let mut ours = UnixSocket::new(ours).expect("a socket");
        let mut got = Vec::new();
        let mut theirs = UnixSocket::new(theirs).expect("a socket");
        let writing = tokio::spawn(async move {
            for part in [1, 8, 9, 100] {
                write(&mut theirs, &vec![part; part.into()]).await;
                tokio::task::yield_now().await;
            }
            theirs.shutdown().expect("it ends");
            theirs
        });
        loop {
            let mut room = [0; 8];
            let mut buffer = ReadBuf::new(&mut room);
            poll_fn(|context| ours.poll_read(context, &mut buffer)).await.expect("read");
            match buffer.filled() {
                [] => break,
                part => got.extend_from_slice(part),
            }
        }
        let expected: Vec<u8> = [1, 8, 9, 100].iter().flat_map(|part| vec![*part; (*part).into()]).collect();
        assert_eq!(got, expected);
        drop(writing.await);
    }
}
