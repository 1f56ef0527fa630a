//! What can be asked of an account, whoever asks: the account itself, its owner, or an admin.

use entitlements_core::{AccountId, Denial, PreviewError};

use super::Call;
use crate::query::Query;
use crate::refusal::{Failure, Refusal};
use crate::respond::{self, Answer};
use crate::terms::LONGEST_NAME;
use crate::views::{DowngradeView, EntitlementsView, ExplanationView, Shown};

/// All that the account has, and what is wrong.
pub(super) async fn entitlements(call: &Call, account: &AccountId) -> Result<Answer, Failure> {
    let current = call.current_of(account).await?;
    let used = current.used().await?;
    let mut view = EntitlementsView::of(&current, &used, Shown::Yes);
    view.refresh_at(current.now());
    Ok(respond::json(&view))
}

/// Where it has it from.
pub(super) async fn explanation(call: &Call, account: &AccountId) -> Result<Answer, Failure> {
    let explanation = call.engine().explain(account).await;
    let explanation = explanation.map_err(|error| unavailable(&error))?;
    let now = call.engine().now();
    Ok(respond::json(&ExplanationView::of(
        account,
        &explanation,
        now,
    )))
}

/// What it would lose on the plan that the query names.
pub(super) async fn downgrade(call: &Call, account: &AccountId) -> Result<Answer, Failure> {
    let mut query = Query::read(call.head.uri.query());
    let plan = query.string("plan").unwrap_or_default();
    if plan.chars().nth(LONGEST_NAME).is_some() {
        let message = format!("must have at most {LONGEST_NAME} characters");
        query.wrong("plan", &message);
    }
    query.finish()?;
    let preview = call.engine().downgrade_preview(account, plan.clone());
    let preview = preview.await.map_err(|error| match error {
        PreviewError::UnknownPlan(unknown) => Refusal::invalid("plan", unknown.to_string()).into(),
        PreviewError::Usage(denial) => Failure::from(denial),
        error => unavailable(&error),
    })?;
    let now = call.engine().now();
    Ok(respond::json(&DowngradeView::of(
        account, &plan, &preview, now,
    )))
}

/// 503; why is for the log.
pub(super) fn unavailable(error: &dyn std::fmt::Display) -> Failure {
    tracing::warn!("accounts cannot be asked: {error}");
    Denial::undetermined().into()
}
