//! What both quickstarts prepare in the same way, so that each has only what its framework wants: routes, gates, handlers.
//!
//! [`Program::run`] is a start from its arguments to its end. In between it makes the data folder, builds the engine and
//! says what to try; then it hands over [`Prepared`].

mod accounts;
mod arguments;
mod data_folder;
mod failure;
mod program;
mod proxies;
mod setup;
mod shared_rates;
mod stop;
mod users;
mod welcome;

pub use accounts::WhoseRequest;
pub use program::{Prepared, Program};
pub use stop::{PATIENCE, StopSignal, late, until_told_to_stop};
pub use users::{Users, read_name};
