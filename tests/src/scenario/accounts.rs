//! Accounts that a scenario says are there: what they were sold, and how a request tells which of them it is for.

use std::collections::BTreeMap;

use entitlements_core::account::{
    AccountChange, AccountTerms, ApiKeyAccount, ApiKeys, DangerousHeaderAccount, ExtensionAccount,
    HostAccount, NewAccount, Override, OverrideValue, PathAccount, SubscriptionStatus,
    dangerous_account_from_header,
};
use entitlements_core::{
    AccountId, Catalog, Entitlements, FixedAccount, Limit, RateTerm, RequestHead, ResolveAccount,
    Timestamp,
};
use serde::Deserialize;

use super::model::{parsed, parsed_option};

/// What an account was sold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    plan: Option<String>,
    #[serde(deserialize_with = "parsed_option")]
    past_due_since: Option<Timestamp>,
    #[serde(deserialize_with = "parsed_option")]
    cancelled_at: Option<Timestamp>,
    trialing: bool,
    #[serde(deserialize_with = "parsed_option")]
    ends_at: Option<Timestamp>,
    quantity: Option<u64>,
    addons: Vec<String>,
    license_id: Option<String>,
    overrides: Vec<Change>,
}

/// What an operator changed: one of `feature`, `limit` and `rate`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    id: String,
    #[serde(deserialize_with = "parsed")]
    made_at: Timestamp,
    #[serde(default, deserialize_with = "parsed_option")]
    ends_at: Option<Timestamp>,
    #[serde(default)]
    feature: Option<String>,
    #[serde(default)]
    on: Option<bool>,
    #[serde(default)]
    limit: Option<String>,
    /// Of a limit; unlimited where null.
    #[serde(default)]
    to: Option<u64>,
    #[serde(default)]
    rate: Option<String>,
    /// The plan whose rate it becomes; unlimited where absent.
    #[serde(default)]
    as_on: Option<String>,
}

impl Terms {
    /// The terms.
    ///
    /// # Panics
    /// When they make no sense.
    #[must_use]
    pub fn terms(&self, catalog: &Catalog) -> AccountTerms {
        let mut terms = AccountTerms::default();
        terms.plan = self.plan.as_ref().map(Into::into);
        terms.status = match (self.trialing, self.past_due_since, self.cancelled_at) {
            (false, None, None) => SubscriptionStatus::Active,
            (true, None, None) => SubscriptionStatus::Trialing,
            (false, Some(since), None) => SubscriptionStatus::PastDue { since },
            (false, None, Some(at)) => SubscriptionStatus::Cancelled { at },
            _ => panic!("a subscription is in one state"),
        };
        terms.ends_at = self.ends_at;
        terms.quantity = self.quantity;
        terms.addons = self.addons.iter().map(Into::into).collect();
        terms.license_id.clone_from(&self.license_id);
        let overrides = self.overrides.iter();
        terms.overrides = overrides.map(|change| change.made(catalog)).collect();
        terms
    }
}

impl Change {
    fn made(&self, catalog: &Catalog) -> Override {
        let value = match (&self.feature, &self.limit, &self.rate) {
            (Some(feature), None, None) => {
                let on = self.on.expect("a feature is on or off");
                OverrideValue::Feature(feature.into(), on)
            }
            (None, Some(limit), None) => {
                let to = self.to.map_or(Limit::Unlimited, Limit::AtMost);
                OverrideValue::Limit(limit.into(), to)
            }
            (None, None, Some(name)) => {
                OverrideValue::Rate(name.into(), rate_on(self.as_on.as_deref(), name, catalog))
            }
            _ => panic!("an override changes one thing"),
        };
        let made = Override::new(&*self.id, value, self.made_at);
        match self.ends_at {
            Some(end) => made.until(end),
            None => made,
        }
    }
}

fn rate_on(plan: Option<&str>, rate: &str, catalog: &Catalog) -> RateTerm {
    plan.map_or(RateTerm::Unlimited, |plan| {
        let plan = catalog.plan_id(plan).expect("the catalog has the plan");
        let rate = catalog.rate_id(rate).expect("the catalog has the rate");
        catalog.plan_at(plan).rate(rate)
    })
}

/// Adds accounts, or changes those that are there.
///
/// # Panics
/// When the store is not asked as it should be.
pub(super) async fn put(engine: &Entitlements, accounts: &BTreeMap<String, Terms>, now: Timestamp) {
    for (id, terms) in accounts {
        let id = AccountId::new(id);
        let terms = terms.terms(engine.catalog());
        let store = engine.accounts();
        let added = store.insert(NewAccount::new(id.clone(), terms.clone(), now));
        if added.await.expect("accounts can be added") {
            continue;
        }
        let change = move |_: &_| {
            let terms = terms.clone();
            let name = String::new();
            Some(AccountChange { name, terms })
        };
        let changed = store.change(&id, Box::new(change)).await;
        changed.expect("accounts can be changed");
    }
}

/// How the engine's layer tells accounts; by default as it does where the program says nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum AccountFrom {
    Extension,
    /// Each label under a domain.
    HostUnder(String),
    /// Whole host names.
    Hosts(BTreeMap<String, String>),
    PathSegment(usize),
    /// API keys in `authorization: Bearer`.
    BearerKeys(BTreeMap<String, String>),
    /// API keys in `x-api-key`.
    ApiKeys(BTreeMap<String, String>),
    DangerousHeader(String),
    Fixed(String),
}

/// Any of the resolvers.
#[derive(Debug, Clone)]
pub enum Told {
    Extension(ExtensionAccount),
    Host(HostAccount),
    Path(PathAccount),
    Key(ApiKeyAccount),
    Header(DangerousHeaderAccount),
    Fixed(FixedAccount),
}

impl AccountFrom {
    #[must_use]
    pub fn resolver(&self) -> Told {
        match self {
            Self::Extension => Told::Extension(ExtensionAccount::new()),
            Self::HostUnder(domain) => Told::Host(HostAccount::under(domain)),
            Self::Hosts(hosts) => Told::Host(HostAccount::table(
                hosts.iter().map(|(host, id)| (host, id.as_str())),
            )),
            Self::PathSegment(number) => Told::Path(PathAccount::segment(*number)),
            Self::BearerKeys(keys) => Told::Key(table(keys).from_bearer()),
            Self::ApiKeys(keys) => Told::Key(table(keys).from_header("X-API-Key")),
            Self::DangerousHeader(name) => Told::Header(dangerous_account_from_header(name)),
            Self::Fixed(id) => Told::Fixed(FixedAccount(AccountId::new(id))),
        }
    }
}

fn table(keys: &BTreeMap<String, String>) -> ApiKeys {
    let table = ApiKeys::default();
    for (key, id) in keys {
        table.insert(key, id.as_str());
    }
    table
}

impl ResolveAccount for Told {
    fn resolve<H: RequestHead>(&self, head: &H) -> Option<AccountId> {
        match self {
            Self::Extension(by) => by.resolve(head),
            Self::Host(by) => by.resolve(head),
            Self::Path(by) => by.resolve(head),
            Self::Key(by) => by.resolve(head),
            Self::Header(by) => by.resolve(head),
            Self::Fixed(by) => by.resolve(head),
        }
    }
}
