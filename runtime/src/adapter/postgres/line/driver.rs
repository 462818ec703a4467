//! The driver's side: what it sends, and what it is given to read.

use std::io;
use std::task::{Context, Poll};

use bytes::Buf;
use tokio::io::ReadBuf;

use super::IN_HAND;
use super::state::{Copies, Request, State, Turn};
use crate::adapter::postgres::frames::{self, client};

/// So many octets may wait to be sent before the driver has to.
const UNSENT: usize = 256 * 1024;

impl State {
    /// Takes a message of the driver's.
    fn send_for_driver(&mut self, letter: u8, message: &[u8]) {
        self.is_sociable = false;
        if letter == client::QUERY && frames::text(frames::body(message)).is_some_and(is_in_hand) {
            let answer = self.in_hand.pop_front().unwrap_or_default();
            self.queue.push_back(Request::InHand(answer));
            return;
        }
        self.send_ahead();
        match letter {
            client::QUERY => self.queue.push_back(Request::Driver),
            client::SYNC if self.copies == Copies::Closed => self.copies = Copies::No,
            client::SYNC => self.queue.push_back(Request::Driver),
            client::COPY_DONE | client::COPY_FAIL if self.copies == Copies::Open => {
                self.copies = Copies::Closed;
            }
            client::PARSE => self.overhear(frames::body(message)),
            _ => {}
        }
        self.outbox.extend_from_slice(message);
    }

    /// Notes the name of a statement that somebody wants to know.
    fn overhear(&mut self, parse: &[u8]) {
        let Some((name, rest)) = frames::text(parse) else { return };
        let Some((sql, _)) = frames::text(rest) else { return };
        let wanted = self.overheard.iter_mut().find(|(wanted, _)| wanted.as_bytes() == sql);
        // Whoever was dropped may have had the same text before: the last one counts.
        if let Some((_, heard)) = wanted {
            *heard = String::from_utf8(name.to_vec()).ok();
        }
    }

    /// Listens for the name of a statement; answers with the text that it is to be prepared with.
    pub(in super::super) fn listen(&mut self, sql: &str) -> String {
        let mut sql = sql.to_owned();
        while self.overheard.iter().any(|(wanted, _)| *wanted == sql) {
            sql.push(' ');
        }
        self.overheard.push((sql.clone(), None));
        sql
    }

    /// The name of a statement that was listened for, and is not any more.
    pub(in super::super) fn heard(&mut self, sql: &str) -> Option<String> {
        let place = self.overheard.iter().position(|(wanted, _)| wanted == sql)?;
        self.overheard.swap_remove(place).1
    }

    pub(super) fn poll_driver_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            self.sort();
            if !self.for_driver.is_empty() {
                self.most_for_driver = self.most_for_driver.max(self.for_driver.len());
                let count = self.for_driver.len().min(buffer.remaining());
                buffer.put_slice(&self.for_driver[..count]);
                self.for_driver.advance(count);
                frames::shrink(&mut self.for_driver, &mut self.most_for_driver);
                return Poll::Ready(Ok(()));
            }
            if self.is_dead && self.unread == 0 {
                return Poll::Ready(Ok(()));
            }
            if self.is_crowded {
                _ = self.poll_send_by_driver(context);
            }
            let is_others = self.turn() != Turn::Driver || self.is_borrowed;
            if self.is_dead || is_others || self.poll_fill(context).is_pending() {
                self.driver = Some(context.waker().clone());
                return Poll::Pending;
            }
        }
    }

    pub(super) fn poll_driver_write(
        &mut self,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let is_full = self.outbox.len() > UNSENT && self.poll_send(context).is_pending();
        if (self.is_copying && !self.is_dead) || (is_full && self.outbox.len() > UNSENT) {
            self.driver_is_full = true;
            self.driver = Some(context.waker().clone());
            return Poll::Pending;
        }
        for (letter, message) in frames::each(octets) {
            self.send_for_driver(letter, message);
        }
        self.is_crowd();
        self.sort();
        self.wake_next();
        Poll::Ready(Ok(octets.len()))
    }
}

fn is_in_hand((sql, _): (&[u8], &[u8])) -> bool {
    sql == IN_HAND.as_bytes()
}
