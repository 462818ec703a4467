//! The stream itself: what is read from it, and what is written.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use tokio::io::ReadBuf;

use super::state::{Request, State};
use crate::adapter::postgres::copy::Rows;
use crate::adapter::postgres::frames::{self, client};
use crate::error::Result;

/// So many octets may wait to be sent before more of a copy is made.
const ROOM: usize = 64 * 1024;

/// Where in what is to be sent a request begins, and what has gone ahead of it.
pub(in super::super) struct Begun {
    start: usize,
    ahead: String,
}

impl State {
    /// Reads what has come from the server.
    pub(in super::super) fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.is_dead {
            return Poll::Ready(());
        }
        let State { stream, inbox, .. } = self;
        let mut room = ReadBuf::new(inbox.room());
        let outcome = ready!(stream.poll_read(context, &mut room));
        let count = room.filled().len();
        if outcome.is_err() || count == 0 {
            self.die();
        } else {
            inbox.filled(count);
        }
        Poll::Ready(())
    }

    /// The name of a statement that is to be prepared. None is used twice.
    pub(in super::super) fn next_name(&mut self) -> String {
        self.named += 1;
        format!("rex_{}", self.named)
    }

    /// Nobody has a statement any more: it is closed together with what is sent next.
    pub(in super::super) fn closes(&mut self, name: String) {
        self.unkept.push(name);
    }

    /// Statements of our own that answer nothing, each with its semicolon, go ahead of whatever is sent next.
    pub(in super::super) fn put_ahead(&mut self, sql: &str) {
        self.ahead.push_str(sql);
    }

    /// Writes what goes ahead as a part of the request that is written behind it: where the server refuses one
    /// of its statements, it skips all the others, and this is that request's answer. What is left of the
    /// request where it cannot be written is handed back: see [`State::take_back`].
    pub(in super::super) fn begin_request(&mut self) -> Begun {
        let begun = Begun { start: self.outbox.len(), ahead: std::mem::take(&mut self.ahead) };
        for sql in begun.ahead.split_terminator(';') {
            frames::put_fixed(client::PARSE, &[b"\0", sql.as_bytes(), b"\0\0\0"].concat(), &mut self.outbox);
            // Of no name, without values, and whatever form it would answer in.
            frames::put_fixed(client::BIND, &[0; 8], &mut self.outbox);
            frames::put_fixed(client::EXECUTE, &[0; 5], &mut self.outbox);
        }
        begun
    }

    /// What was begun is not sent.
    pub(in super::super) fn take_back(&mut self, begun: Begun) {
        self.outbox.truncate(begun.start);
        self.ahead = begun.ahead;
    }

    /// Writes what goes ahead as a request by itself.
    pub(in super::super) fn send_ahead(&mut self) {
        let sql = std::mem::take(&mut self.ahead);
        if !sql.is_empty() {
            frames::put_fixed(client::QUERY, &[sql.as_bytes(), b"\0"].concat(), &mut self.outbox);
            self.enter_abandoned();
        }
    }

    pub(in super::super) fn close_unkept(&mut self) {
        for name in self.unkept.drain(..) {
            frames::put_fixed(client::CLOSE, &[b"S", name.as_bytes(), b"\0"].concat(), &mut self.outbox);
        }
    }

    /// Whether the next rows of a copy may be written.
    pub(in super::super) fn has_room(&self) -> bool {
        self.outbox.len() < ROOM
    }

    /// Writes the next rows of a copy, if there is room.
    pub(in super::super) fn put_part(&mut self, rows: &mut Rows<'_>) -> Result<()> {
        if self.has_room() && rows.put(&mut self.outbox)? {
            frames::put_fixed(client::COPY_DONE, &[], &mut self.outbox);
            self.ends_copy();
        }
        Ok(())
    }

    /// Nobody has the rest of a copy's rows. A server that has refused the copy takes no notice.
    pub(super) fn give_up_copy(&mut self) {
        frames::put_fixed(client::COPY_FAIL, b"it is given up\0", &mut self.outbox);
        self.ends_copy();
    }

    /// No more of a copy is sent, and others may send again.
    pub(super) fn ends_copy(&mut self) {
        self.is_copying = false;
        self.wake_full_driver();
    }

    /// Sends what is to be sent. What the server cannot be told any more is dropped; it may have said why.
    pub(in super::super) fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.is_deaf {
            self.outbox.clear();
        } else if ready!(self.poll_write_out(context)).is_err() {
            self.is_deaf = true;
            self.outbox.clear();
        }
        self.wake_full_driver();
        Poll::Ready(())
    }

    /// The same, by the driver: whoever has more rows for a copy is to know that there is room.
    pub(super) fn poll_send_by_driver(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let was_empty = self.outbox.is_empty();
        ready!(self.poll_send(context));
        if self.is_copying
            && !was_empty
            && let Some(Request::Own { waker, .. }) = self.queue.back_mut()
            && let Some(waker) = waker.take()
        {
            waker.wake();
        }
        Poll::Ready(())
    }

    fn wake_full_driver(&mut self) {
        if !self.is_copying && std::mem::take(&mut self.driver_is_full) {
            self.wake_driver();
        }
    }

    fn poll_write_out(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.most_unsent = self.most_unsent.max(self.outbox.len());
        while !self.outbox.is_empty() {
            match ready!(self.stream.poll_write(context, &self.outbox))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.outbox.advance(count),
            }
            self.is_unflushed = true;
        }
        if self.is_unflushed {
            ready!(self.stream.poll_flush(context))?;
            self.is_unflushed = false;
        }
        frames::shrink(&mut self.outbox, &mut self.most_unsent);
        Poll::Ready(Ok(()))
    }
}
