//! What is under way on a connection, and who reads next.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use bytes::BytesMut;

use super::stream::Stream;
use crate::adapter::postgres::frames::{self, Inbox, NoMessage, tag};
use crate::adapter::postgres::socket::Socket;

pub(in super::super) struct State {
    pub(super) stream: Stream,
    /// What the driver binds a password to.
    #[cfg(feature = "tls")]
    pub(in super::super) binding: Option<Vec<u8>>,
    /// Whether the driver has signed in. Until then all is its own.
    pub(super) is_shared: bool,
    /// Whether the driver reads while nothing is asked, and so notices the end.
    pub(super) driver_watches: bool,
    pub(in super::super) inbox: Inbox,
    pub(in super::super) outbox: BytesMut,
    /// Whether something was written that may not have left an encrypted stream's buffer.
    pub(super) is_unflushed: bool,
    /// How long the outbox was at most, since it was empty.
    pub(super) most_unsent: usize,
    /// Nothing can be sent any more.
    pub(super) is_deaf: bool,
    /// Nothing comes any more.
    pub(super) is_dead: bool,
    /// What is under way, in order; each has a number, one more than that before it.
    pub(super) queue: VecDeque<Request>,
    /// The number of the first.
    pub(super) first: u64,
    /// Several wait at once, so that the driver reads for all of them until all are answered: its task is
    /// always there, while of theirs one may wait for another before it goes on.
    pub(super) is_crowded: bool,
    /// Answers of our own that the driver has read, and of which nothing more comes.
    pub(super) finished: Vec<Finished>,
    /// The inbox is in the hands of who reads it.
    pub(super) is_borrowed: bool,
    /// What the driver may read.
    pub(super) for_driver: BytesMut,
    /// How long that was at most, since it was empty.
    pub(super) most_for_driver: usize,
    /// Answers that the driver is to be handed, once it asks.
    pub(super) in_hand: VecDeque<Vec<u8>>,
    /// So many of them it has not read yet.
    pub(super) unread: usize,
    pub(super) driver: Option<Waker>,
    /// Whether the driver waits for room.
    pub(super) driver_is_full: bool,
    pub(super) copies: Copies,
    /// A copy of our own is open: nothing else may be sent.
    pub(super) is_copying: bool,
    /// What goes ahead of whatever is sent next: statements, each with its semicolon.
    pub(super) ahead: String,
    /// How many statements of Rex's own have had a name.
    pub(super) named: u64,
    /// Those of them that nobody has any more.
    pub(super) unkept: Vec<String>,
    /// Statements whose names are to be known once the driver has chosen them. No two have one text.
    pub(super) overheard: Vec<(String, Option<String>)>,
    /// Whether all that is under way are reads by a key, outside of a transaction.
    pub(super) is_sociable: bool,
    /// What the server said last of its transaction: `I` if there is none.
    pub(super) status: u8,
}

/// A request that is under way.
pub(super) enum Request {
    /// One of the driver's.
    Driver,
    /// One of our own.
    Own {
        waker: Option<Waker>,
        is_abandoned: bool,
        manner: Manner,
        /// What the driver has read of its answer.
        early: Vec<u8>,
    },
    /// An answer that the driver is to read.
    InHand(Vec<u8>),
}

/// How a request of our own is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Manner {
    /// By itself.
    Alone,
    /// Others may travel behind it.
    Sociable,
    /// Ahead of another one, by the same future.
    Ahead,
    /// It begins a copy.
    Copies,
}

/// An answer that somebody has still to take.
pub(super) struct Finished {
    number: u64,
    answer: Vec<u8>,
    /// Whether it has come to its end; or else there is no connection any more.
    is_whole: bool,
}

/// While the server takes a copy, it takes no notice of the driver's wish for an answer that was sent
/// behind the statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Copies {
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
            #[cfg(feature = "tls")]
            binding: None,
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
            is_copying: false,
            ahead: String::new(),
            named: 0,
            unkept: Vec::new(),
            overheard: Vec::new(),
            is_sociable: false,
            status: b'I',
        }
    }

    /// How many requests are under way.
    pub(super) fn under_way(&self) -> usize {
        self.queue.len()
    }

    /// Whether the server is in no transaction, and is not about to be in one, as far as it has answered all.
    pub(in super::super) fn is_in_none(&self) -> bool {
        self.status == b'I' && self.queue.is_empty() && self.ahead.is_empty() && !self.is_dead
    }

    pub(in super::super) fn takes_company(&self) -> bool {
        self.is_sociable && !self.queue.is_empty() && !self.is_dead
    }

    /// Enters a request of our own, which was written; answers with its number.
    pub(in super::super) fn enter(&mut self, manner: Manner) -> u64 {
        self.driver_watches = false;
        self.is_sociable = manner == Manner::Sociable && (self.is_sociable || self.queue.is_empty());
        self.is_copying |= manner == Manner::Copies;
        self.queue.push_back(Request::Own { waker: None, is_abandoned: false, manner, early: Vec::new() });
        self.is_crowd();
        self.first + self.queue.len() as u64 - 1
    }

    /// Enters a request of our own whose answer nobody waits for.
    pub(super) fn enter_abandoned(&mut self) {
        let (manner, is_abandoned) = (Manner::Alone, true);
        self.queue.push_back(Request::Own { waker: None, is_abandoned, manner, early: Vec::new() });
    }

    /// Whether several wait now: the driver is to read for them.
    pub(super) fn is_crowd(&mut self) {
        let waits = |request: &&Request| match request {
            Request::Own { is_abandoned, manner, .. } => !is_abandoned && *manner != Manner::Ahead,
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
        if let Some(Request::Own { manner: Manner::Copies, .. }) = self.queue.pop_front() {
            self.ends_copy();
        }
        self.first += 1;
        self.is_crowded &= !self.queue.is_empty();
    }

    /// Nobody waits for a request any more.
    pub(in super::super) fn abandon(&mut self, number: u64) {
        let place = number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        let mut is_copying = false;
        if let Some(Request::Own { is_abandoned, waker, early, manner }) =
            place.and_then(|place| self.queue.get_mut(place))
        {
            *is_abandoned = true;
            *waker = None;
            *early = Vec::new();
            is_copying = *manner == Manner::Copies && self.is_copying;
        }
        if is_copying {
            self.give_up_copy();
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

    fn is_first_copy(&self) -> bool {
        matches!(self.queue.front(), Some(Request::Own { manner: Manner::Copies, .. }))
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
            let is_copy = self.is_first_copy();
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
            if letter == tag::COPY_IN && !is_drivers && !is_copy {
                // The server would wait for rows that nobody has.
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
}
