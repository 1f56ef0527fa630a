use super::{LicenseNotice, Notifier, NotifyError, Priority};
use crate::Reply;

/// Tells notices to the log: as warnings, and as errors once something has ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogNotifier;

impl Notifier for LogNotifier {
    fn notify(&self, notice: &LicenseNotice) -> Reply<Result<(), NotifyError>> {
        let (kind, priority) = (notice.kind().as_str(), notice.priority());
        let (license, days) = (notice.license(), notice.days());
        let (message, action) = (notice.message(), notice.action());
        match priority {
            Priority::Critical => tracing::error!(
                kind,
                priority = priority.as_str(),
                license,
                days,
                action,
                "{message}"
            ),
            Priority::High => tracing::warn!(
                kind,
                priority = priority.as_str(),
                license,
                days,
                action,
                "{message}"
            ),
        }
        Reply::Now(Ok(()))
    }
}
