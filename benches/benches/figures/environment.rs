//! Which machine, day and versions the figures are of.

use std::process::Command;

pub(crate) fn preamble() -> String {
    format!(
        "# Benchmarks\n\n\
         Made by `cargo xtask bench`, which writes this page and fails where a promise is missed that is not known to be. Nanoseconds are of one machine\n\
         and day; ratios between the cases of a table hold elsewhere too, because the cases took turns in one run. Each figure is\n\
         the median of 61 bursts of about 4 ms, but where a table says otherwise. Allocations are counted, not estimated.\n\n\
         - machine: {}, {} cores\n- system: {} {}\n- compiler: {}\n- date: {}\n- versions: {}\n",
        cpu(),
        std::thread::available_parallelism().map_or(0, usize::from),
        std::env::consts::OS,
        std::env::consts::ARCH,
        output("rustc", &["--version"]),
        entitlements_axum::Clock::now(&entitlements_axum::SystemClock::new())
            .to_string()
            .split('T')
            .next()
            .unwrap_or_default(),
        versions(),
    )
}

fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    model.map_or("unknown".into(), |model| {
        model.trim_start_matches([' ', '\t', ':']).to_owned()
    })
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}

/// The peers as the lock file has them.
fn versions() -> String {
    let lock = include_str!("../../../Cargo.lock");
    let peers = [
        "axum",
        "actix-web",
        "tower",
        "tower-http",
        "protect-axum",
        "governor",
        "tower_governor",
        "actix-limitation",
    ];
    let found = peers.map(|peer| {
        let name = format!("name = \"{peer}\"\nversion = \"");
        let version = lock
            .split_once(&name)
            .and_then(|(_, rest)| rest.split('"').next());
        format!("{peer} {}", version.unwrap_or("?"))
    });
    found.join(", ")
}
