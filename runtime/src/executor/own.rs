//! Rex's own runtime.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, Kind, Result};

/// The caller's runtime, or else our own, which is started if it does not run yet.
fn runtime() -> Result<Handle> {
    static OWN: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    if let Ok(handle) = Handle::try_current() {
        return Ok(handle);
    }
    let start = || Builder::new_multi_thread().worker_threads(1).thread_name("rex").enable_all().build();
    match OWN.get_or_init(start) {
        Ok(own) => Ok(own.handle().clone()),
        Err(error) => Err(Error::new(Kind::Connection, format!("cannot start a thread for Rex: {error}"))),
    }
}

/// Makes a future within a runtime's context, and polls it there.
///
/// # Errors
///
/// Those of the future, and that no thread can be started.
pub(crate) async fn inside<T, F: Future<Output = Result<T>>>(make: impl FnOnce() -> F) -> Result<T> {
    if Handle::try_current().is_ok() {
        return make().await;
    }
    let handle = runtime()?;
    let future = {
        let _context = handle.enter();
        Box::pin(make())
    };
    Inside { handle, future }.await
}

struct Inside<F> {
    handle: Handle,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Inside { handle, future } = &mut *self;
        let _context = handle.enter();
        future.as_mut().poll(context)
    }
}

/// A time, by chance half of it longer or shorter: who waits together shall not come together.
pub(crate) fn about(time: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) as u32;
    time.mul_f64(0.5 + f64::from(random) / f64::from(u32::MAX))
}

/// Lets others have this thread, and goes on.
pub(crate) async fn yield_now() {
    let mut is_later = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut is_later, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Waits.
pub(crate) async fn sleep(time: Duration) {
    // Without a thread there is no waiting: whoever tries again does so at once.
    _ = inside(|| async move {
        tokio::time::sleep(time).await;
        Ok(())
    })
    .await;
}

/// Waits for a future, at most for so long; none when it took longer.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) async fn timeout<F: Future>(limit: Option<Duration>, future: F) -> Option<F::Output> {
    match limit {
        None => Some(future.await),
        Some(limit) => {
            inside(|| async move { Ok(tokio::time::timeout(limit, future).await.ok()) }).await.ok()?
        }
    }
}
