//! The nodes of the cluster: each holds a lease of the limit `nodes`, and renews it by asking again before it lapses.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use entitlements_axum::{AccountId, AccountLimit, Limit};
use serde_json::{Value, json};

use crate::app::App;
use crate::failure::Answer;
use crate::free::queues::check_name;
use crate::identity::{Caller, Role};

fn nodes(app: &App) -> AccountLimit {
    app.entitlements.limit(&AccountId::LOCAL, "nodes")
}

pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Answer<Json<Value>> {
    caller.may_everywhere(Role::Reader)?;
    let allowed = match nodes(&app).allowed().await? {
        Limit::AtMost(most) => Some(most),
        _ => None,
    };
    Ok(Json(
        json!({ "nodes": nodes(&app).used().await?, "allowed": allowed }),
    ))
}

/// 402 where there is no room for one more.
pub(crate) async fn join(
    State(app): State<App>,
    caller: Caller,
    Path(node): Path<String>,
) -> Answer<StatusCode> {
    caller.may_everywhere(Role::Worker)?;
    check_name(&node)?;
    nodes(&app).lease(&node).await?.leave();
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn leave(
    State(app): State<App>,
    caller: Caller,
    Path(node): Path<String>,
) -> Answer<StatusCode> {
    caller.may_everywhere(Role::Worker)?;
    nodes(&app).end(&node).await?;
    Ok(StatusCode::NO_CONTENT)
}
