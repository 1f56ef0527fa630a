//! What time does: jobs time out, schedules come due, what was kept long enough goes, and alerts fire.

use std::time::Duration;

use crate::app::App;
use crate::failure::Failure;
use crate::free::{jobs, schedules};
use crate::heartbeat;
use crate::paid::{alerts, retention};

const EVERY: Duration = Duration::from_secs(1);

pub(crate) async fn forever(app: App) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        once(&app).await;
    }
}

/// One round. What fails is said, and tried again in the next.
pub(crate) async fn once(app: &App) {
    note("timing jobs out", jobs::time_out(app).await);
    note("following schedules", schedules::follow(app).await);
    note("counting nodes", heartbeat::count_nodes(app).await);
    note("purging", retention::purge(app).await);
    note("looking for alerts", alerts::look(app).await);
    app.metrics.run_upkeep();
}

fn note(what: &str, done: Result<(), Failure>) {
    if let Err(failure) = done {
        tracing::error!("{what} failed: {failure}");
    }
}
