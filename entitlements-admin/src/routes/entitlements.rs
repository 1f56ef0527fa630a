//! `/entitlements`: what an account has, where from, and what it would lose.

use entitlements_core::AccountId;
use http::header::{CACHE_CONTROL, ETAG, HeaderValue, VARY};
use http::{Method, StatusCode};

use super::{Call, about};
use crate::etag::EntityTag;
use crate::guard::Access;
use crate::openapi::{About, Answers, query};
use crate::refusal::{Failure, row};
use crate::respond::{self, Answer};
use crate::router::{Action, Route, Takes};
use crate::views::{EntitlementsView, Shown};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/entitlements",
        body: Takes::Nothing,
        about: About {
            id: "entitlements",
            summary: "What the account has",
            query: &[],
            answers: Answers::Tagged("Entitlements"),
            refuses: &[&row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Account(|call, account| Box::pin(show(call, account))),
    },
    Route {
        method: Method::GET,
        path: "/entitlements/explain",
        body: Takes::Nothing,
        about: About {
            id: "explainEntitlements",
            summary: "Which source gave, raised, took or replaced each thing",
            query: &[],
            answers: Answers::Json("Explanation"),
            refuses: &[&row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Owner(|call, account, _| {
            Box::pin(async move { about::explanation(&call, &account).await })
        }),
    },
    Route {
        method: Method::GET,
        path: "/entitlements/downgrade-preview",
        body: Takes::Nothing,
        about: About {
            id: "previewDowngrade",
            summary: "What the account would lose on another plan",
            query: &[query::PLAN],
            answers: Answers::Json("DowngradePreview"),
            refuses: &[&row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Owner(|call, account, _| {
            Box::pin(async move { about::downgrade(&call, &account).await })
        }),
    },
];

async fn show(call: Call, account: AccountId) -> Result<Answer, Failure> {
    // Warnings and errors are for those who can do something about them.
    let notes = match call.api.owner().check(&call.head).await {
        Access::Granted(_) => Shown::Yes,
        _ => Shown::No,
    };
    let current = call.current_of(&account).await?;
    let used = current.used().await?;
    let mut view = EntitlementsView::of(&current, &used, notes);
    let tag = EntityTag::of(&view);
    let mut answer = if tag.is_in(&call.head.headers) {
        respond::empty(StatusCode::NOT_MODIFIED)
    } else {
        view.refresh_at(current.now());
        respond::json(&view)
    };
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("authorization"));
    if let Ok(tag) = HeaderValue::from_str(tag.as_str()) {
        headers.insert(ETAG, tag);
    }
    Ok(answer)
}
