//! Features, limits, rates and retention of a plan, before and after.

use super::base::{Base, names};
use super::change::{Change, ChangeKind, Findings, Subject, Verdict};
use super::limit::{Held, weigh};
use super::weigh::{weigh_rates, weigh_retention};
use crate::catalog::{Limit, LimitTerm, Plan, RateTerm, Retention};

/// A plan of one catalog, on top of what everybody has.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) plan: &'a Plan,
    pub(super) base: &'a Base<'a>,
}

pub(super) fn compare(subject: &Subject, old: Side<'_>, next: Side<'_>, findings: &mut Findings) {
    let catalogs = (old.base.catalog(), next.base.catalog());
    for name in names(catalogs.0.features.names(), catalogs.1.features.names()) {
        let verdict = Verdict::of(&old.feature(name).is_some(), &next.feature(name).is_some());
        let change = Change::new(subject, ChangeKind::Feature, name);
        findings.add_if_told(
            verdict,
            change.from(old.feature(name)).to(next.feature(name)),
        );
    }
    for name in names(catalogs.0.limits.names(), catalogs.1.limits.names()) {
        let verdict = weigh(old.limit(name), next.limit(name));
        let change = Change::new(subject, ChangeKind::Limit, name);
        let change = change
            .from(limit_text(old.limit(name)))
            .to(limit_text(next.limit(name)));
        findings.add_if_told(verdict, change);
    }
    for name in names(catalogs.0.rates.names(), catalogs.1.rates.names()) {
        let (before, after) = (old.rate(name), next.rate(name));
        let verdict = weigh_rates(before.term, after.term);
        let change = Change::new(subject, ChangeKind::Rate, name)
            .from(before.text)
            .to(after.text);
        // A rate that comes or goes without limiting anybody is told once, of the catalog.
        let told = change.before().is_some() && change.after().is_some();
        if verdict != Verdict::Neither || told {
            findings.add_if_told(verdict, change);
        }
    }
    let kept = |plan: &Plan| plan.retention().keys().cloned().collect::<Vec<_>>();
    let (old_names, next_names) = (kept(old.plan), kept(next.plan));
    for name in names(
        old_names.iter().map(String::as_str),
        next_names.iter().map(String::as_str),
    ) {
        let pair = (old.retention(name), next.retention(name));
        let change = Change::new(subject, ChangeKind::Retention, name)
            .from(pair.0)
            .to(pair.1);
        findings.add_if_told(weigh_retention(pair), change);
    }
}

struct HeldRate {
    term: RateTerm,
    /// None where the catalog has no such rate.
    text: Option<String>,
}

const BY_BASE: &str = "by the base plan";

impl Side<'_> {
    /// How the plan comes by a feature, if it has it.
    fn feature(&self, name: &str) -> Option<&'static str> {
        let id = self.base.catalog().feature_id(name)?;
        if self.plan.has(id) {
            Some("included")
        } else {
            self.base.has(id).then_some("included by the base plan")
        }
    }

    fn limit(&self, name: &str) -> Held {
        let id = self.base.catalog().limit_id(name);
        Held {
            term: id.map(|id| self.plan.limit(id)),
            base: id.map_or(Limit::Unlimited, |id| self.base.limit(id)),
        }
    }

    fn rate(&self, name: &str) -> HeldRate {
        let Some(id) = self.base.catalog().rate_id(name) else {
            return HeldRate {
                term: RateTerm::Unlimited,
                text: None,
            };
        };
        let own = self.plan.rate(id);
        match self.base.rate(id).filter(|base| *base > own) {
            Some(base) => HeldRate {
                term: base,
                text: Some(format!("{base} {BY_BASE}")),
            },
            None => HeldRate {
                term: own,
                text: Some(own.to_string()),
            },
        }
    }

    fn retention(&self, name: &str) -> Option<Retention> {
        self.plan
            .retention()
            .get(name)
            .copied()
            .max(self.base.retention(name))
    }
}

fn limit_text(held: Held) -> Option<String> {
    Some(match held.term? {
        LimitTerm::Fixed(fixed) if fixed < held.base => format!("{} {BY_BASE}", held.base),
        term => term.to_string(),
    })
}
