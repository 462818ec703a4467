//! The one stream of a connection, on which the driver and Rex send and are answered.
//!
//! The driver's own task would cost a statement two changes of tasks, a channel, and memory for every
//! row. So Rex writes its statements to the stream itself and reads their rows where they arrive
//! ([`exchange`](super::exchange)). The driver is there for all the rest: it signs in, prepares, learns
//! types, copies, and turns the server's errors into its own.
//!
//! The server answers in order. So a queue has an entry for each request that is under way, the driver's
//! and our own: what comes is the first one's, and only who waits for that reads. What nobody waits for
//! any more is read and thrown away by who comes next.

mod driver;
mod sending;
mod state;
mod stream;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

#[cfg(feature = "tls")]
use tokio_rustls::client::TlsStream as Encrypted;

use super::frames::Inbox;
use super::socket::Socket;
#[cfg(feature = "tls")]
use stream::Stream;

pub(super) use state::{Manner, State, Turn};

/// What the driver is asked when it is to read an answer that Rex has in hand. It never gets to the server.
pub(super) const IN_HAND: &str = "-- rex: the answer is in hand";

/// The stream of a connection. Its clones are the same one.
#[derive(Clone)]
pub(crate) struct Line(Arc<Mutex<State>>);

/// The same, as long as there is the connection.
pub(super) struct WeakLine(Weak<Mutex<State>>);

impl WeakLine {
    pub(super) fn upgrade(&self) -> Option<Line> {
        self.0.upgrade().map(Line)
    }
}

impl Line {
    pub(super) fn new(socket: Socket) -> Self {
        Line(Arc::new(Mutex::new(State::new(socket))))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn downgrade(&self) -> WeakLine {
        WeakLine(Arc::downgrade(&self.0))
    }

    /// How many requests are under way, if one more may go behind them.
    pub(super) fn company(&self) -> Option<usize> {
        let state = self.state();
        state.takes_company().then_some(state.under_way())
    }

    /// The driver has signed in: from now on both use it.
    pub(super) fn share(&self) {
        self.state().is_shared = true;
    }

    /// The driver is lent, and reads what comes unasked.
    pub(super) fn lend(&self) {
        let mut state = self.state();
        state.driver_watches = true;
        state.wake_driver();
    }

    /// Whether it is known that nothing comes any more.
    pub(super) fn is_dead(&self) -> bool {
        self.state().is_dead()
    }

    /// Whether the server has closed it, as far as is known without waiting.
    pub(super) fn is_closed(&self) -> bool {
        let mut state = self.state();
        if !state.driver_watches && !state.is_dead() {
            let mut context = Context::from_waker(Waker::noop());
            while state.turn() == Turn::Nobody && state.poll_fill(&mut context).is_ready() && !state.is_dead()
            {
                state.sort();
            }
        }
        state.is_dead()
    }

    /// Ends it: whoever waits is told. What the driver waits for does not come any more.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.unread = 0;
        state.die();
    }

    /// Waits until the other side hangs up.
    pub(super) async fn until_closed(&self) {
        poll_fn(|context| {
            let mut state = self.state();
            while !state.is_dead() {
                ready!(state.poll_fill(context));
                state.inbox = Inbox::default();
            }
            Poll::Ready(())
        })
        .await;
    }

    /// Whether nothing is under way.
    #[cfg(test)]
    pub(super) fn rests(&self) -> bool {
        self.state().under_way() == 0
    }

    /// Whether the server is in a transaction, as far as it has answered.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.state().status != b'I'
    }

    /// Takes the socket out, to encrypt it.
    #[cfg(feature = "tls")]
    pub(super) fn take(&self) -> io::Result<Socket> {
        match std::mem::replace(&mut self.state().stream, Stream::None) {
            Stream::Plain(socket) => Ok(socket),
            Stream::Encrypted(_) | Stream::None => Err(io::Error::other("it is encrypted already")),
        }
    }

    /// Puts it back, with what a password is bound to.
    #[cfg(feature = "tls")]
    pub(super) fn put(&self, encrypted: Encrypted<Socket>, binding: Option<Vec<u8>>) {
        let mut state = self.state();
        state.stream = Stream::Encrypted(Box::new(encrypted));
        state.binding = binding;
    }

    /// An answer for the driver to read, as soon as it asks [`IN_HAND`].
    pub(super) fn hand_to_driver(&self, answer: Vec<u8>) {
        let mut state = self.state();
        state.in_hand.push_back(answer);
        state.unread += 1;
    }
}

/// The driver's side.
impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if state.is_shared {
            return state.poll_driver_read(context, buffer);
        }
        state.stream.poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        if state.is_shared {
            return state.poll_driver_write(context, octets);
        }
        state.stream.poll_write(context, octets)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if state.is_shared {
            return state.poll_send_by_driver(context).map(Ok);
        }
        state.stream.poll_flush(context)
    }

    /// Of a line that nobody has signed in on, which asks only for something to be stopped, the other side is
    /// to hang up.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if !state.is_shared {
            return state.stream.poll_flush(context);
        }
        ready!(state.poll_send_by_driver(context));
        state.stream.poll_shutdown(context)
    }
}
