//! `/account/ip-allowlist`: from where an account may be reached, for whoever owns it.

mod recorded;
mod sent;

use entitlements_core::allowlist::{
    AllowlistCaller, AllowlistChange, AllowlistChanged, AllowlistError, AllowlistRefusal,
    AllowlistStoreError,
};
use entitlements_core::{AccountId, Denial};
use http::Method;

use self::recorded::about_entry;
use self::sent::{SentEntry, SentPatch};
use super::Call;
use crate::body::Fields;
use crate::guard::Principal;
use crate::openapi::{About, Answers, query};
use crate::query::Query;
use crate::refusal::row::{self, Row};
use crate::refusal::{Failure, Refusal};
use crate::respond::{self, Answer};
use crate::router::{Action, Route, Takes};
use crate::views::{AllowlistEntryView, AllowlistView};

/// What insists on a change that may lock out whoever asks for it.
const FORCE: &str = "force";

/// Why an entry is not changed, beside what the change itself cannot be.
const CHANGING: [&Row; 8] = [
    &row::NOT_FOUND,
    &row::LICENSE_REQUIRED,
    &row::LICENSE_EXPIRED,
    &row::LICENSE_REQUIRED_403,
    &row::LICENSE_EXPIRED_403,
    &row::UNKNOWN_FEATURE,
    &row::ENTITLEMENTS_UNAVAILABLE,
    &row::NOT_STORED,
];

/// Why none is added: the same, but that one is not there.
const ADDING: [&Row; 7] = {
    let [_not_found, rest @ ..] = CHANGING;
    rest
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/account/ip-allowlist",
        body: Takes::Nothing,
        about: About {
            id: "ipAllowlist",
            summary: "From where the account may be reached; from everywhere without an active entry",
            query: &[],
            answers: Answers::Json("IpAllowlist"),
            refuses: &[&row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Owner(|call, account, _| Box::pin(list(call, account))),
    },
    Route {
        method: Method::POST,
        path: "/account/ip-allowlist",
        body: Takes::Json("NewIpAllowlistEntry"),
        about: About {
            id: "addIpAllowlistEntry",
            summary: "Adds a range that the account may be reached from",
            query: &[query::FORCE],
            answers: Answers::Created("IpAllowlistEntry"),
            refuses: &ADDING,
        },
        action: Action::Owner(|call, account, by| Box::pin(add(call, account, by))),
    },
    Route {
        method: Method::PATCH,
        path: "/account/ip-allowlist/{id}",
        body: Takes::Json("IpAllowlistEntryChange"),
        about: About {
            id: "changeIpAllowlistEntry",
            summary: "Changes an entry; what is absent stays",
            query: &[query::FORCE],
            answers: Answers::Json("IpAllowlistEntry"),
            refuses: &CHANGING,
        },
        action: Action::Owner(|call, account, by| Box::pin(change(call, account, by))),
    },
    Route {
        method: Method::DELETE,
        path: "/account/ip-allowlist/{id}",
        body: Takes::Nothing,
        about: About {
            id: "removeIpAllowlistEntry",
            summary: "Deletes an entry",
            query: &[query::FORCE],
            answers: Answers::NoContent,
            refuses: &[&row::NOT_FOUND, &row::NOT_STORED],
        },
        action: Action::Owner(|call, account, by| Box::pin(remove(call, account, by))),
    },
];

async fn list(call: Call, account: AccountId) -> Result<Answer, Failure> {
    let list = call.engine().allowlist(&account).await;
    let list = list.map_err(|error| {
        tracing::warn!("an allowlist cannot be read: {error}");
        Denial::undetermined()
    })?;
    Ok(respond::json(&AllowlistView::of(&list)))
}

async fn add(call: Call, account: AccountId, by: Principal) -> Result<Answer, Failure> {
    let caller = caller(&call)?;
    let mut fields = Fields::read(&call.body)?;
    let sent = SentEntry::read(&mut fields);
    fields.finish()?;
    let now = call.engine().now();
    let change = AllowlistChange::add(&sent.ip_range, &sent.description, by.name(), now)
        .map_err(|refusal| refused(&call, &refusal))?;
    let id = change.id().to_owned();
    let made = apply(&call, &account, change, caller, &by, "allowlist.added").await?;
    let location = format!("ip-allowlist/{id}");
    Ok(respond::created(&entry(&made, &id)?, &location))
}

async fn change(call: Call, account: AccountId, by: Principal) -> Result<Answer, Failure> {
    let caller = caller(&call)?;
    let id = call.parameter("id")?;
    let mut fields = Fields::read(&call.body)?;
    let patch = SentPatch::read(&mut fields).into_patch();
    fields.finish()?;
    let change = AllowlistChange::change(id, patch);
    let made = apply(&call, &account, change, caller, &by, "allowlist.changed").await?;
    Ok(respond::json(&entry(&made, id)?))
}

async fn remove(call: Call, account: AccountId, by: Principal) -> Result<Answer, Failure> {
    let caller = caller(&call)?;
    let change = AllowlistChange::remove(call.parameter("id")?);
    apply(&call, &account, change, caller, &by, "allowlist.removed").await?;
    Ok(respond::no_content())
}

/// Who asks, by the address that gates would go by, and whether they insist.
fn caller(call: &Call) -> Result<AllowlistCaller, Refusal> {
    let mut query = Query::read(call.head.uri.query());
    let insists = query.flag(FORCE);
    query.finish()?;
    let caller = AllowlistCaller::at(call.api.client_of(&call.head).ok());
    Ok(if insists { caller.insisting() } else { caller })
}

/// Makes the change, and leaves a record where there is one.
async fn apply(
    call: &Call,
    account: &AccountId,
    change: AllowlistChange,
    caller: AllowlistCaller,
    by: &Principal,
    action: &str,
) -> Result<AllowlistChanged, Failure> {
    let made = call.engine().change_allowlist(account, change, caller);
    let made = made.await.map_err(|error| match error {
        AllowlistError::Refused(refusal) => refused(call, &refusal).into(),
        AllowlistError::NotEntitled(denial) => Failure::from(denial),
        AllowlistError::Store(error) => not_stored(&error).into(),
    })?;
    if let Some(change) = &made.change {
        let mut record = about_entry(call.audited(by, action), change, &made);
        record.account = Some(account.as_str().into());
        call.keep(record).await;
    }
    Ok(made)
}

fn entry<'a>(made: &'a AllowlistChanged, id: &str) -> Result<AllowlistEntryView<'a>, Refusal> {
    let entry = made.list.entry(id);
    let entry = entry.ok_or_else(|| Refusal::not_found(AllowlistRefusal::NotFound.to_string()))?;
    Ok(AllowlistEntryView::of(entry))
}

fn refused(call: &Call, refusal: &AllowlistRefusal) -> Refusal {
    if *refusal == AllowlistRefusal::NotFound {
        return Refusal::not_found(refusal.to_string());
    }
    if *refusal == AllowlistRefusal::AddressUnknown
        && let Err(error) = call.api.client_of(&call.head)
    {
        // Whoever asks can do nothing about it; the operator can.
        tracing::warn!(
            reason = error.reason(),
            "an allowlist is not changed, for nobody knows whom it would lock out: {error}"
        );
    }
    if refusal.can_be_forced() {
        let message =
            format!("must be `true` (`?{FORCE}=true`) to do this all the same: {refusal}");
        return Refusal::invalid(FORCE, message);
    }
    Refusal::invalid(refusal.field().unwrap_or_default(), refusal.to_string())
}

/// Why is for the log: whoever owns an account need not be who runs the server.
fn not_stored(error: &AllowlistStoreError) -> Refusal {
    tracing::warn!("an allowlist cannot be changed: {error}");
    Refusal::NotStored("the list cannot be changed now, and is as it was".into())
}
