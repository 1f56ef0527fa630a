//! An engine that holds what a scenario says.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use entitlements_core::instance::Machine;
use entitlements_core::license::RevocationError;
use entitlements_core::testing::ManualClock;
use entitlements_core::usage::MemoryUsage;
use entitlements_core::{ActivateError, Catalog, Clock, DeactivateError, Entitlements};

use super::addresses::Lists;
use super::counts::{self, Counters};
use super::held::{MachineSays, Step, located};
use super::model::Scenario;
use super::stage::Stage;
use super::stores::{self, Kept};
use super::{accounts, keys, places};

/// Makes the engine and takes the scenario's steps; then its clock stands at the time of the request, and all is there that the
/// scenario says of accounts and counts.
///
/// # Errors
/// What a step did instead of what the scenario says.
///
/// # Panics
/// When there is no such catalog, or the engine cannot be built.
pub async fn engine(scenario: &Scenario) -> Result<Stage, String> {
    let catalog = catalog(&scenario.catalog);
    let start = scenario.steps.first().and_then(|step| step.at);
    let clock = Arc::new(ManualClock::at(start.unwrap_or(scenario.now)));
    let files = tempfile::tempdir().expect("there is room for key files");
    let mut builder = Entitlements::builder()
        .trusted_key(keys::trusted())
        .trusted_key(keys::also_trusted())
        .deployment_mode(scenario.mode.into())
        .machine(machine(scenario))
        .clock(Arc::clone(&clock) as Arc<dyn Clock>);
    if scenario.many {
        builder = builder.accounts(stores::Accounts {
            kept: scenario.accounts_are,
            last_known: scenario.last_known,
            ..stores::Accounts::default()
        });
    }
    if scenario.counts_are != Kept::Here {
        builder = builder.usage(stores::Counts {
            kept: scenario.counts_are,
            known: MemoryUsage::new(),
        });
    }
    if scenario.forbidden_instead_of_payment_required {
        builder = builder.forbidden_instead_of_payment_required();
    }
    if let Some(told) = &scenario.client_address {
        builder = builder.client_address(told.setting());
    }
    let lists = Lists::default();
    lists.put(&scenario.allowlists);
    lists.are(scenario.allowlists_are);
    builder = builder.allowlists(lists.clone());
    let counters = Counters::default();
    counters.say(&scenario.counted);
    builder = counters.register(builder);
    let variable = catalog.license().env();
    let builder = places::fill(builder, scenario, variable, &files).catalog(Arc::clone(&catalog));
    let (engine, upkeep) = builder.build().await.expect("the engine can be built");
    for step in &scenario.steps {
        clock.set(step.at.unwrap_or(scenario.now));
        take(&engine, step, scenario).await?;
    }
    clock.set(scenario.now);
    accounts::put(&engine, &scenario.accounts, scenario.now).await;
    counts::sync(&engine, &scenario.used).await;
    counts::lease(&engine, &scenario.leased).await;
    let settles_later = scenario.counts_are != Kept::Here;
    let upkeep = settles_later.then(|| tokio::spawn(upkeep));
    Ok(Stage::new(engine, clock, (counters, lists), upkeep))
}

/// A catalog of the scenarios, by the name of its file.
///
/// # Panics
/// When it cannot be read, or has mistakes.
#[must_use]
pub fn catalog(file: &str) -> Arc<Catalog> {
    static READ: LazyLock<Mutex<HashMap<String, Arc<Catalog>>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().expect("no test panicked with it");
    let catalog = read.entry(file.to_owned());
    Arc::clone(catalog.or_insert_with(|| read_catalog(file)))
}

fn read_catalog(file: &str) -> Arc<Catalog> {
    let path = super::folder().join("catalogs").join(file);
    Arc::new(Catalog::read_file(path).unwrap_or_else(|error| panic!("{file}: {error}")))
}

/// A machine that says nothing of itself, where a scenario has none: never the one that the test runs on.
fn machine(scenario: &Scenario) -> Machine {
    let says = scenario.machine.as_ref();
    says.map_or_else(|| Machine::of("", ""), MachineSays::machine)
}

async fn take(engine: &Entitlements, step: &Step, scenario: &Scenario) -> Result<(), String> {
    let (what, refused) = match (&step.activate, &step.deactivate, &step.revoke) {
        (Some(claims), None, None) => {
            let claims = located(claims, scenario.machine.as_ref());
            let taken = engine.activate(&step.by.license(&claims)).await;
            (
                "activating",
                taken.err().as_ref().map(ActivateError::reason),
            )
        }
        (None, Some(id), None) => {
            let removed = engine.deactivate(id).await;
            (
                "deactivating",
                removed.err().as_ref().map(DeactivateError::reason),
            )
        }
        (None, None, Some(list)) => {
            let text = list.text().expect("a list to apply is there");
            let applied = engine.apply_revocations(&text).await;
            if let Ok(applied) = &applied
                && applied.changed != list.changes
            {
                return Err(format!("the list should change: {}", list.changes));
            }
            (
                "revoking",
                applied.err().as_ref().map(RevocationError::reason),
            )
        }
        _ => panic!("a step activates, deactivates or revokes"),
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
