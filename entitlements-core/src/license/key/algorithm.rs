/// What a key signs with. A key has exactly one; a token's header never chooses (I7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519 (RFC 8032); `EdDSA` in a header, or `Ed25519` (RFC 9864).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 7518 section 3.3) and a key of 4096 to 8192 bits; `RS512` in a header.
    Rs512,
}

impl Algorithm {
    /// The algorithm's name in the header of what it signs: `EdDSA` or `RS512`.
    #[must_use]
    pub const fn header_name(self) -> &'static str {
        match self {
            Self::Ed25519 => "EdDSA",
            Self::Rs512 => "RS512",
        }
    }

    /// Whether a header's `alg` names this algorithm.
    pub(crate) fn is_named(self, alg: &str) -> bool {
        match self {
            Self::Ed25519 => matches!(alg, "EdDSA" | "Ed25519"),
            Self::Rs512 => alg == "RS512",
        }
    }
}
