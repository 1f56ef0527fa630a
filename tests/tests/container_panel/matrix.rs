//! The feature matrix, row by row.

use tempfile::tempdir;

use crate::program::CATALOG;
use crate::server::{Panel, SOME_DAY, assert_denied};
use crate::vendor::{business, enterprise, key};

const EDITIONS: [&str; 3] = ["community", "business", "enterprise"];

/// The lowest edition of each feature, as the vendor's page has it.
const MATRIX: [(&str, &str); 31] = [
    ("containers", "community"),
    ("images", "community"),
    ("volumes_networks", "community"),
    ("stacks", "community"),
    ("dashboard", "community"),
    ("single_node", "community"),
    ("terminal", "community"),
    ("basic_rbac", "community"),
    ("webhooks", "community"),
    ("custom_roles", "business"),
    ("oauth", "business"),
    ("ldap", "business"),
    ("multi_notification", "business"),
    ("audit_export", "business"),
    ("multi_backup", "business"),
    ("api_keys", "business"),
    ("priority_support", "business"),
    ("swarm", "business"),
    ("git_sync", "business"),
    ("sso_saml", "enterprise"),
    ("ha_mode", "enterprise"),
    ("shared_terminals", "enterprise"),
    ("white_label", "enterprise"),
    ("compliance", "enterprise"),
    ("opa_policies", "enterprise"),
    ("image_signing", "enterprise"),
    ("runtime_security", "enterprise"),
    ("log_aggregation", "enterprise"),
    ("custom_dashboards", "enterprise"),
    ("ephemeral_envs", "enterprise"),
    ("manifest_builder", "enterprise"),
];

fn rank(edition: &str) -> usize {
    let found = EDITIONS.iter().position(|other| *other == edition);
    found.expect(edition)
}

#[test]
fn the_catalog_has_the_matrix_and_nothing_else() {
    let mut of_catalog: Vec<_> = CATALOG
        .features()
        .map(|(_, feature)| feature.name())
        .collect();
    let mut of_matrix = MATRIX.map(|(feature, _)| feature);
    of_catalog.sort_unstable();
    of_matrix.sort_unstable();
    assert_eq!(of_catalog, of_matrix);
    for edition in EDITIONS {
        let plan = CATALOG.plan(edition).unwrap();
        for (feature, lowest) in MATRIX {
            let has = plan.has(CATALOG.feature_id(feature).unwrap());
            assert_eq!(has, rank(edition) >= rank(lowest), "{edition} {feature}");
        }
    }
}

#[test]
fn each_row_opens_with_its_edition_and_not_before() {
    let folder = tempdir().unwrap();
    let panel = Panel::at(SOME_DAY, folder.path());
    for (edition, claims) in [
        ("community", None),
        ("business", Some(business())),
        ("enterprise", Some(enterprise())),
    ] {
        if let Some(claims) = claims {
            let answer = panel.activate(&key(&claims));
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        let shown = panel.get("/entitlements").json();
        assert_eq!(shown["plan_in_force"], edition);
        for (feature, lowest) in MATRIX {
            let answer = panel.get(&format!("/features/{feature}"));
            let has = rank(edition) >= rank(lowest);
            assert_eq!(
                shown["features"][feature]["enabled"], has,
                "{edition} {feature}"
            );
            if has {
                assert_eq!(answer.status, 200, "{edition} {feature}: {}", answer.text());
                assert_eq!(answer.json()["feature"], feature);
            } else {
                let problem = assert_denied(&answer, "LICENSE_REQUIRED");
                assert_eq!(problem["feature"], feature);
                let available_in = &EDITIONS[rank(lowest)..];
                assert_eq!(
                    problem["available_in"],
                    serde_json::json!(available_in),
                    "{feature}"
                );
            }
        }
        // RequirePaid, RequireEnterprise, RequireValidLicense.
        let statuses = ["/support", "/fleet", "/updates"].map(|path| panel.get(path).status);
        let expected = match edition {
            "community" => [402, 402, 200],
            "business" => [200, 402, 200],
            _ => [200, 200, 200],
        };
        assert_eq!(statuses, expected, "{edition}");
    }
}
