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
    /// Not a key in a form that is known here.
    #[error("not an Ed25519 public key in PEM (`-----BEGIN PUBLIC KEY-----`)")]
    PublicForm,
    /// Not a private key in a form that is known here.
    #[error("not an Ed25519 private key in PEM (`-----BEGIN PRIVATE KEY-----`)")]
    PrivateForm,
    /// A private key was given where a public one belongs.
    #[error("this is a private key; give the public one, and keep the private one off servers")]
    PrivateKeyAsPublic,
    /// A public key was given where a private one belongs.
    #[error("this is a public key; give the private one, which signs")]
    PublicKeyAsPrivate,
    /// An Ed25519 key with which signatures can be forged: all zero, the identity, or of small order.
    #[error("the Ed25519 public key is weak: signatures can be forged for it")]
    WeakKey,
    /// Bytes that are no point on the curve, or not its one encoding.
    #[error("the Ed25519 public key is not a point on the curve")]
    OffCurve,
    /// The `kid` is empty.
    #[error("a `kid` cannot be empty")]
    EmptyKeyId,
    /// Two trusted keys have one `kid`.
    #[error(
        "two trusted keys have the `kid` `{0}`: give each key once, or name one of them otherwise"
    )]
    DuplicateKeyId(String),
}
