//! The heartbeat, which is off unless `--heartbeat` names a URL: once a day how many nodes run which version, with which
//! licenses (their hashes), and which paid features were used.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use entitlements_axum::AccountId;
use entitlements_outbound::heartbeat::{ClusterId, Heartbeat};
use serde_json::{Value, json};

use crate::app::App;
use crate::arguments::Arguments;
use crate::failure::Answer;
use crate::identity::{Caller, Role};

/// A paid feature: in the extensions of answers that it opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used(pub(crate) &'static str);

/// What is counted for a heartbeat, and the heartbeat where there is one.
#[derive(Default)]
pub(crate) struct Counted {
    nodes: AtomicU32,
    features: Mutex<BTreeSet<&'static str>>,
}

impl Counted {
    pub(crate) fn use_of(&self, Used(feature): Used) {
        let mut features = self.features.lock().unwrap_or_else(PoisonError::into_inner);
        features.insert(feature);
    }

    fn features(&self) -> Vec<String> {
        let features = self.features.lock().unwrap_or_else(PoisonError::into_inner);
        features.iter().map(ToString::to_string).collect()
    }
}

/// Goes on for as long as what it gives is held.
pub(crate) fn start(arguments: &Arguments, app: &App) -> Result<Option<Heartbeat>, Box<dyn Error>> {
    let Some(url) = &arguments.heartbeat else {
        return Ok(None);
    };
    let (nodes, features) = (Arc::clone(&app.counted), Arc::clone(&app.counted));
    let (heartbeat, worker) = Heartbeat::to(url, ClusterId::in_folder(&arguments.data)?)
        .product("Job server", env!("CARGO_PKG_VERSION"))
        .of(&app.entitlements)
        .nodes(move || nodes.nodes.load(Ordering::Relaxed))
        .features_used(move || features.features())
        .build()?;
    tokio::spawn(worker);
    tracing::warn!(
        "a heartbeat is sent once a day because of `--heartbeat`; `GET /heartbeat` shows it"
    );
    Ok(Some(heartbeat))
}

/// How many nodes there are now.
pub(crate) async fn count_nodes(app: &App) -> Answer<()> {
    let nodes = app
        .entitlements
        .limit(&AccountId::LOCAL, "nodes")
        .used()
        .await?;
    let nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
    app.counted.nodes.store(nodes, Ordering::Relaxed);
    Ok(())
}

/// What would leave the machine now, and whether it does.
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Answer<Json<Value>> {
    caller.may_everywhere(Role::Admin)?;
    caller.is_in_default()?;
    count_nodes(&app).await?;
    let beat = app.heartbeat.as_ref().map(Heartbeat::preview);
    let beat: Option<Value> = beat.map(|beat| serde_json::from_str(&beat)).transpose()?;
    Ok(Json(json!({ "is_on": beat.is_some(), "beat": beat })))
}
