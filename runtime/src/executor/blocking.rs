//! Operations for programs without an async runtime.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::runtime::{Handle, RuntimeFlavor};

/// Everything that can be awaited can be waited for: the same generated code, in a program without
/// `async`.
///
/// ```text
/// use rex_orm::Blocking;
///
/// fn main() -> rex_orm::Result<()> {
///     let db = blog::Db::connect("sqlite://blog.db").wait()?;
///     let ada = db.user().create().email("ada@example.com").name("Ada").save().wait()?;
///     let posts = db.post().find().filter(|p| p.author_id.eq(ada.id)).wait()?;
///     db.transaction(async |tx| tx.user().delete(&ada).await).wait()
/// }
/// ```
///
/// On SQLite the work is done on the calling thread. For PostgreSQL, Rex starts one thread that looks
/// after the sockets.
pub trait Blocking: IntoFuture {
    /// Waits for the outcome, and keeps this thread until then.
    ///
    /// # Panics
    ///
    /// On a thread of tokio's current-thread runtime, in async code: that thread would wait for
    /// itself. `.await` it there.
    fn wait(self) -> Self::Output;
}

impl<F: IntoFuture> Blocking for F {
    fn wait(self) -> F::Output {
        let future = self.into_future();
        match Handle::try_current() {
            Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
                tokio::task::block_in_place(|| handle.block_on(future))
            }
            Ok(handle) => handle.block_on(future),
            Err(_) => park_on(future),
        }
    }
}

/// Polls a future on this thread, which sleeps in between.
fn park_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_future_that_another_thread_wakes_is_waited_for() {
        let (tell, told) = tokio::sync::oneshot::channel();
        let teller = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            tell.send(7).expect("somebody waits");
        });
        assert_eq!(told.wait(), Ok(7));
        teller.join().expect("it does not panic");
    }

    #[test]
    fn waiting_may_be_nested() {
        assert_eq!(async { async { 1 }.wait() + 1 }.wait(), 2);
    }
}
