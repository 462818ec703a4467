//! Statements that are sent one behind the other, before the first is answered.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use crate::error::Result;

/// Sends what must come first, and `work` right behind it; answers with the outcome of `work`. Both are
/// under way from the first poll on, and the server takes them in this order.
///
/// # Errors
///
/// That of what comes first. What `work` has sent by then is sent, and it sends no more.
pub(super) async fn behind<T>(
    first: impl Future<Output = Result<()>>,
    work: impl Future<Output = T>,
) -> Result<T> {
    let (mut first, mut work) = (pin!(first), pin!(work));
    let (mut is_answered, mut outcome) = (false, None);
    std::future::poll_fn(move |context| {
        if !is_answered {
            match first.as_mut().poll(context) {
                Poll::Ready(Ok(())) => is_answered = true,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {}
            }
        }
        if outcome.is_none()
            && let Poll::Ready(ready) = work.as_mut().poll(context)
        {
            outcome = Some(ready);
        }
        match outcome.take() {
            Some(outcome) if is_answered => Poll::Ready(Ok(outcome)),
            waiting => {
                outcome = waiting;
                Poll::Pending
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::{pending, ready};
    use std::task::{Context, Waker};

    use super::*;
    use crate::error::{Error, Kind};

    fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_first_is_polled_first_and_waited_for() {
        let said = RefCell::new(String::new());
        let first = async {
            said.borrow_mut().push_str("BEGIN");
            pending().await
        };
        let work = async { said.borrow_mut().push_str(" SELECT") };
        assert!(poll(behind(first, work)).is_pending());
        assert_eq!(said.into_inner(), "BEGIN SELECT");
        assert!(matches!(poll(behind(ready(Ok(())), ready(1))), Poll::Ready(Ok(1))));
    }

    #[test]
    fn where_the_first_fails_the_work_ends() {
        let failure = Err(Error::new(Kind::Timeout, "cancelled"));
        let outcome = poll(behind(ready(failure), pending::<()>()));
        assert!(matches!(outcome, Poll::Ready(Err(error)) if error.kind() == Kind::Timeout));
    }
}
