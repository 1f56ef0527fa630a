//! Basic webhooks: a POST for each event, once, and nobody waits for it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};
use crate::interfaces::Event;
use crate::jobs::Job;
use crate::json_body::JsonBody;
use crate::outgoing;
use crate::paid::Guarantee;
use crate::store::Configured;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    /// Such as `job.done`; none for all of them.
    events: Vec<String>,
    /// What a license lets somebody add: see [`paid::webhooks`](crate::paid::webhooks).
    #[serde(default)]
    pub(crate) guarantee: Option<Guarantee>,
}

impl Configured for Webhook {
    const KIND: &'static str = "webhook";

    fn hide_secrets(&mut self) {
        if let Some(guarantee) = &mut self.guarantee {
            guarantee.secret.clear();
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    url: String,
    #[serde(default)]
    events: Vec<String>,
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(NewWebhook { url, events }): JsonBody<NewWebhook>,
) -> Answer<(StatusCode, Json<Value>)> {
    caller.may_everywhere(Role::Admin)?;
    outgoing::check_url(&url)?;
    let webhook = Webhook {
        url,
        events,
        guarantee: None,
    };
    let id = app.store.add(&caller.namespace, &webhook).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// Gives an event to the courier, for each webhook of the job's namespace that wants it. What happened to the job has happened: a
/// webhook that cannot be told does not undo it.
pub(crate) async fn tell(app: &App, event: &'static str, job: &Job) {
    if let Err(failure) = try_to_tell(app, Event::new(event, job)).await {
        tracing::error!(event, job = job.id, "webhooks were not told: {failure}");
    }
}

async fn try_to_tell(app: &App, event: Event) -> Answer<()> {
    let namespace = Some(event.namespace.as_str());
    for webhook in app.store.list::<Webhook>(namespace).await? {
        let wanted = &webhook.value.events;
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == event.name) {
            let (id, courier) = (webhook.id.clone(), app.interfaces.courier.now());
            if let Err(failure) = courier.send(webhook, event.clone()).await {
                tracing::error!(webhook = id, event = event.name, "not told: {failure}");
            }
        }
    }
    Ok(())
}
