//! The engine, with three customers to try it with.

use entitlements_tower::core::account::{AccountTerms, ApiKeys, MemoryAccounts};
use entitlements_tower::core::allowlist::{AllowlistCaller, AllowlistChange};
use entitlements_tower::core::{AccountId, Entitlements, Upkeep};

/// The API key of a customer on plan `free`.
pub const FREE_KEY: &str = "sk_free";
/// The API key of a customer on plan `team`.
pub const TEAM_KEY: &str = "sk_team";
/// The API key of a customer on plan `team` who exports from 192.0.2.0/24 alone.
pub const BANK_KEY: &str = "sk_bank";

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
        ("bank", "team", BANK_KEY),
    ] {
        let terms = AccountTerms::on_plan(plan);
        engine.add_account(account, account, terms).await?;
        keys.insert(key, account);
    }
    let office = AllowlistChange::add("192.0.2.0/24", "head office", "bank", engine.now())?;
    let (bank, by) = (AccountId::new("bank"), AllowlistCaller::nobody());
    engine.change_allowlist(&bank, office, by).await?;
    Ok((engine, upkeep, keys))
}
