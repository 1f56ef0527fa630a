use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::{LicenseNotice, Notifier, NotifyError};
use crate::Reply;

/// Tells notices to a receiver in the program; from [`channel`].
#[derive(Debug, Clone)]
pub struct ChannelNotifier(UnboundedSender<LicenseNotice>);

/// Hears notices; from [`channel`].
#[derive(Debug)]
pub struct NoticeReceiver(UnboundedReceiver<LicenseNotice>);

/// A notifier, and who hears what it is told.
///
/// There are some seven notices in the life of a license, so nothing bounds how many wait.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use entitlements_core::notify::{self, Priority};
/// use entitlements_core::testing::{self, TestEngine, TestVendor};
///
/// let vendor = TestVendor::new();
/// let key = vendor.key(&testing::catalog(), |draft| draft.plan("business"));
/// let (notifier, mut notices) = notify::channel();
/// let (engine, upkeep) = TestEngine::build(testing::catalog(), vendor, |builder| {
///     builder.license_key(key).notifier(notifier)
/// });
/// let upkeep = tokio::spawn(upkeep);
/// engine.clock().advance_days(365 - 7);
/// let notice = notices.recv().await.unwrap();
/// assert_eq!((notice.days(), notice.priority()), (7, Priority::High));
/// # upkeep.abort();
/// # });
/// ```
#[must_use]
pub fn channel() -> (ChannelNotifier, NoticeReceiver) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (ChannelNotifier(sender), NoticeReceiver(receiver))
}

impl NoticeReceiver {
    /// The next notice; none when the notifier is gone.
    ///
    /// # Cancel safety
    /// Dropped before it is done, it has taken no notice.
    pub async fn recv(&mut self) -> Option<LicenseNotice> {
        self.0.recv().await
    }

    /// The next notice, where there is one.
    pub fn try_recv(&mut self) -> Option<LicenseNotice> {
        self.0.try_recv().ok()
    }
}

impl Notifier for ChannelNotifier {
    fn notify(&self, notice: &LicenseNotice) -> Reply<Result<(), NotifyError>> {
        let told = self.0.send(notice.clone());
        Reply::Now(told.map_err(|_| NotifyError::new("nobody listens to the channel any more")))
    }
}
