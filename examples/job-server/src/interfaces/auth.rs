use entitlements_axum::{BoxFuture, Timestamp};

use crate::failure::Failure;
use crate::identity::Identity;

/// Tells who asks by credentials that are not this server's own API keys.
pub(crate) trait AuthProvider: Send + Sync {
    /// `None` for a token that is not one of this provider's.
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Identity>, Failure>>;
}

/// There is no other provider.
pub(crate) struct NoProvider;

impl AuthProvider for NoProvider {
    fn authenticate<'a>(
        &'a self,
        _: &'a str,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Identity>, Failure>> {
        Box::pin(async { Ok(None) })
    }
}
