use std::fmt;

use crate::strict::text::escaped_start;

/// Why a license key is refused. Never holds the key or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseError {
    kind: LicenseErrorKind,
    /// Which member, claim or name it is about; shortened and safe to print.
    about: Option<String>,
}

impl LicenseError {
    pub(crate) const fn new(kind: LicenseErrorKind) -> Self {
        Self { kind, about: None }
    }

    /// INVARIANT: `about` comes from a signed payload or from the catalog, never from an unverified token.
    pub(crate) fn about(kind: LicenseErrorKind, about: &str) -> Self {
        Self {
            kind,
            about: Some(escaped_start(about, 80)),
        }
    }

    /// What is wrong, for code that acts on it.
    #[must_use]
    pub const fn kind(&self) -> LicenseErrorKind {
        self.kind
    }

    /// What is wrong, as one snake_case word that stays the same over versions.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.kind.reason()
    }
}

impl LicenseError {
    /// Writes the sentence about a `license key`, or about another `token` that is read by the same rules.
    pub(super) fn write_about(&self, token: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (part, text) in self.kind.sentence().split('@').enumerate() {
            if part > 0 {
                f.write_str(token)?;
            }
            f.write_str(text)?;
        }
        match &self.about {
            Some(about) => write!(f, ": `{about}`"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for LicenseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_about("license key", f)?;
        match self.kind {
            LicenseErrorKind::TooLong => f.write_str("; it has at most 16 KiB"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for LicenseError {}

macro_rules! kinds {
    ($($(#[$docs:meta])* $name:ident, $reason:literal, $sentence:literal;)*) => {
        /// What can be wrong with a license key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum LicenseErrorKind {
            $($(#[$docs])* $name,)*
        }

        impl LicenseErrorKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The kind as one snake_case word.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }

            /// With `@` where the kind of token is named.
            const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

kinds! {
    /// More bytes than a key may have.
    TooLong, "too_long", "the @ is too long";
    /// Not three parts with dots between them.
    Malformed, "malformed", "the @ is not of the form header.payload.signature";
    /// A part is not canonical base64url without padding.
    Encoding, "encoding", "the @ is not canonical base64url";
    /// Header or payload is not strict JSON.
    Json, "json", "the @ does not hold valid JSON";
    /// Header or payload names a member twice.
    DuplicateMember, "duplicate_member", "the @ names a member twice";
    /// Header or payload nests too deeply.
    Depth, "depth", "the @ nests too deeply";
    /// Header or payload is not an object.
    NotAnObject, "not_an_object", "the @ does not hold a JSON object";
    /// The algorithm is missing, unknown, or not the trusted key's.
    Algorithm, "algorithm", "the @'s algorithm is not that of a trusted key";
    /// The header holds `crit`, `b64` or `zip`.
    HeaderParameter, "header_parameter", "the @'s header asks for an extension that is not supported";
    /// The header's `typ` is of another kind of token.
    TokenType, "token_type", "the token is of another type than a @";
    /// The header's `kid` is not a string with something in it.
    KeyId, "key_id", "the @'s `kid` is not a non-empty string";
    /// No trusted key has the `kid`, or there is no trusted key at all.
    UnknownKey, "unknown_key", "the @ was signed by a key that is not trusted here";
    /// The signature is not one of the trusted key over this text.
    Signature, "signature", "the @'s signature does not verify";
    /// Issued outside the validity window of the key that signed it.
    KeyWindow, "key_window", "the @ was issued outside the validity of the key that signed it";
    /// A claim that must be there is not.
    MissingClaim, "missing_claim", "the @ lacks a claim";
    /// A claim is of another type than it must be.
    MistypedClaim, "mistyped_claim", "a claim of the @ has the wrong type";
    /// A time is out of range.
    Time, "time", "a time in the @ is out of range";
    /// The key says it was issued in the future.
    IssuedInFuture, "issued_in_future", "the @ says it was issued in the future; check this machine's clock";
    /// It expires before it was issued or becomes valid.
    ExpiryTooEarly, "expiry_too_early", "the @ expires before it was issued or becomes valid";
    /// The days of grace are out of range.
    GraceDays, "grace_days", "the @'s days of grace are not within 0 to 3650";
    /// `iss` is not the vendor's.
    Issuer, "issuer", "the @ is from another issuer";
    /// `aud` is not the product's.
    Audience, "audience", "the @ is for another product";
    /// The id has the wrong form.
    Id, "id", "the @'s id is not 1 to 128 of letters, digits, `-`, `_`, `.` and `:`";
    /// The id lacks the vendor's prefix.
    IdPrefix, "id_prefix", "the @'s id does not begin as this vendor's do";
    /// A name is empty, or holds control or invisible characters.
    Name, "name", "a name in the @ is empty or holds control or invisible characters";
    /// The plan is not in the catalog.
    UnknownPlan, "unknown_plan", "the @ is for a plan that this version does not know";
    /// An add-on is not in the catalog.
    UnknownAddon, "unknown_addon", "the @ has an add-on that this version does not know";
    /// A limit is neither a number nor unlimited.
    LimitValue, "limit_value", "a limit in the @ is neither a whole number nor unlimited";
}
