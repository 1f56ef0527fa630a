//! L5 to L11: claims.

use std::sync::Arc;

use super::Forger;
use crate::license::LicenseErrorKind as Kind;
use crate::testing::NOW;
use crate::{Catalog, Limit, Timestamp};

/// The claims of a key that is fine, and whatever is added.
fn with(more: &str) -> String {
    format!(r#"{{"tier":"business","exp":4102444800,{more}}}"#)
}

#[test]
fn l5_the_payload_is_strict_json_too() {
    let forger = Forger::new();
    for (payload, kind) in [
        ("", Kind::Json),
        ("{\"tier\":\"business\"", Kind::Json),
        ("[]", Kind::NotAnObject),
        ("\"business\"", Kind::NotAnObject),
        ("1", Kind::NotAnObject),
        (
            r#"{"tier":"community","exp":1,"tier":"enterprise"}"#,
            Kind::DuplicateMember,
        ),
        (
            r#"{"tier":"business","exp":4102444800,"\u0065xp":1}"#,
            Kind::DuplicateMember,
        ),
        (
            r#"{"tier":"business","exp":4102444800,"limits":{"users":1,"users":2}}"#,
            Kind::DuplicateMember,
        ),
        (r#"{"tier":"business","exp":4102444800,}"#, Kind::Json),
        (r#"{"tier":"\ud800","exp":4102444800}"#, Kind::Json),
    ] {
        forger.refuses(&forger.key(payload), kind);
    }
    forger.refuses(
        &forger.sign(r#"{"alg":"EdDSA"}"#, b"{\"tier\":\"\xff\"}"),
        Kind::Json,
    );
    forger.refuses(
        &forger.key(&with(&format!(
            "\"x\":{}{}",
            "[".repeat(32),
            "]".repeat(32)
        ))),
        Kind::Depth,
    );
    // Depth counts the outermost as 1, and 32 passes.
    let deep = with(&format!("\"x\":{}{}", "[".repeat(31), "]".repeat(31)));
    assert!(forger.verdict(&forger.key(&deep)).is_ok());
}

#[test]
fn l5_l6_times() {
    let forger = Forger::new();
    for (payload, kind) in [
        (r#"{"tier":"business"}"#, Kind::MissingClaim),
        (r#"{"tier":"business","exp":null}"#, Kind::MistypedClaim),
        (
            r#"{"tier":"business","exp":"4102444800"}"#,
            Kind::MistypedClaim,
        ),
        (
            r#"{"tier":"business","exp":"2100-01-01T00:00:00Z"}"#,
            Kind::MistypedClaim,
        ),
        (
            r#"{"tier":"business","exp":4102444800.0}"#,
            Kind::MistypedClaim,
        ),
        (r#"{"tier":"business","exp":4.1e9}"#, Kind::MistypedClaim),
        (r#"{"tier":"business","exp":true}"#, Kind::MistypedClaim),
        (
            r#"{"tier":"business","exp":[4102444800]}"#,
            Kind::MistypedClaim,
        ),
        (r#"{"tier":"business","exp":-1}"#, Kind::Time),
        (r#"{"tier":"business","exp":-0}"#, Kind::MistypedClaim),
        (r#"{"tier":"business","exp":253402300800}"#, Kind::Time),
        (
            r#"{"tier":"business","exp":99999999999999999999999999999999999999999999}"#,
            Kind::Time,
        ),
        (&with(r#""nbf":"now""#), Kind::MistypedClaim),
        (&with(r#""nbf":null"#), Kind::MistypedClaim),
        (&with(r#""iat":1.5"#), Kind::MistypedClaim),
        (&with(r#""nbf":4102444801"#), Kind::ExpiryTooEarly),
        (&with(r#""grace_days":-1"#), Kind::GraceDays),
        (&with(r#""grace_days":3651"#), Kind::GraceDays),
        (&with(r#""grace_days":1e1"#), Kind::GraceDays),
        (&with(r#""grace_days":"7""#), Kind::MistypedClaim),
        (&with(r#""grace_days":null"#), Kind::MistypedClaim),
    ] {
        forger.refuses(&forger.key(payload), kind);
    }
    let earlier = format!(
        r#"{{"tier":"business","exp":{},"iat":{}}}"#,
        1_000_000, 1_000_001
    );
    forger.refuses(&forger.key(&earlier), Kind::ExpiryTooEarly);
    for payload in [
        r#"{"tier":"business","exp":253402300799}"#,
        r#"{"tier":"business","exp":0}"#,
        r#"{"tier":"business","exp":1000000,"iat":1000000}"#,
        &with(r#""nbf":4102444800"#),
        &with(r#""grace_days":0"#),
        &with(r#""grace_days":3650"#),
    ] {
        assert!(forger.verdict(&forger.key(payload)).is_ok(), "{payload}");
    }
}

#[test]
fn l6_the_future_begins_after_the_leeway() {
    let forger = Forger::new();
    let issued =
        |seconds: i64| forger.key(&with(&format!(r#""iat":{}"#, NOW.unix_seconds() + seconds)));
    assert!(forger.verdict(&issued(59)).is_ok());
    assert!(forger.verdict(&issued(60)).is_ok());
    forger.refuses(&issued(61), Kind::IssuedInFuture);
    // One that is held already waits for its time instead.
    assert!(forger.verifier.verify_held(&issued(61)).is_ok());
}

#[test]
fn l8_to_l11_names_and_grants() {
    let forger = Forger::new();
    for (more, kind) in [
        (r#""jti":"""#, Kind::Id),
        (r#""jti":"a b""#, Kind::Id),
        (r#""jti":"../x""#, Kind::Id),
        (r#""jti":"é""#, Kind::Id),
        (r#""jti":5"#, Kind::MistypedClaim),
        (r#""jti":null"#, Kind::MistypedClaim),
        (r#""sub":5"#, Kind::MistypedClaim),
        (r#""features":"sso""#, Kind::MistypedClaim),
        (r#""features":[1]"#, Kind::MistypedClaim),
        (r#""features":null"#, Kind::MistypedClaim),
        (r#""features":{"sso":1}"#, Kind::MistypedClaim),
        (r#""features":{"sso":"true"}"#, Kind::MistypedClaim),
        (r#""features":[""]"#, Kind::Name),
        (r#""features":["s\u200bso"]"#, Kind::Name),
        (r#""features":{"sso\u0000":true}"#, Kind::Name),
        (r#""features":["\u202esso"]"#, Kind::Name),
        (r#""limits":[]"#, Kind::MistypedClaim),
        (r#""limits":null"#, Kind::MistypedClaim),
        (r#""limits":{"users":-2}"#, Kind::LimitValue),
        (r#""limits":{"users":5.0}"#, Kind::LimitValue),
        (r#""limits":{"users":1e3}"#, Kind::LimitValue),
        (r#""limits":{"users":-0}"#, Kind::LimitValue),
        (r#""limits":{"users":"5"}"#, Kind::LimitValue),
        (r#""limits":{"users":true}"#, Kind::LimitValue),
        (
            r#""limits":{"users":18446744073709551616}"#,
            Kind::LimitValue,
        ),
        (r#""limits":{"nobody_knows":1.5}"#, Kind::LimitValue),
        (r#""addons":["what"]"#, Kind::UnknownAddon),
        (r#""addons":"x""#, Kind::MistypedClaim),
        (r#""deployment_ids":"prod""#, Kind::MistypedClaim),
        (r#""deployment_ids":[1]"#, Kind::MistypedClaim),
        (r#""instance":1"#, Kind::MistypedClaim),
        (r#""instance":null"#, Kind::MistypedClaim),
        (r#""trial":"yes""#, Kind::MistypedClaim),
        (r#""trial":null"#, Kind::MistypedClaim),
    ] {
        forger.refuses(&forger.key(&with(more)), kind);
    }
    let long = format!(r#""jti":"{}""#, "a".repeat(129));
    forger.refuses(&forger.key(&with(&long)), Kind::Id);
    for (payload, kind) in [
        (r#"{"exp":4102444800}"#, Kind::MissingClaim),
        (r#"{"tier":null,"exp":4102444800}"#, Kind::MistypedClaim),
        (
            r#"{"tier":["business"],"exp":4102444800}"#,
            Kind::MistypedClaim,
        ),
        (r#"{"tier":"Business","exp":4102444800}"#, Kind::UnknownPlan),
        (
            r#"{"tier":"business ","exp":4102444800}"#,
            Kind::UnknownPlan,
        ),
        (r#"{"tier":"platinum","exp":4102444800}"#, Kind::UnknownPlan),
        (r#"{"tier":"","exp":4102444800}"#, Kind::Name),
    ] {
        forger.refuses(&forger.key(payload), kind);
    }
    let key = forger.key(&with(
        r#""features":{"sso":false,"from_the_future":true},"limits":{"users":-1,"projects":null,"seats":0},"deployment_ids":null"#,
    ));
    let license = forger.verdict(&key).unwrap();
    let limit = |name: &str, limit| (name.to_owned(), limit);
    assert_eq!(
        license.features,
        [
            ("sso".to_owned(), false),
            ("from_the_future".to_owned(), true)
        ]
    );
    assert_eq!(
        license.limits,
        [
            limit("users", Limit::Unlimited),
            limit("projects", Limit::Unlimited),
            limit("seats", Limit::AtMost(0))
        ]
    );
    assert!(license.deployments.is_empty());
    assert_eq!(
        license.id.len(),
        64,
        "without an id, the hash of the key: {}",
        license.id
    );
    assert_eq!(
        license.grace_days, 14,
        "the catalog's, where the key says none"
    );
}

#[test]
fn l5_l7_l8_what_the_catalog_demands() {
    let catalog = Catalog::from_toml(
        r#"
        schema = 1
        [product]
        name = "Acme"
        default_plan = "community"
        [plans.community]
        [plans.business]
        [license]
        issuer = "acme.example"
        audience = "panel"
        required = ["iat"]
        [license.claims]
        id = "lid"
        id_prefix = "USN-"
        plan = "edition"
        plan_values = { biz = "business" }
        expires = { claim = "expires", format = "rfc3339" }
        "#,
    );
    let forger = Forger::with_catalog(Arc::new(catalog.unwrap()));
    let fine = r#"{"iss":"acme.example","aud":["other","panel"],"iat":1,"lid":"USN-7","edition":"biz","expires":"2100-01-01T00:00:00+01:00"}"#;
    let license = forger.verdict(&forger.key(fine)).unwrap();
    assert_eq!(license.plan(), Some("business"));
    assert_eq!(
        license.expires_at(),
        "2099-12-31T23:00:00Z".parse::<Timestamp>().unwrap()
    );
    for (from, to, kind) in [
        (r#""iss":"acme.example","#, "", Kind::Issuer),
        ("acme.example", "Acme.example", Kind::Issuer),
        (r#""acme.example""#, r#"["acme.example"]"#, Kind::Issuer),
        (r#""aud":["other","panel"],"#, "", Kind::Audience),
        (r#"["other","panel"]"#, r#""other""#, Kind::Audience),
        (r#"["other","panel"]"#, r#"["panel",1]"#, Kind::Audience),
        (r#"["other","panel"]"#, "[]", Kind::Audience),
        (r#""iat":1,"#, "", Kind::MissingClaim),
        (r#""lid":"USN-7","#, "", Kind::MissingClaim),
        ("USN-7", "usn-7", Kind::IdPrefix),
        ("USN-7", "7", Kind::IdPrefix),
        (r#""biz""#, r#""ee""#, Kind::UnknownPlan),
        (
            r#""2100-01-01T00:00:00+01:00""#,
            "4102444800",
            Kind::MistypedClaim,
        ),
        ("T00:00:00+01:00", "t00:00:00z", Kind::Time),
        ("T00:00:00+01:00", "", Kind::Time),
        (
            "2100-01-01T00:00:00+01:00",
            "1969-12-31T23:59:59Z",
            Kind::Time,
        ),
    ] {
        assert!(fine.contains(from), "{from}");
        forger.refuses(&forger.key(&fine.replacen(from, to, 1)), kind);
    }
    // The catalog's own names stay valid beside `plan_values`.
    assert!(
        forger
            .verdict(&forger.key(&fine.replace("biz", "business")))
            .is_ok()
    );
}

#[test]
fn no_refusal_repeats_the_key_and_every_kind_has_its_own_word() {
    let mut words: Vec<_> = Kind::ALL.iter().map(|kind| kind.reason()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Kind::ALL.len());
    let forger = Forger::new();
    for token in [
        "secret.secret.secret",
        "secret",
        &forger.headed(r#"{"alg":"secret","kid":"secret"}"#),
    ] {
        let error = forger.verifier.verify(token, NOW).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("secret"),
            "{error:?}"
        );
    }
}
