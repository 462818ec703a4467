//! Waiting for several loads at once: their statements go out one behind the other, before the first is
//! answered.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::adapter::BoxFuture;
use crate::error::{Error, Kind, Result};

/// A load that is under way, or has ended.
pub(super) enum Loading<'a, T> {
    Pending(BoxFuture<'a, Result<T>>),
    Done(Result<T>),
}

impl<'a, T> Loading<'a, T> {
    pub(super) fn new(load: BoxFuture<'a, Result<T>>) -> Self {
        Loading::Pending(load)
    }

    /// What it has loaded.
    pub(super) fn done(self) -> Result<T> {
        match self {
            Loading::Done(outcome) => outcome,
            // It was polled to its end.
            Loading::Pending(_) => Err(Error::new(Kind::Database, "a load has not ended")),
        }
    }
}

/// What can be driven on, whatever it loads.
pub(super) trait Drive: Send {
    /// Whether it has ended.
    fn drive(&mut self, context: &mut Context<'_>) -> bool;
}

impl<T: Send> Drive for Loading<'_, T> {
    fn drive(&mut self, context: &mut Context<'_>) -> bool {
        if let Loading::Pending(load) = self {
            match load.as_mut().poll(context) {
                Poll::Pending => return false,
                Poll::Ready(outcome) => *self = Loading::Done(outcome),
            }
        }
        true
    }
}

/// Drives all of them to their ends.
pub(super) fn together<'a, 'l>(loads: &'a mut [&'l mut dyn Drive]) -> Together<'a, 'l> {
    Together(loads)
}

pub(super) struct Together<'a, 'l>(&'a mut [&'l mut dyn Drive]);

impl Future for Together<'_, '_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut ended = true;
        for load in &mut *self.0 {
            ended &= load.drive(context);
        }
        if ended { Poll::Ready(()) } else { Poll::Pending }
    }
}
