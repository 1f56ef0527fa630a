//! `inspect`: what a key says, marked as unverified, and what has no form to show.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use common::{Desk, Ran};
use entitlements_core::strict::base64url::encode;
use serde_json::json;

const TERM: [&str; 8] = [
    "--plan",
    "business",
    "--issued-at",
    "2026-01-01T00:00:00Z",
    "--expires",
    "2026-12-31",
    "--id",
    "lic_1",
];

/// A token that nobody signed.
fn token(header: &str, payload: &str) -> String {
    let parts = [header, payload, "no signature at all"];
    parts.map(|part| encode(part.as_bytes())).join(".")
}

/// The table's line of a member.
#[track_caller]
fn line<'a>(ran: &'a Ran, part: &str, name: &str) -> &'a str {
    let line = ran.stdout.lines().find(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some(part) && words.next() == Some(name)
    });
    line.unwrap_or_else(|| panic!("no {part} {name} in {ran:?}"))
}

#[track_caller]
fn is_marked_and_fits(ran: &Ran) {
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("NOT VERIFIED"), "{ran:?}");
    assert!(
        lines[lines.len() - 1].starts_with("NOT VERIFIED"),
        "{ran:?}"
    );
    for line in lines {
        assert!(line.chars().count() <= 80, "{line}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

#[test]
fn shows_header_and_claims_and_says_that_nothing_is_verified() {
    let desk = Desk::new();
    let key = desk.issue(TERM.into_iter().chain(["--limit", "users=50", "--trial"]));
    let ran = desk.run(["inspect", &key]).exits(0);
    assert_eq!(ran.stderr, "");
    is_marked_and_fits(&ran);
    assert!(line(&ran, "header", "alg").ends_with("\"EdDSA\""));
    assert!(line(&ran, "claims", "sub").ends_with("\"Acme GmbH\""));
    assert!(line(&ran, "claims", "exp").ends_with("1798761599 (2026-12-31T23:59:59Z)"));
    assert!(line(&ran, "claims", "iat").ends_with("1767225600 (2026-01-01T00:00:00Z)"));
    assert!(line(&ran, "claims", "limits").ends_with("{\"users\":50}"));
    assert!(line(&ran, "claims", "trial").ends_with("true"));
    assert!(line(&ran, "signature", "64").contains("64 bytes, not checked"));
    assert!(!ran.stdout.contains("remark"), "{ran:?}");
}

#[test]
fn needs_neither_key_nor_catalog_nor_a_signature_that_verifies() {
    let desk = Desk::empty();
    let forged = token(
        r#"{"alg":"EdDSA"}"#,
        r#"{"sub":"Mallory","tier":"enterprise"}"#,
    );
    let ran = desk.run(["inspect", &forged]).exits(0);
    is_marked_and_fits(&ran);
    assert!(line(&ran, "claims", "tier").ends_with("\"enterprise\""));
    assert_eq!(desk.files("."), [""; 0]);
}

#[test]
fn json_says_so_too() {
    let desk = Desk::new();
    let key = desk.issue(TERM);
    let ran = desk.run(["inspect", "--json", &key]).exits(0);
    let kid = desk.run(["inspect", &key, "--json"]).json()["header"]["kid"].clone();
    assert_eq!(
        ran.json(),
        json!({
            "verified": false,
            "header": {"alg": "EdDSA", "typ": "JWT", "kid": kid},
            "claims": {"jti": "lic_1", "sub": "Acme GmbH", "iat": 1_767_225_600, "exp": 1_798_761_599,
                "tier": "business"},
            "times": {"iat": "2026-01-01T00:00:00Z", "exp": "2026-12-31T23:59:59Z"},
            "signature_bytes": 64,
            "header_faults": [],
        })
    );
    // In the token's order, every digit as it stands.
    let odd = token(
        "{}",
        r#"{"z":123456789012345678901234567890,"a":1e400,"m":-0.0,"":[{"b":null}]}"#,
    );
    let ran = desk.run(["inspect", "--json", &odd]).exits(0);
    let claims =
        r#""claims":{"z":123456789012345678901234567890,"a":1e400,"m":-0.0,"":[{"b":null}]}"#;
    assert!(ran.stdout.contains(claims), "{ran:?}");
}

#[test]
fn what_a_verifier_refuses_in_a_header_is_shown_with_a_remark() {
    let desk = Desk::empty();
    for (header, reasons) in [
        (r#"{"alg":"none"}"#, &["algorithm"][..]),
        (r#"{"alg":"EdDSA","crit":["exp"]}"#, &["header_parameter"]),
        (r#"{"alg":"EdDSA","typ":"at+jwt"}"#, &["token_type"]),
        (r#"{"alg":"HS256","kid":7}"#, &["key_id", "algorithm"]),
        (r#"{"alg":"RS512","typ":"license+jwt"}"#, &[]),
    ] {
        let key = token(header, "{}");
        let shown = desk.run(["inspect", "--json", &key]).exits(0).json();
        let found: Vec<&str> = shown["header_faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault["reason"].as_str().unwrap())
            .collect();
        assert_eq!(found, reasons, "{header}");
        let ran = desk.run(["inspect", &key]).exits(0);
        is_marked_and_fits(&ran);
        let remarks = ran.stdout.lines().filter(|line| line.starts_with("remark"));
        assert_eq!(remarks.count(), reasons.len(), "{ran:?}");
    }
}

#[test]
fn what_has_no_form_is_rejected_by_the_verifiers_word() {
    let desk = Desk::new();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
    for (key, word) in [
        ("x".to_owned(), "malformed"),
        ("a.b.c.d".to_owned(), "malformed"),
        (".e30.".to_owned(), "malformed"),
        ("e30.e30.=".to_owned(), "encoding"),
        ("e3.e30.".to_owned(), "encoding"),
        (token("{", "{}"), "json"),
        (token("{}", "nonsense"), "json"),
        (token("{}", r#"{"a":1,"a":2}"#), "duplicate_member"),
        (token("{}", &deep), "depth"),
        (token("{}", "[]"), "not_an_object"),
        (token("\"alg\"", "{}"), "not_an_object"),
        ("e".repeat(16 * 1024 + 1), "too_long"),
    ] {
        let ran = desk.run(["inspect", "--json", &key]).exits(4);
        assert_eq!(ran.json_error()["code"], word, "{ran:?}");
        assert_eq!(ran.stdout, "");
        desk.run(["inspect", &key]).fails(4, "the license key");
        if matches!(word, "malformed" | "too_long") {
            let verified = desk.verify(["--json", &key]).exits(4);
            assert_eq!(verified.json_error()["code"], word, "{verified:?}");
        }
    }
}

#[test]
fn keys_come_from_where_verify_takes_them() {
    let desk = Desk::new();
    let key = desk.issue(TERM);
    let (head, tail) = key.split_at(40);
    let folded = format!("  {head}\r\n\t{tail}\n\n");
    desk.write("license.key", &folded);
    let plain = desk.run(["inspect", &key]).exits(0).stdout;
    assert_eq!(desk.run(["inspect", "@license.key"]).exits(0).stdout, plain);
    assert_eq!(desk.run(["inspect", &folded]).exits(0).stdout, plain);
    assert_eq!(desk.pipe(["inspect", "-"], folded).exits(0).stdout, plain);
    desk.run(["inspect", "@missing"])
        .fails(2, "there is no such file");
    desk.run(["inspect", "@."]).fails(2, "directory");
    desk.run(["inspect"]).fails(2, "missing `<KEY|@FILE|->`");
    let ran = desk.run(["inspect", "license.key"]).exits(4);
    assert!(ran.stderr.contains("write `@` before the name"), "{ran:?}");
    desk.pipe(["inspect", "-"], vec![b' '; 64 * 1024 + 1])
        .fails(4, "the license key");
    desk.pipe(["inspect", "-"], [0xff, b'.', b'.'])
        .fails(4, "form");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_rather_than_waited_for() {
    let desk = Desk::empty();
    let made = std::process::Command::new("mkfifo")
        .arg(desk.path("fifo"))
        .status();
    assert!(made.unwrap().success());
    for file in ["@fifo", "@/dev/zero"] {
        desk.run(["inspect", file]).fails(2, "not a regular file");
    }
}

#[test]
fn neither_the_token_nor_its_signature_is_printed() {
    let desk = Desk::new();
    let key = desk.issue(TERM);
    for arguments in [&["inspect", &key][..], &["inspect", "--json", &key]] {
        let ran = desk.run(arguments).exits(0);
        for part in key.split('.') {
            assert!(!ran.stdout.contains(&part[..16]), "{ran:?}");
        }
    }
    for broken in [format!("{key}."), format!("{key}="), key.replace('.', ";")] {
        let ran = desk.run(["inspect", &broken]).exits(4);
        for part in key.split('.') {
            assert!(!ran.stderr.contains(&part[..16]), "{ran:?}");
        }
    }
}

#[test]
fn values_cannot_deceive_a_terminal_and_wrap() {
    let desk = Desk::empty();
    let long = "wörter ".repeat(100) + &"x".repeat(500);
    let payload = format!(
        r#"{{"sub":"Acme\u001b[2J\n\u202e\u009b31m","{long}":"{long}","n":"\u0000","\u200b":1}}"#
    );
    let ran = desk
        .run(["inspect", &token(r#"{"alg":"EdDSA"}"#, &payload)])
        .exits(0);
    is_marked_and_fits(&ran);
    assert!(
        !ran.stdout
            .contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{200b}', '\0']),
        "{ran:?}"
    );
    assert!(ran.stdout.contains(r"\u{202e}"), "{ran:?}");
    assert_eq!(
        ran.stdout.matches('x').count(),
        1000 + ran.stdout.matches("exp").count()
    );
}

#[test]
fn the_largest_token_is_shown() {
    let desk = Desk::empty();
    let members: Vec<String> = (0..900).map(|n| format!(r#""m{n}":{n}"#)).collect();
    let payload = format!("{{{}}}", members.join(","));
    let ran = desk.run(["inspect", &token("{}", &payload)]).exits(0);
    is_marked_and_fits(&ran);
    assert!(line(&ran, "claims", "m899").ends_with("899"));
}
