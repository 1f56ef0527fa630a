use std::path::Path;
use std::sync::Arc;

use entitlements_core::Catalog;

use crate::failure::Failure;
use crate::files::open_regular;
use crate::quote;

/// The catalog that a command works with. A bad one is the command line's fault.
pub(crate) fn read(path: &Path) -> Result<Arc<Catalog>, Failure> {
    check_readable(path)?;
    Catalog::read_file(path).map(Arc::new).map_err(|error| {
        let first = error
            .mistakes()
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = match error.mistakes().len() {
            0 | 1 => format!("cannot use the catalog {}: {first}", quote::path(path)),
            many => {
                format!(
                    "the catalog {} has {many} mistakes, the first: {first}",
                    quote::path(path)
                )
            }
        };
        let action = "see all that is wrong with `entitlements catalog check`, and correct it";
        Failure::usage("catalog", message, action)
    })
}

/// Refuses what is no file, cannot be read, or is not named as catalogs are.
pub(crate) fn check_readable(path: &Path) -> Result<(), Failure> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let known = ["toml", "json"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known));
    let why = match open_regular(path) {
        Err(why) => why,
        Ok(_) if !known => "its name does not end in `.toml` or `.json`".to_owned(),
        Ok(_) => return Ok(()),
    };
    let message = format!("cannot read the catalog {}: {why}", quote::path(path));
    Err(Failure::usage(
        "catalog",
        message,
        "name a file such as `entitlements.toml`",
    ))
}
