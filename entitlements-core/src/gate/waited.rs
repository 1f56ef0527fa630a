//! Decisions that had to wait: how long they took, and the span around them.

use std::pin::Pin;
use std::sync::Arc;

use metrics::histogram;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};

use super::{Admission, Gate, RequestHead};
use crate::metrics::DECISION_SECONDS;
use crate::strict::text::escaped_start;
use crate::{Clock, Current};

pub(super) type Waiting = Pin<Box<dyn Future<Output = Admission> + Send>>;

impl Gate {
    /// The same decision, timed. One that nobody waits for to its end is not recorded.
    #[cold]
    pub(super) fn timed(
        &self,
        waiting: Waiting,
        current: Option<&Current>,
        head: &impl RequestHead,
    ) -> Waiting {
        let engine = self.engine().cloned();
        let engine = engine.or_else(|| current.and_then(Current::entitlements));
        let Some(clock) = engine.map(|engine| Arc::clone(engine.clock())) else {
            // The program is ending.
            return waiting;
        };
        let span = debug_span!(
            target: "entitlements::decisions",
            "entitlements.decide",
            requirement = self.requirement().label(),
            path = %escaped_start(head.path(), 200),
            outcome = Empty,
            code = Empty,
        );
        let told = span.clone();
        let decided = async move { decided(waiting, &*clock, &told).await };
        Box::pin(decided.instrument(span))
    }
}

async fn decided(waiting: Waiting, clock: &dyn Clock, span: &Span) -> Admission {
    let began = clock.monotonic();
    let mut admission = waiting.await;
    // An account that was waited for may have a count to be waited for.
    while let Admission::Later(more) = admission {
        admission = more.await;
    }
    let took = clock.monotonic().saturating_sub(began);
    histogram!(DECISION_SECONDS.name).record(took.as_secs_f64());
    if let Admission::Deny(denial) = &admission {
        span.record("outcome", "deny");
        span.record("code", denial.code());
    } else {
        span.record("outcome", "allow");
    }
    admission
}
