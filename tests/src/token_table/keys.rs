//! The fixed keys of the table, from `tests/vectors/keys/`. They are published, so nobody may trust them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use entitlements_core::TrustedKey;
use entitlements_core::instance::{Fingerprint, InstanceOptions, Machine};
use entitlements_core::license::SigningKey;
use entitlements_core::strict::base64url;

use crate::encoding::{from_pem, to_hex, to_pem};

/// Each by its name.
static KEYS: LazyLock<BTreeMap<&'static str, SigningKey>> = LazyLock::new(|| {
    ["vendor", "vendor_2", "stranger", "rsa", "rsa_stranger"]
        .into_iter()
        .map(|name| {
            let read = SigningKey::from_file(private_file(name));
            (name, read.unwrap_or_else(|error| panic!("{name}: {error}")))
        })
        .collect()
});

/// The machine that rows with `"instance": "here"` are read on.
#[must_use]
pub fn machine() -> Machine {
    Machine::of("0123456789abcdef0123456789abcdef", "panel-1")
}

/// The fingerprint of [`machine`].
pub static FINGERPRINT: LazyLock<String> = LazyLock::new(|| {
    let options = InstanceOptions::new().machine(machine());
    let fingerprint = Fingerprint::of_this_instance(&options).expect("a fixed machine");
    fingerprint.as_str().to_owned()
});

/// A key by its name.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn key(name: &str) -> &'static SigningKey {
    KEYS.get(name)
        .unwrap_or_else(|| panic!("there is no test key `{name}`"))
}

/// The thumbprint.
#[must_use]
pub fn kid(name: &str) -> &'static str {
    key(name).kid()
}

/// The file of a private key.
#[must_use]
pub fn private_file(name: &str) -> PathBuf {
    crate::root().join(format!("tests/vectors/keys/{name}.private.pem"))
}

/// The file of a public key.
#[must_use]
pub fn public_file(name: &str) -> PathBuf {
    crate::root().join(format!("tests/vectors/keys/{name}.public.pem"))
}

/// A public key, as its file has it.
#[must_use]
pub fn pem(name: &str) -> String {
    key(name).public_key_pem()
}

/// A trusted key, read from one of its forms.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn trusted(name: &str, form_of_it: Option<&str>) -> TrustedKey {
    let Some(form_of_it) = form_of_it else {
        return key(name).trusted_key().clone();
    };
    let read = TrustedKey::from_bytes(form(name, form_of_it));
    read.unwrap_or_else(|error| panic!("{name} as {form_of_it}: {error}"))
}

/// A public key in one of its forms, also such as only an attacker takes it in.
///
/// # Panics
/// When there is no such form.
#[must_use]
pub fn form(name: &str, form: &str) -> Vec<u8> {
    let pem = pem(name);
    let line: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = from_pem(&pem);
    let is_rsa = name.starts_with("rsa");
    // RFC 8410: 32 bytes at the end. RFC 3279: an RSA key of 4096 bits behind 24 bytes.
    let raw = || der[der.len() - 32..].to_vec();
    let pkcs_1 = || der[24..].to_vec();
    let modulus = || pkcs_1()[9..521].to_vec();
    let jwk = |kid: &str| {
        let text = if is_rsa {
            let n = base64url::encode(&modulus());
            format!(r#"{{"kty":"RSA","e":"AQAB",{kid}"n":"{n}"}}"#)
        } else {
            let x = base64url::encode(&raw());
            format!(r#"{{"kty":"OKP","crv":"Ed25519",{kid}"x":"{x}"}}"#)
        };
        text.into_bytes()
    };
    match form {
        "pem" => pem.into_bytes(),
        "pem_trimmed" => pem.trim_end().as_bytes().to_vec(),
        "pem_crlf" => pem.replace('\n', "\r\n").into_bytes(),
        "pem_line" => line.into_bytes(),
        "pkcs1_pem" => to_pem("RSA PUBLIC KEY", &pkcs_1()).into_bytes(),
        "pkcs1_der" => pkcs_1(),
        "raw" => raw(),
        "raw_base64url" => base64url::encode(&raw()).into_bytes(),
        "raw_hex" => to_hex(&raw()).into_bytes(),
        "modulus" => modulus(),
        "jwk" => jwk(""),
        "jwk_with_kid" => jwk(r#""kid":"in-the-jwk","#),
        "thumbprint" => kid(name).as_bytes().to_vec(),
        "der" => der,
        _ => panic!("a key has no form `{form}`"),
    }
}
