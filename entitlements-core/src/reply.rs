use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a port answers: at once, or later.
///
/// Parts in memory answer at once and box nothing; parts on a network answer with a future. Whoever must not wait
/// matches on it, everybody else awaits it. Polled again after it resolved, it never resolves.
///
/// # Cancel safety
/// Dropping a reply that is still to come gives up waiting. Whether what was asked for happens is then the port's to
/// say.
///
/// ```
/// use entitlements_core::Reply;
///
/// # async fn ask() {
/// let at_once = Reply::Now(20).map(|seats| seats + 1);
/// assert!(matches!(at_once, Reply::Now(21)));
///
/// let later = Reply::later(async { 20 }).map(|seats| seats + 1);
/// assert_eq!(later.await, 21);
/// # }
/// # let mut asked = std::pin::pin!(ask());
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(asked.as_mut().poll(&mut context).is_ready());
/// ```
#[must_use = "a reply that is to come does nothing unless it is awaited"]
pub enum Reply<T> {
    /// The answer.
    Now(T),
    /// The answer is still to come.
    Later(Pin<Box<dyn Future<Output = T> + Send>>),
}

impl<T> Reply<T> {
    /// The answer that `future` gives.
    pub fn later(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self::Later(Box::pin(future))
    }

    /// The reply with `change` made to its answer; at once where the answer is there.
    pub fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'static) -> Reply<U>
    where
        T: 'static,
    {
        match self {
            Self::Now(answer) => Reply::Now(change(answer)),
            Self::Later(future) => Reply::later(async move { change(future.await) }),
        }
    }
}

// The answer is never pinned: it only moves out.
impl<T> Unpin for Reply<T> {}

impl<T: 'static> Future for Reply<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if let Self::Later(future) = &mut *self {
            return future.as_mut().poll(context);
        }
        // A box of `Pending` has no size and so allocates nothing.
        match std::mem::replace(&mut *self, Self::Later(Box::pin(pending()))) {
            Self::Now(answer) => Poll::Ready(answer),
            Self::Later(_) => Poll::Pending,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(answer) => f.debug_tuple("Now").field(answer).finish(),
            Self::Later(_) => f.write_str("Later"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomPinned;
    use std::task::Waker;

    use super::*;

    fn poll<T: 'static>(reply: &mut Reply<T>) -> Poll<T> {
        Pin::new(reply).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn an_answer_that_is_there_resolves_once_then_never() {
        let mut reply = Reply::Now(PhantomPinned);
        assert!(poll(&mut reply).is_ready());
        assert!(poll(&mut reply).is_pending());
    }

    #[test]
    fn an_answer_to_come_is_waited_for() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let mut reply = Reply::later(receiver).map(Result::unwrap);
        assert!(poll(&mut reply).is_pending());
        sender.send("seat").unwrap();
        assert_eq!(poll(&mut reply), Poll::Ready("seat"));
    }

    #[test]
    fn replies_may_cross_threads() {
        fn is_send<T: Send>(_: &T) {}
        is_send(&Reply::Now(1));
    }
}
