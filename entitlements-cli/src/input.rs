//! `KEY|@FILE|-`: where a license key comes from.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use entitlements_core::license::{MAX_INPUT_BYTES, compact_key};

use crate::failure::Failure;
use crate::files::{read_bounded, read_regular, why};
use crate::quote;
use crate::rejection::rejected;

/// The license key that `argument` gives or names, without the white space that pasting leaves in it.
pub(crate) fn license_key(argument: &OsStr) -> Result<String, Failure> {
    let input = match argument.as_encoded_bytes() {
        b"-" => stdin()?,
        [b'@', path @ ..] => file(&path_of(path))?,
        key => key.to_vec(),
    };
    compact_key(&input).map_err(|error| rejected(&error))
}

/// The path that these bytes of an argument are.
pub(crate) fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    let path = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).into();
    #[cfg(not(unix))]
    let path = String::from_utf8_lossy(bytes).into_owned().into();
    path
}

fn stdin() -> Result<Vec<u8>, Failure> {
    read_bounded(io::stdin().lock(), MAX_INPUT_BYTES).map_err(|error| {
        let message = format!("cannot read stdin: {}", why(&error));
        Failure::failed(
            "input",
            message,
            "pipe the license key in, or name its file with `@FILE`",
        )
    })
}

fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    read_regular(path, MAX_INPUT_BYTES).map_err(|why| {
        let message = format!(
            "cannot read the license key from {}: {why}",
            quote::path(path)
        );
        Failure::usage(
            "license_file",
            message,
            "name a file that holds a license key, or `-` for stdin",
        )
    })
}
