//! What a route asks for.

use std::collections::BTreeSet;
use std::time::Duration;

use entitlements_core::Requirement;
use entitlements_core::allowlist::{FixedAllowlist, WhenEmpty};
use entitlements_core::rate::{FixedRate, RateKey};

use super::{AddressesAsked, CountedBy, RateAsked, WhichRate};

/// One term, in the order of D1: a derived order of kinds, and of names within a kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// A valid license.
    ValidLicense,
    /// The highest plan.
    Enterprise,
    /// A plan or a higher one.
    Plan(String),
    /// A paid plan.
    Paid,
    /// One feature.
    Feature(String),
    /// Any of several features.
    Any(Vec<String>),
    /// All of several features.
    All(Vec<String>),
}

impl RateAsked {
    fn add_to(&self, all: Requirement) -> Requirement {
        let all = match &self.rate {
            WhichRate::OfPlan(name) => all.and_rate(name),
            WhichRate::Own(name, speed) => {
                let per = Duration::from_secs(speed.seconds);
                let own = FixedRate::new(name, speed.requests, per);
                all.and_fixed_rate(own.burst(speed.burst))
            }
        };
        let all = all.by(match self.by {
            CountedBy::Account => RateKey::account(),
            CountedBy::User => RateKey::user(),
            CountedBy::ApiKey => RateKey::api_key(),
            CountedBy::Network(v4, v6) => RateKey::client_network(v4, v6),
            CountedBy::Head => RateKey::of_head(|head| head.header("x-device").map(str::to_owned)),
        });
        match self.cost {
            Some(units) => all.cost(units),
            None => all.cost_of_head(|head| {
                let said = head.header("x-cost").and_then(|units| units.parse().ok());
                said.unwrap_or(1)
            }),
        }
    }
}

/// Terms in any order, room under limits, and rates.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Terms, all of which must hold.
    pub terms: Vec<Term>,
    /// Of the client's address.
    pub addresses: AddressesAsked,
    /// Limits, and how many are asked for.
    pub limits: Vec<(String, u64)>,
    /// How fast requests may come.
    pub rates: Vec<RateAsked>,
}

impl Asked {
    /// The same in the library's words.
    ///
    /// # Panics
    /// Where nothing is asked for.
    #[must_use]
    pub fn requirement(&self) -> Requirement {
        let mut all: Option<Requirement> = None;
        for term in &self.terms {
            all = Some(match (all, term.clone()) {
                (None, Term::ValidLicense) => Requirement::valid_license(),
                (None, Term::Enterprise) => Requirement::enterprise(),
                (None, Term::Plan(name)) => Requirement::plan_at_least(name),
                (None, Term::Paid) => Requirement::paid(),
                (None, Term::Feature(name)) => Requirement::feature(name),
                (None, Term::Any(names)) => Requirement::any_feature(names),
                (None, Term::All(names)) => Requirement::all_features(names),
                (Some(all), Term::ValidLicense) => all.and_valid_license(),
                (Some(all), Term::Enterprise) => all.and_enterprise(),
                (Some(all), Term::Plan(name)) => all.and_plan_at_least(name),
                (Some(all), Term::Paid) => all.and_paid(),
                (Some(all), Term::Feature(name)) => all.and_feature(name),
                (Some(all), Term::Any(names)) => all.and_any_feature(names),
                (Some(all), Term::All(names)) => all.and_all_features(names),
            });
        }
        for (name, amount) in &self.limits {
            let name = name.clone();
            let one = match all {
                None => Requirement::limit(name),
                Some(all) => all.and_limit(name),
            };
            all = Some(one.amount(*amount));
        }
        for ranges in &self.addresses.fixed {
            let ranges = ranges.iter().map(String::as_str);
            let list = FixedAllowlist::new(ranges, WhenEmpty::DenyAll).expect("ranges are ranges");
            all = Some(match all {
                None => Requirement::fixed_allowlist(list),
                Some(all) => all.and_fixed_allowlist(list),
            });
        }
        if self.addresses.of_account {
            all = Some(match all {
                None => Requirement::ip_allowlist(),
                Some(all) => all.and_ip_allowlist(),
            });
        }
        for asked in &self.rates {
            let all_but = all.take().unwrap_or_default();
            all = Some(asked.add_to(all_but));
        }
        all.expect("something is asked for")
    }

    /// D1: terms in the order in which they are asked, names in theirs.
    pub(super) fn in_order(&self) -> Vec<Term> {
        let mut terms = self.terms.clone();
        for term in &mut terms {
            if let Term::Any(names) | Term::All(names) = term {
                let mut seen = BTreeSet::new();
                names.retain(|name| seen.insert(name.clone()));
            }
        }
        terms.sort();
        terms
    }
}
