//! What it costs to refuse 16 KiB that are no license key, by how far they get.

use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use entitlements_core::license::{LicenseErrorKind, LicenseVerifier, MAX_TOKEN_BYTES};
use entitlements_core::strict::base64url::encode;
use entitlements_core::testing::{NOW, TestVendor};

const MEMBERS: &str = "a header of 1,350 members, one twice";
const FORGERY: &str = "a good form, a forged signature";

fn refuse(verifier: &LicenseVerifier, token: &str, kind: LicenseErrorKind) {
    let refused = verifier.verify(token, NOW).map_err(|error| error.kind());
    assert_eq!(refused.err(), Some(kind));
}

/// As much JSON as fits beside the header that is given.
fn stuffed(header: &str, payload: impl Fn(usize) -> String, signature: &str) -> String {
    let header = encode(header.as_bytes());
    let room = MAX_TOKEN_BYTES - header.len() - signature.len() - 2;
    let payload = encode(payload(room / 4 * 3).as_bytes());
    format!("{header}.{payload}.{signature}")
}

pub(crate) fn table() -> Table {
    use LicenseErrorKind::{
        Depth, DuplicateMember, Encoding, Json, Malformed, Signature, UnknownKey,
    };

    let vendor = TestVendor::new();
    let verifier = LicenseVerifier::new([vendor.trusted_key()]).expect("one key");
    let kid = vendor.trusted_key().kid().to_owned();
    let named = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
    let spaces = |room: usize| format!("{{{}}}", " ".repeat(room - 2));
    let no_parts = "A".repeat(MAX_TOKEN_BYTES);
    let dots = ".".repeat(MAX_TOKEN_BYTES);
    let bad_letter = format!("{}.e30.e30", "A".repeat(MAX_TOKEN_BYTES - 9) + "!");
    let header = |json: &str| {
        let json = encode(json.as_bytes());
        format!("{json}.e30.e30")
    };
    let room = (MAX_TOKEN_BYTES - 9) / 4 * 3;
    let noise = header(&"\u{1}".repeat(room));
    let deep = header(&"[".repeat(room));
    let members: String = (0..room / 9 - 2)
        .map(|n| format!(r#""{:04}":1,"#, n % 10_000))
        .collect();
    let repeated = header(&format!(r#"{{{members}"0000":1}}"#));
    let stranger = stuffed(
        r#"{"alg":"EdDSA","kid":"stranger"}"#,
        spaces,
        &"A".repeat(86),
    );
    let short = stuffed(&named, spaces, "AAAA");
    let forged = stuffed(&named, spaces, &encode(&[7; 64]));
    let figures = compare(vec![
        Case::new("no dots at all", || refuse(&verifier, &no_parts, Malformed)),
        Case::new("nothing but dots", || refuse(&verifier, &dots, Malformed)),
        Case::new("a header with a wrong last letter", || {
            refuse(&verifier, &bad_letter, Encoding);
        }),
        Case::new("a header of control characters", || {
            refuse(&verifier, &noise, Json);
        }),
        Case::new("a header of open brackets", || {
            refuse(&verifier, &deep, Depth);
        }),
        Case::new(MEMBERS, || {
            refuse(&verifier, &repeated, DuplicateMember);
        }),
        Case::new("a good form, signed by a stranger", || {
            refuse(&verifier, &stranger, UnknownKey);
        }),
        Case::new("a good form, a signature of 3 bytes", || {
            refuse(&verifier, &short, Signature);
        }),
        Case::new(FORGERY, || {
            refuse(&verifier, &forged, Signature);
        }),
    ]);
    let mut table = Table {
        title: "Refusing 16 KiB of garbage",
        about: "By how far it gets. The last one is no garbage but a forgery: its signature has to be checked, over 16 KiB.",
        figures,
        bars: Vec::new(),
    };
    let (crafted, forgery) = (MEMBERS, FORGERY);
    let others = table
        .figures
        .iter()
        .filter(|figure| ![crafted, forgery].contains(&figure.name));
    let dearest = others.map(|figure| figure.nanoseconds).fold(0.0, f64::max);
    table.bar("the dearest garbage", dearest / 1_000.0, 50.0, " µs");
    let crafted = table.nanoseconds(crafted);
    table.bar(
        "crafted to cost the most: members, one twice",
        crafted / 1_000.0,
        50.0,
        " µs",
    );
    table.known("each of 1,350 names is read and looked up");
    table
}
