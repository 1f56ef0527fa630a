//! What `catalog!` expands to, with stand-ins for core's types.

macro_rules! stand_ins {
    ($($name:ident)*) => {$(
        #[derive(Debug, PartialEq)]
        struct $name(&'static str);

        impl $name {
            const fn from_static(name: &'static str) -> Self {
                Self(name)
            }
        }
    )*};
}

stand_ins! { FeatureName LimitName RateName PlanName AddonName }

mod relative {
    entitlements_macros::catalog!("tests/catalog.toml", crate = crate);
}

mod raw {
    entitlements_macros::catalog!(crate = crate, r#"tests/catalog.toml"#,);
}

/// How a crate passes the macro on with its own types: literals and paths arrive in invisible groups.
macro_rules! passed_on {
    ($path:literal, $types:path) => {
        entitlements_macros::catalog!($path, crate = $types);
    };
    ($path:literal) => {
        entitlements_macros::catalog!($path, crate = $crate);
    };
}

mod through_a_macro {
    passed_on!("tests/catalog.toml");
}

mod through_a_macro_with_a_path {
    pub(crate) mod types {
        pub(crate) use crate::{FeatureName, LimitName, PlanName, RateName};
    }
    passed_on!(
        "tests/catalog.toml",
        crate::through_a_macro_with_a_path::types
    );
}

#[test]
fn each_table_is_a_module_of_constants_of_its_type() {
    use relative::{features, limits, plans, rates};

    let sso: FeatureName = features::SSO;
    assert_eq!(sso, FeatureName("sso"));
    assert_eq!(features::AUDIT_LOG, FeatureName("audit-log"));
    assert_eq!(limits::USERS, LimitName("users"));
    assert_eq!(rates::API, RateName("api"));
    assert_eq!(
        (plans::COMMUNITY, plans::BUSINESS),
        (PlanName("community"), PlanName("business"))
    );
}

#[test]
fn every_way_to_call_it_gives_the_same() {
    assert_eq!(raw::features::SSO, relative::features::SSO);
    assert_eq!(through_a_macro::features::SSO, relative::features::SSO);
    assert_eq!(
        through_a_macro_with_a_path::features::SSO,
        relative::features::SSO
    );
}

#[test]
fn a_table_that_is_not_there_is_an_empty_module() {
    #[expect(unused_imports, reason = "that it can be imported is the test")]
    use relative::addons;
    assert_eq!(AddonName::from_static("regulated").0, "regulated");
}
