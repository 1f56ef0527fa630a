//! Clients that go away while what they asked for is being done.

use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Method;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::guard::Principal;
use crate::refusal::Failure;
use crate::respond::Answer;
use crate::router::{Outcome, Route};

/// How long a change goes on that nobody waits for: longer than any disk takes, and not for ever, for others wait for it.
const GOES_ON_FOR: Duration = Duration::from_secs(30);

/// A change that is under way. Dropped before its end, nobody learns what became of it: a store may have made it all the same, and no
/// audit record says so. Then the log says who asked for what (M13).
pub(crate) struct UnderWay {
    route: &'static Route,
    by: Principal,
    client: Option<IpAddr>,
    has_ended: bool,
}

impl UnderWay {
    /// None where the route changes nothing.
    pub(crate) fn of(
        route: &'static Route,
        by: Option<Principal>,
        client: Option<IpAddr>,
    ) -> Option<Self> {
        let by = by.filter(|_| route.method != Method::GET)?;
        Some(Self {
            route,
            by,
            client,
            has_ended: false,
        })
    }

    /// Does it, and goes on where the client goes away: whoever hangs up must not make a change that leaves no record.
    pub(crate) fn carry_out(self, outcome: Outcome) -> ToItsEnd {
        ToItsEnd(Some(Box::pin(async move {
            let answer = outcome.await;
            self.end();
            answer
        })))
    }

    /// Takes all of it, so that it lives until here.
    fn end(mut self) {
        self.has_ended = true;
    }
}

/// A change that goes on for a while after it was dropped.
#[must_use = "futures do nothing unless polled"]
pub(crate) struct ToItsEnd(Option<Outcome>);

impl Future for ToItsEnd {
    type Output = Result<Answer, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // One that panics is not there any more.
        let Some(mut outcome) = self.0.take() else {
            return Poll::Pending;
        };
        let polled = outcome.as_mut().poll(cx);
        if polled.is_pending() {
            self.0 = Some(outcome);
        }
        Poll::Ready(ready!(polled))
    }
}

impl Drop for ToItsEnd {
    fn drop(&mut self) {
        if let (Some(outcome), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            drop(runtime.spawn(async move { timeout(GOES_ON_FOR, outcome).await.is_ok() }));
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.has_ended {
            tracing::warn!(
                target: "entitlements::audit",
                by = self.by.name(),
                // The route's pattern and not the path: that may hold anything.
                asked = format_args!("{} {}", self.route.method, self.route.path),
                client = self.client.map(tracing::field::display),
                "a client went away before it was done: there may be a change without an audit record"
            );
        }
    }
}
