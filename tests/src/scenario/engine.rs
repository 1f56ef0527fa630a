//! An engine that holds what a scenario says.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use entitlements_core::testing::ManualClock;
use entitlements_core::{
    ActivateError, Catalog, Clock, DeactivateError, Entitlements, EntitlementsBuilder, Environment,
};
use tempfile::TempDir;

use super::keys;
use super::model::{HeldKey, Place, Scenario, Step};

/// Makes the engine and takes the scenario's steps; then its clock stands at the time of the request.
///
/// # Errors
/// What a step did instead of what the scenario says.
///
/// # Panics
/// When there is no such catalog, or the engine cannot be built.
pub async fn engine(scenario: &Scenario) -> Result<Entitlements, String> {
    let catalog = catalog(&scenario.catalog);
    let start = scenario.steps.first().and_then(|step| step.at);
    let clock = Arc::new(ManualClock::at(start.unwrap_or(scenario.now)));
    let files = tempfile::tempdir().expect("there is room for key files");
    let builder = Entitlements::builder()
        .trusted_key(keys::trusted())
        .deployment_mode(scenario.mode.into())
        .clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let builder = with_keys(builder, &scenario.licenses, &catalog, &files).catalog(catalog);
    let (engine, _) = builder.build().await.expect("the engine can be built");
    for step in &scenario.steps {
        clock.set(step.at.unwrap_or(scenario.now));
        take(&engine, step).await?;
    }
    clock.set(scenario.now);
    Ok(engine)
}

/// A catalog of the scenarios, by the name of its file.
///
/// # Panics
/// When it cannot be read, or has mistakes.
#[must_use]
pub fn catalog(file: &str) -> Arc<Catalog> {
    let path = super::folder().join("catalogs").join(file);
    Arc::new(Catalog::read_file(path).unwrap_or_else(|error| panic!("{file}: {error}")))
}

fn with_keys(
    mut builder: EntitlementsBuilder,
    held: &[HeldKey],
    catalog: &Catalog,
    files: &TempDir,
) -> EntitlementsBuilder {
    let mut variables: Vec<(String, OsString)> = Vec::new();
    for (number, held) in held.iter().enumerate() {
        let key = held
            .claims
            .as_ref()
            .map(keys::sign)
            .or_else(|| held.key.clone());
        let variable = catalog.license().env();
        match (held.place, key) {
            (Place::Flag, key) => {
                builder = builder.license_key(key.expect("a flag has claims or a key"));
            }
            (Place::Variable, key) => {
                let key = key.expect("a variable has claims or a key");
                variables.push((variable.to_owned(), key.into()));
            }
            (Place::VariableFile, key) => {
                variables.push((
                    format!("{variable}_FILE"),
                    file(files, number, key).into_os_string(),
                ));
            }
            (Place::File, key) => builder = builder.license_file(file(files, number, key)),
        }
    }
    if !variables.is_empty() {
        builder = builder.license_from_env();
    }
    builder.environment(Environment::of(variables))
}

/// A key file; where there is no key, a path that nothing is at.
fn file(folder: &TempDir, number: usize, key: Option<String>) -> PathBuf {
    let path = folder.path().join(format!("{number}.key"));
    if let Some(key) = key {
        std::fs::write(&path, key).expect("a key file can be written");
    }
    path
}

async fn take(engine: &Entitlements, step: &Step) -> Result<(), String> {
    let (what, refused) = match (&step.activate, &step.deactivate) {
        (Some(claims), None) => {
            let taken = engine.activate(&keys::sign(claims)).await;
            (
                "activating",
                taken.err().as_ref().map(ActivateError::reason),
            )
        }
        (None, Some(id)) => {
            let removed = engine.deactivate(id).await;
            ("deactivating", removed.err().as_ref().map(word))
        }
        _ => panic!("a step either activates or deactivates"),
    };
    if refused == step.refused.as_deref() {
        Ok(())
    } else {
        Err(format!(
            "{what} should be refused as {:?}, and was as {refused:?}",
            step.refused
        ))
    }
}

fn word(error: &DeactivateError) -> &'static str {
    match error {
        DeactivateError::NotFound => "not_found",
        DeactivateError::Managed(_) => "managed",
        _ => "unknown to the scenarios",
    }
}
