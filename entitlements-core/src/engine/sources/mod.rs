//! What the engine is configured with from outside: license keys and revocation lists, from values, files and variables.
//! Bad ones are written down, never fatal.

mod licenses;
mod revocations;
mod variable;

pub(super) use licenses::{KeyPlace, load as load_licenses};
pub(super) use revocations::{ListPlace, load as load_revocations};

use std::path::Path;

/// Whether this is a key where the path of its file belongs: an easy mistake, as the variables' names are so alike.
fn is_like_a_key(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes().trim_ascii();
    text.starts_with(b"ey") && text.split(|byte| *byte == b'.').count() == 3
}
