//! Work that blocks, done where nobody is held up by it.

use std::io;
use std::thread;

use tokio::sync::oneshot;

use crate::Reply;

/// Does this on a thread of its own, to its end, whether or not anybody waits for it; for what is seldom done.
///
/// The error says that there was no thread, or that the work panicked.
pub(crate) fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Reply<io::Result<T>> {
    let (done, answer) = oneshot::channel();
    let worker = thread::Builder::new().name("entitlements-disk".into());
    let started = worker.spawn(move || {
        // Nobody may be waiting.
        let _ = done.send(work());
    });
    match started {
        Ok(_) => Reply::later(async move {
            let lost = |_| io::Error::other("the thread that was at work on it panicked");
            answer.await.map_err(lost)
        }),
        Err(error) => Reply::Now(Err(error)),
    }
}
