//! Statements that Rex sends itself, and the rows that it reads where they arrive.

#[cfg(all(test, unix))]
pub(super) mod tests;

use std::future::poll_fn;
use std::sync::MutexGuard;
use std::task::{Context, Poll};

use tokio_postgres::Client;

use super::frames::{self, Inbox, client, tag};
use super::kept::Kept;
use super::line::{IN_HAND, Line, Manner, State, Turn};
use super::reading::Reading;
use super::session::{self, Failure};
use crate::error::{Error, Kind, Result};
use crate::operation::{Binds, Prepared};
use crate::row::Sink;

/// A request of our own that is under way. Dropped, it is nobody's, and its answer is read by who comes
/// next.
pub(super) struct Sent<'l> {
    line: &'l Line,
    number: u64,
    is_answered: bool,
    /// Whether what comes behind it may take it along.
    is_lazy: bool,
}

/// A statement that is being prepared. Several who want the same one at a time differ in blanks behind it.
struct Listening<'l> {
    line: &'l Line,
    sql: String,
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        _ = self.line.state().heard(&self.sql);
    }
}

/// There is no connection any more.
pub(super) struct Gone;

/// What the messages of an answer are handed to.
pub(super) trait Reads {
    fn read(&mut self, letter: u8, message: &[u8]);

    /// Whether it has rows for a copy.
    fn copies(&self) -> bool {
        false
    }
}

impl Line {
    /// Has the driver prepare a statement, and listens for what it calls it.
    pub(super) async fn prepare(&self, client: &Client, sql: &str) -> Result<Kept, tokio_postgres::Error> {
        let mut listening = Listening { line: self, sql: self.state().listen(sql) };
        let statement = client.prepare(&listening.sql).await?;
        // A statement without a name is the one that was prepared last: it would be another's.
        let sql = std::mem::take(&mut listening.sql);
        let name = self.state().heard(&sql).unwrap_or_default();
        Ok(Kept::by_driver(statement, name))
    }

    /// Sends a statement, hands its rows to a sink, and answers with how many were written, or read. Where
    /// it `is_sociable`, others may travel behind it.
    pub(super) async fn query(
        &self,
        client: &Client,
        kept: &Kept,
        prepared: &Prepared<'_>,
        is_sociable: bool,
        sink: &mut dyn Sink,
    ) -> Result<u64, Failure> {
        let is_taken = kept.takes(&prepared.binds);
        let sent = is_taken.then(|| self.send(self.state(), kept, &prepared.binds, is_sociable)).flatten();
        let Some(sent) = sent else {
            return match kept.statement() {
                // The driver says of a value that has no form what it has always said.
                Some(statement) => Box::pin(session::query(client, statement, prepared, sink)).await,
                None => Err(Failure::Unfit),
            };
        };
        let mut reading = Reading::new(kept.columns(), sink);
        let outcome = sent.answer(&mut reading).await;
        self.outcome(client, outcome, &mut reading).await
    }

    /// What became of a statement.
    pub(super) async fn outcome(
        &self,
        client: &Client,
        outcome: Result<(), Gone>,
        reading: &mut Reading<'_>,
    ) -> Result<u64, Failure> {
        match (outcome, reading.refusal.take(), reading.undecoded.take()) {
            (Ok(()), None, None) => Ok(reading.count),
            (Ok(()), None, Some(error)) => Err(Failure::Ours(error)),
            (_, refusal, _) => Err(Box::pin(self.failed(client, refusal)).await),
        }
    }

    /// Sends a read by a key behind others, and leaves together with whoever comes at the same time. None
    /// when nobody takes it along, or the server refuses it, or is gone.
    pub(super) async fn join(
        &self,
        kept: &Kept,
        prepared: &Prepared<'_>,
        sink: &mut dyn Sink,
    ) -> Option<Result<u64>> {
        let mut sent = {
            let state = self.state();
            if !kept.takes(&prepared.binds) || !state.takes_company() {
                return None;
            }
            self.send(state, kept, &prepared.binds, true)?
        };
        sent.is_lazy = true;
        let mut reading = Reading::new(kept.columns(), sink);
        let outcome = sent.answer(&mut reading).await;
        match (outcome, reading) {
            (Err(Gone), _) | (_, Reading { refusal: Some(_), .. }) => None,
            (Ok(()), Reading { undecoded: Some(error), .. }) => Some(Err(error)),
            (Ok(()), Reading { count, .. }) => Some(Ok(count)),
        }
    }

    /// Sends a statement of our own whose answer nobody waits for: it is read by who comes next.
    pub(super) async fn leave(&self, sql: &str) {
        let sent = self.ask(sql);
        poll_fn(|context| sent.line.state().poll_send(context)).await;
        self.state().rests();
    }

    /// Sends statements of our own that answer nothing.
    pub(super) fn ask(&self, sql: &str) -> Sent<'_> {
        let mut state = self.state();
        state.send_ahead();
        frames::put_fixed(client::QUERY, &[sql.as_bytes(), b"\0"].concat(), &mut state.outbox);
        Sent::entered(self, state, Manner::Alone)
    }

    /// Writes a statement with its values; nothing, where a value has no form.
    fn send(
        &self,
        mut state: MutexGuard<'_, State>,
        kept: &Kept,
        binds: &Binds<'_>,
        is_sociable: bool,
    ) -> Option<Sent<'_>> {
        state.close_unkept();
        let begun = state.begin_request();
        if kept.put("", binds, &mut state.outbox).is_err() {
            state.take_back(begun);
            return None;
        }
        frames::put_fixed(client::EXECUTE, &[0, 0, 0, 0, 0], &mut state.outbox);
        frames::put_fixed(client::SYNC, &[], &mut state.outbox);
        Some(Sent::entered(self, state, if is_sociable { Manner::Sociable } else { Manner::Alone }))
    }

    /// The server refused: the driver reads why, and so it is the driver's error. Or there is no connection any
    /// more, and the driver says so in its own words.
    pub(super) async fn failed(&self, client: &Client, refusal: Option<Vec<u8>>) -> Failure {
        if let Some(refusal) = refusal {
            self.hand_to_driver([refusal.as_slice(), b"Z\0\0\0\x05I"].concat());
        }
        match client.simple_query(IN_HAND).await {
            Err(error) => Failure::Theirs(error),
            Ok(_) => Failure::Ours(Error::new(Kind::Connection, "PostgreSQL's answer cannot be read")),
        }
    }
}

impl<'l> Sent<'l> {
    /// A request that was written.
    pub(super) fn entered(line: &'l Line, mut state: MutexGuard<'_, State>, manner: Manner) -> Self {
        Sent { line, number: state.enter(manner), is_answered: false, is_lazy: false }
    }

    pub(super) fn line(&self) -> &'l Line {
        self.line
    }

    /// Waits for what answers nothing.
    pub(super) async fn told(self, client: &Client) -> Result<(), Failure> {
        let line = self.line;
        let mut refusal = Refusal(None);
        let outcome = self.answer(&mut refusal).await;
        match (refusal, outcome) {
            (Refusal(None), Ok(())) => Ok(()),
            (Refusal(refusal), _) => Err(Box::pin(line.failed(client, refusal)).await),
        }
    }

    pub(super) async fn answer(mut self, reads: &mut (dyn Reads + Send)) -> Result<(), Gone> {
        poll_fn(|context| self.poll_answer(context, reads)).await
    }

    pub(super) fn poll_answer(
        &mut self,
        context: &mut Context<'_>,
        reads: &mut dyn Reads,
    ) -> Poll<Result<(), Gone>> {
        let mut state = self.line.state();
        if std::mem::take(&mut self.is_lazy) {
            state.wait(self.number, context);
            // Should nothing come behind it.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let is_unsent = state.poll_send(context).is_pending();
        if is_unsent && state.is_crowded() {
            // The stream wakes whoever wrote last. Among several that is to be one who is always there.
            state.wake_driver();
        }
        loop {
            state.sort();
            if let Some((read, is_all)) = state.take_read(self.number) {
                drop(state);
                frames::each(&read).for_each(|(letter, message)| reads.read(letter, message));
                if is_all {
                    self.is_answered = true;
                    return Poll::Ready(Ok(()));
                }
                state = self.line.state();
                continue;
            }
            if state.is_crowded() && !state.is_dead() {
                state.wait(self.number, context);
                return Poll::Pending;
            }
            if state.is_first(self.number) {
                let mut reading = Borrowed { line: self.line, inbox: Some(state.borrow_inbox()) };
                // The sinks take their time, and the driver may look in meanwhile.
                drop(state);
                let end = reading.messages(reads);
                state = reading.give_back();
                match end {
                    End::Answered(status) => {
                        self.is_answered = true;
                        state.answered(status);
                        state.sort();
                        state.wake_next();
                        return Poll::Ready(Ok(()));
                    }
                    End::Wrong => {
                        state.die();
                        return Poll::Ready(Err(Gone));
                    }
                    End::More => {}
                }
            } else if !state.is_dead() && state.turn() != Turn::Own(self.number) {
                state.wait(self.number, context);
                return Poll::Pending;
            }
            if state.is_crowded() && !state.is_dead() {
                // Somebody came meanwhile.
                continue;
            }
            if state.is_dead() {
                return Poll::Ready(Err(Gone));
            }
            if state.poll_fill(context).is_pending() {
                if is_unsent {
                    _ = state.poll_send(context);
                }
                state.wait(self.number, context);
                return Poll::Pending;
            }
        }
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.line.state().abandon(self.number);
        }
    }
}

/// What has come, in the hands of who reads it. It is put back whatever happens.
struct Borrowed<'l> {
    line: &'l Line,
    inbox: Option<Inbox>,
}

enum End {
    /// The server is ready for the next, and says whether there is a transaction.
    Answered(u8),
    /// More is to come.
    More,
    /// It was no message.
    Wrong,
}

impl<'l> Borrowed<'l> {
    /// Puts it back. Nobody else may have the state before what was read is entered there: what follows
    /// would be taken for a part of the answer that has ended.
    fn give_back(mut self) -> MutexGuard<'l, State> {
        let mut state = self.line.state();
        if let Some(inbox) = self.inbox.take() {
            state.return_inbox(inbox);
        }
        state
    }

    fn messages(&mut self, reads: &mut dyn Reads) -> End {
        let Some(inbox) = &mut self.inbox else { return End::More };
        loop {
            match inbox.next() {
                Err(_) => return End::Wrong,
                Ok(None) => return End::More,
                Ok(Some((tag::READY, message))) => {
                    return End::Answered(frames::body(message).first().copied().unwrap_or(b'I'));
                }
                // Raw SQL refuses copies: whoever begins one all the same is not let hang.
                Ok(Some((tag::COPY_IN, _))) if !reads.copies() => return End::Wrong,
                Ok(Some((letter, message))) => reads.read(letter, message),
            }
        }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(inbox) = self.inbox.take() {
            self.line.state().return_inbox(inbox);
        }
    }
}

/// What a server refused with, as it came.
struct Refusal(Option<Vec<u8>>);

impl Reads for Refusal {
    fn read(&mut self, letter: u8, message: &[u8]) {
        if letter == tag::ERROR && self.0.is_none() {
            self.0 = Some(message.to_vec());
        }
    }
}
