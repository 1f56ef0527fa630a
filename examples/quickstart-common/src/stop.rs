//! Ctrl-C, or a service manager's SIGTERM, and what follows.

use std::io;
use std::pin::pin;
use std::time::Duration;

use entitlements_admin::Refusal;

/// How long a client may take to send its body, and a request to be finished once the program is told to stop.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The answer to a request that took longer than [`PATIENCE`] to arrive.
#[must_use]
pub fn late() -> Refusal {
    Refusal::Malformed("the request did not arrive in time".into())
}

/// Serves until told to stop. Then `finish` has the server take no more connections and finish the requests that are under
/// way, for at most [`PATIENCE`]; told again, the program ends at once.
///
/// # Errors
/// When the server ends by itself with an error.
pub async fn until_told_to_stop(
    serving: impl Future<Output = io::Result<()>>,
    finish: impl FnOnce(),
    mut stop: StopSignal,
) -> io::Result<()> {
    let mut serving = pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended,
        () = stop.arrives() => finish(),
    }
    tracing::info!("stopping; requests under way are finished");
    tokio::select! {
        ended = serving => ended,
        () = tokio::time::sleep(PATIENCE) => {
            tracing::warn!("connections that were still open after {PATIENCE:?} are cut off");
            Ok(())
        }
        () = stop.arrives() => Ok(()),
    }
}

/// Watches from when it is made, so that no signal is missed.
#[derive(Debug)]
pub struct StopSignal {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    ctrl_c: tokio::signal::windows::CtrlC,
}

#[cfg(unix)]
impl StopSignal {
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one.
    async fn arrives(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
impl StopSignal {
    pub(crate) fn listen() -> io::Result<Self> {
        let ctrl_c = tokio::signal::windows::ctrl_c()?;
        Ok(Self { ctrl_c })
    }

    /// Waits for the next one.
    async fn arrives(&mut self) {
        self.ctrl_c.recv().await;
    }
}
