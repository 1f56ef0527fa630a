//! `/license`: the keys that are held, and what follows from them.

use entitlements_core::audit::AuditRecord;
use entitlements_core::resolve::LicenseEntry;
use entitlements_core::{ActivateError, Activation, DeactivateError, LicenseChange};
use http::Method;

use super::Call;
use crate::body::Fields;
use crate::guard::Principal;
use crate::openapi::{About, Answers};
use crate::refusal::{Failure, Refusal, row};
use crate::respond::{self, Answer};
use crate::router::{Action, Route, Takes};
use crate::views::{LicenseView, LicensesView, RevocationsView, StatusView};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/license",
        body: Takes::Nothing,
        about: About {
            id: "listLicenses",
            summary: "The licenses that are held, and the status over all of them",
            query: &[],
            answers: Answers::Json("Licenses"),
            refuses: &[],
        },
        action: Action::Admin(|call, _| Box::pin(async move { Ok(list(&call)) })),
    },
    Route {
        method: Method::POST,
        path: "/license",
        body: Takes::Json("LicenseKey"),
        about: About {
            id: "activateLicense",
            summary: "Takes a license key into use",
            query: &[],
            answers: Answers::Json("License"),
            refuses: &[&row::INVALID_LICENSE, &row::NOT_STORED],
        },
        action: Action::Admin(|call, by| Box::pin(activate(call, by))),
    },
    Route {
        method: Method::DELETE,
        path: "/license",
        body: Takes::Nothing,
        about: About {
            id: "deactivateLicenses",
            summary: "Removes every license that was handed in",
            query: &[],
            answers: Answers::NoContent,
            refuses: &[&row::NOT_STORED],
        },
        action: Action::Admin(|call, by| Box::pin(deactivate_all(call, by))),
    },
    Route {
        method: Method::DELETE,
        path: "/license/{id}",
        body: Takes::Nothing,
        about: About {
            id: "deactivateLicense",
            summary: "Removes one license that was handed in",
            query: &[],
            answers: Answers::NoContent,
            refuses: &[&row::NOT_FOUND, &row::LICENSE_MANAGED, &row::NOT_STORED],
        },
        action: Action::Admin(|call, by| Box::pin(deactivate(call, by))),
    },
    Route {
        method: Method::GET,
        path: "/license/status",
        body: Takes::Nothing,
        about: About {
            id: "licenseStatus",
            summary: "What holds, until when, what is wrong, and what to do about it",
            query: &[],
            answers: Answers::Json("LicenseStatus"),
            refuses: &[],
        },
        action: Action::Admin(|call, _| Box::pin(async move { Ok(status(&call).await) })),
    },
    Route {
        method: Method::POST,
        path: "/license/revalidate",
        body: Takes::Nothing,
        about: About {
            id: "revalidateLicenses",
            summary: "Reads everything that is held again and judges it anew",
            query: &[],
            answers: Answers::Json("LicenseStatus"),
            refuses: &[],
        },
        action: Action::Admin(|call, _| Box::pin(async move { Ok(revalidate(&call).await) })),
    },
    Route {
        method: Method::POST,
        path: "/license/revocations",
        body: Takes::Json("RevocationList"),
        about: About {
            id: "applyRevocations",
            summary: "Takes a signed revocation list into account",
            query: &[],
            answers: Answers::Json("AppliedRevocations"),
            refuses: &[&row::INVALID_REVOCATIONS],
        },
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
    let Activation { entry, change } = match call.engine().activate(&key).await {
        Ok(activation) => activation,
        Err(error) => {
            let record = call.audited(&by, "license.rejected");
            call.keep(refused(record, error.reason())).await;
            return Err(match error {
                ActivateError::NotKept(_) => Refusal::NotStored(error.to_string()),
                error => Refusal::InvalidLicense(error),
            }
            .into());
        }
    };
    let action = match change {
        LicenseChange::Unchanged => None,
        LicenseChange::Renewed => Some("license.renewed"),
        _ => Some("license.activated"),
    };
    if let Some(action) = action {
        call.keep(about(call.audited(&by, action), &entry)).await;
    }
    Ok(respond::json(&LicenseView::of(&entry)))
}

async fn deactivate_all(call: Call, by: Principal) -> Result<Answer, Failure> {
    let removed = call.engine().deactivate_all().await;
    let removed = removed.map_err(|error| Refusal::NotStored(error.to_string()))?;
    for entry in &removed {
        let record = call.audited(&by, "license.deactivated");
        call.keep(about(record, entry)).await;
    }
    Ok(respond::no_content())
}

async fn deactivate(call: Call, by: Principal) -> Result<Answer, Failure> {
    let id = call.parameter("id")?;
    let removed = call
        .engine()
        .deactivate(id)
        .await
        .map_err(|error| match error {
            DeactivateError::Managed(_) => Refusal::LicenseManaged(error.to_string()),
            DeactivateError::NotRemoved(_) => Refusal::NotStored(error.to_string()),
            error => Refusal::NotFound(error.to_string()),
        })?;
    let record = call.audited(&by, "license.deactivated");
    call.keep(about(record, &removed)).await;
    Ok(respond::no_content())
}

/// The record with the license that it is about.
fn about(mut record: AuditRecord, entry: &LicenseEntry) -> AuditRecord {
    record.license.clone_from(&entry.id);
    record.plan.clone_from(&entry.plan);
    if let Some(expires_at) = entry.expires_at {
        let detail = ("expires_at".into(), expires_at.to_string());
        record.details.push(detail);
    }
    record
}

/// The record of what was not taken, and why not.
fn refused(mut record: AuditRecord, reason: &str) -> AuditRecord {
    record.outcome = AuditRecord::REFUSED.into();
    record.details.push(("reason".into(), reason.into()));
    record
}

async fn status(call: &Call) -> Answer {
    let current = call.engine().current();
    // Whoever looks here looks for what is wrong; counts that cannot be asked do not keep it from them.
    let used = current.used().await.unwrap_or_default();
    let read_at = call.engine().revalidated_at();
    let warnings = call.engine().warnings();
    respond::json(&StatusView::of(&current, &used, &warnings, read_at))
}

async fn revalidate(call: &Call) -> Answer {
    call.engine().revalidate().await;
    status(call).await
}

async fn revoke(call: Call, by: Principal) -> Result<Answer, Failure> {
    let mut fields = Fields::read(&call.body)?;
    let list = fields.string("list");
    fields.finish()?;
    let list = list.unwrap_or_default();
    let applied = match call.engine().apply_revocations(&list).await {
        Ok(applied) => applied,
        Err(error) => {
            let record = call.audited(&by, "revocations.rejected");
            call.keep(refused(record, error.reason())).await;
            return Err(Refusal::InvalidRevocations(error).into());
        }
    };
    if applied.changed {
        let mut record = call.audited(&by, "revocations.applied");
        record.details = vec![
            ("signed_by".into(), applied.list.kid().to_owned()),
            ("licenses".into(), applied.list.licenses().len().to_string()),
            ("keys".into(), applied.list.keys().len().to_string()),
        ];
        call.keep(record).await;
    }
    Ok(respond::json(&RevocationsView::of(&applied)))
}
