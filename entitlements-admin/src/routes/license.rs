//! `/license`: the keys that are held, and what follows from them.

use entitlements_core::{ActivateError, DeactivateError};
use http::Method;

use super::Call;
use crate::body::Fields;
use crate::guard::Principal;
use crate::refusal::{Failure, Refusal};
use crate::respond::{self, Answer};
use crate::router::{Action, Route, Takes};
use crate::views::{LicenseView, LicensesView, RevocationsView, StatusView};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/license",
        body: Takes::Nothing,
        action: Action::Admin(|call, _| Box::pin(async move { Ok(list(&call)) })),
    },
    Route {
        method: Method::POST,
        path: "/license",
        body: Takes::Json,
        action: Action::Admin(|call, by| Box::pin(activate(call, by))),
    },
    Route {
        method: Method::DELETE,
        path: "/license",
        body: Takes::Nothing,
        action: Action::Admin(|call, by| Box::pin(deactivate_all(call, by))),
    },
    Route {
        method: Method::DELETE,
        path: "/license/{id}",
        body: Takes::Nothing,
        action: Action::Admin(|call, by| Box::pin(deactivate(call, by))),
    },
    Route {
        method: Method::GET,
        path: "/license/status",
        body: Takes::Nothing,
        action: Action::Admin(|call, _| Box::pin(async move { Ok(status(&call).await) })),
    },
    Route {
        method: Method::POST,
        path: "/license/revocations",
        body: Takes::Json,
        action: Action::Admin(|call, by| Box::pin(revoke(call, by))),
    },
];

fn list(call: &Call) -> Answer {
    respond::json(&LicensesView::of(&call.engine().current()))
}

async fn activate(call: Call, by: Principal) -> Result<Answer, Failure> {
    let mut fields = Fields::read(&call.body)?;
    let key = fields.string("key");
    fields.finish()?;
    let key = key.unwrap_or_default();
    let entry = call.engine().activate(&key).await.map_err(|error| {
        tracing::info!(
            by = by.name(),
            reason = error.reason(),
            "license key refused"
        );
        match error {
            ActivateError::NotKept(_) => Refusal::NotStored(error.to_string()),
            error => Refusal::InvalidLicense(error),
        }
    })?;
    tracing::info!(by = by.name(), license = entry.id, "license key taken");
    Ok(respond::json(&LicenseView::of(&entry)))
}

async fn deactivate_all(call: Call, by: Principal) -> Result<Answer, Failure> {
    let removed = call.engine().deactivate_all().await;
    removed.map_err(|error| Refusal::NotStored(error.to_string()))?;
    tracing::info!(by = by.name(), "stored licenses removed");
    Ok(respond::no_content())
}

async fn deactivate(call: Call, by: Principal) -> Result<Answer, Failure> {
    let id = call.parameter("id")?;
    call.engine()
        .deactivate(id)
        .await
        .map_err(|error| match error {
            DeactivateError::Managed(_) => Refusal::LicenseManaged(error.to_string()),
            DeactivateError::NotRemoved(_) => Refusal::NotStored(error.to_string()),
            error => Refusal::NotFound(error.to_string()),
        })?;
    tracing::info!(by = by.name(), license = id, "license removed");
    Ok(respond::no_content())
}

async fn status(call: &Call) -> Answer {
    let current = call.engine().current();
    // Whoever looks here looks for what is wrong; counts that cannot be asked do not keep it from them.
    let used = current.used().await.unwrap_or_default();
    respond::json(&StatusView::of(&current, &used))
}

async fn revoke(call: Call, by: Principal) -> Result<Answer, Failure> {
    let mut fields = Fields::read(&call.body)?;
    let list = fields.string("list");
    fields.finish()?;
    let list = list.unwrap_or_default();
    let applied = call
        .engine()
        .apply_revocations(&list)
        .await
        .map_err(|error| {
            let reason = error.reason();
            tracing::info!(by = by.name(), reason, "revocation list refused");
            Refusal::InvalidRevocations(error)
        })?;
    tracing::info!(
        by = by.name(),
        changed = applied.changed,
        "revocation list taken"
    );
    Ok(respond::json(&RevocationsView::of(&applied)))
}
