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
