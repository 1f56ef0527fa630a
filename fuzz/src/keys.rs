//! Key files as people hand them in.

use entitlements_core::license::{SigningKey, TrustedKey};

/// The length of a SHA-256 in base64url.
const THUMBPRINT: usize = 43;

/// A public key is refused, or is the same key in PEM, named by its thumbprint, and believes no signature that anybody
/// could write down.
///
/// # Panics
/// When a key that is taken breaks that.
pub fn public_key(data: &[u8]) {
    let any = TrustedKey::from_bytes(data);
    for key in [TrustedKey::from_pem(data), TrustedKey::from_der(data)]
        .into_iter()
        .flatten()
    {
        assert_eq!(any.as_ref(), Ok(&key), "two readers, two keys");
        assert_eq!(key.kid().len(), THUMBPRINT);
    }
    if let Ok(key) = TrustedKey::from_jwk(data) {
        assert_eq!(any.as_ref(), Ok(&key), "two readers, two keys");
    }
    if let Ok(key) = any {
        let again = TrustedKey::from_pem(key.to_pem()).expect("its own PEM");
        assert_eq!(again.algorithm(), key.algorithm());
        assert_eq!(again.to_pem(), key.to_pem());
        // A JWK may name itself.
        assert_eq!(again.kid().len(), THUMBPRINT);
        assert!(!key.kid().is_empty());
        believes_nothing(&key, data);
        assert!(
            SigningKey::from_pem(data).is_err(),
            "a public key is taken for a private one"
        );
    }
}

/// A private key is refused, or signs what its public half verifies, and its own PEM gives it again.
///
/// # Panics
/// When a key that is taken breaks that.
pub fn private_key(data: &[u8]) {
    let Ok(key) = SigningKey::from_pem(data) else {
        return;
    };
    let public = key.trusted_key();
    assert_eq!(key.kid().len(), THUMBPRINT);
    assert!(public.verify(data, &key.sign(data)));
    believes_nothing(public, data);
    let again = SigningKey::from_pem(&*key.private_key_pem()).expect("its own PEM");
    assert_eq!(again.trusted_key(), public);
    assert_eq!(
        TrustedKey::from_pem(key.public_key_pem()).as_ref(),
        Ok(public)
    );
    assert!(
        TrustedKey::from_pem(data).is_err(),
        "a private key is taken for a public one"
    );
}

/// Signatures that need no private key.
fn believes_nothing(key: &TrustedKey, message: &[u8]) {
    for length in [0, 32, 64, 512, 1024] {
        for byte in [0x00, 0x01, 0xff] {
            assert!(!key.verify(message, &vec![byte; length]));
        }
    }
    assert!(!key.verify(message, message));
}
