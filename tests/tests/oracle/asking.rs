//! What routes ask for.

use entitlements_tests::oracle::{Asked, Term};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::worlds::Names;

/// One to four terms, and now and then limits; rarely with a name that there is not.
pub(crate) fn asked(names: &Names) -> impl Strategy<Value = Asked> + use<> {
    let wrong = |names: &[String], ghost: &str| {
        let (known, ghost) = (names.to_vec(), ghost.to_owned());
        prop_oneof![40 => select(known), 1 => Just(ghost)]
    };
    let feature = || wrong(&names.features, "ghost");
    // Each once, in any order: nothing says how often one is told of that is asked for twice.
    let several = || {
        vec(feature(), 0..4).prop_map(|names| {
            let mut seen = std::collections::BTreeSet::new();
            let names = names.into_iter().filter(|name| seen.insert(name.clone()));
            names.collect::<Vec<_>>()
        })
    };
    let plans = if names.plan_order.is_empty() {
        vec!["ghost".to_owned()]
    } else {
        names.plan_order.clone()
    };
    let can_compare = !names.plan_order.is_empty();
    let term = prop_oneof![
        4 => feature().prop_map(Term::Feature),
        3 => several().prop_map(Term::Any),
        3 => several().prop_map(Term::All),
        if can_compare { 3 } else { 1 } => wrong(&plans, "ghost").prop_map(Term::Plan),
        2 => Just(Term::Paid),
        1 => Just(Term::Enterprise),
        2 => Just(Term::ValidLicense),
    ];
    let limit = (
        wrong(&names.limits, "ghosts"),
        prop_oneof![3 => Just(1_u64), 1 => 1_u64..9],
    );
    let terms = prop_oneof![
        4 => vec(term.clone(), 1),
        2 => vec(term, 2..5),
        3 => Just(vec![]),
    ];
    let limits = prop_oneof![
        3 => Just(vec![]),
        3 => vec(limit.clone(), 1),
        1 => vec(limit, 2..4),
    ];
    let limits = limits.prop_map(|limits| {
        let mut seen = std::collections::BTreeSet::new();
        let limits = limits.into_iter();
        limits
            .filter(|(name, _)| seen.insert(name.clone()))
            .collect::<Vec<_>>()
    });
    let addresses = crate::addresses::asked();
    let all = (terms, addresses, limits).prop_map(|(terms, addresses, limits)| Asked {
        terms,
        addresses,
        limits,
        rates: vec![],
    });
    all.prop_filter("nothing asked for", |asked| {
        !asked.terms.is_empty() || !asked.limits.is_empty() || !asked.addresses.is_empty()
    })
}

pub(crate) fn method() -> impl Strategy<Value = &'static str> {
    select(vec![
        "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "POST",
    ])
}
