//! Notices before a license ends: who is to be told, what, and when.
//!
//! - this file: the port;
//! - `stage.rs`: the thresholds (N1);
//! - `notice.rs`: what is told;
//! - `given.rs`: which were given, so that each is given once (N3, N4);
//! - `due.rs`: which are due (N2, N5, N6);
//! - `log.rs` and `channel.rs`: to the log, and to a receiver in the program.
//!
//! The rules are N1 to N6 of `spec/notices.md`. All of it but the ports is pure.

mod channel;
mod due;
mod given;
mod log;
mod notice;
mod stage;

pub use channel::{ChannelNotifier, NoticeReceiver, channel};
pub(crate) use due::{Due, due};
pub(crate) use given::Given;
pub use log::LogNotifier;
pub use notice::{LicenseNotice, NoticeKind, Priority};
pub(crate) use stage::Stage;

use std::fmt;

use crate::Reply;

/// Tells somebody of a notice: a port, so that it may be the log, a web hook, or a receiver in the program.
///
/// The upkeep calls it, one notice after the other. It gives each notice once (N3): whoever delivers over a network tries again by itself.
///
/// # Cancel safety
/// A reply is dropped where the engine ends.
pub trait Notifier: fmt::Debug + Send + Sync + 'static {
    /// Tells it.
    ///
    /// # Errors
    /// Where it cannot be told; the log says so, and it is not told again.
    fn notify(&self, notice: &LicenseNotice) -> Reply<Result<(), NotifyError>>;
}

/// Why a notice could not be told, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct NotifyError {
    cause: String,
}

impl NotifyError {
    /// What went wrong, in words for the operator; never with a secret in them.
    #[must_use]
    pub fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
        }
    }
}
