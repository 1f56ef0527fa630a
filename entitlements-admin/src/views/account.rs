use entitlements_core::account::{
    Account, AccountTerms, Override, OverrideValue, SubscriptionStatus,
};
use entitlements_core::strict::duration;
use entitlements_core::{AddonName, PlanName, RateTerm};
use serde::Serialize;

use super::items::Time;

/// `GET /accounts`: a page of them, in the order of their ids.
#[derive(Debug, Serialize)]
pub(crate) struct AccountsView<'a> {
    accounts: Vec<AccountView<'a>>,
    /// What `after` has to be for the next page; null where there is none.
    next: Option<&'a str>,
}

impl<'a> AccountsView<'a> {
    /// Of these, at most so many; what is beyond them is the next page.
    pub(crate) fn of(found: &'a [Account], most: usize) -> Self {
        let page = found.get(..most).unwrap_or(found);
        let next = page.last().filter(|_| found.len() > page.len());
        Self {
            accounts: page.iter().map(AccountView::of).collect(),
            next: next.map(|account| account.id.as_str()),
        }
    }
}

/// One account: what it was sold. Its overrides have a path of their own.
#[derive(Debug, Serialize)]
pub(crate) struct AccountView<'a> {
    id: &'a str,
    name: &'a str,
    plan: Option<&'a str>,
    status: &'static str,
    past_due_since: Option<Time>,
    cancelled_at: Option<Time>,
    ends_at: Option<Time>,
    quantity: Option<u64>,
    addons: Vec<&'a str>,
    license_id: Option<&'a str>,
    created_at: Time,
}

impl<'a> AccountView<'a> {
    pub(crate) fn of(account: &'a Account) -> Self {
        let terms: &AccountTerms = account.terms.get();
        let (past_due_since, cancelled_at) = match terms.status {
            SubscriptionStatus::PastDue { since } => (Some(since), None),
            SubscriptionStatus::Cancelled { at } => (None, Some(at)),
            _ => (None, None),
        };
        Self {
            id: account.id.as_str(),
            name: &account.name,
            plan: terms.plan.as_ref().map(PlanName::as_str),
            status: terms.status.as_str(),
            past_due_since: past_due_since.map(Time::exact),
            cancelled_at: cancelled_at.map(Time::exact),
            ends_at: terms.ends_at.map(Time::exact),
            quantity: terms.quantity,
            addons: terms.addons.iter().map(AddonName::as_str).collect(),
            license_id: terms.license_id.as_deref(),
            created_at: Time::seconds(account.created_at),
        }
    }
}

/// `GET /accounts/{id}/overrides`: the oldest first.
#[derive(Debug, Serialize)]
pub(crate) struct OverridesView<'a> {
    overrides: Vec<OverrideView<'a>>,
}

impl<'a> OverridesView<'a> {
    pub(crate) fn of(account: &'a Account) -> Self {
        let overrides = &account.terms.get().overrides;
        Self {
            overrides: overrides.iter().filter_map(OverrideView::of).collect(),
        }
    }
}

/// One override, as it was sent and with what was made of it.
#[derive(Debug, Serialize)]
pub(crate) struct OverrideView<'a> {
    id: &'a str,
    #[serde(flatten)]
    value: ValueView<'a>,
    ends_at: Option<Time>,
    reason: &'a str,
    created_at: Time,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ValueView<'a> {
    Feature {
        feature: &'a str,
        enabled: bool,
    },
    Limit {
        limit: &'a str,
        /// Null where it is unlimited.
        value: Option<u64>,
    },
    Rate {
        rate: &'a str,
        /// All null where it is unlimited.
        requests: Option<u64>,
        per: Option<String>,
        burst: Option<u64>,
    },
}

impl<'a> OverrideView<'a> {
    /// None of a kind that is newer than this API.
    pub(crate) fn of(made: &'a Override) -> Option<Self> {
        let value = match &made.value {
            OverrideValue::Feature(feature, enabled) => ValueView::Feature {
                feature: feature.as_str(),
                enabled: *enabled,
            },
            OverrideValue::Limit(limit, value) => ValueView::Limit {
                limit: limit.as_str(),
                value: value.at_most(),
            },
            OverrideValue::Rate(rate, term) => {
                let term = match term {
                    RateTerm::AtMost(rate) => Some(rate),
                    RateTerm::Unlimited => None,
                };
                ValueView::Rate {
                    rate: rate.as_str(),
                    requests: term.map(|rate| rate.requests()),
                    per: term.map(|rate| duration::write(rate.per())),
                    burst: term.map(|rate| rate.burst()),
                }
            }
            _ => return None,
        };
        Some(Self {
            id: &made.id,
            value,
            ends_at: made.ends_at.map(Time::exact),
            reason: &made.reason,
            created_at: Time::seconds(made.created_at),
        })
    }
}
