//! The stream itself: what is read from it, and what is written.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use tokio::io::ReadBuf;

use super::state::State;
use crate::adapter::postgres::frames;

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

    /// Sends what is to be sent. What the server cannot be told any more is dropped; it may have said why.
    pub(in super::super) fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.is_deaf {
            self.outbox.clear();
        } else if ready!(self.poll_write_out(context)).is_err() {
            self.is_deaf = true;
            self.outbox.clear();
        }
        if std::mem::take(&mut self.driver_is_full) {
            self.wake_driver();
        }
        Poll::Ready(())
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
