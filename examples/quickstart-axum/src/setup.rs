//! From arguments and data folder to an engine. A bad license is a line in the log; a bad anything else ends the start.

use std::fmt;
use std::path::Path;

use entitlements_axum::{BearerToken, Entitlements, TrustedKey, Upkeep};

use crate::arguments::Arguments;
use crate::data_folder::{DataFolder, Token};

/// Why the start ends, in one line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// Several lines become one: the first, and how many more there are.
    pub(crate) fn new(cause: impl AsRef<str>) -> Self {
        let mut lines = cause.as_ref().lines();
        let first = lines.next().unwrap_or_default();
        Self(match lines.count() {
            0 => first.to_owned(),
            more => format!("{first} (and {more} more; `entitlements catalog check` lists them)"),
        })
    }

    pub(crate) fn of_file(path: &Path, cause: &dyn fmt::Display) -> Self {
        Self::new(format!("`{}`: {cause}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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
        let token = match &arguments.admin_token {
            Some(text) => Token {
                text: text.clone(),
                is_new: false,
            },
            None => data.admin_token()?,
        };
        let admin = BearerToken::new(token.text.clone())
            .map_err(|error| Failure::new(format!("the admin token cannot be used: {error}")))?
            .named("admin");
        let catalog = match &arguments.catalog {
            Some(path) => path.clone(),
            None => data.catalog()?,
        };
        let config = |error: entitlements_axum::ConfigError| Failure::new(error.to_string());
        let mut builder = Entitlements::builder()
            .catalog_file(catalog)
            .map_err(config)?;
        for key in trusted_keys(arguments, &data)? {
            builder = builder.trusted_key(key);
        }
        if let Some(key) = &arguments.license_key {
            builder = builder.license_key(key);
        }
        let (entitlements, upkeep) = builder.license_from_env().build().await.map_err(config)?;
        let new_token = token.is_new.then_some(token.text);
        Ok(Self {
            entitlements,
            upkeep,
            admin,
            data,
            new_token,
        })
    }
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
    let key = TrustedKey::from_file(path).map_err(|error| Failure::of_file(path, &error))?;
    match named {
        Some((kid, _)) => key
            .with_kid(kid)
            .map_err(|error| Failure::of_file(path, &error)),
        None => Ok(key),
    }
}
