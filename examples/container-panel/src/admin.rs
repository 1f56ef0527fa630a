//! Who administers the panel.

use std::path::{Path, PathBuf};

use entitlements_actix::BearerToken;

use crate::{Failure, files};

/// The administrator's token, and whether this start made it.
pub(crate) struct Token {
    pub(crate) guard: BearerToken,
    /// To be shown, once.
    pub(crate) new: Option<String>,
}

pub(crate) fn token_path(data: &Path) -> PathBuf {
    data.join("admin-token")
}

impl Token {
    /// The one that was given, else that in the data folder, which is made where there is none.
    pub(crate) fn find(given: Option<&str>, data: &Path) -> Result<Self, Failure> {
        let path = token_path(data);
        let (text, new) = match (given, files::read(&path)?) {
            (Some(given), _) => (given.to_owned(), None),
            (None, Some(kept)) => (kept.trim().to_owned(), None),
            (None, None) => {
                let made = random_hex()?;
                files::replace(&path, &made)?;
                (made.clone(), Some(made))
            }
        };
        let guard = BearerToken::new(text)?.named("admin");
        Ok(Self { guard, new })
    }
}

fn random_hex() -> Result<String, Failure> {
    let mut random = [0; 24];
    getrandom::fill(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
