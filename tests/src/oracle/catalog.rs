//! The product, as its document says it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::bucket::Speed;

/// How many there may be; unlimited is larger than any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// So many.
    AtMost(u64),
    /// Any number.
    Unlimited,
}

impl Number {
    /// Whether this many fit.
    #[must_use]
    pub fn has_room_for(self, many: u128) -> bool {
        match self {
            Self::AtMost(most) => many <= u128::from(most),
            Self::Unlimited => true,
        }
    }

    pub(super) fn plus(self, more: u64) -> Self {
        match self {
            Self::AtMost(most) => Self::AtMost(most.saturating_add(more)),
            Self::Unlimited => Self::Unlimited,
        }
    }
}

/// How fast something may happen, by R5; unlimited is faster than any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// So fast.
    AtMost(Speed),
    /// Any.
    Unlimited,
}

/// C13.
#[derive(Debug, Clone, Copy)]
pub(super) enum Term {
    Fixed(Number),
    Licensed { plus: u64, default: Option<Number> },
    Quantity { default: Option<Number> },
}

/// A plan with everything that it extends (C11, C12).
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) features: BTreeSet<String>,
    pub(super) limits: BTreeMap<String, Term>,
    pub(super) rates: BTreeMap<String, Pace>,
    pub(super) past_due_grace_days: i64,
}

impl Plan {
    /// C15: a rate that it does not name is not limited.
    pub(super) fn pace(&self, rate: &str) -> Pace {
        self.rates.get(rate).copied().unwrap_or(Pace::Unlimited)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Addon {
    pub(super) requires: Vec<String>,
    pub(super) features: BTreeSet<String>,
    pub(super) adds: BTreeMap<String, u64>,
    pub(super) replaces: BTreeMap<String, Number>,
}

/// A catalog.
#[derive(Debug, Clone)]
pub struct Product {
    pub(super) default_plan: String,
    pub(super) plan_order: Vec<String>,
    pub(super) upgrade_url: Option<String>,
    pub(super) features: BTreeSet<String>,
    pub(super) limits: BTreeSet<String>,
    pub(super) rates: BTreeSet<String>,
    pub(super) plans: BTreeMap<String, Plan>,
    pub(super) addons: BTreeMap<String, Addon>,
    pub(super) grace_days: i64,
    pub(super) leeway_seconds: i64,
    /// `grants = "listed"`.
    pub(super) gives_only_what_is_listed: bool,
}

/// Reads a catalog that has no mistakes, as JSON or as TOML that was turned into it.
///
/// # Panics
/// When it has mistakes.
#[must_use]
pub fn product(document: &Value) -> Product {
    let default_plan = text(&document["product"]["default_plan"]);
    let mut plans: BTreeMap<String, Plan> = table(&document["plans"])
        .map(|(name, _)| (name.clone(), plan(document, name)))
        .collect();
    let defaults = plans[&default_plan].limits.clone();
    for plan in plans.values_mut() {
        // C12
        for (limit, term) in &defaults {
            plan.limits.entry(limit.clone()).or_insert(*term);
        }
    }
    let addons: BTreeMap<String, Addon> = table(&document["addons"])
        .map(|(name, said)| (name.clone(), addon(said)))
        .collect();
    // C6
    let mut features: BTreeSet<String> = names(&document["features"]);
    features.extend(plans.values().flat_map(|plan| plan.features.clone()));
    features.extend(addons.values().flat_map(|addon| addon.features.clone()));
    let license = &document["license"];
    Product {
        default_plan,
        plan_order: list(&document["product"]["plan_order"]),
        upgrade_url: document["product"]["upgrade_url"]
            .as_str()
            .map(str::to_owned),
        features,
        limits: names(&document["limits"]),
        rates: names(&document["rates"]),
        plans,
        addons,
        grace_days: license["grace_days"].as_i64().unwrap_or(14),
        leeway_seconds: license["leeway_seconds"].as_i64().unwrap_or(60),
        gives_only_what_is_listed: license["grants"] == "listed",
    }
}

/// C11: what the extended plan has, and then what this one says.
fn plan(document: &Value, name: &str) -> Plan {
    let said = &document["plans"][name];
    let mut plan = match said["extends"].as_str() {
        Some(other) => plan(document, other),
        None => Plan {
            features: BTreeSet::new(),
            limits: BTreeMap::new(),
            rates: BTreeMap::new(),
            past_due_grace_days: 7,
        },
    };
    plan.features.extend(list(&said["features"]));
    for (limit, said) in table(&said["limits"]) {
        plan.limits.insert(limit.clone(), term(said));
    }
    for (rate, said) in table(&said["rates"]) {
        plan.rates.insert(rate.clone(), pace(said));
    }
    // A plan's own.
    plan.past_due_grace_days = said["past_due_grace_days"].as_i64().unwrap_or(7);
    plan
}

fn term(said: &Value) -> Term {
    if said["licensed"] == true {
        Term::Licensed {
            plus: said["plus"].as_u64().unwrap_or(0),
            default: number(&said["default"]),
        }
    } else if said["quantity"] == true {
        Term::Quantity {
            default: number(&said["default"]),
        }
    } else {
        Term::Fixed(number(said).unwrap_or_else(|| panic!("no term of a limit: {said}")))
    }
}

/// C15
fn pace(said: &Value) -> Pace {
    if said == "unlimited" {
        return Pace::Unlimited;
    }
    let requests = said["requests"].as_u64().expect("a rate has requests");
    Pace::AtMost(Speed {
        requests,
        seconds: seconds(&text(&said["per"])),
        burst: said["burst"].as_u64().unwrap_or(requests),
    })
}

fn seconds(per: &str) -> u64 {
    let unit = match per.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => panic!("no duration: {per}"),
    };
    let number: u64 = per.trim_end_matches(char::is_alphabetic).parse().unwrap();
    number * unit
}

fn addon(said: &Value) -> Addon {
    let mut addon = Addon {
        requires: list(&said["requires"]),
        features: list(&said["features"]).into_iter().collect(),
        adds: BTreeMap::new(),
        replaces: BTreeMap::new(),
    };
    for (limit, said) in table(&said["limits"]) {
        match number(said) {
            Some(number) => drop(addon.replaces.insert(limit.clone(), number)),
            None => drop(
                addon
                    .adds
                    .insert(limit.clone(), said["add"].as_u64().unwrap()),
            ),
        }
    }
    addon
}

fn number(said: &Value) -> Option<Number> {
    if said == "unlimited" {
        return Some(Number::Unlimited);
    }
    said.as_u64().map(Number::AtMost)
}

fn table(said: &Value) -> impl Iterator<Item = (&String, &Value)> {
    said.as_object().into_iter().flatten()
}

fn names(said: &Value) -> BTreeSet<String> {
    table(said).map(|(name, _)| name.clone()).collect()
}

fn list(said: &Value) -> Vec<String> {
    said.as_array().into_iter().flatten().map(text).collect()
}

fn text(said: &Value) -> String {
    said.as_str()
        .unwrap_or_else(|| panic!("no text: {said}"))
        .to_owned()
}
