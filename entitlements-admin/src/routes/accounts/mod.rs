//! `/accounts`: who there is, and what they were sold. What is below an account is in `parts.rs`.

mod change;
mod parts;
mod recorded;

pub(super) use parts::PARTS;

use entitlements_core::account::{Account, AccountQuery, AccountTerms};
use entitlements_core::{AccountError, AccountId};
use http::Method;
use uuid::Uuid;

use self::change::Changed;
use self::recorded::about_account;
use super::{Call, about};
use crate::body::{Fields, Sent};
use crate::guard::Principal;
use crate::openapi::{About, Answers, query};
use crate::percent;
use crate::query::Query;
use crate::refusal::{Failure, Refusal, row};
use crate::respond::{self, Answer};
use crate::router::{Action, Route, Takes};
use crate::terms::{self, SentTerms};
use crate::views::{AccountView, AccountsView};

/// How many a page has at most.
const MOST_ON_A_PAGE: usize = 1000;

/// How many a page has unless it is said.
const USUAL_PAGE: usize = 100;

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/accounts",
        body: Takes::Nothing,
        about: About {
            id: "listAccounts",
            summary: "Accounts in the order of their ids",
            query: &[query::QUERY, query::AFTER, query::LIMIT],
            answers: Answers::Json("Accounts"),
            refuses: &[&row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, _| Box::pin(list(call))),
    },
    Route {
        method: Method::POST,
        path: "/accounts",
        body: Takes::Json("NewAccount"),
        about: About {
            id: "createAccount",
            summary: "Adds an account",
            query: &[],
            answers: Answers::Created("Account"),
            refuses: &[&row::ACCOUNT_EXISTS, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, by| Box::pin(add(call, by))),
    },
    Route {
        method: Method::GET,
        path: "/accounts/{id}",
        body: Takes::Nothing,
        about: About {
            id: "account",
            summary: "One account: what it was sold",
            query: &[],
            answers: Answers::Json("Account"),
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, _| Box::pin(show(call))),
    },
    Route {
        method: Method::PATCH,
        path: "/accounts/{id}",
        body: Takes::Json("AccountChange"),
        about: About {
            id: "changeAccount",
            summary: "Changes an account: what is absent stays, what is null is removed",
            query: &[],
            answers: Answers::Json("Account"),
            refuses: &[&row::NOT_FOUND, &row::ENTITLEMENTS_UNAVAILABLE],
        },
        action: Action::Admin(|call, by| Box::pin(change(call, by))),
    },
];

async fn list(call: Call) -> Result<Answer, Failure> {
    let mut query = Query::read(call.head.uri.query());
    let text = query.optional("query").unwrap_or_default();
    let after = query.optional("after");
    let limit = query.integer("limit", &(1..=MOST_ON_A_PAGE));
    let limit = limit.unwrap_or(USUAL_PAGE);
    query.finish()?;
    let asked = AccountQuery {
        text,
        after: after.map(AccountId::new),
        // One more, which says whether there is a next page.
        most: limit + 1,
    };
    let found = call.engine().accounts().page(&asked).await;
    let found = found.map_err(|error| about::unavailable(&error))?;
    Ok(respond::json(&AccountsView::of(&found, limit)))
}

async fn add(call: Call, by: Principal) -> Result<Answer, Failure> {
    let mut fields = Fields::read(&call.body)?;
    let id = new_id(&mut fields);
    let sent = SentTerms::read(&mut fields);
    fields.finish()?;
    let (mut name, mut terms) = (String::new(), AccountTerms::default());
    let engine = call.engine();
    sent.apply(&mut name, &mut terms, engine.catalog(), engine.now())
        .map_err(Refusal::Invalid)?;
    let account = engine.add_account(id, name, terms).await?;
    call.keep(about_account(
        call.audited(&by, "account.created"),
        &account,
    ))
    .await;
    let location = format!("accounts/{}", percent::encode(account.id.as_str()));
    Ok(respond::created(&AccountView::of(&account), &location))
}

/// The id that is said, or a new one.
fn new_id(fields: &mut Fields<'_>) -> AccountId {
    let id = match fields.optional_string("id") {
        Sent::Value(text) => AccountId::from_request(&text),
        Sent::Absent | Sent::Null => Some(AccountId::new(Uuid::now_v7().to_string())),
    };
    id.unwrap_or_else(|| {
        fields.refuse("id", "must be 1 to 128 bytes of visible ASCII");
        AccountId::LOCAL
    })
}

async fn show(call: Call) -> Result<Answer, Failure> {
    Ok(respond::json(&AccountView::of(&known(&call).await?)))
}

async fn change(call: Call, by: Principal) -> Result<Answer, Failure> {
    let id = id_of(&call)?;
    let mut fields = Fields::read(&call.body)?;
    let sent = SentTerms::read(&mut fields);
    fields.finish()?;
    let Changed { account, parts } = change::apply(call.engine(), &id, sent).await?;
    if !parts.is_empty() {
        let mut record = about_account(call.audited(&by, "account.changed"), &account);
        record.details.push(("changed".into(), parts.join(", ")));
        call.keep(record).await;
    }
    Ok(respond::json(&AccountView::of(&account)))
}

/// The account that the path names.
async fn known(call: &Call) -> Result<Account, Failure> {
    let found = call.engine().accounts().account(&id_of(call)?).await;
    let found = found.map_err(|error| about::unavailable(&error))?;
    found.ok_or_else(|| AccountError::NotFound.into())
}

/// What no request can name (A2) is no account's id.
fn id_of(call: &Call) -> Result<AccountId, Failure> {
    let id = AccountId::from_request(call.parameter("id")?);
    id.ok_or_else(|| AccountError::NotFound.into())
}

/// What is answered where an account is not made or changed.
impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Exists => Refusal::AccountExists.into(),
            AccountError::NotFound | AccountError::NoOverride => {
                Refusal::not_found(error.to_string()).into()
            }
            AccountError::Terms(error) => Refusal::Invalid(terms::field_errors(&error)).into(),
            error => about::unavailable(&error),
        }
    }
}
