//! `webhooks`: events are signed, tried again until they arrive or are dead, and every delivery is tracked.

use std::time::Duration;

use aws_lc_rs::hmac;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use entitlements_axum::{BoxFuture, Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::free::Webhook;
use crate::free::api_keys::hex;
use crate::identity::{Caller, Role};
use crate::interfaces::{Courier, Event, FireAndForget};
use crate::json_body::JsonBody;
use crate::outgoing;
use crate::store::{Entry, Store};

/// What makes a webhook an advanced one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guarantee {
    /// The receiver checks `x-signature` with it; never shown again.
    pub(crate) secret: String,
    #[serde(default = "eight")]
    attempts: u32,
}

const fn eight() -> u32 {
    8
}

pub(crate) async fn guarantee(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(guarantee): JsonBody<Guarantee>,
) -> Answer<StatusCode> {
    caller.may_everywhere(Role::Admin)?;
    if guarantee.secret.len() < 16 {
        return Err(Refusal::invalid("secret", "must have at least 16 characters").into());
    }
    let mut webhook = find(&app, &caller, &id).await?;
    webhook.guarantee = Some(guarantee);
    app.store.put(&caller.namespace, &id, &webhook).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(app: &App, caller: &Caller, id: &str) -> Answer<Webhook> {
    let found = app.store.get::<Webhook>(id).await?;
    let found = found.filter(|webhook| webhook.namespace == caller.namespace);
    Ok(found.ok_or_else(|| Failure::not_found("webhook"))?.value)
}

/// Puts events of guaranteed webhooks into the database, from where they are delivered.
pub(crate) struct Deliveries {
    store: Store,
}

impl Deliveries {
    pub(crate) const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Courier for Deliveries {
    fn send(&self, webhook: Entry<Webhook>, event: Event) -> BoxFuture<'_, Result<(), Failure>> {
        if webhook.value.guarantee.is_none() {
            return FireAndForget.send(webhook, event);
        }
        Box::pin(async move {
            sqlx::query("INSERT INTO deliveries (id, webhook, event, body, state, next_at) VALUES (?, ?, ?, ?, 'pending', 0)")
                .bind(Uuid::now_v7().to_string())
                .bind(webhook.id)
                .bind(event.name)
                .bind(event.body.to_string())
                .execute(&self.store.pool)
                .await?;
            Ok(())
        })
    }
}

/// What became of the events of a webhook, the newest first: `pending`, `delivered`, or `dead`.
pub(crate) async fn deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Value>>> {
    caller.may_everywhere(Role::Reader)?;
    find(&app, &caller, &id).await?;
    let rows = sqlx::query("SELECT * FROM deliveries WHERE webhook = ? ORDER BY id DESC LIMIT 100")
        .bind(id)
        .fetch_all(&app.store.pool)
        .await?;
    let deliveries = rows.iter().map(|row| {
        Ok(json!({
            "id": row.try_get::<String, _>("id")?,
            "event": row.try_get::<String, _>("event")?,
            "state": row.try_get::<String, _>("state")?,
            "attempts": row.try_get::<u32, _>("attempts")?,
            "error": row.try_get::<Option<String>, _>("error")?,
        }))
    });
    deliveries.collect::<Answer<_>>().map(Json)
}

/// Tries what is due. What was promised is delivered, even if the license has ended since.
pub(crate) async fn deliver_due(app: &App) -> Answer<()> {
    let now = app.now();
    let due = sqlx::query(
        "SELECT * FROM deliveries WHERE state = 'pending' AND next_at <= ? ORDER BY id LIMIT 20",
    )
    .bind(now.unix_micros())
    .fetch_all(&app.store.pool)
    .await?;
    for row in &due {
        let (id, attempts) = (row.try_get("id")?, row.try_get::<u32, _>("attempts")? + 1);
        let webhook = app.store.get::<Webhook>(row.try_get("webhook")?).await?;
        let guarantee = webhook
            .as_ref()
            .and_then(|webhook| webhook.value.guarantee.as_ref());
        let (outcome, most) = match (&webhook, guarantee) {
            (Some(webhook), Some(guarantee)) => {
                let posted =
                    post_signed(&webhook.value.url, guarantee, id, row.try_get("body")?, now);
                (posted.await, guarantee.attempts)
            }
            _ => (Err("the webhook was removed".into()), 0),
        };
        let state = match &outcome {
            Ok(()) => "delivered",
            Err(_) if attempts >= most => "dead",
            Err(_) => "pending",
        };
        let wait = Duration::from_secs(2_u64.saturating_pow(attempts.min(12)) / 2);
        sqlx::query(
            "UPDATE deliveries SET state = ?, attempts = ?, next_at = ?, error = ? WHERE id = ?",
        )
        .bind(state)
        .bind(attempts)
        .bind(now.saturating_add(wait).unix_micros())
        .bind(outcome.err())
        .bind(id)
        .execute(&app.store.pool)
        .await?;
    }
    Ok(())
}

/// Signs the id, the time and the body: a receiver refuses what it has seen, what is old, and what was changed.
async fn post_signed(
    url: &str,
    guarantee: &Guarantee,
    id: &str,
    body: &str,
    now: Timestamp,
) -> Result<(), String> {
    let at = now.unix_seconds().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, guarantee.secret.as_bytes());
    let signature = hmac::sign(&key, format!("{id}.{at}.{body}").as_bytes());
    let headers = [
        ("x-delivery", id.to_owned()),
        ("x-delivery-time", at),
        ("x-signature", format!("sha256={}", hex(signature.as_ref()))),
    ];
    outgoing::post(url, &headers, body.to_owned()).await
}
