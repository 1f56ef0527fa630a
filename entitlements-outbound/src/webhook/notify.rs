use entitlements_core::Reply;
use entitlements_core::notify::{LicenseNotice, Notifier, NotifyError};

use super::Webhook;

/// Sends a notice as a message whose event is the notice's kind, `license_expiry` or `license_expired`.
///
/// The engine gives each notice once. With a [store](super::WebhookBuilder::store) it is delivered although the process ends first;
/// without one it is lost then.
impl Notifier for Webhook {
    fn notify(&self, notice: &LicenseNotice) -> Reply<Result<(), NotifyError>> {
        let webhook = self.clone();
        let (event, json) = (notice.kind().as_str(), notice.to_json());
        Reply::later(async move {
            match webhook.send(event, &json).await {
                Ok(_) => Ok(()),
                Err(error) => Err(NotifyError::new(error)),
            }
        })
    }
}
