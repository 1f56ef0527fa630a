use std::sync::Arc;

use super::super::{IssueError, LicenseDraft, LicenseIssuer, SigningKey};
use crate::license::LicenseVerifier;
use crate::testing::NOW;
use crate::{Catalog, Limit, Timestamp};

fn catalog() -> Arc<Catalog> {
    Arc::new(
        Catalog::from_toml(
            r#"
            schema = 1
            [product]
            name = "Vault"
            default_plan = "basic"
            [features.reports]
            [limits.users]
            [plans.basic]
            limits = { users = 3 }
            [plans.plus]
            [addons.regulated]
            requires = ["plus"]
            [license]
            issuer = "vault.example"
            audience = "vault"
            [license.claims]
            id_prefix = "VLT-"
            plan_values = { p = "plus" }
            "#,
        )
        .unwrap(),
    )
}

fn draft() -> LicenseDraft {
    LicenseDraft::new("Acme GmbH")
        .plan("plus")
        .expires_at(NOW.saturating_add_days(30))
}

fn issuer() -> LicenseIssuer {
    LicenseIssuer::new(SigningKey::generate().unwrap()).with_catalog(catalog())
}

#[test]
fn what_is_issued_reads_back_equal() {
    let issuer = issuer();
    let draft = draft()
        .feature("reports")
        .limit("users", Limit::AtMost(40))
        .addon("regulated")
        .not_before(NOW)
        .grace_days(7)
        .deployment("prod-1")
        .instance("a1b2")
        .trial()
        .id("VLT-1");
    let key = issuer.issue(&draft, NOW).unwrap();
    let trusted = issuer.signer().trusted_key().clone();
    let verifier = LicenseVerifier::new([trusted])
        .unwrap()
        .with_catalog(catalog());
    let license = verifier.verify(&key, NOW).unwrap();
    assert_eq!(license.id(), "VLT-1");
    assert_eq!(license.customer(), "Acme GmbH");
    assert_eq!(license.plan(), Some("plus"));
    assert_eq!(license.features(), [("reports".to_owned(), true)]);
    assert_eq!(license.limits(), [("users".to_owned(), Limit::AtMost(40))]);
    assert_eq!(license.addons(), ["regulated"]);
    assert_eq!(license.not_before(), Some(NOW));
    assert_eq!(license.issued_at(), Some(NOW));
    assert_eq!(license.grace_days(), 7);
    assert_eq!(license.deployments(), ["prod-1"]);
    assert_eq!(license.instance(), Some("a1b2"));
    assert!(license.is_trial());
    assert_eq!(license.kid(), issuer.signer().kid());
}

#[test]
fn l13_a_key_that_would_be_refused_is_not_issued() {
    let issuer = issuer();
    let refused = |draft: LicenseDraft| issuer.issue(&draft, NOW).unwrap_err().to_string();
    assert_eq!(
        issuer.issue(&LicenseDraft::new("a").plan("plus"), NOW),
        Err(IssueError::MissingExpiry)
    );
    let without_plan = LicenseDraft::new("a").expires_at(Timestamp::MAX);
    assert_eq!(
        issuer.issue(&without_plan, NOW),
        Err(IssueError::MissingPlan)
    );
    assert_eq!(
        refused(draft().plan("pluss")),
        "unknown plan `pluss`, did you mean `plus`?"
    );
    assert!(refused(draft().feature("report")).contains("did you mean `reports`?"));
    assert!(refused(draft().grace_days(3651)).contains("days of grace"));
    assert!(refused(draft().id("no prefix")).contains("id"));
    assert!(refused(draft().id("ACME-1")).contains("begin"));
    assert!(refused(draft().expires_at(Timestamp::UNIX_EPOCH)).contains("expires before"));
    assert!(
        refused(draft().plan("basic").addon("regulated")).contains("does not go with this plan")
    );
    assert!(refused(draft().feature("reports").without_feature("reports")).contains("given twice"));
}
