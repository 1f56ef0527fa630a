use std::fmt;

use crate::license::{LicenseError, LicenseErrorKind};

/// Why a revocation list is refused. Never holds the list or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationError(LicenseError);

impl RevocationError {
    /// What is wrong; a list is read by the same rules as a license key.
    #[must_use]
    pub const fn kind(&self) -> LicenseErrorKind {
        self.0.kind()
    }

    /// What is wrong, as one snake_case word that stays the same over versions.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.0.reason()
    }
}

impl From<LicenseError> for RevocationError {
    fn from(error: LicenseError) -> Self {
        Self(error)
    }
}

impl fmt::Display for RevocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_about("revocation list", f)?;
        match self.kind() {
            LicenseErrorKind::TooLong => f.write_str("; it has at most 1 MiB"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for RevocationError {}
