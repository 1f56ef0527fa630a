use super::super::change::Verdict;
use super::super::limit::{Held, weigh};
use super::{check, diff};
use crate::catalog::{Limit, LimitTerm};

const fn fixed(most: u64) -> LimitTerm {
    LimitTerm::Fixed(Limit::AtMost(most))
}

const UNLIMITED: LimitTerm = LimitTerm::Fixed(Limit::Unlimited);

fn licensed(plus: u64, default: impl Into<Option<u64>>) -> LimitTerm {
    let default = default.into().map(Limit::AtMost);
    LimitTerm::Licensed { plus, default }
}

fn quantity(default: impl Into<Option<u64>>) -> LimitTerm {
    let default = default.into().map(Limit::AtMost);
    LimitTerm::Quantity { default }
}

#[test]
fn r4_terms_are_weighed_for_whatever_number_keys_name() {
    let (loss, same, gain) = (Verdict::Loss, Verdict::Neither, Verdict::Gain);
    for (before, after, verdict) in [
        (fixed(50), fixed(50), same),
        (fixed(50), fixed(49), loss),
        (fixed(50), fixed(51), gain),
        (fixed(50), UNLIMITED, gain),
        (UNLIMITED, fixed(u64::MAX), loss),
        (fixed(u64::MAX), UNLIMITED, gain),
        // Both are less than the base plan gives to everybody.
        (fixed(1), fixed(2), same),
        // Who has no number keeps it, and who has one had to have a larger one for it to count.
        (fixed(15), licensed(0, 15), same),
        (fixed(10), licensed(0, 15), gain),
        (fixed(15), licensed(0, 10), loss),
        (fixed(15), licensed(0, None), loss),
        (fixed(3), licensed(1, None), gain),
        (UNLIMITED, licensed(0, None), loss),
        (licensed(0, 15), UNLIMITED, gain),
        (licensed(0, 15), fixed(15), gain),
        (licensed(0, 15), fixed(10), loss),
        (licensed(1, 15), fixed(20), loss),
        (licensed(1, 15), licensed(0, 15), loss),
        (licensed(0, 15), licensed(5, 15), gain),
        (licensed(0, 15), licensed(5, 10), loss),
        (licensed(0, 15), licensed(0, None), loss),
        // A subscription's quantity may be one.
        (fixed(15), quantity(15), loss),
        (fixed(3), quantity(None), gain),
        (quantity(5), quantity(4), loss),
        (quantity(5), licensed(0, 5), loss),
    ] {
        let base = Limit::AtMost(3);
        let held = |term| Held {
            term: Some(term),
            base,
        };
        assert_eq!(
            weigh(held(before), held(after)),
            verdict,
            "{before} -> {after}"
        );
    }
}

#[test]
fn the_words_of_terms() {
    let diff = diff(&[
        (
            "limits = { users = 50 }",
            "limits = { users = { licensed = true, plus = 1, default = 15 } }",
        ),
        ("users = \"unlimited\"", "users = 1000"),
    ]);
    let losses = [
        "pro: limit users: 50 -> as licensed + 1, default 15",
        "max: limit users: unlimited -> 1000",
    ];
    check(&diff, &losses, &[], &[]);
}

#[test]
fn a_limit_that_comes_limits_what_was_not_and_one_that_goes_frees_it() {
    let comes = [
        ("[rates.api]", "[limits.nodes]\n[rates.api]"),
        (
            "limits = { users = 3, calls = 10 }",
            "limits = { users = 3, calls = 10, nodes = 1 }",
        ),
        (
            "users = \"unlimited\"",
            "users = \"unlimited\", nodes = \"unlimited\"",
        ),
    ];
    let losses = [
        "free: limit nodes: none -> 1",
        "pro: limit nodes: none -> 1",
    ];
    let other = [
        "max: limit nodes: none -> unlimited",
        "all: limit nodes: none -> in the catalog",
    ];
    check(&diff(&comes), &losses, &[], &other);
    let back = super::changed(&comes).compare(&super::catalog(super::BEFORE));
    assert_eq!((back.losses().len(), back.gains().len()), (0, 2));
}
