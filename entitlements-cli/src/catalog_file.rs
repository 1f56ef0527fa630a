use std::path::Path;
use std::sync::Arc;

use entitlements_core::Catalog;

use crate::failure::Failure;
use crate::quote;

/// The catalog that a command works with. A bad one is the command line's fault.
pub(crate) fn read(path: &Path) -> Result<Arc<Catalog>, Failure> {
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
