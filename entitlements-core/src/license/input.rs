use super::{LicenseError, LicenseErrorKind, MAX_REVOCATIONS_BYTES, RevocationError};

/// How many bytes of a pasted key, file or variable are looked at: a key at its longest, folded and indented.
pub const MAX_INPUT_BYTES: usize = 64 * 1024;

/// Removes what a mail program, an editor or a YAML file puts into a pasted key: spaces, tabs and line breaks.
///
/// Command line, environment, files and the management API all take keys this way; the verifier itself takes the
/// exact form only.
///
/// ```
/// use entitlements_core::license::compact_key;
///
/// assert_eq!(compact_key(b"eyJh\r\n  bGci.e30.c2ln\n").unwrap(), "eyJhbGci.e30.c2ln");
/// ```
///
/// # Errors
/// When the input is over [`MAX_INPUT_BYTES`], or is not text.
pub fn compact_key(input: &[u8]) -> Result<String, LicenseError> {
    compact(input, MAX_INPUT_BYTES)
}

/// As [`compact_key`], for a revocation list: white space counts towards its size.
///
/// # Errors
/// When the input is over [`MAX_REVOCATIONS_BYTES`], or is not text.
pub fn compact_revocations(input: &[u8]) -> Result<String, RevocationError> {
    compact(input, MAX_REVOCATIONS_BYTES).map_err(RevocationError::from)
}

fn compact(input: &[u8], most_bytes: usize) -> Result<String, LicenseError> {
    if input.len() > most_bytes {
        return Err(LicenseError::new(LicenseErrorKind::TooLong));
    }
    let kept: Vec<u8> = input
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .collect();
    String::from_utf8(kept).map_err(|_| LicenseError::new(LicenseErrorKind::Malformed))
}
