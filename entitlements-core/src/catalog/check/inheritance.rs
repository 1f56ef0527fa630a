use std::collections::BTreeMap;

use super::AllNames;
use super::plans::PlanDraft;
use super::report::{Report, quoted};
use super::terms::Placed;
use crate::catalog::table::{Id, PlanId};
use crate::catalog::{FeatureSet, Limit, LimitTerm, Plan, RateTerm, Retention, SELF_HOSTED};

/// What a plan has by itself and by `extends`.
#[derive(Clone)]
struct Joined<'d> {
    features: FeatureSet,
    limits: Vec<Option<Placed<'d, LimitTerm>>>,
    rates: Vec<RateTerm>,
    retention: BTreeMap<String, Retention>,
}

/// C11 and C12: joins what each plan extends into it, then the default plan's limits.
pub(super) fn resolve(
    drafts: Vec<PlanDraft<'_>>,
    default_plan: Option<PlanId>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) -> Vec<Plan> {
    let parents: Vec<_> = drafts
        .iter()
        .map(|draft| draft.extends.map(|(plan, _)| plan.index()))
        .collect();
    let mut joined: Vec<Option<Joined<'_>>> = vec![None; drafts.len()];
    for at in parents_first(&parents, |cycle| say_cycle(cycle, &drafts, report)) {
        let parent = parents
            .get(at)
            .copied()
            .flatten()
            .and_then(|parent| joined.get(parent)?.clone());
        let own = drafts.get(at).map(|draft| join(parent, draft, names));
        if let Some(place) = joined.get_mut(at) {
            *place = own;
        }
    }
    let default = default_plan.and_then(|plan| joined.get(plan.index())?.clone());
    if let (Some(default), Some(draft)) = (
        &default,
        default_plan.and_then(|plan| drafts.get(plan.index())),
    ) {
        check_default(draft, default, names, report);
    }
    drafts
        .into_iter()
        .zip(joined)
        .filter_map(|(draft, joined)| {
            let joined = joined?;
            if draft.label.name == SELF_HOSTED {
                check_values(&draft, &joined, names, report);
            }
            Some(plan(draft, joined, default.as_ref()))
        })
        .collect()
}

fn join<'d>(parent: Option<Joined<'d>>, draft: &PlanDraft<'d>, names: &AllNames<'_>) -> Joined<'d> {
    let mut joined = parent.unwrap_or_else(|| Joined {
        features: FeatureSet::default(),
        limits: vec![None; names.limits.len()],
        rates: vec![RateTerm::Unlimited; names.rates.len()],
        retention: BTreeMap::new(),
    });
    joined.features.union(&draft.features);
    for (limit, term) in &draft.limits {
        if let Some(place) = joined.limits.get_mut(limit.index()) {
            *place = Some(*term);
        }
    }
    for (rate, term) in &draft.rates {
        if let Some(place) = joined.rates.get_mut(rate.index()) {
            *place = *term;
        }
    }
    joined.retention.extend(draft.retention.clone());
    joined
}

fn plan(draft: PlanDraft<'_>, joined: Joined<'_>, default: Option<&Joined<'_>>) -> Plan {
    let limits = joined.limits.iter().enumerate().map(|(index, own)| {
        let fallback = || default.and_then(|default| *default.limits.get(index)?);
        own.or_else(fallback)
            .map_or(LimitTerm::Fixed(Limit::AtMost(0)), |(term, _)| term)
    });
    Plan {
        limits: limits.collect(),
        label: draft.label,
        extends: draft.extends.map(|(plan, _)| plan),
        features: joined.features,
        rates: joined.rates.into(),
        retention: joined.retention,
        price: draft.price,
        stripe_prices: draft.stripe_prices,
        trial_days: draft.trial_days,
        past_due_grace_days: draft.past_due_grace_days,
    }
}

/// C10: the default plan names every limit, with a value for those who have no license.
fn check_default(
    draft: &PlanDraft<'_>,
    joined: &Joined<'_>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) {
    for (name, _) in names
        .limits
        .iter()
        .zip(&joined.limits)
        .filter(|(_, term)| term.is_none())
    {
        let message = format!(
            "plan {}: the default plan must name every limit, but not {}",
            quoted(&draft.label.name),
            quoted(name)
        );
        report.add(draft.spot, message);
    }
    if draft.label.name != SELF_HOSTED {
        check_values(draft, joined, names, report);
    }
}

fn check_values(
    draft: &PlanDraft<'_>,
    joined: &Joined<'_>,
    names: &AllNames<'_>,
    report: &mut Report<'_>,
) {
    for (name, term) in names.limits.iter().zip(&joined.limits) {
        let Some((
            LimitTerm::Licensed { default: None, .. } | LimitTerm::Quantity { default: None },
            spot,
        )) = term
        else {
            continue;
        };
        let message = format!(
            "plan {}: limit {} needs a `default`, because this plan is for those who have no license",
            quoted(&draft.label.name),
            quoted(name)
        );
        report.add(spot, message);
    }
}

/// Every plan, after the one that it extends. Plans in a circle are told to `on_cycle`, once a circle.
fn parents_first(parents: &[Option<usize>], mut on_cycle: impl FnMut(&[usize])) -> Vec<usize> {
    let mut order = Vec::with_capacity(parents.len());
    // The walk that has come by, 0 for none.
    let mut seen_by = vec![0; parents.len()];
    for start in 0..parents.len() {
        let walk = start + 1;
        let mut path = Vec::new();
        let mut at = Some(start);
        while let Some(plan) = at {
            let Some(seen) = seen_by.get_mut(plan) else {
                break;
            };
            if *seen == 0 {
                *seen = walk;
                path.push(plan);
                at = parents.get(plan).copied().flatten();
                continue;
            }
            if *seen == walk {
                let first = path.iter().position(|passed| *passed == plan).unwrap_or(0);
                on_cycle(path.get(first..).unwrap_or_default());
            }
            break;
        }
        order.extend(path.into_iter().rev());
    }
    order
}

fn say_cycle(cycle: &[usize], drafts: &[PlanDraft<'_>], report: &mut Report<'_>) {
    let plans: Vec<_> = cycle.iter().filter_map(|plan| drafts.get(*plan)).collect();
    let Some(first) = plans.first() else { return };
    let Some((_, spot)) = first.extends else {
        return;
    };
    let name = quoted(&first.label.name);
    let message = if plans.len() == 1 {
        format!("plan {name}: a plan cannot extend itself")
    } else {
        let way: Vec<_> = plans.iter().map(|plan| quoted(&plan.label.name)).collect();
        format!(
            "plan {name}: plans extend each other in a circle: {} -> {name}",
            way.join(" -> ")
        )
    };
    report.add(spot, message);
}
