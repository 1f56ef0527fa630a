//! Waiting for stores, in a program that does one thing.

use crate::failure::Failure;

/// Waits for it.
pub(crate) fn wait_for<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| {
            let message = format!("cannot start: {error}");
            Failure::failed("internal", message, "try again when the machine has room")
        })?;
    Ok(runtime.block_on(work))
}
