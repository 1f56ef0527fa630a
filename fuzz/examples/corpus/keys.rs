//! Keys in every form that is read, and what people take for one.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use entitlements_core::license::{Algorithm, TrustedKey};
use entitlements_core::strict::base64url;
use entitlements_fuzz::vendor;

#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) private: BTreeSet<Vec<u8>>,
    pub(crate) public: BTreeSet<Vec<u8>>,
}

impl Keys {
    /// The vendor's keys and those that the tests of signatures have.
    pub(crate) fn read(root: &Path) -> Result<Self, Box<dyn Error>> {
        let mut keys = Self::default();
        keys.add(vendor::PRIVATE_PEM, &vendor::trusted_key().to_pem())?;
        let folder = root.join("tests/vectors/keys");
        let file = |name: &str| std::fs::read_to_string(folder.join(name));
        keys.add(&file("rsa.private.pem")?, &file("rsa.public.pem")?)?;
        Ok(keys)
    }

    fn add(&mut self, private: &str, public: &str) -> Result<(), Box<dyn Error>> {
        let [private_der, public_der] = [der(private)?, der(public)?];
        let jwk = jwk(public, &public_der)?;
        for text in [
            private.to_owned(),
            private.replace('\n', "\r\n"),
            private.replace("PRIVATE", "ENCRYPTED PRIVATE"),
            private.replace("PRIVATE", "RSA PRIVATE"),
            format!("{private}{public}"),
            public.to_owned(),
            "no PEM".to_owned(),
        ] {
            self.private.insert(text.into_bytes());
        }
        for text in [
            public.to_owned(),
            public.replace('\n', "\r\n"),
            public.replace("PUBLIC", "RSA PUBLIC"),
            public.replace("PUBLIC KEY", "CERTIFICATE"),
            format!("{public}{public}"),
            private.to_owned(),
            jwk.replace("}", r#","use":"sig","key_ops":["verify"],"kid":"2026"}"#),
            jwk.replace("}", r#","use":"enc"}"#),
            jwk.replace("}", r#","d":"AA"}"#),
            format!(r#"{{"keys":[{jwk}]}}"#),
            jwk,
        ] {
            self.public.insert(text.into_bytes());
        }
        // What an Ed25519 key ends with is the key, and what an RSA key ends with the other form of one.
        for start in [
            0,
            public_der.len() - 32,
            public_der.len().saturating_sub(526),
        ] {
            self.public.insert(public_der[start..].to_vec());
        }
        self.public.insert(private_der);
        Ok(())
    }
}

/// The bytes of a PEM block.
fn der(pem: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let body = pem.lines().filter(|line| !line.starts_with('-'));
    let body: String = body.flat_map(str::chars).collect();
    let body = body
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    Ok(base64url::decode(&body)?)
}

fn jwk(pem: &str, der: &[u8]) -> Result<String, Box<dyn Error>> {
    let part = |from: usize, to: usize| base64url::encode(&der[der.len() - from..der.len() - to]);
    Ok(match TrustedKey::from_pem(pem)?.algorithm() {
        Algorithm::Ed25519 => format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, part(32, 0)),
        // Of 4096 bits, with the usual exponent.
        _ => format!(
            r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#,
            part(517, 5),
            part(3, 0)
        ),
    })
}
