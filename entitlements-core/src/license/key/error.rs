/// Why a public or private key cannot be used. Never holds key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file could not be read.
    #[error("cannot read the key file `{path}`: {cause}")]
    File {
        /// The file.
        path: String,
        /// What the operating system says.
        cause: String,
    },
    /// The operating system gave no randomness to make a key of.
    #[error("the operating system gives no randomness; no key was made")]
    NoRandomness,
    /// Not a public key in a form that is known here.
    #[error(
        "not a public key in PEM (`-----BEGIN PUBLIC KEY-----`), DER, JWK or 32 raw Ed25519 bytes"
    )]
    PublicForm,
    /// Not a private key in a form that is known here.
    #[error("not a private key in PEM (`-----BEGIN PRIVATE KEY-----`)")]
    PrivateForm,
    /// A private key that is locked with a password.
    #[error("the private key is encrypted; decrypt it first, for instance with `openssl pkcs8`")]
    EncryptedKey,
    /// A private key was given where a public one belongs.
    #[error("this is a private key; give the public one, and keep the private one off servers")]
    PrivateKeyAsPublic,
    /// A public key was given where a private one belongs.
    #[error("this is a public key; give the private one, which signs")]
    PublicKeyAsPrivate,
    /// A certificate was given; nobody checks its issuer or its dates here.
    #[error("this is a certificate; give the public key alone")]
    Certificate,
    /// More than one key where one belongs: several PEM blocks, or a JWK set.
    #[error("this holds several keys; give each in a file of its own")]
    SeveralKeys,
    /// A key of an algorithm that licenses are not signed with.
    #[error("the key is neither Ed25519 nor RSA; licenses are signed with `EdDSA` or `RS512`")]
    OtherAlgorithm,
    /// A JWK says that it is for something else than checking signatures of its algorithm.
    #[error(
        "the JWK's `{0}` says that the key is for something else than checking `EdDSA` or `RS512` signatures"
    )]
    OtherUse(&'static str),
    /// An Ed25519 key with which signatures can be forged: all zero, the identity, or of small order.
    #[error("the Ed25519 public key is weak: signatures can be forged for it")]
    WeakKey,
    /// Bytes that are no point on the curve, or not its one encoding.
    #[error("the Ed25519 public key is not a point on the curve")]
    OffCurve,
    /// An RSA key that is shorter or longer than 4096 to 8192 bits.
    #[error("the RSA key has {0} bits; it must have 4096 to 8192")]
    RsaSize(usize),
    /// An RSA exponent below 65537, even, or longer than 33 bits.
    #[error("the RSA key's exponent must be odd, at least 65537 and at most 33 bits long")]
    RsaExponent,
    /// An RSA modulus that is even, or that is no modulus for another reason.
    #[error("the RSA key's modulus is not the product of two odd primes")]
    RsaModulus,
    /// The `kid` is empty, or a JWK's is no text.
    #[error("a `kid` must be a text that is not empty")]
    EmptyKeyId,
    /// Two trusted keys have one `kid`.
    #[error(
        "two trusted keys have the `kid` `{0}`: give each key once, or name one of them otherwise"
    )]
    DuplicateKeyId(String),
    /// A trusted key's window of validity ends before it begins.
    #[error("the trusted key `{0}` is valid at no time: its window ends before it begins")]
    EmptyWindow(String),
}
