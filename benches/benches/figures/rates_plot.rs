//! The figures of rates as a picture.

use entitlements_benches::plot::{Group, Mark, Plot};
use entitlements_benches::report::Table;

use crate::{rates, too_fast};

/// Both tables of rates in one plot.
pub(crate) fn plot(rates: &Table, too_fast: &Table) -> Plot {
    let mark = |label, nanoseconds| Mark {
        label,
        nanoseconds,
        is_ours: label == "entitlements",
    };
    let group = |title, table: &Table, marks: &[(&'static str, &str)]| Group {
        title,
        marks: marks
            .iter()
            .map(|(label, case)| mark(*label, table.nanoseconds(case)))
            .collect(),
    };
    const OURS: &str = "entitlements";
    const DIRECT: &str = "governor, direct";
    const QUANTA: &str = "governor, quanta's clock";
    const KEYED: &str = "governor, keyed";
    const TOWER: &str = "tower_governor";
    let limiter = [
        (
            "one key",
            vec![
                (OURS, rates::HOT),
                (DIRECT, rates::DIRECT),
                (QUANTA, rates::QUANTA),
                (KEYED, rates::HOT_DASHMAP),
            ],
        ),
        (
            "one key, denied",
            vec![(OURS, rates::HOT_DENIED), (DIRECT, rates::DIRECT_DENIED)],
        ),
        (
            "a million keys",
            vec![(OURS, rates::MANY), (KEYED, rates::MANY_DASHMAP)],
        ),
        (
            "two threads on one key",
            vec![
                (OURS, rates::TWO),
                (DIRECT, rates::TWO_DIRECT),
                (KEYED, rates::TWO_DASHMAP),
            ],
        ),
    ];
    let (ours, peer) = (too_fast::ROUTER, too_fast::ROUTER_PEER);
    let answers = [
        (
            "axum router, allowed",
            vec![(OURS, ours.allowed), (TOWER, peer.allowed)],
        ),
        (
            "axum router, 429",
            vec![(OURS, ours.denied), (TOWER, peer.denied)],
        ),
    ];
    let of_limiter = limiter
        .iter()
        .map(|(title, marks)| group(title, rates, marks));
    let of_answers = answers
        .iter()
        .map(|(title, marks)| group(title, too_fast, marks));
    Plot {
        title: "A rate in one process",
        about: "Time for one request; each line is ten times the one before it, and less is better.",
        groups: of_limiter.chain(of_answers).collect(),
    }
}
