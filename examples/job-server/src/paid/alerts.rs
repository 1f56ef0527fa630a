//! `alerting`: rules that post to a URL when too many jobs of a queue are in one state.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};
use crate::jobs::State as JobState;
use crate::json_body::JsonBody;
use crate::outgoing;
use crate::store::Configured;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Alert {
    queue: String,
    state: JobState,
    above: u64,
    url: String,
    /// Whether it was above at the last look; the server's to say.
    #[serde(default)]
    firing: bool,
}

impl Configured for Alert {
    const KIND: &'static str = "alert";
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(alert): JsonBody<Alert>,
) -> Answer<(StatusCode, Json<Value>)> {
    caller.may_everywhere(Role::Admin)?;
    outgoing::check_url(&alert.url)?;
    let id = app.store.add(&caller.namespace, &alert).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// Looks at every rule. It posts when it goes above, and not again before it was below.
pub(crate) async fn look(app: &App) -> Answer<()> {
    if !app.entitlements.current().has("alerting") {
        return Ok(());
    }
    for mut alert in app.store.list::<Alert>(None).await? {
        let rule = &alert.value;
        let queues = app.store.queues(Some(&alert.namespace)).await?;
        let queue = queues.iter().find(|queue| queue.name == rule.queue);
        let jobs = queue.and_then(|queue| queue.jobs.get(rule.state.as_str())?.as_u64());
        let jobs = jobs.unwrap_or(0);
        if (jobs > rule.above) == rule.firing {
            continue;
        }
        alert.value.firing = !rule.firing;
        app.store
            .put(&alert.namespace, &alert.id, &alert.value)
            .await?;
        if alert.value.firing {
            fire(alert.value, jobs);
        }
    }
    Ok(())
}

fn fire(alert: Alert, jobs: u64) {
    let Alert {
        queue,
        state,
        above,
        url,
        ..
    } = alert;
    let state = state.as_str();
    tracing::warn!(queue, state, jobs, above, "alert");
    let body = json!({ "alert": "too_many_jobs", "queue": queue, "state": state, "jobs": jobs, "above": above });
    tokio::spawn(async move {
        if let Err(why) = outgoing::post(&url, body.to_string()).await {
            tracing::warn!("an alert was not delivered: {why}");
        }
    });
}
