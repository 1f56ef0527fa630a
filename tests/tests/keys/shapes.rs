//! Catalogs whose keys look differently, and vendors of both algorithms.

use std::sync::{Arc, LazyLock};

use entitlements_core::Catalog;
use entitlements_core::license::{LicenseVerifier, SigningKey};

const PRODUCT: &str = r#"
schema = 1
[product]
name = "Shapes"
default_plan = "free"
plan_order = ["free", "pro", "max"]
[features.sso]
[features.audit]
[limits.users]
[limits.nodes]
[rates.api]
[plans.free]
limits = { users = 1, nodes = 1 }
rates = { api = { requests = 10, per = "1m" } }
[plans.pro]
extends = "free"
[plans.max]
extends = "pro"
[addons.more]
limits = { users = { add = 5 } }
"#;

/// `[license]` tables, from the defaults to one in which everything is called otherwise.
const SHAPES: [&str; 4] = [
    "",
    r#"
    [license]
    issuer = "shapes.example"
    audience = "shapes"
    required = ["iat"]
    [license.claims]
    id = "lid"
    id_prefix = "SHP-"
    customer = { claim = "eml", hash = "sha256" }
    plan = "edition"
    plan_values = { p = "pro", m = "max" }
    limits = { users = "usr", nodes = "nod" }
    "#,
    r#"
    [license.claims]
    customer = "customer"
    expires = { claim = "expires", format = "rfc3339" }
    unlimited = []
    "#,
    r#"
    [license]
    grants = "listed"
    grace_days = 7
    [license.claims]
    unlimited = [999999, -1]
    rates = { api = "limits.api_rate" }
    "#,
];

static CATALOGS: LazyLock<Vec<Arc<Catalog>>> = LazyLock::new(|| {
    SHAPES
        .iter()
        .map(|shape| Arc::new(Catalog::from_toml(&format!("{PRODUCT}{shape}")).unwrap()))
        .collect()
});

pub(crate) fn catalogs() -> &'static [Arc<Catalog>] {
    &CATALOGS
}

static VENDORS: LazyLock<[SigningKey; 2]> = LazyLock::new(|| {
    [
        SigningKey::generate().unwrap(),
        SigningKey::generate_rsa4096().unwrap(),
    ]
});

pub(crate) fn vendors() -> &'static [SigningKey; 2] {
    &VENDORS
}

pub(crate) fn verifier(vendor: &SigningKey, catalog: &Arc<Catalog>) -> LicenseVerifier {
    LicenseVerifier::new([vendor.trusted_key().clone()])
        .unwrap()
        .with_catalog(Arc::clone(catalog))
}
