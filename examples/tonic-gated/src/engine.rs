//! The engine, with two customers to try it with.

use entitlements_tower::core::account::{AccountTerms, ApiKeys, MemoryAccounts};
use entitlements_tower::core::{Entitlements, Upkeep};

/// The API key of a customer on plan `free`.
pub const FREE_KEY: &str = "sk_free";
/// The API key of a customer on plan `team`.
pub const TEAM_KEY: &str = "sk_team";

/// The engine, its upkeep, and the keys that its customers call with.
///
/// # Errors
/// When the catalog has a mistake.
///
/// # Cancel safety
/// Dropping the future leaves nothing behind.
pub async fn prepare()
-> Result<(Entitlements, Upkeep, ApiKeys), Box<dyn std::error::Error + Send + Sync>> {
    let (engine, upkeep) = Entitlements::builder()
        .catalog_toml(include_str!("entitlements.toml"))?
        .accounts(MemoryAccounts::default())
        .build()
        .await?;
    let keys = ApiKeys::default();
    for (account, plan, key) in [
        ("corner-shop", "free", FREE_KEY),
        ("acme", "team", TEAM_KEY),
    ] {
        let terms = AccountTerms::on_plan(plan);
        engine.add_account(account, account, terms).await?;
        keys.insert(key, account);
    }
    Ok((engine, upkeep, keys))
}
