//! Whose keys count, and whose token.

use std::fs;

use entitlements_core::strict::base64url;
use tempfile::tempdir;

use super::PROGRAM;
use crate::vendor::Vendor;

#[test]
fn with_a_trusted_key_there_is_no_development_vendor() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("data");
    let development = {
        let _first = PROGRAM.start(&data).serve();
        Vendor::of_data(&data).key("business")
    };
    let fresh = folder.path().join("fresh");
    let (ours, other) = (
        Vendor::new(folder.path(), "ours"),
        Vendor::new(folder.path(), "other"),
    );
    for data in [data, fresh] {
        let server = PROGRAM
            .start(&data)
            .arg("--trusted-key")
            .arg(&ours.public)
            .serve();
        let refused = server.activate(&development);
        assert_eq!(refused.status, 422);
        assert_eq!(refused.json()["code"], "INVALID_LICENSE");
        assert_eq!(
            refused.json()["reason"],
            "unknown_key",
            "{}",
            refused.text()
        );
        assert_eq!(server.activate(&other.key("business")).status, 422);
        assert_eq!(server.get("/sso").status, 402);
        assert_eq!(server.activate(&ours.key("business")).status, 200);
        assert_eq!(server.get("/sso").status, 200);
        assert!(server.stdout.text().contains("--key YOUR.private.pem"));
    }
    let made = fs::read_dir(folder.path().join("fresh")).unwrap();
    assert!(
        made.map(|file| file.unwrap().file_name())
            .all(|name| { !name.to_str().unwrap().contains("vendor") })
    );
}

#[test]
fn trusted_keys_can_be_several_and_named() {
    let folder = tempdir().unwrap();
    let [a, b] = ["a", "b"].map(|name| Vendor::new(folder.path(), name));
    let named = format!("b-2026={}", b.public.display());
    let server = PROGRAM
        .start(&folder.path().join("data"))
        .arg("--trusted-key")
        .arg(&a.public)
        .arg("--trusted-key")
        .arg(&named)
        .serve();
    assert_eq!(server.activate(&a.key("business")).status, 200);
    // A key of that name only: the thumbprint is not its name any more.
    assert_eq!(server.activate(&b.key("enterprise")).status, 422);
    let key = b.issue("enterprise", &["--days", "3", "--kid", "b-2026"]);
    assert_eq!(server.activate(&key).status, 200);
    assert_eq!(server.get("/audit").status, 200);
}

#[test]
fn a_trusted_key_may_be_pem_der_jwk_or_raw_bytes() {
    let folder = tempdir().unwrap();
    let vendor = Vendor::new(folder.path(), "v");
    let pem = fs::read_to_string(&vendor.public).unwrap();
    let body: String = pem.lines().filter(|line| !line.contains("-----")).collect();
    let body = body
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    let der = base64url::decode(&body).unwrap();
    let raw = &der[der.len() - 32..];
    let x = base64url::encode(raw);
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#);
    for (name, bytes) in [
        ("key.pem", pem.as_bytes()),
        ("key.der", &der),
        ("key.jwk", jwk.as_bytes()),
        ("key.bin", raw),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let start = PROGRAM.start(&folder.path().join("data"));
        let server = start.arg("--trusted-key").arg(path).serve();
        assert_eq!(
            server.activate(&vendor.key("business")).status,
            200,
            "{name}"
        );
        assert_eq!(server.get("/sso").status, 200, "{name}");
    }
}

#[test]
fn keys_that_cannot_be_trusted_end_the_start() {
    let folder = tempdir().unwrap();
    let vendor = Vendor::new(folder.path(), "v");
    let other = Vendor::new(folder.path(), "w");
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let public = fs::read(&vendor.public).unwrap();
    let path = vendor.public.to_str().unwrap();
    let cases = [
        (
            vec![vendor.private.to_str().unwrap().to_owned()],
            "private key",
        ),
        (vec![write("empty", b"")], "not a public key"),
        (vec![write("cut", &public[..60])], "not a public key"),
        (vec![write("binary", &[0, 159, 255])], "not a public key"),
        (vec![write("large", &vec![b'x'; 10 << 20])], "larger than"),
        (vec![folder.path().to_str().unwrap().into()], "folder"),
        (vec!["/nowhere/key.pem".into()], "No such file"),
        (vec![String::new()], "No such file"),
        (vec![format!("={path}")], "that is not empty"),
        (
            vec![format!("x={path}"), format!("x={}", other.public.display())],
            "two trusted keys",
        ),
        (vec![vendor.key("business")], "a key, not shown"),
    ];
    for (given, expected) in cases {
        let mut start = PROGRAM.start(&folder.path().join("data"));
        for key in &given {
            start = start.arg("--trusted-key").arg(key);
        }
        let line = start.fails();
        assert!(line.contains(expected), "{line}");
        assert!(crate::vendor::issued_key_in(&line).is_none(), "{line}");
        assert!(
            !crate::vendor::private_key_in(&line, &vendor.private),
            "{line}"
        );
    }
}

#[test]
fn a_given_token_counts_and_is_neither_kept_nor_shown() {
    let folder = tempdir().unwrap();
    let token = "f0a1-given-on-the-command-line";
    let server = PROGRAM
        .start(folder.path())
        .arg("--admin-token")
        .arg(token)
        .serve();
    let status = |token: &str| {
        let bearer = format!("Bearer {token}");
        let path = "/api/v1/license/status";
        server
            .send("GET", path, &[("authorization", &bearer)], b"")
            .status
    };
    assert_eq!(status(token), 200);
    assert_eq!(status("another"), 401);
    assert!(!folder.path().join("admin-token").exists());
    let said = server.stdout.text() + &server.stderr.text();
    assert!(!said.contains(token), "{said}");
    assert!(said.contains("Bearer $ADMIN_TOKEN\""), "{said}");
}

#[test]
fn a_token_that_no_header_can_carry_ends_the_start() {
    let folder = tempdir().unwrap();
    for token in ["", " ", "two words", "line\nbreak", "schlüssel"] {
        let line = PROGRAM
            .start(folder.path())
            .arg("--admin-token")
            .arg(token)
            .fails();
        assert!(line.contains("`--admin-token` cannot be used"), "{line}");
    }
}
