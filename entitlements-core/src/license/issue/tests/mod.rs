mod round_trip;

use std::sync::Arc;

use super::{IssueError, LicenseDraft, LicenseIssuer, SigningKey};
use crate::testing::NOW;
use crate::{Catalog, Limit};

const CATALOG: &str = r#"
schema = 1
[product]
name = "Acme"
default_plan = "community"
[limits.users]
[plans.community]
limits = { users = 3 }
[addons.more]
limits = { users = { add = 10 } }
[license.claims]
unlimited = [0, 9999]
"#;

fn issue(say: impl FnOnce(LicenseDraft) -> LicenseDraft) -> Result<String, IssueError> {
    let catalog = Arc::new(Catalog::from_toml(CATALOG).unwrap());
    let draft = LicenseDraft::new("Acme").plan("community").expires_at(NOW);
    LicenseIssuer::new(SigningKey::generate().unwrap())
        .with_catalog(catalog)
        .issue(&say(draft), NOW)
}

#[test]
fn a_number_that_means_unlimited_is_not_written_for_itself() {
    for number in [0, 9999] {
        let refused = issue(|draft| draft.limit("users", Limit::AtMost(number)));
        assert_eq!(
            refused,
            Err(IssueError::MeansUnlimited {
                name: "users".into(),
                number
            })
        );
    }
    assert!(issue(|draft| draft.limit("users", Limit::AtMost(1))).is_ok());
    assert!(issue(|draft| draft.limit("users", Limit::Unlimited)).is_ok());
}

#[test]
fn an_addon_is_given_once() {
    let twice = Err(IssueError::Twice {
        what: "add-on",
        name: "more".into(),
    });
    assert_eq!(issue(|draft| draft.addon("more").addon("more")), twice);
    assert!(issue(|draft| draft.addon("more")).is_ok());
}

#[test]
fn numbers_are_written_where_the_claim_names_put_them() {
    let issue = |claims: &str, say: &dyn Fn(LicenseDraft) -> LicenseDraft| {
        let text = format!(
            "schema = 1\n[product]\nname = \"Acme\"\ndefault_plan = \"free\"\n[limits.users]\n[limits.nodes]\n[rates.api]\n\
             [rates.deep]\n[plans.free]\nlimits = {{ users = 3, nodes = 1 }}\n[license.claims]\n{claims}"
        );
        let catalog = Arc::new(Catalog::from_toml(&text).unwrap());
        let draft = LicenseDraft::new("Acme")
            .plan("free")
            .id("a")
            .expires_at(NOW);
        let issuer = LicenseIssuer::new(SigningKey::generate().unwrap()).with_catalog(catalog);
        let key = issuer.issue(&say(draft), NOW)?;
        let payload = key.split('.').nth(1).unwrap().to_owned();
        let payload = crate::strict::base64url::decode(&payload).unwrap();
        Ok::<_, IssueError>(String::from_utf8(payload).unwrap())
    };
    let all = |draft: LicenseDraft| {
        draft
            .limit("users", Limit::AtMost(5))
            .limit("nodes", Limit::Unlimited)
            .rate("api", Limit::AtMost(600))
            .rate("deep", Limit::AtMost(7))
    };
    let nested = r#"rates = { api = "limits.api_rate", deep = "quota.per.minute" }"#;
    let payload = issue(nested, &all).unwrap();
    assert!(
        payload.contains(
            r#""limits":{"api_rate":600,"nodes":-1,"users":5},"quota":{"per":{"minute":7}}"#
        ),
        "{payload}"
    );
    let flat = r#"limits = { users = "usr", nodes = "nod" }
        rates = { api = "r", deep = "quota.d" }"#;
    let payload = issue(flat, &all).unwrap();
    assert!(
        payload.contains(r#""nod":-1,"quota":{"d":7},"r":600,"usr":5"#),
        "{payload}"
    );
    let missing = issue(r#"rates = { api = "r" }"#, &all).unwrap_err();
    assert!(matches!(missing, IssueError::NoClaim { what: "rate", .. }));
    let unknown = issue("", &|draft| draft.rate("apis", Limit::AtMost(1))).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "unknown rate `apis`, did you mean `api`?"
    );
    // The catalog reads this member as the rate, so the limit has no place.
    let shadowed = issue(r#"rates = { api = "limits.users", deep = "d" }"#, &all).unwrap_err();
    assert!(matches!(shadowed, IssueError::NoClaim { .. }), "{shadowed}");
}
