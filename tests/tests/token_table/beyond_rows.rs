//! What is not a row: how much is read, signatures over raw bytes, and the words of refusals.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use entitlements_core::license::{LicenseErrorKind, MAX_INPUT_BYTES, compact_key};
use entitlements_core::strict::base64url;
use entitlements_core::testing::ManualClock;
use entitlements_core::{Clock, Entitlements, Environment};
use entitlements_tests::assert_none;
use entitlements_tests::token_table::{self, Case, Expected, catalog, catalog_file, keys};

use super::programs::CLI;
use super::{library, parallel};

#[test]
fn l1d_at_most_64_kib_of_what_is_pasted_are_read() {
    assert_eq!(MAX_INPUT_BYTES, 64 * 1024);
    let case = token_table::all().into_iter().find(|case| {
        case.row.expect == Expected::Status("active".to_owned()) && case.place.starts_with("good")
    });
    let case = case.unwrap();
    for (size, status, reason) in [
        (MAX_INPUT_BYTES - 1, 0, None),
        (MAX_INPUT_BYTES, 0, None),
        (MAX_INPUT_BYTES + 1, 4, Some("too_long")),
    ] {
        let mut pasted = case.token();
        pasted.push_str(&" ".repeat(size - pasted.len()));
        let read = compact_key(pasted.as_bytes());
        assert_eq!(read.err().map(|error| error.reason()), reason, "{size}");

        let mut process = Command::new(&*CLI)
            .args(["verify", "--json", "--at", &case.now.to_string()])
            .arg("--catalog")
            .arg(catalog_file(case.catalog.as_deref().unwrap()))
            .arg("--public-key")
            .arg(keys::public_file("vendor"))
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = process.stdin.take().unwrap().write_all(pasted.as_bytes());
        let output = process.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{size}: {output:?}");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(said.contains("too_long"), reason.is_some(), "{said}");
    }
}

/// An engine that finds a pasted key in a variable or a file reads it as the other entrances do.
#[test]
fn l1c_variable_and_file_lose_the_same_white_space() {
    let cases: Vec<Case> = token_table::all()
        .into_iter()
        .filter(|case| case.row.compacted)
        .collect();
    let wrong = parallel::each(&cases, |case| {
        let expected = match &case.row.expect {
            Expected::Status(status) => status,
            Expected::Refused { .. } => "invalid",
        };
        // A blank variable is one that is not set (S12).
        let token = case.token();
        let is_blank = token.trim_ascii().is_empty();
        let variable = if is_blank { "unlicensed" } else { expected };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("license.key");
        std::fs::write(&path, &token).unwrap();
        let name = catalog(case.catalog.as_deref().unwrap())
            .license()
            .env()
            .to_owned();
        let file = [(format!("{name}_FILE"), path.into_os_string())];
        let said = [held(case, [(name, token.into())]), held(case, file)];
        let is_fine = said[0] == variable && said[1] == expected;
        (!is_fine).then(|| format!("{}: {}: {said:?}", case.place, case.row.says))
    });
    assert_none(&wrong.into_iter().flatten().collect::<Vec<_>>());
}

/// The status of an engine that starts with these variables.
fn held(case: &Case, variables: [(String, OsString); 1]) -> String {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(case.now));
    let builder = Entitlements::builder()
        .catalog(catalog(case.catalog.as_deref().unwrap()))
        .environment(Environment::of(variables))
        .clock(clock)
        .license_from_env();
    let keys = library::trusted(case).into_iter();
    let builder = keys.fold(builder, |builder, key| builder.trusted_key(key));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let (engine, _) = runtime.block_on(builder.build()).unwrap();
    engine.current().status().as_str().to_owned()
}

/// What the library believes was signed, by the check of signatures that is public.
#[test]
fn l4h_whatever_verifies_has_a_signature_over_its_raw_bytes() {
    let mut seen = 0;
    for case in token_table::all() {
        let token = case.token();
        let (Expected::Status(_), false) = (&case.row.expect, case.row.compacted) else {
            continue;
        };
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = base64url::decode(signature).unwrap();
        let signers = library::trusted(&case)
            .into_iter()
            .filter(|key| key.verify(message.as_bytes(), &signature));
        assert_eq!(signers.count(), 1, "{}: {}", case.place, case.row.says);
        seen += 1;
    }
    assert!(seen > 100, "only {seen}");
}

#[test]
fn l18_each_refusal_has_its_own_kind_and_message_and_a_row() {
    let shown: BTreeSet<String> = token_table::all()
        .into_iter()
        .filter_map(|case| match case.row.expect {
            Expected::Refused { reason } => Some(reason),
            Expected::Status(_) => None,
        })
        .collect();
    let reasons: BTreeSet<&str> = LicenseErrorKind::ALL
        .iter()
        .map(|kind| kind.reason())
        .collect();
    assert_eq!(reasons.len(), LicenseErrorKind::ALL.len());
    let without: Vec<_> = reasons
        .iter()
        .filter(|reason| !shown.contains(**reason))
        .collect();
    assert!(without.is_empty(), "no row is refused as {without:?}");

    let mut sentences = BTreeSet::new();
    for case in token_table::all() {
        let verdict = library::verdict(&case, &case.token());
        if let Some((Expected::Refused { reason }, wrote)) =
            verdict.ok().map(|verdict| (verdict.said, verdict.wrote))
        {
            // Up to what it is about.
            sentences.insert((reason, wrote.split(": `").next().unwrap().to_owned()));
        }
    }
    let of_their_own: BTreeSet<_> = sentences.iter().map(|(_, sentence)| sentence).collect();
    assert_eq!(sentences.len(), reasons.len(), "{sentences:?}");
    assert_eq!(of_their_own.len(), reasons.len(), "{sentences:?}");
}
