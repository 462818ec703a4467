//! What is under way on a connection, and who reads next.

use std::collections::VecDeque;
use std::io;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use tokio::io::ReadBuf;

use super::IN_HAND;
use super::stream::Stream;
use crate::adapter::postgres::frames::{self, Inbox, NoMessage, client, tag};
use crate::adapter::postgres::socket::Socket;

/// So many octets may wait to be sent before the driver has to.
const UNSENT: usize = 256 * 1024;

pub(in super::super) struct State {
    pub(super) stream: Stream,
    /// Whether the driver has signed in. Until then all is its own.
    pub(super) is_shared: bool,
    /// Whether the driver reads while nothing is asked, and so notices the end.
    pub(super) driver_watches: bool,
    pub(in super::super) inbox: Inbox,
    pub(in super::super) outbox: BytesMut,
    /// Whether something was written that may not have left an encrypted stream's buffer.
    is_unflushed: bool,
    /// How long the outbox was at most, since it was empty.
    most_unsent: usize,
    /// Nothing can be sent any more.
    is_deaf: bool,
    /// Nothing comes any more.
    is_dead: bool,
    /// What is under way, in order; each has a number, one more than that before it.
    queue: VecDeque<Request>,
    /// The number of the first.
    first: u64,
    /// Several wait at once, so that the driver reads for all of them until all are answered: its task is
    /// always there, while of theirs one may wait for another before it goes on.
    is_crowded: bool,
    /// Answers of our own that the driver has read, and of which nothing more comes.
    finished: Vec<Finished>,
    /// The inbox is in the hands of who reads it.
    is_borrowed: bool,
    /// What the driver may read.
    for_driver: BytesMut,
    /// How long that was at most, since it was empty.
    most_for_driver: usize,
    /// Answers that the driver is to be handed, once it asks.
    pub(super) in_hand: VecDeque<Vec<u8>>,
    /// So many of them it has not read yet.
    pub(super) unread: usize,
    driver: Option<Waker>,
    /// Whether the driver waits for room.
    driver_is_full: bool,
    copies: Copies,
    /// Statements whose names are to be known once the driver has chosen them. No two have one text.
    overheard: Vec<(String, Option<String>)>,
    /// Whether all that is under way are reads by a key, outside of a transaction.
    is_sociable: bool,
    /// What the server said last of its transaction: `I` if there is none.
    pub(super) status: u8,
}

/// A request that is under way.
enum Request {
    /// One of the driver's.
    Driver,
    /// One of our own.
    Own {
        waker: Option<Waker>,
        is_abandoned: bool,
        /// It is sent ahead of another one, by the same future.
        is_ahead: bool,
        /// What the driver has read of its answer.
        early: Vec<u8>,
    },
    /// An answer that the driver is to read.
    InHand(Vec<u8>),
}

/// An answer that somebody has still to take.
struct Finished {
    number: u64,
    answer: Vec<u8>,
    /// Whether it has come to its end; or else there is no connection any more.
    is_whole: bool,
}

/// While the server takes a copy, it takes no notice of the driver's wish for an answer that was sent
/// behind the statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copies {
    No,
    Open,
    Closed,
}

/// Whose turn it is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Turn {
    Driver,
    Own(u64),
    Nobody,
}

impl State {
    pub(super) fn new(socket: Socket) -> Self {
        State {
            stream: Stream::Plain(socket),
            is_shared: false,
            driver_watches: true,
            inbox: Inbox::default(),
            outbox: BytesMut::new(),
            is_unflushed: false,
            most_unsent: 0,
            is_deaf: false,
            is_dead: false,
            queue: VecDeque::new(),
            first: 0,
            is_crowded: false,
            finished: Vec::new(),
            is_borrowed: false,
            for_driver: BytesMut::new(),
            most_for_driver: 0,
            in_hand: VecDeque::new(),
            unread: 0,
            driver: None,
            driver_is_full: false,
            copies: Copies::No,
            overheard: Vec::new(),
            is_sociable: false,
            status: b'I',
        }
    }

    /// How many requests are under way.
    pub(super) fn under_way(&self) -> usize {
        self.queue.len()
    }

    pub(in super::super) fn takes_company(&self) -> bool {
        self.is_sociable && !self.queue.is_empty() && !self.is_dead
    }

    /// Enters a request of our own, which was written; answers with its number.
    pub(in super::super) fn enter(&mut self, is_sociable: bool, is_ahead: bool) -> u64 {
        self.driver_watches = false;
        self.is_sociable = is_sociable && (self.is_sociable || self.queue.is_empty());
        self.queue.push_back(Request::Own { waker: None, is_abandoned: false, is_ahead, early: Vec::new() });
        self.is_crowd();
        self.first + self.queue.len() as u64 - 1
    }

    /// Whether several wait now: the driver is to read for them.
    fn is_crowd(&mut self) {
        let waits = |request: &&Request| match request {
            Request::Own { is_abandoned, is_ahead, .. } => !is_abandoned && !is_ahead,
            Request::Driver | Request::InHand(_) => true,
        };
        if !self.is_crowded && self.queue.len() > 1 && self.queue.iter().filter(waits).count() > 1 {
            self.is_crowded = true;
            self.wake_driver();
        }
    }

    pub(in super::super) fn is_crowded(&self) -> bool {
        self.is_crowded
    }

    /// Takes what has come, to read it.
    pub(in super::super) fn borrow_inbox(&mut self) -> Inbox {
        self.is_borrowed = true;
        std::mem::take(&mut self.inbox)
    }

    /// Puts it back.
    pub(in super::super) fn return_inbox(&mut self, inbox: Inbox) {
        self.is_borrowed = false;
        self.inbox = inbox;
        if self.is_crowded {
            self.wake_driver();
        }
    }

    /// What the driver has read of an answer, and whether that is all of it.
    pub(in super::super) fn take_read(&mut self, number: u64) -> Option<(Vec<u8>, bool)> {
        if let Some(place) = self.finished.iter().position(|finished| finished.number == number) {
            let Finished { answer, is_whole, .. } = self.finished.swap_remove(place);
            return Some((answer, is_whole));
        }
        let place = number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok())?;
        match self.queue.get_mut(place) {
            Some(Request::Own { early, .. }) if !early.is_empty() => Some((std::mem::take(early), false)),
            _ => None,
        }
    }

    pub(in super::super) fn is_first(&self, number: u64) -> bool {
        self.first == number && !self.queue.is_empty()
    }

    pub(in super::super) fn is_dead(&self) -> bool {
        self.is_dead
    }

    /// What was sent last ends the transaction.
    pub(in super::super) fn rests(&mut self) {
        self.status = b'I';
    }

    /// The first request is answered.
    pub(in super::super) fn answered(&mut self, status: u8) {
        self.status = status;
        self.inbox.shrink();
        self.pop();
    }

    fn pop(&mut self) {
        self.queue.pop_front();
        self.first += 1;
        self.is_crowded &= !self.queue.is_empty();
    }

    /// Nobody waits for a request any more.
    pub(in super::super) fn abandon(&mut self, number: u64) {
        let place = number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        if let Some(Request::Own { is_abandoned, waker, early, .. }) =
            place.and_then(|place| self.queue.get_mut(place))
        {
            *is_abandoned = true;
            *waker = None;
            *early = Vec::new();
        }
        self.finished.retain(|finished| finished.number != number);
        self.sort();
        self.wake_next();
        // What it was to send is the driver's to send, where there is nobody else.
        if !self.outbox.is_empty() {
            self.wake_driver();
        }
    }

    /// Wakes a request when it is its turn.
    pub(in super::super) fn wait(&mut self, number: u64, context: &Context<'_>) {
        let place = number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        if let Some(Request::Own { waker, .. }) = place.and_then(|place| self.queue.get_mut(place)) {
            match waker {
                Some(waker) => waker.clone_from(context.waker()),
                None => *waker = Some(context.waker().clone()),
            }
        }
    }

    /// Whose turn it is to read: that of the first who waits.
    pub(in super::super) fn turn(&self) -> Turn {
        if self.is_crowded {
            return Turn::Driver;
        }
        for (number, request) in (self.first..).zip(&self.queue) {
            match request {
                Request::Own { is_abandoned: true, .. } => {}
                Request::Own { .. } => return Turn::Own(number),
                Request::Driver | Request::InHand(_) => return Turn::Driver,
            }
        }
        if self.driver_watches { Turn::Driver } else { Turn::Nobody }
    }

    /// Wakes whose turn it is.
    pub(in super::super) fn wake_next(&mut self) {
        match self.turn() {
            Turn::Driver => self.wake_driver(),
            Turn::Own(number) => {
                if let Some(Request::Own { waker, .. }) = self.queue.get_mut((number - self.first) as usize)
                    && let Some(waker) = waker.take()
                {
                    waker.wake();
                }
            }
            Turn::Nobody => {}
        }
    }

    pub(in super::super) fn wake_driver(&mut self) {
        if let Some(driver) = self.driver.take() {
            driver.wake();
        }
    }

    /// Nothing comes any more: whoever waits is to know.
    pub(in super::super) fn die(&mut self) {
        self.is_dead = true;
        self.is_deaf = true;
        self.wake_driver();
        for request in &mut self.queue {
            if let Request::Own { waker: Some(waker), .. } = request {
                waker.wake_by_ref();
            }
        }
    }

    /// Whether somebody waits for the first request, and has to be told.
    fn is_first_live(&self) -> bool {
        matches!(self.queue.front(), Some(Request::Own { is_abandoned: false, .. }))
    }

    /// The first request is not answered any more. What the driver waits for it does not get, and so nothing
    /// that stands behind it either.
    fn give_up_first(&mut self) {
        match self.queue.front_mut() {
            Some(Request::Driver) => {
                self.unread = 0;
                self.wake_driver();
            }
            Some(Request::Own { is_abandoned: false, early, .. }) => {
                let answer = std::mem::take(early);
                self.finished.push(Finished { number: self.first, answer, is_whole: false });
            }
            _ => {}
        }
        self.pop();
    }

    /// Deals out what has come, up to what the first request of our own has to read itself.
    pub(in super::super) fn sort(&mut self) {
        loop {
            match self.queue.front_mut() {
                Some(Request::Own { is_abandoned: false, .. }) if !self.is_crowded => return,
                Some(Request::InHand(answer)) => {
                    self.for_driver.extend_from_slice(answer);
                    self.pop();
                    self.unread = self.unread.saturating_sub(1);
                    self.wake_driver();
                    continue;
                }
                Some(Request::Own { .. } | Request::Driver) | None => {}
            }
            if self.is_borrowed {
                return;
            }
            let is_drivers = match self.queue.front() {
                Some(Request::Driver) => true,
                Some(_) => false,
                None => self.driver_watches,
            };
            // Whoever waits in a crowd may be one whom nobody asks for a long time.
            let may_give_up =
                self.is_dead && !self.queue.is_empty() && (self.is_crowded || !self.is_first_live());
            let (letter, message) = match self.inbox.next() {
                Ok(Some(message)) => message,
                Ok(None) if may_give_up => {
                    self.give_up_first();
                    continue;
                }
                Ok(None) => return,
                Err(NoMessage) => return self.die(),
            };
            let status = frames::body(message).first().copied();
            if letter == tag::COPY_IN && !is_drivers {
                // A copy is the driver's: the server would wait for rows that nobody has.
                return self.die();
            }
            if let Some(Request::Own { is_abandoned: false, early, waker, .. }) = self.queue.front_mut() {
                early.extend_from_slice(message);
                if let Some(waker) = waker.take() {
                    waker.wake();
                }
                if letter == tag::READY {
                    let answer = std::mem::take(early);
                    self.finished.push(Finished { number: self.first, answer, is_whole: true });
                    self.answered(status.unwrap_or(b'I'));
                }
                continue;
            }
            if is_drivers {
                self.for_driver.extend_from_slice(message);
                self.wake_driver();
            }
            match letter {
                tag::READY if !self.queue.is_empty() => {
                    self.answered(status.unwrap_or(b'I'));
                    self.wake_next();
                }
                tag::COPY_IN if is_drivers => self.copies = Copies::Open,
                _ => {}
            }
        }
    }

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

    /// Takes a message of the driver's.
    fn send_for_driver(&mut self, letter: u8, message: &[u8]) {
        self.is_sociable = false;
        match letter {
            client::QUERY if frames::text(frames::body(message)).is_some_and(is_in_hand) => {
                let answer = self.in_hand.pop_front().unwrap_or_default();
                self.queue.push_back(Request::InHand(answer));
                return;
            }
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
                _ = self.poll_send(context);
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
        if self.outbox.len() > UNSENT && self.poll_send(context).is_pending() && self.outbox.len() > UNSENT {
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
