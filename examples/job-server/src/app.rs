//! What the server offers: the table of free and paid rows, and what stands in front of all of them.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use entitlements_axum::{
    AccountId, BearerToken, Entitlements, EntitlementsLayer, FixedAccount, Refusal, Timestamp,
};
use entitlements_outbound::heartbeat::Heartbeat;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::heartbeat::{self, Counted};
use crate::identify::identify;
use crate::interfaces::Interfaces;
use crate::paid::Deliveries;
use crate::store::Store;
use crate::table::Table;
use crate::{free, paid};

/// What every route has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) entitlements: Entitlements,
    pub(crate) interfaces: Interfaces,
    pub(crate) deliveries: Deliveries,
    pub(crate) operator: BearerToken,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) counted: Arc<Counted>,
    pub(crate) heartbeat: Option<Heartbeat>,
}

impl App {
    pub(crate) fn now(&self) -> Timestamp {
        self.entitlements.now()
    }
}

/// Everything that touches processing jobs is free.
fn free_rows(table: Table) -> Table {
    table
        .free("POST /queues/{queue}/jobs", free::jobs::enqueue)
        .free("POST /queues/{queue}/fetch", free::jobs::fetch)
        .free("GET /jobs/{id}", free::jobs::show)
        .free("POST /jobs/{id}/ack", free::jobs::ack)
        .free("POST /jobs/{id}/fail", free::jobs::fail)
        .free("POST /jobs/{id}/retry", free::jobs::retry)
        .free("POST /jobs/{id}/cancel", free::jobs::cancel)
        .free("POST /jobs/{id}/move", free::jobs::move_on)
        .free("DELETE /jobs/{id}", free::jobs::remove)
        .free("GET /queues", free::queues::list)
        .free("POST /queues/{queue}/pause", free::queues::pause)
        .free("POST /queues/{queue}/resume", free::queues::resume)
        .free("POST /queues/{queue}/drain", free::queues::drain)
        .free("POST /queues/{queue}/clear", free::queues::clear)
        .free("PUT /queues/{queue}/concurrency", free::queues::concurrency)
        .free("PUT /queues/{queue}/throttle", free::queues::throttle)
        .free("GET /schedules", free::configured::list::<free::Schedule>)
        .free("POST /schedules", free::schedules::create)
        .free(
            "DELETE /schedules/{id}",
            free::configured::remove::<free::Schedule>,
        )
        .free("GET /webhooks", free::configured::list::<free::Webhook>)
        .free("POST /webhooks", free::webhooks::create)
        .free(
            "DELETE /webhooks/{id}",
            free::configured::remove::<free::Webhook>,
        )
        .free("GET /api-keys", free::configured::list::<free::ApiKey>)
        .free("POST /api-keys", free::api_keys::create)
        .free(
            "DELETE /api-keys/{id}",
            free::configured::remove::<free::ApiKey>,
        )
        .free("GET /nodes", free::nodes::show)
        .free("PUT /nodes/{node}", free::nodes::join)
        .free("DELETE /nodes/{node}", free::nodes::leave)
        .free("GET /metrics", free::metrics::show)
        .free("GET /heartbeat", heartbeat::show)
}

/// Everything that an organisation with several teams needs is paid. One row a feature.
fn paid_rows(table: Table) -> Table {
    table
        .paid("tenancy", "POST /namespaces", paid::tenancy::create)
        .paid("auth", "PUT /sso", paid::sso::configure)
        .paid("rbac", "POST /grants", paid::rbac::create)
        .paid("audit", "GET /audit/export", paid::audit::export)
        .paid("encryption", "PUT /encryption", paid::encryption::switch_on)
        .paid("extended_retention", "GET /search", paid::search::search)
        .paid(
            "custom_retention",
            "POST /retention",
            paid::retention::create,
        )
        .paid(
            "webhooks",
            "PUT /webhooks/{id}/guarantee",
            paid::webhooks::guarantee,
        )
        .paid("alerting", "POST /alerts", paid::alerts::create)
        .paid("analytics", "GET /analytics", paid::analytics::trend)
        .paid("replication", "GET /changes", paid::replication::changes)
}

/// What a license once let somebody add can be looked at and taken away without it.
fn left_open_rows(table: Table) -> Table {
    table
        .free("GET /namespaces", free::configured::list::<paid::Namespace>)
        .free("GET /sso", free::configured::list::<paid::SsoSettings>)
        .free(
            "DELETE /sso/{id}",
            free::configured::remove::<paid::SsoSettings>,
        )
        .free("GET /grants", free::configured::list::<paid::Grant>)
        .free(
            "DELETE /grants/{id}",
            free::configured::remove::<paid::Grant>,
        )
        .free("GET /audit", paid::audit::list)
        .free("GET /encryption", paid::encryption::show)
        .free(
            "GET /retention",
            free::configured::list::<paid::RetentionRule>,
        )
        .free(
            "DELETE /retention/{id}",
            free::configured::remove::<paid::RetentionRule>,
        )
        .free("GET /webhooks/{id}/deliveries", paid::webhooks::deliveries)
        .free("GET /alerts", free::configured::list::<paid::Alert>)
        .free(
            "DELETE /alerts/{id}",
            free::configured::remove::<paid::Alert>,
        )
}

pub(crate) fn router(app: App) -> Router {
    let management = entitlements_axum::admin(
        app.entitlements.clone(),
        app.operator.clone(),
        app.operator.clone(),
        FixedAccount(AccountId::LOCAL),
    );
    let table = left_open_rows(paid_rows(free_rows(Table::default())));
    let rows = table.rows();
    table
        .into_router()
        .route("/", get(async || Json(rows)))
        // Inside out: the license is asked last, so that a stranger learns nothing about it.
        .route_layer(middleware::from_fn_with_state(app.clone(), identify))
        .route_layer(EntitlementsLayer::new(app.entitlements.clone()))
        .nest_service("/api/v1", management)
        .fallback(nothing_here)
        .with_state(app)
}

async fn nothing_here() -> Response {
    let refusal = Refusal::not_found("there is nothing at this path");
    refusal.response().into_response()
}
