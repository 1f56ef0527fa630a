//! What is below one account: overrides, add-ons, and what follows from all of it.

use entitlements_core::account::Account;
use entitlements_core::audit::AuditRecord;
use entitlements_core::{AccountError, AddonName};
use http::Method;

use super::recorded::{about_account, details};
use super::{id_of, known};
use crate::body::Fields;
use crate::guard::Principal;
use crate::openapi::{About, Answers, query};
use crate::percent;
use crate::refusal::{Failure, Refusal, row};
use crate::respond::{self, Answer};
use crate::router::{Action, Route, Takes};
use crate::routes::{Call, about};
use crate::terms::{LONGEST_NAME, SentOverride};
use crate::views::{OverrideView, OverridesView};

pub(crate) const PARTS: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/accounts/{id}/overrides",
        body: Takes::Nothing,
        about: About {
            id: "listOverrides",
            summary: "The overrides of an account, the oldest first",
            query: &[],
            answers: Answers::Json("Overrides"),
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, _| Box::pin(overrides(call))),
    },
    Route {
        method: Method::POST,
        path: "/accounts/{id}/overrides",
        body: Takes::Json("NewOverride"),
        about: About {
            id: "addOverride",
            summary: "Overrides a feature, a limit or a rate for one account",
            query: &[],
            answers: Answers::Created("Override"),
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, by| Box::pin(add_override(call, by))),
    },
    Route {
        method: Method::DELETE,
        path: "/accounts/{id}/overrides/{override}",
        body: Takes::Nothing,
        about: About {
            id: "removeOverride",
            summary: "Takes an override back",
            query: &[],
            answers: Answers::NoContent,
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, by| Box::pin(remove_override(call, by))),
    },
    Route {
        method: Method::PUT,
        path: "/accounts/{id}/addons/{name}",
        body: Takes::Nothing,
        about: About {
            id: "addAddon",
            summary: "Gives an account an add-on; nothing changes where it has it",
            query: &[],
            answers: Answers::NoContent,
            refuses: &[
                &row::NOT_FOUND,
                &row::INVALID,
                &row::ENTITLEMENTS_UNAVAILABLE,
            ],
        },
        action: Action::Admin(|call, by| Box::pin(add_addon(call, by))),
    },
    Route {
        method: Method::DELETE,
        path: "/accounts/{id}/addons/{name}",
        body: Takes::Nothing,
        about: About {
            id: "removeAddon",
            summary: "Takes an add-on from an account; nothing changes where it has none",
            query: &[],
            answers: Answers::NoContent,
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, by| Box::pin(remove_addon(call, by))),
    },
    Route {
        method: Method::GET,
        path: "/accounts/{id}/entitlements",
        body: Takes::Nothing,
        about: About {
            id: "accountEntitlements",
            summary: "What one account has",
            query: &[],
            answers: Answers::Json("Entitlements"),
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, _| {
            Box::pin(async move { about::entitlements(&call, &known(&call).await?.id).await })
        }),
    },
    Route {
        method: Method::GET,
        path: "/accounts/{id}/explain",
        body: Takes::Nothing,
        about: About {
            id: "explainAccount",
            summary: "Which source gave, raised, took or replaced each thing of one account",
            query: &[],
            answers: Answers::Json("Explanation"),
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, _| {
            Box::pin(async move { about::explanation(&call, &known(&call).await?.id).await })
        }),
    },
    Route {
        method: Method::GET,
        path: "/accounts/{id}/downgrade-preview",
        body: Takes::Nothing,
        about: About {
            id: "previewAccountDowngrade",
            summary: "What one account would lose on another plan",
            query: &[query::PLAN],
            answers: Answers::Json("DowngradePreview"),
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, _| {
            Box::pin(async move { about::downgrade(&call, &known(&call).await?.id).await })
        }),
    },
];

async fn overrides(call: Call) -> Result<Answer, Failure> {
    Ok(respond::json(&OverridesView::of(&known(&call).await?)))
}

async fn add_override(call: Call, by: Principal) -> Result<Answer, Failure> {
    let id = id_of(&call)?;
    let mut fields = Fields::read(&call.body)?;
    let SentOverride {
        value,
        ends_at,
        reason,
    } = SentOverride::read(&mut fields);
    fields.finish()?;
    // Where there is none, the fields said why.
    let value = value.ok_or_else(|| Refusal::invalid("", "the body says no override"))?;
    let made = call.engine().add_override(&id, value, ends_at, reason);
    let made = made.await?;
    let mut record = call.audited(&by, "override.added");
    record.account = Some(id.as_str().into());
    record.details = details(&made);
    call.keep(record).await;
    let location = format!("overrides/{}", percent::encode(&made.id));
    Ok(respond::created(&OverrideView::of(&made), &location))
}

async fn remove_override(call: Call, by: Principal) -> Result<Answer, Failure> {
    let (account, id) = (id_of(&call)?, call.parameter("override")?);
    let changed = call.engine().remove_override(&account, id).await?;
    let mut record = about_account(call.audited(&by, "override.removed"), &changed);
    record.details.push(("override".into(), id.into()));
    call.keep(record).await;
    Ok(respond::no_content())
}

async fn add_addon(call: Call, by: Principal) -> Result<Answer, Failure> {
    let (id, addon) = (id_of(&call)?, call.parameter("name")?);
    // Before it gets into a message: what is not in the catalog may be anything.
    if addon.chars().nth(LONGEST_NAME).is_some() {
        let message = format!("each must have at most {LONGEST_NAME} characters");
        return Err(Refusal::invalid("addons", message).into());
    }
    let name = AddonName::from(addon.to_owned());
    let added = call.engine().try_change_account(&id, move |_, terms| {
        if terms.addons.contains(&name) {
            return Err(Unchanged::WasSo);
        }
        terms.addons.push(name.clone());
        Ok(())
    });
    let added = added.await;
    finish(&call, added, call.audited(&by, "addon.added"), addon).await
}

async fn remove_addon(call: Call, by: Principal) -> Result<Answer, Failure> {
    let (id, addon) = (id_of(&call)?, call.parameter("name")?);
    let name = addon.to_owned();
    let removed = call.engine().try_change_account(&id, move |_, terms| {
        let before = terms.addons.len();
        terms.addons.retain(|known| known.as_str() != name);
        if terms.addons.len() < before {
            Ok(())
        } else {
            Err(Unchanged::WasSo)
        }
    });
    let removed = removed.await;
    finish(&call, removed, call.audited(&by, "addon.removed"), addon).await
}

/// 204 whether it was so before or not; recorded where it was not. What nobody ever accepted may be anything, a key too.
async fn finish(
    call: &Call,
    changed: Result<Account, Unchanged>,
    record: AuditRecord,
    addon: &str,
) -> Result<Answer, Failure> {
    match changed {
        Ok(account) => {
            let mut record = about_account(record, &account);
            record.details.push(("addon".into(), addon.into()));
            call.keep(record).await;
        }
        Err(Unchanged::WasSo) => {}
        Err(Unchanged::Failed(error)) => return Err(error.into()),
    }
    Ok(respond::no_content())
}

/// Why add-ons stay as they are.
enum Unchanged {
    WasSo,
    Failed(AccountError),
}

impl From<AccountError> for Unchanged {
    fn from(error: AccountError) -> Self {
        Self::Failed(error)
    }
}
