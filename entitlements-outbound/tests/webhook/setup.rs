use std::sync::Arc;
use std::time::Duration;

use entitlements_core::Timestamp;
use entitlements_core::testing::ManualClock;
use entitlements_outbound::webhook::{Delivery, Webhook, WebhookBuilder, WebhookSecret};

pub(crate) const START: &str = "2027-01-31T12:00:00Z";

pub(crate) fn secret() -> WebhookSecret {
    WebhookSecret::from_bytes(b"BODYSECRET of 24 bytes or more").unwrap()
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(START.parse().unwrap()))
}

pub(crate) fn builder(url: impl Into<String>, clock: &Arc<ManualClock>) -> WebhookBuilder {
    let clock: Arc<ManualClock> = Arc::clone(clock);
    Webhook::to(url, secret()).clock(clock)
}

/// Builds it and sets it to work.
pub(crate) async fn working(builder: WebhookBuilder) -> Webhook {
    let (webhook, worker) = builder.build().await.unwrap();
    tokio::spawn(worker);
    webhook
}

/// Waits until the one message is as the test wants it, which takes no longer than sockets take.
pub(crate) async fn until(webhook: &Webhook, is: impl Fn(&Delivery) -> bool) -> Delivery {
    let wait = async {
        loop {
            if let Some(found) = webhook.deliveries().into_iter().find(&is) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), wait).await;
    found.unwrap_or_else(|_| panic!("it does not come to that: {:?}", webhook.deliveries()))
}

/// Waits until so many attempts were made and it waits for the next; gives when that is.
pub(crate) async fn next_attempt_after(webhook: &Webhook, attempts: u32) -> (Delivery, Timestamp) {
    let waits =
        |delivery: &Delivery| delivery.attempts() == attempts && delivery.next_attempt().is_some();
    let delivery = until(webhook, waits).await;
    let next = delivery.next_attempt().unwrap();
    (delivery, next)
}
