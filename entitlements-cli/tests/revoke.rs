//! `revoke`: what a list says, how it is continued, and what is not signed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use common::{Desk, Ran};
use serde_json::{Value, json};

fn revoke<'a>(desk: &Desk, more: impl IntoIterator<Item = &'a str>) -> Ran {
    desk.run(
        ["revoke", "--key", "acme.private.pem"]
            .into_iter()
            .chain(more),
    )
}

fn thumbprint(desk: &Desk) -> String {
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    desk.verify([key.as_str()])
        .exits(0)
        .row("signed by")
        .to_owned()
}

fn claims(list: &str) -> Value {
    let payload = list.trim_end().split('.').nth(1).unwrap();
    serde_json::from_slice(&common::base64::decode(payload)).unwrap()
}

#[test]
fn prints_a_signed_list_alone_on_stdout() {
    let desk = Desk::new();
    let ran = revoke(&desk, ["lic_2", "lic_1", "lic_2", "--signing-key", "k"]).exits(0);
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""));
    let said = claims(&ran.stdout);
    assert_eq!(said["revoked"], json!(["lic_1", "lic_2"]));
    assert_eq!(said["revoked_keys"], json!(["k"]));
    assert!(said["iat"].is_u64());
    desk.write("list", &ran.stdout);
    let one = desk.issue(["--plan", "p", "--days", "1", "--id", "lic_1"]);
    let ran = desk.verify(["--revocations", "list", &one]).exits(3);
    assert_eq!(ran.row("status"), "revoked");
}

#[test]
fn a_list_can_be_of_another_time() {
    let desk = Desk::new();
    let at = |time, id| revoke(&desk, ["--list", "list", "--issued-at", time, id]);
    let first = at("2003-04-05T06:07:08Z", "a").exits(0);
    assert_eq!(claims(&first.stdout)["iat"], 1_049_522_828);
    let later = at("2203-04-05T06:07:08Z", "b").exits(0);
    let said = claims(&later.stdout);
    assert_eq!(
        (&said["iat"], &said["revoked"]),
        (&json!(7_360_870_028_u64), &json!(["a", "b"]))
    );
    // Then the list so far is one of the future.
    at("2103-04-05T06:07:08Z", "c").exits(2);
    assert_eq!(desk.read("list"), later.stdout);
    at("2003-04-05", "c").exits(2);
}

#[test]
fn a_list_is_begun_continued_and_replaced() {
    let desk = Desk::new();
    let first = revoke(&desk, ["--list", "list", "b"]).exits(0);
    assert_eq!(
        first.stderr,
        "note: there was no `list`, so this list is its first\n"
    );
    assert_eq!(desk.read("list"), first.stdout);
    // At once, and so within the same second.
    let second = revoke(&desk, ["--list", "list", "a", "b"]).exits(0);
    assert_eq!(second.stderr, "");
    assert_eq!(desk.read("list"), second.stdout);
    let third = revoke(&desk, ["--list", "list", "--signing-key", "k"]).exits(0);
    let [first, second, third] = [&first, &second, &third].map(|ran| claims(&ran.stdout));
    assert_eq!(third["revoked"], json!(["a", "b"]));
    assert_eq!(third["revoked_keys"], json!(["k"]));
    assert!(first["iat"].as_u64() <= second["iat"].as_u64());
    assert!(second["iat"].as_u64() <= third["iat"].as_u64());
    assert!(desk.files(".").iter().all(|name| !name.contains(".new-")));
    // White space that a mail program put in does not matter.
    let folded: String = desk
        .read("list")
        .as_bytes()
        .chunks(40)
        .fold(String::new(), |text, line| {
            text + "  " + std::str::from_utf8(line).unwrap() + "\r\n"
        });
    desk.write("list", folded);
    revoke(&desk, ["--list", "list", "c"]).exits(0);
}

#[test]
fn a_loop_is_no_faster_than_the_clock() {
    let desk = Desk::new();
    for number in 0..100 {
        revoke(&desk, ["--list", "list", &format!("lic_{number}")]).exits(0);
    }
    let said = claims(&desk.read("list"));
    assert_eq!(said["revoked"].as_array().unwrap().len(), 100);
    let key = desk.issue(["--plan", "p", "--days", "1", "--id", "lic_0"]);
    desk.verify(["--revocations", "list", &key]).exits(3);
}

#[test]
fn says_for_scripts_what_is_on_it() {
    let desk = Desk::new();
    let kid = thumbprint(&desk);
    let said = |more: &[&str]| {
        let ran = revoke(
            &desk,
            ["--json", "--list", "list"].iter().chain(more).copied(),
        )
        .exits(0);
        assert_eq!(ran.stderr, "", "no notes");
        assert_eq!(ran.json()["list"], desk.read("list").trim_end());
        ran.json()
    };
    let begun = said(&["a", "b"]);
    let members: Vec<_> = begun.as_object().unwrap().keys().cloned().collect();
    let mut expected = [
        "list",
        "issued_at",
        "signed_by",
        "revoked",
        "revoked_keys",
        "added",
    ];
    expected.sort_unstable();
    assert_eq!(members, expected);
    assert_eq!(
        (&begun["added"], &begun["signed_by"]),
        (&json!(2), &json!(kid))
    );
    assert!(begun["issued_at"].as_str().unwrap().ends_with('Z'));
    let more = said(&["b", "c", "--signing-key", "k"]);
    assert_eq!(
        (&more["added"], &more["revoked"]),
        (&json!(2), &json!(["a", "b", "c"]))
    );
    assert_eq!(more["revoked_keys"], json!(["k"]));
    assert_eq!(said(&["a"])["added"], 0, "it was there");
}

#[test]
fn a_key_is_called_as_products_know_it() {
    let desk = Desk::new();
    let license = desk.issue(["--plan", "p", "--days", "1", "--id", "a", "--kid", "2026"]);
    let list = revoke(&desk, ["--kid", "2026", "--list", "list", "--json", "a"]).exits(0);
    assert_eq!(list.json()["signed_by"], "2026");
    let trusted = [
        "verify",
        "--public-key",
        "2026=acme.public.pem",
        "--revocations",
        "list",
    ];
    desk.run(trusted.into_iter().chain([license.as_str()]))
        .exits(3);
    // By its thumbprint it is another list, which this one does not continue.
    revoke(&desk, ["--list", "list", "b"]).fails(2, "not trusted here");
    revoke(&desk, ["--kid", "", "a"]).fails(2, "--kid");
}

#[test]
fn a_key_may_revoke_itself_and_its_list_stays_valid() {
    let desk = Desk::new();
    let (kid, license) = (
        thumbprint(&desk),
        desk.issue(["--plan", "p", "--days", "1"]),
    );
    let own = format!("--signing-key={kid}");
    let ran = revoke(&desk, ["--list", "list", &own]).exits(0);
    let notes: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(notes.len(), 2, "{ran:?}");
    assert!(notes[1].starts_with("note: ") && notes[1].contains("the list stays valid"));
    let ran = desk.verify(["--revocations", "list", &license]).exits(3);
    let why = "the key that signed it is on the revocation list of";
    assert!(ran.row("why").starts_with(why), "{ran:?}");
    revoke(&desk, ["--list", "list", "a"]).exits(0);
    let named = revoke(&desk, ["--kid", "2026", "--signing-key", "2026"]).exits(0);
    assert!(named.stderr.contains("the list stays valid"));
}

#[test]
fn a_list_that_revokes_nothing_new_is_not_signed() {
    let desk = Desk::new();
    revoke(&desk, []).fails(2, "there is nothing to revoke");
    revoke(&desk, ["--list", "list"]).fails(2, "there is nothing to revoke");
    assert!(!desk.path("list").exists());
    revoke(&desk, ["--list", "list", "a"]).exits(0);
    let before = desk.read("list");
    revoke(&desk, ["--list", "list"]).fails(2, "there is nothing to revoke");
    assert_eq!(desk.read("list"), before);
}

#[test]
fn what_is_no_id_is_refused_and_named() {
    let desk = Desk::new();
    let long = "a".repeat(129);
    for id in ["", "a b", "@file", "ä", "a/b", "a\nb", &long] {
        let ran =
            revoke(&desk, ["--list", "list", "fine", id]).fails(2, "is not 1 to 128 of letters");
        if (1..20).contains(&id.len()) {
            assert!(
                ran.stderr.contains(&format!("`{}`", id.escape_debug())),
                "{ran:?}"
            );
        }
        assert!(!desk.path("list").exists());
    }
    revoke(&desk, ["--signing-key", ""]).fails(2, "--signing-key");
    // A file in place of what is in it would revoke nothing.
    revoke(&desk, ["acme.public.pem"]).fails(2, "is a file, not the id of a license");
    revoke(&desk, ["--signing-key", "acme.public.pem"]).fails(2, "is a file, not the id of a key");
}

#[test]
fn a_list_so_far_that_cannot_be_continued_is_a_usage_error_and_stays() {
    let desk = Desk::new();
    desk.run(["keygen", "--out", ".", "--kid", "other"])
        .exits(0);
    let other = desk
        .run(["revoke", "--key", "other.private.pem", "a"])
        .exits(0)
        .stdout;
    let own = revoke(&desk, ["a"]).exits(0).stdout;
    let license = desk.issue(["--plan", "p", "--days", "1"]);
    let cut = own.get(..own.len() - 3).unwrap();
    let two = format!("{own}{own}");
    let long = own.clone() + &" ".repeat(1 << 20);
    for (content, cause, reason) in [
        (other.as_str(), "not trusted here", "unknown_key"),
        (license.as_str(), "of another type", "token_type"),
        (cut, "signature", "signature"),
        (two.as_str(), "header.payload.signature", "malformed"),
        ("revoked: a", "header.payload.signature", "malformed"),
        (long.as_str(), "too long", "too_long"),
    ] {
        desk.write("list", content);
        revoke(&desk, ["--list", "list", "b"]).fails(2, cause);
        let error = revoke(&desk, ["--json", "--list", "list", "b"])
            .exits(2)
            .json_error();
        assert_eq!(
            (&error["code"], &error["reason"]),
            (&json!("revocations"), &json!(reason))
        );
        assert_eq!(desk.read("list"), content);
    }
    for content in ["", " \n\r\n"] {
        desk.write("list", content);
        let ran = revoke(&desk, ["--list", "list", "b"]).fails(2, "`list` is empty");
        assert!(ran.stderr.contains("redirecting stdout"), "{ran:?}");
    }
    std::fs::create_dir(desk.path("folder")).unwrap();
    revoke(&desk, ["--list", "folder", "b"]).fails(2, "directory");
    revoke(&desk, ["--list", "missing/list", "b"]).fails(1, "no such file");
}

#[test]
fn a_list_from_the_future_is_not_continued() {
    use entitlements_core::license::{RevocationDraft, SigningKey};
    let desk = Desk::new();
    let key = SigningKey::from_pem(desk.read("acme.private.pem")).unwrap();
    let later = "2999-01-01T00:00:00Z".parse().unwrap();
    desk.write(
        "list",
        RevocationDraft::new()
            .license("a")
            .sign(&key, later)
            .unwrap(),
    );
    revoke(&desk, ["--list", "list", "b"]).fails(2, "in the future");
}

#[test]
fn a_list_that_no_product_would_take_is_not_signed() {
    use entitlements_core::license::{RevocationDraft, SigningKey};
    let desk = Desk::new();
    let key = SigningKey::from_pem(desk.read("acme.private.pem")).unwrap();
    let ids = (0..5_900).map(|n| format!("{n:0>128}"));
    let draft = ids.fold(RevocationDraft::new(), RevocationDraft::license);
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    desk.write("list", draft.sign(&key, now).unwrap());
    let before = desk.read("list");
    let more: Vec<String> = (0..200).map(|n| format!("{n:a>128}")).collect();
    let arguments = ["--list", "list"]
        .into_iter()
        .chain(more.iter().map(String::as_str));
    revoke(&desk, arguments).fails(1, "longer than 1 MiB");
    assert_eq!(desk.read("list"), before);
}

#[test]
fn a_key_that_cannot_sign_is_a_usage_error() {
    let desk = Desk::new();
    for (key, cause) in [
        ("missing", "no such file"),
        ("acme.public.pem", "this is a public key"),
        ("catalog.toml", "not a private key"),
        (".", "directory"),
    ] {
        desk.run(["revoke", "--key", key, "a"]).fails(2, cause);
    }
    desk.run(["revoke", "a"]).fails(2, "--key");
}
