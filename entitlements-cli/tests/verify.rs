//! `verify`: states and their boundaries, what is rejected, and where keys come from.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use common::Desk;

const TERM: [&str; 8] = [
    "--plan",
    "business",
    "--issued-at",
    "2026-01-01T00:00:00Z",
    "--expires",
    "2026-12-31T00:00:00Z",
    "--grace-days",
    "2",
];

#[test]
fn boundaries_before_at_and_after() {
    let desk = Desk::new();
    let key = desk.issue(
        TERM.into_iter()
            .chain(["--not-before", "2026-02-01T00:00:00Z"]),
    );
    for (at, status, code) in [
        ("2026-01-31T23:58:59Z", "not_yet_valid", 3),
        ("2026-01-31T23:59:00Z", "active", 0), // 60 seconds of leeway
        ("2026-02-01T00:00:00Z", "active", 0),
        ("2026-12-30T23:59:59Z", "active", 0),
        ("2026-12-30T23:59:59.999999Z", "active", 0),
        ("2026-12-31T00:00:00Z", "grace", 0),
        ("2027-01-01T23:59:59Z", "grace", 0),
        ("2027-01-02T00:00:00Z", "expired", 3),
        ("2027-01-02T00:00:01Z", "expired", 3),
        ("9999-12-31T23:59:59Z", "expired", 3),
    ] {
        let ran = desk.verify(["--at", at, &key]).exits(code);
        assert_eq!(
            (ran.row("status"), ran.stderr.as_str()),
            (status, ""),
            "{at}"
        );
        let json = desk.verify(["--json", "--at", at, &key]).exits(code).json();
        assert_eq!(json["status"], status);
        assert_eq!(json["in_force"], code == 0);
        assert_eq!(json["checked_at"], at);
        assert_eq!(json["reason"], status);
        assert_eq!(json["message"], ran.value("why"));
    }
    let json = desk.verify(["--json", &key]).json();
    let now = json["checked_at"].as_str().unwrap();
    assert_eq!(now.len(), "2026-01-01T00:00:00Z".len(), "whole seconds");
    desk.verify(["--at", "2025-12-31T23:58:59Z", &key])
        .rejects("issued in the future");
}

#[test]
fn says_what_the_license_says() {
    let desk = Desk::new();
    let key = desk.issue(TERM.into_iter().chain([
        "--limit",
        "users=50",
        "--feature",
        "sso",
        "--id",
        "lic_1",
    ]));
    let ran = desk.verify(["--at", "2026-12-31T12:00:00Z", &key]).exits(0);
    for (label, value) in [
        ("status", "grace"),
        ("id", "lic_1"),
        ("customer", "Acme GmbH"),
        ("plan", "business"),
        ("features", "sso"),
        ("limits", "users=50"),
        ("issued", "2026-01-01T00:00:00Z"),
        ("expires", "2026-12-31T00:00:00Z"),
        ("grace until", "2027-01-02T00:00:00Z"),
    ] {
        assert_eq!(ran.row(label), value, "{label}");
    }
    assert!(ran.value("why").contains("2027-01-02T00:00:00Z"));
    assert_eq!(ran.row("signed by").len(), 43);
}

#[test]
fn what_is_long_goes_on_below_and_is_whole() {
    let desk = Desk::new();
    let features: Vec<String> = (10..30).map(|n| format!("feature_{n}")).collect();
    let customer = "Acme ".repeat(40) + &"x".repeat(90);
    let id = "i".repeat(128);
    let given = features
        .iter()
        .flat_map(|name| ["--feature", name.as_str()]);
    let more = ["--customer", &customer, "--id", &id].into_iter();
    let key = ["issue", "--key", "acme.private.pem"].into_iter();
    let key = desk.run(key.chain(TERM).chain(more).chain(given)).exits(0);
    let at = ["--at", "2026-06-01T00:00:00Z"].into_iter();
    let ran = desk.verify(at.chain([key.stdout.trim_end()])).exits(0);
    assert_eq!(ran.value("features"), features.join(", "));
    assert_eq!(
        ran.value("customer"),
        format!("{}…", customer.get(..256).unwrap())
    );
    assert_eq!(ran.row("id"), id);
    for line in ran.stdout.lines().filter(|line| line.len() > 80) {
        let words = line.trim_start().trim_start_matches("id:").trim();
        assert!(!words.contains(' '), "{line}");
    }
}

#[test]
fn what_the_catalog_lacks_is_a_warning() {
    let desk = Desk::new();
    desk.write(
        "plain.toml",
        common::CATALOG.split("[license]").next().unwrap(),
    );
    let key = desk.issue(TERM.into_iter().chain([
        "--feature",
        "teleport",
        "--limit",
        "moons=2",
        "--addon",
        "regulated",
    ]));
    let arguments = [
        "--json",
        "--catalog",
        "plain.toml",
        "--at",
        "2026-06-01T00:00:00Z",
        &key,
    ];
    let json = desk.verify(arguments).exits(0).json();
    let codes: Vec<&str> = json["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["unknown_feature", "unknown_limit", "addon_not_applicable"]
    );
    let ran = desk.verify([
        "--catalog",
        "plain.toml",
        "--at",
        "2026-06-01T00:00:00Z",
        &key,
    ]);
    assert!(ran.exits(0).value("warning").contains("`teleport`"));
}

#[test]
fn text_in_a_license_cannot_deceive_the_terminal() {
    let desk = Desk::new();
    let key = desk.run([
        "issue",
        "--key",
        "acme.private.pem",
        "--customer",
        "Acme\u{1b}[2J\nstatus: active\u{202e}",
        "--plan",
        "p",
        "--issued-at",
        "2020-01-01T00:00:00Z",
        "--days",
        "1",
    ]);
    let ran = desk.verify([key.exits(0).stdout.trim_end()]).exits(3);
    assert_eq!(
        ran.row("customer"),
        r"Acme\u{1b}[2J\u{a}status: active\u{202e}"
    );
}

#[test]
fn a_key_of_somebody_else_is_rejected() {
    let desk = Desk::new();
    desk.run(["keygen", "--out", ".", "--kid", "other"])
        .exits(0);
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let other = ["verify", "--public-key", "other.public.pem"];
    desk.run(other.into_iter().chain([key.as_str()]))
        .rejects("not trusted here");
    // By the same name, so that only the signature tells.
    let named = desk.issue(["--plan", "p", "--days", "1", "--kid", "k"]);
    desk.run(["verify", "--public-key", "k=other.public.pem", &named])
        .rejects("signature");
    desk.run(["verify", "--public-key", "k=acme.public.pem", &named])
        .exits(0);
    // Several keys: the right one is found, in any order.
    for order in [
        ["other.public.pem", "acme.public.pem"],
        ["acme.public.pem", "other.public.pem"],
    ] {
        let [first, second] = order;
        desk.run([
            "verify",
            "--public-key",
            first,
            "--public-key",
            second,
            &key,
        ])
        .exits(0);
    }
}

#[test]
fn garbage_as_a_key_is_rejected_and_not_repeated() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let (head, signature) = key.rsplit_once('.').unwrap();
    let payload_cut = key.replacen('.', "..", 1);
    let long = format!("{key}{}", "A".repeat(20_000));
    let padded = format!("{key}=");
    let unsigned = format!("{head}.");
    let swapped = format!("{}.{signature}", head.replacen("eyJ", "eyK", 1));
    for garbage in [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "{}",
        "💥",
        &payload_cut,
        &long,
        &padded,
        &unsigned,
        &swapped,
        head,
    ] {
        let ran = desk.verify([garbage]).rejects("license key");
        assert!(
            !ran.stderr.contains("eyJ") && !ran.stderr.contains(signature),
            "{ran:?}"
        );
        let code = desk.verify(["--json", garbage]).exits(4).json_error()["code"].clone();
        assert!(
            code.as_str()
                .unwrap()
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '_')
        );
    }
}

#[test]
fn keys_come_from_the_command_line_files_and_stdin() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let folded: String = key
        .as_bytes()
        .chunks(40)
        .map(|line| format!("  {}\r\n", std::str::from_utf8(line).unwrap()))
        .collect();
    desk.write("license.key", format!("\t{folded}\n\n"));
    desk.verify([key.as_str()]).exits(0);
    desk.verify([folded.as_str()]).exits(0);
    desk.verify(["@license.key"]).exits(0);
    let bare = desk
        .verify(["license.key"])
        .rejects("header.payload.signature");
    assert!(
        bare.stderr.contains("write `@` before the name"),
        "{bare:?}"
    );
    for input in [&key, &folded, &format!("{key}\n")] {
        desk.pipe(
            ["verify", "--public-key", "acme.public.pem", "-"],
            input.as_str(),
        )
        .exits(0);
    }
    let nothing = desk.pipe(["verify", "--public-key", "acme.public.pem", "-"], "");
    nothing.rejects("header.payload.signature");
}

#[test]
fn too_much_is_refused_without_reading_it_all() {
    let desk = Desk::new();
    let stdin = ["verify", "--public-key", "acme.public.pem", "-"];
    desk.pipe(stdin, vec![b' '; 10 << 20]).rejects("too long");
    desk.pipe(stdin, vec![b'a'; 10 << 20]).rejects("too long");
    desk.pipe(stdin, vec![b'\n'; (64 << 10) + 1])
        .rejects("too long");
    desk.pipe(stdin, vec![b'\n'; 64 << 10])
        .rejects("header.payload.signature");
    std::fs::File::create(desk.path("huge"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    desk.verify(["@huge"]).rejects("too long");
}

#[test]
fn a_file_that_cannot_be_read_is_a_usage_error() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    desk.write("binary", [0, 159, 146, 150, 255, 10]);
    desk.write("empty", "");
    desk.verify(["@missing"])
        .fails(2, "`missing`: there is no such file");
    desk.verify(["@folder"]).fails(2, "directory");
    desk.verify(["@"]).fails(2, "no such file");
    desk.verify(["@binary"]).rejects("header.payload.signature");
    desk.verify(["@empty"]).rejects("header.payload.signature");
}

#[test]
fn bad_public_keys_are_usage_errors() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let empty_kid = "=acme.public.pem";
    for (trusted, cause) in [
        ("missing.pem", "no such file"),
        ("k=missing.pem", "`missing.pem`"),
        ("acme.private.pem", "private key"),
        ("catalog.toml", "not a public key"),
        (empty_kid, "not empty"),
        (".", "directory"),
        ("", "no such file"),
    ] {
        desk.run(["verify", "--public-key", trusted, &key])
            .fails(2, cause);
    }
    desk.run(["keygen", "--out", ".", "--kid", "other"])
        .exits(0);
    let two = ["k=acme.public.pem", "k=other.public.pem"];
    desk.run([
        "verify",
        "--public-key",
        two[0],
        "--public-key",
        two[1],
        &key,
    ])
    .fails(2, "two public keys have the `kid` `k`");
    desk.run(["verify", &key]).fails(2, "--public-key");
}

#[test]
fn other_garbage_in_arguments_is_a_usage_error() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    desk.verify(["--at", "2027-01-01", &key]).fails(2, "--at");
    desk.verify(["--at", "", &key]).fails(2, "--at");
    desk.verify(["--at", "now", &key]).fails(2, "--at");
    let missing = desk.verify(["--catalog", "missing.toml", &key]).fails(
        2,
        "cannot read the catalog `missing.toml`: there is no such file",
    );
    let checked = desk.run(["catalog", "check", "missing.toml"]);
    assert_eq!(missing.stderr, checked.exits(2).stderr);
    desk.verify(["--catalog", "acme.public.pem", &key])
        .fails(2, "does not end in `.toml`");
    desk.verify(["--catalog", ".", &key])
        .fails(2, "cannot read the catalog `.`: it is a directory");
    desk.verify([]).fails(2, "missing");
}
