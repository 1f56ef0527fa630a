use entitlements_axum::BoxFuture;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::free::Webhook;
use crate::jobs::Job;
use crate::outgoing;
use crate::store::Entry;

/// Something that happened to a job. It tells no payload: whoever wants it fetches it.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Such as `job.done`.
    pub(crate) name: &'static str,
    pub(crate) namespace: String,
    pub(crate) data: Value,
}

impl Event {
    pub(crate) fn new(name: &'static str, job: &Job) -> Self {
        let data = json!({
            "id": job.id, "namespace": job.namespace, "queue": job.queue, "state": job.state, "attempts": job.attempts,
        });
        Self {
            name,
            namespace: job.namespace.clone(),
            data,
        }
    }
}

/// Brings events to webhooks.
pub(crate) trait Courier: Send + Sync {
    fn send(&self, webhook: Entry<Webhook>, event: Event) -> BoxFuture<'_, Result<(), Failure>>;
}

/// One POST that nobody waits for.
pub(crate) struct FireAndForget;

impl Courier for FireAndForget {
    fn send(&self, webhook: Entry<Webhook>, event: Event) -> BoxFuture<'_, Result<(), Failure>> {
        tokio::spawn(async move {
            let body = json!({ "type": event.name, "data": event.data }).to_string();
            if let Err(why) = outgoing::post(&webhook.value.url, body).await {
                tracing::warn!(
                    webhook = webhook.id,
                    event = event.name,
                    "not delivered: {why}"
                );
            }
        });
        Box::pin(async { Ok(()) })
    }
}
