//! Metrics for Prometheus: how many jobs are where, beside what the license engine measures.
//!
//! They are of all namespaces, hence for whoever may look at the default one.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::app::App;
use crate::failure::Answer;
use crate::identity::{Caller, Role};

pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Answer<impl IntoResponse> {
    caller.is_in_default()?;
    caller.may_everywhere(Role::Reader)?;
    for queue in app.store.queues(None).await? {
        for (state, jobs) in queue.jobs {
            let labels = [
                ("namespace", queue.namespace.clone()),
                ("queue", queue.name.clone()),
                ("state", state),
            ];
            metrics::gauge!("job_server_jobs", &labels).set(jobs.as_f64().unwrap_or_default());
        }
    }
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((headers, app.metrics.render()))
}
