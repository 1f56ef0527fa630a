//! `/audit`: who changed what, and when.

use entitlements_core::Denial;
use entitlements_core::audit::AuditQuery;
use http::Method;

use super::Call;
use crate::openapi::{About, Answers, query};
use crate::query::Query;
use crate::refusal::{Failure, Refusal, row};
use crate::respond::{self, Answer};
use crate::router::{Action, Reach, Route, Takes};
use crate::views::AuditView;

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/audit",
    body: Takes::Nothing,
    about: About {
        id: "audit",
        summary: "Who changed what, the newest first; for an owner what is about their account",
        query: &[
            query::ACTION,
            query::ACTOR,
            query::ACCOUNT,
            query::LICENSE,
            query::SINCE,
            query::UNTIL,
            query::BEFORE,
            query::LIMIT,
        ],
        answers: Answers::Json("AuditPage"),
        refuses: &[&row::ENTITLEMENTS_UNAVAILABLE],
    },
    action: Action::Either(|call, reach| Box::pin(list(call, reach))),
}];

async fn list(call: Call, reach: Reach) -> Result<Answer, Failure> {
    let mut query = Query::read(call.head.uri.query());
    let mut asked = AuditQuery::default();
    if let Some(limit) = query.integer("limit", &(1..=AuditQuery::HIGHEST_LIMIT)) {
        asked = asked.limited_to(limit);
    }
    asked.before = query.optional("before");
    asked.action = query.optional("action");
    asked.actor = query.optional("actor");
    asked.account = query.optional("account");
    asked.license = query.optional("license");
    asked.since = query.time("since");
    asked.until = query.time("until");
    query.finish()?;
    if let Reach::Account(own) = reach {
        // An empty page would say that nothing happened there.
        if asked
            .account
            .as_ref()
            .is_some_and(|other| other != own.as_str())
        {
            return Err(Refusal::Forbidden.into());
        }
        asked.account = Some(own.as_str().into());
    }
    let page = call.engine().audit().read(asked).await.map_err(|error| {
        tracing::warn!("audit records cannot be read: {error}");
        Failure::from(Denial::undetermined())
    })?;
    Ok(respond::json(&AuditView::of(&page)))
}
