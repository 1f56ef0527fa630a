//! The shapes of bodies, by name. Tests hold them against what the API answers.

mod account;
mod allowlist;
mod audit;
mod entitlements;
mod license;
mod plans;
mod problem;

use serde_json::{Map, Value};

/// A schema, and its name.
type Named = (&'static str, Value);

/// All of them.
pub(super) fn all() -> Value {
    let families: [Vec<Named>; 7] = [
        problem::schemas(),
        license::schemas(),
        entitlements::schemas(),
        account::schemas(),
        allowlist::schemas(),
        audit::schemas(),
        plans::schemas(),
    ];
    let schemas = families.into_iter().flatten();
    let schemas: Map<_, _> = schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    Value::Object(schemas)
}
