use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes a worker when the last handle is gone.
pub(crate) struct Alive(pub(crate) Arc<Notify>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
