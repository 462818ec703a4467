//! Which handles have a transaction open around the running code.

use std::future::Future;

tokio::task_local! {
    static OUTER: Vec<u64>;
}

/// Whether a handle is one of them.
pub(crate) fn contains(id: u64) -> bool {
    OUTER.try_with(|ids| ids.contains(&id)).unwrap_or(false)
}

/// Runs `inner` with one more.
pub(crate) async fn enter<T>(id: u64, inner: impl Future<Output = T>) -> T {
    let mut ids = OUTER.try_with(Vec::clone).unwrap_or_default();
    ids.push(id);
    OUTER.scope(ids, inner).await
}
