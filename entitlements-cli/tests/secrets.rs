//! No key is ever repeated, wherever it was typed.
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

/// A key that is given in any wrong place.
#[test]
fn no_key_is_ever_repeated() {
    let desk = Desk::new();
    let license = desk.issue(["--plan", "p", "--days", "1"]);
    let folded = license.replace('.', ".\n ");
    let private = desk.read("acme.private.pem");
    let body = private.lines().nth(1).unwrap().to_owned();
    desk.run([
        "keygen",
        "--algorithm",
        "rsa4096",
        "--out",
        ".",
        "--kid",
        "rsa",
    ])
    .exits(0);
    let rsa = desk.read("rsa.private.pem");
    let rsa_body = rsa.lines().nth(1).unwrap().to_owned();
    for secret in [&license, &folded, &private, &body, &rsa, &rsa_body] {
        let (at_file, limit) = (format!("@{secret}"), format!("{secret}=1"));
        let named = format!("k={secret}");
        let (scheme, parameter) = (format!("{secret}:db"), format!("sqlite:db?{secret}"));
        let cases: &[&[&str]] = &[
            &[secret],
            &["catalog", secret],
            &["catalog", "check", secret],
            &["migrate", "--database", &scheme],
            &["migrate", "--database", &parameter],
            &["verify", "--public-key", secret, "x"],
            &["verify", "--public-key", &named, "x"],
            &["verify", "--public-key", "acme.public.pem", &at_file],
            &["verify", "--public-key", "acme.public.pem", secret, secret],
            &[
                "verify",
                "--public-key",
                "acme.public.pem",
                "--at",
                secret,
                "x",
            ],
            &[
                "verify",
                "--public-key",
                "acme.public.pem",
                "--catalog",
                secret,
                "x",
            ],
            &["keygen", "--out", "keys", "--algorithm", secret],
            &[
                "verify",
                "--public-key=acme.public.pem",
                "--revocations",
                secret,
                "x",
            ],
            &["revoke", "--key", secret, "a"],
            &["revoke", "--key=acme.private.pem", "--list", secret, "a b"],
            &["revoke", "--key=acme.private.pem", &at_file],
            &["revoke", "--key=acme.private.pem", secret, "--signing-key="],
            &[
                "issue",
                "--key",
                secret,
                "--customer=c",
                "--plan=p",
                "--days=1",
            ],
            &[
                "issue",
                "--key",
                "acme.private.pem",
                "--customer=c",
                "--days=1",
                "--plan",
                secret,
                "--catalog",
                "catalog.toml",
            ],
            &[
                "issue",
                "--key",
                "acme.private.pem",
                "--customer=c",
                "--plan=p",
                "--expires",
                secret,
            ],
            &[
                "issue",
                "--key",
                "acme.private.pem",
                "--customer=c",
                "--plan=p",
                "--days",
                secret,
            ],
            &[
                "issue",
                "--key",
                "acme.private.pem",
                "--customer=c",
                "--plan=p",
                "--days=1",
                "--limit",
                secret,
            ],
            &[
                "issue",
                "--key",
                "acme.private.pem",
                "--customer=c",
                "--plan=business",
                "--days=1",
                "--limit",
                &limit,
                "--catalog",
                "catalog.toml",
            ],
            &[
                "issue",
                "--key",
                "acme.private.pem",
                "--customer=c",
                "--plan=p",
                "--days=1",
                "--id",
                &at_file,
            ],
        ];
        for arguments in cases {
            for json in [false, true] {
                let ran = desk.run(arguments.iter().copied().chain(json.then_some("--json")));
                assert!((1..=4).contains(&ran.code), "{ran:?}");
                for part in secret
                    .split_whitespace()
                    .flat_map(|word| word.split('.'))
                    .filter(|part| part.len() > 16)
                {
                    assert!(
                        !ran.stderr.contains(part.get(..16).unwrap()),
                        "{arguments:?} {ran:?}"
                    );
                    assert!(
                        !ran.stdout.contains(part.get(..16).unwrap()),
                        "{arguments:?} {ran:?}"
                    );
                }
            }
        }
    }
}
