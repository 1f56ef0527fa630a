//! From arguments and data folder to an engine. A bad license is a line in the log; a bad anything else ends the start.

use std::path::Path;
use std::sync::Arc;

use entitlements_admin::BearerToken;
use entitlements_core::{Entitlements, ShiftedClock, TrustedKey, Upkeep};

use crate::arguments::Arguments;
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::proxies;
use crate::shared_rates;

pub(crate) struct Setup {
    pub(crate) entitlements: Entitlements,
    pub(crate) upkeep: Upkeep,
    pub(crate) admin: BearerToken,
    pub(crate) data: DataFolder,
    /// The admin token, where this start made it.
    pub(crate) new_token: Option<String>,
}

impl Setup {
    pub(crate) async fn prepare(arguments: &Arguments) -> Result<Self, Failure> {
        let data = DataFolder::open(&arguments.data)?;
        let catalog = match &arguments.catalog {
            Some(path) => path.clone(),
            None => data.catalog()?,
        };
        let mut builder = Entitlements::builder()
            .catalog_file(&catalog)
            .map_err(|error| Failure::of_catalog(&catalog, &error))?;
        for key in trusted_keys(arguments, &data)? {
            builder = builder.trusted_key(key);
        }
        if let Some(key) = &arguments.license_key {
            builder = builder.license_key(key);
        }
        if let Some(now) = arguments.now {
            tracing::warn!(
                "the clock starts at {now}, because `--now` says so, and not at the time that it is"
            );
            builder = builder.clock(Arc::new(ShiftedClock::starting_at(now)));
        }
        let (entitlements, upkeep) = shared_rates::share(builder)
            .await?
            .license_from_env()
            .client_address(proxies::client_address(arguments))
            .data_dir(&arguments.data)
            .build()
            .await
            .map_err(|error| Failure::new(error.to_string()))?;
        // Last: a token that a failing start made would be shown by none.
        let (admin, new_token) = admin(arguments, &data)?;
        Ok(Self {
            entitlements,
            upkeep,
            admin,
            data,
            new_token,
        })
    }
}

/// Who may manage licenses and accounts, and the token to show where this start made it.
fn admin(
    arguments: &Arguments,
    data: &DataFolder,
) -> Result<(BearerToken, Option<String>), Failure> {
    if let Some(text) = &arguments.admin_token {
        let admin = BearerToken::new(text.clone())
            .map_err(|error| Failure::new(format!("`--admin-token` cannot be used: {error}")))?;
        return Ok((admin.named("admin"), None));
    }
    let token = data.admin_token()?;
    let admin = BearerToken::new(token.text.clone())
        .map_err(|error| Failure::of_file(&data.token_path(), &error))?;
    Ok((admin.named("admin"), token.is_new.then_some(token.text)))
}

/// Those that were given, else the development vendor's; never both.
fn trusted_keys(arguments: &Arguments, data: &DataFolder) -> Result<Vec<TrustedKey>, Failure> {
    if arguments.trusted_key.is_empty() {
        return Ok(vec![data.development_vendor()?]);
    }
    arguments
        .trusted_key
        .iter()
        .map(|given| trusted_key(given))
        .collect()
}

/// `FILE`, or `KID=FILE`; a file of that whole name comes first.
fn trusted_key(given: &str) -> Result<TrustedKey, Failure> {
    let named = match given.split_once('=') {
        Some((kid, path)) if !Path::new(given).exists() => Some((kid, path)),
        _ => None,
    };
    let path = Path::new(named.map_or(given, |(_, path)| path));
    let key = TrustedKey::from_file(path).map_err(|error| Failure::of_key(path, &error))?;
    match named {
        Some((kid, _)) => key
            .with_kid(kid)
            .map_err(|error| Failure::of_key(path, &error)),
        None => Ok(key),
    }
}
