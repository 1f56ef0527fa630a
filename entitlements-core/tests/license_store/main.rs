//! Stores of licenses that come with the crate.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod in_a_file {
    use entitlements_core::license::LicenseFiles;

    entitlements_core::license_store_conformance!(
        place = tempfile::tempdir().unwrap(),
        open = |place| LicenseFiles::in_folder(place.path())
    );
}
