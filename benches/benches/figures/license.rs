//! From the text of a license key to the entitlements that follow from it, beside the bare check of its signature.

use std::sync::Arc;

use aws_lc_rs::signature::{ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA512};
use ed25519_dalek::{Signature, VerifyingKey};
use entitlements_benches::measure::{Case, compare};
use entitlements_benches::report::Table;
use entitlements_core::license::{LicenseDraft, LicenseIssuer, LicenseVerifier, SigningKey};
use entitlements_core::resolve::{HeldLicense, Holdings, LicenseSource, resolve};
use entitlements_core::strict::base64url;
use entitlements_core::testing::{self, NOW};
use entitlements_core::{Catalog, Limit};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

const END_TO_END: &str = "parse, verify, map, resolve";

/// A key as vendors issue them, and what is needed to check it.
struct Subject {
    catalog: Arc<Catalog>,
    verifier: LicenseVerifier,
    token: String,
    message: Vec<u8>,
    signature: Vec<u8>,
    /// `SubjectPublicKeyInfo` in PEM, and what is in its bit string.
    public_pem: String,
    public: Vec<u8>,
}

impl Subject {
    fn of(key: SigningKey, public_length: usize) -> Self {
        let catalog = testing::catalog();
        let public_pem = key.public_key_pem();
        let verifier = LicenseVerifier::new([key.trusted_key().clone()]).expect("one key");
        let verifier = verifier.with_catalog(catalog.clone());
        let draft = LicenseDraft::new("Acme GmbH")
            .plan("business")
            .feature("sso")
            .limit("users", Limit::AtMost(50))
            .grace_days(14)
            .expires_at(NOW.saturating_add_days(365));
        let issuer = LicenseIssuer::new(key).with_catalog(catalog.clone());
        let token = issuer.issue(&draft, NOW).expect("a key can be issued");
        let (message, signature) = token.rsplit_once('.').expect("three parts");
        let body: String = public_pem
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let body = body.replace('+', "-").replace('/', "_").replace('=', "");
        let der = base64url::decode(&body).expect("PEM holds base64");
        Self {
            catalog,
            verifier,
            message: message.as_bytes().to_vec(),
            signature: base64url::decode(signature).expect("base64url"),
            public: der
                .get(der.len() - public_length..)
                .expect("long enough")
                .to_vec(),
            public_pem,
            token,
        }
    }

    fn end_to_end(&self) {
        let license = self.verifier.verify(&self.token, NOW).expect("a good key");
        let mut holdings = Holdings::default();
        holdings.hold(HeldLicense {
            license,
            source: LicenseSource::Store,
        });
        let set = resolve(&self.catalog, self.catalog.default_plan(), &holdings, NOW);
        assert!(set.has("sso"));
    }

    fn jsonwebtoken(&self, key: &DecodingKey, algorithm: Algorithm) {
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        let token: jsonwebtoken::TokenData<serde_json::Value> =
            jsonwebtoken::decode(&self.token, key, &validation).expect("a good key");
        assert!(token.claims.is_object());
    }
}

pub(crate) fn ed25519() -> Table {
    let subject = Subject::of(SigningKey::generate().expect("randomness"), 32);
    let (message, signature) = (&subject.message, &subject.signature);
    let aws = ParsedPublicKey::new(&ED25519, &subject.public).expect("a good key");
    let ring = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &subject.public);
    let raw = subject.public.as_slice().try_into().expect("32 bytes");
    let dalek = VerifyingKey::from_bytes(raw).expect("a good key");
    let decoding = DecodingKey::from_ed_pem(subject.public_pem.as_bytes()).expect("a good key");
    let figures = compare(vec![
        Case::new("aws-lc-rs, signature alone", || {
            aws.verify_sig(message, signature)
                .expect("a good signature");
        }),
        Case::new("ring, signature alone", || {
            ring.verify(message, signature).expect("a good signature");
        }),
        Case::new("ed25519-dalek `verify_strict`, signature alone", || {
            let signature = Signature::from_slice(signature).expect("64 bytes");
            dalek
                .verify_strict(message, &signature)
                .expect("a good signature");
        }),
        Case::new(END_TO_END, || subject.end_to_end()),
        Case::new("jsonwebtoken `decode`, to `serde_json::Value`", || {
            subject.jsonwebtoken(&decoding, Algorithm::EdDSA);
        }),
    ]);
    let mut table = Table {
        title: "An Ed25519 license key",
        about: "From the text of a key with a plan, a feature, a limit and a `kid` to the entitlement set, beside the bare check of its signature.",
        figures,
        bars: Vec::new(),
    };
    let fastest = fastest(
        &table,
        &[
            "aws-lc-rs, signature alone",
            "ring, signature alone",
            "ed25519-dalek `verify_strict`, signature alone",
        ],
    );
    let ours = table.nanoseconds(END_TO_END);
    table.bar(
        "end to end, to the fastest bare check",
        ours / fastest,
        1.2,
        "x",
    );
    table
}

pub(crate) fn rs512() -> Table {
    let key = SigningKey::generate_rsa4096().expect("randomness");
    // `RSAPublicKey` of 4096 bits: two headers, the modulus with its sign byte, and 65537.
    let subject = Subject::of(key, 526);
    let (message, signature) = (&subject.message, &subject.signature);
    let aws =
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, &subject.public).expect("a good key");
    let ring = ring::signature::UnparsedPublicKey::new(
        &ring::signature::RSA_PKCS1_2048_8192_SHA512,
        &subject.public,
    );
    let decoding = DecodingKey::from_rsa_pem(subject.public_pem.as_bytes()).expect("a good key");
    let figures = compare(vec![
        Case::new("aws-lc-rs, signature alone", || {
            aws.verify_sig(message, signature)
                .expect("a good signature");
        }),
        Case::new("ring, signature alone", || {
            ring.verify(message, signature).expect("a good signature");
        }),
        Case::new(END_TO_END, || subject.end_to_end()),
        Case::new("jsonwebtoken `decode`, to `serde_json::Value`", || {
            subject.jsonwebtoken(&decoding, Algorithm::RS512);
        }),
    ]);
    let mut table = Table {
        title: "An RS512 license key",
        about: "The same with an RSA key of 4096 bits.",
        figures,
        bars: Vec::new(),
    };
    let fastest = fastest(
        &table,
        &["aws-lc-rs, signature alone", "ring, signature alone"],
    );
    let ours = table.nanoseconds(END_TO_END);
    table.bar(
        "end to end, to the fastest bare check",
        ours / fastest,
        1.1,
        "x",
    );
    table
}

fn fastest(table: &Table, names: &[&str]) -> f64 {
    names
        .iter()
        .map(|name| table.nanoseconds(name))
        .fold(f64::INFINITY, f64::min)
}
