//! `--public-key`: every form of a key is taken, what is none is refused by name, and several may be trusted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "integration tests"
)]

mod common;

use std::sync::OnceLock;

use common::Desk;
use common::base64::{der, encode, pem};

/// The one RSA key of this program, private and public.
fn rsa() -> &'static (String, String) {
    static PAIR: OnceLock<(String, String)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let desk = Desk::empty();
        let ran = desk.run([
            "keygen",
            "--algorithm",
            "rsa4096",
            "--out",
            ".",
            "--kid",
            "rsa",
            "--json",
        ]);
        let made = ran.exits(0).json();
        assert_eq!(made["algorithm"], "rsa4096");
        assert_eq!(made["thumbprint"].as_str().unwrap().len(), 43);
        (desk.read("rsa.private.pem"), desk.read("rsa.public.pem"))
    })
}

fn desk_with_rsa() -> Desk {
    let desk = Desk::new();
    desk.write("rsa.private.pem", &rsa().0);
    desk.write("rsa.public.pem", &rsa().1);
    desk
}

fn issue_rsa(desk: &Desk) -> String {
    let arguments = [
        "issue",
        "--key",
        "rsa.private.pem",
        "--customer=c",
        "--plan=p",
        "--days=1",
    ];
    desk.run(arguments).exits(0).stdout.trim_end().to_owned()
}

/// Checks a key with these bytes as the only public key.
fn verify_with(desk: &Desk, form: &[u8], key: &str) -> common::Ran {
    desk.write("form", form);
    desk.run(["verify", "--public-key", "form", key])
}

#[test]
fn every_form_of_an_ed25519_key_is_taken() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let pem_text = desk.read("acme.public.pem");
    let spki = der(&pem_text);
    let raw = &spki[spki.len() - 32..];
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, encode(raw));
    assert_eq!(pem("PUBLIC KEY", &spki), pem_text);
    let folded = pem_text.replace('\n', "\r\n");
    for form in [
        pem_text.as_bytes(),
        folded.as_bytes(),
        &spki,
        raw,
        jwk.as_bytes(),
    ] {
        let ran = verify_with(&desk, form, &key).exits(0);
        assert_eq!(ran.row("signed by").len(), 43);
    }
}

#[test]
fn an_rsa_key_is_made_signs_and_every_form_of_it_is_taken() {
    let desk = desk_with_rsa();
    let key = issue_rsa(&desk);
    assert_eq!(key.rsplit('.').next().unwrap().len(), 683, "512 bytes");
    let spki = der(&rsa().1);
    let pkcs1 = &spki[spki.len() - 526..];
    let (n, e) = (encode(&spki[spki.len() - 517..spki.len() - 5]), "AQAB");
    let jwk = format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}","use":"sig","alg":"RS512"}}"#);
    for form in [
        rsa().1.as_bytes(),
        pem("RSA PUBLIC KEY", pkcs1).as_bytes(),
        &spki,
        pkcs1,
        jwk.as_bytes(),
    ] {
        verify_with(&desk, form, &key).exits(0);
    }
    // The key that signs may be in PKCS#1 too.
    let pkcs8 = der(&rsa().0);
    desk.write("rsa.private.pem", pem("RSA PRIVATE KEY", &pkcs8[26..]));
    let again = issue_rsa(&desk);
    verify_with(&desk, rsa().1.as_bytes(), &again).exits(0);
}

#[test]
fn a_jwk_may_name_itself_and_a_name_on_the_command_line_counts_more() {
    let desk = Desk::new();
    let spki = der(&desk.read("acme.public.pem"));
    let x = encode(&spki[spki.len() - 32..]);
    desk.write(
        "jwk",
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}","kid":"2026"}}"#),
    );
    let key = desk.issue(["--plan", "p", "--days", "1", "--kid", "2026"]);
    let ran = desk.run(["verify", "--public-key", "jwk", &key]).exits(0);
    assert_eq!(ran.row("signed by"), "2026");
    desk.run(["verify", "--public-key", "2027=jwk", &key])
        .rejects("not trusted");
    desk.run(["verify", "--public-key", "2026=acme.public.pem", &key])
        .exits(0);
}

#[test]
fn what_is_as_a_whole_the_path_of_a_file_is_that_file() {
    let desk = Desk::new();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    desk.write("2026=acme.pem", desk.read("acme.public.pem"));
    let ran = desk.run(["verify", "--public-key", "2026=acme.pem", &key]);
    assert_eq!(ran.exits(0).row("signed by").len(), 43);
    // The same words, where there is no such file.
    std::fs::rename(desk.path("2026=acme.pem"), desk.path("acme.pem")).unwrap();
    desk.run(["verify", "--public-key", "2026=acme.pem", &key])
        .rejects("not trusted");
    let named = desk.issue(["--plan", "p", "--days", "1", "--kid", "2026"]);
    desk.run(["verify", "--public-key", "2026=acme.pem", &named])
        .exits(0);
}

#[test]
fn what_is_no_public_key_is_refused_by_name() {
    let desk = desk_with_rsa();
    let key = desk.issue(["--plan", "p", "--days", "1"]);
    let spki = der(&desk.read("acme.public.pem"));
    let x = encode(&spki[spki.len() - 32..]);
    let okp = format!(r#""kty":"OKP","crv":"Ed25519","x":"{x}""#);
    let one = desk.read("acme.public.pem");
    let several = format!("{one}{one}");
    let certificate = pem("CERTIFICATE", &spki);
    let mut short = der(&rsa().1);
    short.truncate(short.len() - 5);
    let private_jwk = format!(r#"{{{okp},"d":"{x}"}}"#);
    let set = format!(r#"{{"keys":[{{{okp}}}]}}"#);
    let for_encryption = format!(r#"{{{okp},"use":"enc"}}"#);
    let curve = format!(r#"{{"kty":"OKP","crv":"X25519","x":"{x}"}}"#);
    for (form, cause) in [
        (&b""[..], "not a public key"),
        (b"{}", "not a public key"),
        (b"{", "not a public key"),
        (&[0x30], "not a public key"),
        (&spki[..40], "not a public key"),
        (&short, "not a public key"),
        (&[0; 32], "weak"),
        (&[0xff; 32], "not a point on the curve"),
        (&[7; 31], "not a public key"),
        (
            desk.read("acme.private.pem").as_bytes(),
            "this is a private key",
        ),
        (rsa().0.as_bytes(), "this is a private key"),
        (private_jwk.as_bytes(), "this is a private key"),
        (certificate.as_bytes(), "this is a certificate"),
        (several.as_bytes(), "several keys"),
        (set.as_bytes(), "several keys"),
        (for_encryption.as_bytes(), "`use`"),
        (curve.as_bytes(), "neither Ed25519 nor RSA"),
    ] {
        let ran = verify_with(&desk, form, &key).fails(2, "cannot use `form` as a public key");
        assert!(ran.stderr.contains(cause), "{cause}: {ran:?}");
        assert!(!ran.stderr.contains(&x), "{ran:?}");
    }
    // Of another size than licenses are signed with: the modulus of a key of 2048 bits.
    let modulus = encode(&[0xa5; 256]);
    let jwk = format!(r#"{{"kty":"RSA","n":"{modulus}","e":"AQAB"}}"#);
    verify_with(&desk, jwk.as_bytes(), &key).fails(2, "has 2048 bits; it must have 4096 to 8192");
}

#[test]
fn several_keys_of_several_algorithms_are_trusted_side_by_side() {
    let desk = desk_with_rsa();
    let (ed, rsa) = (desk.issue(["--plan", "p", "--days", "1"]), issue_rsa(&desk));
    let trusted = [
        "--public-key",
        "acme.public.pem",
        "--public-key",
        "rsa.public.pem",
    ];
    for key in [&ed, &rsa] {
        desk.run(["verify"].iter().chain(&trusted).chain(&[key.as_str()]))
            .exits(0);
    }
    // By the other key's name, which has one algorithm.
    let named = desk.issue(["--plan", "p", "--days", "1", "--kid", "k"]);
    desk.run(["verify", "--public-key", "k=rsa.public.pem", &named])
        .rejects("algorithm");
    let twice = [
        "--public-key",
        "acme.public.pem",
        "--public-key",
        "acme.public.pem",
    ];
    desk.run(["verify"].iter().chain(&twice).chain(&[ed.as_str()]))
        .fails(2, "two public keys have the `kid`");
}

#[test]
fn issue_writes_the_newer_name_of_the_algorithm_where_told() {
    let desk = desk_with_rsa();
    let alg =
        |key: &str| desk.run(["inspect", "--json", key]).exits(0).json()["header"]["alg"].clone();
    assert_eq!(alg(&desk.issue(["--plan", "p", "--days", "1"])), "EdDSA");
    let newer = desk.issue(["--plan", "p", "--days", "1", "--rfc9864"]);
    assert_eq!(alg(&newer), "Ed25519");
    desk.verify([newer.as_str()]).exits(0);
    assert_eq!(alg(&issue_rsa(&desk)), "RS512");
    let arguments = [
        "issue",
        "--key",
        "rsa.private.pem",
        "--customer=c",
        "--plan=p",
        "--days=1",
        "--rfc9864",
    ];
    desk.run(arguments)
        .fails(2, "`--rfc9864` is for Ed25519 keys");
}
