use std::fmt;

use crate::CatalogError;
use crate::decide::UnknownName;
use crate::license::KeyError;

/// Why an engine cannot be built. A bad license key is never among the reasons: it shows in the status instead.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No catalog was given.
    #[error(
        "no catalog was given; call `catalog_file`, `catalog_toml` or `catalog` before `build`"
    )]
    NoCatalog,
    /// The catalog has mistakes.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A trusted key cannot be used.
    #[error(transparent)]
    TrustedKey(#[from] KeyError),
    /// A counter is for a limit that the catalog lacks.
    #[error("a counter cannot be used: {0}")]
    Counter(#[from] UnknownName),
    /// Reservations would lapse as they are made, and limits would hold nobody back.
    #[error(
        "`reservations_lapse_after` is zero, so that no reservation would hold anything; give it more time than any request takes, or leave the call out for five minutes"
    )]
    LapsesAtOnce,
    /// `DEPLOYMENT_MODE` is neither of its values.
    #[error("`DEPLOYMENT_MODE` is `{0}`; it must be `self_hosted` or `cloud`")]
    DeploymentMode(String),
    /// `ENTITLEMENTS_DEPLOYMENT_ID` is not text.
    #[error("`ENTITLEMENTS_DEPLOYMENT_ID` is not UTF-8 text; licenses name deployments in text")]
    DeploymentId,
}

/// As `Display`: a `main` that returns this error ends with the sentence, not with the insides of the type.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
