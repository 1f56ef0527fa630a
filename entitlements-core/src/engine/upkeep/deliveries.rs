//! Notices on their way to notifiers, each of which takes its own time.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::Reply;
use crate::metrics::Backend;
use crate::notify::{LicenseNotice, Notifier, NotifyError};

/// What is still to be told, and to whom: a notifier that never answers keeps nothing waiting but its own notices.
#[derive(Debug)]
pub(super) struct Deliveries(Vec<Delivery>);

/// To one notifier, one notice after the other.
#[derive(Debug)]
struct Delivery {
    notifier: Arc<dyn Notifier>,
    waiting: VecDeque<LicenseNotice>,
    under_way: Option<UnderWay>,
}

#[derive(Debug)]
struct UnderWay {
    license: String,
    reply: Reply<Result<(), NotifyError>>,
}

impl Deliveries {
    pub(super) fn to(notifiers: &[Arc<dyn Notifier>]) -> Self {
        let deliveries = notifiers.iter().map(|notifier| Delivery {
            notifier: Arc::clone(notifier),
            waiting: VecDeque::new(),
            under_way: None,
        });
        Self(deliveries.collect())
    }

    pub(super) fn add(&mut self, notices: &[LicenseNotice]) {
        for delivery in &mut self.0 {
            delivery.waiting.extend(notices.iter().cloned());
        }
    }

    /// Tells what can be told now; what is to come wakes.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        for delivery in &mut self.0 {
            while delivery.goes_on(cx) {}
        }
    }
}

impl Delivery {
    /// Whether one notice was told of, and the next can be.
    fn goes_on(&mut self, cx: &mut Context<'_>) -> bool {
        let mut under_way = match self.under_way.take() {
            Some(under_way) => under_way,
            None => {
                let Some(notice) = self.waiting.pop_front() else {
                    return false;
                };
                let notify = AssertUnwindSafe(|| self.notifier.notify(&notice));
                let reply = catch_unwind(notify).unwrap_or_else(|_| Reply::Now(Err(panicked())));
                UnderWay {
                    license: notice.license().to_owned(),
                    reply,
                }
            }
        };
        let poll = AssertUnwindSafe(|| Pin::new(&mut under_way.reply).poll(cx));
        match catch_unwind(poll).unwrap_or_else(|_| Poll::Ready(Err(panicked()))) {
            Poll::Pending => {
                self.under_way = Some(under_way);
                false
            }
            Poll::Ready(told) => {
                if let Err(error) = told {
                    let license = under_way.license;
                    Backend::Notifier.failed();
                    tracing::error!(license, "a notice was not delivered: {error}");
                }
                true
            }
        }
    }
}

fn panicked() -> NotifyError {
    NotifyError::new("the notifier panicked")
}
