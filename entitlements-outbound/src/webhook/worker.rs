use std::fmt;
use std::future::pending;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use futures_util::StreamExt as _;
use futures_util::future::select;
use futures_util::stream::FuturesUnordered;

use super::delivery::DeliveryState;
use super::handle::Shared;
use super::message::Message;
use super::queue::Outcome;
use super::signature::{ID, SIGNATURE, TIMESTAMP, sign};
use super::{Webhook, retry_after};
use crate::alive::Alive;
use crate::chance::chance;
use crate::wire::{Request, post};

/// How many messages are under way at once: a receiver that takes its time holds up few others, and is not flooded.
const AT_ONCE: usize = 8;

/// The work of a [`Webhook`] in the background: delivers what was handed over, and tries again what did not arrive.
///
/// Spawn it on a tokio runtime with network and time. It ends when the last handle is dropped and nothing waits any more.
///
/// # Cancel safety
/// Dropping it ends all deliveries. What a store keeps is delivered after the next start; what was under way then arrives twice,
/// under the same id.
#[must_use = "spawn it, or nothing is delivered"]
pub struct WebhookWorker {
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl WebhookWorker {
    pub(super) fn new(webhook: &Webhook) -> Self {
        let (shared, alive) = (Arc::clone(&webhook.shared), Arc::downgrade(&webhook.alive));
        Self {
            work: Box::pin(deliver(shared, alive)),
        }
    }
}

impl Future for WebhookWorker {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.work.as_mut().poll(cx)
    }
}

impl fmt::Debug for WebhookWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookWorker").finish_non_exhaustive()
    }
}

async fn deliver(shared: Arc<Shared>, alive: Weak<Alive>) {
    let mut under_way = FuturesUnordered::new();
    loop {
        while under_way.len() < AT_ONCE {
            let due = shared.queue().take_due(shared.clock.now());
            match due {
                Some(message) => under_way.push(attempt(&shared, message)),
                None => break,
            }
        }
        if under_way.len() == AT_ONCE {
            under_way.next().await;
            continue;
        }
        if alive.strong_count() == 0 && shared.queue().is_idle() {
            return;
        }
        let turn = shared.queue().next_turn();
        let sleep = async {
            match turn {
                Some(turn) => shared.clock.sleep_until(turn).await,
                None => pending().await,
            }
        };
        let (woken, sleep) = (pin!(shared.wake.notified()), pin!(sleep));
        let signal = select(woken, sleep);
        if under_way.is_empty() {
            signal.await;
        } else {
            select(under_way.next(), signal).await;
        }
    }
}

async fn attempt(shared: &Shared, message: Message) {
    let started = shared.clock.now();
    let seconds = started.unix_seconds();
    let signature = sign(&shared.secrets, &message.id, seconds, &message.body);
    let request = Request {
        headers: vec![
            (ID, message.id.clone()),
            (TIMESTAMP, seconds.to_string()),
            (SIGNATURE, signature),
        ],
        body: message.body,
    };
    let answer = post(&shared.dialer, request, &*shared.clock, shared.timeout).await;
    let now = shared.clock.now();
    let outcome = match answer {
        Ok(answer) => Outcome::Answered {
            status: answer.status,
            retry_after: answer
                .retry_after
                .and_then(|text| retry_after::read(&text, now)),
        },
        Err(error) => Outcome::NoAnswer(error.to_string()),
    };
    let (changes, delivery) = {
        let mut queue = shared.queue();
        let changes = queue.attempted(&message.id, outcome, now, chance());
        (changes, queue.delivery(&message.id))
    };
    if let Some(delivery) = delivery {
        report(shared, &delivery);
    }
    shared.keep(changes).await;
}

fn report(shared: &Shared, delivery: &super::Delivery) {
    let (id, event, to) = (delivery.id(), delivery.event(), shared.target());
    let (attempts, status) = (delivery.attempts(), delivery.last_status());
    let error = delivery.last_error();
    match delivery.state() {
        DeliveryState::GivenUp { why, .. } => tracing::warn!(
            webhook_id = id, event, %to, attempts, status, error, why = why.as_str(),
            "a webhook message was given up: it is a dead letter until it is sent again"
        ),
        DeliveryState::Waiting { next_attempt } => tracing::debug!(
            webhook_id = id, event, %to, attempts, status, error, %next_attempt,
            "a webhook message did not arrive and will be tried again"
        ),
        _ => {
            tracing::debug!(webhook_id = id, event, %to, attempts, status, "a webhook message arrived");
        }
    }
}
