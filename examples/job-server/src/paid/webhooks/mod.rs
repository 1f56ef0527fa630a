//! `webhooks`: events are signed, tried again until they arrive or are dead, and every delivery is tracked.
//!
//! `entitlements-outbound` does the work, by the scheme of [Standard Webhooks](https://www.standardwebhooks.com).

mod kept;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use entitlements_axum::{BoxFuture, Clock, Refusal};
use entitlements_outbound::webhook::{
    Delivery, DeliveryState, RetryPolicy, SendError, Webhook as Receiver, WebhookSecret,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::free::Webhook;
use crate::identity::{Caller, Role};
use crate::interfaces::{Courier, Event, FireAndForget};
use crate::json_body::JsonBody;
use crate::store::{Entry, Store};
use kept::KeptDeliveries;

/// What makes a webhook an advanced one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guarantee {
    /// `whsec_…`: the receiver checks with it who sent a message. Never shown again.
    pub(crate) secret: String,
    #[serde(default = "eight")]
    attempts: u32,
}

const fn eight() -> u32 {
    8
}

/// The receivers with a guarantee, each with its own queue.
#[derive(Clone)]
pub(crate) struct Deliveries {
    store: Store,
    clock: Arc<dyn Clock>,
    receivers: Arc<Mutex<BTreeMap<String, Receiver>>>,
}

impl Deliveries {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            receivers: Arc::default(),
        }
    }

    /// Goes on where the last run ended. What was promised is delivered, with the license or without it.
    pub(crate) async fn go_on(&self) -> Answer<()> {
        for webhook in self.store.list::<Webhook>(None).await? {
            let Some(guarantee) = &webhook.value.guarantee else {
                continue;
            };
            let receiver = self.receiver(&webhook.id, &webhook.value.url, guarantee);
            if let Err(failure) = receiver.await {
                tracing::error!(webhook = webhook.id, "cannot deliver: {failure}");
            }
        }
        Ok(())
    }

    async fn receiver(&self, id: &str, url: &str, guarantee: &Guarantee) -> Answer<Receiver> {
        let mut receivers = self.receivers.lock().await;
        if let Some(receiver) = receivers.get(id) {
            return Ok(receiver.clone());
        }
        let secret: Result<WebhookSecret, _> = guarantee.secret.parse();
        let secret = secret.map_err(|error| Refusal::invalid("secret", error.to_string()))?;
        let building = Receiver::to(url, secret)
            .retry(RetryPolicy::default().attempts(guarantee.attempts))
            .store(KeptDeliveries::of(&self.store, id))
            .clock(Arc::clone(&self.clock))
            .build();
        let (receiver, worker) = building
            .await
            .map_err(|error| Refusal::invalid("url", error.to_string()))?;
        tokio::spawn(worker);
        receivers.insert(id.to_owned(), receiver.clone());
        Ok(receiver)
    }
}

impl Courier for Deliveries {
    fn send(&self, webhook: Entry<Webhook>, event: Event) -> BoxFuture<'_, Result<(), Failure>> {
        let Some(guarantee) = webhook.value.guarantee.clone() else {
            return FireAndForget.send(webhook, event);
        };
        Box::pin(async move {
            let receiver = self
                .receiver(&webhook.id, &webhook.value.url, &guarantee)
                .await?;
            match receiver.send(event.name, &event.data.to_string()).await {
                // A receiver that was down for that long does not stop the queue.
                Err(SendError::Full) => {
                    tracing::warn!(webhook = webhook.id, "too much waits for it");
                }
                Err(error) => return Err(Failure::Broken(error.to_string())),
                Ok(_) => {}
            }
            Ok(())
        })
    }
}

/// A guarantee is given once; for another secret there is another webhook.
pub(crate) async fn guarantee(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(guarantee): JsonBody<Guarantee>,
) -> Answer<StatusCode> {
    caller.may_everywhere(Role::Admin)?;
    let mut webhook = find(&app, &caller, &id).await?;
    if webhook.guarantee.is_some() {
        return Err(Failure::Conflict("the webhook has its guarantee already"));
    }
    app.deliveries
        .receiver(&id, &webhook.url, &guarantee)
        .await?;
    webhook.guarantee = Some(guarantee);
    app.store.put(&caller.namespace, &id, &webhook).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of the events of a webhook, dead letters among them.
pub(crate) async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Value>>> {
    caller.may_everywhere(Role::Reader)?;
    let webhook = find(&app, &caller, &id).await?;
    let Some(guarantee) = &webhook.guarantee else {
        return Ok(Json(Vec::new()));
    };
    let receiver = app
        .deliveries
        .receiver(&id, &webhook.url, guarantee)
        .await?;
    Ok(Json(receiver.deliveries().iter().map(view).collect()))
}

fn view(delivery: &Delivery) -> Value {
    let state = match delivery.state() {
        DeliveryState::Delivered { .. } => "delivered",
        DeliveryState::GivenUp { .. } => "dead",
        _ => "pending",
    };
    json!({
        "id": delivery.id(),
        "event": delivery.event(),
        "state": state,
        "attempts": delivery.attempts(),
        "status": delivery.last_status(),
        "error": delivery.last_error(),
    })
}

async fn find(app: &App, caller: &Caller, id: &str) -> Answer<Webhook> {
    let found = app.store.get::<Webhook>(id).await?;
    let found = found.filter(|webhook| webhook.namespace == caller.namespace);
    Ok(found.ok_or_else(|| Failure::not_found("webhook"))?.value)
}
