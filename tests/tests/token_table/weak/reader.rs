//! The checks of `spec/license.md`, each of which a verifier may lack.

/// The word for a refusal.
pub(super) type Reason = &'static str;

macro_rules! checks {
    ($($name:ident)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Check {
            $($name,)*
        }

        impl Check {
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

checks! {
    Size Parts Padding Alphabet LooseBits
    Json Utf8 Duplicates Depth Object Trailing
    Extension TokenType KeyIdType OneKeyByName Algorithm
    Signature Order ByteLength Window
    Required Issuer Audience AudienceList
    Expiry TimeType TimeRange Rfc3339 IssuedAfterExpiry BeginsAfterExpiry GraceDays IssuedInFuture
    LeewayNotOnExpiry GraceEnds NotBefore
    IdForm IdPrefix IdRequired Text Trial
    NameCharacters NameEmpty
    PlanRequired PlanKnown PlanCase AddonKnown AddonList
    FeatureTypes LimitIntegers LimitRange Unlimited LimitsObject RatePath
    Deployments Deployment Instance RevokedId RevokedKey
}
