//! Which way crates depend, and how little they pull in.

use std::collections::{BTreeMap, BTreeSet};

use entitlements_tests::assert_none;

use crate::metadata::{cargo, is_publishable, list, members, text};

/// Who may depend on whom; what these may, they may too. Crates that are not published may depend on any.
const MAY_DEPEND_ON: [(&str, &[&str]); 11] = [
    ("entitlements-macros", &[]),
    ("entitlements-core", &["entitlements-macros"]),
    ("entitlements-store", &["entitlements-core"]),
    ("entitlements-admin", &["entitlements-core"]),
    ("entitlements-billing", &["entitlements-core"]),
    ("entitlements-audit", &["entitlements-core"]),
    ("entitlements-outbound", &["entitlements-core"]),
    ("entitlements-tower", &["entitlements-core"]),
    (
        "entitlements-axum",
        &["entitlements-tower", "entitlements-admin"],
    ),
    (
        "entitlements-actix",
        &["entitlements-core", "entitlements-admin"],
    ),
    (
        "entitlements-cli",
        &[
            "entitlements-core",
            "entitlements-store",
            "entitlements-billing",
            "entitlements-outbound",
        ],
    ),
];

/// What is in a server, or beside it, without the operator having turned anything on.
const NEVER_OUTBOUND: [&str; 6] = [
    "entitlements-macros",
    "entitlements-core",
    "entitlements-tower",
    "entitlements-axum",
    "entitlements-actix",
    "entitlements-admin",
];

/// What opens connections: name prefixes of clients, resolvers and TLS.
const CLIENTS: &str = "\
    entitlements-outbound reqwest ureq isahc curl surf awc attohttpc minreq hyper-rustls hyper-tls hickory rustls \
    tokio-rustls native-tls openssl opentelemetry-otlp sentry";

/// Web frameworks, drivers and runtimes: name prefixes of what core must not pull in.
const NOT_IN_CORE: &str = "http axum actix tower hyper tonic sqlx rusqlite reqwest redis async-std";

/// All that core may use of tokio.
const TOKIO_IN_CORE: [&str; 3] = ["default", "sync", "time"];

/// Database drivers, templates and billing: name prefixes of what `entitlements-axum` pulls in only when asked.
const NOT_IN_AXUM: &str = "\
    sqlx rusqlite libsqlite3 postgres tokio-postgres mysql diesel redis fred mongodb sea-orm askama \
    maud minijinja tera handlebars async-stripe entitlements-store entitlements-billing";

const MOST_CRATES_IN_AXUM: usize = 125;

/// What `entitlements-tower` leaves to its users, also where they turn on its feature for tonic: frameworks, servers and clients.
const NOT_IN_TONIC: &str = "axum actix matchit hyper h2 prost socket2 mio entitlements-axum";

#[test]
fn crates_depend_the_allowed_way_only() {
    let table: BTreeMap<_, _> = MAY_DEPEND_ON.into();
    let published: Vec<_> = members().into_iter().filter(is_publishable).collect();
    let mut wrong = Vec::new();
    for package in &published {
        let name = text(package, "name");
        if !table.contains_key(name) {
            wrong.push(format!("`{name}` is not in the table: say in this test and in ARCHITECTURE.md what it may use"));
            continue;
        }
        let allowed = reachable(&table, name);
        for dependency in list(package, "dependencies")
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
        {
            let other = text(dependency, "name");
            if other.starts_with("entitlements") && !allowed.contains(other) {
                wrong.push(format!(
                    "`{name}` depends on `{other}`: move what both need to a crate below them"
                ));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn core_knows_no_framework_driver_or_runtime() {
    let mut wrong = Vec::new();
    for Crate { name, features, .. } in tree("entitlements-core", &["-e", "normal"]) {
        if NOT_IN_CORE
            .split(' ')
            .any(|prefix| name.starts_with(prefix))
        {
            wrong.push(format!(
                "core pulls in `{name}`: `cargo tree -p entitlements-core -i {name}` says through whom; make it a port"
            ));
        }
        if name == "tokio" {
            let more = features
                .iter()
                .filter(|feature| !TOKIO_IN_CORE.contains(&feature.as_str()));
            wrong.extend(more.map(|feature| {
                format!("core turns on tokio's `{feature}`: a runtime is the app's choice")
            }));
        }
    }
    assert_none(&wrong);
}

#[test]
fn axum_without_extra_features_stays_small() {
    let crates = tree("entitlements-axum", &["-e", "normal,build"]);
    let mut wrong: Vec<String> = crates
        .iter()
        .filter(|Crate { name, .. }| {
            NOT_IN_AXUM
                .split(' ')
                .any(|prefix| name.starts_with(prefix))
        })
        .map(|Crate { name, .. }| {
            format!("entitlements-axum pulls in `{name}`: put it behind a feature that is off")
        })
        .collect();
    if crates.len() > MOST_CRATES_IN_AXUM {
        wrong.push(format!(
            "entitlements-axum pulls in {} crates, {MOST_CRATES_IN_AXUM} are allowed: see `cargo tree -p entitlements-axum -e normal,build`",
            crates.len()
        ));
    }
    assert_none(&wrong);
}

/// I10: nothing that an operator did not turn on can connect to anything, whichever features are on.
#[test]
fn i10_what_every_server_has_knows_no_client() {
    let mut wrong = Vec::new();
    for package in NEVER_OUTBOUND {
        for Crate { name, features, .. } in tree(package, &["-e", "normal", "--all-features"]) {
            if CLIENTS.split(' ').any(|prefix| name.starts_with(prefix)) {
                wrong.push(format!(
                    "{package} pulls in `{name}`: what leaves the machine is for `entitlements-outbound`"
                ));
            }
            if matches!(&*name, "hyper" | "hyper-util")
                && features.iter().any(|feature| feature.starts_with("client"))
            {
                wrong.push(format!("{package} turns on the client of `{name}`"));
            }
        }
    }
    assert_none(&wrong);
}

/// Receivers of webhooks and heartbeats check what they are sent, and need no client for it.
#[test]
fn i10_receivers_have_no_client() {
    let receivers = [
        ("entitlements-outbound", "--no-default-features"),
        ("entitlements-cli", "--all-features"),
    ];
    let mut wrong = Vec::new();
    for (package, features) in receivers {
        for Crate { name, .. } in tree(package, &["-e", "normal", features]) {
            let is_outbound = name == "entitlements-outbound";
            if !is_outbound && CLIENTS.split(' ').any(|prefix| name.starts_with(prefix)) {
                wrong.push(format!(
                    "{package} with {features} pulls in `{name}`: `client` of entitlements-outbound must be off there"
                ));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn tower_for_tonic_brings_no_framework_and_no_server() {
    let crates = tree(
        "entitlements-tower",
        &["-e", "normal,build", "--features", "tonic"],
    );
    assert!(crates.iter().any(|Crate { name, .. }| name == "tonic"));
    let mut wrong = Vec::new();
    for Crate { name, features, .. } in &crates {
        if NOT_IN_TONIC
            .split(' ')
            .any(|prefix| name.starts_with(prefix))
        {
            wrong.push(format!(
                "entitlements-tower with `tonic` pulls in `{name}`: `cargo tree -p entitlements-tower --features tonic -i {name}` says through whom"
            ));
        }
        if name == "tonic" && !features.is_empty() {
            wrong.push(format!(
                "entitlements-tower turns on {features:?} of tonic: only its body is needed"
            ));
        }
    }
    assert_none(&wrong);
}

/// One package of a dependency tree.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    features: Vec<String>,
}

/// What a crate pulls in with its default features, itself included.
fn tree(package: &str, more: &[&str]) -> BTreeSet<Crate> {
    let arguments = [
        "tree", "-p", package, "--prefix", "none", "--format", "{p}|{f}",
    ];
    let tree = cargo(&[arguments.as_slice(), more].concat());
    tree.lines()
        .filter_map(|line| {
            let (package, features) = line.trim_end_matches(" (*)").split_once('|')?;
            let mut words = package.split(' ').map(str::to_owned);
            let features = features
                .split(',')
                .filter(|feature| !feature.is_empty())
                .map(str::to_owned)
                .collect();
            Some(Crate {
                name: words.next()?,
                version: words.next()?,
                features,
            })
        })
        .collect()
}

fn reachable<'a>(table: &BTreeMap<&'a str, &[&'a str]>, from: &str) -> BTreeSet<&'a str> {
    let direct = table.get(from).copied().unwrap_or_default();
    direct
        .iter()
        .flat_map(|next| reachable(table, next).into_iter().chain([*next]))
        .collect()
}
