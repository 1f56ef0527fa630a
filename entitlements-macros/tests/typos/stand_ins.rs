//! In the place of core's types.
macro_rules! stand_ins {
    ($($name:ident)*) => {$(
        #[allow(dead_code, reason = "not each case has each")]
        pub struct $name(&'static str);

        #[allow(dead_code, reason = "not each case has each")]
        impl $name {
            pub const fn from_static(name: &'static str) -> Self {
                Self(name)
            }
        }
    )*};
}

stand_ins! { FeatureName LimitName RateName PlanName AddonName }
