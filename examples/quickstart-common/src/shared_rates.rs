//! Rates over several programs: those of one `REDIS_URL` let pass together what one would.

use std::env;

use entitlements_core::EntitlementsBuilder;
use entitlements_core::rate::SharedRates;
use entitlements_store::RedisRates;

use crate::failure::Failure;

const VARIABLE: &str = "REDIS_URL";

/// Without the variable this program counts for itself. A server that is away is no reason not to start.
pub(crate) async fn share(builder: EntitlementsBuilder) -> Result<EntitlementsBuilder, Failure> {
    let Some(url) = env::var_os(VARIABLE).filter(|url| !url.is_empty()) else {
        return Ok(builder);
    };
    // Only the error says what is wrong: the URL may have a password in it.
    let redis = RedisRates::lazy(&url.to_string_lossy())
        .map_err(|error| Failure::new(format!("`{VARIABLE}`: {}", error.reason())))?;
    if let Err(error) = redis.ready().await {
        tracing::warn!(
            "`{VARIABLE}`: {error}; this program lets pass its share of rates until it is there"
        );
    }
    Ok(builder.shared_rates(SharedRates::by(redis)))
}
